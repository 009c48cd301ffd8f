"""Which translator a folder holds: parallel files that are there already, or a model."""

import hashlib
from pathlib import Path

from warehouse.errors import UsageError
from xtb.encoder_files import folder_fingerprint
from xtb.translate.base import DECODING, PREBUILT, Translator


def identity(location: str | None) -> str:
    """What a stage is told of its translator: decides the translations, names no place.

    Args:
        location: a folder of parallel files or of a model; None for ``PREBUILT``.

    Raises:
        UsageError: the folder is neither.
    """
    if location is None:
        return PREBUILT
    folder = Path(location).expanduser()
    if (folder / "config.json").is_file():
        return f"model:{folder_fingerprint(folder)[:16]}:{DECODING}"
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise UsageError(
            f"no translator in '{location}': give a folder with <language>.parquet (columns source, "
            "translation), or the folder of a sequence-to-sequence checkpoint (config.json, safetensors)"
        )
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            digest.update(f"{file.name} {hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return f"parallel:{digest.hexdigest()[:16]}"


def open_translator(location: str, expected: str, device: str) -> Translator:
    """The translator in a folder.

    Args:
        location: as for ``identity``.
        expected: its identity when the run was planned.
        device: where a model computes.

    Raises:
        UsageError: there is none, or it changed since.
    """
    found = identity(location)
    if found != expected:
        raise UsageError(
            f"translator '{location}' changed: it is {found}, the run was planned with {expected}"
        )
    if expected.startswith("model:"):
        from xtb.translate.seq2seq import Seq2Seq

        return Seq2Seq(Path(location).expanduser(), expected, device)
    from xtb.translate.parallel import Parallel

    return Parallel(Path(location).expanduser())
