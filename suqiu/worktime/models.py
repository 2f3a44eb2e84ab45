"""The working calendar as data: which days are worked, and which years are official."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """工作日历年份: loaded from the State Council's notice; a year without a row is provisional, never an error."""

    year = models.PositiveSmallIntegerField(_("年"), primary_key=True, help_text="公历年")
    version = models.PositiveIntegerField(_("版本"), default=1, help_text="同一年改动一次加一")
    source = models.CharField(_("依据"), max_length=200, help_text="哪份通知")

    class Meta:
        ordering = ["year"]
        verbose_name = _("日历年份")


class CalendarDay(models.Model):
    """A day that differs from the plain week: a holiday, or a weekend that is worked."""

    day = models.DateField(_("日期"), primary_key=True, help_text="哪一天")
    is_working = models.BooleanField(_("上班"), help_text="调休上班为真，放假为假")
    name = models.CharField(_("名目"), max_length=40, blank=True, help_text="例如 国庆节、国庆调休")

    class Meta:
        ordering = ["day"]
        verbose_name = _("特殊日")
