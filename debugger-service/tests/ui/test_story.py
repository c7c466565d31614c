"""From a file with wrong labels to a model that is shown to be better, as one person does it in a browser."""

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import FilePayload, Locator, Page, ViewportSize, expect

BANKING: Final = Path(__file__).parents[4] / "shared" / "data" / "intents" / "banking77_train.csv"
CLASSES: Final = 7
ROWS_OF_EACH: Final = 80
RIGHT: Final = "activate_my_card"
WRONG: Final = "age_limit"
WORDS: Final = {"activate", "card"}
"""The rows for training that have both were given the wrong one of these labels; a decision about them all mends it."""
REVIEWED: Final = 20
KEPT: Final = {6, 15}
DROPPED: Final = 10
TYPED_EACH: Final = 4
"""Of the rows reviewed: which are left as they are, which is dropped, and how often a label is typed, not accepted."""
SLOW_MS: Final = 60_000
README_SIZE: Final[ViewportSize] = {"width": 1280, "height": 800}
CORNERS: Final = ((0.35, 0.1), (0.7, 0.1), (0.7, 0.95), (0.35, 0.95))
"""Of a lasso, as parts of the map's width and height."""


@dataclass
class Story:
    """The data as they should be by now, and what was done to them; rows are known by their numbers, from 1."""

    texts: list[str]
    truth: list[str]
    labels: list[str | None]
    splits: list[str]
    actions: list[str] = field(default_factory=list)

    def file(self) -> bytes:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["text", "label", "split"])
        writer.writerows(zip(self.texts, self.labels, self.splits, strict=True))
        return text.getvalue().encode()

    def kept(self) -> dict[str, str]:
        """The label of each text that was not dropped."""
        return {text: label for text, label in zip(self.texts, self.labels, strict=True) if label is not None}

    def spoiled(self) -> list[int]:
        """The places of the rows that bulk decisions mend."""
        rows = enumerate(zip(self.texts, self.labels, strict=True))
        return [place for place, (text, label) in rows if label == WRONG and words(text) >= WORDS]


@pytest.fixture
def story() -> Story:
    """Rows of a few classes of Banking77: some of those for training have a wrong label, those for testing none."""
    if not BANKING.exists():
        pytest.skip(f"there is no {BANKING}")
    generator = random.Random(7)  # noqa: S311 the same rows each time
    with BANKING.open(encoding="utf-8") as file:
        found = {" ".join(row["text"].split()): row["category"] for row in csv.DictReader(file)}
    names = sorted(set(found.values()))[:CLASSES]
    rows = [(text, name) for name in names for text in _some(generator, found, name)]
    generator.shuffle(rows)
    splits = ["testing" if place % 3 == 0 else "training" for place in range(len(rows))]
    labels = []
    for place, (text, name) in enumerate(rows):
        is_spoiled = name == RIGHT and words(text) >= WORDS
        wrong = WRONG if is_spoiled else generator.choice(names) if place % 10 == 1 else name
        labels.append(wrong if splits[place] == "training" else name)
    return Story([text for text, _ in rows], [name for _, name in rows], list(labels), splits)


@pytest.fixture(scope="module")
def flags(webgl: list[str]) -> list[str]:
    return webgl


@pytest.mark.usefixtures("intent")
def test_a_file_is_cleaned_and_the_model_shown_to_be_better(
    story: Story,
    new_page: Callable[..., Page],
    lasso: Callable[..., None],
    picture: Callable[[Page, str], None],
) -> None:
    page = new_page(accept_downloads=True)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    bring_a_file(page, story)
    look_over(page, story)
    review(page, story)
    undo(page, story)
    mend_all_of_a_filter(page, story)
    lasso_a_part_of_the_map(page, lasso)
    export(page, story)
    retrain(page)
    page.set_viewport_size(README_SIZE)
    for button in reversed(page.get_by_role("button", name="Dismiss").all()):
        button.click()
    picture(page, "debugger-versions")
    page.emulate_media(color_scheme="dark")
    picture(page, "debugger-versions-dark")
    assert errors == []


def bring_a_file(page: Page, story: Story) -> None:
    page.goto("/")
    file = FilePayload(name="autumn.csv", mimeType="text/csv", buffer=story.file())
    page.get_by_label("Choose a file").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    analysis = page.get_by_role("progressbar", name="Analysis")
    expect(analysis).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text(f"{len(story.texts)} rows")).to_be_visible()
    expect(analysis).to_be_hidden(timeout=SLOW_MS)


def look_over(page: Page, story: Story) -> None:
    page.get_by_role("link", name="autumn", exact=True).click()
    expect(page.get_by_role("link", name=f"{len(story.texts)} rows", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Rows by class").get_by_role("listitem")).to_have_count(CLASSES)
    for split, rows in Counter(story.splits).items():
        line = page.get_by_role("region", name="Rows by split").get_by_role("listitem").filter(has_text=split)
        expect(line).to_contain_text(str(rows))
    left = page.get_by_role("region", name="Label errors left")
    expect(left).to_contain_text("0 rows decided")
    left.get_by_role("link", name="about").click()


def review(page: Page, story: Story) -> None:
    for place in range(REVIEWED):
        decide(page, story, place)
    assert set(story.actions) == {"accept", "keep", "relabel", "drop"}
    errors = sum(action != "keep" for action in story.actions)
    expect(progress(page)).to_contain_text(f"{REVIEWED} rows decided, {errors} label errors found")


def decide(page: Page, story: Story, place: int) -> None:
    """Decide about the row in sight by keys alone, as somebody does who mostly knows what is right."""
    expect(page.get_by_role("heading", name="Nearest rows")).to_be_visible()
    row = number_of(page) - 1
    article = page.get_by_role("article")
    expect(article).to_contain_text(story.texts[row])
    right, proposed = story.truth[row], proposal(article)
    if place == DROPPED:
        action, keys, label = "drop", ["d"], None
    elif place in KEPT or story.labels[row] == right:
        action, keys, label = "keep", ["k"], story.labels[row]
    elif proposed == right and place % TYPED_EACH:
        action, keys, label = "accept", ["a"], right
    else:
        action, keys, label = "relabel", ["l", right[0], right[1], "Enter"], right
    for key in keys:
        if key == "Enter":
            expect(page.get_by_role("option").first).to_contain_text(right)
        page.keyboard.press(key)
    expect(page.get_by_role("article", name=f"Row {row + 1}", exact=True)).to_have_count(0)
    story.labels[row] = label
    story.actions.append(action)


def undo(page: Page, story: Story) -> None:
    before = page.get_by_role("article").get_attribute("aria-label")
    page.keyboard.press("d")
    expect(page.get_by_role("article")).not_to_have_attribute("aria-label", before or "")
    expect(progress(page)).to_contain_text(f"{REVIEWED + 1} rows decided")
    page.keyboard.press("u")
    expect(page.get_by_role("article")).to_have_attribute("aria-label", before or "")
    expect(page.get_by_role("article")).to_contain_text(story.texts[number_of(page) - 1])
    expect(progress(page)).to_contain_text(f"{REVIEWED} rows decided")


def mend_all_of_a_filter(page: Page, story: Story) -> None:
    rows = story.spoiled()
    page.keyboard.press("t")
    page.get_by_role("button", name="Kind of issue").click()
    page.get_by_role("menuitemradio", name="Rows with or without issues").click()
    page.get_by_label("Filter", exact=True).fill(f"{' '.join(sorted(WORDS))} AND label = {WRONG}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_text(f"{len(rows)} rows", exact=True)).to_be_visible()
    page.get_by_label("Select all rows that are loaded").check()
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog", name=f"Decide about {len(rows)} rows")
    dialog.get_by_role("radio", name="Relabel").check()
    dialog.get_by_role("combobox", name="The new label").fill(RIGHT)
    page.get_by_role("option", name=RIGHT).click()
    expect(dialog.get_by_text(f"{len(rows)} rows would change:")).to_be_visible()
    expect(dialog.get_by_role("listitem")).to_contain_text(re.compile(f"{WRONG}.*{RIGHT}", re.DOTALL))
    dialog.get_by_role("button", name=f"Change {len(rows)} rows").click()
    expect(page.get_by_text(f"{len(rows)} rows changed, as version")).to_be_visible()
    expect(page.get_by_role("heading", name="No row is left in this list")).to_be_visible()
    for row in rows:
        story.labels[row] = RIGHT


def lasso_a_part_of_the_map(page: Page, lasso: Callable[..., None]) -> None:
    page.get_by_role("link", name="Map", exact=True).click()
    plane = page.get_by_role("group", name=re.compile(r"Map of \d+ rows")).locator("canvas").last
    expect(plane).to_be_visible(timeout=SLOW_MS)
    heading = page.get_by_role("region", name="Chosen rows").get_by_role("heading", level=2)
    expect(heading).to_have_text(re.compile(r"^\d+ rows$"))
    everything = heading.inner_text()
    page.keyboard.press("l")
    lasso(page, plane, CORNERS)
    expect(page.get_by_text("Inside the lasso")).to_be_visible()
    expect(heading).not_to_have_text(everything)
    assert 0 < int(heading.inner_text().split()[0]) < int(everything.split()[0])


def export(page: Page, story: Story) -> None:
    page.get_by_role("link", name="Versions", exact=True).click()
    page.get_by_role("button", name="Export").click()
    page.get_by_label("CSV").check(force=True)
    with page.expect_download() as begun:
        page.get_by_role("link", name="Download", exact=True).click()
    with begun.value.path().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["text"]: row["label"] for row in rows} == story.kept()
    assert len(rows) == len(story.texts) - story.actions.count("drop")


def retrain(page: Page) -> None:
    page.get_by_role("button", name="Before and after").click()
    expect(page.get_by_role("heading", name="Did the decisions pay off?")).to_be_visible()
    page.get_by_role("button", name="New proof").click()
    page.get_by_role("dialog").get_by_role("button", name="Prove").click()
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("Better", timeout=SLOW_MS)
    expect(verdict).to_contain_text(re.compile(r"\+\d+\.\d points"))
    expect(page.get_by_role("region", name="By the labels as given")).to_contain_text("Macro F1")


def progress(page: Page) -> Locator:
    return page.get_by_label("How far the review is")


def number_of(page: Page) -> int:
    found = re.fullmatch(r"Row (\d+)", page.get_by_role("article").get_attribute("aria-label") or "")
    assert found
    return int(found[1])


def proposal(article: Locator) -> str | None:
    """The label that is proposed in place of the row's own."""
    line = article.get_by_role("paragraph").filter(has=article.page.get_by_text("proposed", exact=True))
    labels = line.locator("bdi").all_inner_texts()
    return labels[1] if len(labels) > 1 else None


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _some(generator: random.Random, found: dict[str, str], name: str) -> list[str]:
    return generator.sample([text for text, label in found.items() if label == name], ROWS_OF_EACH)
