"""The page ``docs/warehouse.md``: every view and table with its columns, as the database describes itself."""

from warehouse.catalogue import Relation, describe
from warehouse.connect import open_in_memory
from warehouse.migrate import migrate

HEAD = """# The warehouse: views, tables, columns

This page is generated from the comments in the database (`xtb sql --schema` shows them); a test keeps it so.
To write it again: `python -m warehouse.schema_page > docs/warehouse.md`.

The file is plain DuckDB, for releases from 1.4 on. It opens in the DuckDB CLI, in R
(`dbConnect(duckdb::duckdb(), "xtb.duckdb", read_only = TRUE)`) and in any other client; tables, views and
these comments are there without xtb:

```
duckdb -readonly xtb.duckdb "select * from leaderboard limit 5"
```
"""


def page() -> str:
    """The page as Markdown, the same at every call."""
    with open_in_memory() as con:
        migrate(con)
        relations = describe(con)
    return "\n".join([HEAD, *(_section(one) for one in relations)])


def _section(one: Relation) -> str:
    lines = [f"| `{column.name}` | {column.type} | {_cell(column.comment)} |" for column in one.columns]
    head = f"## {one.name}\n\n{one.kind.capitalize()}. {one.comment}\n"
    return "\n".join([head, "| column | type | meaning |", "| --- | --- | --- |", *lines, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
