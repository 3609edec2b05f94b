"""How answers are printed where there is no terminal of a hundred columns and no Unicode."""

from __future__ import annotations

import io

from optimizer.report.console import show
from optimizer.report.grid import FigureHead, Head, new_table
from optimizer.report.terminal import print_solution
from tests.unit.report.small_solution import SmallSolution


def in_encoding(encoding: str) -> str:
    """The small solution as printed into a file of this encoding; a character that it lacks would be an error."""
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    print_solution(SmallSolution(), file)
    file.flush()
    return raw.getvalue().decode(encoding)


class Terminal(io.StringIO):
    """A file that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_a_terminal(width: int, monkeypatch: object) -> str:
    """The small solution on a terminal of so many columns."""
    file = Terminal()
    monkeypatch.setenv("COLUMNS", str(width))  # type: ignore[attr-defined]
    monkeypatch.setenv("TERM", "dumb")  # type: ignore[attr-defined]
    print_solution(SmallSolution(), file)
    return file.getvalue()


def test_every_figure_of_the_page_is_there_in_plain_characters() -> None:
    unicode, plain = in_encoding("utf-8"), in_encoding("ascii")
    assert len(unicode) == len(plain)
    assert "▁▅█" in unicode
    assert "_=#" in plain
    assert "objective 12,345.5 musd . bound 12,339.2 musd . gap 0.051 %" in plain
    kept = str.maketrans(dict.fromkeys("▁▂▃▄▅▆▇█─–·_.:-=+*#", " "))
    assert unicode.translate(kept) == plain.translate(kept)


def test_what_an_encoding_has_it_keeps() -> None:
    assert "bound 12,339.2 musd · gap" in in_encoding("cp1252")
    assert "▁" not in in_encoding("cp1252")


def test_there_are_no_colours_in_a_pipe() -> None:
    assert "\x1b" not in in_encoding("utf-8")


def test_a_narrower_terminal_has_narrower_tables_with_every_figure(monkeypatch: object) -> None:
    wide, narrow = on_a_terminal(100, monkeypatch), on_a_terminal(80, monkeypatch)
    assert max(map(len, narrow.splitlines())) <= 80
    assert "…" not in narrow
    for figure in ("12,345.5", "6,075", "3,456.7", "-107.8", "2,600.0"):
        assert figure in wide
        assert figure in narrow


def test_where_figures_would_be_cut_off_the_table_is_as_wide_as_elsewhere(monkeypatch: object) -> None:
    table = new_table([Head("plant"), *[FigureHead(f"{year} musd") for year in range(2026, 2031)]])
    table.add_row("mine", *["123,456,789.0"] * 5)
    monkeypatch.setenv("COLUMNS", "60")  # type: ignore[attr-defined]
    monkeypatch.setenv("TERM", "dumb")  # type: ignore[attr-defined]
    file = Terminal()
    show(table, file)
    assert file.getvalue().count("123,456,789.0") == 5


def test_names_stay_whole_beside_sentences() -> None:
    # 22 columns of name and 24 for the sentence are left of 100; a sentence alone would take all it can.
    name, sentence = "independence-expansion", "its sponsor builds it from 2028 without support, in every plan " * 3
    file = io.StringIO()
    show(new_table([Head("plant"), Head("why")], [[name, sentence]]), file)
    assert name in file.getvalue()
    assert max(map(len, file.getvalue().splitlines())) <= 100


def test_heads_stand_at_the_bottom_and_cells_at_the_top() -> None:
    file = io.StringIO()
    show(new_table([Head("plant"), FigureHead("cost\nmusd")], [["mine", "1.0"]]), file)
    assert [line.split() for line in file.getvalue().splitlines()[:2]] == [["cost"], ["plant", "musd"]]
