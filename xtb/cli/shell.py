"""The interactive shell of ``xtb sql``: history, completion, one statement at a time.

A statement ends with ``;`` or an empty line; the name of a query, view or table stands for itself. Each
statement opens the warehouse anew, in the same sandbox as ``xtb sql QUERY``, so that a shell left open
holds up nobody who ingests. ``prompt_toolkit`` is imported here only.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from warehouse.catalogue import describe, list_queries, list_schema
from warehouse.connect import open_sandboxed
from warehouse.errors import KnownError
from warehouse.export import write
from warehouse.interrupt import interruptibly
from warehouse.query import query_names, resolve, rows
from xtb.cli.asking import say

KEYWORDS = (
    *("select", "from", "where", "group by", "order by", "having", "limit", "join", "left join", "using"),
    *(
        "on",
        "as",
        "and",
        "or",
        "not",
        "in",
        "is null",
        "between",
        "like",
        "case",
        "when",
        "then",
        "else",
        "end",
    ),
    *("distinct", "with", "union all", "asc", "desc", "avg", "count", "sum", "min", "max", "median"),
    *("describe", "summarize", "pivot"),
)
HELP = r"""a statement ends with ; or an empty line; a query, view or table may be named alone
\d [NAME]   views and tables, or the columns of one
\q          named queries and their parameters
exit        or Ctrl-D"""
LIMIT = 200


class Names(Completer):
    """Completes keywords, named queries, views, tables, and columns of those that the text mentions."""

    def __init__(self, relations: dict[str, list[str]]) -> None:
        self._relations = relations

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """What may stand at the cursor, by how near it is."""
        word = document.get_word_before_cursor(WORD=False)
        if not word:
            return
        mentioned = [name for name in self._relations if name in document.text]
        near = [column for name in mentioned for column in self._relations[name] if name != word]
        every = [*self._relations, *query_names(), *near, *KEYWORDS]
        for name in dict.fromkeys(every):
            if name.startswith(word.lower()) and name != word:
                yield Completion(name, start_position=-len(word))


def is_whole(text: str) -> bool:
    """May what was typed so far be run?

    >>> is_whole("select 1"), is_whole("select 1;"), is_whole("select 1\\n"), is_whole("leaderboard")
    (False, True, True, True)
    """
    bare = text.strip()
    return (
        not bare or bare.endswith(";") or text.endswith("\n") or bare.isidentifier() or bare.startswith("\\")
    )


def run_shell(db: Path, *, session: "PromptSession[str] | None" = None) -> None:
    """Ask until there is no more to ask.

    Args:
        db: the warehouse file.
        session: where questions come from; a terminal when None.
    """
    with open_sandboxed(db, on_wait=say) as con:
        relations = {one.name: [column.name for column in one.columns] for one in describe(con)}
    if session is None:
        session = PromptSession(
            history=_history(), completer=Names(relations), multiline=True, key_bindings=_keys()
        )
    print(f"{db}: {len(relations)} views and tables. \\? for help, Ctrl-D to leave.")
    while True:
        try:
            text = session.prompt("xtb> ").strip("; \n\t")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if text in ("exit", "quit"):
            return
        if text:
            _answer(db, text)


def _answer(db: Path, text: str) -> None:
    try:
        with open_sandboxed(db, on_wait=say) as con:
            if text.startswith("\\"):
                word, _, name = text.partition(" ")
                if word == "\\d":
                    write(list_schema(con, name.strip()), "table", sys.stdout)
                elif word == "\\q":
                    write(list_queries(), "table", sys.stdout)
                else:
                    print(HELP)
                return
            sql, values = resolve(con, text)
            if interruptibly(con, lambda: write(rows(con, sql, values), "table", sys.stdout, limit=LIMIT)):
                say(f"only the first {LIMIT} rows are shown; xtb sql QUERY --format csv writes all")
    except KnownError as error:
        say(str(error))
    except KeyboardInterrupt:
        say("the query was ended")


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_whole(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    return keys


def _history() -> History:
    """A file in the user's state folder; in memory where it cannot be written."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "xtb"
    try:
        state.mkdir(parents=True, exist_ok=True)
        (state / "sql_history").touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(state / "sql_history"))
