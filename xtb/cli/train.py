"""``xtb train``: one encoder through the stages of a regime."""

from typing import Annotated, Any

import typer

from xtb.cli.options import RUNS, WAIT, Data, Json, Runs, Wait


def command(
    target: Annotated[str, typer.Option(help="Task that will be measured. See: xtb names tasks")],
    encoder: Annotated[
        str, typer.Option(help="Folder of a Hugging Face checkpoint, or a model id of the hub.")
    ],
    regime: Annotated[
        str, typer.Option(help="How the encoder is trained. See: xtb names regimes")
    ] = "direct",
    intermediate: Annotated[
        str, typer.Option(help="Intermediate task; several, comma-separated, for multitask.")
    ] = "",
    intermediate_language: Annotated[
        str | None,
        typer.Option(help="Language of the intermediate task: stilts_native; several: stilts_translated."),
    ] = None,
    translator: Annotated[
        str | None,
        typer.Option(
            help="stilts_translated: folder of <language>.parquet (source, translation) or of a seq2seq "
            "checkpoint; without it the data source's translate_train tables."
        ),
    ] = None,
    mlm_rate: Annotated[
        float | None, typer.Option(help="stilts_mlm: chance that a step is one of masked language modelling.")
    ] = None,
    mlm_stage: Annotated[
        str | None, typer.Option(help="stilts_mlm: stages that have it: intermediate, target or both.")
    ] = None,
    mlm_languages: Annotated[
        str, typer.Option(help="stilts_mlm: languages of the text; all of the target by default.")
    ] = "",
    mlm_texts: Annotated[
        int | None, typer.Option(min=1, help="stilts_mlm: most texts of a language.")
    ] = None,
    mixing: Annotated[
        str | None, typer.Option(help="multitask: draw tasks proportional, temperature or uniform.")
    ] = None,
    mixing_cap: Annotated[
        int | None, typer.Option(min=1, help="multitask: count a task's examples up to this number.")
    ] = None,
    mixing_temperature: Annotated[
        float | None, typer.Option(min=1, help="multitask: draw by size to the power of 1 / this.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**31 - 1, help="Seed of heads, order, noise and dropout.")
    ] = 1,
    robust: Annotated[
        str,
        typer.Option(help="none, augment, fgm, pgd, freelb, smart, r3f or consistency, in training."),
    ] = "none",
    robust_stage: Annotated[
        str, typer.Option(help="Where it acts: intermediate, target or both.")
    ] = "target",
    noise: Annotated[str, typer.Option(help="Perturbation that augment and consistency draw.")] = "typo_mix",
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
    accumulation: Annotated[
        int | None, typer.Option(min=1, help="Cut a step's batch into so many parts, one after the other.")
    ] = None,
    schedule: Annotated[
        str | None, typer.Option(help="Learning rate after the warm-up: linear, cosine or constant.")
    ] = None,
    patience: Annotated[
        int | None, typer.Option(min=1, help="End a stage after so many evaluations without improvement.")
    ] = None,
    max_grad_norm: Annotated[
        float | None, typer.Option(min=0, help="Clip gradients to this norm; 0: do not.")
    ] = None,
    lora_rank: Annotated[
        int | None, typer.Option(min=1, help="Train low-rank adapters (LoRA) of this rank.")
    ] = None,
    lora_alpha: Annotated[float | None, typer.Option(min=0, help="LoRA: scale, over the rank.")] = None,
    lora_dropout: Annotated[float | None, typer.Option(min=0, max=1)] = None,
    compiled: Annotated[bool, typer.Option("--compile", help="Compile the encoder with torch.")] = False,
    layer: Annotated[
        int | None,
        typer.Option(min=0, help="Retrieval: hidden state that is pooled. 14 of 24 by default, untrained."),
    ] = None,
    pooling: Annotated[str, typer.Option(help="Retrieval: mean over the tokens, or cls.")] = "mean",
    special_tokens: Annotated[
        bool, typer.Option(help="Retrieval: count the special tokens in the mean, as XTREME does.")
    ] = True,
    precision: Annotated[str, typer.Option(help="fp32, bf16, fp16, or auto: bf16 on a GPU.")] = "auto",
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    threads: Annotated[int, typer.Option(min=1, help="Threads on CPU; their number changes last bits.")] = 1,
    gradient_checkpointing: Annotated[
        bool, typer.Option("--gradient-checkpointing", help="Compute activations twice, to save memory.")
    ] = False,
    tracker: Annotated[
        str | None, typer.Option(help="Send the log to tensorboard, mlflow or wandb too.")
    ] = None,
    keep_last: Annotated[
        bool, typer.Option("--keep-last", help="Keep a stage's last weights beside its best.")
    ] = False,
    save_seconds: Annotated[float, typer.Option(min=0, help="Time between two saved states.")] = 60.0,
    data: Data = None,
    runs: Runs = RUNS,
    wait: Wait = WAIT,
    json: Json = False,
) -> None:
    """Train one encoder through the stages of a regime; killed and started again, it goes on.

    Started by `accelerate launch` or `torchrun`, the processes train together.
    """
    from xtb.cli.work import (
        at_work,
        choice,
        one_line,
        pick_precision,
        print_json,
        run_result,
        split_names,
    )

    with at_work(
        runs,
        data,
        device=device,
        threads=threads,
        save_seconds=save_seconds,
        launched=True,
        recompute=gradient_checkpointing,
        keep_last=keep_last,
        tracker=tracker,
        wait=wait,
    ) as place:
        from xtb.encoderfacts import look_at
        from xtb.fit import train_run
        from xtb.pooling import pooling_of
        from xtb.recipe import Masking, Recipe, Settings, masking, robustness
        from xtb.regimes import run_spec, stages
        from xtb.spec import Mixing, Schedule

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
            mixing=choice("mixing", mixing, Mixing),
            mixing_cap=mixing_cap,
            mixing_temperature=mixing_temperature,
            accumulation=accumulation,
            schedule=choice("schedule", schedule, Schedule),
            patience=patience,
            max_grad_norm=max_grad_norm,
            lora_rank=lora_rank,
            lora_alpha=lora_alpha,
            lora_dropout=lora_dropout,
            compiled=compiled or None,
        )
        usual = Masking()
        asked = (mlm_rate, mlm_stage, mlm_languages or None, mlm_texts)
        way: dict[str, Any] = {
            "language": intermediate_language,
            "robust": robustness(robust, robust_stage, noise, noise_severity, noise_rate),
            "masking": None
            if asked == (None,) * 4
            else masking(
                usual.rate if mlm_rate is None else mlm_rate,
                mlm_stage or usual.stage,
                split_names(mlm_languages),
                mlm_texts or usual.texts,
            ),
            "translator": translator,
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
        writes = place.together.first
    if not writes:
        return
    if json:
        print_json(run_result(found))
    else:
        typer.echo(one_line(found))
