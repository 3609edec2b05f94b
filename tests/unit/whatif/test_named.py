"""What-ifs in TOML files."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.errors import SettingError
from optimizer.whatif import apply
from optimizer.whatif.named import find_what_if, read_what_ifs
from tests.small_case import small_case

TEXT = """
[no-truce]
title = "Embargoes twice as likely"
changes = ["scenarios.hazard_scale = 2"]

[rich]
title = "Twice as likely, and a larger pot"
includes = ["no-truce"]
changes = ["programmes.us_pot.budget_musd *= 2", "scenarios.hazard_scale *= 1.5"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "what-ifs.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_included_comes_first(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT)
    rich = find_what_if(f"{path}:rich")
    assert rich.title == "Twice as likely, and a larger pot"
    case = apply(small_case(), rich.changes)
    assert case.settings.scenarios.hazard_scale == 3.0
    assert case.row("programmes", "us_pot").budget_musd == 1000.0


def test_a_file_with_one_what_if_needs_no_name(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT.partition("[rich]")[0])
    assert find_what_if(str(path)).name == "no-truce"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a]\ntitle = 'x'\nchange = []", "'change' is not a key of a what-if. Did you mean 'changes'?"),
        ("[a]\nchanges = ['a.b.c=1']", "title is missing"),
        ("[a]\ntitle = 'x'", "changes nothing"),
        ("[a]\ntitle = 'x'\nchanges = ['a.b.c']", "is not a change"),
        ("[a]\ntitle = 'x'\nchanges = 'a.b.c=1'", "changes is not a list of texts"),
        ("[a]\ntitle = 'x'\nincludes = ['b']", "there is no what-if 'b'"),
        ("[a]\ntitle = 'x'\nincludes = ['a']", "includes itself: a → a"),
        ("[a]\ntitle='x'\nincludes=['b']\n[b]\ntitle='x'\nincludes=['a']", "includes itself: a → b → a"),
        ("title = 'x'", "stands outside any what-if"),
        ("[a", "is not TOML"),
    ],
)
def test_what_is_refused_names_the_file_and_the_what_if(tmp_path: Path, text: str, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingError) as error:
        read_what_ifs(path)
    assert words in str(error.value)
    assert str(path) in str(error.value)


def test_an_unknown_name_or_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT)
    with pytest.raises(SettingError, match="no what-if 'rch'"):
        find_what_if(f"{path}:rch")
    with pytest.raises(SettingError, match="more than one"):
        find_what_if(str(path))
    with pytest.raises(SettingError, match="cannot be read"):
        find_what_if(str(tmp_path / "none.toml"))
