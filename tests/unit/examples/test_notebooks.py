"""Notebooks as files: whole, in order, small, listed, and without a trace of the machine they ran on."""

from __future__ import annotations

import copy
import doctest
import json
import re
from collections.abc import Callable
from typing import Any

import nbformat
import pytest

from tests.integration.notebooks import EXAMPLES, OF_CASES, OF_THE_API, runner, script, stored

NAMES = (*OF_CASES, *OF_THE_API)
LARGEST = 300_000
"""Bytes: what a code host still shows, with room to spare."""
TRACES = re.compile(r"(?<![\w.:/-])/(?:work|home|root|Users|opt|tmp)/\w|\bat 0x[0-9a-f]{6,}|\d seconds\b")


def outputs(notebook: Any) -> list[Any]:
    """All outputs in order."""
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def test_every_notebook_is_run_by_a_test() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.ipynb")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_whole_and_was_run_from_top_to_bottom(name: str) -> None:
    notebook = stored(name)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert {output.output_type for output in outputs(notebook)} <= {"stream", "execute_result", "display_data"}
    assert {output.name for output in outputs(notebook) if output.output_type == "stream"} == {"stdout"}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_tells_of_the_machine(name: str) -> None:
    notebook = stored(name)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [cell.id for cell in notebook.cells if cell.metadata] == []
    texts = [json.dumps({k: v for k, v in out.items() if k != "data"}) for out in outputs(notebook)]
    texts += [
        str(text) for out in outputs(notebook) for kind, text in out.get("data", {}).items() if "image/" not in kind
    ]
    assert [match.group() for text in texts if (match := TRACES.search(text))] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_well_where_no_script_runs(name: str) -> None:
    """Tables as HTML and as text, figures with a picture, and the library that draws them left out."""
    assert (EXAMPLES / f"{name}.ipynb").stat().st_size < LARGEST
    for output in outputs(stored(name)):
        kinds = set(output.get("data", {}))
        if any("plotly" in kind for kind in kinds):
            assert "image/png" in kinds, "draw it with a browser: python examples/run_notebooks.py"
        elif kinds:
            assert kinds <= {"text/plain", "text/html"}
            assert "<script" not in output.data.get("text/html", "")


@pytest.mark.parametrize("name", NAMES)
def test_it_begins_with_a_title_and_says_how_large_it_is(name: str) -> None:
    first = stored(name).cells[0].source
    assert first.startswith("# ")
    assert "**Sizes.**" in first


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    words = "\n".join(cell.source for cell in stored(name).cells if cell.cell_type == "markdown")
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", words) if "://" not in target]
    assert [target for target in targets if not (EXAMPLES / target).exists()] == []


def test_the_page_of_examples_lists_them_all() -> None:
    page = (EXAMPLES / "README.md").read_text("utf-8")
    assert {name for name in NAMES if f"]({name}.ipynb)" not in page} == set()


def changed_word(notebook: Any) -> None:
    outputs(notebook)[-1].text = "a floor at 110 USD/kg\n"


def changed_number(notebook: Any) -> None:
    outputs(notebook)[-1].text = "a cfd at 85 USD/kg costs 398.2 musd\n"


def changed_year(notebook: Any) -> None:
    outputs(notebook)[0].data["text/plain"] = "starts 2029"


def lost_output(notebook: Any) -> None:
    notebook.cells[0].outputs = []


def changed_figure(notebook: Any) -> None:
    outputs(notebook)[1].data["application/vnd.plotly.v1+json"]["data"][0]["y"][1] = 2.5


@pytest.fixture(name="small")
def fixture_small() -> Any:
    """A notebook with a table, a figure and a line."""
    figure = {"data": [{"name": "outlay", "y": [1.5, 2.25]}], "layout": {}}
    table = nbformat.v4.new_output("execute_result", {"text/plain": "starts 2028", "text/html": "<td>2028</td>"})
    drawn = nbformat.v4.new_output("execute_result", {"application/vnd.plotly.v1+json": figure, "image/png": "AAAA"})
    line = nbformat.v4.new_output("stream", text="a cfd at 85 USD/kg costs 397.2 musd\n")
    cells = [
        nbformat.v4.new_code_cell("x", outputs=[out], id=f"cell-{n}") for n, out in enumerate((table, drawn, line))
    ]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.parametrize("change", [changed_word, changed_number, changed_year, lost_output, changed_figure])
def test_an_output_out_of_date_is_found(small: Any, change: Callable[[Any], None]) -> None:
    fresh = copy.deepcopy(small)
    assert runner().differences(small, fresh) == []
    change(fresh)
    assert len(runner().differences(small, fresh)) == 1


def test_what_no_reader_sees_is_no_difference(small: Any) -> None:
    fresh = copy.deepcopy(small)
    outputs(fresh)[1].data["image/png"] = "BBBB"
    outputs(fresh)[2].text = "a cfd at 85 USD/kg costs  397.3 musd\n"
    assert runner().differences(small, fresh) == []


def test_a_figure_that_is_unchanged_keeps_its_picture(small: Any) -> None:
    fresh = copy.deepcopy(small)
    del outputs(fresh)[1].data["image/png"]
    assert runner().add_pictures(fresh, small) == 0
    assert outputs(fresh)[1].data["image/png"] == "AAAA"


@pytest.mark.parametrize("name", ["run_notebooks", "notebook_pictures"])
def test_examples_in_the_scripts_hold(name: str) -> None:
    found = doctest.testmod(script(name))
    assert found.attempted
    assert not found.failed


def test_a_name_that_there_is_not_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"there is no notebook frontiers\. There are allied-magnets, "):
        runner().notebooks(["frontiers"])
