"""Which matters (事项) does the catalogue name, whose duty is each, and what must its reply rest on?"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .places import Named


class CatalogueVersion(models.Model):
    """派单目录的版本: a change of the catalogue is a new version, never an edit."""

    number = models.PositiveIntegerField(_("版本号"), unique=True, help_text="从 1 起，只增不改")
    valid_from = models.DateTimeField(_("生效时间"), help_text="从这一刻起派单用它")
    note = models.TextField(_("说明"), blank=True, help_text="改了什么、为什么、谁定的")

    class Meta:
        ordering = ["-number"]
        verbose_name = _("目录版本")

    def __str__(self) -> str:
        return f"v{self.number}"


class EvidenceClass(models.TextChoices):
    """证据类: what a reply on this matter must rest on."""

    ON_SITE = "on_site", _("现场类")
    EXPLANATION = "explanation", _("解释类")
    PLAN = "plan", _("计划类")


class Matter(Named):
    """事项: an item of the catalogue, with whose duty it is and the proof its reply needs."""

    version = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="matters", help_text="所属目录版本")
    code = models.CharField(_("事项编码"), max_length=12, help_text="2、4、6 位，改名不改码")
    level = models.PositiveSmallIntegerField(_("级"), help_text="1 大类，2 中类，3 事项")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", help_text="上一级"
    )
    owner_duty = models.CharField(_("主管职责"), max_length=32, blank=True, help_text="谁管：与单位的职责词对应")
    power = models.CharField(
        _("权限层级"), max_length=8, blank=True, help_text="city、county 或 town：依法能办的最低一级"
    )
    evidence_class = models.CharField(
        _("证据类"),
        max_length=12,
        choices=EvidenceClass,
        blank=True,
        help_text="答复要凭什么：属于事项，不由承办人挑",
    )
    types = models.CharField(_("适用类型"), max_length=80, blank=True, help_text="适用的诉求类型，以 | 分隔")

    class Meta:
        ordering = ["code"]
        verbose_name = _("事项")
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="matter_once_per_version")]

    @property
    def path(self) -> str:
        names, item = [], self
        while item:
            names.append(str(item))
            item = item.parent
        return " › ".join(reversed(names))
