"""``xtb train``: one encoder through the stages of a regime."""

from typing import Annotated, Any

import typer

from xtb.cli.options import RUNS, Data, Json, Runs


def command(
    target: Annotated[str, typer.Option(help="Task that will be measured. See: xtb names tasks")],
    encoder: Annotated[
        str, typer.Option(help="Folder of a Hugging Face checkpoint, or a model id of the hub.")
    ],
    regime: Annotated[
        str, typer.Option(help="direct, stilts, multitask, stilts_native or multilingual.")
    ] = "direct",
    intermediate: Annotated[
        str, typer.Option(help="Intermediate task; several, comma-separated, for multitask.")
    ] = "",
    intermediate_language: Annotated[
        str | None, typer.Option(help="Language of the intermediate task, for stilts_native.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of heads, order, noise and dropout.")] = 1,
    robust: Annotated[
        str, typer.Option(help="Training-time robustness: none, augment, fgm, pgd, freelb, smart or r3f.")
    ] = "none",
    robust_stage: Annotated[
        str, typer.Option(help="Where it acts: intermediate, target or both.")
    ] = "target",
    noise: Annotated[str, typer.Option(help="Perturbation that augment draws.")] = "typo_mix",
    noise_severity: Annotated[int, typer.Option(min=1, max=5)] = 2,
    noise_rate: Annotated[float, typer.Option(help="Share of examples made noisy in each epoch.")] = 0.5,
    limit: Annotated[int | None, typer.Option(min=1, help="Training examples of each stage.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Optimiser steps, instead of epochs.")] = None,
    epochs: Annotated[float | None, typer.Option(min=0)] = None,
    lr: Annotated[float | None, typer.Option(min=0, help="Learning rate.")] = None,
    batch_tokens: Annotated[
        int | None, typer.Option(min=1, help="Subword tokens of a step, padding counted.")
    ] = None,
    max_length: Annotated[int | None, typer.Option(min=8, help="Subword tokens of an example.")] = None,
    warmup: Annotated[float | None, typer.Option(min=0, max=1, help="Share of the steps.")] = None,
    weight_decay: Annotated[float | None, typer.Option(min=0)] = None,
    evaluations: Annotated[
        int | None, typer.Option(min=0, help="Dev evaluations of a stage; the best weights are kept.")
    ] = None,
    dev_limit: Annotated[int | None, typer.Option(min=1, help="Dev examples of an evaluation.")] = None,
    layer: Annotated[
        int | None,
        typer.Option(min=0, help="Retrieval: hidden state that is pooled. 14 of 24 by default, untrained."),
    ] = None,
    pooling: Annotated[str, typer.Option(help="Retrieval: mean over the tokens, or cls.")] = "mean",
    special_tokens: Annotated[
        bool, typer.Option(help="Retrieval: count the special tokens in the mean, as XTREME does.")
    ] = True,
    precision: Annotated[str, typer.Option(help="fp32, bf16, or auto: bf16 on a GPU.")] = "auto",
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    threads: Annotated[int, typer.Option(min=1, help="Threads on CPU; their number changes last bits.")] = 1,
    save_seconds: Annotated[float, typer.Option(min=0, help="Time between two saved states.")] = 60.0,
    data: Data = None,
    runs: Runs = RUNS,
    json: Json = False,
) -> None:
    """Train one encoder through the stages of a regime; killed and started again, it goes on."""
    from xtb.cli.work import at_work, one_line, pick_precision, print_json, run_result, split_names

    with at_work(runs, data, device=device, threads=threads, save_seconds=save_seconds) as place:
        from xtb.encoderfacts import look_at
        from xtb.fit import train_run
        from xtb.pooling import pooling_of
        from xtb.recipe import Recipe, Settings, robustness
        from xtb.regimes import run_spec, stages

        settings = Settings(
            limit=limit,
            steps=steps,
            epochs=epochs,
            learning_rate=lr,
            batch_tokens=batch_tokens,
            max_length=max_length,
            warmup=warmup,
            weight_decay=weight_decay,
            evaluations=evaluations,
            dev_limit=dev_limit,
            precision=pick_precision(precision, device),
        )
        way: dict[str, Any] = {
            "language": intermediate_language,
            "robust": robustness(robust, robust_stage, noise, noise_severity, noise_rate),
            "recipe": Recipe(everywhere=settings),
        }
        first = split_names(intermediate)
        stages(regime, target, first, **way)  # a wrong name is told before the encoder is read
        spec = run_spec(
            regime,
            target,
            first,
            encoder=look_at(encoder),
            data_source=place.source.name,
            seed=seed,
            **way,
            pooling=pooling_of(layer, pooling, special_tokens),
        )
        found = train_run(spec, encoder, place)
    if json:
        print_json(run_result(found))
    else:
        typer.echo(one_line(found))
