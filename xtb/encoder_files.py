"""The files of an encoder: where they lie, and their identity by content. Loads no torch, no transformers."""

import hashlib
from pathlib import Path

from xtb.errors import BadEncoder

CONTENT = (
    "config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "*.model",
)
"""The files of a checkpoint that decide what it computes."""


VOCABULARIES = ("tokenizer.json", "vocab.txt", "vocab.json")
"""One of these, or a sentencepiece model, makes a tokenizer."""


def encoder_fingerprint(name: str) -> str:
    """The content identity of an encoder, without loading it (see ``Encoder.fingerprint``).

    Reads every byte of the weights: about two seconds a gigabyte.

    Raises:
        BadEncoder: no such folder or hub id, or no safetensors weights.
    """
    return folder_fingerprint(find_encoder(name))


def find_encoder(name: str) -> Path:
    """The folder that holds an encoder's files; a hub id is downloaded, or found in the cache.

    Raises:
        BadEncoder: no such folder or hub id, or it lacks config.json or safetensors weights.
    """
    path = Path(name).expanduser()
    if not path.is_dir():
        path = _snapshot(name)
    if not (path / "config.json").is_file():
        raise BadEncoder(
            f"no encoder in '{name}': there is no config.json; give a folder saved by save_pretrained"
        )
    if not any(path.glob("*.safetensors")):
        pickled = any(path.glob("*.bin")) or any(path.glob("*.pt"))
        found = "its weights are pickled, which can run code when read" if pickled else "it has no weights"
        raise BadEncoder(
            f"encoder '{name}' cannot be used: {found}; convert it to safetensors"
            " (save_pretrained does) and give that folder"
        )
    if not any((path / name).is_file() for name in VOCABULARIES) and not any(path.glob("*.model")):
        # transformers would make up an empty tokenizer.
        raise BadEncoder(
            f"encoder '{name}' has no tokenizer; save it into the same folder (tokenizer.save_pretrained)"
        )
    return path


def _snapshot(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    repository, _, revision = name.partition("@")
    if name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise _absent(name, "it is no hub id")
    try:
        found = snapshot_download(
            repository, revision=revision or None, allow_patterns=list(CONTENT), ignore_patterns=["*/*"]
        )
    except HFValidationError as e:
        raise _absent(name, "it is no hub id") from e
    except LocalEntryNotFoundError as e:
        raise _absent(name, "the hub cannot be reached and its cache does not hold it") from e
    except HfHubHTTPError as e:
        raise _absent(name, "the hub does not give it to you") from e
    except OSError as e:
        raise _absent(name, f"the hub cannot be read ({e})") from e
    return Path(found)


def _absent(name: str, why: str) -> BadEncoder:
    return BadEncoder(
        f"no encoder '{name}': there is no such folder, and {why}; give a folder with config.json,"
        " model.safetensors and tokenizer.json, or the id of a model on the Hugging Face hub"
    )


def folder_fingerprint(path: Path) -> str:
    """sha256 over the names and contents of the files in ``CONTENT``."""
    digest = hashlib.sha256()
    files = sorted({file for pattern in CONTENT for file in path.glob(pattern)}, key=lambda file: file.name)
    for file in files:
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{file.name} {content}\n".encode())
    return digest.hexdigest()
