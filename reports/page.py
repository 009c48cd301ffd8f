"""From answers to pages: one file a question, and an index."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reports.answer import Answer, Data, Question, Table
from reports.charts import theme
from reports.figures import checks, design, difficulty, languages, published_variance, robustness, scales
from reports.question import names, question
from reports.render import dataset_name, html, json_block
from reports.sheet import Sheet, sheet
from reports.wording import capital, count, interval, listing, p_value, points
from warehouse.connect import Connection

MEANS = (
    "Scores in the text and in the tiles are means that the models estimate; those in figures of scores are "
    "plain means over runs within a task, then over tasks. The two differ a little where tasks, intermediate "
    "tasks or runs are not crossed evenly."
)


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
    return [_published(folder / name, text) for name, text in pages.items()]


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
                "compared": _compared(answer),
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
        methods=[_compared(answer), MEANS] if answer.design else [],
        facts=_facts(answer),
        runs=runs,
        configurations=_configurations(answer),
        queries=queries,
        newest=answer.provenance.get("newest"),
        runtime=bool(charts),
        payload=json_block({"datasets": datasets, "charts": charts, "colours": theme.PAPER}),
    )


def _numbered(answer: Answer, sql_ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The sections with their figures numbered through."""
    plan = (
        ("shares", "Shares of variance", published_variance.figures, ("shares", "choices", "sources")),
        ("difficulty", "Difficulty", difficulty.figures, ("difficulty", "definitions")),
        ("robustness", "Robustness", robustness.figures, ("key", "scores")),
        ("by-language", "By language", languages.figures, ()),
        ("scales", "Clean and perturbed", scales.figures, ("others",)),
        ("checks", "Does it hold under other choices?", checks.figures, ("fixed",)),
        ("design", "What was measured", design.figures, ()),
    )
    sections = []
    number = 0
    for id, title, make, tables in plan:
        drawn = []
        for figure in make(answer):
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
        sheets = [found for table in tables if (found := _sheet(answer, table, sql_ids))]
        sections.append({"id": id, "title": title, "figures": drawn, "tables": sheets})
    return sections


def _sheet(answer: Answer, table: str, sql_ids: Mapping[str, str]) -> Sheet | None:
    found = answer.tables.get(table)
    return _sheeted(answer, table, found, sql_ids) if found is not None and found.frame.height else None


def _sheeted(answer: Answer, id: str, table: Table, sql_ids: Mapping[str, str]) -> Sheet:
    return sheet(id, table, prefix=answer.question.name, sql_id=sql_ids.get(table.sql, ""))


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


def _compared(answer: Answer) -> str:
    design = answer.design
    if not design:
        return ""
    labels = answer.question.regimes
    runs = listing(
        [f"{count(n, 'run')} of {labels.get(regime, regime)}" for regime, n in design["runs"].items()]
    )
    after = f" after {listing(design['intermediates'])}" if design["intermediates"] else ""
    return (
        f"Compared: {runs}{after}, on {count(len(design['tasks']), 'task')} ({listing(design['tasks'])}), in "
        f"{count(len(design['languages']), 'language')} ({listing(design['languages'], limit=12)}), under "
        f"{count(len(design['perturbations']), 'perturbation')} ({listing(design['perturbations'])}) at "
        f"{count(len(design['severities']), 'severity', 'severities')}; {count(design['scores'], 'score')} "
        f"in all; {count(len(design['encoders']), 'encoder')} ({listing(design['encoders'])})."
    )


def _facts(answer: Answer) -> list[dict[str, str]]:
    made = answer.provenance
    shards = made.get("shards")
    facts = [
        (
            "Encoders",
            "; ".join(f"{name} ({str(mark)[:16]})" for name, mark in made.get("encoders", {}).items()),
        ),
        ("Benchmark data", ", ".join(made.get("data_sources", []))),
        ("xtb that trained", ", ".join(made.get("code_versions", []))),
        ("Devices", ", ".join(made.get("devices", []))),
        ("Training software", ", ".join(f"{k} {v}" for k, v in made.get("training_software", {}).items())),
        ("Report software", ", ".join(f"{k} {v}" for k, v in made.get("report_software", {}).items())),
        ("Newest run began", str(made.get("newest") or "")),
        ("Files taken in", f"{shards:,}" if shards else ""),
        ("sha256 over these files", str(made.get("shards_sha256") or "")),
    ]
    return [{"name": name, "value": value} for name, value in facts if value]


def _configurations(answer: Answer) -> list[dict[str, str]]:
    found = []
    for item in answer.provenance.get("configurations", []):
        after = f" after {item['intermediate']}" if item["intermediate"] != "none" else ""
        seeds = ", ".join(map(str, item["seeds"]))
        found.append(
            {
                "title": f"{item['regime']}{after}, target {item['target']}, seeds {seeds}",
                "text": json.dumps(item["stages"], indent=1, sort_keys=True, ensure_ascii=False),
            }
        )
    return found


def _queries(answer: Answer) -> list[dict[str, str]]:
    """The distinct queries behind the tables."""
    texts = dict.fromkeys(table.sql for table in answer.tables.values() if table.sql)
    return [
        {"id": f"sql-{i}", "title": text.splitlines()[0].lstrip("- "), "text": text}
        for i, text in enumerate(texts, start=1)
    ]


def _sentence(text: str | None) -> str:
    return capital(text) if text else ""


def _published(path: Path, text: str) -> Path:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    return part.replace(path)
