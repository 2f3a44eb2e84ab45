"""Which messages do the stories take? Real ones where the folder of data lies beside the project, else those written for it."""

from __future__ import annotations

import csv
import gzip
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
# file, column of the title, column of the text
FILES = (
    ("teddy2020c/labelled_raw.csv.gz", "topic", "text"),
    ("teddy2020c/hot_4326.csv.gz", "topic", "detail"),
    ("teddy2020c/official_test.csv.gz", "topic", "detail"),
    ("teddy2020c/replies.csv.gz", "topic", "detail"),
    ("fuzhou12345_rivers/work_orders.csv.gz", "title", "text"),
    ("fuzhou12345_rivers/leader_board_fuzhou.csv", "title", "text"),
)
SEED = 510800


def is_there() -> bool:
    return (SHARED / "teddy2020c").is_dir() and (SHARED / "fuzhou12345_rivers").is_dir()


def drawn(count: int) -> list[tuple[str, str, str]]:
    """`count` messages as (source, title, text), drawn by seed in equal parts from every file."""
    pools = [list(_file(*file)) for file in FILES] if is_there() else [list(_own())]
    chance, found = random.Random(SEED), []
    for number, pool in enumerate(pools):
        share = count // len(pools) + (number < count % len(pools))
        found += chance.sample([m for m in pool if len(m[2].strip()) >= 10], share)
    chance.shuffle(found)
    return found


def _file(name: str, title: str, text: str) -> Iterator[tuple[str, str, str]]:
    opened = gzip.open if name.endswith(".gz") else open
    with opened(SHARED / name, "rt", encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield name, row[title].strip(), row[text].strip()


def _own() -> Iterator[tuple[str, str, str]]:
    """The demo city's problems, as five people each tell them."""
    for file in sorted((ROOT / "suqiu" / "demo" / "guangyuan" / "problems").glob("*.toml")):
        for problem in tomllib.loads(file.read_text(encoding="utf-8"))["problem"]:
            for telling in problem["tellings"]:
                yield file.name, problem["title"], telling.replace("{place}", "东坝街道翠屏社区")
