"""The studies that come with xtb: a TOML file each, run by name (``xtb study run quickstart``)."""

from pathlib import Path

from warehouse.errors import UnknownName

_FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Names of the shipped studies, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def find(name: str) -> Path:
    """The study file that ``name`` means: a file as it is, else a shipped study of that name.

    Raises:
        UnknownName: it is neither.
    """
    given, ours = Path(name), _FOLDER / f"{name}.toml"
    if given.suffix == ".toml" or given.is_file():
        return given
    if ours.is_file():
        return ours
    raise UnknownName("study", name, names(), "xtb names studies, or give a TOML file")
