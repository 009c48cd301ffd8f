"""Parts of other people's JSON documents, where nothing need be what it should."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.results.values import number_in


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


def most_likely(logs: Sequence[Any]) -> str | None:
    """The index of the largest of log-likelihoods; None where one is no number.

    >>> most_likely([-2.0, "-0.5", -1]), most_likely([None]), most_likely([])
    ('1', None, None)
    """
    numbers = [number_in(one) for one in logs]
    if not numbers or not all(isinstance(one, int | float) for one in numbers):
        return None
    return str(max(range(len(numbers)), key=lambda at: numbers[at]))
