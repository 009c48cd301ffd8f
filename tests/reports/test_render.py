import base64
import hashlib
import json
import re

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from reports.render import bundle, dataset, dataset_name, html, json_block, policy


@given(st.text())
def test_json_in_a_page_can_neither_end_its_block_nor_begin_a_tag(text):
    block = json_block({"text": text})
    assert not set("<>&\u2028\u2029") & set(block)
    assert json.loads(block) == {"text": text}


def test_the_policy_lets_exactly_the_given_scripts_in():
    found = policy("a{}", ["one()"])
    digest = base64.b64encode(hashlib.sha256(b"one()").digest()).decode()
    assert f"script-src 'sha256-{digest}';" in found
    assert "default-src 'none'" in found
    assert "unsafe" not in found


def test_a_page_without_scripts_allows_none():
    page = html("index.html.j2", script=False, entries=[], newest=None)
    assert "script-src &#39;none&#39;" in page or "script-src 'none'" in page
    assert "<script" not in page


def test_text_is_escaped():
    entry = {
        "name": "q",
        "title": "<script>alert(1)</script>",
        "refusal": "",
        "headline": "<b>",
        "caution": "",
        "compared": "",
    }
    page = html("index.html.j2", script=False, entries=[entry], newest="<i>")
    assert "<script" not in page
    assert not re.search("<[bi]>", page)


def test_numbers_that_are_not_finite_become_null():
    found = dataset(pl.DataFrame({"a": [1.0, float("nan"), float("inf")]}))
    assert found == {"columns": ["a"], "rows": [[1.0], [None], [None]]}


def test_equal_data_have_one_name():
    one, same, other = ({"columns": ["a"], "rows": [[value]]} for value in (1, 1, 2))
    assert dataset_name(one) == dataset_name(same) != dataset_name(other)


def test_the_bundle_is_fit_for_a_script_element():
    assert "</script" not in bundle().lower()
    assert "vegaEmbed" in bundle()
