"""Which areas (区划) has the city, and which departments (单位) answer there?"""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """Something with an official Chinese name and an English one."""

    name = models.CharField(_("名称"), max_length=120, help_text="官方中文全称")
    name_en = models.CharField(_("英文名"), max_length=160, blank=True, help_text="英文页面上显示的名称；空则显示中文")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Area(Named):
    """区划: the city, its counties and districts, towns, villages, as one tree."""

    class Kind(models.TextChoices):
        CITY = "city", _("市")
        COUNTY = "county", _("县（区）")
        TOWN = "town", _("乡镇（街道）")
        VILLAGE = "village", _("村（社区）")

    code = models.CharField(
        _("区划代码"), max_length=12, primary_key=True, help_text="国家统计局区划代码，6、9 或 12 位"
    )
    kind = models.CharField(_("层级"), max_length=8, choices=Kind, help_text="市、县、乡镇或村")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", help_text="上一级"
    )
    is_through_centre = models.BooleanField(
        _("经县中心"), default=True, help_text="市里派给本县的诉求是否先到县中心，由它转派"
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("区划")

    def chain(self) -> list[Area]:
        """Itself and all above it, nearest first."""
        found, area = [], self
        while area:
            found.append(area)
            area = area.parent
        return found

    @property
    def county(self) -> Area | None:
        return next((a for a in self.chain() if a.kind == self.Kind.COUNTY), None)

    @property
    def full_name(self) -> str:
        names = [str(a) for a in reversed(self.chain()) if a.kind != self.Kind.CITY]
        return (", ".join(reversed(names)) if (get_language() or "").startswith("en") else "".join(names)) or str(self)


class Department(Named):
    """单位: whoever can hold a case, or the hotline itself."""

    class Kind(models.TextChoices):
        HOTLINE = "hotline", _("热线中心")
        CITY_BUREAU = "city_bureau", _("市级部门")
        UTILITY = "utility", _("公共服务企业")
        COUNTY_CENTRE = "county_centre", _("县（区）热线中心")
        COUNTY_BUREAU = "county_bureau", _("县（区）部门")
        TOWN = "town", _("乡镇（街道）")
        DISCIPLINE = "discipline", _("纪检监察")

    code = models.CharField(_("代码"), max_length=40, primary_key=True, help_text="本市内不变的单位代码")
    kind = models.CharField(_("类别"), max_length=16, choices=Kind, help_text="单位的类别")
    duty = models.CharField(_("职责"), max_length=32, help_text="目录里“谁管”用的职责词，例如 housing")
    area = models.ForeignKey(Area, models.PROTECT, related_name="departments", help_text="管辖的区划")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", help_text="上一级单位"
    )
    is_active = models.BooleanField(_("在用"), default=True, help_text="撤并的单位不再接新诉求，老记录仍显示它的名字")

    class Meta:
        ordering = ["code"]
        verbose_name = _("单位")
        indexes = [models.Index(fields=["duty", "area"])]

    CENTRES = (Kind.HOTLINE, Kind.COUNTY_CENTRE)

    @property
    def is_centre(self) -> bool:
        return self.kind in self.CENTRES

    @property
    def level(self) -> str:
        """The level of a holding this department takes: city (hotline), county (centre) or unit."""
        return {self.Kind.HOTLINE: "city", self.Kind.COUNTY_CENTRE: "county"}.get(self.kind, "unit")
