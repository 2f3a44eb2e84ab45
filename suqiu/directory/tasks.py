"""What does the worker do for people and their grants, by the clock?"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from .models import Department, Grant, Officer, Role
from .notices import ring
from .queries import officers_as

TOLD_BEFORE = timedelta(days=7)
# Who in a department sees to it that a grant is renewed, or that the work is handed over in time.
LEADS = {Department.Kind.HOTLINE: Role.SHIFT_LEAD, Department.Kind.COUNTY_CENTRE: Role.DISPATCHER}


@app.periodic(cron="20 8 * * *")
@app.task(name="tell_of_grants_that_end", queueing_lock="tell_of_grants_that_end")
def tell_of_grants_that_end(timestamp: int) -> None:
    """授权快到期: a week before, its holder and who leads the department are told, once; a worker that was down catches up."""
    today = timezone.localdate()
    ending = Grant.objects.filter(until__range=(today, today + TOLD_BEFORE), officer__is_active=True)
    for grant in ending.select_related("officer", "department").order_by("id"):
        with override("zh-hans"):
            told = {
                "who": grant.officer,
                "role": grant.get_role_display(),
                "unit": grant.department,
                "day": grant.until,
            }
            text = _("%(who)s 在 %(unit)s 的%(role)s授权 %(day)s 到期。要续的，请找系统管理员") % told
        key = f"grant-ends:{grant.pk}:{grant.until}"
        ring(officers=[grant.officer, *_leaders(grant)], key=key, text=text, at=timezone.now())


def _leaders(grant: Grant) -> list[Officer]:
    return officers_as(LEADS.get(grant.department.kind, Role.UNIT_LEADER), grant.department)
