"""What made a result."""

import json

import pytest

from warehouse.errors import UsageError
from xtb import versions
from xtb.place import pick_device


def test_versions_name_what_makes_the_numbers_and_no_secret() -> None:
    found = json.loads(versions.environment_json())
    assert {"python", "torch", "transformers", "threads", "vector_instructions"} <= set(found)
    assert not any("/" in value for value in found.values())


def test_the_code_version_is_a_commit_or_a_version() -> None:
    assert versions.code_version().rstrip("+").replace(".", "").isalnum()


def test_a_cpu_is_named() -> None:
    assert versions.device_name("cpu").startswith("cpu (")


def test_a_gpu_of_another_machine_has_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert versions.device_name("cuda") == "cuda"
    with pytest.raises(UsageError, match="device 'cuda' is not here"):
        pick_device("cuda")
