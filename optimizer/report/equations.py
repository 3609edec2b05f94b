"""The formulation as a document, read from the docstrings of the folder that holds it.

The sources are parsed, not imported: the document needs neither the modelling language nor a solver.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ASSEMBLY = "assemble"
MATH = ".. math::"
NOTICE = "<!-- Rendered from the docstrings of this folder; edit those. -->"


@dataclass(frozen=True)
class Equation:
    """One constraint: its name, which is that of the function that enforces it, words, unit and one line of LaTeX."""

    name: str
    words: str
    unit: str
    latex: str


@dataclass(frozen=True)
class Chapter:
    """One file of the formulation: its docstring, and its constraints in the order in which they stand."""

    module: str
    words: str
    equations: tuple[Equation, ...]


def formulation_markdown(folder: Path) -> str:
    """The document: conventions, then the assembled model, then every component it is put together from."""
    package = ast.get_docstring(ast.parse(_source(folder / "__init__.py"))) or ""
    parts = ["# The formulation", NOTICE, markdown_text(package)]
    parts += [_chapter_text(chapter) for chapter in chapters(folder)]
    return "\n\n".join(parts) + "\n"


def chapters(folder: Path) -> tuple[Chapter, ...]:
    """The assembly and the components it calls for, in the order in which it does."""
    tree = ast.parse(_source(folder / f"{ASSEMBLY}.py"))
    package = folder.name
    home = {
        alias.name: node.module.removeprefix(f"{package}.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith(f"{package}.")
        for alias in node.names
    }
    calls = sorted(
        (node.lineno, node.func.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in home
    )
    modules = dict.fromkeys([ASSEMBLY, *(home[name] for _, name in calls)])
    return tuple(read_chapter(_source(folder / f"{module}.py"), module) for module in modules)


def read_chapter(source: str, module: str) -> Chapter:
    """Docstring and constraints of one file. A constraint is a function whose docstring holds a formula.

    >>> source = '''
    ... def one_start_year(model, p):
    ...     "A plant starts at most once. [plants] .. math:: b <= 1"
    ... def helper(model):
    ...     "No formula."
    ... '''
    >>> read_chapter(source, "awards").equations
    (Equation(name='one_start_year', words='A plant starts at most once.', unit='plants', latex='b <= 1'),)
    """
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    equations = [_equation(node) for node in functions if MATH in (ast.get_docstring(node) or "")]
    return Chapter(module, ast.get_docstring(tree) or "", tuple(equations))


def _equation(function: ast.FunctionDef) -> Equation:
    words, _, formula = (ast.get_docstring(function) or "").partition(MATH)
    unit = re.search(r"\[([^\]]+)\]\s*$", words)
    latex, *remarks = re.split(r"\n\s*\n", formula, maxsplit=1)
    stated = words[: unit.start()] if unit else words
    return Equation(
        name=function.name,
        words=" ".join(f"{stated} {' '.join(remarks)}".split()),
        unit=unit.group(1) if unit else "",
        latex=" ".join(latex.split()),
    )


def _chapter_text(chapter: Chapter) -> str:
    parts = [f"## {chapter.module}", markdown_text(chapter.words, level=3)]
    for equation in chapter.equations:
        parts += [
            f"**`{equation.name}`** [{equation.unit}]: {markdown_text(equation.words)}",
            f"$$\n{equation.latex}\n$$",
        ]
    return "\n\n".join(parts)


def markdown_text(text: str, level: int = 2) -> str:
    r"""A docstring's headings, formulas, code and references as Markdown.

    >>> print(markdown_text("Words\n-----\n\n- :math:`b_{py}` ``build`` of :class:`Plant`\n\n.. math:: b\n   \\le 1"))
    ## Words
    <BLANKLINE>
    - $b_{py}$ `build` of `Plant`
    <BLANKLINE>
    $$
    b \le 1
    $$
    """
    text = re.sub(r"^(\S.*)\n-{3,}$", lambda found: f"{'#' * level} {found.group(1)}", text, flags=re.MULTILINE)
    text = re.sub(
        rf"^{re.escape(MATH)} (.*(?:\n +\S.*)*)$",
        lambda found: f"$$\n{' '.join(found.group(1).split())}\n$$",
        text,
        flags=re.MULTILINE,
    )
    text = re.sub(r":math:`([^`]+)`", r"$\1$", text)
    text = re.sub(r":\w+:`([^`]+)`", r"`\1`", text)
    return re.sub(r"``([^`]+)``", r"`\1`", text)


def _source(path: Path) -> str:
    return path.read_text("utf-8")
