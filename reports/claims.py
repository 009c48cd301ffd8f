"""The claims ledger: what the literature claims, held against what the warehouse holds.

Each row of ``claim`` carries the SQL that gathers its evidence, one row a measured value: ``evidence``
(``published`` or ``own``), ``subject``, ``replicate``, ``value``, ``lacking``. The two kinds of evidence are
judged apart, and within them each subject by itself: its mean over replicates with a t interval. The rules:

* ``count``: every value is the number stated;
* ``amount``: the interval lies within ``stated`` +- ``tolerance``;
* ``none``: the interval lies within +- ``tolerance`` (two one-sided tests: a 90 % interval; Schuirmann 1987);
* ``above``: the interval lies above 0;
* ``most``: of all subjects at least the share ``stated`` has a mean above 0.

A claim is contradicted where the interval lies outside altogether, and untested where it reaches across,
where subjects disagree, or where there is no evidence. Published means have no replicates and are taken as
they stand; own runs count with three seeds or more.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean, stdev
from typing import Any, Literal

from reports.errors import Refused
from reports.models.distributions import t_quantile
from warehouse.connect import Connection, Sandbox
from warehouse.errors import UnknownName, UsageError
from warehouse.query import rows

Status = Literal["supported", "contradicted", "untested"]
Kind = Literal["published", "own"]

KINDS: tuple[Kind, ...] = ("published", "own")
SEEDS = 3
"""Fewest seeds of own runs that decide; see ``reports.comparison.design``."""
_COLUMNS = ("evidence", "subject", "replicate", "value", "lacking")
_COVERAGE = {"amount": 0.95, "above": 0.95, "none": 0.90}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One subject of the evidence.

    Attributes:
        subject: what was compared.
        n: values in the mean; seeds where they are own.
        value: their mean, in the claim's unit.
        low, high: interval; NULL for a single value, and where the rule needs none.
        verdict: what it says by itself.
        why: what keeps it from deciding; empty where it decides.
    """

    subject: str
    n: int
    value: float | None
    low: float | None
    high: float | None
    verdict: Status
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one kind of evidence says of a claim: its status, why in words, and the numbers."""

    status: Status
    why: str
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim with what is known about it, published and own kept apart."""

    claim: str
    statement: str
    source: str
    url: str | None
    rule: str
    stated: float | None
    tolerance: float | None
    unit: str
    needs: str
    sql: str
    published: Finding
    own: Finding


def claim_names(con: Connection | Sandbox) -> list[str]:
    """The claims that the warehouse holds, as they were taken in.

    Raises:
        UsageError: it holds none.
    """
    names = [str(name) for (name,) in con.execute("select claim from claim order by rowid").fetchall()]
    if not names:
        raise UsageError("this warehouse holds no claims; take them in with: xtb ingest published")
    return names


def assess(con: Connection | Sandbox, name: str | None = None) -> list[Claim]:
    """The claims with their status, or the one named.

    Args:
        con: a warehouse; the claims' SQL is run as it stands there, so untrusted files want a sandbox.
        name: a claim; None for all.

    Raises:
        UsageError: the warehouse holds no claims.
        UnknownName: none of that name.
        Refused: the SQL of a claim does not give the columns of evidence.
    """
    names = claim_names(con)
    if name is not None and name not in names:
        raise UnknownName("claim", name, names, "xtb claims")
    found = rows(
        con, "select * from claim where $name is null or claim = $name order by rowid", {"name": name}
    )
    return [_assess(con, dict(zip(found.columns, row, strict=True))) for row in found.all()]


def judge(claim: Mapping[str, Any], kind: Kind, evidence: Sequence[Mapping[str, Any]]) -> Finding:
    """The status of a claim by the evidence of one kind.

    Args:
        claim: ``rule``, ``stated``, ``tolerance``, ``needs``.
        kind: where the evidence is from.
        evidence: rows with ``subject``, ``replicate``, ``value``, ``lacking``.
    """
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for row in evidence:
        grouped.setdefault(str(row["subject"]), []).append(row)
    subjects = tuple(_subject(claim, kind, name, some) for name, some in grouped.items())
    decided = Counter(one.verdict for one in subjects if one.verdict != "untested")
    if not decided:
        reasons = dict.fromkeys(one.why for one in subjects)
        return Finding(
            status="untested", why="; ".join(reasons) or f"needs {claim['needs']}", subjects=subjects
        )
    yes, no = decided["supported"], decided["contradicted"]
    if claim["rule"] == "most":
        enough = yes >= claim["stated"] * (yes + no) - 1e-9
        return Finding(
            status="supported" if enough else "contradicted",
            why=f"{yes} of {yes + no} gain",
            subjects=subjects,
        )
    if yes and no:
        return Finding(status="untested", why=f"they disagree: {yes} for it, {no} against", subjects=subjects)
    status: Status = "supported" if yes else "contradicted"
    left = len(subjects) - yes - no
    return Finding(
        status=status,
        why=f"{yes + no} of {len(subjects)} decide" if left else "",
        subjects=subjects,
    )


def _assess(con: Connection | Sandbox, claim: dict[str, Any]) -> Claim:
    found = rows(con, str(claim["sql"]))
    if missing := [name for name in _COLUMNS if name not in found.columns]:
        raise Refused(f"the SQL of claim '{claim['claim']}' gives no column {', '.join(missing)}")
    evidence = [dict(zip(found.columns, row, strict=True)) for row in found.all()]
    evidence.sort(key=lambda row: str(row["subject"]))
    return Claim(
        **claim,
        published=judge(claim, "published", _of(evidence, "published")),
        own=judge(claim, "own", _of(evidence, "own")),
    )


def _of(evidence: Sequence[Mapping[str, Any]], kind: Kind) -> list[Mapping[str, Any]]:
    return [row for row in evidence if row["evidence"] == kind]


def _subject(claim: Mapping[str, Any], kind: Kind, name: str, some: Sequence[Mapping[str, Any]]) -> Subject:
    known = [row for row in some if row["value"] is not None]
    whole = [float(row["value"]) for row in known if row["lacking"] is None]
    values = whole or [float(row["value"]) for row in known]
    low = high = None
    verdict: Status = "untested"
    coverage = _COVERAGE.get(claim["rule"])
    if coverage is not None and len(values) > 1:
        low, high = _interval(values, coverage)
    if not whole:
        why = "; ".join(dict.fromkeys(str(row["lacking"] or "no value") for row in some))
    elif kind == "own" and claim["rule"] != "count" and len(whole) < SEEDS:
        why = f"{len(whole)} of at least {SEEDS} seeds"
    else:
        verdict, why = _verdict(claim, values, low, high)
    return Subject(
        subject=name,
        n=len(values),
        value=fmean(values) if values else None,
        low=low,
        high=high,
        verdict=verdict,
        why=why,
    )


def _verdict(
    claim: Mapping[str, Any], values: Sequence[float], low: float | None, high: float | None
) -> tuple[Status, str]:
    mean = fmean(values)
    if claim["rule"] == "count":
        return ("supported" if all(value == claim["stated"] for value in values) else "contradicted"), ""
    if claim["rule"] == "most":
        return ("supported" if mean > 0 else "contradicted"), ""
    least, most = _bounds(claim)
    low, high = (mean, mean) if low is None or high is None else (low, high)
    if least <= low and high <= most and not (claim["rule"] == "above" and low == 0):
        return "supported", ""
    if high < least or low > most or (claim["rule"] == "above" and high <= 0):
        return "contradicted", ""
    return "untested", "the interval reaches across the margin"


def _bounds(claim: Mapping[str, Any]) -> tuple[float, float]:
    """Where the interval of a claim about an amount must lie."""
    if claim["rule"] == "amount":
        return claim["stated"] - claim["tolerance"], claim["stated"] + claim["tolerance"]
    if claim["rule"] == "none":
        return -claim["tolerance"], claim["tolerance"]
    if claim["rule"] == "above":
        return 0.0, inf
    raise Refused(f"claim '{claim['claim']}' has the unknown rule '{claim['rule']}'")


def _interval(values: Sequence[float], coverage: float) -> tuple[float, float]:
    """t interval of a mean."""
    half = t_quantile((1 + coverage) / 2, len(values) - 1) * stdev(values) / sqrt(len(values))
    return fmean(values) - half, fmean(values) + half
