"""The table of languages: complete for the benchmarks, and equal to the sources at hand."""

from pathlib import Path

import polars as pl
import pytest

from ingest import catalog
from ingest.language import languages
from warehouse.dimensions import LANGUAGE
from warehouse.errors import UnknownName

FIFTY = (
    "af ar az bg bn de el en es et eu fa fi fr gu he hi ht hu id it ja jv ka kk ko lt ml mr ms my nl pa pl "
    "pt qu ro ru sw ta te th tl tr uk ur vi wo yo zh"
)
XTREME_R = FIFTY.split()


def test_the_fifty_languages_of_xtreme_r_are_there() -> None:
    assert len(XTREME_R) == 50
    real = [code for code, language in languages().items() if not language.synthetic]
    assert set(real) == {*XTREME_R, "sv"}  # Swedish is in PUD


def test_every_language_of_every_task_is_there() -> None:
    used = {code for name in catalog.task_names() for code in catalog.task(name).languages}
    assert used <= set(catalog.language_codes())


def test_a_row_has_the_columns_of_the_warehouse() -> None:
    assert list(languages()["de"].row()) == list(LANGUAGE.columns)


def test_facts() -> None:
    german, english, thai = (languages()[code] for code in ("de", "en", "th"))
    assert (german.iso639_3, german.script, german.family, german.genus) == (
        "deu",
        "Latn",
        "Indo-European",
        "Germanic",
    )
    assert english.syntax_distance_en == english.geo_distance_en_km == 0
    assert english.cc100_gib == 300.8  # Conneau et al. 2020, table 6
    assert thai.script == "Thai"
    assert languages()["yo"].cc100_gib is None  # Yoruba is not in CC-100


def test_invented_languages_are_marked() -> None:
    invented = [language for language in languages().values() if language.synthetic]
    assert len(invented) >= 7
    assert all("qaa" <= language.iso639_3 <= "qtz" for language in invented)


def test_an_unknown_language_gets_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"unknown language 'dee'\. Did you mean 'de'\?"):
        catalog.language("dee")


@pytest.mark.real_data
def test_the_table_agrees_with_one_made_elsewhere(mirror: Path) -> None:
    """Made by other code from the same sources: distances to 1e-4, kilometres to 1, sizes exactly."""
    theirs = pl.read_parquet(mirror / "typology" / "languages.parquet")
    ours = pl.DataFrame([language.row() for language in languages().values()], schema=LANGUAGE.schema)
    both = ours.filter(~pl.col("synthetic")).join(theirs, on="code", suffix="_theirs")
    assert both.height == 51
    for column in ("syntax", "phonology", "inventory"):
        difference = pl.col(f"{column}_distance_en") - pl.col(f"uriel_{column}_distance_en")
        assert both.select(difference.abs().max()).item() < 1e-4
    kilometres = (pl.col("geo_distance_en_km") - pl.col("geo_distance_en_km_theirs")).abs()
    assert both.select(kilometres.max()).item() < 1
    assert (
        both.filter(
            pl.col("cc100_gib").round(1).ne_missing(pl.col("cc100_gib_theirs").cast(pl.Float64).round(1))
        ).height
        == 0
    )
    assert both.filter(pl.col("genus") != pl.col("genus_wals")).height == 0
    assert both.filter(pl.col("iso639_3") != pl.col("iso639_3_theirs")).height == 0
