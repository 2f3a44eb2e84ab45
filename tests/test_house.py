"""Is the house in order? Floors, words, drawings, records and documents: what people read must be what the code does."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.db import models
from django.utils import translation

from suqiu.cases.flow import STEPS
from suqiu.cases.management.commands.draw_flow import FLOW, drawn, moves
from suqiu.cases.models import (
    ClockKind,
    DemandType,
    DisputeState,
    Holding,
    RoutingClass,
    Secrecy,
    State,
    Urgency,
    Verdict,
)
from suqiu.directory.models import EvidenceClass, Role
from tests.test_locks import asked, canonical

ROOT = Path(__file__).resolve().parent.parent
DECISIONS = ROOT / "docs" / "decisions"
GLOSSARY = ROOT / "docs" / "glossary.md"
HAN = re.compile(r"[\u3400-\u9fff]+")
OWN_MODELS = [m for app in apps.get_app_configs() if app.name.startswith("suqiu.") for m in app.get_models()]


@cache
def files() -> tuple[Path, ...]:
    """Everything that is, or could be, handed in: what git knows and what it does not ignore."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    named = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return tuple(path for name in sorted(set(named)) if name and (path := ROOT / name).is_file())


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """(path from the root, text) of the files that are text, of these suffixes if any is named."""
    for path in files():
        if suffixes and path.suffix not in suffixes:
            continue
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture


def documents() -> list[Path]:
    """What is written by hand for people."""
    return [path for path in files() if path.suffix == ".md"]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


# ---- floors


def test_imports_run_downhill_only() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Floors KEPT" in done.stdout


# ---- the glossary


def tables() -> dict[str, list[list[str]]]:
    """Heading of the glossary -> the cells of its table's rows."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").split(" ·")[0]
        elif line.startswith("| ") and not line.startswith("| 中文"):
            found.setdefault(heading, []).append([cell.strip() for cell in line.strip("| ").split(" | ")])
    return found


def pairs(heading: str) -> list[tuple[str, str]]:
    return [(row[0], re.search(r"`([^`]+)`", row[1])[1]) for row in tables()[heading]]


def labelled(choices: type[models.TextChoices]) -> list[tuple[str, str]]:
    with translation.override("zh-hans"):
        return [(str(choice.label), choice.value) for choice in choices]


CHOICES = {
    "States": State,
    "Roles": Role,
    "Kinds of clocks": ClockKind,
    "Demand types": DemandType,
    "Routing classes": RoutingClass,
    "Urgency": Urgency,
    "Secrecy": Secrecy,
    "Evidence classes": EvidenceClass,
    "Verdicts": Verdict,
    "States of a dispute": DisputeState,
    "Roles of a holding": Holding.Role,
    "Levels of a holding": Holding.Level,
}


@pytest.mark.parametrize("heading", CHOICES)
def test_the_glossary_has_each_choice_with_its_label(heading: str) -> None:
    assert sorted(pairs(heading)) == sorted(labelled(CHOICES[heading]))


def test_the_glossary_has_each_step_with_its_label() -> None:
    with translation.override("zh-hans"):
        assert sorted(pairs("Steps")) == sorted((str(step.label), step.name) for step in STEPS)


def test_the_glossary_has_each_model_under_its_own_name() -> None:
    written = {code: word for word, code in pairs("Nouns")}
    assert sorted(written) == sorted(model.__name__ for model in OWN_MODELS)
    with translation.override("zh-hans"):
        own = {m.__name__: str(m._meta.verbose_name) for m in OWN_MODELS}
    assert {code: written[code] for code, word in own.items() if HAN.search(word)} == {
        code: word for code, word in own.items() if HAN.search(word)
    }
    assert all(HAN.search(word) for word in written.values())


def test_the_glossary_has_each_room() -> None:
    rooms = {app.name.replace(".", "/") for app in apps.get_app_configs() if app.name.startswith("suqiu.")}
    assert {code for _word, code in pairs("Rooms")} == rooms


# ---- the drawing of the flow


def test_the_drawing_is_in_step_with_the_table() -> None:
    assert FLOW.read_text(encoding="utf-8") == drawn(), "run manage.py draw_flow"


def test_the_drawing_is_the_same_in_whatever_language_it_is_asked_for() -> None:
    with translation.override("en"):
        assert drawn() == FLOW.read_text(encoding="utf-8")


def test_the_drawing_has_each_step_once_and_each_move() -> None:
    text = FLOW.read_text(encoding="utf-8")
    assert [step.name for step in STEPS if text.count(f"| `{step.name}` |") != 1] == []
    assert [step.name for step in STEPS for a, b in moves(step) if a != b and f"    {a} --> {b}: " not in text] == []


# ---- the data dictionary


def test_every_field_says_what_it_holds() -> None:
    foreign = {"password", "last_login"}  # of Django's own account
    fields = [(m.__name__, f) for m in OWN_MODELS for f in m._meta.local_fields if not f.auto_created]
    assert len(fields) > 200
    silent = [f"{m}.{f.name}" for m, f in fields if not str(f.help_text).strip() and f.name not in foreign]
    assert silent == []


# ---- one program for every city


def places(*kinds: str) -> set[str]:
    """The demo city, its counties (and its towns) as people write them, with and without 市, 县 or 区, in Chinese and English."""
    with (ROOT / "suqiu" / "demo" / "guangyuan" / "areas.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["kind"] in ("city", "county", *kinds)]
    found = {re.sub(r"([市县区镇乡]|街道)$", "", row["name"]) for row in rows}
    english = {re.sub(r" (City|County|District)$", "", row["name_en"]) for row in rows if row["kind"] != "town"}
    return {name for name in found | english if len(name) > 1}


def test_no_place_of_the_city_is_named_outside_the_demo() -> None:
    """Neither a place, nor its code, nor the letters before its case numbers; in no file but documents, seeds and tests."""
    assert len(places()) >= 16 and len(places("town")) > 100
    pattern = re.compile("|".join(map(re.escape, sorted(places("town")))) + r"|\b5108\d\d|\bGY ?\d", re.IGNORECASE)
    found = [
        f"{path}: {hit[0]}"
        for path, text in texts()
        if path.startswith(("suqiu/", "tools/", "bench/", "manage.py", "Makefile")) and not path.endswith(".md")
        if not path.startswith("suqiu/demo/") and "/tests/" not in path
        if (hit := pattern.search(text))
    ]
    assert found == []


# ---- what may stand in no file


def test_no_file_names_this_machine() -> None:
    """Folders of a person's or a workplace's machine; those that every system has (/etc, /tmp, /usr) are another matter."""
    folders = "|".join(("root", "home", "Users", "work", "workspace", "mnt", re.escape(str(ROOT).strip("/"))))
    pattern = re.compile(rf"(?<![\w.:/}}>*-])/(?:{folders})/[\w.]")
    assert [f"{path}: {hit[0]}" for path, text in texts() if (hit := pattern.search(text))] == []


def test_no_file_names_a_registry() -> None:
    words = (
        "py" + "pi",
        "npm" + "js",
        "python" + "hosted",
        "artifact" + "ory",
        "registry" + ".npm",
        "mirrors" + ".",
        "index" + "-url =",
    )
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    assert [f"{path}: {hit[0]}" for path, text in texts() if (hit := pattern.search(text))] == []


# ---- decisions


def records() -> list[Path]:
    return sorted(DECISIONS.glob("[0-9]*.md"))


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [path.name[:4] for path in records()] == [f"{n:04d}" for n in range(1, len(records()) + 1)]
    assert len(records()) >= 15


def test_every_decision_is_listed_under_its_title() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\d{4}) \| \[(.+?)\]", index, re.MULTILINE))
    titles = {path.name[:4]: path.read_text(encoding="utf-8").splitlines()[0] for path in records()}
    assert {f"# {no} {title}" for no, title in rows.items()} == set(titles.values())
    assert [path.name for path in records() if f"({path.name})" not in index] == []


@pytest.mark.parametrize("path", records(), ids=lambda path: path.name[:4])
def test_every_decision_says_what_why_and_what_without(path: Path) -> None:
    headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["What", "Why", "Without it"]


def test_every_dependency_is_a_decision() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    wanted = set(package["dependencies"] | package["devDependencies"])
    for name in ("base.in", "dev.in", "node.in", "tools.in"):
        wanted |= asked(name)
    text = "\n".join(path.read_text(encoding="utf-8") for path in records())
    decided = {canonical(word) for word in re.findall(r"`([\w.-]+)`", text)} | set(re.findall(r"`([\w.-]+)`", text))
    assert sorted(wanted - decided) == []


# ---- documents


SUFFIXES = (".py", ".md", ".toml", ".csv", ".in", ".json", ".html", ".css", ".js", ".txt", ".po", ".lock")
MADE = (
    ".venv",
    ".data",
    ".node",
    ".cache",
    "node_modules",
    "suqiu/static/vendor",
    "tests/vendor",
)  # by running or set-up


def quoted(path: Path) -> list[str]:
    """What a document sets in code style, in running text and in blocks."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return (
        re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
        + "".join(blocks).splitlines()
    )


def looks_like_a_path(word: str) -> bool:
    if not re.fullmatch(r"[\w./-]+", word) or word.startswith(("/", "./")):
        return False
    return word.startswith(("suqiu/", "tools/", "tests/", "docs/", "requirements/", "bench/")) or (
        "/" in word and word.endswith(SUFFIXES)
    )


@pytest.mark.parametrize("path", documents(), ids=named)
def test_documents_name_only_files_that_exist(path: Path) -> None:
    words = {word for word in quoted(path) if looks_like_a_path(word) and not word.startswith(MADE)}
    assert sorted(word for word in words if not (ROOT / word).exists()) == []


@pytest.mark.parametrize("path", documents(), ids=named)
def test_documents_link_only_to_what_exists(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert sorted(link for link in links if not (path.parent / link).exists()) == []


@pytest.mark.parametrize("path", documents(), ids=named)
def test_documents_name_only_commands_that_exist(path: Path) -> None:
    words = "\n".join(quoted(path))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"manage\.py ([a-z_]+)", words)) - set(get_commands()) == set()
    assert set(re.findall(r"\bmake ([a-z-]+)", words)) - targets == set()


FOREIGN = {"pg_dump"}  # programs of others


@pytest.mark.parametrize("path", documents(), ids=named)
def test_documents_name_only_names_that_exist(path: Path) -> None:
    """A step, a model or another name set in code style stands somewhere in the code; settings have a test of their own."""
    sources, parts = code(), {part for word in quoted(path) if looks_like_a_name(word) for part in word.split(".")}
    assert sorted(part for part in parts - FOREIGN if not re.search(rf"\b{re.escape(part)}\b", sources)) == []


def looks_like_a_name(word: str) -> bool:
    if word.endswith(SUFFIXES) or word.startswith("SUQIU_") or not re.fullmatch(r"[A-Za-z_]{3,}(\.[A-Za-z_]+)*", word):
        return False
    return word.strip("_") == word and ("_" in word or not word.islower())


@cache
def code() -> str:
    """All sources together; not the documents, and not this file."""
    own = str(Path(__file__).relative_to(ROOT))
    found = (text for path, text in texts(".py", ".toml", ".in", ".json", ".sh", "") if path != own)
    return "\n".join(found)


def test_every_setting_from_the_environment_is_explained() -> None:
    sources = "\n".join(
        text for path, text in texts(".py") if path.startswith(("suqiu/", "tools/", "bench/")) and "/tests/" not in path
    )
    read = set(re.findall(r"environ(?:\.get\(|\.setdefault\(|\[)\s*\"([A-Za-z_]+)\"", sources))
    read |= {f"SUQIU_{name.upper()}" for name in re.findall(r"_kept_secret\(\"(\w+)\"\)", sources)}
    inner = {"DJANGO_SETTINGS_MODULE", "SUQIU_TEST_RUN", "PATH"}  # of no concern to who runs it
    explained = set(re.findall(r"`([A-Za-z_]+)`", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")))
    assert "SUQIU_CONTACT_KEY" in read
    assert sorted(read - inner - explained) == []
    assert sorted(name for name in explained - read if name.startswith("SUQIU_")) == []


def test_the_english_readme_speaks_english() -> None:
    """But for names: of the project, of the other README, of a column, of a bureau."""
    names = {"诉求", "中文说明", "诉求描述", "市住房和城乡建设局"}
    assert set(HAN.findall((ROOT / "README.md").read_text(encoding="utf-8"))) - names == set()


def test_the_two_readmes_say_the_same() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    for pattern in (r"^## ", r"^\d\. ", r"^\./manage\.py (\w+)"):
        ours, theirs = (re.findall(pattern, text, re.MULTILINE) for text in (english, chinese))
        assert ours == theirs and ours
    logins = re.compile(r"^\| `([a-z0-9-]+)` \|", re.MULTILINE)
    assert logins.findall(english) == logins.findall(chinese)
