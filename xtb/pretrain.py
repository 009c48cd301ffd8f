"""Making the small encoder of the built-in benchmark from nothing, once: the result is cached by its recipe.

Every draw is a function of the recipe and the step, so equal recipes give equal weights on one machine's
CPU, also when the work was interrupted: it goes on from its last saved step.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from ingest.mini import MiniSource
from ingest.mini.draws import Draws
from ingest.pins import cache_folder
from xtb import files
from xtb.lock import locked
from xtb.mini.muon import Muon
from xtb.mini.objective import Pretraining
from xtb.mini.parallel import Side, documents, encode, letters, lines
from xtb.mini.recipe import Recipe
from xtb.mini.tokenizer import BEGIN, END, PAD, as_transformers, train_tokenizer
from xtb.progress import Clock, Progress, Report, silent
from xtb.stop import Stop

SAVE_SECONDS = 20.0
_POOL = 16
"""Batches are cut from pools of as many batches, sorted by length inside."""


def folder_of(recipe: Recipe) -> Path:
    """Where the recipe's encoder lies, or will lie."""
    return cache_folder() / "encoders" / f"xtb-mini-{recipe.digest(MiniSource().name)}"


def pretrained(
    recipe: Recipe, *, out: Path | None = None, stop: Stop | None = None, report: Report = silent
) -> Path:
    """The recipe's encoder as a Hugging Face folder, made now unless it is there.

    Args:
        recipe: what to make.
        out: the folder; None for the cache (``$XTB_CACHE``).
        stop: may ask to stop; the step reached is saved.
        report: hears of progress.

    Raises:
        Interrupted: asked to stop.
    """
    folder = out or folder_of(recipe)
    stop = stop or Stop()
    if files.is_complete(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)

    def wait(note: str) -> None:
        report(Progress(work="pretrain", note=note))

    with locked(folder.with_name(f"{folder.name}.lock"), on_wait=wait, check=stop.check):
        if not files.is_complete(folder):
            _make(recipe, folder, stop, report)
    return folder


def _make(recipe: Recipe, folder: Path, stop: Stop, report: Report) -> None:
    report(Progress(work="pretrain", note="writing the corpus, learning pieces"))
    said = documents(recipe)
    tokenizer = train_tokenizer(lines(said[: len(said) // 2]), recipe.vocabulary, letters())
    pairs = encode(said, tokenizer, recipe)
    model = _model(recipe, tokenizer.get_vocab_size())
    partial = folder.with_name(f"{folder.name}.partial.safetensors")
    _train(model, pairs, recipe, partial, stop, report)
    with files.new_folder(folder) as staging:
        model.encoder.save_pretrained(staging)
        as_transformers(tokenizer, recipe.positions - 2).save_pretrained(staging)
        (staging / "README.md").write_text(_card(recipe), encoding="utf-8")
    partial.unlink(missing_ok=True)


def _model(recipe: Recipe, vocabulary: int) -> Pretraining:
    from transformers import XLMRobertaConfig, XLMRobertaModel

    config = XLMRobertaConfig(
        vocab_size=vocabulary,
        hidden_size=recipe.hidden,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        intermediate_size=4 * recipe.hidden,
        max_position_embeddings=recipe.positions,
        type_vocab_size=1,
        bos_token_id=BEGIN,
        pad_token_id=PAD,
        eos_token_id=END,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return Pretraining(XLMRobertaModel(config, add_pooling_layer=False), recipe)


def _train(
    model: Pretraining,
    pairs: Sequence[tuple[Side, Side]],
    recipe: Recipe,
    partial: Path,
    stop: Stop,
    report: Report,
) -> None:
    model.eval()  # no dropout: the model is small and each document is seen once
    batches = _batches(pairs, recipe)
    optimizers = _optimizers(model, recipe)
    first = _resume(partial, model, optimizers)
    clock, saved = Clock(first), time.monotonic()
    for step in range(first, len(batches)):
        for optimizer, peak in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = peak * _schedule(step, len(batches), recipe.warmup)
            optimizer.zero_grad()
        loss = model([pairs[index] for index in batches[step]], recipe, step)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer, _ in optimizers:
            optimizer.step()
        done = step + 1
        left = clock.left(done, len(batches))
        report(
            Progress(
                work="pretrain",
                done=done,
                total=len(batches),
                seconds_left=left,
                note=f"loss {loss.item():.2f}",
            )
        )
        if stop.requested or time.monotonic() - saved > SAVE_SECONDS:
            _save(partial, model, optimizers, done)
            saved = time.monotonic()
            stop.check(f"pretraining is saved at step {done} of {len(batches)}")


Optimizers = list[tuple[torch.optim.Optimizer, float]]


def _optimizers(model: Pretraining, recipe: Recipe) -> Optimizers:
    """Muon (Jordan et al., 2024) for the matrices inside the layers, AdamW for the rest; with peak rates."""
    inside = [p for n, p in model.encoder.named_parameters() if p.ndim == 2 and "embeddings" not in n]
    moved = {id(parameter) for parameter in inside}
    rest = [p for p in model.parameters() if id(p) not in moved]
    groups = [
        {"params": [p for p in rest if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in rest if p.ndim <= 1], "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98), eps=1e-6, fused=True)
    muon = Muon(inside, lr=recipe.matrix_rate, weight_decay=recipe.weight_decay)
    return [(adamw, recipe.rate), (muon, recipe.matrix_rate)]


def _schedule(step: int, total: int, warmup: float) -> float:
    """Share of the peak rate: a linear rise, times a linear fall to 0."""
    return min(1.0, (step + 1) / max(1.0, total * warmup)) * (1 - step / total)


def _batches(pairs: Sequence[tuple[Side, Side]], recipe: Recipe) -> list[list[int]]:
    """Indices of each step's documents: about equally long within a step, in random order."""

    def length(index: int) -> int:
        return len(pairs[index][0].ids) + len(pairs[index][1].ids)

    found = []
    pool = recipe.batch * _POOL
    for start in range(0, len(pairs), pool):
        order = sorted(range(start, min(start + pool, len(pairs))), key=length)
        some = [order[at : at + recipe.batch] for at in range(0, len(order), recipe.batch)]
        found += Draws("pretrain", "order", recipe.seed, start).shuffled(some)
    return found


def _state(model: Pretraining, optimizers: Optimizers) -> dict[str, Tensor]:
    """Weights and the optimisers' memory by name; the tensors themselves, not copies."""
    found = {f"model/{name}": parameter.data for name, parameter in model.named_parameters()}
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    for number, (optimizer, _) in enumerate(optimizers):
        for parameter, memory in optimizer.state.items():
            for quantity, value in memory.items():
                found[f"optimizer/{number}/{quantity}/{names[id(parameter)]}"] = value
    return found


def _save(path: Path, model: Pretraining, optimizers: Optimizers, step: int) -> None:
    tensors = {name: tensor.contiguous() for name, tensor in _state(model, optimizers).items()}
    files.write_file(path, save({**tensors, "step": torch.tensor(step)}))


def _resume(path: Path, model: Pretraining, optimizers: Optimizers) -> int:
    """Put back what was saved. Returns the number of steps done."""
    if not path.is_file():
        return 0
    tensors: dict[str, Tensor] = load(path.read_bytes())
    parameters: dict[str, Any] = dict(model.named_parameters())
    with torch.no_grad():
        for name, tensor in tensors.items():
            kind, _, rest = name.partition("/")
            if kind == "model":
                parameters[rest].copy_(tensor)
            elif kind == "optimizer":
                number, quantity, parameter = rest.split("/", 2)
                optimizers[int(number)][0].state[parameters[parameter]][quantity] = tensor.clone()
    return int(tensors["step"].item())


def _card(recipe: Recipe) -> str:
    return (
        "---\nlibrary_name: transformers\ntags: [synthetic, xtb]\n---\n\n# xtb mini encoder\n\n"
        "Made by `xtb pretrain` from generated text in eight synthetic languages.\n"
        "It knows no real language: do not use it for anything else.\n\n"
        f"```\n{recipe}\n```\n"
    )
