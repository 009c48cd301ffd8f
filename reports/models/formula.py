"""Model formulas as lme4 writes them, taken apart into response, fixed part and random terms.

    value ~ regime * perturbation + (1 + regime | language) + (1 | task/item) + (0 + x || run)

The fixed part and what stands left of a bar go to formulaic unchanged; this file only finds the bars.

* ``(e | a/b)`` is ``(e | a) + (e | b:a)``, ``(e | a:b)`` groups by the combination.
* ``(1 + x || g)`` is ``(1 | g) + (0 + x | g)``: every term of the left side on its own.
* responses: ``y``, arithmetic such as ``100 * y`` or ``log(y)``, and for counts ``cbind(successes,
    failures)``
  or ``successes | trials(n)``.

Bates, Maechler, Bolker & Walker (2015), "Fitting linear mixed-effects models using lme4", table 2.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reports.errors import BadFormula

_PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Left side: one expression, or counts as successes and either failures or trials."""

    value: str
    failures: str | None = None
    trials: str | None = None

    @property
    def is_counts(self) -> bool:
        """Whether it counts successes."""
        return self.failures is not None or self.trials is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomTerm:
    """``(effects | group)``: the columns that vary, and the factors whose combinations they vary by."""

    effects: str
    group: tuple[str, ...]

    @property
    def group_name(self) -> str:
        """The grouping as R names it."""
        return ":".join(self.group)


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedFormula:
    """A formula taken apart."""

    text: str
    response: Response
    fixed: str
    random: tuple[RandomTerm, ...]


def parse(text: str) -> MixedFormula:
    """Take an lme4 formula apart.

    >>> f = parse("y ~ a * b + (1 + a | g/h)")
    >>> f.fixed, [(t.effects, t.group_name) for t in f.random]
    ('a * b', [('1 + a', 'g'), ('1 + a', 'h:g')])

    Raises:
        BadFormula: brackets do not match, a bar stands where none can be, or there is no ``~``.
    """
    sides = [side for _, side in _split(text, "~")]
    if len(sides) != 2 or not sides[0] or not sides[1]:
        raise BadFormula(
            f"'{text}' is no model formula: write 'response ~ fixed effects + (effects | group)'"
        )
    fixed: list[str] = []
    random: list[RandomTerm] = []
    for sign, piece in _split(sides[1], "+-"):
        inner = _inside(piece)
        if inner is not None and _has_bar(inner):
            if sign == "-":
                raise BadFormula(f"a random term cannot be taken away: '- {piece}' in '{text}'")
            random.extend(_random_terms(inner))
        elif _has_bar(piece) or "|" in piece:
            raise BadFormula(f"'{piece}' in '{text}': a random term stands alone in brackets, as (1 | group)")
        else:
            fixed.append(f"{sign} {piece}" if fixed or sign == "-" else piece)
    return MixedFormula(
        text=text,
        response=_response(sides[0]),
        fixed=_to_python(" ".join(fixed)) or "1",
        random=tuple(random),
    )


def _response(text: str) -> Response:
    counts = re.fullmatch(r"\s*cbind\s*\((.*)\)\s*", text, flags=re.DOTALL)
    if counts:
        parts = [part for _, part in _split(counts[1], ",")]
        if len(parts) != 2:
            raise BadFormula(f"'{text}': write cbind(successes, failures)")
        return Response(value=parts[0], failures=parts[1])
    bars = [part for _, part in _split(text, "|")]
    if len(bars) == 2:
        trials = re.fullmatch(r"\s*trials\s*\((.*)\)\s*", bars[1], flags=re.DOTALL)
        if not trials:
            raise BadFormula(f"'{text}': write successes | trials(n)")
        return Response(value=bars[0], trials=trials[1])
    return Response(value=text.strip())


def _random_terms(inner: str) -> Iterator[RandomTerm]:
    uncorrelated = "||" in inner
    parts = [part for _, part in _split(inner.replace("||", "|"), "|")]
    if len(parts) != 2 or not all(parts):
        raise BadFormula(f"'({inner})': write (effects | group)")
    effects = _to_python(parts[0])
    for group in _groups(parts[1]):
        for each in _separate(effects) if uncorrelated else (effects,):
            yield RandomTerm(effects=each, group=group)


def _separate(effects: str) -> list[str]:
    """The terms of an expression, each on its own: ``1 + x`` is ``1`` and ``0 + x``."""
    pieces = [(sign, piece) for sign, piece in _split(effects, "+-")]
    terms = [piece for sign, piece in pieces if sign == "+" and piece not in ("0", "1")]
    without = any((sign, piece) in (("+", "0"), ("-", "1")) for sign, piece in pieces)
    if any("*" in term or "^" in term for term in terms):
        raise BadFormula(f"'{effects} ||': write the terms out with + and :, so that each stands on its own")
    return ([] if without else ["1"]) + [f"0 + {term}" for term in terms]


def _groups(text: str) -> list[tuple[str, ...]]:
    nested = [part for _, part in _split(text, "/")]
    levels = [tuple(name.strip() for _, name in _split(part, ":")) for part in nested]
    for name in (name for level in levels for name in level):
        if not re.fullmatch(r"`[^`]+`|[^\W\d][\w.]*", name):
            raise BadFormula(f"'{text.strip()}' is no grouping: write g, g:h or g/h")
    groups: list[tuple[str, ...]] = []
    for level in levels:
        inner = tuple(name.strip("`") for name in level)
        groups.append(inner + (groups[-1] if groups else ()))
    return groups


def _inside(piece: str) -> str | None:
    """The content of a piece that is one bracket, else None."""
    if not (piece.startswith("(") and piece.endswith(")")):
        return None
    depth = 0
    for position, character in enumerate(piece):
        depth += (character == "(") - (character == ")")
        if depth == 0 and position < len(piece) - 1:
            return None
    return piece[1:-1]


def _has_bar(text: str) -> bool:
    return len(_split(text, "|")) > 1


def _split(text: str, separators: str) -> list[tuple[str, str]]:
    """Pieces of a text between separators that stand outside brackets and quotes, with the sign before
    each.
    """
    pieces: list[tuple[str, str]] = []
    stack: list[str] = []
    sign, start, quote = separators[0], 0, ""
    for position, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "`'\"":
            quote = character
        elif character in _PAIRS:
            stack.append(_PAIRS[character])
        elif character in _PAIRS.values():
            if not stack or stack.pop() != character:
                raise BadFormula(f"brackets do not match in '{text}'")
        elif character in separators and not stack:
            piece = text[start:position].strip()
            if piece or pieces or separators not in ("+-",):
                pieces.append((sign, piece))
            sign, start = character, position + 1
    if stack or quote:
        raise BadFormula(f"a bracket or quote is left open in '{text}'")
    pieces.append((sign, text[start:].strip()))
    return pieces


def _to_python(text: str) -> str:
    """R spellings that formulaic's Python does not know: powers inside I(...), and factor(...)."""
    text = re.sub(r"\b(?:as\.)?factor\s*\(", "C(", text)
    return re.sub(r"\bI\(([^()]*)\)", lambda match: f"I({match[1].replace('^', '**')})", text).strip()
