"""What each figure shows, in words computed from its frame."""

import polars as pl

from reports.wording import NBSP, count, interval, listing, number, points


def severity(frame: pl.DataFrame) -> str:
    """From clean to the highest severity: how far each regime falls, and where most."""
    pooled = frame.filter(pl.col("language") == "all")
    top = int(str(pooled["severity"].max()))
    told = []
    for regime in pooled["regime"].unique(maintain_order=True):
        own = pooled.filter(pl.col("regime") == regime)
        start = own.filter(pl.col("severity") == 0)["estimate"].mean()
        ends = own.filter(pl.col("severity") == pl.col("severity").max().over("perturbation"))
        end = ends["estimate"].mean()
        worst = ends.sort("estimate").row(0, named=True)
        told.append(
            f"{regime} falls from {points(_float(start))}{NBSP}% to {points(_float(end))}{NBSP}%, lowest "
            f"under {worst['perturbation']} ({points(worst['estimate'])}{NBSP}%)"
        )
    return (
        f"From clean to the highest severity ({top}), averaged over perturbations: {'; '.join(told)}. Bands "
        "are 95 % intervals over training runs."
    )


def forest(frame: pl.DataFrame, treatment: str, reference: str) -> str:
    """The pooled difference, and how many of its parts lie on either side of nought."""
    pooled = frame.filter("pooled").row(0, named=True)
    parts = frame.filter(~pl.col("pooled"))
    told = (
        f"The diamond is the pooled difference, {points(pooled['estimate'], signed=True)} points "
        f"{interval(pooled['conf_low'], pooled['conf_high'])}; to the right {treatment} does better than "
        f"{reference}."
    )
    if parts.height:
        above = parts.filter(pl.col("estimate") > 0).height
        sure = parts.filter(pl.col("p_adjusted") < 0.05).height
        told += (
            f" Of its {parts.height} parts, {above} lie above nought and {sure} "
            f"{'is' if sure == 1 else 'are'} significant after Holm's correction. Intervals are not adjusted."
        )
    return told


def languages(frame: pl.DataFrame) -> str:
    """Which language loses most and least under each regime."""
    told = []
    for regime in frame["regime"].unique(maintain_order=True):
        own = frame.filter(pl.col("regime") == regime).sort("estimate")
        low, high = own.row(0, named=True), own.row(-1, named=True)
        told.append(
            f"{regime} changes most in {low['name']} ({points(low['estimate'], signed=True)} points) and "
            f"least in {high['name']} ({points(high['estimate'], signed=True)})"
        )
    return f"Under perturbation, {'; '.join(told)}. Lines are 95 % intervals over training runs."


def language_gaps(frame: pl.DataFrame) -> str:
    """In how many languages the treatment does better, and for how many that is sure."""
    up = frame.filter(pl.col("estimate") > 0).height
    sure = frame.filter(pl.col("p_adjusted") < 0.05)["name"].to_list()
    stands = listing(sure) if sure else "none of them"
    return (
        f"The difference is above nought in {up} of {count(frame.height, 'language')}; "
        f"after Holm's correction it stands in {stands}."
    )


def drops(frame: pl.DataFrame) -> str:
    """The dearest and the cheapest tile."""
    ranked = frame.sort("drop")
    low, high = ranked.row(0, named=True), ranked.row(-1, named=True)
    kinds = (
        frame.group_by("perturbation")
        .agg(pl.col("drop").mean())
        .sort("drop", "perturbation", descending=[True, False])
    )
    return (
        f"{kinds['perturbation'][0]} costs most on average ({points(kinds['drop'][0])} points). The dearest "
        f"tile is {high['perturbation']} in {high['name']} under {high['regime']} ({points(high['drop'])}), "
        f"the cheapest {low['perturbation']} in {low['name']} under {low['regime']} ({points(low['drop'])})."
    )


def slopes(frame: pl.DataFrame) -> str:
    """By task, how much is lost from clean to perturbed."""
    wide = frame.pivot(on="condition", index=["task", "regime", "language"], values="value")
    means = (
        wide.group_by("task", "regime", maintain_order=True)
        .agg((pl.col("perturbed") - pl.col("clean")).mean().alias("change"))
        .sort("task", "regime")
    )
    told = []
    for (task,), part in means.group_by("task", maintain_order=True):
        changes = [f"{regime} {points(change, signed=True)}" for _, regime, change in part.iter_rows()]
        told.append(f"{task} {listing(changes)}")
    return f"One line a language. Mean change in points: {'; '.join(told)}."


def effective(points_frame: pl.DataFrame, line: pl.DataFrame, reference: str) -> str:
    """How many of each regime's runs lie above the line of the reference."""
    start, end = line.row(0, named=True), line.row(1, named=True)
    reach = end["clean"] - start["clean"]
    slope = (end["perturbed"] - start["perturbed"]) / reach if reach else 0.0
    above = points_frame.with_columns(
        above=pl.col("perturbed") > start["perturbed"] + slope * (pl.col("clean") - start["clean"])
    )
    shares = above.group_by("regime", maintain_order=True).agg(pl.col("above").mean())
    told = [f"{share:.0%} of {regime}" for regime, share in shares.iter_rows()]
    return (
        f"One mark per run, task and language. The dashed line is fitted to {reference} (slope "
        f"{number(slope, 2)}): above it, a model is more robust than its clean score foretells. Above the "
        f"line: {listing(told)}."
    )


def coverage(frame: pl.DataFrame) -> str:
    """How complete the scores are."""
    have, expected = int(frame["scores"].sum()), int(frame["expected"].sum())
    gaps = frame.filter(pl.col("share") < 1).height
    told = f"{have:,} of {expected:,} expected scores are there. "
    return (
        told
        + (
            f"{count(gaps, 'tile')} of {frame.height} {'is' if gaps == 1 else 'are'} incomplete."
            if gaps
            else "No tile is incomplete."
        )
        + " The number in a tile counts runs."
    )


def variance(frame: pl.DataFrame) -> str:
    """The largest sources."""
    told = [f"{row['source']} {row['share']:.0%}" for row in frame.head(3).to_dicts()]
    return f"Largest sources of variance in the primary model: {listing(told)}."


def sensitivity(frame: pl.DataFrame, primary: float) -> str:
    """How far other choices move the answer."""
    same = frame.filter((pl.col("unit") == "points") & pl.col("estimate").is_not_null())
    low, high = _float(same["estimate"].min()), _float(same["estimate"].max())
    turned = same.filter(pl.col("estimate") * primary < 0)["term"].to_list()
    told = (
        f"Under {same.height} other choices the difference lies between {points(low, signed=True)} and "
        f"{points(high, signed=True)} points; "
    )
    return told + (f"its sign turns for {listing(turned, limit=4)}." if turned else "its sign never turns.")


def distance(frame: pl.DataFrame) -> str:
    """Does the difference go with the distance from English?"""
    r = frame.select(pl.corr("distance", "estimate")).item()
    direction = "larger" if r > 0 else "smaller"
    return (
        f"Across {count(frame.height, 'language')} the difference tends to be {direction} the farther a "
        f"language's syntax is from English (correlation {number(r, 2)}; descriptive, no test)."
    )


def _float(value: object) -> float:
    return float(str(value)) if value is not None else float("nan")
