"""The questions by name. The folder ``questions`` is the catalogue: a question is one file there."""

import importlib
import pkgutil

from reports import questions
from reports.answer import Answer, Question
from warehouse.connect import Connection
from warehouse.errors import UnknownName

__all__ = ["Answer", "Question", "analyze", "names", "question"]


def names() -> list[str]:
    """Names of all questions, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(questions.__path__))


def question(name: str) -> Question:
    """The question of that name.

    Raises:
        UnknownName: there is none; the message gives the nearest.
    """
    if name not in names():
        raise UnknownName("question", name, names(), "xtb names questions")
    found: Question = importlib.import_module(f"reports.questions.{name}").QUESTION
    return found


def analyze(name: str, con: Connection) -> Answer:
    """Answer a question from an open warehouse.

    A design that cannot answer it gives an ``Answer`` with ``refusal`` set, not an error.

    Raises:
        UnknownName: there is no question of that name.
    """
    asked = question(name)
    return asked.analyse(asked, asked.read(asked, con))
