"""What the follow-up keeps: each attempt with its answers, the one-time link, and the call that is being made."""

from __future__ import annotations

from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suqiu.cases.models import Case
from suqiu.directory.models import Officer

from .rules import HELD_FOR


class Attempt(models.Model):
    """回访: one attempt to ask the citizen, by the hotline or by the citizen's own link. First and final answers are both kept."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attempts", help_text="哪件诉求")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="第几轮")
    line_no = models.PositiveIntegerField(_("行号"), help_text="原话随哪一行")
    by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", help_text="谁打的；空为本人网上答的")
    at = models.DateTimeField(_("时间"), help_text="什么时候")
    way = models.CharField(_("方式"), max_length=8, help_text="phone、sms 或 online")
    outcome = models.CharField(_("结果"), max_length=12, help_text="answered、no_answer、later、refused 之一")
    contacted = models.CharField(_("联系过吗"), max_length=4, blank=True, help_text="yes、no；空为没回答")
    is_true = models.CharField(_("属实吗"), max_length=4, blank=True, help_text="yes、no；空为没回答")
    solved = models.CharField(_("解决了吗"), max_length=4, blank=True, help_text="yes、half、no；空为没回答")
    satisfied = models.CharField(_("满意吗"), max_length=1, blank=True, help_text="5 到 1；空为没回答")
    first = models.JSONField(
        _("先说的"), default=dict, blank=True, help_text="同一次里先说了、后来改口的回答；没改过为空"
    )
    next_at = models.DateTimeField(_("下次"), null=True, blank=True, help_text="下次什么时候打")

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("回访")


class Link(models.Model):
    """一次性链接: one per cycle; each tap is saved at once, and becomes one attempt when he is done or stops."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="links", help_text="哪件诉求")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="第几轮")
    token_hash = models.CharField(_("令牌"), max_length=64, unique=True, help_text="令牌的带密钥摘要")
    made_at = models.DateTimeField(_("时间"), help_text="什么时候发的")
    expires_at = models.DateTimeField(_("失效"), help_text="什么时候失效")
    answers = models.JSONField(_("回答"), default=dict, help_text="点过的答案")
    tapped_at = models.DateTimeField(_("最近一点"), null=True, help_text="最近一次点的时间")
    used_at = models.DateTimeField(_("用过"), null=True, help_text="变成一次回访的时间")

    class Meta:
        ordering = ["id"]
        verbose_name = _("回访链接")
        constraints = [models.UniqueConstraint(fields=["case", "cycle"], name="link_once_a_cycle")]


class FollowUpCall(models.Model):
    """回访电话: one call being made. Who has it open has the case for now; each answer is saved as it is given, and becomes one attempt."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="calls", help_text="哪件诉求")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="第几轮")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", help_text="谁在打")
    opened_at = models.DateTimeField(_("接手"), help_text="什么时候派给他")
    touched_at = models.DateTimeField(_("最近一动"), help_text="最近一次拨号或点答案；太久没动就让给别人")
    dial_key = models.CharField(_("拨号键"), max_length=36, blank=True, help_text="同一次按下只拨一次")
    dialled_at = models.DateTimeField(_("拨号"), null=True, blank=True, help_text="最近一次拨出的时间")
    reference = models.CharField(_("话单号"), max_length=60, blank=True, help_text="交给交换机的号，用来对话单")
    problem = models.CharField(
        _("没拨出的原因"), max_length=200, blank=True, help_text="最近一次没拨出去的原因，不含号码"
    )
    taps = models.JSONField(
        _("点过的"), default=list, encoder=DjangoJSONEncoder, help_text="每一点：问题、答案、时间、键，只增不改"
    )
    words = models.TextField(_("原话"), blank=True, help_text="还没记下的原话；记下以后在诉求的文字里，这里清空")
    attempt = models.OneToOneField(
        Attempt, models.PROTECT, null=True, blank=True, related_name="call", help_text="记成了哪一次回访"
    )
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True, help_text="记下或放回的时间；空为正在打")

    class Meta:
        ordering = ["id"]
        verbose_name = _("回访电话")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="one_open_call_a_case")
        ]
        indexes = [models.Index(fields=["officer", "ended_at"], name="call_of_officer")]

    def is_held(self, at: datetime) -> bool:
        """Whoever has answered something keeps it until the worker has written it down."""
        return bool(self.taps or self.words) or self.touched_at > at - HELD_FOR


class SpotCheck(models.Model):
    """实地抽查: a closed case that chance has drawn; somebody else than who handled it goes and looks."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="spot_checks", help_text="哪件诉求")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="抽的是第几轮")
    drawn_at = models.DateTimeField(_("抽中时间"), help_text="办结的那一刻，由系统抽")
    by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", help_text="谁去看的；空为还没去")
    visited_at = models.DateTimeField(_("到现场时间"), null=True, help_text="什么时候到的")
    longitude = models.FloatField(_("经度"), null=True, help_text="手机给的位置，WGS84")
    latitude = models.FloatField(_("纬度"), null=True, help_text="手机给的位置，WGS84")
    accuracy = models.FloatField(_("精度"), null=True, help_text="手机说的误差，米")
    is_as_told = models.BooleanField(_("和答复一样"), null=True, help_text="空为还没去")

    class Meta:
        ordering = ["drawn_at", "id"]
        verbose_name = _("实地抽查")
        constraints = [models.UniqueConstraint(fields=["case", "cycle"], name="spot_check_once_a_cycle")]
        indexes = [models.Index(fields=["drawn_at"], condition=Q(by=None), name="spot_check_waits")]


class LookBack(models.Model):
    """回头看: a closed case that chance has drawn; 30 days later the citizen is asked whether it is still solved."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="look_backs", help_text="哪件诉求")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="抽的是第几轮")
    ask_from = models.DateTimeField(_("从什么时候起问"), help_text="办结后三十天")
    token_hash = models.CharField(_("令牌"), max_length=64, null=True, unique=True, help_text="链接令牌的带密钥摘要")
    sent_at = models.DateTimeField(_("发出时间"), null=True, help_text="短信什么时候发的；空为还没发")
    tries = models.PositiveSmallIntegerField(_("打过几次"), default=0, help_text="没打通的次数")
    next_at = models.DateTimeField(_("下次"), null=True, help_text="没打通的，下次什么时候打")
    answered_at = models.DateTimeField(_("回答时间"), null=True, help_text="空为还没问到")
    is_still_solved = models.BooleanField(_("还是好的"), null=True, help_text="本人怎么说；空为还没问到")

    class Meta:
        ordering = ["ask_from", "id"]
        verbose_name = _("回头看")
        constraints = [models.UniqueConstraint(fields=["case", "cycle"], name="look_back_once_a_cycle")]
        indexes = [models.Index(fields=["ask_from"], condition=Q(answered_at=None), name="look_back_waits")]
