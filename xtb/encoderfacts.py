"""What a run has to know of its encoder before it is loaded. Loads no torch."""

import json
from dataclasses import dataclass
from pathlib import Path

from xtb.encoder_files import encoder_fingerprint, find_encoder

_LARGE = 1024  # hidden units of BERT Large and XLM-R Large


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderFacts:
    """An encoder, not loaded.

    Attributes:
        location: folder or hub id that it is loaded from.
        label: what runs call it: a hub id as it is, a folder by its name, as paths belong to one machine.
        fingerprint: identity of its files.
        large: at least as wide as XLM-R Large; some tasks train such encoders at another rate.
        layers: how many; 0 where its configuration does not say.
    """

    location: str
    label: str
    fingerprint: str
    large: bool
    layers: int


def look_at(location: str) -> EncoderFacts:
    """What a folder or hub id holds.

    Raises:
        BadEncoder: no encoder is there.
    """
    folder = find_encoder(location)
    config = json.loads((folder / "config.json").read_text())
    label = Path(location).resolve().name if Path(location).is_dir() else location
    return EncoderFacts(
        location=location,
        label=label,
        fingerprint=encoder_fingerprint(location),
        layers=int(config.get("num_hidden_layers") or config.get("n_layers") or 0),
        large=int(config.get("hidden_size") or config.get("dim") or 0) >= _LARGE,
    )
