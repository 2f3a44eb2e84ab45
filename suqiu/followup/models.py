"""What the follow-up keeps: each attempt with its answers, and the one-time link."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from suqiu.cases.models import Case
from suqiu.directory.models import Officer


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
