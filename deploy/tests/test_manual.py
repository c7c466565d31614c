"""The operators' manual leads to pages and files that exist."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted((ROOT / "docs" / "operations").rglob("*.md"))


def _headings(page: Path) -> set[str]:
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in found}


def test_every_link_leads_somewhere() -> None:
    for page in PAGES:
        for target, heading in re.findall(r"\]\(([^)#:]*)#?([^)]*)\)", page.read_text(encoding="utf-8")):
            linked = (page.parent / target).resolve() if target else page
            assert linked.exists(), f"{page.name}: {target}"
            assert not heading or heading in _headings(linked), f"{page.name}: {target}#{heading}"


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "operations" / "README.md").read_text(encoding="utf-8")
    for page in PAGES:
        if page.parent.name == "operations" and page.name != "README.md":
            assert f"({page.name})" in index, page.name


def test_every_folder_of_the_manifests_is_in_the_index() -> None:
    index = (ROOT / "docs" / "operations" / "README.md").read_text(encoding="utf-8")
    for folder in ("components", "overlays"):
        for each in (ROOT / "deploy" / folder).iterdir():
            assert f"`{folder}/{each.name}`" in index or f"`{each.name}`" in index, each.name


def test_files_and_folders_that_are_named_exist() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:components|overlays|base)/[\w./-]+)`", text):
            assert (ROOT / "deploy" / name).exists(), f"{page.name}: {name}"
