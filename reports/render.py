"""From a page's parts to one HTML file that holds everything and asks the network for nothing.

Text from data sets, models and runs reaches the page in two ways only: through Jinja with autoescape,
and as JSON in a data block in which every ``<`` is written ``\\u003c``, so that no text can end the
block or begin a tag. A content security policy lists the hashes of the page's own style and scripts:
nothing else runs, inline or not, and nothing may be loaded.
"""

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import polars as pl
import vl_convert
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

Dataset = dict[str, Any]
"""A frame as JSON: ``columns`` and ``rows``."""


def html(template: str, *, script: bool, **values: Any) -> str:
    """A template with the shared style; with ``script``, the page's program, and Vega if there are charts."""
    style = _text("style.css")
    app = _text("app.js") if script else ""
    runtime = bundle() if values.get("runtime") else ""
    scripts = [code for code in (runtime, app) if code]
    return (
        _environment()
        .get_template(template)
        .render(
            **values
            | {
                "style": Markup(style),
                "app": Markup(app),
                "runtime": Markup(runtime),
                "policy": policy(style, scripts),
                "version": version("xtb-warehouse"),
            }
        )
    )


def policy(style: str, scripts: list[str]) -> str:
    """The content security policy that lets exactly this style and these scripts in."""
    allowed = " ".join(_hash(code) for code in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def json_block(value: Any) -> Markup:
    """JSON that may stand inside ``<script type="application/json">`` whatever text it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for unsafe, escaped in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(unsafe, escaped)
    return Markup(text)


def dataset(frame: pl.DataFrame) -> Dataset:
    """A frame as columns and rows, dates as text, numbers that are not finite as null."""
    return {"columns": frame.columns, "rows": [[_plain(value) for value in row] for row in frame.rows()]}


def dataset_name(data: Dataset) -> str:
    """A name made from the content, so that equal data are stored once and a page stays the same."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return "data-" + hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@cache
def bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script.

    Raises:
        ValueError: the script would end its own element.
    """
    text = str(vl_convert.javascript_bundle())  # type: ignore[call-arg]  # its stub forgets a default
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError("the Vega bundle cannot stand inside a script element")
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _hash(code: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() + "'"


def _text(name: str) -> str:
    return (files("reports") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
