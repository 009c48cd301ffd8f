"""Random numbers made from what they are for, so that none depends on what was drawn before.

A draw is named by a run's seed and a purpose (``"order", "mnli", epoch``); SHA-256 turns the name into
a key. A training that resumes at step 731 therefore needs no saved generator: the draws of
step 731 are those of its name. ``dropout`` is the one place that touches a global generator,
because torch's dropout reads nothing else, and it puts the old state back.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

Purpose = str | int


def integer(seed: int, *purpose: Purpose) -> int:
    """A whole number in [0, 2**63) that is a function of seed and purpose alone.

    >>> integer(1, "order", "mnli", 0) == integer(1, "order", "mnli", 0)
    True
    >>> integer(1, "order", "mnli", 0) == integer(1, "order", "mnli", 1)
    False
    """
    name = json.dumps([seed, *purpose], ensure_ascii=True).encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") >> 1


def uniform(seed: int, *purpose: Purpose) -> float:
    """A number in [0, 1) that is a function of seed and purpose alone (53 bits)."""
    return (integer(seed, *purpose) >> 10) / float(1 << 53)


def generator(seed: int, *purpose: Purpose) -> np.random.Generator:
    """A counter-based generator (Philox) keyed by seed and purpose."""
    return np.random.Generator(np.random.Philox(key=integer(seed, *purpose)))


@contextmanager
def dropout_generators() -> Iterator[None]:
    """Within: torch's global generators may be seeded at will. After: they are as they were before."""
    import torch

    devices = [torch.cuda.current_device()] if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices):
        yield


def seed_step(seed: int, *purpose: Purpose) -> None:
    """Key torch's global generators to one training step; call inside ``dropout_generators``.

    Not ``torch.manual_seed``: on a machine without a GPU that keeps a traceback of every call for ever.
    """
    import torch

    number = integer(seed, *purpose)
    torch.default_generator.manual_seed(number)
    if torch.cuda.is_available():
        torch.cuda.manual_seed(number)
