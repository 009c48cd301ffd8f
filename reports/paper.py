"""An answer for a paper: text, tables and figures as Markdown or LaTeX, the charts as SVG and PNG beside it.

Names and texts of data sets are escaped for the format; numbers are rounded as on the page, whose CSV files
keep every digit.
"""

import io
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import polars as pl

from reports.answer import Answer, Table
from reports.charts import picture
from reports.facts import MEANS, compared, facts
from reports.figures.base import Figure
from reports.figures.sections import drawn
from reports.files import replace_file
from reports.references import METHODS
from reports.sheet import cell
from reports.wording import MINUS, NBSP
from warehouse.render import WRITERS, escaped

Form = Literal["markdown", "latex"]
SUFFIX: dict[Form, str] = {"markdown": "md", "latex": "tex"}
LANGUAGE = ("languages", "predictors")
TABLES = ("key", "contrasts", *LANGUAGE, "scores", "sensitivity", "equivalence", "variance", "fixed")
OTHERS = ("difficulty", "definitions", "calibration", "others", "shares", "choices")
MOST_ROWS = 60
"""Rows of a table in a paper; a longer one is for the page."""

_TYPESET = {MINUS: "$-$", NBSP: "~", "\u00b1": "$\\pm$", "\u2013": "--", "\u00b7": "$\\cdot$"}


def write(answers: Sequence[Answer], folder: Path, form: Form) -> list[Path]:
    """Write a file for each answer, and its charts into ``charts/``; each file is replaced whole.

    Returns:
        The files, each text before its charts.
    """
    charts = folder / "charts"
    charts.mkdir(parents=True, exist_ok=True)
    written = []
    for answer in answers:
        figures = drawn(answer)
        written.append(
            replace_file(folder / f"{answer.question.name}.{SUFFIX[form]}", paper(answer, figures, form))
        )
        written += pictures(answer, figures, charts)
    return written


def pictures(answer: Answer, figures: Sequence[Figure], folder: Path) -> list[Path]:
    """Every chart of an answer as ``<question>_<figure>.svg`` and ``.png``."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for figure in figures:
        stem = folder / f"{answer.question.name}_{figure.id}"
        written.append(replace_file(stem.with_suffix(".svg"), picture.svg(figure.spec)))
        written.append(replace_file(stem.with_suffix(".png"), picture.png(figure.spec)))
    return written


def paper(answer: Answer, figures: Sequence[Figure], form: Form) -> str:
    """The text of one answer."""
    page = _Page(form)
    question = answer.question
    page.heading(question.title, 1)
    page.paragraph(answer.headline or f"There is no answer yet: {answer.refusal}.")
    for caution in answer.cautions:
        page.paragraph(f"Caution: {caution}")
    for finding in answer.findings:
        page.paragraph(finding.text, lead=finding.lead)
    named = [
        name for name in (*TABLES, *OTHERS) if name in answer.tables and answer.tables[name].frame.height
    ]
    if named:
        page.heading("Tables", 2)
    for name in named:
        page.table(answer.tables[name], f"{question.name}_{name}")
    if figures:
        page.heading("Figures", 2)
    for figure in figures:
        page.figure(figure, f"{question.name}_{figure.id}")
    page.heading("Methods", 2)
    for lead, text in (
        ("Hypothesis", question.hypothesis),
        ("Estimand", question.estimand),
        ("Why this structure", question.plan.random),
        ("Sensitivity analyses", f"{'; '.join(question.plan.sensitivity)}."),
        ("Predictors", "; ".join(question.plan.predictors)),
        ("Compared", compared(answer)),
        ("Means", MEANS if answer.design else ""),
    ):
        if text:
            page.paragraph(text, lead=lead)
    for fit in answer.fits[:1]:
        state = ("converged" if fit.converged else "did not converge") + (
            ", singular" if fit.singular else ""
        )
        groups = ", ".join(f"{name} {n}" for name, n in fit.groups.items())
        page.paragraph(f"{fit.rows} rows; levels: {groups}; {fit.method}; {state}.", lead="Primary model")
        page.code(fit.formula)
    page.heading("Provenance", 2)
    for fact in facts(answer):
        page.paragraph(fact["value"], lead=fact["name"])
    for source in answer.provenance.get("studies", ()):
        page.paragraph(source["title"], lead="Study file")
        page.code(source["text"].rstrip())
    page.heading("References", 2)
    for reference in (*METHODS, *answer.provenance.get("citations", ())):
        page.paragraph(reference)
    return page.text()


class _Page:
    """Text of one format, growing."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._latex = form == "latex"
        self._parts: list[str] = []

    def text(self) -> str:
        head = "% needs: \\usepackage{booktabs,graphicx,svg,longtable}\n\n" if self._latex else ""
        return head + "\n\n".join(self._parts) + "\n"

    def heading(self, title: str, level: int) -> None:
        if self._latex:
            self._parts.append(f"\\{'section' if level == 1 else 'subsection'}{{{self._plain(title)}}}")
        else:
            self._parts.append(f"{'#' * level} {self._plain(title)}")

    def paragraph(self, text: str, *, lead: str = "") -> None:
        if not lead:
            self._parts.append(self._plain(text))
        elif self._latex:
            self._parts.append(f"\\paragraph{{{self._plain(lead)}}} {self._plain(text)}")
        else:
            self._parts.append(f"**{self._plain(lead)}.** {self._plain(text)}")

    def code(self, text: str) -> None:
        inside = f"\\begin{{verbatim}}\n{text}\n\\end{{verbatim}}"
        self._parts.append(inside if self._latex else textwrap.indent(text, "    "))

    def table(self, table: Table, name: str) -> None:
        frame = shown(table.frame)
        out = io.StringIO()
        rows = [
            [cell(c, value).text for c, value in zip(frame.columns, row, strict=True)] for row in frame.rows()
        ]
        WRITERS[self._form]([c.replace("_", " ") for c in frame.columns], rows, out)
        cut = (
            f" The first {MOST_ROWS} of {table.frame.height} rows."
            if frame.height < table.frame.height
            else ""
        )
        caption = self._plain(f"{table.title}. {table.how}{cut}".strip())
        body = self._typeset(out.getvalue().strip())
        if self._latex:
            label = f"\\label{{tab:{name.replace('_', '-')}}}"
            self._parts.append(
                f"\\begin{{table}}\n\\caption{{{caption}}}{label}\n\\small\n{body}\n\\end{{table}}"
            )
        else:
            self._parts.append(f"{caption}\n\n{body}")

    def figure(self, figure: Figure, name: str) -> None:
        caption = self._plain(f"{figure.title}. {figure.caption}")
        if self._latex:
            self._parts.append(
                f"\\begin{{figure}}\n\\includegraphics[width=\\linewidth]{{charts/{name}.png}}\n"
                f"\\caption{{{caption}}}\\label{{fig:{name.replace('_', '-')}}}\n\\end{{figure}}"
            )
        else:
            self._parts.append(f"![{self._plain(figure.title)}](charts/{name}.svg)\n\n{caption}")

    def _plain(self, text: str) -> str:
        return self._typeset(escaped(text, self._form))

    def _typeset(self, text: str) -> str:
        if not self._latex:
            return text
        for sign, written in _TYPESET.items():
            text = text.replace(sign, written)
        return text


def shown(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows and columns of a frame that a paper has room for."""
    empty = [name for name in frame.columns if frame[name].null_count() == frame.height]
    return frame.drop(empty).head(MOST_ROWS)
