"""Exact search of a million candidates: python -m tests.benchmarks.search [CANDIDATES [QUERIES [HIDDEN]]].

Mewsli-X's size by default: 1,003,893 entities, 1,500 queries of a language, 256 dimensions. CPU seconds and
what memory grows by above the vectors themselves, ours in blocks against the plain way: the whole matrix of
similarities and ``argpartition``, measured on the first of the queries that fit in 2 GiB and scaled up.
"""

import resource
import sys
import time

import numpy as np

from xtb.search import nearest

K = 20
ROOM = 2 << 30


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    given = [int(value) for value in sys.argv[1:]]
    candidates, queries, hidden = given + [1_003_893, 1_500, 256][len(given) :]
    rng = np.random.default_rng(0)
    pool = rng.standard_normal((candidates, hidden), dtype=np.float32)
    asked = rng.standard_normal((queries, hidden), dtype=np.float32)
    start, before = peak(), time.process_time()
    found = nearest(asked, pool, K)
    ours, grown = time.process_time() - before, peak() - start
    some = min(queries, ROOM // (candidates * 4))
    before = time.process_time()
    table = asked[:some] @ pool.T
    part = np.argpartition(-table, K, axis=1)[:, :K]
    plain = (time.process_time() - before) * queries / some
    best = np.sort(np.take_along_axis(table, part, 1), axis=1)[:, ::-1]
    assert np.allclose(best, found.similarity[:some], atol=1e-3)
    whole = candidates * queries * 4 / 2**20
    print(f"{queries:,} queries x {candidates:,} candidates x {hidden}, K = {K}; vectors {start:,.0f} MiB")
    print(f"ours                   {ours:6.1f} CPU s, {grown:7,.0f} MiB more")
    print(
        f"matrix + argpartition  {plain:6.1f} CPU s, {whole:7,.0f} MiB more: {plain / ours:.1f} times as long"
    )


if __name__ == "__main__":
    main()
