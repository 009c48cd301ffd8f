"""The fixed contract of ``xtb analyze``, from the outside."""

import json
import math
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from tests.reports.models.golden import load
from tests.reports.synthetic import Truth, warehouse
from warehouse.connect import open_for_writing
from warehouse.errors import KnownError
from warehouse.migrate import migrate
from xtb.cli.main import command_line

TRUTH = Truth(languages=("en", "de", "sw", "ru"), perturbations=("typo_mix",), severities=(3,))
CONTRACT = {
    "fixed",
    "varcomp",
    "sigma",
    "logLik",
    "criterion",
    "AIC",
    "BIC",
    "n",
    "converged",
    "singular",
    "warnings",
    "emmeans",
    "contrasts",
}
FIXED = ["term", "estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]
VARCOMP = ["group", "term1", "term2", "variance_or_covariance", "sd_or_corr"]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command_line(), ["analyze", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "scores.csv"
    load("scores_slopes_missing").data.write_csv(path)
    return path


FORMULA = "score ~ regime * perturbation + (1 + regime | language) + (1 | task) + (1 | run)"


def test_the_document_has_the_fixed_contract_at_full_precision(scores):
    found = json.loads(run("--formula", FORMULA, "--data", str(scores), "--json"))
    theirs = load("scores_slopes_missing").json
    assert set(found) >= CONTRACT
    assert list(found["fixed"][0]) == FIXED
    assert list(found["varcomp"][0]) == VARCOMP
    assert found["criterion"] == pytest.approx(theirs["reml"]["criterion"], abs=1e-6)
    assert [row["term"] for row in found["fixed"]] == [row["term"] for row in theirs["fixed_satterthwaite"]]
    for ours, row in zip(found["fixed"], theirs["fixed_satterthwaite"], strict=True):
        assert ours["estimate"] == pytest.approx(row["estimate"], abs=1e-7)
        assert ours["p_value"] == pytest.approx(row["p"], abs=1e-5)
    assert found["converged"] is True
    assert found["singular"] is False
    assert found["emmeans"] == found["contrasts"] == []


@pytest.mark.parametrize("ddf", ["satterthwaite", "kenward-roger"])
def test_marginal_means_and_contrasts(ddf, scores):
    arguments = ["--formula", FORMULA, "--data", str(scores), "--ddf", ddf, "--json"]
    found = json.loads(run(*arguments, "--emmeans", "regime | perturbation", "--contrast", "revpairwise"))
    block = next(
        b
        for b in load("scores_slopes_missing").json["emmeans"]
        if b["ddf"] == ddf and b["by"] == ["perturbation"]
    )
    ours = {row["perturbation"]: row for row in found["contrasts"]}
    for row in block["contrasts"]:
        assert ours[row["perturbation"]]["estimate"] == pytest.approx(row["estimate"], abs=1e-6)
        assert ours[row["perturbation"]]["df"] == pytest.approx(row["df"], rel=1e-4)
        assert ours[row["perturbation"]]["p_adjusted"] == pytest.approx(row["p_holm"], abs=1e-5)
    assert len(found["emmeans"]) == 8
    assert {row["term"] for row in found["emmeans"]} == {"regime | perturbation"}


def test_several_terms_in_a_row_or_each_with_its_option(scores):
    arguments = ["--formula", FORMULA, "--data", str(scores), "--json"]
    one = json.loads(run(*arguments, "--emmeans", "regime", "perturbation"))
    other = json.loads(run(*arguments, "--emmeans", "regime", "--emmeans", "perturbation"))
    assert one["emmeans"] == other["emmeans"]
    assert {row["term"] for row in one["emmeans"]} == {"regime", "perturbation"}


@pytest.mark.parametrize(
    ("adjust", "key"), [("BH", "p_BH"), ("tukey", "p_tukey"), ("single-step", "p_tukey")]
)
def test_adjustments_for_several_contrasts(adjust, key, tmp_path):
    """Pairwise single-step is Tukey's up to the integration; emmeans prints the latter."""
    known = load("scores_robustness")
    known.data.write_csv(tmp_path / "s.csv")
    block = next(b for b in known.json["emmeans"] if b["specs"] == ["perturbation"])
    found = json.loads(
        run(
            *("--formula", known.json["formula"], "--data", str(tmp_path / "s.csv"), "--json"),
            *("--emmeans", "perturbation | regime", "--at", "severity=2", "--adjust", adjust),
        )
    )
    theirs = sorted((abs(row["estimate"]), row[key]) for row in block["contrasts"])
    ours = sorted((abs(row["estimate"]), row["p_adjusted"]) for row in found["contrasts"])
    for one, other in zip(ours, theirs, strict=True):
        assert one[0] == pytest.approx(other[0], abs=1e-6)
        assert one[1] == pytest.approx(other[1], abs=1e-3 if adjust == "single-step" else 1e-5)


SMALL = "score ~ regime + (1 | language) + (1 | run)"


def test_what_else_a_model_can_say(scores):
    found = json.loads(
        run(
            *("--formula", SMALL, "--data", str(scores), "--emmeans", "regime", "--json", "--draws", "10"),
            *("--also", "anova,r2,ranef,effect-sizes,leverage,residuals", "--also", "profile"),
            *("--margin", "2.5", "--bootstrap", "parametric", "--leave-out", "run"),
        )
    )
    assert set(found) >= CONTRACT
    assert [row["term"] for row in found["anova"]] == ["regime"]
    [share] = found["r2"]
    assert 0 < share["marginal"] < share["conditional"] < 1
    assert (
        {row["group"] for row in found["ranef"]}
        == {row["group"] for row in found["leverage"]}
        == {
            "language",
            "run",
        }
    )
    assert len(found["residuals"]) == found["n"]
    assert {row["parameter"] for row in found["profile"]} == {"fixed", "sd", "sigma"}
    [difference] = found["contrasts"]
    [size] = found["effect_sizes"]
    variances = sum(row["variance_or_covariance"] for row in found["varcomp"])
    assert size["effect_size"] == pytest.approx(difference["estimate"] / math.sqrt(variances))
    [equal] = found["equivalence"]
    assert (equal["margin"], equal["estimate"]) == (2.5, difference["estimate"])
    assert [row["term"] for row in found["bootstrap"]] == [row["term"] for row in found["fixed"]]
    assert len(found["bootstrap_varcomp"]) == len(found["varcomp"])
    assert {row["left_out"] for row in found["leave_one_out"]} == {
        row["level"] for row in found["ranef"] if row["group"] == "run"
    }


def test_a_likelihood_ratio_test_and_its_refusal(scores):
    more = SMALL.replace("regime", "regime + perturbation")
    data = ("--data", str(scores))
    one = json.loads(run("--formula", SMALL, "--against", more, *data, "--ml", "--json"))["likelihood_ratio"]
    other = json.loads(run("--formula", more, "--against", SMALL, *data, "--ml", "--json"))[
        "likelihood_ratio"
    ]
    assert one == other
    assert (one[0]["formula"], one[1]["df"]) == (SMALL, 3)
    assert one[1]["chisq"] == pytest.approx(one[0]["criterion"] - one[1]["criterion"])
    with pytest.raises(KnownError, match="cannot be compared"):
        run("--formula", SMALL, "--against", more, *data)


def test_a_query_keeps_its_rows_for_what_needs_them(tmp_path):
    db = tmp_path / "x.duckdb"
    with open_for_writing(db) as con:
        migrate(con)
    rows = (
        "select 50 + 5 * (i % 4) + (i * 7919 % 13) as value, 'l' || (i % 4) as language, i % 2 as arm "
        "from range(80) as t(i)"
    )
    common = ("--formula", "value ~ arm + (1 | language)", "--sql", rows, "--db", str(db), "--json")
    found = json.loads(run(*common, "--bootstrap", "language", "--draws", "10", "--also", "r2"))
    assert "too narrow" in found["bootstrap"][0]["note"]
    assert found["r2"] == [pytest.approx(json.loads(run(*common, "--also", "r2"))["r2"][0])]


def test_maximum_likelihood(scores):
    found = json.loads(run("--formula", FORMULA, "--data", str(scores), "--ml", "--json"))
    assert found["criterion"] == pytest.approx(load("scores_slopes_missing").json["ml"]["deviance"], abs=1e-6)


@pytest.mark.parametrize(
    "response",
    ["cbind(successes, failures)", "cbind(successes, trials - successes)", "successes | trials(trials)"],
)
def test_binomial_responses(response, tmp_path):
    known = load("counts_overdispersed")
    path = tmp_path / "counts.parquet"
    known.data.write_parquet(path)
    formula = known.json["formula"].replace("cbind(successes, failures)", response)
    found = json.loads(
        run(
            "--formula",
            formula,
            "--data",
            str(path),
            "--family",
            "binomial",
            "--levels",
            "regime=standard",
            "--json",
        )
    )
    assert found["criterion"] == pytest.approx(known.json["laplace"]["minus2logLik"], abs=1e-6)
    assert found["fixed"][0]["df"] is None
    assert found["fixed"][1]["term"] == "regimeadversarial"


def test_weights_and_known_variances(tmp_path):
    known = load("scores_weighted")
    known.data.write_csv(tmp_path / "w.csv")
    found = json.loads(
        run("--formula", known.json["formula"], "--data", str(tmp_path / "w.csv"), "--weights", "w", "--json")
    )
    assert found["criterion"] == pytest.approx(known.json["reml"]["criterion"], abs=1e-6)
    known = load("scores_known_variance")
    known.data.write_csv(tmp_path / "v.csv")
    formula = known.json["formula"].split(",")[0]
    found = json.loads(
        run("--formula", formula, "--data", str(tmp_path / "v.csv"), "--known-variance", "v", "--json")
    )
    assert found["criterion"] == pytest.approx(known.json["reml"]["criterion_lme4_like"], abs=1e-6)


def test_the_table_is_readable(scores):
    text = run("--formula", FORMULA, "--data", str(scores), "--emmeans", "regime")
    for part in ("fit by REML", "Random effects", "Fixed effects", "regimestilt", "Marginal means of regime"):
        assert part in text


def test_rows_come_from_a_sandboxed_query(tmp_path):
    db = tmp_path / "x.duckdb"
    with open_for_writing(db) as con:
        migrate(con)
    rows = (
        "select 50 + 5 * (i % 4) + (i * 7919 % 13) as value, 'l' || (i % 4) as language, i % 2 as arm "
        "from range(80) as t(i)"
    )
    found = json.loads(
        run("--formula", "value ~ arm + (1 | language)", "--sql", rows, "--db", str(db), "--json")
    )
    assert found["n"] == 80
    with pytest.raises(KnownError):
        run("--formula", "value ~ 1", "--sql", "select * from read_csv('/etc/passwd')", "--db", str(db))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--formula", "y ~ x"], "needs rows"),
        ([], "give a question"),
        (["--formula", "y ~ x", "--data", "nowhere.csv"], "no such file"),
        (["--formula", "y ~ x", "--data", "table.xlsx"], "suffix"),
        (["--formula", "score ~ regim + (1 | language)", "--data", "SCORES"], "Did you mean 'regime'"),
        (["--formula", "score ~ regime", "--data", "SCORES", "--at", "severity"], "name=value"),
        (["--formula", "score ~ regime", "--data", "SCORES", "--also", "annova"], "Did you mean 'anova'"),
        (["--formula", "score ~ regime", "--data", "SCORES", "--margin", "1"], "name the marginal means"),
        (
            ["--formula", "score ~ regime", "--data", "SCORES", "--emmeans", "regime", "--at", "n=3"],
            "fixed variable 'n'",
        ),
        (["english_intermediate", "--bootstrap", "language"], "--bootstrap: only for fitting a --formula"),
        (["english_intermediate", "--calibrate", "--ml"], "--calibrate does not simulate it"),
        (["--calibrate"], "needs a question"),
        (["--plan", "planets=3"], "planets=3"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments, complaint, scores):
    given = [str(scores) if a == "SCORES" else a for a in arguments]
    with pytest.raises(KnownError, match=complaint) as caught:
        run(*given)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_calibration_of_a_plan():
    found = json.loads(
        run("--plan", "languages=6,seeds=3", "--draws", "10", "--effect", "2", "--sd", "run=0.5", "--json")
    )
    assert found["sds"]["run"] == 0.5
    assert found["runs_per_arm"] == 3
    assert {"analysis", "error_rate", "power", "detectable"} <= set(found["analyses"][0])


def test_calibration_of_a_table(scores):
    text = run("--calibrate", "--formula", FORMULA, "--data", str(scores), "--draws", "10", "--effect", "2")
    assert "paired t over language" in text
    assert "nominal 5%" in text


def test_an_unknown_question_is_named():
    with pytest.raises(KnownError, match="unknown question 'english_intermediat'"):
        run("english_intermediat")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("db") / "xtb.duckdb"
    with warehouse(TRUTH, path):
        pass
    return path


def test_a_question_is_answered_in_words_and_as_json(db):
    text = run("english_intermediate", "--db", str(db))
    answer = json.loads(run("english_intermediate", "--db", str(db), "--margin", "0.05", "--json"))
    assert {row["margin"] for row in answer["tables"]["equivalence"]} == {0.05}
    with pytest.raises(KnownError, match="above zero"):
        run("english_intermediate", "--db", str(db), "--margin", "0")
    assert answer["question"] == "english_intermediate"
    assert answer["headline"] in text
    assert f"{answer['primary']['estimate']:.5g}" in text


def test_a_question_is_calibrated_on_its_own_rows(db):
    found = json.loads(run("english_intermediate", "--calibrate", "--db", str(db), "--draws", "10", "--json"))
    assert found["formula"].startswith("change ~ regime")
    assert found["runs_per_arm"] >= 2


def test_a_refusal_is_told(tmp_path):
    path = tmp_path / "empty.duckdb"
    with open_for_writing(path) as con:
        migrate(con)
    assert "No answer:" in run("english_intermediate", "--db", str(path))


def test_the_command_line_of_a_shell_prints_one_line_and_two(tmp_path):
    command = [sys.executable, "-c", "from xtb.cli.main import run; run()", "analyze", "--formula", "y ~ x"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1


def test_numbers_json_cannot_hold_are_null(scores):
    data = pl.read_csv(scores).with_columns(ok=(pl.col("score") > 70).cast(pl.Int8))
    path = scores.with_name("ok.csv")
    data.write_csv(path)
    text = run(
        "--formula", "ok ~ regime + (1 | language)", "--data", str(path), "--family", "binomial", "--json"
    )
    assert "Infinity" not in text
    assert "NaN" not in text
    assert not math.isnan(json.loads(text)["criterion"])
