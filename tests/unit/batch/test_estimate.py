"""How long a batch may take, on a clock that only the tries move."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from optimizer.batch import SolveOptions, estimate, runs_of
from optimizer.batch.estimate import from_done, from_trials
from optimizer.errors import NoPlanError
from tests.small_case import small_case

POT = "programmes.us_pot.budget_musd"


class _Clock:
    """A case whose first question takes ``first`` seconds, ``pass_s`` of them to the first report, and others less."""

    def __init__(self, first: float, others: float, pass_s: float, *, infeasible: bool | None = None) -> None:
        self.now, self._seconds, self._pass_s, self._infeasible = 0.0, [first], pass_s, infeasible
        self._others = others
        self.asked: list[Any] = []

    def monotonic(self) -> float:
        return self.now

    def live(self, _: Any) -> _Clock:
        return self

    def solve(self, case: Any, *, time_limit: float, progress: Any = None, **_: Any) -> Any:
        if progress is None:
            return None
        self.asked.append(case)
        takes = self._seconds.pop() if self._seconds else self._others
        self.now += self._pass_s
        progress(None)
        self.now += min(takes, time_limit) - self._pass_s
        if self._infeasible is not None:
            raise NoPlanError("none", infeasible=self._infeasible)
        return SimpleNamespace(termination="time_limit" if takes > time_limit else "gap_reached")


def estimated(monkeypatch: pytest.MonkeyPatch, clock: _Clock) -> estimate.Estimate:
    case = small_case()
    runs = runs_of(case, [(f"run {i}", [f"{POT} = {i}"], {}) for i in range(5)], SolveOptions())
    monkeypatch.setattr(estimate, "time", clock)
    monkeypatch.setattr(estimate, "LiveCase", clock.live)
    return from_trials([(case, runs)], SolveOptions(), workers=2, patience=3.0)


def test_one_run_tried_stands_for_the_others_from_a_tenth_to_five_and_a_half_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A second try would end after 4 s. Start 2 s; five runs on two processes: 5 (0.2 + 0.04) / 2 and 5 (11 + 0.04) / 2.
    found = estimated(monkeypatch, _Clock(first=2.0, others=2.0, pass_s=0.5))
    assert (found.low, found.high) == pytest.approx((2.6, 29.6))
    assert found.basis == "at 0.2 to 11.0 s a run, judged by one that was tried"


def test_all_runs_tried_stand_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    # 0.8 s and four times 0.4 s: 2 + 5 (0.4 + 0.04) / 2 and 2 + 5 (0.8 + 0.04) / 2.
    clock = _Clock(first=0.8, others=0.4, pass_s=0.1)
    found = estimated(monkeypatch, clock)
    assert (found.low, found.high) == pytest.approx((3.1, 4.1))
    assert len(clock.asked) == 5


def test_two_runs_tried_may_be_double_or_half(monkeypatch: pytest.MonkeyPatch) -> None:
    # 1.4 s and 1 s; a third could end after 3.8 s: 2 + 5 (0.5 + 0.04) / 2 and 2 + 5 (2.8 + 0.04) / 2.
    found = estimated(monkeypatch, _Clock(first=1.4, others=1.0, pass_s=0.1))
    assert (found.low, found.high) == pytest.approx((3.35, 9.1))


@pytest.mark.parametrize("infeasible", [None, False])
def test_a_run_that_does_not_end_is_judged_by_its_first_pass(
    monkeypatch: pytest.MonkeyPatch, infeasible: bool | None
) -> None:
    # Stopped after 3 s, first pass 0.5 s: at least 0.1 x 3 s, at most 90 x 0.5 s: 2 + 5 (0.3 + 0.04) / 2 and
    # 2 + 5 (45 + 0.04) / 2. So too if it has no plan by then.
    found = estimated(monkeypatch, _Clock(first=100.0, others=1.0, pass_s=0.5, infeasible=infeasible))
    assert (found.low, found.high) == pytest.approx((2.85, 114.6))
    assert "one that was tried had not ended after 3.0 s" in found.basis


def test_a_run_that_is_infeasible_takes_its_time_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    found = estimated(monkeypatch, _Clock(first=2.0, others=2.0, pass_s=0.5, infeasible=True))
    assert (found.low, found.high) == pytest.approx((2.6, 29.6))


def test_runs_that_are_done_set_the_pace() -> None:
    # 3 s on average and 0.04 s outside, 10 left on 4 processes: 2 + 10 x 3.04 / 4.
    rows = [{"status": "done", "seconds": 2.0}, {"status": "done", "seconds": 4.0}, {"status": "failed", "seconds": 9}]
    found = from_done(rows, 10, 4)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((9.6, 9.6))
    assert from_done(rows[2:], 10, 4) is None
    assert from_done(rows, 0, 4) == estimate.Estimate(0.0, 0.0, "at 3.0 s for each of 2 runs done")
