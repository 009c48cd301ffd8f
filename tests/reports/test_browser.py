"""The page in headless Chromium: it draws, sorts, filters, prints and asks the network for nothing."""

import csv
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from reports.question import question
from tests.reports.conftest import EVIL

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def file(written) -> Path:
    """A page whose encoder and language names try to break out."""
    return written[2]


@pytest.fixture(scope="module")
def browser() -> Iterator:
    if CHROMIUM is None:
        pytest.skip("no Chromium here")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield launched
        launched.close()


def opened(browser, file: Path, **context) -> SimpleNamespace:
    """The page when all charts are drawn, with what it said and asked for on the way."""
    page = browser.new_context(**context).new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-drawn]", state="attached")
    return SimpleNamespace(page=page, said=said, asked=asked)


@pytest.fixture(scope="module")
def seen(browser, file) -> SimpleNamespace:
    return opened(browser, file, viewport={"width": 1200, "height": 900})


def test_nothing_is_complained_about_and_nothing_asked_for(seen, file):
    assert seen.said == []
    assert seen.asked == [file.as_uri()]


def test_every_chart_is_drawn(seen):
    charts = seen.page.locator(".chart")
    assert charts.count() >= 10
    for i in range(charts.count()):
        assert charts.nth(i).locator("svg").bounding_box()["height"] > 60
        assert charts.nth(i).locator("svg path").count() > 0


def test_a_chart_has_a_description_for_those_who_do_not_see_it(seen):
    labels = seen.page.locator(".chart[role=graphics-document][aria-label]")
    assert labels.count() == seen.page.locator(".chart").count()


def test_text_that_looks_like_a_script_stays_text(seen):
    assert seen.page.title() == question("noisy_intermediate").title
    assert seen.page.locator("img").count() == 0
    assert "onerror" in seen.page.locator("#provenance").inner_text()


def test_a_table_sorts_by_number_both_ways(seen):
    seen.page.locator("#forest details").first.locator("summary").click()
    head = seen.page.locator("#forest th", has_text="estimate")

    def values() -> list[float]:
        column = head.evaluate("th => [...th.parentNode.children].indexOf(th)")
        cells = seen.page.locator(f"#forest tbody tr td:nth-child({column + 1})")
        return [float(value) for value in cells.evaluate_all("all => all.map(td => td.dataset.v)")]

    before = values()
    head.locator("button").click()
    assert values() == sorted(before)
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").focus()
    seen.page.keyboard.press("Enter")
    assert values() == sorted(before, reverse=True)


def test_the_language_menu_changes_the_chart(seen):
    chart = seen.page.locator("#severity-chart")
    before = chart.locator("svg").inner_html()
    chart.locator("select").select_option(index=1)
    seen.page.wait_for_timeout(300)
    assert chart.locator("svg").inner_html() != before
    assert seen.said == []


def test_a_filter_narrows_the_charts_and_a_search_the_rows_of_a_table(browser, file):
    page = opened(browser, file, viewport={"width": 1200, "height": 900}).page
    tiles = "#drops-chart svg .mark-rect.role-mark path"
    before = page.locator(tiles).count()
    page.locator("select[data-choose=perturbation]").select_option("char_swap")
    page.wait_for_function(f"document.querySelectorAll('{tiles}').length < {before}")
    assert page.locator(tiles).count() * 2 == before
    page.locator("select[data-choose=language]").select_option("sw")
    page.wait_for_function(f"document.querySelectorAll('{tiles}').length === {before // 10}")
    assert "char_swap" in page.locator("#chosen").inner_text()
    assert page.locator("#severity-chart select").input_value() == "sw"
    page.locator("#provenance details").first.locator("summary").click()
    rows = page.locator("#provenance details").first.locator("tbody tr:visible")
    count = rows.count()
    page.locator("#provenance input[data-rows]").first.fill("noisy")
    assert 0 < rows.count() < count


def test_the_data_come_down_as_csv_that_no_spreadsheet_runs(seen):
    with seen.page.expect_download() as download:
        seen.page.locator("#gaps button[data-csv]").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert len(rows) == 5
    assert all(float(row["estimate"]) for row in rows)
    assert any(row["name"].endswith(EVIL) for row in rows)


def test_a_picture_comes_down_with_its_own_colours(seen):
    with seen.page.expect_download() as download:
        seen.page.locator("#forest button[data-svg]").click()
    text = Path(download.value.path()).read_text()
    assert text.startswith("<svg")
    assert "var(--" not in text


def test_a_tooltip_shows_text_only(seen):
    point = seen.page.locator("#languages-chart svg .mark-symbol path").first
    point.hover()
    seen.page.wait_for_selector("#vg-tooltip-element.visible")
    assert "onerror" in seen.page.locator("#vg-tooltip-element").inner_text()
    assert seen.page.locator("img").count() == 0
    assert seen.said == []


def test_a_phone_needs_no_sideways_scrolling(browser, file):
    phone = opened(browser, file, viewport={"width": 390, "height": 800})
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.said == []


def test_dark_pages_print_on_white(browser, file):
    dark = opened(browser, file, color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert dark.page.evaluate(ground) == "rgb(20, 23, 26)"
    dark.page.emulate_media(media="print")
    assert dark.page.evaluate(ground) == "rgb(255, 255, 255)"
    assert not dark.page.locator(".tools").first.is_visible()
    pages = dark.page.pdf()
    assert pages.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pages)) >= 3
