"""CPU time of the views over many scores: python tests/benchmarks/views.py [runs].

Each run has 1,000 scores (20 languages, clean and 49 noisy cells); 1,000 runs make the million that the
views should answer within a second of CPU each.
"""

import sys
import time

from warehouse.connect import Connection, open_in_memory
from warehouse.migrate import migrate

VIEWS = ("run_flat", "robustness", "regime_gap", "coverage", "leaderboard", "difficulty")


def fill(con: Connection, runs: int) -> None:
    """Runs of four regimes, seeds in turn; scores without outcomes."""
    con.execute(
        """
        insert into run by name
        select
            md5(r::varchar)[:16] as run_id, 'xtb' as source, 'e' || (r // 40) as encoder,
            'f' as encoder_fingerprint,
            ['direct', 'stilts', 'multilingual', 'stilts'][r % 4 + 1] as regime,
            ['none', 'mnli', 'none', 'squad'][r % 4 + 1] as intermediate, 'none' as intermediate_language,
            'none' as robust, 'none' as robust_stage, 'xnli' as target, r // 4 % 10 as seed,
            'mini' as data_source, 'trained' as status, now() as started_at
        from range($runs) as t(r)
        """,
        {"runs": runs},
    )
    con.execute(
        """
        insert into stage by name
        select run_id, 0 as position, 'target' as role, 'xnli' as task, 0.8 as dev_score, 0.33 as dev_chance
        from run
        """
    )
    task = "select 'xnli' as task, 'pair' as kind, 'accuracy' as metric, 0.333 as chance"
    con.execute(f"insert into task by name {task}")
    con.execute(
        """
        insert into score by name
        select
            run_id, 'xnli' as task, 'test' as split, 'l' || l as language,
            case when p = 0 then 'clean' else 'p' || ((p - 1) // 5) end as perturbation,
            case when p = 0 then 0 else (p - 1) % 5 + 1 end as severity,
            case when p = 0 then 0 else 1 end as noise_seed,
            'accuracy' as metric, (hash(run_id, l, p) % 1000) / 1000 as value, 1000 as n, 0 as unchanged
        from run, range(20) as a(l), range(50) as b(p)
        """
    )


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with open_in_memory() as con:
        migrate(con)
        fill(con, runs)
        scores = con.execute("select count(*) from score").fetchall()[0][0]
        print(f"{scores:,} scores; CPU seconds, second run")
        for view in VIEWS:
            for _ in range(2):
                before = time.process_time()
                columns = [row[0] for row in con.execute(f"describe {view}").fetchall()]
                hashed = ", ".join(f'"{column}"' for column in columns)
                count = con.execute(f"select count(*), bit_xor(hash({hashed})) from {view}").fetchall()[0][0]
                spent = time.process_time() - before
            print(f"{view:<12} {spent:6.2f}   {count:>10,} rows")


if __name__ == "__main__":
    main()
