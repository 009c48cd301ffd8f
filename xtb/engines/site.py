"""Where the cluster engine runs a study: one TOML file for laptop, Slurm, PBS and Kubernetes.

provider = "slurm"                    # local, slurm, pbs or kubernetes
pilots = 4                            # batch jobs at once, at most; each works through many jobs of the study
nodes = 1                             # of a pilot; a pod is one
workers = 4                           # of a node; each does one job at a time
gpus = 4                              # of a node; one worker each, so workers is as many or left out
walltime = "04:00:00"                 # of a pilot; what it did not finish goes on in the next one
retries = 2                           # times that a job is begun again when its worker dies
heartbeat = 30                        # seconds; four missed ones mean that a pilot is gone
python = "/shared/env/bin/python"     # on the nodes; by default the one that runs the study
worker_init = "module load cuda"      # shell lines before the workers start
address = "10.0.0.1"                  # of this machine as the nodes see it; found by trying when left out

[slurm]
partition = "gpu"                     # also account, qos, constraint, gres
memory = 64                           # GB of a node
exclusive = false
options = "#SBATCH --mail-type=NONE"  # more lines of the batch script

[pbs]
queue = "gpu"                         # also account
select = "ngpus=4"                    # more of the select line
options = "#PBS -j oe"

[kubernetes]
image = "registry/xtb:latest"         # holds xtb with the extra [cluster]
namespace = "default"                 # also service_account, secret
cpus = 4
memory = "16Gi"
volumes = ["claim:/mounted/here"]     # claims; the folder of runs lies on one
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xtb.errors import BadStudy
from xtb.toml import Mistakes, Table, read_toml

PROVIDERS = ("local", "slurm", "pbs", "kubernetes")

Value = str | int | bool | tuple[str, ...]

_TEXTS = {
    "slurm": ("partition", "account", "qos", "constraint", "gres", "options"),
    "pbs": ("queue", "account", "select", "options"),
    "kubernetes": ("image", "namespace", "service_account", "secret", "memory"),
}
_NUMBERS = {"slurm": ("memory",), "kubernetes": ("cpus",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a site file says.

    Attributes:
        provider: who gives nodes.
        pilots: batch jobs at once.
        nodes, workers, gpus: of a pilot; of a node; of a node.
        walltime: of a pilot, ``HH:MM:SS``.
        retries: times that a job is begun again when its worker dies.
        heartbeat: seconds.
        python: interpreter on the nodes; None for the one that runs the study.
        worker_init: shell lines.
        address: of this machine; None to let the nodes try all it has.
        options: the table of the provider.
    """

    provider: str = "local"
    pilots: int = 1
    nodes: int = 1
    workers: int = 1
    gpus: int = 0
    walltime: str = "01:00:00"
    retries: int = 2
    heartbeat: int = 30
    python: str | None = None
    worker_init: str = ""
    address: str | None = None
    options: Mapping[str, Value] = field(default_factory=dict)

    def text(self, key: str) -> str | None:
        """A text of the provider's table; None when it is not given."""
        value = self.options.get(key)
        return None if value is None else str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts of the provider's table."""
        value = self.options.get(key)
        return value if isinstance(value, tuple) else ()


def read_site(path: Path) -> Site:
    """Read and check a site file.

    Raises:
        BadStudy: with every mistake of the file, one a line.
    """
    mistakes: Mistakes = []
    top = Table(read_toml(path), "", mistakes)
    provider = top.text("provider", "local", among=PROVIDERS) or "local"
    gpus = top.whole("gpus", 0) or 0
    workers = top.whole("workers", gpus or 1, least=1) or 1
    if gpus and workers != gpus:
        top.wrong("workers", f"{workers} is not the number of GPUs ({gpus}): a GPU has one worker", None)
    walltime = top.text("walltime", "01:00:00") or "01:00:00"
    if not re.fullmatch(r"\d{1,3}:[0-5]\d:[0-5]\d", walltime):
        top.wrong("walltime", f"'{walltime}' is no time such as 04:00:00", None)
    nodes = top.whole("nodes", 1, least=1) or 1
    if provider == "kubernetes" and nodes > 1:
        top.wrong("nodes", f"{nodes} cannot be: a pilot is one pod; ask for more pilots", None)
    site = Site(
        provider=provider,
        pilots=top.whole("pilots", 1, least=1) or 1,
        nodes=nodes,
        workers=workers,
        gpus=gpus,
        walltime=walltime,
        retries=top.whole("retries", 2) or 0,
        heartbeat=top.whole("heartbeat", 30, least=1) or 30,
        python=top.text("python"),
        worker_init=top.text("worker_init") or "",
        address=top.text("address"),
        options=_options(top, provider),
    )
    top.finish()
    found = list(dict.fromkeys(mistakes))
    if found:
        lines = "".join(f"\n  {mistake}" for mistake in found)
        raise BadStudy(f"{path} has {len(found)} mistake{'s' if len(found) > 1 else ''}:{lines}")
    return site


def _options(top: Table, provider: str) -> dict[str, Value]:
    """The provider's own table; those of the others are checked and left aside."""
    mine: dict[str, Value] = {}
    for name in _TEXTS:
        table = top.table(name)
        values: dict[str, Value | None] = {key: table.text(key) for key in _TEXTS[name]}
        values |= {key: table.whole(key, least=1) for key in _NUMBERS.get(name, ())}
        if name == "slurm":
            values["exclusive"] = table.flag("exclusive")
        if name == "kubernetes":
            values["volumes"] = table.texts("volumes")
            for claim in table.texts("volumes"):
                if not re.fullmatch(r"[^:]+:/.*", claim):
                    table.wrong("volumes", f"'{claim}' is no claim:/folder", None)
            if provider == name and not values["image"]:
                table.wrong("image", "is missing: pods start from an image that holds xtb", None)
        table.finish()
        if name == provider:
            mine = {key: value for key, value in values.items() if value not in (None, ())}
    return mine
