"""Predictions in XTREME's layout, written and read back."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest import catalog
from ingest.errors import BadData, MissingData
from ingest.results.xtreme_predictions import file_of, find, read, write
from tests.ingest.results.foreign import NASTY, dumped
from warehouse.errors import UnknownName

FILES = {
    "xnli": ({"0": "neutral", "1": "entailment"}, "neutral\nentailment\n"),
    "xcopa": ({"a": "1", "b": "0"}, '{"label": 1}\n{"label": 0}\n'),
    "panx": ({"a": "B-PER I-PER O", "b": "O"}, "B-PER\nI-PER\nO\n\nO\n\n"),
    "xquad": ({"q1": "नदी", "q2": ""}, '{"q1": "नदी", "q2": ""}'),
    "tatoeba": ({"0": "0", "1": "7"}, "0\n7\n"),
    "bucc2018": ({"de-1": "", "de-2": "en-9"}, "de-2\ten-9\n"),
    "mewslix": ({"m1": "Q1 Q2", "m2": "Q2"}, '{"m1": ["Q1", "Q2"], "m2": ["Q2"]}'),
}


def _as_predictions(pair: tuple[object, object]) -> bytes:
    """Two values as each kind of file might hold them."""
    lines = "".join(dumped({"label": one, "q1": one, "m1": one}) + "\n" for one in pair)
    whole = dumped({"q1": pair[0], "q2": pair[1], "m1": [pair[0]], "m2": pair[1]})
    return (whole if isinstance(pair[0], str) else lines).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("name", FILES)
def test_each_layout_is_as_evaluate_py_reads_it_and_reads_back(tmp_path: Path, name: str) -> None:
    task = catalog.task(name)
    predictions, text = FILES[name]
    path = file_of(tmp_path, task, "test", "de")
    write(path, task, predictions)
    assert path.read_text() == text
    assert read(path, task, list(predictions)) == list(predictions.values())
    [found] = find(tmp_path)
    assert (found.path, found.task, found.split, found.language) == (path, name, "test", "de")


def test_paws_x_has_a_line_for_each_pair_of_the_release(tmp_path: Path) -> None:
    task = catalog.task("pawsx")
    path = file_of(tmp_path, task, "test", "ko")
    predictions = {"2": task.labels[1], "5": task.labels[0], "1999": task.labels[1]}
    write(path, task, predictions)
    lines = path.read_text().splitlines()
    assert len(lines) == 2_000
    assert [place for place, line in enumerate(lines, start=1) if line == "1"] == [2, 1_999]
    assert read(path, task, list(predictions)) == list(predictions.values())


def test_another_number_of_lines_is_refused_with_both(tmp_path: Path) -> None:
    path = tmp_path / "test-de.tsv"
    path.write_text("neutral\n")
    with pytest.raises(BadData, match="has 1 predictions, xnli has 2 examples"):
        read(path, catalog.task("xnli"), ["0", "1"])


def test_what_names_no_example_and_what_is_no_file_of_predictions(tmp_path: Path) -> None:
    path = tmp_path / "test-de.json"
    path.write_text('{"q9": "x"}')
    with pytest.raises(BadData, match="1 examples that xquad has not, such as q9"):
        read(path, catalog.task("xquad"), ["q1"])
    path.write_text("[1, 2")
    with pytest.raises(BadData, match="holds no predictions of xquad"):
        read(path, catalog.task("xquad"), ["q1"])


def test_a_missing_answer_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "test-de.json"
    path.write_text('{"q1": "x"}')
    assert read(path, catalog.task("xquad"), ["q1", "q2"]) == ["x", ""]


def test_a_folder_without_predictions_or_of_no_task(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match=r"xnli/test-de\.tsv"):
        find(tmp_path)
    (tmp_path / "xnil").mkdir()
    (tmp_path / "xnil" / "test-de.tsv").touch()
    with pytest.raises(UnknownName, match="Did you mean 'xnli'"):
        find(tmp_path)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.tsv").write_text("neutral\n")
    folder = tmp_path / "predictions" / "xnli"
    folder.mkdir(parents=True)
    (folder / "test-de.tsv").symlink_to(tmp_path / "secret.tsv")
    with pytest.raises(BadData, match="is a link out of"):
        find(folder.parent)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=80),
        st.tuples(st.sampled_from(NASTY), st.sampled_from(NASTY)).map(_as_predictions),
    )
)
@example(content=b'{"label": Infinity}\n{"label": 1}\n')
@example(content=b"[" * 100_000)
def test_any_content_gives_a_text_for_each_example_or_one_reason(
    tmp_path: Path, name: str, content: bytes
) -> None:
    ids = list(FILES[name][0])
    path = tmp_path / "test-de"
    path.write_bytes(content)
    try:
        found = read(path, catalog.task(name), ids)
    except BadData as error:
        found, reason = None, str(error)
    if found is None:
        assert reason.startswith(str(path))
        assert "\n" not in reason
    else:
        assert len(found) == len(ids)
        assert all(isinstance(one.encode(), bytes) for one in found)
