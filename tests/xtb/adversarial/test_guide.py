"""The page on attacks names what there is."""

import re
from pathlib import Path

from xtb.adversarial.constraints import CONSTRAINTS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "attacks.md").read_text()


def test_the_page_has_every_constraint_and_view() -> None:
    section = PAGE.split("## What a text must keep")[1].split("##")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(CONSTRAINTS)
    views = {path.stem for path in (ROOT / "warehouse" / "views").glob("attack_*.sql")}
    assert views
    assert all(f"`{view}`" in PAGE for view in views)
