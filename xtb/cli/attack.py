"""``xtb attack``: search for texts that fool a trained run."""

from pathlib import Path
from typing import Annotated, Any

import typer

from xtb.cli.options import RUNS, Data, Json, Runs


def command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Run id, the beginning of one, or a run folder.")],
    attack: Annotated[
        list[str] | None,
        typer.Option("--attack", "-a", help="Attacks, comma-separated. See: xtb names attacks"),
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option(help="Tasks, comma-separated. The run's target by default.")
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Split of the tasks. test by default, else validation.")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language", "-l", help="Language codes, comma-separated. All of the split by default."
        ),
    ] = None,
    budget: Annotated[int, typer.Option(min=1, help="Most forward examples per example.")] = 500,
    limit: Annotated[int | None, typer.Option(min=1, help="Examples of a language, a stable sample.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the attack's draws.")] = 0,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting or constraint; may be repeated."),
    ] = None,
    similarity: Annotated[
        str | None, typer.Option(help="Frozen encoder that judges how alike texts are; not the victim.")
    ] = None,
    mlm: Annotated[
        str | None, typer.Option(help="Masked language model of mlm_substitute; not the victim.")
    ] = None,
    translator: Annotated[
        str | None,
        typer.Option(
            help="bumblebee mixes in translations by this model or folder, not the task's. As in xtb train."
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Also write the adversarial texts to this Parquet file.")
    ] = None,
    replay: Annotated[
        str | None,
        typer.Option(help="Score texts made before: a file of --save, or the run they were made against."),
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    threads: Annotated[int, typer.Option(min=1, help="Threads on CPU.")] = 1,
    data: Data = None,
    runs: Runs = RUNS,
    json: Json = False,
) -> None:
    """Attack a trained run; what is done is not repeated, and a killed attack goes on."""
    from xtb.adversarial.order import Order
    from xtb.adversarial.results import check_folder, scored, write_texts
    from xtb.cli.work import at_work, print_json, split_names
    from xtb.run import find_run

    if save is not None:
        check_folder(save)
    found = find_run(runs, run)
    runs = found.folder.parent
    if data is None and found.spec.data_source.startswith("mini"):
        data = Path("mini")
    order = Order(
        attacks=split_names(attack),
        tasks=split_names(task) or (found.spec.target,),
        split=split,
        languages=split_names(language) or None,
        budget=budget,
        limit=limit,
        seed=seed,
        given=tuple(set_ or ()),
        similarity=similarity,
        mlm=mlm,
        translator=translator,
    )
    with at_work(runs, data, device=device, threads=threads) as place:
        from xtb.adversarial.onslaught import attack_run
        from xtb.adversarial.order import assaults
        from xtb.adversarial.replay import read_texts, replay_run

        if replay is not None:
            texts = read_texts(replay, runs, order)
            cells = [one.cell for one in texts]
            done = replay_run(found, texts, place)
        else:
            wanted = assaults(order, found, place)
            cells = [one.cell for one in wanted]
            done = attack_run(found, wanted, place)
    if save is not None:
        write_texts(save, found, cells)
    result = scored(found, cells)
    if json:
        print_json(
            {
                "run_id": found.run_id,
                "folder": str(found.folder),
                "attacks": done.asked,
                "done_before": done.before,
                "done_now": done.now,
                "results": result,
            }
        )
        return
    counts = f"{done.asked} attacks: {done.now} done now, {done.before} were there"
    typer.echo(f"{found.run_id}  {found.folder}  {counts}")
    for row in result:
        typer.echo(_line(row))


def _line(row: dict[str, Any]) -> str:
    """One attack in a line."""
    name = f"  {row['language']:5} {row['attack']}"
    if row.get("error"):
        return f"{name}: {row['error']}"
    if "radius" in row:
        right = f"{row['clean_right']} right clean"
        return f"{name} radius {row['radius']:g}: {row['fooled']} of {right}, loss {row['loss']:.3f}"
    rate = "-" if row["attack_success_rate"] is None else f"{row['attack_success_rate']:.1%}"
    robust = "-" if row["robust_accuracy"] is None else f"{row['robust_accuracy']:.1%}"
    queries = "" if row["median_queries"] is None else f", median {row['median_queries']:.0f} queries"
    return (
        f"{name}: success {rate} ({row['verified']} of {row['clean_right']} right clean),"
        f" robust accuracy {robust} of {row['n']}{queries}"
    )
