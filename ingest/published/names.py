"""What the words of the sources are called here.

Systems, regimes, tasks, metrics and languages as printed, and the names under which their scores stand
beside ours. What has no name here keeps the printed one. The printed words stay in table ``published``.
"""

from collections.abc import Mapping

PERCENT, FRACTION, POINTS, OTHER = "percent", "fraction", "points", "other"

FRACTIONS = ("sumeval2022_xnli_tydiqa", "sumeval2022_udpos_wikiann", "lareqa_readme")
"""Tables whose values are shares of 1; elsewhere they are percentages."""

SCALES: Mapping[str, str] = {
    "gain in average target performance (points)": POINTS,
    "pseudoperplexity": OTHER,
}
"""Metrics that are neither."""

ENCODERS: Mapping[str, str] = {
    "BERT-L": "BERT-Large",
    "INFOXLM": "InfoXLM Base",
    "INFOXLM Large": "InfoXLM Large",
    "MAD-X Base": "XLM-R Base",
    "Multilingual-BERT": "mBERT",
    "RoBERTa Large (Translate test)": "RoBERTa-Large",
    "RoBERTa-Large (MNLI)": "RoBERTa-Large",
    "Translate-test BERT-L": "BERT-Large",
    "Translate-train M-BERT": "mBERT",
    "Translate-train XLM": "XLM",
    "Translate-train mBERT": "mBERT",
    "XLM MLM (100 languages), single": "XLM MLM (100 languages)",
    "XLM-R Base (Our fine-tuned)": "XLM-R Base",
    "XLM-R Base (Reported)": "XLM-R Base",
    "XLM-R Large + R3F": "XLM-R Large",
    "XLM-R Large + R4F": "XLM-R Large",
    "XLM-R-base": "XLM-R Base",
    "mBERT (102 languages)": "mBERT",
}
"""Systems whose name says more than the encoder, or spells it in another way."""

BASE_IN_ERNIE = {"XLM-R": "XLM-R Base"}
"""The README of ERNIE-M leaves out the size; DeBERTa's prints the same row as XLM-R Base."""

WHO: Mapping[str, str] = {
    "MAD-X Base": "MAD-X adapters",
    "XLM-R Base (Our fine-tuned)": "fine-tuned by the source",
    "XLM-R Base (Reported)": "as reported elsewhere",
}
"""Systems of one encoder that only their names tell apart: an edition."""

REGIMES: Mapping[str, tuple[str, str]] = {
    "cross-lingual-transfer": ("direct", "none"),
    "direct": ("direct", "none"),
    "direct, FreeLB": ("direct", "freelb"),
    "direct, R3F": ("direct", "r3f"),
    "direct, R4F": ("direct", "r4f"),
    "direct, SMART": ("direct", "smart"),
    "direct, longer + bias correction": ("direct_longer", "none"),
    "train on all languages": ("multilingual", "none"),
    "train on each language": ("monolingual", "none"),
    "train-on-all-languages": ("multilingual", "none"),
    "trained on SQuAD v1.1 only": ("direct", "none"),
    "trained on TyDiQA-GoldP, all languages": ("multilingual", "none"),
}
"""Regime and training-time robustness; others keep their words with underscores."""

INTERMEDIATES: Mapping[str, str] = {
    "HellaSwag": "hellaswag",
    "MNLI": "mnli",
    "SQuAD": "squad_v2",
    "multi-task (9 tasks)": "multitask",
}

TASKS: Mapping[str, str] = {
    "BUCC2018": "bucc2018",
    "CoLA": "cola",
    "CoNLL-2002/2003 NER": "conll_ner",
    "CoNLL-NER": "conll_ner",
    "LAReQA": "lareqa",
    "LAReQA (XQuAD-R)": "lareqa",
    "MLQA": "mlqa",
    "MNLI": "mnli",
    "MNLI-m": "mnli",
    "MNLI-mm": "mnli",
    "MRPC": "mrpc",
    "MasakhaNER-1 (from English WikiANN)": "masakhaner",
    "Mewsli-X": "mewslix",
    "NER": "panx",
    "PANX": "panx",
    "PAWS-X": "pawsx",
    "POS": "udpos",
    "QNLI": "qnli",
    "QQP": "qqp",
    "RTE": "rte",
    "SST-2": "sst2",
    "STS-B": "stsb",
    "Tatoeba": "tatoeba",
    "TyDiQA-GoldP": "tydiqa",
    "TyDiQA-GoldP v1.1": "tydiqa",
    "UDPOS": "udpos",
    "UDPOS (UD 2.8, accuracy)": "udpos_ud28",
    "WNLI": "wnli",
    "WikiAnn-NER": "panx",
    "XCOPA": "xcopa",
    "XNLI": "xnli",
    "XQuAD": "xquad",
}

TRAINED_TASKS: Mapping[str, str] = {
    "trained on SQuAD v1.1 only": "squad_v1",
    "trained on a mix of languages, TyDiQA": "tydiqa",
}
"""Regimes that name the task trained on where it is not the one measured."""

METRICS: Mapping[str, str] = {
    "GLUE task score (as printed)": "unnamed",
    "accuracy": "accuracy",
    "exact_match": "exact_match",
    "f1": "f1",
    "map": "map",
    "map_at_20": "map_at_20",
    "matthews": "matthews",
    "performance": "unnamed",
}

METRICS_OF: Mapping[tuple[str, str], str] = {
    ("bucc2018", "f1"): "bucc_f1",
    ("conll_ner", "f1"): "seqeval_f1",
    ("masakhaner", "f1"): "seqeval_f1",
    ("mlqa", "exact_match"): "mlqa_exact_match",
    ("mlqa", "f1"): "mlqa_f1",
    ("mrpc", "f1"): "binary_f1",
    ("panx", "f1"): "seqeval_f1",
    ("qqp", "f1"): "binary_f1",
    ("udpos", "f1"): "seqeval_f1",
    ("udpos_ud28", "accuracy"): "token_accuracy",
}
"""Where the name of a metric depends on the task."""

LANGUAGES: Mapping[str, str] = {
    "amh": "am",
    "hau": "ha",
    "ibo": "ig",
    "kin": "rw",
    "lug": "lg",
    "swa": "sw",
    "wol": "wo",
    "yor": "yo",
}
"""MasakhaNER's codes of languages that others write with two letters."""

DEV = ("masakhaner", "mnli", "panx", "tydiqa", "xnli", "bucc2018")
"""Tasks whose dev set is called ``validation`` here."""
