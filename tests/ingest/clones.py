"""Tiny clones of hub repositories, in the hub's own layout, for every data set of the catalogue."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl

from ingest.dataset import Hub

NLI = {"premise": ["A man sleeps.", "It rains."], "hypothesis": ["He rests.", "It is dry."], "label": [0, 2]}
GLUE = {
    "mnli": NLI,
    "qqp": {"question1": ["Why?", "How?"], "question2": ["Why so?", "Who?"], "label": [1, 0]},
}
COPA = {
    "premise": ["It rained.", "He fell."],
    "choice1": ["The street is wet.", "The floor was wet."],
    "choice2": ["The street is dry.", "The floor was dry."],
    "question": ["effect", "cause"],
    "label": [0, 0],
    "idx": [0, 1],
}
SQUAD = {
    "id": ["one", "two"],
    "title": ["T", "T"],
    "context": ["Köln liegt am Rhein.", "ข้าวอยู่ในนา"],
    "question": ["Where is it?", "ที่ไหน"],
    "answers": [
        {"text": ["Rhein"], "answer_start": [14]},
        {"text": ["นา"], "answer_start": [10]},
    ],
}

RAW: dict[str, Callable[[str], dict[str, list[object]]]] = {
    "facebook/xnli": lambda config: dict(NLI),
    "nyu-mll/glue": lambda config: {**GLUE[config], "idx": [0, 1]},
    "stanfordnlp/snli": lambda config: (
        {name: [*values, values[0]] for name, values in NLI.items()} | {"label": [0, 2, -1]}
    ),
    "facebook/anli": lambda config: {**NLI, "uid": ["a", "b"], "reason": ["", ""]},
    "google-research-datasets/paws-x": lambda config: {
        "id": [1, 2, 3],
        "sentence1": ["A fish.", "One dog.", "NS"],
        "sentence2": ["A fish!", "Dog one.", "x"],
        "label": [1, 0, 0],
    },
    "unimelb-nlp/wikiann": lambda config: {
        "tokens": [["Ada", "Lovelace", "lived"], ["Ulm"]],
        "ner_tags": [[1, 2, 0], [5]],
        "langs": [[config] * 3, [config]],
    },
    "Rowan/hellaswag": lambda config: {
        "ind": [4, 6],
        "ctx": ["He opens the door. He", "It rains. She"],
        "endings": [["goes in.", "a", "b", "c"], ["a", "b", "c", "takes an umbrella."]],
        "label": ["0", "3"],
    },
    "allenai/cosmos_qa": lambda config: {
        "id": ["x", "y"],
        "context": ["I ran.", "I sat."],
        "question": ["Why?", "Why?"],
        **{f"answer{number}": [f"a{number}", f"b{number}"] for number in range(4)},
        "label": [3, 0],
    },
    "tau/commonsense_qa": lambda config: {
        "id": ["x", "y"],
        "question": ["Where?", "What?"],
        "choices": [{"label": list("ABCDE"), "text": list("vwxyz")}] * 2,
        "answerKey": ["E", "A"],
    },
    "rajpurkar/squad_v2": lambda config: {
        **SQUAD,
        "answers": [SQUAD["answers"][0], {"text": [], "answer_start": []}],
    },
    "allenai/social_i_qa": lambda config: {
        "context": ["Jan cooked.", "Kim left."],
        "question": ["Why?", "What next?"],
        "answerA": ["hunger", "rest"],
        "answerB": ["sleep", "work"],
        "answerC": ["cold", "play"],
        "label": ["1", "3"],
    },
    "aps/super_glue": lambda config: dict(COPA),
    "cambridgeltl/xcopa": lambda config: {**COPA, "changed": [False, True]},
    "rajpurkar/squad": lambda config: dict(SQUAD),
    "google/xquad": lambda config: dict(SQUAD),
    "google/xtreme": lambda config: XTREME[config.split(".")[0]](config),
    "izhx/xtreme-r-udpos": lambda config: XTREME["udpos"](config),
    "mteb/tatoeba-bitext-mining": lambda config: {
        "sentence1": ["Labas!", "Aš einu."],
        "sentence2": ["Hello!", "I go."],
        "lang": [config, config],
    },
}
"""Repository -> columns of a configuration, as the repository stores them."""

XTREME: dict[str, Callable[[str], dict[str, list[object]]]] = {
    "MLQA": lambda config: dict(SQUAD),
    "tydiqa": lambda config: (
        {name: [*values, *values] for name, values in SQUAD.items() if name != "id"}
        | {"id": ["english-1-0", "korean-1-0", "english-2-0", "korean-2-0"]}
    ),
    "udpos": lambda config: {"tokens": [["Das", "Haus"], ["Ja"]], "pos_tags": [[5, 7], [6]]},
    "tatoeba": lambda config: {
        "source_sentence": ["Hallo!", "Ich gehe."],
        "target_sentence": ["Hello!", "I go."],
        "source_lang": [config.split(".")[1]] * 2,
        "target_lang": ["eng", "eng"],
    },
}


def clone(root: Path, hub: Hub, split: str, language: str, listed: bool = True) -> Path:
    """Write the table of a split and language below ``root``; ``listed`` puts it into the manifest."""
    config, theirs, home = hub.config_of(language), hub.split_of(split), root / hub.repo
    frame = pl.DataFrame(RAW[hub.repo](config))
    if hub.converted:
        file = home / config / theirs / "0000.parquet"
    else:
        file = home / config / f"{theirs}-00000-of-00001.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(file)
    if not hub.converted:
        _card(home)
    if listed:
        _list(root, file, frame.height)
    return file


def _card(home: Path) -> None:
    """A dataset card with the configurations that are there."""
    lines = ["---", "configs:"]
    for config in sorted(path for path in home.iterdir() if path.is_dir()):
        lines += [f"- config_name: {config.name}", "  data_files:"]
        for file in sorted(config.glob("*.parquet")):
            split = file.name.split("-")[0]
            lines += [f"  - split: {split}", f"    path: {config.name}/{split}-*"]
    (home / "README.md").write_text("\n".join([*lines, "---", ""]))


def _list(root: Path, file: Path, rows: int) -> None:
    manifest = root / "manifest.json"
    entries = json.loads(manifest.read_text()) if manifest.exists() else []
    name = file.relative_to(root).as_posix()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    entries = [entry for entry in entries if entry["path"] != name]
    manifest.write_text(json.dumps([*entries, {"path": name, "rows": rows, "sha256": digest}]))
