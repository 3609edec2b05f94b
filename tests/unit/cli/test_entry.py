"""What the entry point makes of errors and warnings that no command foresees."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from optimizer.cli import main
from optimizer.cli.signals import INTERRUPTED, TERMINATED, StopRequests
from optimizer.engine.highs import load

Captured = pytest.CaptureFixture[str]


@pytest.fixture(name="check_does")
def fixture_check_does(monkeypatch: pytest.MonkeyPatch) -> Any:
    def put(action: Any) -> None:
        monkeypatch.setattr("optimizer.data.read_case", lambda _: action())

    return put


def raises(error: BaseException) -> Any:
    def action() -> None:
        raise error

    return action


def test_what_the_system_refuses_exits_74_with_the_place(check_does: Any, capsys: Captured) -> None:
    check_does(raises(PermissionError(13, "Permission denied", "results/x.csv")))
    assert main(["check", "mp-materials"]) == 74
    assert capsys.readouterr().err == "optimizer: results/x.csv: cannot be read or written (Permission denied).\n"


def test_a_reader_that_has_gone_exits_74(check_does: Any, capsys: Captured) -> None:
    check_does(raises(BrokenPipeError(32, "Broken pipe")))
    assert main(["check", "mp-materials"]) == 74
    assert "Traceback" not in capsys.readouterr().err


def test_too_little_memory_is_one_line(check_does: Any, capsys: Captured) -> None:
    check_does(raises(MemoryError()))
    assert main(["check", "mp-materials"]) == 70
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_warnings_are_messages_without_a_place_in_the_code(check_does: Any, capsys: Captured) -> None:
    def action() -> None:
        warnings.warn("HiGHS 1.17.2 has not been tested", stacklevel=1)
        raise PermissionError(13, "Permission denied", "x")

    check_does(action)
    main(["check", "mp-materials"])
    assert capsys.readouterr().err.splitlines()[0] == "optimizer: warning: HiGHS 1.17.2 has not been tested"


def test_only_an_interrupted_command_ends_as_terminated() -> None:
    requests = StopRequests()
    assert [requests.exit_code(code) for code in (0, INTERRUPTED)] == [0, INTERRUPTED]
    requests.terminated = True
    assert [requests.exit_code(code) for code in (0, INTERRUPTED)] == [0, TERMINATED]


def test_an_untested_solver_is_mentioned_once_and_a_wrong_one_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    load.require_known_version.cache_clear()
    monkeypatch.setattr(load, "version", lambda: "1.17.0")
    with pytest.warns(UserWarning, match=r"HiGHS 1.17.0 has not been tested"):
        load.require_known_version()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load.require_known_version()
    load.require_known_version.cache_clear()
    monkeypatch.setattr(load, "version", lambda: "1.14.0")
    with pytest.raises(load.SolverError, match=r"Install highspy 1\.16"):
        load.require_known_version()
    load.require_known_version.cache_clear()
