import pytest

from reports.errors import BadFormula
from reports.models.formula import parse


def terms(text):
    return [(term.effects, term.group_name) for term in parse(text).random]


@pytest.mark.parametrize(
    ("text", "fixed", "random"),
    [
        ("y ~ x + (1 | g)", "x", [("1", "g")]),
        ("y ~ (1|g)", "1", [("1", "g")]),
        ("y ~ a * b + (1 + a | g) + (1 | h)", "a * b", [("1 + a", "g"), ("1", "h")]),
        ("y ~ 1 + (1 | a/b)", "1", [("1", "a"), ("1", "b:a")]),
        ("y ~ 1 + (1 | a/b/c)", "1", [("1", "a"), ("1", "b:a"), ("1", "c:b:a")]),
        ("y ~ 1 + (1 | a:b)", "1", [("1", "a:b")]),
        ("y ~ x + (x || g)", "x", [("1", "g"), ("0 + x", "g")]),
        ("y ~ x + (0 + x || g)", "x", [("0 + x", "g")]),
        ("y ~ 0 + a + (0 + a | g)", "0 + a", [("0 + a", "g")]),
        ("y ~ -1 + a", "- 1 + a", []),
        ("y ~ (a + b)^2 + I(x^2)", "(a + b)^2 + I(x**2)", []),
        ("y ~ log(x + 1) - 1 + (1 | `odd name`)", "log(x + 1) - 1", [("1", "odd name")]),
    ],
)
def test_fixed_and_random_parts(text, fixed, random):
    assert parse(text).fixed == fixed
    assert terms(text) == random


@pytest.mark.parametrize(
    ("text", "value", "failures", "trials"),
    [
        ("y ~ 1", "y", None, None),
        ("100 * y ~ 1", "100 * y", None, None),
        ("cbind(k, n - k) ~ 1", "k", "n - k", None),
        ("k | trials(n) ~ 1", "k", None, "n"),
    ],
)
def test_responses(text, value, failures, trials):
    response = parse(text).response
    assert (response.value, response.failures, response.trials) == (value, failures, trials)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("y + x", "no model formula"),
        ("y ~ x ~ z", "no model formula"),
        ("y ~ (1 | g", "left open"),
        ("y ~ 1 | g)", "do not match"),
        ("y ~ x | g", "in brackets"),
        ("y ~ x * (1 | g)", "in brackets"),
        ("y ~ x - (1 | g)", "taken away"),
        ("y ~ (1 | g + h)", "no grouping"),
        ("y ~ (1 | )", "write"),
        ("y ~ (a * b || g)", "stands on its own"),
        ("k | n ~ x", "trials"),
        ("cbind(k) ~ x", "failures"),
    ],
)
def test_what_cannot_be_read_is_said(text, complaint):
    with pytest.raises(BadFormula, match=complaint):
        parse(text)
