"""Files in the layout that lm_eval 0.4.13 wrote when it was run on a dummy model."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.results import formats
from tests.ingest.results.foreign import assert_sound, dumped, read, scores, spoilt
from warehouse.connect import Connection

TIME = "2026-11-21T15-04-16.604692"
RESULTS: dict[str, Any] = {
    "results": {
        "xnli_de": {"alias": "xnli_de", "sample_len": 4, "acc,none": 0.75, "acc_stderr,none": 0.2},
        "gsm_sw": {
            "alias": "gsm_sw",
            "exact_match,strict-match": 0.5,
            "exact_match_stderr,strict-match": "N/A",
            "exact_match,flexible-extract": 1.0,
            "word_perplexity,none": 12.5,
        },
        "xnli_both": {"alias": "xnli_both", "acc,none": 0.6},
    },
    "groups": {"xnli_both": {"acc,none": 0.6}},
    "group_subtasks": {"xnli_both": ["xnli_de"], "xnli_de": []},
    "configs": {"xnli_de": {"validation_split": "validation"}, "gsm_sw": {"test_split": "test"}},
    "n-shot": {"xnli_de": 0},
    "higher_is_better": {"xnli_de": {"acc": True}, "gsm_sw": {"word_perplexity": False}},
    "n-samples": {"xnli_de": {"original": 9, "effective": 4}, "gsm_sw": {"original": 2, "effective": 2}},
    "config": {"model": "hf", "model_args": {"pretrained": "org/m"}, "device": "cpu", "random_seed": 7},
    "date": 1795273447.66,
    "lm_eval_version": "0.4.13",
    "transformers_version": "5.23.0",
    "model_name": "org/m",
    "total_evaluation_time_seconds": "31.6",
}  # fmt: skip


def choice(number: int, right: float) -> dict[str, Any]:
    options = [["-2.5", "False"], ["-0.5", "False"], ["-1.5", "True"]]
    return {"doc_id": number, "filtered_resps": options, "filter": "none", "metrics": ["acc"], "acc": right}


def said(number: int, kept: str, right: float) -> dict[str, Any]:
    return {"doc_id": number, "filtered_resps": ["42"], "filter": kept, "exact_match": right}


SAMPLES: dict[str, list[dict[str, Any]]] = {
    "xnli_de": [choice(number, float(number > 0)) for number in range(4)],
    "gsm_sw": [said(n, kept, float(n)) for n in range(2) for kept in ("strict-match", "flexible-extract")],
}


def write(folder: Path, results: Any = RESULTS, samples: Any = SAMPLES) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"results_{TIME}.json").write_text(dumped(results))
    for task, lines in samples.items():
        text = "".join(dumped(line) + "\n" for line in lines)
        (folder / f"samples_{task}_{TIME}.jsonl").write_text(text)
    return folder


def test_scores_and_samples_of_each_task_become_a_run(tmp_path: Path) -> None:
    reading = read(write(tmp_path / "out"), "lm-eval")
    assert sorted(scores(reading)) == [
        ("gsm", "test", "sw", "exact_match", 0.5, 2),
        ("xnli", "validation", "de", "accuracy", 0.75, 4),
    ]
    runs = {run.record["target"]: run for run in reading.runs()}
    record = runs["xnli"].record
    assert record["encoder"] == "org/m"
    assert (record["source"], record["regime"], record["seed"]) == ("lm-eval", "external", 7)
    assert record["started_at"].startswith("2026-11-21T15:04:07")
    assert record["seconds"] == 31.6
    outcomes = runs["xnli"].tables["outcome"]
    assert [row["correct"] for row in outcomes] == [0.0, 1.0, 1.0, 1.0]
    assert {row["prediction"] for row in outcomes} == {"1"}
    assert [row["exact"] for row in runs["gsm"].tables["outcome"]] == [0.0, 1.0]


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    reasons = [reject.reason for reject in read(write(tmp_path / "out"), "lm-eval").rejects]
    assert [reason.split("; ")[0] for reason in reasons] == [
        "exact_match of 'gsm_sw' is taken with the filter 'strict-match'",
        "word_perplexity of 'gsm_sw': lower is better",
    ]


def test_the_same_file_is_the_same_run_and_another_another(tmp_path: Path) -> None:
    first = {run.run_id for run in read(write(tmp_path / "a"), "lm-eval").runs()}
    assert first == {run.run_id for run in read(write(tmp_path / "b"), "lm-eval").runs()}
    other = write(tmp_path / "c", {**RESULTS, "date": 1.0})
    assert not first & {run.run_id for run in read(other, "lm-eval").runs()}


def test_samples_that_contradict_their_score_are_left_out(tmp_path: Path) -> None:
    samples = {"xnli_de": [choice(number, 0.0) for number in range(4)]}
    reading = read(write(tmp_path / "out", samples=samples), "lm-eval")
    assert ("xnli", "validation", "de", "accuracy", 0.75, 4) in scores(reading)
    assert not any("outcome" in run.tables for run in reading.runs())
    refused = [reject for reject in reading.rejects if reject.file.endswith(".jsonl")]
    assert [reject.line for reject in refused] == [1, 2, 3, 4]
    assert "stated as 0.7500, these outcomes give 0.0000" in refused[0].reason


def test_a_broken_line_is_named_and_spoils_nothing_else(tmp_path: Path) -> None:
    folder = write(tmp_path / "out")
    with (folder / f"samples_gsm_sw_{TIME}.jsonl").open("ab") as file:
        file.write(b"{\xff\n[1]\n{oops\n")
    refused = [one for one in read(folder, "lm-eval").rejects if one.line]
    assert [(one.line, one.reason.split(" (")[0]) for one in refused] == [
        (5, "is no UTF-8"),
        (6, "holds a list, not one JSON object"),
        (7, "is no JSON"),
    ]


def test_samples_of_another_evaluation_are_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "out")
    stray = folder / "samples_xnli_de_2020-01-01T00-00-00.000000.jsonl"
    stray.write_text("{}\n")
    assert str(stray) in [reject.file for reject in read(folder, "lm-eval").rejects]


def test_a_task_name_that_is_a_path_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / f"samples_x_{TIME}.jsonl").write_text(json.dumps(choice(0, 1.0)) + "\n")
    results = {**RESULTS, "results": {"../samples_x": {"acc,none": 1.0}}}
    reading = read(write(tmp_path / "out", results, {}), "lm-eval")
    assert not any("outcome" in run.tables for run in reading.runs())


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"results_{TIME}.json").symlink_to(outside / f"results_{TIME}.json")
    assert read(tmp_path / "in", "lm-eval").runs() == []


def test_it_is_recognised(tmp_path: Path) -> None:
    assert formats.recognise(write(tmp_path / "out")) == "lm-eval"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(results=spoilt(RESULTS), samples=spoilt(SAMPLES["xnli_de"]))
def test_any_content_gives_sound_rows_or_reasons(
    tmp_path: Path, con: Connection, results: Any, samples: Any
) -> None:
    lines = samples if isinstance(samples, list) else [samples]
    assert_sound(con, write(tmp_path / "out", results, {"xnli_de": lines}), "lm-eval")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60), cut=st.integers(0, 400))
def test_any_bytes_give_sound_rows_or_reasons(tmp_path: Path, con: Connection, data: bytes, cut: int) -> None:
    folder = write(tmp_path / "out")
    for name in (f"results_{TIME}.json", f"samples_xnli_de_{TIME}.jsonl"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:cut] + data + whole[cut:])
    assert_sound(con, folder, "lm-eval")


@pytest.mark.parametrize("said", [{"encoder": "mine"}, {"language": "fr"}, {"regime": "stilts", "seed": "3"}])
def test_what_a_person_says_goes_first(tmp_path: Path, said: dict[str, Any]) -> None:
    for run in read(write(tmp_path / "out", samples={}), "lm-eval", **said).runs():
        row = {**run.tables["score"][0], **run.record}
        assert {name: str(row[name]) for name in said} == said
