"""The shares of variance in sentences, every number of which is read from the frame."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from reports.answer import Finding
from reports.models import Fit
from reports.published_variance.designs import LANGUAGE, PRIMARY, REST, RUN, TASK, PublishedDesign, Unit
from reports.published_variance.shares import row
from reports.wording import NBSP, count, interval, listing, number, points

_LEADS: Mapping[Unit, str] = {"seed": "Seed", "mix": "Training mix"}


def headline(shares: pl.DataFrame, model: Fit) -> str:
    """The answer in a sentence; ``model`` is that of the primary design."""
    language, run, rest = (row(shares, PRIMARY, one) for one in (LANGUAGE, RUN["seed"], REST["seed"]))
    return (
        f"On WikiANN ({count(model.groups['language'], 'language')}, two encoders, five seeds each) language "
        f"carries {_share(language)} of the variance between scores, the training run {_share(run)}, and "
        f"what a run does in one language only, test noise included, {_share(rest)}."
    )


def findings(shares: pl.DataFrame, designs: Sequence[PublishedDesign]) -> Iterator[Finding]:
    """What the shares say of language, seed, mix and task."""
    yield Finding(lead="Language", text=_across(shares, LANGUAGE, designs))
    for unit, lead in _LEADS.items():
        own = [design for design in designs if design.unit == unit]
        if own:
            across = _across(shares, RUN[unit], own)
            yield Finding(lead=lead, text=f"{across} {_within(shares, own)}")
    tasks = [(design.title, found) for design in designs if (found := row(shares, design, TASK))]
    if tasks:
        told = "; ".join(f"{_share(found)} in {title}" for title, found in tasks)
        yield Finding(
            lead="Task", text=f"Task carries {told}. Three tasks of different metrics tell it only roughly."
        )
    yield Finding(
        lead="What it means for a study",
        text=(
            "A comparison within languages takes the language's share out; what is left is the run's and the "
            "rest's. The run's part does not average out over languages, the rest's does: so runs, not "
            "languages, have to be repeated to make the former small."
        ),
    )


def cautions(fits: Mapping[str, Fit], designs: Sequence[PublishedDesign]) -> Iterator[str]:
    """Reasons to trust the shares less."""
    yield "Encoders are held fixed, so what lies between them is in no share; two say nothing about others."
    yield (
        "Seeds come from one group's scripts and two base-size encoders, five each: the share of the run is "
        "known from ten runs only."
    )
    if any(design.unit == "mix" for design in designs):
        yield (
            "SumEval trains each mix once, so its mixes carry the seed's share too; it names neither its "
            "metric nor its evaluation split."
        )
    for design in designs:
        model = fits[design.name]
        if not model.converged:
            yield f"The model of {design.title} did not converge: do not rely on it."
        elif model.singular:
            yield f"The fit of {design.title} is singular: a variance is estimated as nought."


def _across(shares: pl.DataFrame, source: str, designs: Sequence[PublishedDesign]) -> str:
    """From the smallest to the largest share of a source."""
    told = [(design.title, found) for design in designs if (found := row(shares, design, source))]
    low, high = (choose(told, key=lambda one: one[1]["share"]) for choose in (min, max))
    if low is high:
        return f"It carries {_share(low[1])} in {low[0]}."
    sds = [found["sd"] for _, found in told]
    return (
        f"It carries from {_share(low[1])} ({low[0]}) to {_share(high[1])} ({high[0]}) of the variance; "
        f"standard deviations from {points(min(sds))} to {points(max(sds))} points."
    )


def _within(shares: pl.DataFrame, designs: Sequence[PublishedDesign]) -> str:
    """The run's part of what is left within a language."""
    told = []
    for design in designs:
        run, rest = (row(shares, design, names[design.unit])["share"] for names in (RUN, REST))
        told.append(f"{number(100 * run / (run + rest), 0)}{NBSP}% ({design.title})")
    return f"Within a language its part, common to all languages, is {listing(told)} of what is left."


def _share(found: Mapping[str, float]) -> str:
    return f"{points(found['share'])}{NBSP}% {interval(found['conf_low'], found['conf_high'])}"
