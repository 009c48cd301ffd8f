from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest

from reports.models import Fit
from tests.reports.models.golden import Reference, load


@lru_cache(maxsize=64)
def _fitted(name: str, options: tuple[tuple[str, Any], ...]) -> Fit:
    return _loaded(name).fit(**dict(options))


@lru_cache(maxsize=64)
def _loaded(name: str) -> Reference:
    found = load(name)
    if found is None:
        pytest.skip(f"{name} is not carried with the project and not beside the checkout")
    return found


@pytest.fixture(scope="session")
def reference() -> Callable[[str], Reference]:
    """Load a reference set by name; skips the test when it is not on this machine."""
    return _loaded


@pytest.fixture(scope="session")
def fitted() -> Callable[..., Fit]:
    """Fit a reference set once for all tests."""
    return lambda name, **options: _fitted(name, tuple(sorted(options.items())))
