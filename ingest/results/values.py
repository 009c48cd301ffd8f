"""Single values of other people's files: fit for a row of the warehouse, or the reason why not.

Nothing of such a file is trusted: numbers may be huge, NaN or text, texts endless or full of control
characters. What holds here is at least as strict as ``warehouse.rules``, so that a row which passes is
taken in.
"""

import unicodedata
from datetime import UTC, datetime
from typing import Any

NAME_LIMIT = 200
TEXT_LIMIT = 1_000_000
_COUNT_LIMIT = 2**31


class Unfit(ValueError):
    """A value that no row of the warehouse can hold; the message is the reason."""


def name(value: Any, what: str) -> str:
    """A name in one line: of a model, a task, a language, an example.

    Raises:
        Unfit: no text, empty, longer than ``NAME_LIMIT``, or with characters that do not print.
    """
    if not isinstance(value, str) or not value.strip():
        raise Unfit(f"{what} is {_shown(value)}, not a name")
    if len(value) > NAME_LIMIT:
        raise Unfit(f"{what} has {len(value):,} characters; a name has at most {NAME_LIMIT}")
    if any(unicodedata.category(char)[0] == "C" for char in value):
        raise Unfit(f"{what} {value!a:.60} holds characters that do not print")
    return value


def text(value: Any, what: str) -> str | None:
    """A free text such as a prediction, None where there is none.

    Raises:
        Unfit: half a surrogate pair, or longer than ``TEXT_LIMIT``.
    """
    if value is None:
        return None
    shown = value if isinstance(value, str) else str(value)
    if len(shown) > TEXT_LIMIT:
        raise Unfit(f"{what} has {len(shown):,} characters; at most {TEXT_LIMIT:,} are kept")
    try:
        shown.encode()
    except UnicodeEncodeError as error:
        raise Unfit(f"{what} is no Unicode text ({error.reason})") from error
    return shown


def share(value: Any, what: str, scale: float = 1.0) -> float:
    """A value in [0, 1].

    Args:
        value: a number; True and False are 1 and 0.
        what: what it is, for the reason.
        scale: what stands for 1: 100 where the file has per cent.

    Raises:
        Unfit: no number, not finite, or outside [0, scale].
    """
    if not isinstance(value, int | float):
        raise Unfit(f"{what} is {_shown(value)}, not a number")
    if not 0 <= value <= scale:
        raise Unfit(f"{what} {_shown(value)} lies outside [0, {scale:g}]")
    return value / scale


def real(value: Any, what: str) -> float | None:
    """Any finite number, None where there is none.

    Raises:
        Unfit: no number, or not finite.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
        raise Unfit(f"{what} is {_shown(value)}, not a finite number")
    return float(value)


def count(value: Any, what: str, *, least: int = 0) -> int | None:
    """A whole number from ``least`` on, None where there is none.

    Raises:
        Unfit: no whole number, negative, or too large to be one.
    """
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < _COUNT_LIMIT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit(f"{what} is {_shown(value)}, not a whole number")
    if not least <= value < _COUNT_LIMIT:
        raise Unfit(f"{what} {_shown(value)} lies outside {least} to {_COUNT_LIMIT - 1:,}")
    return value


def moment(value: Any, what: str) -> str | None:
    """A time as ISO 8601 in UTC, from such a text or from seconds since 1970; None where there is none.

    Raises:
        Unfit: neither, or out of range.
    """
    if value is None:
        return None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC).isoformat()
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC).isoformat()
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise Unfit(f"{what} is {_shown(value)}, not a time") from error


def number_in(cell: Any) -> Any:
    """The number that a text is, as in CSV; what is no number stays as it is.

    >>> number_in("0.5"), number_in(" 3 "), number_in("n/a"), number_in("1_0")
    (0.5, 3, 'n/a', '1_0')
    """
    if not isinstance(cell, str) or "_" in cell or len(cell) > 60:
        return cell
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell


def _shown(value: Any) -> str:
    """A value in a reason; a whole number of thousands of digits cannot even be written."""
    if value is None:
        return "missing"
    if isinstance(value, int) and abs(value) >= 2**63:
        return "a whole number beyond 64 bits"
    return ascii(value)[:60]
