"""Every public name explains itself: a first line, every argument and field named in its words, all types stated."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pydoc import plain, render_doc
from typing import Any

import pytest
from pydantic import BaseModel

import optimizer

PACKAGES = (
    "optimizer",
    "optimizer.analysis",
    "optimizer.batch",
    "optimizer.comparison",
    "optimizer.data",
    "optimizer.explanation",
    "optimizer.figures",
    "optimizer.results",
    "optimizer.settlement",
    "optimizer.verification",
    "optimizer.whatif",
)
"""Packages whose exported names are public."""
MODULES = ("optimizer.errors", "optimizer.interop.mpisppy")
"""Modules whose own classes and functions are public."""
LONGEST_FIRST_LINE = 120
CONSTANTS = (str, int, float, tuple, dict)


def public_objects() -> dict[str, Any]:
    """Dotted name → class or function, each object once."""
    found: dict[str, Any] = {}
    for place in PACKAGES:
        module = import_module(place)
        found |= {f"{place}.{name}": getattr(module, name) for name in module.__all__}
    for place in MODULES:
        module = import_module(place)
        own = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        found |= {f"{place}.{name}": value for name, value in own.items() if getattr(value, "__module__", "") == place}
    once: dict[int, str] = {}
    for name, value in found.items():
        once.setdefault(id(value), name)
    return {name: found[name] for name in once.values() if not isinstance(found[name], CONSTANTS)}


OBJECTS = public_objects()


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties that a class defines itself, or takes from a class of this project."""
    for base in kind.__mro__:
        if not base.__module__.startswith("optimizer"):
            continue
        for name, value in vars(base).items():
            kinds = property | staticmethod | classmethod
            if not name.startswith("_") and (isinstance(value, kinds) or inspect.isfunction(value)):
                yield name, value


def function_of(value: Any) -> Any:
    """The function behind a property, class method or static method."""
    if isinstance(value, property):
        return value.fget
    return value.__func__ if isinstance(value, staticmethod | classmethod) else value


def parameters(function: Any) -> list[inspect.Parameter]:
    """All but self and cls."""
    return [one for one in inspect.signature(function).parameters.values() if one.name not in ("self", "cls")]


def mentioned(name: str, words: str) -> bool:
    """Whether a text speaks of a name: the name itself, or it as an ordinary word or plural."""
    return re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", words) is not None


def documented() -> dict[str, tuple[str, list[str], list[inspect.Parameter], Any]]:
    """Dotted name → words, names that the words must mention, parameters, return annotation."""
    out = {}
    for name, value in OBJECTS.items():
        words = inspect.getdoc(value) or ""
        if inspect.isclass(value):
            fields = [f.name for f in dataclasses.fields(value)] if dataclasses.is_dataclass(value) else []
            if issubclass(value, BaseModel):
                fields = list(value.model_fields)
            takes = parameters(value.__init__) if "__init__" in vars(value) and not fields else []
            public = [one for one in [*fields, *(p.name for p in takes)] if not one.startswith("_")]
            out[name] = (words, public, takes, None)
            for own, member in members(value):
                function = function_of(member)
                takes = parameters(function)
                returns = inspect.signature(function).return_annotation
                out[f"{name}.{own}"] = (inspect.getdoc(function) or "", [p.name for p in takes], takes, returns)
        else:
            takes = parameters(value)
            returns = inspect.signature(value).return_annotation
            out[name] = (words, [p.name for p in takes], takes, returns)
    return out


DOCUMENTED = documented()


def test_the_walk_finds_what_is_public() -> None:
    assert set(optimizer.__all__) <= {name.rsplit(".", 1)[-1] for name in OBJECTS}
    assert {"optimizer.Solution.write", "optimizer.Case.set", "optimizer.solve"} <= set(DOCUMENTED)


def test_everything_has_a_first_line() -> None:
    first = {name: words.strip().split("\n")[0] for name, (words, *_) in DOCUMENTED.items()}
    assert {name: line for name, line in first.items() if not 10 <= len(line) <= LONGEST_FIRST_LINE} == {}


def test_every_argument_and_field_is_spoken_of() -> None:
    missing = {
        name: silent
        for name, (words, needed, *_) in DOCUMENTED.items()
        if (silent := [one for one in needed if not mentioned(one, words)])
    }
    assert missing == {}


def test_every_argument_and_result_has_a_type() -> None:
    untyped = {
        name: [one.name for one in takes if one.annotation is inspect.Parameter.empty]
        for name, (_, _, takes, _) in DOCUMENTED.items()
    }
    assert {name: found for name, found in untyped.items() if found} == {}
    assert [name for name, (*_, returns) in DOCUMENTED.items() if returns is inspect.Signature.empty] == []


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_help_shows_no_machinery(name: str) -> None:
    shown = plain(render_doc(OBJECTS[name]))
    assert not re.search(r"0x[0-9a-f]{6,}|<factory>|Unpack\[|__dataclass|model_dump_json|__pydantic", shown)
