"""A chart as a picture that stands alone: the page's colours written into it, as on paper."""

import json
import re
from typing import Any

import vl_convert

from reports.charts.theme import PAPER

WIDTH = 640
"""Pixels of a chart that fills the page's width."""

SCALE = 2.0
"""Pixels of a PNG for one of the chart."""


def standalone(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification without what only a page has: its colours by name and its width."""
    text = re.sub(r"var\((--[a-z0-9-]+)\)", lambda found: PAPER[found[1]], json.dumps(spec))
    copy: dict[str, Any] = json.loads(text)
    copy["background"] = PAPER["--surface"]
    if copy.get("width") == "container":
        copy["width"] = WIDTH
        copy.pop("autosize", None)
    for panel in copy.get("vconcat", []):
        panel["width"] = WIDTH - 160
    return copy


def svg(spec: dict[str, Any]) -> str:
    """The chart as SVG."""
    return vl_convert.vegalite_to_svg(standalone(spec))


def png(spec: dict[str, Any]) -> bytes:
    """The chart as PNG, twice its size in pixels."""
    return vl_convert.vegalite_to_png(standalone(spec), scale=SCALE)
