"""The commands and their options, read from the Typer app, as Markdown."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer
from typer.models import ArgumentInfo, OptionInfo

from optimizer.cli.entry import app

SHARED_BY = 6
"""An option of at least so many commands is named once for all of them in the short table."""
PLACEHOLDERS = {int: "N", float: "X", str: "TEXT", Path: "PATH"}


@dataclass(frozen=True)
class Parameter:
    """An argument or option: its names, the word for its value (none for a switch), meaning, and default in words."""

    names: tuple[str, ...]
    value: str
    words: str
    default: str
    required: bool
    repeated: bool

    @property
    def is_option(self) -> bool:
        """Whether it begins with dashes."""
        return self.names[0].startswith("-")

    @property
    def shown(self) -> str:
        """As it is typed."""
        return f"{' / '.join(self.names)} {self.value}".strip() if self.is_option else self.value


@dataclass(frozen=True)
class Command:
    """A command by the words that call it, with its help, example and parameters."""

    name: str
    help: str
    example: str
    parameters: tuple[Parameter, ...]

    @property
    def first_words(self) -> str:
        """The first paragraph of its help."""
        return " ".join(self.help.split("\n\n")[0].split())

    @property
    def usage(self) -> str:
        """Its name and arguments."""
        words = (one.shown if one.required else f"[{one.shown}]" for one in self.parameters if not one.is_option)
        return " ".join(["optimizer", self.name, *words])

    @property
    def options(self) -> list[Parameter]:
        """Those with dashes."""
        return [one for one in self.parameters if one.is_option]


def commands(application: typer.Typer = app, before: str = "", example: str = "") -> Iterator[Command]:
    """Every command of an app, those of its groups by both words, in the order of registration."""
    for info in application.registered_commands:
        if info.callback is None or info.hidden:
            continue
        name = info.name or info.callback.__name__.removesuffix("_command").replace("_", "-")
        words = str(info.epilog or example).removeprefix("Example: ")
        yield Command(
            f"{before}{name}", inspect.getdoc(info.callback) or "", words, tuple(_parameters(info.callback))
        )  # fmt: skip
    for group in application.registered_groups:
        if group.typer_instance is not None:
            yield from commands(group.typer_instance, f"{group.name} ", str(group.epilog or ""))


def _parameters(callback: Callable[..., Any]) -> Iterator[Parameter]:
    for name, parameter in inspect.signature(callback, eval_str=True).parameters.items():
        if get_origin(parameter.annotation) is not Annotated:
            continue
        kind, *marks = get_args(parameter.annotation)
        info = next((mark for mark in marks if isinstance(mark, ArgumentInfo | OptionInfo)), None)
        if info is None or info.hidden:
            continue
        inner, repeated = _inner(kind)
        default = None if parameter.default is inspect.Parameter.empty else parameter.default
        required = parameter.default is inspect.Parameter.empty
        dashed = name.replace("_", "-")
        option = isinstance(info, OptionInfo)
        # Within Annotated, Typer takes the first name for the default.
        given = [info.default, *(info.param_decls or ())] if option else []
        declared = [part for words in given if isinstance(words, str) for part in words.split("/")]
        names = tuple(declared or ([f"--{dashed}"] if option else [name]))
        if option and inner is bool and not declared:
            names = (f"--{dashed}", f"--no-{dashed}")
        yield Parameter(
            names=names,
            value=_value(inner, info.metavar) if option else f"{info.metavar or name.upper()}",
            words=" ".join(str(info.help or "").split()),
            default="" if default is None or default is False or inner is bool else str(default),
            required=required,
            repeated=repeated,
        )


def _inner(kind: Any) -> tuple[Any, bool]:
    """The type of one value, and whether there may be several."""
    if get_origin(kind) in (Union, UnionType):
        (kind,) = [one for one in get_args(kind) if one is not type(None)]
    if get_origin(kind) is list:
        return get_args(kind)[0], True
    return kind, False


def _value(inner: Any, metavar: str | None) -> str:
    if inner is bool:
        return ""
    if metavar:
        return metavar
    choices = get_args(inner) if get_origin(inner) is Literal else ()
    return "|".join(map(str, choices)) if choices else PLACEHOLDERS.get(inner, "TEXT")


def shared_options() -> list[str]:
    """Options that many commands have, in the order of first appearance."""
    counted = Counter(option.names[0] for command in commands() for option in command.options)
    return [name for name, number in counted.items() if number >= SHARED_BY]


def cell(words: str) -> str:
    """Words within a table."""
    return words.replace("|", "\\|")


def short_table() -> str:
    """Every command with what it does and the options that are its own."""
    shared = shared_options()
    lines = ["| command | what it does | options of its own |", "| --- | --- | --- |"]
    for command in commands():
        own = " ".join(f"`{name}`" for option in command.options if (name := option.names[0]) not in shared)
        lines.append(f"| `{cell(command.usage)}` | {cell(command.first_words)} | {own or '–'} |")
    common = ", ".join(f"`{name}`" for name in shared)
    return f"Options that many commands share: {common}.\n\n" + "\n".join(lines)


def reference() -> str:
    """Every command with its help, an example, and a table of all its arguments and options."""
    return "\n\n".join(_section(command) for command in commands())


def _section(command: Command) -> str:
    parts = [f"### `{command.usage}`", command.help]
    if command.example:
        parts.append(f"Example: `{command.example}`")
    if command.parameters:
        rows = ["| argument or option | meaning | default |", "| --- | --- | --- |"]
        for one in command.parameters:
            again = " Repeatable." if one.repeated and one.is_option and "repeat" not in one.words.lower() else ""
            default = f"`{cell(one.default)}`" if one.default else "required" if one.required else "–"
            rows.append(f"| `{cell(one.shown)}` | {cell(one.words)}{again} | {default} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)
