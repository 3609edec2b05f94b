"""What a batch is made of: runs, each a case with changes, known by the content of what it asks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optimizer.data import Case
from optimizer.display import Public
from optimizer.errors import CaseError, SettingError
from optimizer.origin import program_version
from optimizer.whatif import apply, parse_change

FORMAT = 1


@dataclass(frozen=True)
class SolveOptions(metaclass=Public):
    """How each run is solved: relative ``gap`` and ``time_limit`` in seconds (None: the case's own).

    ``cold``: each from nothing, not from where another ended.
    """

    gap: float | None = None
    time_limit: float | None = None
    cold: bool = False


@dataclass(frozen=True)
class Run(metaclass=Public):
    """One run: ``id`` is made of what it asks, so that equal questions are one run wherever they are asked.

    ``changes`` are what-ifs in words (see ``optimizer.whatif``). ``columns`` are the figures that vary, name → value as
    text; ``label`` says in words what the run is.
    """

    id: str
    label: str
    changes: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)


def runs_of(
    case: Case, asked: Sequence[tuple[str, Sequence[str], Mapping[str, str]]], options: SolveOptions
) -> list[Run]:
    """Runs of a case: each of ``asked`` is (label, changes, columns); equal ones once.

    ``options`` are part of what is asked: with others it is another run.
    Changes are tried on the case before anything runs: each by itself, or with the others of its run if it cannot stand
    alone. SettingError or CaseError is raised for one that is refused. What fails in company only is for its run to
    find out. Another version of this program asks anew.
    """
    base = _fingerprint(case)
    tried: set[str] = set()
    found: dict[str, Run] = {}
    for label, changes, columns in asked:
        for change in changes:
            if change not in tried and not _stands_alone(case, change):
                apply(case, changes)
            tried.add(change)
        asked_of = [FORMAT, program_version(), base, list(changes), options.gap, options.time_limit, options.cold]
        identity = hashlib.sha256(json.dumps(asked_of).encode()).hexdigest()[:16]
        found.setdefault(identity, Run(identity, label, tuple(changes), dict(columns)))
    if not found:
        raise SettingError("the batch has no runs.")
    return list(found.values())


def _stands_alone(case: Case, change: str) -> bool:
    """Whether a change by itself makes a valid case; rows that go and come seldom do, and are not tried alone."""
    if parse_change(change).action in ("drop", "append"):
        return True
    try:
        apply(case, [change])
    except (CaseError, SettingError):
        return False
    return True


def _fingerprint(case: Case) -> str:
    texts: dict[str, Any] = case.in_key_order().file_texts()
    return hashlib.sha256(json.dumps(sorted(texts.items())).encode()).hexdigest()
