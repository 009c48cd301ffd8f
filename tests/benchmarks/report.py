"""CPU time of a report page over many scores: python tests/benchmarks/report.py [runs].

Runs of direct, STILTs after two tasks, and multilingual training, 40 an encoder, each with 1,000 scores (20
languages, clean and 49 noisy cells): 5,000 runs make the five million scores that a report should take under
60 s for. Prints seconds of CPU for reading, analysing and writing.
"""

import itertools
import sys
import tempfile
import time
from pathlib import Path

from views import fill  # beside this file

from reports.page import asked, gather, write
from warehouse.connect import open_in_memory
from warehouse.migrate import migrate


def main(runs: int) -> None:
    marks = [("start", time.process_time())]
    with open_in_memory() as con:
        migrate(con)
        fill(con, runs)
        con.execute("update run set intermediate_language = 'en' where intermediate <> 'none'")
        scores = con.execute("select count(*) from score").fetchall()[0][0]
        marks.append(("fill (not counted)", time.process_time()))
        questions = asked(["english_intermediate"])
        data = gather(con, questions)
        marks.append(("read", time.process_time()))
    answers = [one.analyse(one, found) for one, found in zip(questions, data, strict=True)]
    marks.append(("analyse", time.process_time()))
    with tempfile.TemporaryDirectory() as folder:
        pages = write(answers, Path(folder))
        size = sum(path.stat().st_size for path in pages)
    marks.append(("write", time.process_time()))
    print(f"{scores:,} scores; {answers[0].refusal or answers[0].headline}")
    for (_, before), (name, after) in itertools.pairwise(marks):
        print(f"{name:20} {after - before:8.1f} s")
    print(f"{'report':20} {marks[-1][1] - marks[1][1]:8.1f} s, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
