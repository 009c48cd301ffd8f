"""The processes that train one stage together, as ``accelerate launch`` or ``torchrun`` starts them.

The batch of a step is cut into micro-batches; each process takes its share of them, and the gradients are
summed. So a step is the same whatever the number of processes, but for the order in which floating-point
numbers are added. The sum is done here, once a step, and not by torch's wrapper: robust methods go backward
several times in a step, and heads of a mixture take part in some steps only.

The first process writes everything: states, checkpoints, run folders; the others follow its decisions.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch import distributed as dist

from xtb.errors import XtbError
from xtb.place import pick_device
from xtb.sharding import is_sharded

T = TypeVar("T")

_BUCKET = 8_000_000
"""Gradient elements that are summed in one message."""


class Processes:
    """This process among those of its job; ``alone`` for the usual single one.

    Args:
        rank: number of this process, 0 is the first.
        count: number of processes.
        sharded: whether the encoder's layers are spread over them.
    """

    def __init__(self, rank: int = 0, count: int = 1, *, sharded: bool = False) -> None:
        self.rank, self.count, self.sharded = rank, count, sharded
        # Words between processes go over the CPU, so that no GPU is waited for.
        self._words: Any = dist.new_group(backend="gloo") if count > 1 else None

    @property
    def first(self) -> bool:
        """Is this the process that writes?"""
        return self.rank == 0

    def decided(self, value: T) -> T:
        """What the first process says."""
        if self.count == 1:
            return value
        said = [value]
        dist.broadcast_object_list(said, src=0, group=self._words)
        return said[0]

    def anyone(self, wish: bool) -> bool:
        """Does any process wish it?"""
        if self.count == 1:
            return wish
        wishes = torch.tensor([int(wish)])
        dist.all_reduce(wishes, op=dist.ReduceOp.MAX, group=self._words)
        return bool(wishes.item())

    def end(self) -> None:
        """Leave the group; all have to."""
        if self.count > 1:
            dist.barrier(group=self._words)
            self._words = None
            dist.destroy_process_group()

    def mine(self, parts: Sequence[T]) -> list[tuple[int, T]]:
        """This process' share of the parts of a batch, with their numbers."""
        return [(number, part) for number, part in enumerate(parts) if number % self.count == self.rank]

    def sum(self, tensor: Tensor) -> Tensor:
        """The sum over all processes."""
        if self.count > 1:
            dist.all_reduce(tensor)
        return tensor

    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Add up the gradients of all processes, in each of them; sharded ones are means already."""
        if self.count == 1:
            return
        bucket: list[Tensor] = []
        for parameter in parameters:
            if parameter.grad is None:
                continue
            if is_sharded(parameter.grad):
                parameter.grad.mul_(self.count)
                continue
            if bucket and (
                sum(g.numel() for g in bucket) > _BUCKET or bucket[0].dtype != parameter.grad.dtype
            ):
                _sum_bucket(bucket)
                bucket = []
            bucket.append(parameter.grad)
        _sum_bucket(bucket)


def _sum_bucket(gradients: list[Tensor]) -> None:
    if not gradients:
        return
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    parts = torch.split(flat, [gradient.numel() for gradient in gradients])
    for gradient, part in zip(gradients, parts, strict=True):
        gradient.copy_(part.view_as(gradient))


ALONE = Processes()


def join(device: str) -> Processes:
    """This process among those that a launcher started; alone where none did.

    Sharding is asked for as ``accelerate launch --use_fsdp`` does it.

    Args:
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        XtbError: accelerate found other processes than the launcher says there are.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        return ALONE
    from accelerate import PartialState

    state = PartialState(cpu=pick_device(device) == "cpu")
    if state.num_processes != count:
        raise XtbError(f"{count} processes were launched, and {state.num_processes} found each other")
    # Taken away, for xtb.sharding does it: Accelerate's own way asks for a GPU even where none is used.
    wanted = os.environ.pop("ACCELERATE_USE_FSDP", "false").lower() in ("1", "true", "yes")
    return Processes(state.process_index, state.num_processes, sharded=wanted)
