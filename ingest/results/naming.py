"""Names that other tools give to benchmarks, languages and metrics, as the warehouse has them.

Their tasks spell the language (``xnli_de``, ``mlqa_de_de``, ``belebele_deu_Latn``); here task and language
are two columns. A benchmark that is not in the catalogue keeps its name, and a language that nobody states is
``und``, which is ISO 639's code for that.
"""

import re
from functools import cache
from typing import NamedTuple

from ingest import catalog
from ingest.language import languages

UNDETERMINED = "und"

TASKS = {
    "bucc": "bucc2018",
    "commonsense_qa": "commonsenseqa",
    "cosmos_qa": "cosmosqa",
    "pan-x": "panx",
    "paws": "pawsx",
    "paws-x": "pawsx",
    "paws_x": "pawsx",
    "social_i_qa": "siqa",
    "social_iqa": "siqa",
    "squad": "squad_v1",
    "squadv1": "squad_v1",
    "squadv2": "squad_v2",
    "tydiqa-goldp": "tydiqa",
    "tydiqa_goldp": "tydiqa",
    "wikiann": "panx",
}
"""Their name of a benchmark -> ours."""

METRICS = {
    "acc": "accuracy",
    "accuracy": "accuracy",
    "acc_norm": "acc_norm",
    "em": "exact_match",
    "exact": "exact_match",
    "exact_match": "exact_match",
    "f1": "f1",
    "macro_f1": "macro_f1",
    "f1_macro": "macro_f1",
    "map@20": "map_at_20",
    "overall_accuracy": "token_accuracy",
    "overall_f1": "seqeval_f1",
}
"""Their name of a metric, in lower case -> ours, where the task makes no difference."""

_BY_TASK = {
    ("f1", "mlqa"): "mlqa_f1",
    ("exact_match", "mlqa"): "mlqa_exact_match",
    ("f1", "bucc2018"): "bucc_f1",
}
_BY_KIND = {
    ("f1", "tags"): "seqeval_f1",
    ("f1", "pair"): "binary_f1",
    ("accuracy", "tags"): "token_accuracy",
}
_CODE = re.compile(r"[a-z]{2,3}")
_SCRIPT = re.compile(r"[A-Z][a-z]{3}")


class Benchmark(NamedTuple):
    """What a name says: the task, and the language where it says one."""

    task: str
    language: str | None


def benchmark(name: str) -> Benchmark:
    """The task and language of a benchmark's name.

    >>> benchmark("xnli_de"), benchmark("mlqa_de_de").language, benchmark("belebele_deu_Latn")
    (Benchmark(task='xnli', language='de'), 'de', Benchmark(task='belebele', language='de'))
    >>> benchmark("mmlu"), benchmark("hellaswag")
    (Benchmark(task='mmlu', language=None), Benchmark(task='hellaswag', language='en'))
    >>> benchmark("hellaswag_sw")  # somebody's translation is no split of the English task
    Benchmark(task='hellaswag_sw', language='sw')
    """
    known = task(name)
    if known in catalog.task_names():
        return Benchmark(known, _only_language(known))
    parts = re.split(r"[_\-/.:]", name)
    cut = 2 if len(parts) > 2 and _SCRIPT.fullmatch(parts[-1]) else 1
    code = language("_".join(parts[-cut:])) if len(parts) > cut else None
    if code is None:
        return Benchmark(known, None)
    stem = task(name[: -len("_".join(parts[-cut:])) - 1])
    if stem.endswith(f"_{code}") and task(stem[: -len(code) - 1]) == "mlqa":  # context and question
        stem = "mlqa"
    if stem in catalog.task_names() and code not in catalog.task(stem).languages:
        return Benchmark(name, code)
    return Benchmark(stem, code)


def task(name: str) -> str:
    """Our name of a benchmark; a name we do not know stays as it is."""
    return TASKS.get(name.lower(), name.lower() if name.lower() in catalog.task_names() else name)


def language(name: str) -> str | None:
    """Our code of a language, from ours or ISO 639-3, perhaps with a script or region.

    >>> language("deu_Latn"), language("zh-CN"), language("arb"), language("xyz"), language("x")
    ('de', 'zh', 'ar', None, None)
    """
    base = re.split(r"[_\-]", name)[0].lower()
    return _codes().get(base) if _CODE.fullmatch(base) else None


def metric(name: str, of_task: str) -> str | None:
    """Our name of a metric as a task has it; None when there is none.

    >>> metric("acc", "xnli"), metric("F1", "panx"), metric("exact", "mlqa"), metric("perplexity", "x")
    ('accuracy', 'seqeval_f1', 'mlqa_exact_match', None)
    """
    from warehouse.rows import METRICS as OURS

    if name in OURS and name not in METRICS:
        return name
    common = METRICS.get(name.lower())
    if common is None:
        return None
    kind = catalog.task(of_task).kind if of_task in catalog.task_names() else ""
    return _BY_TASK.get((common, of_task)) or _BY_KIND.get((common, kind)) or common


@cache
def _codes() -> dict[str, str]:
    found = {one.iso639_3: code for code, one in languages().items()}
    return {**found, "ara": "ar", "swa": "sw", "zho": "zh", "fas": "fa", "msa": "ms", "est": "et"} | {
        code: code for code in languages()
    }


def _only_language(known: str) -> str | None:
    codes = catalog.task(known).languages
    return codes[0] if len(codes) == 1 else None
