"""The attacks there are. The folder ``xtb/attacks`` is the registry."""

import importlib
import math
import pkgutil
from collections.abc import Mapping
from typing import TypeVar

import xtb.attacks
from warehouse.errors import UnknownName, UsageError
from xtb.adversarial.attack import Attack, Curve, Value
from xtb.adversarial.constraints import CONSTRAINTS

Number = TypeVar("Number", int, float)


def attack_names() -> tuple[str, ...]:
    """Names of all attacks, sorted; reads the folder only."""
    return tuple(sorted(each.name for each in pkgutil.iter_modules(xtb.attacks.__path__)))


def attack(name: str) -> Attack | Curve:
    """An attack by name; UnknownName with the nearest otherwise."""
    if name not in attack_names():
        raise UnknownName("attack", name, attack_names(), "xtb names attacks")
    found: Attack | Curve = importlib.import_module(f"xtb.attacks.{name}").ATTACK
    return found


def settings_of(chosen: Attack | Curve, given: Mapping[str, str]) -> dict[str, Value]:
    """The attack's settings with some replaced, typed as they are; one on texts takes the constraints.

    Raises:
        UsageError: the attack has no such setting, it is no such number, or no attack can have it.
    """
    settings = dict(chosen.settings)
    switches = {"keep_digits": False, "keep_script": False}
    numbers = {name: 0.0 for name in CONSTRAINTS if name not in switches}
    on_texts: dict[str, Value] = {**numbers, **switches, "fields": ""}
    known = {**(on_texts if isinstance(chosen, Attack) else {}), "goal": "", **settings}
    for name, text in given.items():
        if name not in known:
            raise UsageError(f"{chosen.name} has no setting '{name}'; it has {', '.join(sorted(known))}")
        settings[name] = _typed(name, text, known[name])
    fault = chosen.faulty(settings)
    if fault is not None:
        raise UsageError(f"{chosen.name}: {fault}")
    return {
        name: value for name, value in sorted(settings.items()) if value not in ("", False) or name in given
    }


def _typed(name: str, text: str, like: Value) -> Value:
    try:
        match like:
            case bool():
                return {"true": True, "false": False, "1": True, "0": False}[text.lower()]
            case int():
                return _within(int(text), 1)
            case float():
                return _within(float(text), 0.0)
    except (KeyError, ValueError):
        kind = _WANTED[type(like)]
        raise UsageError(f"setting {name}={text} is not {kind}") from None
    return text


_WANTED = {bool: "true or false", int: "a whole number from 1", float: "a number from 0"}


def _within(number: Number, least: Number) -> Number:
    if not least <= number < math.inf:
        raise ValueError
    return number


def settings_text(settings: Mapping[str, Value], limit: int | None) -> str:
    """The settings as the warehouse has them: ``name=value`` by name, with the sample.

    >>> settings_text({"k": 10, "keep_script": True}, 50)
    'k=10 keep_script=true limit=50'
    """
    written = {
        name: str(value).lower() if isinstance(value, bool) else f"{value}"
        for name, value in settings.items()
    }
    if limit is not None:
        written["limit"] = str(limit)
    return " ".join(f"{name}={value}" for name, value in sorted(written.items()))


def setting_in(text: str, name: str) -> str:
    """A setting as ``settings_text`` wrote it, '' where it has none.

    >>> setting_in("goal=top20 k=10", "goal")
    'top20'
    """
    return dict(pair.split("=", 1) for pair in text.split()).get(name, "")
