"""A Slurm of one node on this machine, for tests: its own configuration, key and daemons, gone afterwards.

Needs root and Debian's packages slurm-wlm and munge; nothing below /etc is read or written.
"""

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAMS = ("sbatch", "scancel", "slurmctld", "slurmd", "munged")

_CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
KillWait=30
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=60 State=UP
"""


def why_not() -> str | None:
    """What is missing for a Slurm of our own; None when nothing is."""
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"no {', '.join(missing)} here (Debian: slurm-wlm, munge)"
    return None if os.geteuid() == 0 else "daemons of Slurm need root"


@contextmanager
def one_node_slurm(folder: Path) -> Iterator[None]:
    """Slurm answers ``sbatch`` and its like within the block, for this process and its children."""
    daemons = []
    before = os.environ.get("SLURM_CONF")
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    (folder / "munge.key").write_bytes(secrets.token_bytes(1024))
    (folder / "munge.key").chmod(0o400)
    host = socket.gethostname().split(".")[0]
    (folder / "slurm.conf").write_text(_CONF.format(folder=folder, host=host, ports=_free_ports()))
    (folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")  # that of version 2 needs systemd
    os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
    files = {f"--{name}-file": folder / f"munge.{name}" for name in ("key", "pid", "seed", "log")}
    munge = [f"{option}={path}" for option, path in files.items()]
    try:
        daemons.append(_start("munged", "--foreground", "--force", f"--socket={folder}/munge.socket", *munge))
        _wait_for(lambda: (folder / "munge.socket").exists(), "munged does not start")
        daemons.append(_start("slurmctld", "-D"))
        daemons.append(_start("slurmd", "-D", "-N", host))
        _wait_for(lambda: "idle" in _told("sinfo", "--noheader", "-o", "%T"), "the node is not up")
        yield
    finally:
        _told("scancel", "--user", "root")
        for daemon in reversed(daemons):
            daemon.terminate()
            try:
                daemon.wait(20)
            except subprocess.TimeoutExpired:
                daemon.kill()
        if before is None:
            del os.environ["SLURM_CONF"]
        else:
            os.environ["SLURM_CONF"] = before


def _start(*command: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _told(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout


def _wait_for(there: Callable[[], bool], otherwise: str) -> None:
    limit = time.monotonic() + 60
    while not there():
        if time.monotonic() > limit:
            raise TimeoutError(otherwise)
        time.sleep(0.2)


def _free_ports() -> list[int]:
    found = [socket.socket() for _ in range(2)]
    for one in found:
        one.bind(("127.0.0.1", 0))
    ports: list[int] = [one.getsockname()[1] for one in found]
    for one in found:
        one.close()
    return ports
