"""Makes ``scorers.json``: python make_scorers.py XTREME SQUAD2; needs seqeval, scikit-learn, faiss-cpu.

XTREME is a clone of google-research/xtreme at 838c13b (evaluate.py, whose SQuAD and MLQA scorers are the
official ones; utils_retrieve.py, utils_lareqa.py, utils_mewslix.py); SQUAD2 a folder with SQuAD's
evaluate-v2.0.py as ``squad2.py``. Gold and predictions are ours (drawn below with a fixed seed, and the
texts of ``answers.json``), the numbers theirs; nothing else is stored.
"""

import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
XTREME, SQUAD2 = Path(sys.argv[1]), Path(sys.argv[2])
sys.path[:0] = [str(XTREME), str(SQUAD2), str(XTREME / "third_party")]

import evaluate as xtreme  # noqa: E402
import squad2  # noqa: E402
import utils_lareqa  # noqa: E402
import utils_mewslix  # noqa: E402
import utils_retrieve  # noqa: E402
from sklearn.metrics import f1_score  # noqa: E402

rng = random.Random(11)
NER = ["O", "O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]
UPOS = ["NOUN", "VERB", "ADJ", "X", "SYM", "PUNCT", "SCONJ", "CCONJ", "PROPN"]


def spoilt(gold: list[str], choices: list[str], rate: float) -> list[str]:
    return [rng.choice(choices) if rng.random() < rate else label for label in gold]


def labels(task: str, names: list[str]) -> dict[str, Any]:
    gold = [rng.choice(names) for _ in range(60)]
    predictions = spoilt(gold, names, 0.4)
    value = xtreme.accuracy(gold, predictions)["accuracy"]
    found = {"accuracy": value / 100}
    if task == "qqp":
        found["binary_f1"] = float(f1_score(gold, predictions, pos_label=names[1]))
    return {"task": task, "language": "en", "gold": gold, "predictions": predictions, "values": found}


def tags(task: str, names: list[str]) -> dict[str, Any]:
    gold = [[rng.choice(names) for _ in range(rng.randint(1, 12))] for _ in range(40)]
    predictions = [spoilt(sentence, names, 0.3) for sentence in gold]
    value = xtreme.f1(gold, predictions)["f1"]
    found = {"seqeval_f1": value / 100}
    return {"task": task, "language": "en", "gold": gold, "predictions": predictions, "values": found}


def answers(task: str, language: str) -> dict[str, Any]:
    cases = list(json.loads((HERE / "answers.json").read_text())["cases"])
    cases = [case for case in cases if task != "mlqa" or case["language"] == language]
    cases = [case for case in cases if case["golds"] or task == "squad_v2"]
    gold = [case["golds"] for case in cases]
    predictions = [case["prediction"] for case in cases]
    named = {str(i): text for i, text in enumerate(predictions)}
    if task == "squad_v2":
        qas = [{"id": str(i), "answers": [{"text": t} for t in golds]} for i, golds in enumerate(gold)]
        exact, f1 = squad2.get_raw_scores([{"paragraphs": [{"qas": qas}]}], named)
        whole = squad2.make_eval_dict(exact, f1)
        found = {"f1": whole["f1"] / 100, "exact_match": whole["exact"] / 100}
    else:
        qas = [{"id": str(i), "answers": [{"text": t} for t in golds]} for i, golds in enumerate(gold)]
        score = xtreme.mlqa_em_f1 if task == "mlqa" else xtreme.squad_em_f1
        whole = score([{"paragraphs": [{"qas": qas}]}], named, language)
        prefix = "mlqa_" if task == "mlqa" else ""
        found = {f"{prefix}{name}": whole[name] / 100 for name in ("f1", "exact_match")}
    return {"task": task, "language": language, "gold": gold, "predictions": predictions, "values": found}


def retrieval() -> list[dict[str, Any]]:
    ids = [str(i) for i in range(50)]
    one = {"gold": [[i] for i in ids], "predictions": spoilt(ids, ids, 0.5)}
    value = xtreme.accuracy(ids, one["predictions"])["accuracy"] / 100
    made = [{"task": "tatoeba", "language": "de", **one, "values": {"accuracy": value}}]

    gold = [[f"en-{i}"] if rng.random() < 0.4 else [] for i in range(80)]
    given = [rng.choice([*found, "", f"en-{rng.randint(0, 80)}"]) for found in gold]
    lines = [f"de-{i}\t{item}" for i, found in enumerate(gold) for item in found]
    pairs = [f"de-{i}\t{item}" for i, item in enumerate(given) if item]
    value = xtreme.bucc_f1(lines, pairs)["f1"] / 100
    case = {"task": "bucc2018", "language": "de", "gold": gold, "predictions": given}
    made.append({**case, "values": {"bucc_f1": value}})

    ranked = [rng.sample(ids, 20) for _ in range(40)]
    single = [[rng.choice(ids)] for _ in ranked]
    named = ({str(i): g for i, g in enumerate(single)}, {str(i): r for i, r in enumerate(ranked)})
    value = utils_mewslix.evaluate(*named, k=20)
    case = {"task": "mewslix", "language": "de", "gold": single, "predictions": [" ".join(r) for r in ranked]}
    made.append({**case, "values": {"map_at_20": float(value)}})

    several = [rng.sample(ids, rng.randint(1, 11)) for _ in ranked]
    values = [
        utils_lareqa.average_precision_at_k(some, row, 20) for some, row in zip(several, ranked, strict=True)
    ]
    case = {"task": "lareqa", "language": "de", "gold": several, "predictions": [" ".join(r) for r in ranked]}
    return [*made, {**case, "values": {"map_at_20": float(np.mean(values))}}]


def vectors() -> tuple[np.ndarray, np.ndarray, list[str], list[str], list[tuple[int, int]]]:
    """As tests/xtb/test_mining.py draws them."""
    draw = np.random.default_rng(5)
    x, y = draw.standard_normal((70, 12)), draw.standard_normal((90, 12))
    gold = [(i, 2 * i) for i in range(0, 40, 2)]
    for i, j in gold:
        y[j] = x[i] + 0.75 * draw.standard_normal(12)
    first, second = [f"satz {i}" for i in range(70)], [f"sentence {i}" for i in range(90)]
    first[9], second[33] = first[8], second[32]
    x[9], y[33] = x[8], y[32]
    unit = [(m / np.linalg.norm(m, axis=1, keepdims=True)).astype(np.float32) for m in (x, y)]
    return unit[0], unit[1], first, second, gold


def mining() -> dict[str, Any]:
    x, y, first, second, gold = vectors()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        for name, lines in (("x", first), ("y", second)):
            (home / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines))
            (home / f"{name}.id").write_text("".join(f"{name}{i}\n" for i in range(len(lines))))
        (home / "gold").write_text("".join(f"x{i}\ty{j}\n" for i, j in gold))
        files = [
            str(home / name) for name in ("mined", "gold", "x.txt", "y.txt", "x.id", "y.id", "predicted")
        ]
        utils_retrieve.mine_bitext(x.copy(), y.copy(), files[2], files[3], files[0])
        found = utils_retrieve.bucc_eval(*files)
        pairs = utils_retrieve.read_candidate2score(files[0], *files[2:6])
    return {
        "margins": {f"{a}\t{b}": float(margin) for (a, b), margin in sorted(pairs.items())},
        "threshold": float(found["best-threshold"]),
        "f1": found["F1"] / 100,
    }


cases = [
    labels("xnli", ["entailment", "neutral", "contradiction"]),
    labels("pawsx", ["0", "1"]),
    labels("qqp", ["0", "1"]),
    labels("xcopa", ["0", "1"]),
    tags("panx", NER),
    tags("udpos", UPOS),
    answers("squad_v1", "en"),
    answers("xquad", "en"),
    answers("tydiqa", "en"),
    answers("squad_v2", "en"),
    *(answers("mlqa", code) for code in ("ar", "de", "en", "es", "hi", "vi", "zh")),
    *retrieval(),
]
text = json.dumps({"made_with": __doc__, "mining": mining(), "cases": cases}, ensure_ascii=False, indent=1)
(HERE / "scorers.json").write_text(text + "\n")
