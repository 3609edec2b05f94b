"""A fixed plan in fresh futures: figures on paper, intervals, run folders, and what may not be asked."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from optimizer import solve
from optimizer.analysis import stress
from optimizer.analysis.robust import crew
from optimizer.analysis.robust.fresh import Sample, sample_of
from optimizer.analysis.robust.measures import COST, EVER_SHORT, OUTLAY, SAVED, SHORT, measured
from optimizer.analysis.robust.plans import awards_of, plan_of_run
from optimizer.errors import SettingError
from optimizer.instance import compile_instance
from optimizer.scenarios import draw
from tests.small_case import small_case
from tests.unit.analysis.newsvendor import draws, newsvendor


def test_the_newsvendor_with_one_kt_in_stock() -> None:
    # Half and half, q = 1 (see ``newsvendor``). Whatever happens: nothing but the outlay of 50, weighed 0.2. Calm:
    # 204 + 51 + 4 × 0.5 = 257 of supply; embargo: 153 + 51 + 2 × 0.5 = 205. Without: 204 and 453, with 1,000 t not met.
    case = newsvendor(0.5)
    instance = compile_instance(case, draws(case))
    found = sample_of(case, instance, {}, awards_of({"purchase_rate": {("reserve", 2026): 1.0}}, {}))
    assert found.fixed == pytest.approx(0.0, abs=1e-9)
    assert found.outlay == pytest.approx([50.0])
    assert found.supply == pytest.approx([257.0, 205.0])
    assert found.supply_without == pytest.approx([204.0, 453.0])
    assert found.unmet["civil"] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert found.demand["civil"] == pytest.approx([4000.0, 4000.0])
    # Against itself as the fresh sample: 0.2 × 50 + 231 = 241, and 328.5 without.
    table = measured(found, [found, found], 0.5, 1).set_index(["measure", "subject"])
    assert table.loc[(COST, "all"), "in_sample"] == pytest.approx(241.0)
    assert table.loc[(COST, "all"), ["fresh", "low", "high"]].tolist() == pytest.approx([241.0, 241.0, 241.0])
    assert table.loc[(SAVED, "all"), "fresh"] == pytest.approx(87.5)
    assert table.loc[(OUTLAY, "all"), "fresh"] == pytest.approx(50.0)


def test_measures_tell_the_share_of_futures_from_the_share_of_tonnes() -> None:
    # 10 and 0 t of 100 t each: 5 % of tonnes, and half of the futures.
    half, none = np.array([0.5, 0.5]), np.zeros(2)
    one = Sample(half, half, 0.0, 0.2, none, none, 0.0, none, {"a": np.array([10.0, 0.0])}, {"a": none + 100.0}, {}, {})
    table = measured(one, [one], 0.5, 1).set_index(["measure", "subject"])
    assert table.loc[(SHORT, "a"), "fresh"] == pytest.approx(5.0)
    assert table.loc[(EVER_SHORT, "a"), "fresh"] == pytest.approx(50.0)
    assert table.loc[(EVER_SHORT, "a"), "method"] == "Clopper-Pearson"
    # One batch says nothing of how far another would lie from it.
    assert np.isnan(table.loc[(SHORT, "a"), "low"])


def test_batches_of_a_process_that_dies_are_worked_out_here(monkeypatch: pytest.MonkeyPatch) -> None:
    # The first batch comes back, then the pool breaks with the second under way and the third not yet handed out.
    class Breaking:
        handed: ClassVar[list[int]] = []

        def submit(self, _: object, batch: tuple[int, int, int]) -> Future[str]:
            done: Future[str] = Future()
            self.handed.append(batch[0])
            if len(self.handed) == 1:
                done.set_result("elsewhere")
            else:
                done.set_exception(BrokenExecutor())
            return done

    monkeypatch.setattr(crew, "started", lambda *_: Breaking())
    monkeypatch.setattr(crew, "dismiss", lambda _: None)
    monkeypatch.setattr(crew, "_sampled", lambda _, batch: f"here {batch[0]}")
    batches = [(7, 1, 0), (8, 1, 0), (9, 1, 0)]
    found = dict(crew.samples(small_case(), {}, {}, batches, workers=2, left=lambda: 9.0))
    assert found == {0: "elsewhere", 1: "here 8", 2: "here 9"}


@pytest.mark.slow
def test_figures_do_not_depend_on_workers() -> None:
    case = small_case()
    alone = stress(case, futures_fresh=40)
    several = stress(case, futures_fresh=40, workers=2)
    assert alone.table.equals(several.table)
    assert alone.tables["fresh"].equals(several.tables["fresh"])


def test_fresh_futures_differ_with_the_seed_of_the_case() -> None:
    case = small_case()
    alone = stress(case, futures_fresh=40)
    other = stress(case.set("scenarios.seed", 2), futures_fresh=40)
    assert not np.array_equal(alone.tables["fresh"]["supply_musd"], other.tables["fresh"]["supply_musd"])
    assert alone.run["futures_fresh"] == 40


def test_the_plan_of_a_run_folder_is_the_plan_that_was_written(tmp_path: Path) -> None:
    case = small_case()
    solution = solve(case)
    solution.write(tmp_path / "run")
    instance = compile_instance(case, draw(case))
    plan = plan_of_run(tmp_path / "run", instance)
    entrants = instance.awards.plants.private_entry
    own = stress(case, run=tmp_path / "run", futures_fresh=40).table.set_index(["measure", "subject"])
    # Without a tail weight the objective is the expected cost.
    assert own.loc[(COST, "all"), "in_sample"] == pytest.approx(solution.objective_musd, rel=1e-7)
    assert {plant for plant, _ in plan.awards["build"]} == {
        row.plant for row in solution.tables["awards"].itertuples() if row.route == "supported"
    }
    assert not {plant for plant, _ in plan.awards["build"]} & set(entrants)
    (tmp_path / "run" / "awards.csv").write_text("changed")
    with pytest.raises(SettingError, match="is not as it was written"):
        stress(case, run=tmp_path / "run", futures_fresh=40)


def test_bad_arguments_are_refused(tmp_path: Path) -> None:
    case = small_case()
    with pytest.raises(SettingError, match="is not a run"):
        stress(case, run=tmp_path, futures_fresh=40)
    with pytest.raises(SettingError, match="Use 2 or more"):
        stress(case, futures_fresh=1)
    with pytest.raises(SettingError, match="Use 1 or more"):
        stress(case, futures_fresh=40, workers=0)
