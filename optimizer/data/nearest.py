"""The nearest allowed word to one that is not allowed."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LISTED = 12


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word most like ``word``, or None if none is like it. Case is ignored.

    >>> nearest("capex", ["capex_musd", "opex_usd_per_kg"])
    'capex_musd'
    >>> nearest("Yes", ["yes", "no"])
    'yes'
    >>> nearest("zzz", ["yes", "no"]) is None
    True
    """
    by_folded: dict[str, str] = {}
    for candidate in allowed:
        by_folded.setdefault(candidate.casefold(), candidate)
    found = get_close_matches(word[:200].casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def allowed_words(word: str, allowed: Iterable[str]) -> str:
    """A remedy for a word that is not allowed: the nearest one, and the list when it is short enough to read.

    >>> allowed_words("flor", ["floor", "cfd"])
    "Did you mean 'floor'? Allowed: cfd, floor."
    """
    words = sorted(set(allowed))
    match = nearest(word, words)
    question = f"Did you mean '{match}'? " if match is not None else ""
    shown = ", ".join(words[:_LISTED])
    more = f" and {len(words) - _LISTED} more" if len(words) > _LISTED else ""
    return f"{question}Allowed: {shown}{more}." if words else "None are defined."
