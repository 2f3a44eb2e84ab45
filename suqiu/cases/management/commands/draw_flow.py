"""What does the table of steps look like to people? Writes docs/generated/flow.md from cases/flow.py, the same bytes each time."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from suqiu.cases.flow import ANY_STEP, BEFORE, EVIDENCE_OF_CLASS, STAY, STEPS, SUPPLIED_BY_FORM, SUPPLIED_BY_STEP, Step
from suqiu.cases.flow import BY_NAME as STEP
from suqiu.cases.models import OPEN_STATES, ClockKind, DisputeState, State
from suqiu.cases.periodic import AT_THE_END
from suqiu.cases.rules import evidence_label, who_can
from suqiu.directory.models import EvidenceClass

FLOW = Path(settings.ROOT) / "docs" / "generated" / "flow.md"
ROOMS = {"intake": "受理", "dispatch": "派单", "handling": "办理", "followup": "回访"}
PAUSED_FROM = STEP["ask_caller"].start
HEAD = """# 流程表

由 `manage.py draw_flow` 从 `suqiu/cases/flow.py` 画出，不要手改；改了流程表就再跑一次，`tests/test_house.py` 核对两者一致。
"""
COLUMNS = "| 步骤 | 代码 | 从 | 到 | 谁能做 | 要先有 | 要填（* 必填） | 来电人看到 | 另外 |\n|---|---|---|---|---|---|---|---|---|"


class Command(BaseCommand):
    help = "Draws docs/generated/flow.md from the table of steps; with --check only says whether it is in step."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the file is out of step")

    def handle(self, *, check: bool, **options) -> None:
        text = drawn()
        if check and (not FLOW.exists() or FLOW.read_text(encoding="utf-8") != text):
            raise CommandError("docs/generated/flow.md is out of step: run manage.py draw_flow")
        if not check:
            FLOW.parent.mkdir(parents=True, exist_ok=True)
            FLOW.write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(STEPS)} steps, {len(State)} states")


def drawn() -> str:
    """The whole page, in Chinese whatever language the caller speaks."""
    with translation.override("zh-hans"):
        parts = [HEAD, *_states(), *_diagram(), *_rooms(), *_evidence(), *_clocks()]
    return "\n".join(parts) + "\n"


# ---- states


def _states() -> list[str]:
    rows = ["## 状态\n", "| 字母 | 状态 | 在办 | 怎么到这里 |", "|---|---|---|---|"]
    for state in State:
        into = _names(step for step in STEPS if any(to == state and start != state for start, to in moves(step)))
        rows.append(f"| {state.value} | {state.label} | {_tick(state in OPEN_STATES)} | {into or '还没有步骤到这里'} |")
    return [*rows, ""]


def _diagram() -> list[str]:
    """One arrow for each pair of states, with all steps that lead along it."""
    arrows: dict[tuple[str, str], list[Step]] = {}
    for step in STEPS:
        for start, to in moves(step):
            if start != to:
                arrows.setdefault((start, to), []).append(step)
    used = {letter for pair in arrows for letter in pair}
    lines = [f'    state "{state.value} {state.label}" as {state.value}' for state in State if state in used]
    lines += [f"    {start} --> {to}: {_names(steps)}" for (start, to), steps in arrows.items()]
    return ["## 状态图\n", "```mermaid", "stateDiagram-v2", *lines, "```", "", "状态不变的步骤不画，见下面的表。", ""]


def moves(step: Step) -> list[tuple[str, str]]:
    """Every (from, to) a row allows; a case is opened from "[*]"."""
    starts = list(step.start) or ["[*]"]
    if step.to == BEFORE:
        return [(start, to) for start in starts for to in PAUSED_FROM]
    return [(start, start if to == STAY else to) for start in starts for to in step.to]


def _names(steps) -> str:
    return " / ".join(str(step.label) for step in steps)


def _tick(holds: bool) -> str:
    return "是" if holds else ""


# ---- steps


def _rooms() -> list[str]:
    found = ["## 步骤\n", "「=」状态不变，「<」回到暂停前的状态；列了几个状态的，由这一步的结果定。", ""]
    for room, label in ROOMS.items():
        found += [f"### {label} `{room}`\n", COLUMNS, *(_row(step) for step in STEPS if step.room == room), ""]
    return found


def _row(step: Step) -> str:
    cells = (
        str(step.label),
        f"`{step.name}`",
        " ".join(step.start) or "（新件）",
        " ".join(step.to),
        who_can(step).removeprefix("能做的是："),
        "、".join(_needed(step)),
        "；".join(f"{field.label}{'*' if field.is_required else ''}" for field in step.asks),
        str(step.told),
        "；".join(_notes(step)),
    )
    return "| " + " | ".join(cell.replace("|", "／") for cell in cells) + " |"


def _needed(step: Step) -> list[str]:
    return ["证据类所要的" if kind == "class" else str(evidence_label(kind)) for kind in step.evidence]


def _notes(step: Step) -> list[str]:
    found = []
    if step.dispute is not None:
        found.append(
            "或".join(f"争议须为「{DisputeState(d).label}」" if d else "没有未结的争议" for d in step.disputes)
        )
    if step.not_by == (ANY_STEP,):
        found.append("不能是在这件里经过手的人")
    elif step.not_by:
        found.append(f"不能是做「{_names(STEP[name] for name in step.not_by)}」的人")
    if step.is_handling:
        found.append("第三方人员不能做")
    if not step.is_offered:
        found.append("不是按钮")
    return found


# ---- evidence and clocks


def _evidence() -> list[str]:
    rows = ["## 证据类要什么\n", "| 证据类 | 要有 |", "|---|---|"]
    for evidence_class in EvidenceClass:
        kinds = "、".join(_with_source(kind) for kind in EVIDENCE_OF_CLASS[evidence_class])
        rows.append(f"| {evidence_class.label} | {kinds} |")
    return [*rows, ""]


def _with_source(kind: str) -> str:
    source = "答复表单里填" if kind in SUPPLIED_BY_FORM else f"由「{STEP[SUPPLIED_BY_STEP[kind]].label}」"
    return f"{evidence_label(kind)}（{source}）"


def _clocks() -> list[str]:
    rows = ["## 时限到了，系统自己走的步骤\n", "| 时限 | 状态 | 步骤 |", "|---|---|---|"]
    for kind, (name, states) in AT_THE_END.items():
        labels = "、".join(str(State(letter).label) for letter in states)
        rows.append(f"| {ClockKind(kind).label} | {labels} | {STEP[name].label} |")
    return rows
