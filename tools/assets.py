"""Which files of node_modules do pages load? Copies them out, icons as one sprite, with licences."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "suqiu" / "static" / "vendor"
TEST_VENDOR = ROOT / "tests" / "vendor"  # never served
FILES = [
    ("htmx.org", "dist/htmx.min.js", VENDOR),
    ("axe-core", "axe.min.js", TEST_VENDOR),
]
ICONS = "lucide-static"
SVG = "http://www.w3.org/2000/svg"
LOOK = ("fill", "stroke", "stroke-linecap", "stroke-linejoin")


def main() -> None:
    for package, path, folder in FILES:
        _copy(NODE_MODULES / package / path, folder / Path(path).name)
        _copy(NODE_MODULES / package / "LICENSE", folder / "LICENSES" / f"{package}.txt")
    names = (ROOT / "tools" / "icons.txt").read_text(encoding="utf-8").split()
    (VENDOR / "icons.svg").write_text(sprite(names), encoding="utf-8")
    _copy(NODE_MODULES / ICONS / "LICENSE", VENDOR / "LICENSES" / f"{ICONS}.txt")


def sprite(names: list[str]) -> str:
    """One SVG with a ``<symbol id="i-NAME">`` for each name; shown by ``<svg><use href="icons.svg#i-NAME"/></svg>``."""
    ElementTree.register_namespace("", SVG)
    whole = ElementTree.Element(f"{{{SVG}}}svg")
    for name in sorted(set(names)):
        whole.append(_symbol(name))
    return ElementTree.tostring(whole, encoding="unicode") + "\n"


def _symbol(name: str) -> ElementTree.Element:
    path = NODE_MODULES / ICONS / "icons" / f"{name}.svg"
    if not path.exists():
        raise SystemExit(f"tools/icons.txt names “{name}”, but {ICONS} has no such icon.")
    icon = ElementTree.parse(path).getroot()
    look = {key: icon.attrib[key] for key in LOOK if key in icon.attrib}
    symbol = ElementTree.Element(f"{{{SVG}}}symbol", {"id": f"i-{name}", "viewBox": icon.attrib["viewBox"], **look})
    for part in icon:
        part.tail = None
        symbol.append(part)
    return symbol


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    main()
