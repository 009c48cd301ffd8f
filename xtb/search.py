"""Exact nearest neighbours by inner product, in blocks, so that a million candidates fit in memory."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

CELLS = 1 << 25
"""Similarities held at once: 128 MiB."""


class Neighbours(NamedTuple):
    """The best candidates of each query, best first: their indices and similarities [queries, k]."""

    candidate: NDArray[np.int64]
    similarity: NDArray[np.float32]


def nearest(
    queries: NDArray[np.float32], candidates: NDArray[np.float32], k: int, *, cells: int = CELLS
) -> Neighbours:
    """The k candidates of highest inner product for each query; of equal ones the earlier.

    Exact: every query meets every candidate. The result does not depend on the block size but for
    ties that rounding makes or breaks.

    Args:
        queries: [queries, hidden].
        candidates: [candidates, hidden]; unit vectors make it cosine similarity.
        k: at most the number of candidates.
        cells: similarities held at once.
    """
    k = min(k, len(candidates))
    queried = torch.from_numpy(np.ascontiguousarray(queries))
    pool = torch.from_numpy(np.ascontiguousarray(candidates))
    rows = max(1, min(len(queries), cells // max(1, min(len(candidates), 1 << 16))))
    width = max(k, cells // rows)
    found = [_search(queried[at : at + rows], pool, k, width) for at in range(0, len(queries), rows)]
    return Neighbours(
        np.concatenate([index for index, _ in found]) if found else np.empty((0, k), np.int64),
        np.concatenate([value for _, value in found]) if found else np.empty((0, k), np.float32),
    )


def _search(
    queries: torch.Tensor, pool: torch.Tensor, k: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    values = queries.new_empty((len(queries), 0))
    index = torch.empty((len(queries), 0), dtype=torch.int64)
    for at in range(0, len(pool), width):
        block = queries @ pool[at : at + width].T
        # Earlier candidates stand before later ones, and the stable sort keeps them so.
        near = _top(block, k)
        values = torch.cat([values, block.gather(1, near)], dim=1)
        index = torch.cat([index, near + at], dim=1)
        order = values.sort(dim=1, descending=True, stable=True).indices[:, :k]
        values, index = values.gather(1, order), index.gather(1, order)
    return index.numpy(), values.numpy()


def _top(block: torch.Tensor, k: int) -> torch.Tensor:
    """Columns of the k highest values of each row, in the order of columns; of equal values the first."""
    if block.shape[1] <= k:
        return torch.arange(block.shape[1]).expand(len(block), -1)
    least = block.topk(k, dim=1).values[:, -1:]
    chosen = block >= least
    if int(chosen.sum()) > k * len(block):  # ties at the edge: topk may take any of them, we want the first
        above = block > least
        equal = block == least
        room = k - above.sum(1, keepdim=True)
        chosen = above | (equal & (equal.cumsum(1) <= room))
    return chosen.nonzero()[:, 1].reshape(len(block), k)
