"""Sections about batches: what a run costs outside solving, sharing between runs, processes, Dask, the ledger."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from optimizer.batch import Ledger, Outcome, Run, SolveOptions, run_batch, runs_of
from optimizer.batch.ledger import DONE
from optimizer.cluster import connected, run_on_cluster
from optimizer.data import Case, read_case
from optimizer.live import LiveCase
from optimizer.whatif import apply
from tests.benchmarks.sections import section, table
from tests.small_case import small_case

POT = "programmes.us_pot.budget_musd"
HAZARD = "scenarios.hazard_scale *= 1.5"


def _case(paths: int) -> Case:
    return small_case().set("scenarios.paths", paths).set("scenarios.futures", 2)


def _runs(case: Case, count: int, options: SolveOptions) -> list[Run]:
    return runs_of(case, [(f"run {i}", [f"{POT} = {600 - i / 2}"], {POT: str(i)}) for i in range(count)], options)


def _timed(run: Callable[[Path], Any]) -> tuple[float, float]:
    """Seconds of a batch by the clock, and seconds its runs were under solution, added up."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "batch"
        began = time.perf_counter()
        run(place)
        wall = time.perf_counter() - began
        with Ledger(place) as ledger:
            rows = ledger.rows()
        if {row["status"] for row in rows} != {DONE}:
            raise RuntimeError("a run of the benchmark has no plan")
        return wall, sum(row["seconds"] for row in rows)


def batches(smoke: bool) -> str:
    """Sweeps of the small case of the tests."""
    count, few, paths, entries = (6, 4, 8, 500) if smoke else (1000, 300, 64, 100_000)
    case, warm, cold = _case(paths), SolveOptions(), SolveOptions(cold=True)
    many = _runs(case, count, warm)
    some, some_cold = _runs(case, few, warm), _runs(case, few, cold)
    rows = []

    def line(words: str, runs: int, workers: int, wall: float, solving: float, against: float | None = None) -> None:
        outside = (wall * workers - solving) / runs
        ratio = "" if against is None else f"{against / wall:.2f}"
        rows.append(
            [words, f"{runs:,}", str(workers), f"{wall:.1f}", f"{1000 * solving / runs:.0f}", f"{1000 * outside:.0f}",
             ratio]
        )  # fmt: skip

    wall, solving = _timed(lambda place: run_batch(case, many, place, warm, workers=2))
    line("sweep", count, 2, wall, solving)
    one, solving = _timed(lambda place: run_batch(case, some_cold, place, cold, workers=1))
    line("each run from nothing (`--cold`)", few, 1, one, solving)
    wall, solving = _timed(lambda place: run_batch(case, some_cold, place, cold, workers=2))
    line("the same, two processes", few, 2, wall, solving, one)
    wall, solving = _timed(lambda place: run_batch(case, some, place, warm, workers=1))
    line("the same, runs sharing (`LiveCase`)", few, 1, wall, solving, one)
    wall, solving = _on_cluster(case, some_cold, cold)
    line("the same, Dask with two workers", few, 2, wall, solving, one)
    head = ["what", "runs", "processes", "s", "ms a run, solving", "ms a run, outside", "ratio to the second line"]
    words = (
        f"Budgets of one pot of the small case of the tests ({paths} price paths, 2 futures). Solving: search, tables "
        "of results and the proof that they hold. Outside solving: processes started (some 2 s each, over all runs "
        "of a line), runs claimed, their files made (some 50 each) and flushed to disk, and entered. Estimates of "
        "`--plan` rest on the last table: CPU time of the first question and of three after it in a `LiveCase`, as "
        "shares of the first, and the longest of all four in units of the time to the first report of the search."
    )
    parts = [table(head, rows), _ledger(entries), _shares(smoke)]
    return section("Batches", words, "\n\n".join(parts))


def _on_cluster(case: Case, runs: list[Run], options: SolveOptions) -> tuple[float, float]:
    from distributed import LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        connected(cluster.scheduler_address) as client,
    ):
        return _timed(lambda place: run_on_cluster(client, case, runs, place, options))


def _shares(smoke: bool) -> str:
    """What other questions take beside the first, in every case there is."""
    cases = {"small case of the tests": small_case()}
    cases |= {} if smoke else {name: read_case(name) for name in ("mp-materials", "us-australia", "allied-magnets")}
    rows = []
    for name, case in cases.items():
        heard: list[float] = []
        began, live = time.process_time(), LiveCase(case)
        live.solve(verify=True, progress=lambda _, heard=heard: heard.append(time.process_time()))  # type: ignore[misc]
        first, first_pass = time.process_time() - began, heard[0] - began
        pot = max(case.rows("programmes"), key=lambda row: row["budget_musd"])["programme"]
        seconds = [first]
        for change in (f"programmes.{pot}.budget_musd *= 0.9", f"programmes.{pot}.budget_musd *= 0.5", HAZARD):
            began = time.process_time()
            live.solve(apply(case, [change]), verify=True)
            seconds.append(time.process_time() - began)
        shares = [f"{one / first:.2f}" for one in seconds[1:]]
        rows.append([name, f"{first:.2f}", *shares, f"{first_pass:.2f}", f"{max(seconds) / first_pass:.0f}"])
    head = ["estimates", "first, s", "largest pot × 0.9", "largest pot × 0.5", HAZARD, "first report, s", "longest"]
    return table(head, rows)


def _ledger(entries: int) -> str:
    """How long the ledger takes when it is large."""
    runs = [Run(f"{i:016x}", f"run {i}", (f"{POT} = {i}",), {POT: str(i)}) for i in range(entries)]
    with tempfile.TemporaryDirectory() as folder, Ledger(folder) as ledger:
        seconds = {}
        began = time.perf_counter()
        ledger.add(runs)
        seconds["entering all"], began = time.perf_counter() - began, time.perf_counter()
        ledger.watch(run.id for run in runs)
        seconds["watching all"], began = time.perf_counter() - began, time.perf_counter()
        taken = ledger.claim(100)
        seconds["claiming 100"], began = time.perf_counter() - began, time.perf_counter()
        for run in taken:
            ledger.enter(run.id, Outcome(DONE, "gap_reached", 1.0, 1.0, 0.0, 1.0))
        seconds["entering 100 outcomes"], began = time.perf_counter() - began, time.perf_counter()
        ledger.counts(watched=True)
        seconds["counting"] = time.perf_counter() - began
    head = [f"ledger of {entries:,} runs", "ms"]
    return table(head, [[name, f"{1000 * value:,.1f}"] for name, value in seconds.items()])


SECTIONS: dict[str, Callable[[bool], str]] = {"batches": batches}
