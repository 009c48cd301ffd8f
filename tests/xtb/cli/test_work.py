"""Lists, precision and devices on the command line."""

import pytest

from warehouse.errors import UsageError
from xtb.cli.work import check_device, pick_precision, split_names, split_numbers


def test_names_come_with_commas_or_repeated_and_count_once() -> None:
    assert split_names(["de, sw", "zh", "de"]) == ("de", "sw", "zh")
    assert split_names("mnli") == ("mnli",)
    assert split_names(None) == split_names("") == ()


def test_numbers_come_with_commas_and_ranges() -> None:
    assert split_numbers(["1-3,5", "2"], "severity") == (1, 2, 3, 5)


@pytest.mark.parametrize("text", ["x", "1-", "-1", "1-x", "1.5"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"severity '.*' is no number or range"):
        split_numbers([text], "severity")


def test_precision_and_device_are_checked() -> None:
    assert pick_precision("auto", "cpu") == "fp32"
    assert pick_precision("auto", "cuda") == "bf16"
    assert pick_precision("bf16", "cpu") == "bf16"
    with pytest.raises(UsageError, match="precision 'fp8' is none of auto, fp32, bf16, fp16"):
        pick_precision("fp8", "cpu")
    with pytest.raises(UsageError, match="device 'tpu' is none of"):
        check_device("tpu")
