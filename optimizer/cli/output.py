"""How every command answers another program: one JSON value, or one CSV table, and nothing else on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from optimizer.errors import SettingError

if TYPE_CHECKING:
    import pandas as pd


def print_json(value: Any) -> None:
    """Print plain numbers, strings, lists and dicts as JSON."""
    json.dump(value, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def print_csv(frame: pd.DataFrame) -> None:
    """Print a table as CSV; texts that a spreadsheet would take for a formula get an apostrophe in front."""
    from optimizer.results.store import spreadsheet_safe

    sys.stdout.write(spreadsheet_safe(frame).to_csv(index=False, lineterminator="\n"))


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print dicts as CSV under these columns, also if there are none."""
    import pandas as pd

    print_csv(pd.DataFrame(rows, columns=list(columns)))


def print_facts(facts: Mapping[str, Any], words: str, *, as_json: bool, as_csv: bool) -> None:
    """Print what a command has done: in words, as one object, or as a table of one row."""
    if as_json:
        print_json(dict(facts))
    elif as_csv:
        print_rows([facts], list(facts))
    else:
        print(words)


def chosen_table(tables: Mapping[str, pd.DataFrame], name: str | None, main: str) -> pd.DataFrame:
    """The table to print as CSV: the main one, or that of ``--table``. SettingError if there is none of that name."""
    found = main if name is None else name
    require_word(f"--table {found}: the answer has no such table.", found, tables)
    return tables[found]


def require_word(problem: str, word: str, allowed: Collection[str]) -> None:
    """Refuse a word that is not allowed, with the problem and the nearest one: SettingError."""
    if word not in allowed:
        from optimizer.data.nearest import allowed_words

        raise SettingError(f"{problem} {allowed_words(word, allowed)}")


def require_csv(table: str | None, as_csv: bool) -> None:
    """Refuse ``--table`` without ``--csv``, before anything is solved: SettingError."""
    if table is not None and not as_csv:
        raise SettingError("--table chooses what --csv prints. Give --csv too, or leave --table out.")


def complain(words: str) -> None:
    """Print a message for the user on stderr, under the name of the program."""
    # A file name can hold bytes that are no text.
    print(f"optimizer: {words}".encode(errors="backslashreplace").decode(), file=sys.stderr)
