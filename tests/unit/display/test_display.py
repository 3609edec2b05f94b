"""Parts of what notebooks show: figures with units, text escaped, nothing lost underneath."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from optimizer.display import Notation, Public, Tables, bullets, details, frame_html, page, paragraph, table
from optimizer.display.columns import head, notation, shown


class Cells(HTMLParser):
    """The texts of all cells of a page, row by row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += f" {data}" if self.rows[-1][-1] else data


FRAME = pd.DataFrame(
    {
        "plant": ["mine", "<b>shaft</b>"],
        "strike_usd_per_kg": [92.456, float("nan")],
        "capex_musd": [1234.56, 0.0],
        "upside_share": [0.305, None],
        "start_year": [2030.0, 2031.0],
        "viable": [True, False],
    }
)


def test_figures_have_the_unit_and_digits_of_their_column() -> None:
    rows = Cells(frame_html(FRAME)).rows
    assert rows[0] == ["plant", "strike USD/kg", "capex musd", "upside share", "start year", "viable"]
    assert rows[1] == ["mine", "92.46", "1,234.6", "30.5 %", "2030", "yes"]
    assert rows[2] == ["<b>shaft</b>", "–", "0.0", "–", "2031", "no"]


def test_text_is_escaped_everywhere() -> None:
    bad = "<script>alert('x')</script>"
    parts = (
        page(bad, paragraph(bad), bullets([bad]), details(bad, paragraph(bad))),
        table([bad], [[bad]], heads={bad: bad}),
        frame_html(pd.DataFrame({bad: [bad]})),
        Tables({bad: FRAME}, {bad: bad})._repr_html_(),
        Tables({bad: FRAME}).show(bad)._repr_html_(),
    )
    assert all("<script" not in part for part in parts)
    assert all("&lt;script&gt;" in part for part in parts)


def test_rows_that_are_not_shown_are_counted() -> None:
    long = pd.DataFrame({"item": range(35)})
    assert "… and 5 more rows" in frame_html(long)
    assert "more row" not in frame_html(long.head(30))
    assert "… and 1 more row<" in frame_html(long, most=34)


def test_figures_of_a_row_take_its_unit() -> None:
    frame = pd.DataFrame(
        {"measure": ["cost", "share", "last year"], "unit": ["musd", "share", ""], "with": [12.34, 0.5, 2031.0]}
    )
    assert [row[-1] for row in Cells(frame_html(frame)).rows[1:]] == ["12.3", "50.0 %", "2031"]
    points = {"with": Notation(difference=True)}
    assert Cells(frame_html(frame, notations=points)).rows[2][-1] == "50.0 pp"


def test_a_unit_said_in_the_head_is_not_said_twice() -> None:
    columns = {"strike_usd_per_kg": "strike\nUSD/kg", "capex_musd": "capital"}
    assert Cells(frame_html(FRAME, columns)).rows[0] == ["strike USD/kg", "capital musd"]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("x_musd", -0.04, "0.0"),
        ("x_musd", float("inf"), "∞"),
        ("gap", 0.00064, "0.064 %"),
        ("supply_t", 1234.5, "1,234"),
        ("weight", 0.2, "0.2"),
        ("cuts", 1200, "1,200"),
        ("year", "all", "all"),
        ("x_t_per_year", None, "–"),
    ],
)
def test_cells_as_text(column: str, value: Any, expected: str) -> None:
    assert shown(value, notation(column)) == expected


def test_heads_name_the_unit_apart() -> None:
    assert head("expected_net_musd") == ("expected net", "musd")
    assert head("t_per_year") == ("", "t/yr")
    assert head("share_met") == ("share met", "")


def test_tables_are_a_dictionary_of_plain_frames_that_lists_itself() -> None:
    tables = Tables({"supply": FRAME}, {"supply": "where it comes from"})
    assert tables["supply"] is FRAME
    assert dict(tables) == {"supply": FRAME}
    assert repr(tables).splitlines() == ["1 table", "  supply        2 rows  where it comes from"]
    shown_html = tables._repr_html_()
    assert "supply · 2 rows · where it comes from" in shown_html
    assert "92.46" in shown_html
    assert FRAME["strike_usd_per_kg"].iloc[0] == 92.456


def test_tables_are_the_same_after_a_journey_between_processes() -> None:
    back = pickle.loads(pickle.dumps(Tables({"supply": FRAME}, {"supply": "words"})))
    assert isinstance(back, Tables)
    assert back.about == {"supply": "words"}
    pd.testing.assert_frame_equal(back["supply"], FRAME)


def test_one_table_is_shown_whole_or_as_far_as_asked() -> None:
    view = Tables({"supply": FRAME}, {"supply": "words"}).show("supply", rows=1)
    assert "… and 1 more row" in view._repr_html_()
    assert repr(view).startswith("supply: words\n")
    with pytest.raises(KeyError):
        Tables({}).show("supply")


def test_nothing_makes_no_part() -> None:
    assert (paragraph(""), bullets([]), details("more")) == ("", "", "")


def test_a_public_class_shows_what_it_offers_and_no_machinery() -> None:
    @dataclass(frozen=True)
    class Plan(metaclass=Public):
        cost: float
        notes: list[str] = field(default_factory=list)

        def dear(self, limit: float) -> bool:
            return self.cost > limit

    Plan.__module__ = "optimizer.plans"
    assert dir(Plan) == ["dear"]
    assert dir(Plan(1.0)) == ["cost", "dear", "notes"]
    assert str(inspect.signature(Plan)) == "(cost: float, notes: list[str] = ...)"
    assert str(inspect.signature(Plan.dear)) == "(self, limit: float) -> bool"
    assert Plan(2.0).dear(1.0)


def test_a_class_with_private_parts_shows_no_signature() -> None:
    class Made(metaclass=Public):
        def __init__(self, _parts: int) -> None:
            self.parts = _parts

    with pytest.raises(ValueError, match="Made is not made by calling it"):
        inspect.signature(Made)


def test_counts_in_a_row_with_a_unit_stay_counts() -> None:
    frame = pd.DataFrame({"repair": [2, 2], "unit": ["musd", ""], "amount": [3.0, 2031]}).astype(object)
    assert Cells(frame_html(frame)).rows[1:] == [["2", "musd", "3.0"], ["2", "–", "2031"]]
