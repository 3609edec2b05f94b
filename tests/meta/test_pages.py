"""The pages hold together: every block is run or says why not, and every link, file and command they name exists."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer

from optimizer.cli.entry import app
from tests.documentation.commands import reference, short_table
from tests.documentation.generated import EVERY
from tests.documentation.pages import ROOT, Block, blocks_in, blocks_of, page_name, pages, regions_of

PAGES = pages()
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
FOLDERS = ("optimizer/", "models/", "inputs/", "examples/", "tests/", ".ci/")
PER_PAGE = pytest.mark.parametrize("page", PAGES, ids=page_name)
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def prose_of(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors_of(page: Path) -> set[str]:
    """The anchors of its headings, as browsers of Markdown make them."""
    heads = re.findall(r"^#+ (.+)$", prose_of(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def targets_of(page: Path) -> list[str]:
    """What its links lead to within the project."""
    return [target for target in LINK.findall(prose_of(page)) if "://" not in target]


@PER_PAGE
def test_every_block_is_run_or_made_or_says_why_not(page: Path) -> None:
    made = "\n".join(regions_of(page).values())
    for block in blocks_of(page):
        assert block.language in ("bash", "python", "toml", "text"), block.place
        if block.language == "toml":
            assert block.kind == "file", f"{block.place}: the name of the file is missing"
        if block.language == "text":
            assert block.text in made or block.kind == "shown", f"{block.place}: neither made nor explained"
        if block.language in ("bash", "python"):
            assert block.kind in ("", "not run here"), block.place
        if block.kind in ("not run here", "shown"):
            assert len(block.words.split()) >= 3, f"{block.place}: no reason"


@PER_PAGE
def test_links_lead_somewhere(page: Path) -> None:
    for target in targets_of(page):
        place, _, anchor = target.partition("#")
        found = (page.parent / place).resolve() if place else page
        assert found.exists(), target
        assert not anchor or anchor in anchors_of(found), target


@PER_PAGE
def test_files_named_in_the_text_exist(page: Path) -> None:
    for code in CODE.findall(prose_of(page)):
        for word in code.split():
            name = word.split(":")[0].rstrip(",.;")
            if name.startswith(FOLDERS) and not re.search(r"[A-Z]{3}|…", name.removesuffix("README.md")):
                assert list(ROOT.glob(name.removesuffix("/"))), f"{page_name(page)}: {word}"


@PER_PAGE
def test_commands_exist_with_their_options(page: Path) -> None:
    lines = [code for code in CODE.findall(prose_of(page)) if code.startswith("optimizer ")]
    lines += [line for block in blocks_of(page) if block.language == "bash" for line in lines_of(block)]
    for line in lines:
        name, *words = line.split("#")[0].split("optimizer ", 1)[1].replace("\\|", " ").split()
        if name.isupper() or name.startswith("-"):
            continue
        assert name in COMMANDS, line
        command = COMMANDS[name]
        below = getattr(command, "commands", {})
        known = {option for one in (below.values() if below else [command]) for option in options_of(one)} | {"--help"}
        assert {word for word in words if re.fullmatch(r"--[a-z-]+", word)} <= known, line


def lines_of(block: Block) -> list[str]:
    """The commands of a block that run this program."""
    lines = block.text.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.removeprefix(".venv/bin/").startswith("optimizer ")]


def options_of(command: Any) -> set[str]:
    """The options of a command as Typer has made it."""
    names = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    return {name for name in names if name.startswith("--")} - {"--help"}


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        places = [(page.parent / target.split("#")[0]).resolve() for target in targets_of(page)]
        waiting += [place for place in places if place.suffix == ".md" and place.is_file()]
    assert [page_name(page) for page in PAGES if page not in reached] == []


def test_every_generated_region_stands_on_one_page() -> None:
    names = [name for page in PAGES for name in regions_of(page)]
    marks = sum(page.read_text("utf-8").count("<!-- generated: ") for page in PAGES)
    assert sorted(names) == sorted(EVERY)
    assert marks == len(names)


def test_tables_of_commands_are_current() -> None:
    for page, name, made in (
        (ROOT / "README.md", "commands", short_table()),
        (ROOT / "optimizer" / "cli" / "README.md", "command reference", reference()),
    ):
        assert regions_of(page)[name].rstrip() == made.rstrip(), "run python -m tests.documentation --quick"


def test_the_reference_has_every_command_with_every_option_and_no_other() -> None:
    # Read from what Typer makes of the app, where the page is made from the signatures of the commands.
    text = (ROOT / "optimizer" / "cli" / "README.md").read_text("utf-8")
    heads = [*re.finditer(r"^### `optimizer (.+)`$", text, flags=re.MULTILINE), None]
    listed = {}
    for head, following in pairwise(heads):
        assert head is not None
        rows = re.findall(
            r"^\| `(-.+?)` \|", text[head.end() : following.start() if following else len(text)], re.MULTILINE
        )
        name = " ".join(word for word in head[1].split() if word.islower())
        listed[name] = {option for row in rows for option in re.findall(r"(?:^|/ )(--[a-z-]+)", row)}
    known = {}
    for name, command in COMMANDS.items():
        below = getattr(command, "commands", {})
        known |= {f"{name} {word}": options_of(one) for word, one in below.items()} or {name: options_of(command)}
    assert listed == known


def test_a_block_with_its_comment_is_read() -> None:
    text = "<!-- file: a.toml -->\n```toml\nx = 1\n```\n\n```bash\nls\n```\n"
    toml, bash = blocks_in(text, "page.md")
    assert (toml.kind, toml.words, toml.text) == ("file", "a.toml", "x = 1\n")
    assert (bash.kind, bash.line) == ("", 6)
    with pytest.raises(ValueError, match=r"page\.md:1: the block is not closed"):
        list(blocks_in("```bash\nls\n", "page.md"))
