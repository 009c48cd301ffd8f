"""Reading a study from one TOML file, with every mistake reported together.

name = "quick"
encoder = "path-or-hub-id"            # or on the command line
data = "mini"                         # or a mirror folder, or left out for the hub
targets = ["xnli", "xquad"]
seeds = [1, 2]
information = true                    # V-usable, of intermediate tasks (xtb information)

[[regime]]
name = "direct"

[[regime]]
name = "stilts"
intermediates = ["mnli", "squad"]     # each one is a regime of its own; for multitask they are the mixture
targets = ["xnli"]                    # fewer than above, optional
robust = "augment"                    # with robust_stage, noise, noise_severity, noise_rate

[[regime]]
name = "stilts_mlm"                   # with mlm_rate, mlm_stage, mlm_languages, mlm_texts
intermediates = ["mnli"]

[[regime]]
name = "stilts_translated"
intermediates = ["mnli"]
language = "de,sw"                    # one for stilts_native
translator = "folder"                 # left out for the data source's translate_train tables

[train]                               # any hyperparameter of xtb.recipe.Settings
steps = 200
[train.intermediate]                  # by role: intermediate, target
[train.tasks.squad]                   # by task

[evaluate]
languages = ["en", "de", "zh"]        # a target that lacks one is measured in the others
perturbations = ["typo_mix"]
severities = [1, 3]
limit = 500
[evaluate.tasks.xquad]                # the same keys, for one target

A study may begin with ``extends = "other.toml"``, a path beside it: the other file's keys hold where this one
gives none, tables key by key, while lists (the regimes too) replace the other's as a whole.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

from ingest import catalog
from ingest.task import Task
from warehouse.errors import KnownError
from xtb.errors import BadStudy
from xtb.grid import SEVERITIES, Grid, check_language, default_split
from xtb.recipe import (
    NO_ROBUSTNESS,
    ROBUST,
    Masking,
    Recipe,
    Robustness,
    Settings,
    masking,
    robustness,
)
from xtb.regimes import REGIMES, stages
from xtb.spec import Mixing, Precision, Schedule
from xtb.study import Study, Way
from xtb.toml import Mistakes, Table, read_toml

_WHOLE = (
    "limit",
    "steps",
    "batch_tokens",
    "max_length",
    "stride",
    "dev_limit",
    "mixing_cap",
    "accumulation",
    "patience",
    "lora_rank",
)
_NUMBERS = (
    "epochs",
    "learning_rate",
    "warmup",
    "weight_decay",
    "max_grad_norm",
    "mixing_temperature",
    "lora_alpha",
    "lora_dropout",
)


def read_study(path: Path) -> Study:
    """Read and check a study file.

    Raises:
        BadStudy: with every mistake of the file, one a line.
    """
    mistakes: Mistakes = []
    top = Table(_extended(path), "", mistakes)
    targets = _tasks(top, "targets", required=True)
    known = [name for name in targets if name in catalog.task_names()]
    ways = [way for table in top.tables("regime") for way in _ways(table, targets, known)]
    if "regime" not in top.given:
        top.wrong("regime", "is missing: a study needs at least one [[regime]]", None)
    encoder = top.text("encoder")
    study = Study(
        name=top.text("name") or path.stem,
        encoders=top.texts("encoders", [encoder] if encoder else []),
        data=top.text("data"),
        seeds=top.wholes("seeds", [1], most=2**31 - 1),
        ways=tuple(ways),
        recipe=_recipe(top.table("train")),
        grids=_grids(top.table("evaluate"), known),
        information=top.flag("information"),
    )
    top.finish()
    found = list(dict.fromkeys(mistakes))
    if found:
        lines = "".join(f"\n  {mistake}" for mistake in found)
        raise BadStudy(f"{path} has {len(found)} mistake{'s' if len(found) > 1 else ''}:{lines}")
    return study


def files_of(path: Path) -> list[Path]:
    """A study's file, then those that it extends in turn.

    Raises:
        BadStudy: one cannot be read, or has mistakes.
    """
    read_study(path)
    found = [path]
    while base := read_toml(found[-1]).get("extends"):
        found.append((found[-1].parent / base).resolve())
    return found


def _extended(path: Path, below: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The file's tables over those of the file it extends."""
    given = read_toml(path)
    base = given.pop("extends", None)
    if base is None:
        return given
    if not isinstance(base, str):
        raise BadStudy(f"{path}: extends must be the path of a study file, not {base!r}")
    other = (path.parent / base).resolve()
    if other in (*below, path.resolve()):
        raise BadStudy(f"{path} extends {base}, which extends it in turn")
    return _over(given, _extended(other, (*below, path.resolve())))


def _over(given: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: _over(given[key], base[key])
        for key in given.keys() & base.keys()
        if isinstance(given[key], dict) and isinstance(base[key], dict)
    }
    return base | given | both


def _tasks(table: Table, key: str, default: Sequence[str] = (), *, required: bool = False) -> tuple[str, ...]:
    names = table.texts(key, default)
    if required and not names:
        table.wrong(key, "is missing", None)
    for name in names if key in table.given else ():
        table.check(key, partial(catalog.task, name))
    return names


def _ways(table: Table, targets: Sequence[str], known: Sequence[str]) -> list[Way]:
    """The ways that one ``[[regime]]`` describes: one for each intermediate task."""
    before = table.mistakes
    regime = table.text("name", among=REGIMES)
    if "name" not in table.given:
        table.wrong("name", f"is missing; one of {', '.join(REGIMES)}", None)
    intermediates = _tasks(table, "intermediates")
    own = _tasks(table, "targets", known)
    for name in own:
        if name not in targets:
            table.wrong("targets", f"'{name}' is not among the study's targets", None)
    language = table.text("language")
    robust = _robustness(table)
    masking = _masking(table) if regime == "stilts_mlm" else None
    translator = table.text("translator")
    table.finish()
    if regime is None or table.mistakes > before:
        return []
    one_each = regime != "multitask" and intermediates
    ways = [
        Way(
            regime=regime,
            intermediate=names,
            language=language,
            robust=robust,
            masking=masking,
            translator=translator,
            targets=own,
        )
        for names in ([(name,) for name in intermediates] if one_each else [intermediates])
    ]
    for way in ways:
        for target in own:
            table.check("name", partial(stages, regime, target, way.intermediate, **way.options()))
    return ways


def _robustness(table: Table) -> Robustness:
    method = table.text("robust", "none", among=ROBUST) or "none"
    stage = table.text("robust_stage", "target", among=("intermediate", "target", "both")) or "target"
    noise = table.text("noise", "typo_mix") or "typo_mix"
    severity = table.whole("noise_severity", 2, least=1, most=5) or 2
    rate = table.number("noise_rate", most=1.0)
    try:
        return robustness(method, stage, noise, severity, 0.5 if rate is None else rate)
    except KnownError as error:
        table.wrong("robust", str(error), None)
        return NO_ROBUSTNESS


def _masking(table: Table) -> Masking:
    rate = table.number("mlm_rate", most=1.0)
    try:
        return masking(
            0.2 if rate is None else rate,
            table.text("mlm_stage", "intermediate") or "intermediate",
            table.texts("mlm_languages", ()),
            table.whole("mlm_texts", 5000, least=1) or 5000,
        )
    except KnownError as error:
        table.wrong("name", str(error), None)
        return Masking()


def _recipe(table: Table) -> Recipe:
    roles = {role: _settings(table.table(role)) for role in ("intermediate", "target")}
    below = table.table("tasks")
    tasks = {}
    for name in below.names():
        for part in name.split("+"):  # a mixture
            below.check(name, partial(catalog.task, part))
        tasks[name] = _settings(below.table(name))
    return Recipe(everywhere=_settings(table), roles=roles, tasks=tasks)


def _settings(table: Table) -> Settings:
    before = table.mistakes
    values: dict[str, Any] = {name: table.whole(name, least=1) for name in _WHOLE}
    values |= {name: table.number(name) for name in _NUMBERS}
    values |= {
        "evaluations": table.whole("evaluations"),
        "precision": table.text("precision", among=get_args(Precision)),
        "mixing": table.text("mixing", among=get_args(Mixing)),
        "schedule": table.text("schedule", among=get_args(Schedule)),
        "compiled": table.flag("compiled") if "compiled" in table.given else None,
    }
    for name in _NUMBERS:
        table.check(name, partial(Settings, **{name: values[name]}))
    table.finish()
    return Settings() if table.mistakes > before else Settings(**values)


def _grids(table: Table, targets: Sequence[str]) -> dict[str, Grid]:
    """What to measure of each target: the general grid, or its own keys over it."""
    below = table.table("tasks")
    general = _grid(table, Grid())
    tasks = [catalog.task(name) for name in targets]
    if general.languages is not None:
        everywhere = {code for task in tasks for code in task.languages}
        for code in general.languages:
            if code not in everywhere:
                table.wrong("languages", _no_language(code, tasks), None)
    grids = {}
    for task in tasks:
        there = task.splits.get(general.split or default_split(task), ())
        common = general.languages and tuple(code for code in general.languages if code in there)
        if general.languages and not common:
            table.wrong("languages", f"'{task.name}' has data in none of them", None)
        mine = below.table(task.name)
        grid = _grid(mine, replace(general, languages=common))
        if grid.split is not None and grid.split not in task.splits:
            mine.wrong(
                "split", f"'{task.name}' has no split '{grid.split}'; it has {', '.join(task.splits)}", None
            )
        elif grid.languages is not common:
            for code in grid.languages or ():
                split = grid.split or default_split(task)
                mine.check("languages", partial(check_language, task, split, code))
        grids[task.name] = grid
    below.finish()
    return grids


def _no_language(code: str, tasks: Sequence[Task]) -> str:
    try:
        catalog.language(code)
    except KnownError as error:
        return str(error)
    return f"no target has data in '{code}': {', '.join(task.name for task in tasks)}"


def _grid(table: Table, base: Grid) -> Grid:
    languages = table.texts("languages", base.languages or ())
    perturbations = table.texts("perturbations", base.perturbations)
    for name in perturbations if "perturbations" in table.given else ():
        table.check("perturbations", partial(catalog.perturbation, name))
    grid = Grid(
        languages=base.languages if languages == (base.languages or ()) else languages,
        perturbations=perturbations,
        severities=table.wholes("severities", base.severities, least=1, most=max(SEVERITIES)),
        noise_seeds=table.wholes("noise_seeds", base.noise_seeds, most=2**31 - 1),
        split=table.text("split", base.split),
        limit=table.whole("limit", base.limit, least=1),
    )
    table.finish()
    return grid
