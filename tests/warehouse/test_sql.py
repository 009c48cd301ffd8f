import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.connect import open_in_memory
from warehouse.sql import Folder, files, literal, parse, quote


@pytest.mark.parametrize(
    ("folder", "number"), [("migrations", 1), ("macros", 6), ("views", 7), ("checks", 12), ("queries", 16)]
)
def test_every_file_says_its_grain(folder: Folder, number: int) -> None:
    assert len(files(folder)) >= number
    assert all(file.grain for file in files(folder).values())


def test_header_gives_grain_columns_and_parameters() -> None:
    file = parse(
        "x",
        "-- One row per thing: counted.\n-- value: how many\n-- param task: the task\n"
        "-- param limit = 20: rows\n-- param run = null: a run\nselect 1 -- param no: no\n",
    )
    assert file.grain == "One row per thing: counted."
    assert file.columns == {"value": "how many"}
    assert [(p.name, p.default, p.required) for p in file.parameters] == [
        ("task", None, True),
        ("limit", "20", False),
        ("run", None, False),
    ]


def test_a_file_without_a_grain_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x\.sql"):
        parse("x", "select 1")


_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


def test_quoted_names_and_texts_survive_duckdb() -> None:
    with open_in_memory() as con:

        @given(_TEXT)
        def survives(text: str) -> None:
            con.execute(f"select {literal(text)} as {quote(text)}")
            assert con.description is not None
            assert con.description[0][0] == text
            assert con.fetchall() == [(text,)]

        survives()
