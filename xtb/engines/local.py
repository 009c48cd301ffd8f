"""The built-in engine: worker processes on this machine.

Workers live until the study ends and take one job after another: importing torch and transformers costs
seconds, most jobs of a small study less. On CPU each has one thread (two threads of one process were 17
times slower than one on a busy machine), on GPU each has one GPU. A worker that dies (killed, out of
memory) is replaced and its job tried once more.
"""

from collections.abc import Sequence

from xtb.engines import crew as crews
from xtb.engines.board import Board, Effort, OnEnd
from xtb.engines.crew import Worker
from xtb.jobs import Ended, Job, Setting
from xtb.progress import Progress, Report
from xtb.stop import Stop

_PATIENCE = 120.0  # seconds a worker has to save its work after a stop


def run_jobs(
    jobs: Sequence[Job], setting: Setting, *, workers: int | None, stop: Stop, report: Report, on_end: OnEnd
) -> dict[str, Ended]:
    """Run jobs in worker processes, each after those it needs.

    Args:
        jobs: what is left of a study.
        setting: where.
        workers: processes at once; None for one a GPU, else one a core.
        stop: when requested, workers save and end; what has not begun stays waiting.
        report: hears of progress over all jobs.
        on_end: hears of each job that ended, also of those that cannot begin because one they need failed.

    Returns:
        How each job ended that did. Jobs are missing only after a stop.

    Raises:
        XtbError: no job can go on (the disk is full or read-only).
    """
    board = Board(jobs={job.job_id: job for job in jobs}, on_end=on_end)
    crew: list[Worker] = []
    effort = Effort(jobs, report)
    workers = workers or crews.default_workers(setting.device)
    gpus = crews.count_gpus(setting.device)
    try:
        while board.waiting or _busy(crew):
            board.check()
            if stop.requested:
                crews.ask_to_stop(crew)
                if not _busy(crew):
                    break
            else:
                _staff(crew, setting, min(workers, len(board.waiting) + _busy(crew)), gpus)
                _hand_out(crew, board)
            for worker in crews.hearing(crew, 0.5):
                _listen(worker, crew, board, effort, stop)
        board.check()
    except KeyboardInterrupt:  # the second Ctrl-C: now
        crews.dismiss(crew, patience=0.0)
        raise
    finally:
        crews.dismiss(crew, patience=_PATIENCE if stop.requested or board.fatal else 10.0)
    return board.ended


def _staff(crew: list[Worker], setting: Setting, wanted: int, gpus: int) -> None:
    while len(crew) < wanted:
        slot = next(n for n in range(len(crew) + 1) if n not in [worker.slot for worker in crew])
        crew.append(crews.start(setting, slot, gpus))


def _hand_out(crew: Sequence[Worker], board: Board) -> None:
    for worker in crew:
        job = board.ready() if worker.job is None else None
        if job is None:
            continue
        try:
            worker.connection.send(job)
        except OSError:  # it died while idle, and will be heard
            continue
        worker.job, worker.share = board.take(job), 0.0


def _listen(worker: Worker, crew: list[Worker], board: Board, effort: Effort, stop: Stop) -> None:
    try:
        while worker.connection.poll():
            message = worker.connection.recv()
            if isinstance(message, Progress):
                worker.share = message.done / message.total if message.total else 0.0
                shares = [(worker.job, worker.share) for worker in crew if worker.job is not None]
                effort.tell(board, shares, message)
            elif worker.job is not None:
                job, worker.job = worker.job, None
                if message.how == "fatal":
                    board.fatal = message.note
                elif message.how != "stopped":
                    board.end(job, message)
    except (EOFError, OSError):
        crew.remove(worker)
        worker.connection.close()
        code = worker.process.wait()
        if worker.job is not None and not stop.requested:
            board.lost(worker.job, f"exit code {code}{', killed' if code == -9 else ''}")


def _busy(crew: Sequence[Worker]) -> int:
    return sum(worker.job is not None for worker in crew)
