"""The answer in sentences, every number of which is read from the result frames."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from reports.answer import Answer, Finding
from reports.comparison.estimate import Difference
from reports.comparison.power import seeds_needed
from reports.models import detectable
from reports.wording import NBSP, capital, count, interval, listing, number, p_value, points

ALPHA = 0.05
Row = Mapping[str, Any]
Key = Mapping[str, Difference]


def written(answer: Answer, key: Key) -> Answer:
    """The answer with its headline and findings.

    Args:
        answer: with its tables.
        key: the model of each response: change, perturbed, clean.
    """
    tell = _change_headline if answer.question.response == "change" else _level_headline
    findings = {
        "Scores": _levels(answer, key),
        "Other scales": _scales(answer),
        "Perturbations": _group(answer, "perturbation"),
        "Severity": _severities(answer),
        "Tasks": _group(answer, "task"),
        "Intermediate tasks": _group(answer, "intermediate task"),
        "Languages": _languages(answer),
        "Properties of languages": _predictors(answer),
        "Other regimes": _others(answer),
        "Equivalence": _equivalence(answer),
        "What this study can see": _precision(answer, key),
    }
    told = tuple(Finding(lead=lead, text=text) for lead, text in findings.items() if text)
    return replace(answer, headline=tell(answer, key), findings=told)


def _change_headline(answer: Answer, key: Key) -> str:
    reference, treatment = _names(answer)
    row = key["change"].row
    before, after = _means(answer, key["change"])
    levels = f"{treatment} models change by {_signed(after)} points, {reference} ones by {_signed(before)}"
    if not _significant(row):
        return capital(
            f"no difference in robustness could be established. Under perturbation {levels}: a difference of "
            f"{_signed(row['estimate'])} points ({_test(row)})."
        )
    word = "less" if row["estimate"] > 0 else "more"
    return capital(
        f"{treatment} models lose {points(abs(row['estimate']))} points {word} than {reference} ones when "
        f"text is perturbed ({_test(row)}): {levels}."
    )


def _level_headline(answer: Answer, key: Key) -> str:
    reference, treatment = _names(answer)
    response = answer.question.response
    row = key[response].row
    before, after = _means(answer, key[response])
    levels = f"{points(after)}{NBSP}% against {points(before)}{NBSP}%"
    if not _significant(row):
        told = (
            f"no difference on {response} text could be established between {treatment} and {reference} "
            f"models: {levels}, a difference of {_signed(row['estimate'])} points ({_test(row)})."
        )
    else:
        word = "higher" if row["estimate"] > 0 else "lower"
        told = (
            f"{treatment} models score {points(abs(row['estimate']))} points {word} than {reference} ones on "
            f"{response} text ({levels}; {_test(row)})."
        )
    if response == "perturbed":
        price = key["clean"].row
        told += f" On clean text the difference is {_signed(price['estimate'])} points ({_test(price)})."
    return capital(told)


def _levels(answer: Answer, key: Key) -> str:
    """The two responses that the headline is not about."""
    reference, treatment = _names(answer)
    where = {
        "clean": "On clean text",
        "perturbed": "on perturbed text",
        "change": "from clean to perturbed text",
    }
    told = []
    for response, place in where.items():
        if response == answer.question.response:
            continue
        found = key[response]
        before, after = _means(answer, found)
        verb, unit, show = (
            ("change by", " points", _signed) if response == "change" else ("score", NBSP + "%", points)
        )
        told.append(
            f"{place} {treatment} models {verb} {show(after)}{unit} and {reference} ones "
            f"{show(before)}{unit} (difference {_signed(found.row['estimate'])} points, {_test(found.row)})"
        )
    return capital("; ".join(told)) + "."


def _scales(answer: Answer) -> str:
    """Do points, log-odds and effective robustness agree?"""
    rows = _rows(answer, "sensitivity", pl.col("group") == "scale")
    rows = [row for row in rows if row["estimate"] is not None]
    if not rows or answer.primary is None:
        return ""
    primary = answer.primary.row(0, named=True)["estimate"]
    told = [
        f"{number(row['estimate'], 2, signed=True)} in {row['term']} "
        f"({interval(row['conf_low'], row['conf_high'], scale=1, digits=2)}, {p_value(row['p_value'])})"
        for row in rows
    ]
    against = [row["term"] for row in rows if row["estimate"] * primary < 0]
    verdict = (
        f"The sign hangs on the scale: {listing(against)} {'points' if len(against) == 1 else 'point'} the "
        "other way."
        if against
        else "All of them point the same way as points do."
    )
    why = "A regime that starts higher has more points to lose"
    return f"{why}. The difference is {'; '.join(told)}. {verdict}"


def _group(answer: Answer, group: str) -> str:
    """From where to where the difference runs over the levels of a factor, and where it is sure."""
    rows = _rows(answer, "contrasts", pl.col("group") == group)
    if len(rows) < 2:
        return ""
    low, high = min(rows, key=_estimate), max(rows, key=_estimate)
    sure = [row["label"] for row in rows if row["p_adjusted"] is not None and row["p_adjusted"] < ALPHA]
    stands = f"it stands for {listing(sure)}" if sure else f"it stands for none of the {len(rows)}"
    return (
        f"The difference runs from {_signed(low['estimate'])} ({low['label']}) to "
        f"{_signed(high['estimate'])} points ({high['label']}); after Holm's correction {stands}."
    )


def _severities(answer: Answer) -> str:
    rows = _rows(answer, "contrasts", pl.col("group") == "severity")
    if len(rows) < 2:
        return ""
    told = [f"{_signed(row['estimate'])} at {row['label']}" for row in rows]
    return f"The difference in points is {listing(told)}."


def _languages(answer: Answer) -> str:
    rows = _rows(answer, "languages")
    if len(rows) < 2 or answer.primary is None:
        return ""
    up = sum(row["estimate"] > 0 for row in rows)
    best, worst = max(rows, key=_estimate), min(rows, key=_estimate)
    told = (
        f"The difference is above nought in {up} of {len(rows)} languages, highest in {best['name']} "
        f"({_signed(best['estimate'])} points) and lowest in {worst['name']} ({_signed(worst['estimate'])})."
    )
    left = _rows(answer, "sensitivity", pl.col("group") == "leave one language out")
    left = [row for row in left if row["estimate"] is not None]
    if not left:
        return told
    primary = _significant(answer.primary.row(0, named=True))
    flips = [row["term"] for row in left if _significant(row) != primary]
    low, high = min(map(_estimate, left)), max(map(_estimate, left))
    turn = f"its significance turns {listing(flips)}" if flips else "its significance does not turn"
    moves = f"With one language left out the answer lies between {_signed(low)} and {_signed(high)}"
    return f"{told} {moves}; {turn}."


def _predictors(answer: Answer) -> str:
    """Does the difference go with distance, script or pretraining text?"""
    rows = [row for row in _rows(answer, "predictors") if row["estimate"] is not None]
    told = [
        f"{row['predictor']} ({row['step']} {_signed(row['estimate'])} points, {_test(row)})" for row in rows
    ]
    if not told:
        return ""
    sure = [row["predictor"] for row in rows if row["p_adjusted"] < ALPHA]
    verdict = f"it goes with {listing(sure)}" if sure else "it is not shown to go with any of them"
    return f"The difference by each of them alone: {'; '.join(told)}. After Holm's correction {verdict}."


def _others(answer: Answer) -> str:
    """The question's other pairs of regimes."""
    names = answer.question.regimes
    what = {"change": "change under perturbation", "perturbed": "perturbed score", "clean": "clean score"}
    told = []
    for reference, treatment in answer.question.others:
        rows = _rows(answer, "others", pl.col("term") == f"{treatment} - {reference}")
        parts = [
            f"{_signed(row['estimate'])} points in {what[row['response']]} ({_test(row)})" for row in rows
        ]
        if parts:
            told.append(f"{capital(names[treatment])} minus {names[reference]}: {'; '.join(parts)}.")
    return " ".join(told)


def _equivalence(answer: Answer) -> str:
    """What the equivalence tests say against the smallest difference of interest."""
    rows = {row["response"]: row for row in _rows(answer, "equivalence")}
    if not rows:
        return ""
    row = rows[answer.question.response]
    margin = points(row["margin"])
    bounds = (
        f"90{NBSP}% interval {interval(row['conf_low'], row['conf_high'])}, TOST {p_value(row['p_value'])}"
    )
    told = {
        "equivalent": f"is equivalent to none: it lies within \u00b1{margin} points",
        "there, but too small to matter": f"differs from nought, but lies within \u00b1{margin} points",
        "different": f"is not shown to lie within \u00b1{margin} points",
        "undecided": f"is neither shown to differ from nought nor to lie within \u00b1{margin} points: "
        "these data do not decide",
    }
    return (
        f"Against a smallest difference of interest of {margin} points (set it with --margin) the difference "
        f"{told[row['verdict']]} ({bounds})."
    )


def _precision(answer: Answer, key: Key) -> str:
    row = key[answer.question.response].row
    if not row["df"] or not row["std_error"]:
        return ""
    found = detectable(row["std_error"], row["df"])
    design = answer.design
    languages = len(design["languages"])
    told = (
        f"With {count(languages, 'language')}, {count(len(design['tasks']), 'task')} and at "
        f"least {count(design['seeds'], 'seed')} a regime, a true difference of {points(found)} points would "
        "be found four times in five; smaller ones are likely to be missed."
    )
    if "power" not in answer.tables:
        return told
    table = answer.tables["power"].frame
    aim = f"{points(answer.question.smallest)} points four times in five"
    needed = [(n, seeds_needed(table, n)) for n in table["languages"].unique().sort()]
    enough = [f"{seeds} with {n} languages" for n, seeds in needed if seeds is not None]
    if enough:
        return f"{told} To find {aim}, take at least this many seeds: {listing(enough)}."
    largest = table.select(pl.col("seeds", "languages").max()).row(0)
    most = f"{largest[0]} seeds and {largest[1]} languages"
    return f"{told} To find {aim}, {most} are too few."


def _names(answer: Answer) -> tuple[str, str]:
    question = answer.question
    return question.regimes[question.reference], question.regimes[question.treatment]


def _means(answer: Answer, found: Difference) -> tuple[float, float]:
    return found.mean(answer.question.reference), found.mean(answer.question.treatment)


def _test(row: Row) -> str:
    return f"95{NBSP}% interval {interval(row['conf_low'], row['conf_high'])}, {p_value(row['p_value'])}"


def _signed(share: float | None) -> str:
    return points(share, signed=True)


def _estimate(row: Row) -> float:
    return float(row["estimate"])


def _significant(row: Row) -> bool:
    return row["p_value"] is not None and bool(row["p_value"] < ALPHA)


def _rows(answer: Answer, table: str, keep: pl.Expr | None = None) -> list[dict[str, Any]]:
    if table not in answer.tables:
        return []
    frame = answer.tables[table].frame
    return (frame if keep is None else frame.filter(keep)).to_dicts()
