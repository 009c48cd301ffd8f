"""Write ``hanzi.csv``: Chinese characters and their forms in the other script, simplified or traditional.

    python -m ingest.resources.make_hanzi OPENCC

OPENCC is the folder ``opencc/dictionary`` of the package opencc-python-reimplemented 0.1.7, which carries the
dictionaries of the Open Chinese Convert project (Apache License 2.0): ``STCharacters.txt`` and
``TSCharacters.txt``. A simplified character that stands for several traditional ones is left out, since which
of them is right depends on the word; in the other direction the first form is the usual one.
"""

import csv
import sys
from pathlib import Path


def main(folder: Path) -> None:
    """Write the table beside this file."""
    traditional = _read(folder / "STCharacters.txt")
    simplified = _read(folder / "TSCharacters.txt")
    rows = [("Hant", char, forms[0]) for char, forms in sorted(traditional.items()) if len(forms) == 1]
    rows += [("Hans", char, forms[0]) for char, forms in sorted(simplified.items())]
    with (Path(__file__).parent / "hanzi.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["into", "char", "form"])
        out.writerows((into, char, form) for into, char, form in rows if len(char) == 1 and char != form)


def _read(file: Path) -> dict[str, list[str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return {char: forms.split() for char, forms in (line.split("\t") for line in lines if line.strip())}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
