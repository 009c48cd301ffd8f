"""A translation model on this machine (M2M-100, NLLB, OPUS-MT, mBART-50): by sentences, cached on disk.

Each distinct sentence is translated once for ever: the result is kept below ``$XTB_CACHE/translations``
under the model's fingerprint and the way of decoding. Weights are read from safetensors only.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from ingest import catalog
from ingest.pins import cache_folder
from warehouse.errors import UsageError
from xtb.encoder import quiet
from xtb.errors import XtbError
from xtb.translate.base import BEAMS, OnBatch
from xtb.translate.parallel import Cache, joined
from xtb.translate.sentences import split

_BATCH = 32
_LONGEST = 512


class Seq2Seq:
    """Translates out of English.

    Args:
        folder: a checkpoint with its tokenizer.
        name: its identity.
        device: ``cpu``, ``cuda`` or ``auto``.

    The model is loaded when the first sentence is not in the cache.
    """

    def __init__(self, folder: Path, name: str, device: str) -> None:
        self._folder, self._device = folder, device
        self._cache = Cache(cache_folder() / "translations" / hashlib.sha256(name.encode()).hexdigest()[:16])
        self._loaded: tuple[Any, Any] | None = None

    def translate(self, texts: Sequence[str], language: str, on_batch: OnBatch) -> list[str | None]:
        """See ``Translator``."""
        sentences = {text: split(text) for text in texts}
        known = self._cache.known(language)
        new = [one for parts in sentences.values() for one in parts if one not in known]
        new = sorted(dict.fromkeys(new), key=lambda one: (len(one), one))
        for done, pairs in self._translated(new, language):
            self._cache.add(language, pairs)
            on_batch(done, len(new))
        return [joined([known.get(one) for one in sentences[text]], language) for text in texts]

    @torch.inference_mode()
    def _translated(self, sentences: list[str], language: str) -> Iterator[tuple[int, dict[str, str]]]:
        if not sentences:
            return
        model, tokenizer = self._load()
        prefix, options = _target(tokenizer, model, language, self._folder)
        for start in range(0, len(sentences), _BATCH):
            some = sentences[start : start + _BATCH]
            batch = tokenizer(
                [prefix + one for one in some],
                return_tensors="pt",
                padding=True,
                truncation=True,
                max_length=_LONGEST,
            ).to(model.device)
            batch.pop("token_type_ids", None)
            most = min(_LONGEST, 2 * batch["input_ids"].shape[1] + 10)
            made = model.generate(**batch, num_beams=BEAMS, do_sample=False, max_new_tokens=most, **options)
            found = tokenizer.batch_decode(made, skip_special_tokens=True)
            yield start + len(some), dict(zip(some, map(str.strip, found), strict=True))

    def _load(self) -> tuple[Any, Any]:
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

        from xtb.place import pick_device

        if self._loaded is None:
            try:
                with quiet():
                    tokenizer = AutoTokenizer.from_pretrained(self._folder, trust_remote_code=False)
                    model = AutoModelForSeq2SeqLM.from_pretrained(
                        self._folder, use_safetensors=True, trust_remote_code=False
                    )
            except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError) as error:
                reason = " ".join(str(error).split())[:300]
                raise XtbError(f"translator '{self._folder}' cannot be loaded: {reason}") from error
            self._loaded = model.to(pick_device(self._device)).eval(), tokenizer
        return self._loaded


def _target(tokenizer: Any, model: Any, language: str, folder: Path) -> tuple[str, dict[str, Any]]:
    """How the model is told the languages: what each text begins with, and options of ``generate``.

    M2M-100 has tokens such as ``__de__``, NLLB ``deu_Latn``, mBART-50 ``de_DE``, multilingual OPUS-MT models
    ``>>deu<<`` before the text; an OPUS-MT model of one direction has none.

    Raises:
        UsageError: the model does not know the language.
    """
    vocabulary = tokenizer.get_vocab()
    source = _token(vocabulary, "en")
    found = _token(vocabulary, language)
    if found is None and source is None and model.config.model_type == "marian":
        return "", {}
    if found is None:
        raise UsageError(f"translator '{folder}' has no token of language '{language}'")
    if found.startswith(">>"):
        return f"{found} ", {}
    if hasattr(tokenizer, "src_lang") and source is not None:
        tokenizer.src_lang = source.strip("_")
    return "", {"forced_bos_token_id": vocabulary[found]}


def _token(vocabulary: dict[str, int], code: str) -> str | None:
    entry = catalog.language(code)
    three = {entry.iso639_3, _MACRO.get(code, entry.iso639_3)}
    script = _SCRIPTS.get(entry.script, entry.script)
    names = [f"__{code}__", *(f"{one}_{script}" for one in sorted(three))]
    names += [f">>{one}<<" for one in (*sorted(three), code)]
    fitting = [name for name in names if name in vocabulary]
    region = [name for name in vocabulary if len(name) == 5 and name[:3] == f"{code}_" and name[3:].isupper()]
    return next(iter(fitting + sorted(region)), None)


_MACRO = {"zh": "zho", "ar": "arb", "et": "est", "sw": "swh", "fa": "pes", "ms": "zsm", "qu": "quy"}
_SCRIPTS = {"Kore": "Hang"}
"""Where the codes of NLLB differ from those of the language table."""
