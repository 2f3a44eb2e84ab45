"""The row that is searched, whatever it belongs to: cut words, who may find it, and the window of its id."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

WINDOW = 65536  # ids in one window; ids rise with time


class SearchRow(models.Model):
    """A table of these is read window by window, newest first (suqiu/language/search.py)."""

    window_no = models.IntegerField(help_text="编号所在的段：每 65536 个一段，新的在后")
    seen_by = ArrayField(models.CharField(max_length=40), default=list, help_text="能找到它的单位；热线中心不看这一列")
    words = SearchVectorField(help_text="切开的词")
    version = models.PositiveSmallIntegerField(help_text="按哪一版切的词")

    class Meta:
        abstract = True
