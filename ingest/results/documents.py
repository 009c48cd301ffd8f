"""Parts of other people's JSON documents, where nothing need be what it should."""

import json
from collections.abc import Mapping
from typing import Any


def part(found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The object below a key; an empty one where there is none."""
    one = found.get(key)
    return one if isinstance(one, dict) else {}


def parts(found: Mapping[str, Any], key: str) -> list[Any]:
    """The list below a key; an empty one where there is none."""
    one = found.get(key)
    return one if isinstance(one, list) else []


def plain(value: Any) -> str:
    """A value as JSON text of ASCII characters."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, default=str)
