"""The answer in sentences, every number of which is read from the result frames."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from reports.answer import Answer
from reports.comparison.estimate import Difference, detectable
from reports.wording import capital, count, interval, listing, number, p_value, points

ALPHA = 0.05


def written(answer: Answer, design: Any, key: Mapping[str, Difference]) -> Answer:
    """The answer with its headline and paragraphs."""
    tell = {"change": _change_headline, "perturbed": _level_headline, "clean": _level_headline}
    headline = tell[answer.question.response](answer, key)
    paragraphs = [
        _levels(answer, key),
        _scales(answer),
        _parts(answer),
        _languages(answer),
        _precision(answer, key),
    ]
    return replace(answer, headline=headline, paragraphs=tuple(p for p in paragraphs if p))


def _names(answer: Answer) -> tuple[str, str]:
    question = answer.question
    return question.regimes[question.reference], question.regimes[question.treatment]


def _tests(row: Mapping[str, float]) -> str:
    return f"95 % interval {interval(row['conf_low'], row['conf_high'])}, {p_value(row['p_value'])}"


def _change_headline(answer: Answer, key: Mapping[str, Difference]) -> str:
    reference, treatment = _names(answer)
    found = key["change"]
    row = found.row
    before, after = found.mean(answer.question.reference), found.mean(answer.question.treatment)
    levels = f"{treatment} models change by {points(after, signed=True)} points, {reference} ones by {points(before, signed=True)}"
    if row["p_value"] is None or row["p_value"] >= ALPHA:
        return (
            f"No difference in robustness could be established: under perturbation {levels}; the difference is "
            f"{points(row['estimate'], signed=True)} points ({_tests(row)})."
        )
    word = "fewer" if row["estimate"] > 0 else "more"
    return (
        f"{treatment} models lose {points(abs(row['estimate']))} points {word} than {reference} ones when "
        f"text is perturbed ({_tests(row)}): {levels}."
    )


def _level_headline(answer: Answer, key: Mapping[str, Difference]) -> str:
    reference, treatment = _names(answer)
    response = answer.question.response
    found = key[response]
    row = found.row
    where = "perturbed" if response == "perturbed" else "clean"
    before, after = found.mean(answer.question.reference), found.mean(answer.question.treatment)
    levels = f"{points(after)} % against {points(before)} %"
    price = key["clean"].row
    cost = (
        f" On clean text the difference is {points(price['estimate'], signed=True)} points ({_tests(price)})."
    )
    if row["p_value"] is None or row["p_value"] >= ALPHA:
        start = (
            f"No difference on {where} text could be established between {treatment} and {reference} models: {levels}, "
            f"a difference of {points(row['estimate'], signed=True)} points ({_tests(row)})."
        )
    else:
        word = "higher" if row["estimate"] > 0 else "lower"
        start = (
            f"{treatment} models score {points(abs(row['estimate']))} points {word} than {reference} ones on "
            f"{where} text ({levels}; {_tests(row)})."
        )
    return capital(start + (cost if response == "perturbed" else ""))


def _levels(answer: Answer, key: Mapping[str, Difference]) -> str:
    reference, treatment = _names(answer)
    told = []
    for response, where in (("clean", "On clean text"), ("perturbed", "on perturbed text")):
        if response == answer.question.response:
            continue
        found = key[response]
        told.append(
            f"{where} {treatment} models score {points(found.mean(answer.question.treatment))} % and {reference} ones "
            f"{points(found.mean(answer.question.reference))} % (difference {points(found.row['estimate'], signed=True)} points, "
            f"{_tests(found.row)})"
        )
    if answer.question.response != "change":
        found = key["change"]
        told.append(
            f"from clean to perturbed {treatment} models change by {points(found.mean(answer.question.treatment), signed=True)} "
            f"points and {reference} ones by {points(found.mean(answer.question.reference), signed=True)} (difference "
            f"{points(found.row['estimate'], signed=True)}, {_tests(found.row)})"
        )
    return capital("; ".join(told)) + "."


def _scales(answer: Answer) -> str:
    """Do points, log-odds and effective robustness agree?"""
    rows = _rows(answer, "sensitivity", pl.col("group") == "scale")
    rows = [row for row in rows if row["estimate"] is not None]
    if not rows:
        return ""
    primary = answer.primary.row(0, named=True)["estimate"] if answer.primary is not None else 0.0
    told = [
        f"{row['term']}: {number(row['estimate'], 2, signed=True)} "
        f"{interval(row['conf_low'], row['conf_high'], scale=1, digits=2)}, {p_value(row['p_value'])}"
        for row in rows
    ]
    against = [row["term"] for row in rows if row["estimate"] * primary < 0]
    verdict = (
        f"The sign of the answer hangs on the scale: {listing(against)} point the other way."
        if against
        else "All of them point the same way as points do."
    )
    return f"A regime that starts higher has more points to lose, so other scales matter. {'; '.join(told)}. {verdict}"


def _parts(answer: Answer) -> str:
    """Which perturbations, severities and tasks carry the difference?"""
    told = []
    for group, noun in (
        ("perturbation", "perturbation"),
        ("task", "task"),
        ("intermediate task", "intermediate task"),
    ):
        rows = _rows(answer, "contrasts", pl.col("group") == group)
        if not rows:
            continue
        best = max(rows, key=lambda row: row["estimate"])
        worst = min(rows, key=lambda row: row["estimate"])
        sure = [row["label"] for row in rows if row["p_adjusted"] is not None and row["p_adjusted"] < ALPHA]
        told.append(
            f"By {noun} the difference runs from {points(worst['estimate'], signed=True)} ({worst['label']}) to "
            f"{points(best['estimate'], signed=True)} points ({best['label']}); after Holm's correction "
            + (f"it stands for {listing(sure)}." if sure else f"it stands for none of {len(rows)}.")
        )
    levels = _rows(answer, "contrasts", pl.col("group") == "severity")
    if len(levels) > 1:
        first, last = levels[0], levels[-1]
        told.append(
            f"At {first['label']} it is {points(first['estimate'], signed=True)} points, at {last['label']} "
            f"{points(last['estimate'], signed=True)}."
        )
    return " ".join(told)


def _languages(answer: Answer) -> str:
    rows = _rows(answer, "languages")
    if len(rows) < 2:
        return ""
    up = sum(row["estimate"] > 0 for row in rows)
    best, worst = rows[0], rows[-1]
    told = (
        f"By language the difference is above nought in {up} of {len(rows)}: highest in {best['name']} "
        f"({points(best['estimate'], signed=True)} points), lowest in {worst['name']} ({points(worst['estimate'], signed=True)})."
    )
    left = [
        row
        for row in _rows(answer, "sensitivity", pl.col("group") == "leave one language out")
        if row["estimate"] is not None
    ]
    if left:
        low, high = min(r["estimate"] for r in left), max(r["estimate"] for r in left)
        flips = [r["term"] for r in left if (r["p_value"] < ALPHA) != _significant(answer)]
        told += (
            f" With one language left out the answer lies between {points(low, signed=True)} and {points(high, signed=True)} points"
            + (
                f"; its significance changes {listing(flips)}."
                if flips
                else ", and its significance does not change."
            )
        )
    return told


def _precision(answer: Answer, key: Mapping[str, Difference]) -> str:
    row = key[answer.question.response].row
    if row["df"] is None or row["std_error"] is None or not row["std_error"]:
        return ""
    found = detectable(row["std_error"], row["df"])
    design = answer.design
    return (
        f"With {count(len(design['languages']), 'language')}, {count(len(design['tasks']), 'task')} and at least "
        f"{count(design['seeds'], 'seed')} a regime, a true difference of {points(found)} points would be found four times in "
        f"five; smaller ones are likely to be missed."
    )


def _significant(answer: Answer) -> bool:
    row = answer.primary.row(0, named=True) if answer.primary is not None else {"p_value": 1.0}
    return bool(row["p_value"] is not None and row["p_value"] < ALPHA)


def _rows(answer: Answer, table: str, keep: pl.Expr | None = None) -> list[dict[str, Any]]:
    if table not in answer.tables:
        return []
    frame = answer.tables[table].frame
    return (frame if keep is None else frame.filter(keep)).to_dicts()
