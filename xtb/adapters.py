"""Low-rank adapters (LoRA; Hu et al., 2022) through peft: small matrices are trained beside fixed weights.

Every linear layer of the encoder gets a pair; heads are trained whole. When a stage ends its adapters are
added to the weights, so that what is kept, evaluated, exported or trained on is an ordinary encoder; the
adapters by themselves are kept beside it, in peft's format.
"""

import warnings
from pathlib import Path
from typing import Any

import torch

from warehouse.errors import UsageError
from xtb import seed as seeds
from xtb.encoder import Encoder
from xtb.spec import StageSpec

FOLDER = "adapter"


class Adapters:
    """The adapters in an encoder, which stays the object it is.

    Args:
        encoder: gets adapters; all its own weights are fixed.
        stage: gives rank, alpha and dropout.
        seed: of the matrices that do not begin as nought.

    Raises:
        UsageError: peft is not installed.
    """

    def __init__(self, encoder: Encoder, stage: StageSpec, *, seed: int) -> None:
        try:
            from peft import LoraConfig, get_peft_model
        except ImportError as error:
            raise UsageError("LoRA needs the package peft: pip install 'xtb-warehouse[lora]'") from error
        config = LoraConfig(
            r=stage.lora_rank,
            lora_alpha=stage.lora_alpha,  # type: ignore[arg-type]  # peft divides it, any number does
            lora_dropout=stage.lora_dropout,
            target_modules="all-linear",
        )
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers by an old name
            torch.manual_seed(seeds.integer(seed, "adapters"))
            self._model: Any = get_peft_model(encoder.model, config)

    def save(self, folder: Path) -> None:
        """Write them as peft does: ``adapter_config.json`` and ``adapter_model.safetensors``."""
        self._model.peft_config["default"].base_model_name_or_path = None  # a folder of this machine
        self._model.save_pretrained(folder, safe_serialization=True)

    def merge(self) -> None:
        """Add them to the encoder's weights, and leave it without them."""
        self._model.merge_and_unload()
        for parameter in self._model.base_model.model.parameters():
            parameter.requires_grad_(True)
