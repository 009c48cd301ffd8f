"""``xtb candidates``: words of a masked language model, for the perturbation ``synonym_mlm``."""

from pathlib import Path
from typing import Annotated

import typer

from xtb.cli.options import Data, Json


def command(
    task: Annotated[str, typer.Argument(metavar="TASK", help="Whose texts. See: xtb names tasks")],
    model: Annotated[
        str, typer.Option("--model", "-m", help="A masked language model: a folder or a hub id.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the tables; $XTB_CANDIDATES names it.")],
    language: Annotated[
        list[str] | None,
        typer.Option(
            "--language", "-l", help="Language codes, comma-separated. All of the split by default."
        ),
    ] = None,
    split: Annotated[str, typer.Option(help="Split of the task.")] = "test",
    limit: Annotated[int | None, typer.Option(min=1, help="Examples a language, a stable sample.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Words to keep for a place.")] = 8,
    batch: Annotated[int, typer.Option(min=1, help="Places in one forward pass.")] = 32,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    data: Data = None,
    json: Json = False,
) -> None:
    """Let a fixed model propose other words for the words of a task's texts: one forward pass a word."""
    from ingest import catalog
    from ingest.source import open_source
    from ingest.task import take
    from warehouse.errors import UnknownName
    from xtb.cli.work import check_device, print_json, split_names

    check_device(device)
    found = catalog.task(task)
    source = open_source(data)
    there = found.available(source, split)
    languages = split_names(language) or there
    for code in languages:
        if code not in there:
            raise UnknownName(f"language of '{task}' {split}", code, there, "xtb names tasks")

    from xtb.candidates import noisy_texts, open_proposer, write

    name, proposer = open_proposer(model, device=device, top=top)
    written = []
    for code in languages:
        texts = noisy_texts(take(found.read(source, split, code), limit))
        words = write(out, code, name, proposer, texts, batch)
        written.append({"language": code, "file": str(out / f"{code}.parquet"), "words": words})
        if not json:
            typer.echo(f"{out / f'{code}.parquet'}: other words for {words} words")
    if json:
        print_json({"task": task, "model": name, "tables": written})
