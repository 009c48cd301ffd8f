"""Mixed models against lme4, mixedlm and statsmodels: CPU seconds of the fit alone, all in one run.

    python tests/benchmarks/mixed_models.py                 # 1e4 and 1e5 rows
    python tests/benchmarks/mixed_models.py --rows 1000000  # lme4 takes minutes
    python tests/benchmarks/mixed_models.py --only binomial --limit 3600

Every program fits the same table in a process of its own with one thread; reading the data and starting up
are not counted. What is not installed (R with lme4: ``apt install r-cran-lme4``) is left out, what passes the
limit is shown as more than it. The ratio is theirs over ours; the last column compares what each made of the
likelihood.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

SCORES = "score ~ regime * perturbation * severity + (1 | language) + (1 | task) + (1 | run)"
ITEMS = "correct ~ regime * perturbation + (1 | item) + (1 | language) + (1 | run)"
CELLS = "correct ~ regime * perturbation + (1 | language) + (1 | run)"

OURS = """
import json, resource, sys, polars as pl
from reports.models import fit
warm = pl.DataFrame({"y": [(i * i * 7919) % 13 for i in range(40)], "x": [i % 5 for i in range(40)]})
fit("y ~ x + (1 | g)", warm.with_columns(g=pl.int_range(40) % 4))
data = pl.read_parquet(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF)
model = fit(sys.argv[2], data, family=sys.argv[3])
after = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, model.criterion]))
"""
MIXEDLM = """
import json, resource, sys, mixedlm, polars as pl
data = pl.read_parquet(sys.argv[1]).to_pandas()
before = resource.getrusage(resource.RUSAGE_SELF)
if sys.argv[3] == "gaussian":
    model = mixedlm.lmer(sys.argv[2], data)
    criterion = float(model.deviance)
else:
    model = mixedlm.glmer(sys.argv[2], data, family=mixedlm.families.Binomial())
    criterion = float(model.deviance)
after = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, criterion]))
"""
STATSMODELS = """
import json, re, resource, sys, polars as pl
import statsmodels.formula.api as smf
data = pl.read_parquet(sys.argv[1]).to_pandas()
data["all"] = 1
fixed = sys.argv[2].split(" + (")[0]
groups = re.findall(r"\\| (\\w+)\\)", sys.argv[2])
before = resource.getrusage(resource.RUSAGE_SELF)
model = smf.mixedlm(fixed, data, groups="all", re_formula="0", vc_formula={g: f"0 + C({g})" for g in groups})
found = model.fit(reml=True)
after = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, -2 *
float(found.llf)]))
"""
LME4 = """
suppressPackageStartupMessages(library(lme4))
a <- commandArgs(TRUE)
d <- read.csv(a[1], stringsAsFactors = TRUE)
t0 <- proc.time()
m <- if (a[3] == "gaussian") lmer(as.formula(a[2]), d, control = lmerControl(calc.derivs = FALSE)) else
  glmer(as.formula(a[2]), d, family = binomial, control = glmerControl(calc.derivs = FALSE))
t1 <- proc.time() - t0
crit <- if (a[3] == "gaussian") REMLcrit(m) else -2 * as.numeric(logLik(m))
cat(sprintf("[%f, %.10f]", t1[["user.self"]] + t1[["sys.self"]], crit))
"""


def scores(n: int, rng: np.random.Generator) -> pl.DataFrame:
    """A score table: 40 languages, 9 tasks, 30 runs, 4 perturbations at severities 0 to 4."""
    language, task, run = rng.integers(0, 40, n), rng.integers(0, 9, n), rng.integers(0, 30, n)
    perturbation, severity, regime = rng.integers(0, 4, n), rng.integers(0, 5, n), run % 2
    value = 60 + 1.5 * regime - 2 * perturbation - 1.5 * severity + rng.normal(0, 3, n)
    value += rng.normal(0, 6, 40)[language] + rng.normal(0, 5, 9)[task] + rng.normal(0, 1, 30)[run]
    return pl.DataFrame(
        {
            "score": value,
            "regime": np.array(["direct", "stilts"])[regime],
            "perturbation": np.array(["clean", "homoglyph", "swap", "typo"])[perturbation],
            "severity": severity.astype(float),
            "language": np.char.add("l", language.astype(str)),
            "task": np.char.add("t", task.astype(str)),
            "run": np.char.add("r", run.astype(str)),
        }
    )


def items(n: int, rng: np.random.Generator) -> pl.DataFrame:
    """Single predictions: n / 100 items in 20 languages by 10 runs under 3 perturbations."""
    count = max(200, n // 100)
    language, item, run = rng.integers(0, 20, n), rng.integers(0, count, n), rng.integers(0, 10, n)
    perturbation, regime = rng.integers(0, 3, n), run % 2
    eta = 1.2 + 0.3 * regime - 0.5 * perturbation + rng.normal(0, 1, count)[item]
    eta += rng.normal(0, 0.4, 20)[language] + rng.normal(0, 0.15, 10)[run]
    return pl.DataFrame(
        {
            "correct": (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float),
            "regime": np.array(["direct", "stilts"])[regime],
            "perturbation": np.array(["clean", "swap", "typo"])[perturbation],
            "language": np.char.add("l", language.astype(str)),
            "item": np.char.add("i", item.astype(str)),
            "run": np.char.add("r", run.astype(str)),
        }
    )


CASES = {
    "scores": (scores, SCORES, "gaussian"),
    "binomial items": (items, ITEMS, "binomial"),
    "binomial cells": (items, CELLS, "binomial"),
}


def measure(program: str, data: Path, formula: str, family: str, limit: float) -> tuple[float, float] | str:
    """CPU seconds and criterion, or why there are none."""
    environment = os.environ | dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
    )
    if program == "lme4":
        if shutil.which("Rscript") is None:
            return "no R here"
        command = ["Rscript", "-e", LME4, str(data.with_suffix(".csv")), formula, family]
    else:
        code = {"xtb": OURS, "mixedlm": MIXEDLM, "statsmodels": STATSMODELS}[program]
        command = [sys.executable, "-c", code, str(data.with_suffix(".parquet")), formula, family]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return f"more than {limit:.0f} s"
    if done.returncode or not done.stdout.strip().startswith("["):
        return "failed: " + (done.stderr.strip().splitlines() or ["no output"])[-1][:60]
    seconds, criterion = json.loads(done.stdout.strip().splitlines()[-1])
    return float(seconds), float(criterion)


def main() -> None:
    """Print one line per program, size and case."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--programs", nargs="+", default=["xtb", "mixedlm", "lme4", "statsmodels"])
    parser.add_argument("--limit", type=float, default=600.0, help="seconds a program may take")
    given = parser.parse_args()
    print(f"{'case':16}{'rows':>9}  {'program':12}{'CPU s':>9}{'ratio':>9}  criterion - ours")
    for name, (make, formula, family) in CASES.items():
        for n in given.rows if given.only in name else []:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "data"
                data = make(n, np.random.default_rng(0))
                data.write_parquet(path.with_suffix(".parquet"))
                data.write_csv(path.with_suffix(".csv"))
                base = (float("nan"), float("nan"))
                for program in given.programs:
                    if program == "statsmodels" and family == "binomial":
                        continue
                    found = measure(program, path, formula, family, given.limit)
                    if isinstance(found, str):
                        print(f"{name:16}{n:>9}  {program:12}{found}", flush=True)
                        continue
                    base = found if program == "xtb" else base
                    difference = "" if program == "xtb" else f"{found[1] - base[1]:+.2e}"
                    ratio = found[0] / base[0]
                    print(
                        f"{name:16}{n:>9}  {program:12}{found[0]:9.3f}{ratio:9.1f}  {difference}", flush=True
                    )


if __name__ == "__main__":
    main()
