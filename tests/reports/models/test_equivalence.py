import numpy as np
import pytest

from reports.errors import BadFormula
from reports.models import equivalence
from tests.reports.models.golden import LINEAR, assert_close, load
from tests.reports.models.test_means_and_contrasts import aligned, arguments


def margins():
    out = []
    for name in LINEAR:
        found = load(name)
        for position, block in enumerate((found and found.json.get("emmeans")) or []):
            if block.get("delta"):
                out.append(pytest.param(name, position, id=f"{name}-{block['ddf']}"))
    return out


@pytest.mark.parametrize(("name", "position"), margins())
def test_two_one_sided_tests_match_emmeans(name, position, reference, fitted):
    block, model, options = arguments(reference(name), position, fitted)
    options.pop("scale")
    ours = equivalence(model, options.pop("specs"), block["delta"], method=block["method"], **options)
    rows = aligned(ours.to_dicts(), block["contrasts"], options["by"])
    theirs = np.array([row["p_equivalence"] for row in block["contrasts"]])
    assert_close(np.array([row["p_equivalence"] for row in rows]), theirs, absolute=1e-5)


def test_the_interval_lies_inside_the_margin_exactly_when_equivalent(fitted):
    for margin in (0.5, 2.0, 5.0, 20.0):
        table = equivalence(fitted("english_vs_target"), "regime", margin)
        inside = (table["conf_low"] > -margin) & (table["conf_high"] < margin)
        assert inside.to_list() == table["equivalent"].to_list()


def test_a_margin_of_zero_is_refused(fitted):
    with pytest.raises(BadFormula, match="smallest difference"):
        equivalence(fitted("english_vs_target"), "regime", 0.0)
