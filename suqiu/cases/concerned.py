"""被反映人: who may look into a demand about a department, and who must not even hear of it?"""

from __future__ import annotations

from django.utils.translation import gettext as _

from suqiu.directory.models import Department
from suqiu.errors import Refused

from .models import Case


def check_about(case: Case, department: Department) -> None:
    """被反映人: neither to himself nor to a colleague of his, not even a single point of it."""
    if department.pk == case.about_department_id:
        raise Refused(
            _("这件反映的就是 %(who)s，不能交给它自己办。请派给它的上级或纪检") % {"who": department},
            status=422,
            field="department",
        )
    if case.about_department_id and not may_look_into(case.about_department, department):
        raise Refused(
            _("这件反映的是 %(who)s，只能交给它的上级主管部门或纪检，不经过县（区）中心")
            % {"who": case.about_department},
            status=422,
            field="department",
        )


def is_kept_from(case: Case, department: Department) -> bool:
    """He of whom it is, and whoever is only a colleague of his."""
    if case.about_department_id is None:
        return False
    return department.pk == case.about_department_id or not may_look_into(case.about_department, department)


def may_look_into(about: Department, department: Department) -> bool:
    """被反映人: the discipline side, what stands above it, or the city's own department of the same trade. Nobody else, or he
    who is complained of hears of it from a colleague.
    """
    if department.kind == Department.Kind.DISCIPLINE:
        return True
    if department.pk == about.pk or department.is_centre:
        return False
    above, seen = about.parent, 0
    while above and seen < 9:
        if above.pk == department.pk:
            return True
        above, seen = above.parent, seen + 1
    if department.kind != Department.Kind.CITY_BUREAU:
        return False
    is_of_same_trade = about.kind == Department.Kind.COUNTY_BUREAU and department.duty == about.duty
    return is_of_same_trade or about.kind == Department.Kind.UTILITY  # a company stands under whoever regulates it
