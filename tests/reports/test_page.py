import json
import re
from dataclasses import replace

import pytest

from reports.page import asked, index, page
from reports.question import names, question
from tests.reports.conftest import EVIL, NOISY
from tests.reports.synthetic import Truth, data
from warehouse.errors import UnknownName


@pytest.fixture(scope="module")
def html(written) -> str:
    return written[1].read_text()


@pytest.fixture(scope="module")
def evil_page(written) -> str:
    """A page whose names of encoders and languages try to break out."""
    return written[2].read_text()


def payload(text: str) -> dict:
    return json.loads(re.search(r'id="payload">(.*?)</script>', text, re.S)[1])


def test_the_page_is_one_file_under_three_megabytes(html):
    assert len(html.encode()) < 3_000_000
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)


def test_the_runtime_is_there_once(html):
    assert html.count("window.vegaEmbed=") == 1


def test_the_same_warehouse_gives_the_same_bytes(evil_page):
    asked_for = question("noisy_intermediate")
    assert page(asked_for.analyse(asked_for, data(NOISY))) == evil_page


def test_the_page_holds_answer_methods_and_provenance(planted, html):
    for text in (planted.question.title, planted.fits[0].formula, "0.1.0+abc", "torch 2.13.0"):
        assert text in html
    for id in ("answer", "robustness", "by-language", "checks", "design", "fits", "methods", "provenance"):
        assert f'<section id="{id}"' in html


def test_figures_are_numbered_through_and_have_a_table(html):
    numbers = [int(n) for n in re.findall(r"Figure (\d+)\. ", html)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert html.count("<figure") == html.count("Data of figure") == len(payload(html)["charts"])


def test_data_are_shared_by_name(html):
    found = payload(html)
    for spec in found["charts"].values():
        assert "datasets" not in spec
        assert set(re.findall(r"data-[0-9a-f]{32}", json.dumps(spec))) <= set(found["datasets"])


def test_links_within_the_page_lead_somewhere(html):
    ids = set(re.findall(r' id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= ids


def test_text_of_data_sets_and_models_stays_text(evil_page):
    assert EVIL not in evil_page
    assert "<img src=x" not in evil_page
    assert evil_page.count("<script") == 3  # the data, the runtime, the page's own program
    assert "&lt;img src=x onerror=alert(1)&gt;" in evil_page


def test_a_caution_comes_before_the_numbers(html):
    assert html.index("Only 2 seeds.") < html.index('class="tiles"')


def test_a_refused_question_still_has_a_page():
    asked_for = question("english_intermediate")
    refused = asked_for.analyse(asked_for, data(Truth(regimes=("direct",))))
    text = page(refused)
    assert "There is no answer yet: this warehouse has no run" in text
    assert 'id="coverage-chart"' in text


def test_the_index_links_every_page(planted, noisy, written):
    assert [path.name for path in written] == [
        "index.html",
        "english_intermediate.html",
        "noisy_intermediate.html",
    ]
    text = index([replace(planted, cautions=("Only 2 seeds.",)), noisy])
    assert written[0].read_text() == text
    assert 'href="noisy_intermediate.html"' in text
    assert not list(written[0].parent.rglob("*.part"))


def test_all_means_every_question():
    assert asked([]) == asked(["all"])
    assert sorted(one.name for one in asked([])) == names()
    assert [one.number for one in asked([])] == list(range(1, len(names()) + 1))
    with pytest.raises(UnknownName):
        asked(["nothing"])
