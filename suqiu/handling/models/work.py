"""What handling keeps: contacts, site visits, meetings, extensions, replies, requests for the hard-case ledger."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suqiu.cases.models import Case, Holding, Promise
from suqiu.directory.models import Department, Officer


class Contact(models.Model):
    """联系记录: a unit speaks with the person, or tries to."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="contact_records", help_text="哪件诉求")
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="contact_records", help_text="哪个单位的承办")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", help_text="谁联系的")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="第几轮")
    at = models.DateTimeField(_("时间"), help_text="系统收到的时间")
    recorded_at = models.DateTimeField(
        _("手机记录时间"), null=True, help_text="在手机上记下的时间；不是从手机传来的为空"
    )
    way = models.CharField(_("方式"), max_length=8, help_text="phone、sms、visit、online 之一")
    outcome = models.CharField(_("结果"), max_length=12, help_text="connected、no_answer、wrong_number、refused 之一")
    minutes = models.PositiveSmallIntegerField(_("时长"), null=True, help_text="说了几分钟")

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("联系记录")


class SiteVisit(models.Model):
    """现场: a named officer of the responsible unit goes and looks."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="visits", help_text="哪件诉求")
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="visits", help_text="哪个单位的承办")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", help_text="谁去的")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="第几轮")
    visited_at = models.DateTimeField(_("到现场时间"), help_text="本人说的到场时间")
    recorded_at = models.DateTimeField(
        _("手机记录时间"), null=True, help_text="在手机上记下的时间；不是从手机传来的为空"
    )
    received_at = models.DateTimeField(_("收到时间"), help_text="系统收到的时间；几个时间都留")
    place = models.CharField(_("地点"), max_length=200, help_text="到了哪里")
    longitude = models.FloatField(_("经度"), null=True, help_text="手机给的位置，WGS84")
    latitude = models.FloatField(_("纬度"), null=True, help_text="手机给的位置，WGS84")
    accuracy = models.FloatField(_("精度"), null=True, help_text="手机说的误差，米")
    metres = models.PositiveIntegerField(
        _("离诉求地点"), null=True, help_text="手机的位置离诉求的地点，米；空为有一头不知道"
    )

    class Meta:
        ordering = ["visited_at", "id"]
        verbose_name = _("现场")


class Meeting(models.Model):
    """网下办: several departments go to the citizen together."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="meetings", help_text="哪件诉求")
    called_by = models.ForeignKey(Department, models.PROTECT, related_name="+", help_text="谁召集")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="第几轮")
    meets_at = models.DateTimeField(_("时间"), help_text="约在什么时候")
    place = models.CharField(_("地点"), max_length=200, help_text="约在哪里")
    citizen_agrees = models.BooleanField(
        _("单位记的：来电人认可"), null=True, help_text="主办单位记的来电人当场的话；空为还没问"
    )
    confirmed_at = models.DateTimeField(_("本人确认时间"), null=True, help_text="来电人凭码自己确认的时间；空为没有")
    is_confirmed = models.BooleanField(_("本人认可"), null=True, help_text="来电人自己说的；空为没有说")

    class Meta:
        ordering = ["meets_at", "id"]
        verbose_name = _("网下办")


class MeetingPart(models.Model):
    """A department's part in a meeting: whether it came, and what came of it."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="parts", help_text="哪一次")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", help_text="哪个单位")
    came = models.CharField(
        _("到场"), max_length=10, blank=True, help_text="yes、no_power、no；空为还没记；没有人记的 no 是系统到点记的"
    )
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", help_text="谁去的")
    filed_at = models.DateTimeField(_("记录时间"), null=True, help_text="什么时候记的")

    class Meta:
        ordering = ["id"]
        verbose_name = _("网下办到场")
        constraints = [models.UniqueConstraint(fields=["meeting", "department"], name="meeting_part_once")]


class NewTime(models.Model):
    """改时间: another hour for what was promised, asked for by the caller or offered by the unit; one waits at a time."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="new_times", help_text="哪件诉求")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="第几轮")
    promise = models.ForeignKey(Promise, models.PROTECT, related_name="new_times", help_text="哪个承诺要改时间")
    due_at = models.DateTimeField(_("改到"), help_text="提的是什么时候")
    is_his = models.BooleanField(_("来电人提的"), help_text="来电人提的为真，单位另提的为假")
    at = models.DateTimeField(_("提出时间"), help_text="什么时候提的")
    is_waiting = models.BooleanField(_("还没有定"), default=True, help_text="等对方答应为真；定了或换了为假")

    class Meta:
        ordering = ["id"]
        verbose_name = _("改时间")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(is_waiting=True), name="one_new_time_waits")
        ]


class Guest(models.Model):
    """外单位: somebody of no department who is asked to come. He is told place and hour, and nothing else."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="guests", help_text="哪一次")
    line_no = models.PositiveIntegerField(_("行号"), help_text="随哪一行请的")
    whom = models.CharField(_("请谁"), max_length=12, help_text="property、contractor、utility、other 之一")
    phone_sealed = models.BinaryField(_("手机号"), help_text="加密的号码，只用来发这一条")
    phone_masked = models.CharField(_("遮住的号码"), max_length=20, help_text="给人看的")

    class Meta:
        ordering = ["id"]
        verbose_name = _("外单位")


class Extension(models.Model):
    """延期: asked before expiry, decided by the hotline, the citizen told. One a case."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="extension", help_text="哪件诉求；每件只有一次")
    asked_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", help_text="谁申请")
    asked_at = models.DateTimeField(_("申请时间"), help_text="什么时候")
    days = models.PositiveSmallIntegerField(_("工作日"), help_text="几个工作日")
    is_granted = models.BooleanField(_("同意"), null=True, help_text="空为还没定")
    decided_at = models.DateTimeField(_("决定时间"), null=True, help_text="什么时候")

    class Meta:
        ordering = ["id"]
        verbose_name = _("延期")
        constraints = [models.CheckConstraint(condition=Q(days__gte=1, days__lte=7), name="extension_at_most_seven")]


class Reply(models.Model):
    """答复: a draft and its review. The public reply and the internal account are two texts beside the journal."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="replies", help_text="哪件诉求")
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="replies", help_text="哪个单位的承办")
    cycle = models.PositiveSmallIntegerField(_("轮次"), help_text="第几轮")
    line_no = models.PositiveIntegerField(_("行号"), help_text="文字随哪一行")
    author = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", help_text="谁写的")
    drafted_at = models.DateTimeField(_("写好时间"), help_text="什么时候")
    basis = models.CharField(_("依据"), max_length=300, blank=True, help_text="哪条规定")
    plan = models.CharField(_("计划"), max_length=300, blank=True, help_text="怎么解决")
    plan_on = models.DateField(_("计划日期"), null=True, blank=True, help_text="哪天办成")
    approved_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁审的"
    )
    approved_at = models.DateTimeField(_("发出时间"), null=True, blank=True, help_text="什么时候发出")

    class Meta:
        ordering = ["id"]
        verbose_name = _("答复")
