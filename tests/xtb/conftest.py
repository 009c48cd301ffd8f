"""Encoders small enough to be made on the spot."""

from pathlib import Path

import pytest

from tests.xtb.tiny import make_bert, make_deberta, make_modernbert, make_xlmr
from tests.xtb.toys import TEXTS
from xtb.encoder import Encoder, load_encoder

# Large initial weights, so that outputs differ clearly from one another.
SHAPE = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "initializer_range": 0.3,
}


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an XLM-R-shaped encoder with random weights: 2 layers of 32, inputs of at most 128 tokens."""
    return make_xlmr(tmp_path_factory.mktemp("xlmr"), TEXTS, vocabulary=300, positions=128, **SHAPE)


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a BERT-shaped encoder with random weights, of the same size."""
    return make_bert(tmp_path_factory.mktemp("bert"), TEXTS, vocabulary=300, positions=128, **SHAPE)


@pytest.fixture(scope="session")
def tiny_deberta(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an mDeBERTa-shaped encoder with random weights, of the same size."""
    return make_deberta(tmp_path_factory.mktemp("deberta"), TEXTS, vocabulary=300, positions=128, **SHAPE)


@pytest.fixture(scope="session")
def tiny_modernbert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an mmBERT-shaped encoder with random weights, of the same size."""
    folder = tmp_path_factory.mktemp("modernbert")
    return make_modernbert(folder, TEXTS, vocabulary=300, positions=128, **SHAPE)


@pytest.fixture
def encoder(tiny_encoder: Path) -> Encoder:
    """The XLM-R-shaped encoder, loaded anew."""
    return load_encoder(str(tiny_encoder))
