"""Write ``ocr.csv``: what Tesseract 3 read in place of a letter, with counts.

    python -m ingest.resources.make_ocr CMX

CMX is ``resources/cmx/tesseract3-RS.cmx`` of github.com/mnamysl/nat-acl2020 at c3871dc (Namysl et al. 2020),
a matrix with a row for each original character and a column for each recognised one. Blanks and
digits as outcomes are left out, since they would make other words and numbers; so are outcomes that
make up less than 1 % of a letter's errors. Licence: see ``ingest/resources/README.md``.
"""

import csv
import sys
from pathlib import Path

LEAST = 0.01


def main(matrix: Path) -> None:
    """Write the table beside this file."""
    header, *rows = matrix.read_text("utf-8").splitlines()
    names = ["" if name == "(NULL)" else name[1:-1] for name in header.split(" ") if name]
    with (Path(__file__).parent / "ocr.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["letter", "read", "count"])
        for name, row in zip(names, rows, strict=False):
            counts = {
                read: int(count)
                for read, count in zip(names, row.split(), strict=True)
                if read != name and read != "WS" and not read.isdigit()
            }
            if len(name) == 1 and name.isalpha():
                least = LEAST * sum(counts.values())
                likely = [item for item in counts.items() if item[1] >= max(least, 5)]
                likely.sort(key=lambda item: -item[1])
                out.writerows([name, read, count] for read, count in likely)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
