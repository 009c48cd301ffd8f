"""From answers to pages: one file a question, and an index."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reports.answer import Answer, Data, Question, Table
from reports.charts import theme
from reports.facts import MEANS, compared, configurations, facts
from reports.figures.sections import SECTIONS
from reports.files import replace_file
from reports.question import names, question
from reports.references import METHODS
from reports.render import dataset_name, html, json_block
from reports.sheet import Sheet, sheet
from reports.wording import capital, interval, p_value, points
from warehouse.connect import Connection


def asked(wanted: Sequence[str]) -> list[Question]:
    """The questions of those names; all of them, in their own order, for ``all`` or none.

    Raises:
        UnknownName: one is not a question.
    """
    if wanted and "all" not in wanted:
        return [question(name) for name in dict.fromkeys(wanted)]
    return sorted(map(question, names()), key=lambda one: one.number)


def gather(con: Connection, questions: Iterable[Question]) -> list[Data]:
    """What the questions need from the warehouse; afterwards it may be closed."""
    return [one.read(one, con) for one in questions]


def write(answers: Sequence[Answer], folder: Path) -> list[Path]:
    """Write a page for each answer and an index; each file is replaced whole.

    Returns:
        The files, the index first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"index.html": index(answers)} | {f"{a.question.name}.html": page(a) for a in answers}
    return [replace_file(folder / name, text) for name, text in pages.items()]


def index(answers: Sequence[Answer]) -> str:
    """The page that lists the questions with their answers in a sentence."""
    newest = max((str(a.provenance["newest"]) for a in answers if a.provenance.get("newest")), default=None)
    return html(
        "index.html.j2",
        script=False,
        entries=[
            {
                "name": answer.question.name,
                "title": answer.question.title,
                "refusal": _sentence(answer.refusal),
                "headline": answer.headline,
                "caution": answer.cautions[0] if answer.cautions else "",
                "compared": compared(answer),
            }
            for answer in answers
        ],
        newest=newest,
    )


def page(answer: Answer) -> str:
    """The page of one answer. The same answer gives the same bytes."""
    queries = _queries(answer)
    sql_ids = {query["text"]: query["id"] for query in queries}
    numbered = _numbered(answer, sql_ids)
    sections = [section for section in numbered if section["figures"] or section["tables"]]
    runs = _sheet(answer, "runs", sql_ids)
    sheets = [
        s for section in sections for s in (*(f["table"] for f in section["figures"]), *section["tables"])
    ]
    datasets = {s.dataset: s.data for s in (*sheets, *([runs] if runs else []))}
    charts = {}
    for section in sections:
        for figure in section["figures"]:
            charts[f"{figure['id']}-chart"] = _shared(figure["spec"], datasets)
    contents = [
        {"id": "answer", "title": "Answer"},
        *({"id": s["id"], "title": s["title"]} for s in sections),
    ]
    if answer.fits:
        contents.append({"id": "fits", "title": "State of the models"})
    contents += [
        {"id": "methods", "title": "Methods"},
        {"id": "provenance", "title": "Where the numbers come from"},
    ]
    return html(
        "question.html.j2",
        script=True,
        question=answer.question,
        refusal=answer.refusal,
        headline=answer.headline,
        cautions=answer.cautions,
        tiles=_tiles(answer),
        findings=answer.findings,
        contents=contents,
        sections=sections,
        fits=answer.fits,
        methods=[compared(answer), MEANS] if answer.design else [],
        facts=facts(answer),
        runs=runs,
        configurations=configurations(answer),
        studies=answer.provenance.get("studies", ()),
        references=(*METHODS, *answer.provenance.get("citations", ())),
        queries=queries,
        newest=answer.provenance.get("newest"),
        runtime=bool(charts),
        filters=_filters(answer),
        payload=json_block({"datasets": datasets, "charts": charts, "colours": theme.PAPER}),
    )


def _numbered(answer: Answer, sql_ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The sections with their figures numbered through."""
    sections = []
    number = 0
    for section in SECTIONS:
        drawn = []
        for figure in section.figures(answer):
            number += 1
            drawn.append(
                {
                    "id": figure.id,
                    "number": number,
                    "title": figure.title,
                    "caption": figure.caption,
                    "spec": figure.spec,
                    "table": _sheeted(answer, figure.id, figure.table, sql_ids),
                }
            )
        sheets = [found for table in section.tables if (found := _sheet(answer, table, sql_ids))]
        sections.append({"id": section.id, "title": section.title, "figures": drawn, "tables": sheets})
    return sections


def _sheet(answer: Answer, table: str, sql_ids: Mapping[str, str]) -> Sheet | None:
    found = answer.tables.get(table)
    return _sheeted(answer, table, found, sql_ids) if found is not None and found.frame.height else None


def _sheeted(answer: Answer, id: str, table: Table, sql_ids: Mapping[str, str]) -> Sheet:
    return sheet(id, table, prefix=answer.question.name, sql_id=sql_ids.get(table.sql, ""))


def _filters(answer: Answer) -> list[dict[str, Any]]:
    """What the reader may narrow the charts of scores to: languages, perturbations, severities."""
    if not {"changes", "severity"} <= answer.tables.keys():
        return []
    names = answer.tables["changes"].frame.select("language", "name").unique().sort("name").rows()
    curves = answer.tables["severity"].frame
    severities = [value for value in curves["severity"].unique().sort() if value > 0]
    choices = (
        ("language", "language", names),
        ("perturbation", "perturbation", [(p, p) for p in curves["perturbation"].unique().sort()]),
        ("severity", "severity", [(str(s), str(s)) for s in severities]),
    )
    return [
        {"id": id, "title": title, "options": [{"value": v, "label": label} for v, label in options]}
        for id, title, options in choices
        if len(options) > 1
    ]


def _shared(spec: dict[str, Any], datasets: dict[str, Any]) -> dict[str, Any]:
    """The specification with its data moved into the page's shared data sets."""
    own = spec.get("datasets", {})
    renamed = {}
    for old, rows in own.items():
        columns = list(rows[0]) if rows else []
        data = {"columns": columns, "rows": [[row.get(c) for c in columns] for row in rows]}
        renamed[old] = dataset_name(data)
        datasets[renamed[old]] = data
    text = json.dumps({key: value for key, value in spec.items() if key != "datasets"})
    for old, new in renamed.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    moved: dict[str, Any] = json.loads(text)
    return moved


def _tiles(answer: Answer) -> list[dict[str, str]]:
    """The key numbers: clean, perturbed, change."""
    if "key" not in answer.tables:
        return []
    question = answer.question
    titles = {"clean": "clean score", "perturbed": "perturbed score", "change": "change under perturbation"}
    rows = {row["response"]: row for row in answer.tables["key"].frame.to_dicts()}
    tiles = []
    for response in dict.fromkeys((question.response, "change", "perturbed", "clean")):
        row = rows[response]
        signed = response == "change"
        title = f"difference in {titles[response]}"
        tiles.append(
            {
                "label": f"Primary: {title}" if response == question.response else capital(title),
                "value": f"{points(row['estimate'], signed=True)} points",
                "detail": f"{interval(row['conf_low'], row['conf_high'])}, {p_value(row['p_value'])}; "
                f"{question.regimes[question.treatment]} {points(row['treatment_mean'], signed=signed)}, "
                f"{question.regimes[question.reference]} {points(row['reference_mean'], signed=signed)}",
            }
        )
    return tiles


def _queries(answer: Answer) -> list[dict[str, str]]:
    """The distinct queries behind the tables."""
    texts = dict.fromkeys(table.sql for table in answer.tables.values() if table.sql)
    return [
        {"id": f"sql-{i}", "title": text.splitlines()[0].lstrip("- "), "text": text}
        for i, text in enumerate(texts, start=1)
    ]


def _sentence(text: str | None) -> str:
    return capital(text) if text else ""
