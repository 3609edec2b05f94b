"""Each command: what it calls, what it prints where, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optimizer.cli import main
from optimizer.data import Case, read_case
from optimizer.errors import ModelError, NoPlanError, OutputError, ReconciliationError, SolverError
from tests.unit.report.small_solution import SmallSolution

CASE = "mp-materials"
Captured = pytest.CaptureFixture[str]


class Calls(list[tuple[Case, dict[str, Any]]]):
    """What solve was called with."""


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], Calls]:
    """Let solve answer with a solution, or raise an error; the calls are kept."""

    def put(outcome: object) -> Calls:
        calls = Calls()

        def solve(case: Case, **options: Any) -> object:
            calls.append((case, options))
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        monkeypatch.setattr("optimizer.api.solve", solve)
        return calls

    return put


Answer = Callable[[object], Calls]


def test_cases_lists_every_bundled_case(capsys: Captured) -> None:
    assert main(["cases"]) == 0
    out = capsys.readouterr().out
    assert CASE in out
    assert read_case(CASE).settings.case.question.split()[0] in out


def test_init_copies_a_case_that_reads_back_equal(tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "mine"
    assert main(["init", str(folder), "--case", CASE]) == 0
    assert read_case(folder) == read_case(CASE)
    assert str(folder) in capsys.readouterr().out


def test_init_never_overwrites(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "plants.csv").write_text("mine")
    assert main(["init", str(tmp_path)]) == 74
    assert "not empty" in capsys.readouterr().err
    assert (tmp_path / "plants.csv").read_text() == "mine"


def test_init_of_an_unknown_case_names_the_nearest(tmp_path: Path, capsys: Captured) -> None:
    assert main(["init", str(tmp_path / "mine"), "--case", "mp-material"]) == 2
    assert CASE in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_template_writes_blank_tables(tmp_path: Path) -> None:
    assert main(["template", str(tmp_path / "blank")]) == 0
    assert {"case.toml", "plants.csv", "README.md"} <= {path.name for path in (tmp_path / "blank").iterdir()}


def test_check_says_what_a_case_holds(capsys: Captured) -> None:
    assert main(["check", CASE]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert f"{CASE}: no faults" in out
    assert f"plants {len(read_case(CASE).rows('plants'))}" in out


def test_check_reports_faults_on_stderr_with_their_place(tmp_path: Path, capsys: Captured) -> None:
    main(["init", str(tmp_path / "mine")])
    regions = tmp_path / "mine" / "regions.csv"
    lines = regions.read_text().splitlines()
    lines[1] = lines[1] + ",one field too many"
    regions.write_text("\n".join(lines) + "\n")
    capsys.readouterr()
    assert main(["check", str(tmp_path / "mine")]) == 2
    captured = capsys.readouterr()
    assert "regions.csv row 2" in captured.err
    assert captured.out == ""


def test_solve_passes_every_option_on(answer: Answer, tmp_path: Path) -> None:
    calls = answer(SmallSolution())
    options = ["--paths", "64", "--futures", "4", "--seed", "7", "--gap", "0.01", "--time-limit", "30"]
    options += ["--perspective", "treasury", "--method", "extensive", "--export", str(tmp_path / "model.mps")]
    options += ["--workers", "3"]
    assert main(["solve", CASE, *options, "--quiet"]) == 0
    ((case, passed),) = calls
    assert case == read_case(CASE)
    assert passed == {
        "paths": 64,
        "futures": 4,
        "seed": 7,
        "gap": 0.01,
        "time_limit": 30.0,
        "perspective": "treasury",
        "method": "extensive",
        "export": tmp_path / "model.mps",
        "progress": None,
        "workers": 3,
        "cluster": None,
    }


def test_what_is_not_said_is_left_to_the_case(answer: Answer) -> None:
    calls = answer(SmallSolution())
    assert main(["solve", CASE, "--futures", "12", "--quiet"]) == 0
    ((_, passed),) = calls
    assert passed.pop("method") == "auto"
    assert passed.pop("futures") == 12
    assert passed.pop("workers") == 1  # few futures: starting processes would take longer than it saves
    assert set(passed.values()) == {None}


def test_set_changes_the_case_in_the_order_given(answer: Answer) -> None:
    calls = answer(SmallSolution())
    programme = read_case(CASE).rows("programmes")[0].programme
    path = f"programmes.{programme}.budget_musd"
    assert main(["solve", CASE, "--set", f"{path}=600", "--set", f"{path}=601", "--set", "scenarios.seed=9"]) == 0
    ((case, _),) = calls
    assert case.row("programmes", programme).budget_musd == 601.0
    assert case.settings.scenarios.seed == 9


@pytest.mark.parametrize("assignment", ["programmes.nobody.budget_musd=1", "scenarios.pahts=3", "no-equals-sign"])
def test_a_wrong_assignment_is_refused_before_solving(answer: Answer, capsys: Captured, assignment: str) -> None:
    calls = answer(SmallSolution())
    assert main(["solve", CASE, "--set", assignment]) == 2
    assert calls == []
    assert capsys.readouterr().err.startswith("optimizer: ")


def test_tables_go_to_stdout_and_nothing_else_does(answer: Answer, capsys: Captured) -> None:
    answer(SmallSolution())
    assert main(["solve", CASE]) == 0
    out = capsys.readouterr().out
    assert "small: the best plan to within the gap\n" in out
    assert "What the objective is made of" in out


def test_json_is_one_object(answer: Answer, capsys: Captured) -> None:
    answer(SmallSolution())
    assert main(["solve", CASE, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == SmallSolution().to_json()


def test_quiet_says_nothing_on_stderr(answer: Answer, capsys: Captured, tmp_path: Path) -> None:
    answer(SmallSolution())
    assert main(["solve", CASE, "--quiet", "--out", str(tmp_path / "results")]) == 0
    assert capsys.readouterr().err == ""
    assert (tmp_path / "results" / "solution.json").exists()


def test_an_interrupted_search_prints_its_plan_and_exits_130(answer: Answer, capsys: Captured) -> None:
    answer(SmallSolution(interrupted=True, termination="interrupted"))
    assert main(["solve", CASE]) == 130
    assert "small: the best plan found before it was interrupted" in capsys.readouterr().out


def test_an_interrupt_without_a_plan_exits_130(answer: Answer, capsys: Captured) -> None:
    answer(KeyboardInterrupt())
    assert main(["solve", CASE]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ModelError("a number is not finite"), 2),
        (NoPlanError("proven infeasible", infeasible=True), 4),
        (NoPlanError("stopped without a plan", infeasible=False), 5),
        (ReconciliationError("off by 3 musd"), 6),
        (SolverError("the solver failed"), 70),
        (OutputError("the disk is full"), 74),
    ],
)
def test_errors_meant_for_the_user_are_one_message_and_a_code(
    answer: Answer, capsys: Captured, error: Exception, code: int
) -> None:
    answer(error)
    assert main(["solve", CASE, "--quiet"]) == code
    captured = capsys.readouterr()
    assert captured.err == f"optimizer: {error}\n"
    assert captured.out == ""


def test_a_bug_is_one_plain_line(answer: Answer, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPTIMIZER_TRACEBACK", raising=False)
    answer(ZeroDivisionError("division\nby zero"))
    assert main(["solve", CASE, "--quiet"]) == 70
    err = capsys.readouterr().err
    assert err.startswith("optimizer: internal error: ZeroDivisionError: division by zero. This is a bug")
    assert err.count("\n") == 1


def test_a_bug_shows_its_place_on_request(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTIMIZER_TRACEBACK", "1")
    answer(ZeroDivisionError("division by zero"))
    with pytest.raises(ZeroDivisionError):
        main(["solve", CASE, "--quiet"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["solv", CASE],
        ["solve"],
        ["solve", CASE, "--method", "magic"],
        ["solve", CASE, "--paths", "0"],
        ["solve", CASE, "--seed", "-1"],
        ["solve", CASE, "--nonsense"],
        ["solve", "no-such-case"],
    ],
)
def test_wrong_usage_exits_2(answer: Answer, arguments: list[str]) -> None:
    calls = answer(SmallSolution())
    assert main(arguments) == 2
    assert calls == []


@pytest.mark.parametrize("command", [[], ["cases"], ["init"], ["template"], ["check"], ["solve"]])
def test_help_has_an_example(capsys: Captured, command: list[str]) -> None:
    assert main([*command, "--help"]) == 0
    assert "Example: optimizer" in capsys.readouterr().out


def test_version_is_one_line(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("optimizer")
