"""A plan as text for people and as JSON values."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from xtb.plan import Plan, RunNode, StageNode, State, counts
from xtb.spec import RunSpec, StageSpec

_STATES: tuple[State, ...] = ("done", "running", "failed", "waiting")
Branch = tuple[str, ...]


def graph_lines(plan: Plan) -> list[str]:
    """The graph as a tree, seeds together: encoder, stages, runs with their cells."""
    stages: dict[Branch, list[StageNode]] = {}
    for stage in plan.stages:
        stages.setdefault(_branch(stage.run.spec, stage.position), []).append(stage)
    runs: dict[Branch, list[RunNode]] = {}
    for node in plan.runs:
        path = _branch(node.spec, len(node.spec.stages) - 1)
        runs.setdefault((*path, f"= {_way(node.spec)}"), []).append(node)
    tree = sorted({*stages, *runs} | {path[:1] for path in runs})
    lines = []
    for path in tree:
        if len(path) == 1:
            lines.append(path[0])
        elif path in stages:
            shared = sum(node.runs for node in stages[path])
            lines.append(_line(path, stages[path], "trained", f"; {shared} runs need it"))
        else:
            cells = sum(len(node.run.cells) for node in runs[path])
            left = sum(len(node.left) for node in runs[path])
            lines.append(_line(path, runs[path], "done", f"; {cells - left} of {cells} cells measured"))
    return lines


def work_lines(plan: Plan, workers: int) -> list[str]:
    """The work left, what sharing saves, and the time it will take."""
    lines = [
        f"runs    {len(plan.runs_left)} of {len(plan.runs)} left",
        f"stages  {len(plan.stages_left)} of {len(plan.stages)} left to train "
        f"({plan.naive} if every run trained its own)",
        f"cells   {plan.cells_left} of {plan.cells} left to measure",
    ]
    seconds = plan.seconds(workers)
    if seconds is None:
        time = "unknown until stages and cells of each kind were measured once on this machine"
    else:
        time = f"{timedelta(seconds=round(seconds))} with {workers} workers, from what was measured here"
    return [*lines, f"time    {time}"]


def status_lines(plan: Plan) -> list[str]:
    """A table of the study's ways: runs by state, cells; then what is at work, and what failed."""
    header = ("regime", "target", *_STATES, "cells")
    groups: dict[tuple[str, str], list[RunNode]] = {}
    for node in plan.runs:
        groups.setdefault((_way(node.spec, target=False), node.spec.target), []).append(node)
    rows: list[tuple[str, ...]] = [header]
    for (way, target), nodes in groups.items():
        rows.append((way, target, *_states(nodes), _cells(nodes)))
    rows.append(("all", "", *_states(plan.runs), _cells(plan.runs)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    stages = counts(plan.stages)
    lines.append(f"stages: {', '.join(f'{stages[state]} {state}' for state in _STATES if stages[state])}")
    lines += [_at_work(node) for node in plan.stages if node.state == "running"]
    lines += [
        f"running: {_way(node.spec)}, seed {node.spec.seed}: {_cells([node])} cells measured"
        for node in plan.runs
        if node.state == "running"
    ]
    lines += [
        f"failed: {_way(node.spec)}, seed {node.spec.seed}: {node.error}" for node in plan.runs if node.error
    ]
    return lines


def plan_result(name: str, plan: Plan, workers: int) -> dict[str, Any]:
    """The plan as JSON values."""
    return {
        "study": name,
        "runs": len(plan.runs),
        "runs_left": len(plan.runs_left),
        "stages": len(plan.stages),
        "stages_left": len(plan.stages_left),
        "stages_without_sharing": plan.naive,
        "cells": plan.cells,
        "cells_left": plan.cells_left,
        "seconds_left": plan.seconds(workers),
        "workers": workers,
        "graph": {
            "stages": [
                {
                    "stage_id": node.stage_id,
                    "task": node.run.spec.stages[node.position].task,
                    "after": node.after,
                    "seed": node.run.spec.seed,
                    "runs": node.runs,
                    "state": node.state,
                    "saved_step": node.saved,
                }
                for node in plan.stages
            ],
            "runs": [
                {
                    "run_id": node.spec.run_id,
                    "regime": node.spec.regime,
                    "intermediate": node.spec.intermediate,
                    "robust": node.spec.robust,
                    "target": node.spec.target,
                    "seed": node.spec.seed,
                    "after": node.spec.stage_id(len(node.spec.stages) - 1),
                    "state": node.state,
                    "error": node.error,
                    "cells": len(node.run.cells),
                    "cells_left": len(node.left),
                }
                for node in plan.runs
            ],
        },
    }


def _branch(spec: RunSpec, position: int) -> Branch:
    return (spec.encoder, *(_stage(stage) for stage in spec.stages[: position + 1]))


def _stage(stage: StageSpec) -> str:
    languages = "" if stage.languages == ("en",) else f" [{','.join(stage.languages)}]"
    noise = f", {stage.perturbation} {stage.severity}" if stage.perturbation != "clean" else ""
    robust = f" ({stage.robust}{noise})" if stage.robust != "none" else ""
    return f"{stage.task}{' without inputs' * stage.blank}{languages}{robust}"


def _way(spec: RunSpec, *, target: bool = True) -> str:
    first = f" {spec.intermediate}" if spec.intermediate != "none" else ""
    language = f" [{spec.intermediate_language}]" if spec.intermediate_language not in ("none", "en") else ""
    robust = f", {spec.robust} on {spec.robust_stage}" if spec.robust != "none" else ""
    return f"{spec.regime}{first}{language}{f' -> {spec.target}' if target else ''}{robust}"


def _at_work(node: StageNode) -> str:
    spec = node.run.spec
    chain = " -> ".join(_stage(stage) for stage in spec.stages[: node.position + 1])
    steps = spec.stages[node.position].steps
    of = f" of {steps}" if steps is not None else ""
    saved = f", saved at step {node.saved}{of}" if node.saved else ""
    return f"running: train {chain}, seed {spec.seed}{saved}"


def _line(path: Branch, nodes: Sequence[StageNode] | Sequence[RunNode], word: str, more: str) -> str:
    done = counts(nodes)["done"]
    return f"{'   ' * (len(path) - 1)}{path[-1]}: {done} of {len(nodes)} {word}{more}"


def _states(nodes: Iterable[RunNode]) -> tuple[str, ...]:
    found = Counter(node.state for node in nodes)
    return tuple(str(found[state]) for state in _STATES)


def _cells(nodes: Sequence[RunNode]) -> str:
    total = sum(len(node.run.cells) for node in nodes)
    return f"{total - sum(len(node.left) for node in nodes)}/{total}"
