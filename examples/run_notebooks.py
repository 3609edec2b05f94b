"""Execute the notebooks beside this file and save them with their outputs, or say which outputs are out of date.

    python examples/run_notebooks.py                        executes and saves all of them
    python examples/run_notebooks.py frontier own-plant     executes and saves two
    python examples/run_notebooks.py --check                saves nothing; exit code 1 if one has changed

Each runs in an empty folder, by a kernel of its own. What would differ from run to run or machine to machine is left
out of the file: times, versions of the kernel, digits of figures beyond the sixth. Figures are kept as Plotly's data,
which notebooks draw with pan and zoom, and as a picture, because code hosts and print show nothing else; the library
itself (4 MB) is never in the file. Pictures need the extra ``browser`` and a Chromium (the one named in
OPTIMIZER_CHROMIUM, one on the path, or Playwright's own); without, a picture is kept if its figure is as it was.
"""

# %%
from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from notebook_pictures import pictures

FOLDER = Path(__file__).resolve().parent
PLOTLY, PICTURE = "application/vnd.plotly.v1+json", "image/png"
TIMEOUT = 600
DIGITS = 6
"""Significant digits of numbers in figures: more than any screen shows."""
WITHIN = 1e-3
"""How far a number may be from the stored one, as a share of it: the gap that most notebooks solve to. On one platform
outputs are equal; on another a solver may stop at a slightly other plan, which is as good to within the gap."""
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")


# %%
def notebooks(names: Sequence[str] = ()) -> list[Path]:
    """The notebooks of these names, or all of them, in order. Raises SystemExit for a name that there is not."""
    known = {path.stem: path for path in sorted(FOLDER.glob("*.ipynb"))}
    wrong = [name for name in names if Path(name).stem not in known]
    if wrong:
        raise SystemExit(f"there is no notebook {', '.join(wrong)}. There are {', '.join(known)}.")
    return [known[Path(name).stem] for name in names] if names else list(known.values())


def execute(notebook: Any, folder: Path, **environment: str) -> Any:
    """The notebook with the outputs of a run in ``folder``, cleaned; CellExecutionError for a cell that fails."""
    run = nbformat.from_dict(json.loads(json.dumps(notebook)))
    client = NotebookClient(
        run,
        kernel_name="python3",
        timeout=TIMEOUT,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR", "--HistoryManager.enabled=False"],
        resources={"metadata": {"path": str(folder)}},
    )
    search_path = os.pathsep.join(filter(None, (str(FOLDER.parent), os.environ.get("PYTHONPATH"))))
    own = {
        # No library in the output, a line width that does not depend on the terminal, and no profile of the user.
        "PLOTLY_RENDERER": "plotly_mimetype",
        "COLUMNS": "120",
        "IPYTHONDIR": str(folder / ".ipython"),
        "PYTHONPATH": search_path,
    }
    client.execute(env={**os.environ, **own, **environment})
    return cleaned(run)


# %%
def cleaned(notebook: Any) -> Any:
    """The notebook without what differs from run to run; pictures are added later."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {}
        for output in cell.get("outputs", ()):
            figure = output.get("data", {}).get(PLOTLY)
            if figure is not None:
                output.data = {PLOTLY: rounded({"data": figure["data"], "layout": figure["layout"]})}
            if "metadata" in output:
                output.metadata = {}
    return notebook


def rounded(value: Any) -> Any:
    """Numbers with six significant digits, in lists and mappings too.

    >>> rounded({"x": [1234.56789, 2, None]})
    {'x': [1234.57, 2, None]}
    """
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list) else value


# %%
def differences(stored: Any, fresh: Any) -> list[str]:
    """In which cells the outputs of two runs differ, and how: words exactly, numbers by more than ``WITHIN``."""
    found = []
    for old, new in zip(stored.cells, fresh.cells, strict=True):
        before, after = ([(one.output_type, _texts(one)) for one in cell.get("outputs", ())] for cell in (old, new))
        if [(kind, *texts) for kind, texts in before] != [(kind, *texts) for kind, texts in after]:
            found.append(f"{old.id}: outputs are of other kinds, or there are more or fewer of them")
            continue
        pairs = [(a[kind], b[kind]) for (_, a), (_, b) in zip(before, after, strict=True) for kind in a]
        found += [f"{old.id}: {said}" for pair in pairs if (said := difference(*pair))]
    return found


def difference(before: str, after: str) -> str:
    """What differs between two texts: words, or numbers by more than ``WITHIN`` and one unit of the last digit.

    >>> difference("cost 23,187.4 musd", "cost 23,187.5 musd"), difference("2 plants", "2 plants")
    ('', '')
    >>> difference("cost 23,187.4 musd", "cost 24,187.4 musd")
    '23,187.4 is now 24,187.4'
    >>> difference("a floor", "a collar")
    "'a floor' is now 'a collar'"
    """
    if _words(before) != _words(after):
        old, new = before.splitlines(), after.splitlines()
        lines = ((a, b) for a, b in zip(old, new, strict=False) if _words(a) != _words(b))
        a, b = next(lines, (f"{len(old)} lines", f"{len(new)} lines"))
        return f"{a.strip()!r} is now {b.strip()!r}"
    pairs = zip(NUMBER.findall(before), NUMBER.findall(after), strict=True)
    return next((f"{a} is now {b}" for a, b in pairs if not _alike(a, b)), "")


def _alike(before: str, after: str) -> bool:
    """Whether two numbers as written are the same figure: years and counts, in whole numbers, are or are not."""
    if before.lstrip("-").isdigit() and after.lstrip("-").isdigit():
        return before == after
    last_digit = 10.0 ** -len(before.partition("e")[0].partition(".")[2])
    return math.isclose(_value(before), _value(after), rel_tol=WITHIN, abs_tol=1.001 * last_digit)


def _words(text: str) -> str:
    """A text without its numbers and without the blanks that align them."""
    return " ".join(NUMBER.sub("#", text).split())


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _texts(output: Any) -> dict[str, str]:
    """What an output says, by kind: of a figure its data, not its looks, nor its picture."""
    if output.output_type == "stream":
        return {output.name: output.text}
    found = {kind: content for kind, content in sorted(output.get("data", {}).items()) if kind != PICTURE}
    if PLOTLY in found:
        found[PLOTLY] = json.dumps(found[PLOTLY]["data"], indent=1, sort_keys=True)
    return found


# %%
def figures(notebook: Any) -> Iterator[Any]:
    """The data of every output that is a figure."""
    for cell in notebook.cells:
        yield from (output.data for output in cell.get("outputs", ()) if PLOTLY in output.get("data", {}))


def add_pictures(fresh: Any, stored: Any) -> int:
    """Give every figure its picture, the stored one if it is unchanged; how many are left without one."""
    known = {json.dumps(data[PLOTLY]): data[PICTURE] for data in figures(stored) if PICTURE in data}
    blank = []
    for data in figures(fresh):
        picture = known.get(json.dumps(data[PLOTLY]))
        if picture is None:
            blank.append(data)
        else:
            data[PICTURE] = picture
    drawn = pictures([data[PLOTLY] for data in blank]) if blank else []
    for data, picture in zip(blank, drawn, strict=False):
        data[PICTURE] = picture
    return len(blank) - len(drawn)


# %%
def main() -> None:
    """Read the arguments, execute, save or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="notebooks without .ipynb (default: all)")
    parser.add_argument("--check", action="store_true", help="save nothing; say which outputs have changed")
    arguments = parser.parse_args()
    wrong = False
    for path in notebooks(arguments.names):
        stored = nbformat.read(path, as_version=4)
        try:
            with tempfile.TemporaryDirectory() as folder:
                fresh = execute(stored, Path(folder))
        except CellExecutionError as error:
            print(f"{path.name}: stopped, and is left as it was\n{error}", flush=True)
            wrong = True
            continue
        said = differences(stored, fresh)
        wrong |= arguments.check and bool(said)
        if not arguments.check:
            without = add_pictures(fresh, stored)
            nbformat.write(fresh, path)
            said += [f"{without} figures have no picture: there is no browser"] if without else []
        print("\n  ".join([f"{path.name}: {'outputs differ' if said else 'as stored'}", *said]), flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
