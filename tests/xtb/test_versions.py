"""What made a result."""

import json

from xtb import versions


def test_versions_name_what_makes_the_numbers_and_no_secret() -> None:
    found = json.loads(versions.environment_json())
    assert {"python", "torch", "transformers", "threads", "vector_instructions"} <= set(found)
    assert not any("/" in value for value in found.values())


def test_the_code_version_is_a_commit_or_a_version() -> None:
    assert versions.code_version().rstrip("+").replace(".", "").isalnum()


def test_a_cpu_is_named() -> None:
    assert versions.device_name("cpu").startswith("cpu (")
