"""The tasks of a mixture: the nine intermediate tasks, less what the target is trained on.

A target's training data come under other names too: ANLI+ has all of MNLI, which XNLI is trained on, and
SQuAD 2 all of SQuAD 1.1, which XQuAD and MLQA are. ``Task.overlap`` says so.
"""

from collections.abc import Sequence

from ingest.catalog import task, task_names
from ingest.task import Task
from warehouse.errors import UsageError

INTERMEDIATES = (
    "anli_plus",
    "mnli",
    "qqp",
    "squad_v2",
    "squad_v1",
    "hellaswag",
    "ccg",
    "cosmosqa",
    "commonsenseqa",
)
"""The nine English intermediate tasks of Phang et al. (2020, section 3.2)."""


def mixed(target: str, given: Sequence[str] = ()) -> list[Task]:
    """The tasks of a target's mixture.

    Args:
        target: task that is measured.
        given: the tasks to mix; without any the nine, or every English task of the built-in benchmark for a
            target that is trained on it, each less those that hold the target's own training data.

    Raises:
        UnknownName: no such task.
        UsageError: a given task holds the target's own training data, or fewer than two tasks are left.
    """
    aim = task(target)
    if given:
        for part in map(task, given):
            _check_apart(part, aim)
        return [task(name) for name in given]
    built_in = all(task(name).synthetic for name in aim.trained_on or (aim.name,))
    usual = _english_synthetic() if built_in else [task(name) for name in INTERMEDIATES]
    mixture = [part for part in usual if not own_data(part, aim)]
    if len(mixture) < 2:
        raise UsageError(f"multitask needs two tasks or more beside '{target}'; there are {len(mixture)}")
    return mixture


def own_data(part: Task, aim: Task) -> tuple[str, ...]:
    """The tasks a target is trained on whose training data are in another task's too, whole or in part."""
    own = dict.fromkeys((aim.name, *aim.trained_on))
    wider = {name: {name, *task(name).overlap} for name in own}
    return tuple(name for name in own if part.name in wider[name] or name in part.overlap)


def _check_apart(part: Task, aim: Task) -> None:
    shared = own_data(part, aim)
    if not shared:
        return
    why = "" if part.name in shared else f", which shares training data with '{shared[-1]}',"
    raise UsageError(f"multitask leaves the target's own data out; drop '{part.name}'{why} from the mixture")


def _english_synthetic() -> list[Task]:
    known = (task(name) for name in task_names())
    return [part for part in known if part.synthetic and "en" in part.splits.get("train", ())]
