import pytest

from reports.question import analyze, names, question
from tests.reports.synthetic import Truth, fill
from warehouse.connect import open_in_memory
from warehouse.errors import UnknownName
from warehouse.migrate import migrate


def test_the_folder_is_the_catalogue():
    assert "english_intermediate" in names()
    assert all(question(name).name == name for name in names())


def test_an_unknown_question_gets_the_nearest_name():
    with pytest.raises(UnknownName, match="Did you mean 'english_intermediate'"):
        question("english_intermediat")


@pytest.mark.parametrize("name", names())
def test_an_empty_warehouse_is_refused_in_a_sentence_that_names_the_command(name):
    with open_in_memory() as con:
        migrate(con)
        answer = analyze(name, con)
    assert answer.primary is None
    assert answer.refusal is not None
    assert question(name).command.removesuffix(" --encoder ENCODER") in answer.refusal


@pytest.mark.parametrize("name", names())
def test_a_question_says_what_it_expects_before_the_data_are_seen(name):
    asked = question(name)
    for text in (asked.title, asked.hypothesis, asked.estimand, asked.plan.formula, asked.plan.random):
        assert len(text) > 20
    assert asked.plan.sensitivity
    assert {asked.reference, asked.treatment} <= set(asked.regimes)


def test_only_runs_of_the_question_are_read():
    with open_in_memory() as con:
        migrate(con)
        fill(con, Truth(regimes=("direct", "stilts", "noisy stilts"), tasks=("task_a",), seeds=2))
        asked = question("english_intermediate")
        regimes = asked.read(asked, con).runs["regime"].unique().sort().to_list()
    assert regimes == ["direct", "stilts"]
