"""Numbers as a reader wants them: points, intervals, p values, lists; what sentences are made of."""

import math
from collections.abc import Sequence

MINUS = "\u2212"
NBSP = "\u00a0"


def number(value: float | None, digits: int = 1, *, signed: bool = False) -> str:
    """A number with a fixed count of decimals and a real minus sign; a dash when there is none.

    >>> number(-0.04, 1), number(2.25, 1, signed=True), number(None)
    ('0.0', '+2.2', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    text = f"{abs(value):.{digits}f}"
    nought = float(text) == 0
    sign = MINUS if value < 0 and not nought else "+" if signed and not nought else ""
    return sign + text


def points(share: float | None, *, signed: bool = False) -> str:
    """A share of 1 in percentage points.

    >>> points(0.1234), points(-0.02, signed=True)
    ('12.3', '−2.0')
    """
    return number(None if share is None else 100 * share, signed=signed)


def interval(low: float | None, high: float | None, *, scale: float = 100.0, digits: int = 1) -> str:
    """A 95 % interval in brackets, in points unless another scale is given.

    >>> interval(-0.011, 0.04).replace(NBSP, " ")
    '[−1.1, 4.0]'
    """
    if low is None or high is None:
        return "no interval"
    return f"[{number(low * scale, digits)},{NBSP}{number(high * scale, digits)}]"


def p_value(p: float | None) -> str:
    """A p value with its relation.

    The parts are joined by no-break spaces.

    >>> [p_value(p).replace(NBSP, " ") for p in (0.00001, 0.0312, 0.4, 0.9996, None)]
    ['p < .001', 'p = .031', 'p = .40', 'p > .99', 'p unknown']
    """
    if p is None or math.isnan(p):
        text = "p unknown"
    elif p < 0.001:
        text = "p < .001"
    elif p > 0.99:
        text = "p > .99"
    else:
        text = "p = " + (f"{p:.3f}" if p < 0.1 else f"{p:.2f}").removeprefix("0")
    return text.replace(" ", NBSP)


def listing(items: Sequence[str], *, limit: int = 8) -> str:
    """Items as a phrase; the tail of a long list is counted.

    >>> listing(["de"]), listing(["de", "sw"]), listing(["de", "sw", "zh"]), listing(list("abcd"), limit=2)
    ('de', 'de and sw', 'de, sw and zh', 'a, b and 2 more')
    """
    shown = list(items[:limit])
    if len(items) > limit:
        shown.append(f"{len(items) - limit} more")
    if len(shown) < 2:
        return "".join(shown)
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def count(n: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun.

    >>> count(1, "run"), count(3, "run"), count(2, "study", "studies")
    ('1 run', '3 runs', '2 studies')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is.

    >>> capital("stilts and mBERT")
    'Stilts and mBERT'
    """
    return text[:1].upper() + text[1:]
