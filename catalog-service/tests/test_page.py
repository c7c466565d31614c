"""The page in a real browser, over a real server."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg
import httpx2
import pytest
from playwright.sync_api import Locator, Page, Route, expect, sync_playwright

import catalog
from catalog.main import create_app
from catalog.settings import Settings
from shared.protocol import BoundedHttpProtocol
from shared.testing import CHROMIUM, CHROMIUM_FLAGS, served, server_process

REMEMBER_AUTHOR = "localStorage.setItem('catalog.author', 'mai')"
HOSTILE = "<img src=x onerror=\"document.title='broken'\">.jpg"
RIGHT_TO_LEFT = "\u202e\u05e9\u05dc\u05d5\u05dd gpj.exe"
GONE = "\N{MINUS SIGN}"
SECONDS = 20
MANY = """
    CREATE TABLE many AS
    SELECT number, (lpad(to_hex({milliseconds}), 12, '0') || '70008000' || lpad(to_hex(number), 12, '0'))::uuid AS id
    FROM generate_series(1, 20000) AS number;
    INSERT INTO images (id, name, url, type)
    SELECT id, 'between', 'https://images.example.org/1.jpg', 'image/jpeg' FROM many;
    INSERT INTO labels (tag_id, image_id)
    SELECT CASE number % 2 WHEN 0 THEN '{day}'::uuid ELSE '{night}'::uuid END, id FROM many WHERE number <> 8000
"""


@pytest.fixture(scope="module")
def vision_url() -> Iterator[str]:
    with server_process("vision", "VISION_") as (_, url):
        yield url


@pytest.fixture
def url(database_url: str, vision_url: str, tmp_path: Path) -> Iterator[str]:
    settings = Settings(database_url=database_url, data_dir=tmp_path, vision_url=vision_url)
    with served(create_app(settings), lifespan="on", http=BoundedHttpProtocol) as url:
        yield url


@pytest.fixture
def api(url: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url, timeout=SECONDS) as client:
        yield client


@pytest.fixture
def page(url: str) -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        page = browser.new_page(base_url=url)
        page.set_default_timeout(SECONDS * 1000)
        yield page
        browser.close()


@pytest.fixture
def upload(api: httpx2.Client, photo: Callable[..., bytes]) -> Callable[..., str]:
    def upload(number: int, name: str, **labels: Any) -> str:
        answer = api.post("/images/upload", files={"file": ("photo.jpg", photo(number))}, data={"name": name})
        image_id: str = answer.json()["id"]
        if labels:
            say(api, image_id, **labels)
        return image_id

    return upload


def say(api: httpx2.Client, image_id: str, **labels: Any) -> None:
    answer = api.post(f"/images/{image_id}/labelings", json={"author": "jonas", "tags": [], **labels})
    assert answer.status_code == 201, answer.text


def names(api: httpx2.Client, image_id: str, state: str) -> list[str]:
    return [tag["name"] for tag in api.get(f"/images/{image_id}/labels").json()[state]]


def captions(page: Page) -> Locator:
    return page.locator("#gallery .caption bdi")


def show(page: Page, address: str = "/") -> None:
    """Open the page as somebody whose name it knows."""
    page.add_init_script(REMEMBER_AUTHOR)
    page.goto(address)


def test_dropped_files_are_uploaded_each_with_its_outcome(page: Page, photo: Callable[..., bytes]) -> None:
    page.goto("/")
    expect(page.locator("#message")).to_contain_text("Drop photos anywhere")
    transfer = page.evaluate_handle(
        """(files) => {
            const transfer = new DataTransfer();
            files.forEach(([name, bytes]) => transfer.items.add(new File([new Uint8Array(bytes)], name)));
            return transfer;
        }""",
        [["one.jpg", list(photo(1))], ["two.jpg", list(photo(2))], ["note.jpg", list(b"no image")]],
    )
    page.dispatch_event("body", "dragover", {"dataTransfer": transfer})
    expect(page.locator("#drop")).to_be_visible()
    page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    expect(page.locator("#drop")).to_be_hidden()
    expect(page.locator("#uploads-summary")).to_have_text("2 uploaded, 1 failed")
    expect(page.locator("#uploads-list li", has_text="note.jpg")).to_contain_text("not an image in JPEG, PNG")
    expect(page.locator(".tile img")).to_have_count(2)
    page.set_input_files("#file", {"name": "again.jpg", "mimeType": "image/jpeg", "buffer": photo(1)})
    expect(page.locator("#uploads-list li", has_text="again.jpg")).to_contain_text("already there")
    expect(page.locator(".tile")).to_have_count(2)


def test_tags_are_filtered_by_in_three_modes_and_back_restores_the_filter(
    page: Page, upload: Callable[..., str]
) -> None:
    upload(1, "bird", tags=["Bird"])
    upload(2, "none", absent=["Bird"])
    upload(3, "new")
    show(page)
    expect(captions(page)).to_have_text(["new", "none", "bird"])
    page.keyboard.press("/")
    page.keyboard.type("bi")
    expect(page.locator("[role=option]")).to_have_text("Bird1")
    page.keyboard.press("Enter")
    expect(captions(page)).to_have_text(["bird"])
    page.get_by_role("button", name="has Bird", exact=True).click()
    expect(captions(page)).to_have_text(["none"])
    page.get_by_role("button", name="has not Bird", exact=True).click()
    expect(captions(page)).to_have_text(["new"])
    assert parse_qs(urlsplit(page.url).query) == {"unknown": ["Bird"]}
    page.go_back()
    expect(captions(page)).to_have_text(["none"])
    page.go_back()
    expect(captions(page)).to_have_text(["bird"])
    page.reload()
    expect(captions(page)).to_have_text(["bird"])
    expect(page.locator("#chips .chip")).to_contain_text("has Bird")
    page.goto("/?tag=Brid")
    expect(page.locator("#message")).to_contain_text("No tag is called Brid")
    page.locator("#message-action").click()
    expect(captions(page)).to_have_count(3)


def test_words_and_unlabeled_ones_are_filtered_by(page: Page, upload: Callable[..., str]) -> None:
    upload(1, "green garden", tags=["Bird"])
    upload(2, "red garden")
    upload(3, "kitchen")
    show(page)
    page.locator("#text").fill("Garden")
    expect(captions(page)).to_have_text(["red garden", "green garden"])
    page.locator("#unlabeled").check()
    expect(captions(page)).to_have_text(["red garden"])
    assert parse_qs(urlsplit(page.url).query) == {"text": ["Garden"], "labeled": ["false"]}
    page.go_back()
    expect(captions(page)).to_have_count(2)
    expect(page.locator("#unlabeled")).not_to_be_checked()
    page.locator("#clear").click()
    expect(captions(page)).to_have_count(3)
    expect(page.locator("#text")).to_be_empty()


def test_an_image_is_labeled_by_the_keyboard_alone(page: Page, api: httpx2.Client, upload: Callable[..., str]) -> None:
    image_id = upload(1, "older")
    upload(2, "newer")
    api.post("/label-schemas", json={"name": "Garden", "tags": ["Bird", "Cat", "Dog"]})
    page.goto("/")
    expect(page.locator(".tile")).to_have_count(2)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#detail-name")).to_have_text("older")
    expect(page.locator("#versions")).to_contain_text("Nobody has labeled it yet")
    page.select_option("#schema", label="Garden")
    expect(page.locator("#checklist li")).to_have_count(3)
    page.keyboard.press("1")
    page.keyboard.press("3")
    page.keyboard.press("/")
    page.keyboard.type("Tree")
    page.keyboard.press("Enter")
    expect(page.locator("#draft")).to_have_text("3 changes not saved")
    page.locator("#label-tag input").blur()
    page.keyboard.press("s")
    expect(page.locator("#question-title")).to_have_text("What is your name?")
    page.keyboard.type("mai")
    page.keyboard.press("Enter")
    expect(page.locator("#versions li")).to_contain_text(["Version 1"])
    assert names(api, image_id, "present") == ["Bird", "Dog", "Tree"]
    assert names(api, image_id, "absent") == ["Cat"]
    assert api.get(f"/images/{image_id}/labelings/1").json()["author"] == "mai"
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    expect(page.locator(f"[data-id='{image_id}'] a")).to_be_focused()
    expect(page.locator(f"[data-id='{image_id}']")).to_contain_text("labeled")
    assert urlsplit(page.url).query == ""


def test_who_is_slower_is_told_and_loses_nothing(page: Page, api: httpx2.Client, upload: Callable[..., str]) -> None:
    image_id = upload(1, "photo", tags=["Bird"])
    show(page, f"/?image={image_id}")
    page.get_by_role("radiogroup", name="Bird").get_by_label("absent").check()
    page.locator("#label-tag input").fill("Fox")
    page.keyboard.press("Enter")
    say(api, image_id, tags=["Bird", "Cat"])
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#conflict")).to_contain_text("jonas has saved version 2")
    expect(page.locator("#conflict-changes")).to_have_text(f"+Fox{GONE}Bird")
    expect(page.get_by_role("radiogroup", name="Cat").get_by_label("present")).to_be_checked()
    page.locator("#conflict-apply").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#versions li").first).to_contain_text("Version 3")
    expect(page.locator("#versions li").first).to_contain_text(f"+Fox{GONE}Bird")
    assert names(api, image_id, "present") == ["Cat", "Fox"]
    assert names(api, image_id, "absent") == ["Bird"]


def test_changes_outlive_a_look_at_another_image(page: Page, upload: Callable[..., str]) -> None:
    upload(1, "older", tags=["Bird"])
    upload(2, "newer")
    show(page)
    captions(page).first.click()
    bird = page.get_by_role("radiogroup", name="Bird")
    page.locator("#unknown summary").click()
    bird.get_by_label("present").check()
    page.locator("#detail-close").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#detail-name")).to_have_text("older")
    expect(page.locator("#labels-version")).to_have_text("version 1")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#draft")).to_have_text("1 change not saved")
    page.keyboard.press("Shift+S")
    expect(page.locator("#detail-name")).to_have_text("older")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#labels-version")).to_have_text("version 1")
    expect(page.locator("#draft")).to_be_empty()
    expect(bird.get_by_label("present")).to_be_checked()


def test_an_old_version_is_restored(page: Page, api: httpx2.Client, upload: Callable[..., str]) -> None:
    image_id = upload(1, "photo", tags=["Bird"])
    say(api, image_id, tags=["Cat"], comment="No bird.")
    show(page, f"/?image={image_id}")
    expect(page.locator("#versions li").first).to_contain_text("+Cat")
    expect(page.locator("#versions li").first).to_contain_text("No bird.")
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.locator("#versions li").first).to_contain_text("version 1 restored")
    expect(page.get_by_role("radiogroup", name="Bird").get_by_label("present")).to_be_checked()
    assert names(api, image_id, "present") == ["Bird"]


def test_suggestions_of_the_vision_service_are_accepted(
    page: Page, api: httpx2.Client, vision_url: str, upload: Callable[..., str]
) -> None:
    readiness = httpx2.get(f"{vision_url}/readyz")
    if readiness.is_error:
        pytest.skip(f"the vision service is not ready: {readiness.json()['detail']}")
    image_id = upload(1, "photo", tags=["Bird"])
    show(page, f"/?image={image_id}")
    page.get_by_role("button", name="Suggest tags").click()
    suggested = page.locator("#suggestions-list li")
    expect(suggested).to_have_count(5)
    widths = [float(fill.evaluate("fill => parseFloat(fill.style.width)")) for fill in suggested.locator(".fill").all()]
    assert widths == sorted(widths, reverse=True)
    chosen = [suggested.locator("bdi").nth(place).inner_text() for place in (0, 2)]
    suggested.nth(0).get_by_role("checkbox").check()
    suggested.nth(2).get_by_role("checkbox").check()
    page.get_by_role("button", name="Accept 2 tags").click()
    expect(suggested.nth(0)).to_contain_text("in version 2")
    expect(suggested.nth(0).get_by_role("checkbox")).to_be_disabled()
    expect(page.locator("#versions li").first).to_contain_text("Version 2")
    assert names(api, image_id, "present") == sorted(["Bird", *chosen], key=str.casefold)


def test_hostile_names_are_text_and_break_no_layout(page: Page, upload: Callable[..., str]) -> None:
    long = "W" * 255
    upload(1, RIGHT_TO_LEFT, tags=[long, HOSTILE], comment=HOSTILE, author=long)
    upload(2, HOSTILE, tags=[RIGHT_TO_LEFT], author=HOSTILE)
    upload(3, long, absent=[long, HOSTILE, RIGHT_TO_LEFT])
    page.set_viewport_size({"width": 360, "height": 740})
    page.add_init_script(f"localStorage.setItem('catalog.author', {long!r})")
    page.goto("/?absent=" + long)
    expect(captions(page)).to_have_text([long])
    page.goto("/")
    expect(captions(page)).to_have_text([long, HOSTILE, RIGHT_TO_LEFT])
    for name in (long, HOSTILE, RIGHT_TO_LEFT):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator(".tile a", has_text=name).click()
        expect(page.locator("#detail-name")).to_have_text(name)
        expect(page.locator("#versions li")).to_contain_text("Version 1")
        assert page.evaluate("document.querySelector('.detail').scrollWidth <= innerWidth")
        page.locator("#detail-close").click()
        expect(page.locator("#detail")).to_be_hidden()
    assert page.title() == "Catalog: images and their labels"
    assert page.locator("[onerror]").count() == 0


def test_selected_images_are_labeled_at_once(page: Page, api: httpx2.Client, upload: Callable[..., str]) -> None:
    cat = upload(1, "cat", tags=["Cat"])
    others = [upload(number, f"photo {number}") for number in (2, 3)]
    show(page)
    expect(page.locator(".tile")).to_have_count(3)
    page.keyboard.press("Home")
    page.keyboard.press("x")
    page.keyboard.press("End")
    page.keyboard.press("Shift+X")
    expect(page.locator("#batch-count")).to_have_text("3 selected")
    page.get_by_role("combobox", name="Tag that they have", exact=True).fill("Bird")
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Tag that they have not").fill("Cat")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Label them").click()
    expect(page.locator("#notices")).to_contain_text("2 images labeled")
    expect(page.locator("#batch-count")).to_have_text("1 selected")
    expect(page.locator(".tile.selected")).to_contain_text("cat")
    assert names(api, cat, "present") == ["Cat"]
    assert [names(api, image_id, "present") for image_id in others] == [["Bird"], ["Bird"]]
    assert [names(api, image_id, "absent") for image_id in others] == [["Cat"], ["Cat"]]


def test_many_images_come_page_by_page(page: Page, api: httpx2.Client) -> None:
    for number in range(150):
        image = {"name": f"photo {number}", "url": f"https://images.example.org/{number}", "type": "image/jpeg"}
        api.post("/images", json=image)
    show(page)
    expect(page.locator("#count")).to_have_text("The newest 60 images")
    expect(page.locator(".tile .placeholder").first).to_contain_text("photo 149")
    page.locator("#more").scroll_into_view_if_needed()
    expect(page.locator(".tile")).to_have_count(120)
    page.keyboard.press("End")
    expect(page.locator("#count")).to_have_text("150 images")
    page.keyboard.press("End")
    expect(page.locator("a:focus bdi").first).to_have_text("photo 0")
    assert len(set(captions(page).all_text_contents())) == 150


@pytest.fixture
def far_apart(api: httpx2.Client, database_url: str, upload: Callable[..., str]) -> list[str]:
    """Two images with two tags, many between them with one of these each, one with neither; the ids of the three."""
    oldest = upload(1, "oldest", tags=["Day", "Night"])
    day, night = [tag["id"] for tag in api.get("/tags").json()["items"]]
    just_after = int(UUID(oldest).hex[:12], 16) + 1

    async def fill() -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute(MANY.format(milliseconds=just_after, day=day, night=night))
        await connection.close()

    asyncio.run(fill())
    return [oldest, str(UUID(f"{just_after:012x}70008000{8000:012x}")), upload(2, "newest", tags=["Day", "Night"])]


def test_pages_without_an_image_are_passed_until_one_shows_or_the_list_ends(
    far_apart: list[str], page: Page, api: httpx2.Client
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)
        if len(held) > 3:
            route.continue_()

    page.route("**/images?**cursor=**", hold)
    show(page, "/?tag=Day&tag=Night")
    expect(captions(page)).to_have_text(["newest"])
    expect(page.locator("#count")).to_have_text("The newest 1 image")
    captions(page).click()
    expect(page.locator("#detail-name")).to_have_text("newest")
    page.locator("#next").click()
    held[0].continue_()
    expect(page.locator("#count")).to_have_text("The newest 1 image, looking for more …")
    expect(page.locator("#more")).to_have_text("Looking for more images …")
    expect(page.locator("#gallery")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#detail-name")).to_have_text("newest")
    held[1].continue_()
    expect(page.locator("#detail-name")).to_have_text("oldest")
    expect(page.locator("#count")).to_have_text("2 images")
    expect(page.locator("#gallery")).to_have_attribute("aria-busy", "false")
    page.keyboard.press("Escape")
    for image_id in far_apart:
        api.delete(f"/images/{image_id}").raise_for_status()
    page.locator("#refresh").click()
    expect(page.locator("#count")).to_have_text("Looking for images …")
    expect(page.locator("#message")).to_be_hidden()
    held[2].continue_()
    expect(page.locator("#message")).to_contain_text("No image fulfils all of this")
    expect(page.locator("#more")).to_be_hidden()
    expect(page.locator("#count")).to_have_text("0 images")


def test_short_pages_are_loaded_until_the_end_is_out_of_sight(
    far_apart: list[str], page: Page, api: httpx2.Client
) -> None:
    say(api, far_apart[1], tags=["Day", "Night"])
    show(page, "/?tag=Day&tag=Night")
    expect(captions(page)).to_have_text(["newest", "between", "oldest"])
    expect(page.locator("#count")).to_have_text("3 images")


def test_an_image_is_deleted_unless_a_snapshot_holds_it(
    page: Page, api: httpx2.Client, upload: Callable[..., str]
) -> None:
    held = upload(1, "held")
    upload(2, "free")
    dataset = api.post("/datasets", json={"name": "Birds"}).json()["id"]
    api.put(f"/datasets/{dataset}/images/{held}")
    api.post(f"/datasets/{dataset}/snapshots", json={})
    show(page, f"/?dataset={dataset}")
    expect(page.locator("#count")).to_have_text("1 image")
    captions(page).click()
    page.locator("#delete").click()
    page.locator("#question-yes").click()
    expect(page.locator("#notices")).to_contain_text("part of 1 snapshot")
    page.keyboard.press("Escape")
    page.select_option("#dataset", label="All datasets")
    page.locator(".tile a", has_text="free").click()
    page.locator("#delete").click()
    page.locator("#question-yes").click()
    expect(page.locator("#detail")).to_be_hidden()
    expect(page.get_by_text("The image is deleted.")).to_be_visible()
    expect(captions(page)).to_have_text(["held"])
    assert [image["name"] for image in api.get("/images").json()["items"]] == ["held"]


def test_a_lost_service_is_said_and_asked_again(page: Page, upload: Callable[..., str]) -> None:
    upload(1, "photo")
    page.route("**/images?**", lambda route: route.abort())
    page.goto("/")
    expect(page.locator("#message")).to_contain_text("The service cannot be reached.")
    page.unroute("**/images?**")
    page.locator("#message-action").click()
    expect(captions(page)).to_have_text(["photo"])
    expect(page.locator("#message")).to_be_hidden()


def test_the_page_asks_nothing_of_other_hosts_and_takes_no_text_for_markup() -> None:
    files = [
        file for file in (Path(catalog.__file__).parent / "page").iterdir() if file.suffix in {".html", ".css", ".js"}
    ]
    assert len(files) > 10
    for file in files:
        text = file.read_text()
        assert "://" not in text, file.name
        assert "innerHTML" not in text, file.name
        assert "insertAdjacentHTML" not in text, file.name
