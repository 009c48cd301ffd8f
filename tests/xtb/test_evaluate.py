from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
import torch

from ingest import catalog
from ingest.example import Pair
from ingest.perturbation import perturb
from ingest.task import Task
from tests.xtb.toys import EXAMPLES, PAIRS, POOL, TEXTS, toy_task
from warehouse.rows import CELL_KEY, OUTCOME, SCORE
from xtb.batching import Batch
from xtb.encoder import Encoder
from xtb.errors import BadRun, XtbError
from xtb.evaluate import Evaluated, evaluate, outcomes
from xtb.judge import Judge
from xtb.metrics import score
from xtb.model import TaskModel, build_model
from xtb.spec import Cell

NOISE = ("char_swap", "char_delete", "space_double", "fullwidth")
KINDS = tuple(EXAMPLES)


@pytest.fixture
def threads() -> Iterator[Callable[[int], None]]:
    """Sets the number of torch's threads for a test."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


class Nowhere:
    """A source that is never asked: the toy tasks have their examples with them."""

    name = "nowhere"

    def has(self, *where: Any) -> bool:
        return False

    def table(self, *where: Any) -> pl.DataFrame:
        raise AssertionError("the toy tasks read nothing")


def grid(task: Task, perturbations: Sequence[str] = NOISE, severities: Sequence[int] = (1, 3)) -> list[Cell]:
    clean = [Cell(task=task.name, split="test", language=language) for language in ("en", "de")]
    return clean + [
        Cell(task=task.name, split="test", language=language, perturbation=name, severity=severity)
        for language in ("en", "de")
        for name in perturbations
        for severity in severities
    ]


def run(model: TaskModel, task: Task, cells: Sequence[Cell], **settings: Any) -> dict[Cell, Evaluated]:
    found = evaluate(model, task, cells, Nowhere(), run_id="r", **settings)
    return {each.cell: each for each in found}


class Counting:
    """Counts the rows that go through a model."""

    def __init__(self, model: TaskModel) -> None:
        self.rows: list[bytes] = []
        model.register_forward_pre_hook(self._note)

    def _note(self, module: Any, arguments: tuple[Batch]) -> None:
        batch = arguments[0]
        for ids, mask in zip(batch["input_ids"], batch["attention_mask"], strict=True):
            self.rows.append(ids[mask.bool()].numpy().tobytes())


@pytest.fixture
def pair_model(encoder: Encoder) -> TaskModel:
    return build_model(encoder, toy_task("pair"), seed=0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_grid_gives_each_cell_once_with_rows_of_the_warehouse(encoder: Encoder, kind: str) -> None:
    task = toy_task(kind)
    cells = grid(task, NOISE[:2])
    found = list(evaluate(build_model(encoder, task, seed=0), task, cells, Nowhere(), run_id="r"))
    assert sorted(map(repr, cells)) == sorted(repr(each.cell) for each in found)
    for each in found:
        assert each.outcomes.schema == OUTCOME.schema
        assert each.scores.schema == SCORE.schema
        assert each.scores["metric"].to_list() == list(task.metrics)
        key = {name: getattr(each.cell, name) for name in CELL_KEY}
        for frame in (each.outcomes, each.scores):
            assert frame.select(CELL_KEY).unique().rows(named=True) == [key]
            assert frame["run_id"].unique().to_list() == ["r"]
        assert each.outcomes["example_id"].to_list() == [example.id for example in EXAMPLES[kind]]
        assert each.outcomes["correct"].is_between(0, 1).all()
        filled = ["prediction", "changed", "token_changed", "edits", "eligible", "tokens", "units"]
        assert each.outcomes.select(pl.col(filled).null_count().sum()).row(0) == (0,) * len(filled)


@pytest.mark.parametrize("kind", KINDS)
def test_scores_follow_from_outcomes(encoder: Encoder, kind: str) -> None:
    task = toy_task(kind)
    for each in run(build_model(encoder, task, seed=0), task, grid(task, NOISE[:2])).values():
        for row in each.scores.rows(named=True):
            assert row["value"] == pytest.approx(score(each.outcomes, row["metric"]), abs=1e-12)
            assert row["n"] == len(EXAMPLES[kind])
            assert row["unchanged"] == (~each.outcomes["changed"]).sum()
            assert row["error"] is None


@pytest.mark.parametrize("kind", KINDS)
def test_controls_lose_exactly_nothing(encoder: Encoder, kind: str) -> None:
    task = toy_task(kind)
    cells = grid(task, ("fullwidth", "space_double", "unicode_nfd"), (1, 5))
    # Batches of 300 tokens: padding differs all over.
    found = run(build_model(encoder, task, seed=0), task, cells, batch_tokens=300)
    changed = 0
    for cell, each in found.items():
        if each.scores["error"][0] is not None:
            continue
        clean = found[cell.clean]
        assert each.scores["value"].to_list() == clean.scores["value"].to_list()
        assert not each.outcomes["token_changed"].any()
        changed += int(each.outcomes["changed"].sum())
    assert changed > 0


def test_each_distinct_input_goes_through_the_model_once(pair_model: TaskModel) -> None:
    task = toy_task("pair")
    counting = Counting(pair_model)
    run(pair_model, task, grid(task))
    assert len(counting.rows) == len(set(counting.rows))
    cells = len(grid(task))
    assert len(counting.rows) < cells * len(PAIRS) / 2  # two equal languages, controls, unchanged examples


@pytest.mark.parametrize("kind", KINDS)
def test_groups_batches_and_order_change_nothing(encoder: Encoder, kind: str) -> None:
    task = toy_task(kind)
    model = build_model(encoder, task, seed=0)
    cells = grid(task)
    whole = run(model, task, cells)
    parts = run(model, task, cells[::-1], chunk_examples=1, batch_tokens=200)
    assert set(whole) == set(parts)
    for cell, each in whole.items():
        assert each.outcomes.equals(parts[cell].outcomes)
        assert each.scores.equals(parts[cell].scores)


def test_small_groups_still_compute_clean_inputs_once(pair_model: TaskModel) -> None:
    task = toy_task("pair")
    counting = Counting(pair_model)
    cells = [cell for cell in grid(task, ("space_double", "fullwidth")) if cell.language == "en"]
    run(pair_model, task, cells, chunk_examples=1)
    assert len(counting.rows) == len(set(counting.rows)) == len({(p.first, p.second) for p in PAIRS})


def test_cells_already_done_are_not_needed(pair_model: TaskModel) -> None:
    task = toy_task("pair")
    cells = grid(task)
    whole = run(pair_model, task, cells)
    rest = run(pair_model, task, cells[5:])
    assert set(rest) == set(cells[5:])
    for cell, each in rest.items():
        assert each.scores.equals(whole[cell].scores)


def test_predictions_equal_those_of_one_pair_at_a_time(pair_model: TaskModel, encoder: Encoder) -> None:
    task = toy_task("pair")
    cell = Cell(task=task.name, split="test", language="en", perturbation="char_swap", severity=3)
    found = run(pair_model, task, [cell])[cell].outcomes
    noisy = perturb(PAIRS, catalog.perturbation("char_swap"), severity=3, language="en", seed=0)
    pair_model.eval()
    for example, prediction in zip(noisy.examples, found["prediction"], strict=True):
        assert isinstance(example, Pair)
        inputs = encoder.tokenizer(
            example.first, example.second, truncation="longest_first", max_length=64, return_tensors="pt"
        )
        with torch.inference_mode():
            label = int(pair_model(dict(inputs)).argmax())
        assert task.labels[label] == prediction
    assert found["changed"].to_list() == noisy.changed
    assert found["edits"].to_list() == noisy.edits


def test_token_changed_compares_with_the_clean_input_of_the_example(pair_model: TaskModel) -> None:
    task = toy_task("pair")
    for cell, each in run(pair_model, task, grid(task, ("char_swap",), (1, 2, 5))).items():
        if cell == cell.clean:
            assert not each.outcomes["token_changed"].any()
        else:
            assert (each.outcomes["changed"] | ~each.outcomes["token_changed"]).all()
            assert each.outcomes["token_changed"].any()


def test_a_cell_that_is_not_applicable_says_why_and_has_no_value(encoder: Encoder) -> None:
    thai = [Pair(id=str(i), first=TEXTS[3], second=TEXTS[3], label=0) for i in range(5)]
    task = toy_task("pair", read=lambda source, split, language: thai)
    cell = Cell(task=task.name, split="test", language="th", perturbation="uppercase", severity=1)
    found = run(build_model(encoder, task, seed=0), task, [cell.clean, cell])
    assert found[cell].outcomes.equals(OUTCOME.empty())
    (row,) = found[cell].scores.rows(named=True)
    assert row["value"] is None
    assert row["error"].startswith("not applicable: ")
    assert (row["n"], row["unchanged"]) == (5, 5)
    assert found[cell.clean].scores["error"][0] is None


def test_a_language_without_examples_is_not_applicable_either(encoder: Encoder) -> None:
    task = toy_task("pair", read=lambda source, split, language: [])
    cell = Cell(task=task.name, split="test", language="en")
    found = run(build_model(encoder, task, seed=0), task, [cell])[cell]
    assert "no examples" in found.scores["error"][0]


def test_a_limit_takes_the_same_sample_in_every_cell(pair_model: TaskModel) -> None:
    found = run(pair_model, toy_task("pair"), grid(toy_task("pair")), limit=7)
    samples = {tuple(each.outcomes["example_id"]) for each in found.values()}
    assert len(samples) == 1
    assert len(samples.pop()) == 7


@pytest.mark.parametrize("kind", KINDS)
def test_dev_outcomes_equal_those_of_the_clean_cell(encoder: Encoder, kind: str) -> None:
    task = toy_task(kind)
    model = build_model(encoder, task, seed=0).train()
    cell = Cell(task=task.name, split="test", language="en")
    wanted = run(model, task, [cell])[cell]
    pool = POOL if kind == "retrieval" else ()
    frame = outcomes(model, task, EXAMPLES[kind], "en", pool=pool)
    assert frame.equals(wanted.outcomes.select(frame.columns))
    assert score(frame, task.metric) == wanted.scores["value"][0]
    assert model.training  # as it was


def test_a_retrieval_pool_is_encoded_once(encoder: Encoder) -> None:
    task = toy_task("retrieval")
    model = build_model(encoder, task, seed=0)
    counting = Counting(model)
    run(model, task, grid(task, ("char_swap",)))
    assert len(counting.rows) <= len(POOL) + 3 * len(POOL)  # the pool, clean queries, two severities


def test_progress_is_told_after_every_batch(pair_model: TaskModel) -> None:
    told: list[tuple[int, int]] = []
    run(
        pair_model,
        toy_task("pair"),
        grid(toy_task("pair")),
        batch_tokens=200,
        on_batch=lambda *news: told.append(news),
    )
    assert len({total for _, total in told}) == 1
    assert all(a[0] < b[0] for a, b in pairwise(told))
    assert told[-1][0] == told[-1][1]


def test_a_listener_can_end_the_work(pair_model: TaskModel, threads: Callable[[int], None]) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    threads(2)
    model = pair_model.train()
    with pytest.raises(KeyboardInterrupt):
        run(model, toy_task("pair"), grid(toy_task("pair")), batch_tokens=60, on_batch=stop)
    assert model.training
    assert torch.get_num_threads() == 2
    assert "forward" not in vars(model.encoder.encoder.layer[-1])  # type: ignore[union-attr,index]


@pytest.mark.parametrize("kind", KINDS)
def test_the_numbers_are_the_same_for_any_number_of_threads(
    kind: str, encoder: Encoder, threads: Callable[[int], None]
) -> None:
    task = toy_task(kind)
    model = build_model(encoder, task, seed=0)
    judge = Judge(model, task, max_length=None, stride=None, batch_tokens=60, bf16=False)
    features = judge.features(EXAMPLES[kind])
    found = []
    for number in (1, 2, 5):
        threads(number)
        judge.once.keep([])
        judge.once.compute(features)
        found.append([part.tobytes() for parts in judge.once.results(features) for part in parts])
    assert found[0] == found[1] == found[2]


def test_a_model_for_another_task_is_refused(pair_model: TaskModel) -> None:
    with pytest.raises(BadRun, match="its head is for pair: yes, maybe, no"):
        run(pair_model, toy_task("pair", labels=("a", "b")), [])
    with pytest.raises(BadRun, match="cannot do task 'toy_tags'"):
        run(pair_model, toy_task("tags"), [])


def test_outputs_that_are_no_numbers_are_an_error(pair_model: TaskModel) -> None:
    with torch.no_grad():
        next(pair_model.layer.parameters()).fill_(float("nan"))
    with pytest.raises(XtbError, match="not finite"):
        run(pair_model, toy_task("pair"), grid(toy_task("pair")))
