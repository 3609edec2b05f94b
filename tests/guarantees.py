"""What the program promises, how far that has been measured, and the test that holds it.

``python -m tests.guarantees`` writes the table into ``optimizer/verification/README.md``. A figure is one of a run of
the test named beside it, slow variants included.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "optimizer" / "verification" / "README.md"
START, END = "<!-- guarantees -->", "<!-- end of guarantees -->"


@dataclass(frozen=True)
class Guarantee:
    """A promise in words, the figure measured, and its test as ``file::function`` below ``tests``."""

    words: str
    figure: str
    test: str


GUARANTEES = (
    Guarantee(
        "No number unfit to be solved (not finite, out of range) leads to a plan",
        "10,000 poisoned instances and 10,000 poisoned models: no plan",
        "property/test_fuzz_numbers.py::test_no_compiled_model_with_a_poisoned_number_is_solved",
    ),
    Guarantee(
        "A plan that is reported satisfies every condition, worked out without model and solver",
        "138 of 138 random plans, largest violation 3e-10 of the size of its terms",
        "property/test_plans_hold.py::test_plans_of_random_cases_hold",
    ),
    Guarantee(
        "A result that is wrong by a thousandth in any one number is not reported",
        "4,000 of 4,000 nudges caught; held at 99.9 %",
        "property/test_verifier_mutations.py::test_a_nudged_result_is_caught",
    ),
    Guarantee(
        "Contracts pay what their terms say, in exact decimal arithmetic",
        "1e-9 on 400 random contracts",
        "unit/settlement/test_exact.py::test_equals_the_planner_on_random_terms",
    ),
    Guarantee(
        "Published payments of a real contract are met",
        "0.0002 GBP/MWh on days of more than 100 MWh",
        "unit/settlement/test_published.py::test_a_published_day_is_met",
    ),
    Guarantee(
        "Cutting planes and one model of everything agree within the gap",
        "200 of 200 random small cases, and the bundled cases",
        "property/test_cuts_equal_extensive.py::test_cuts_and_extensive_form_agree",
    ),
    Guarantee(
        "A certified bound is never above the optimum, whatever the solver's duals",
        "20 random LPs, each with true and with tampered duals",
        "unit/engine/test_safe_bound.py::test_any_duals_give_a_bound_and_wrong_ones_a_weaker_one",
    ),
    Guarantee(
        "A case with a plan is never called impossible",
        "200 of 200 planted plans",
        "integration/test_explain.py::test_two_hundred_planted_plans_are_never_called_impossible",
    ),
    Guarantee(
        "A conflict that is named is one, and each member is needed",
        "11 kinds of planted conflict, found with exactly their members",
        "unit/explanation/test_conflicts.py::test_a_planted_conflict_is_found_with_exactly_its_members",
    ),
    Guarantee(
        "Equal inputs and seed give equal files, byte for byte, for any number of workers",
        "20 of 20 runs with 1, 2 and 4 workers",
        "integration/test_determinism.py::test_20_of_20_runs_of_a_bundled_case_write_the_same_bytes",
    ),
    Guarantee(
        "A changed byte in a run folder is found",
        "every sampled byte of every file",
        "unit/results/test_manifest.py::test_any_one_byte_is_noticed",
    ),
    Guarantee(
        "Spoilt inputs are refused with file, row and column, or were sound: never a traceback, never a wrong figure",
        "100,000 mutants of a case, 5,000 of a workbook",
        "property/test_fuzz_files.py::test_mutants_are_refused_or_sound",
    ),
    Guarantee(
        "A process that dies while it solves futures changes nothing in the result",
        "killed twice over: the same bytes",
        "integration/test_workers_that_die.py::test_a_run_whose_workers_are_killed_prints_the_same_plan",
    ),
    Guarantee(
        "Ctrl-C at any moment of writing leaves one whole run",
        "100 moments",
        "integration/test_faults.py::test_ctrl_c_at_any_moment_of_writing_leaves_one_whole_run",
    ),
    Guarantee(
        "A full disk leaves the last run whole",
        "a disk of 800 kB",
        "integration/test_faults.py::test_a_full_disk_leaves_the_last_run_whole",
    ),
    Guarantee(
        "A batch killed by SIGKILL, again and again, ends with every run once",
        "200 kills over 3,000 runs: 3,000 done once, 3,000 whole folders, none lost, torn or twice",
        "integration/test_killed_batch.py::test_a_batch_killed_again_and_again_ends_with_every_run_once",
    ),
    Guarantee(
        "Nothing a user writes becomes code, and nothing is sent anywhere",
        "every file of the program; a solve opens no connection",
        "meta/test_security.py::test_nothing_a_user_writes_becomes_code_and_nothing_is_sent",
    ),
)


def table() -> str:
    """The guarantees as a Markdown table."""
    head = ["| promise | measured | test |", "|---|---|---|"]
    return "\n".join([*head, *(f"| {one.words} | {one.figure} | `tests/{one.test}` |" for one in GUARANTEES)])


def page(text: str) -> str:
    """The page with the table in its place."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), encoding="utf-8")
