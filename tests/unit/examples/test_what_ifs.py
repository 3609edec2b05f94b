"""Every what-if and batch under examples/ can be asked: its changes fit the case that its file is named after."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import read_case
from optimizer.batch.asked import read_batch
from optimizer.whatif import apply
from optimizer.whatif.named import read_what_ifs

EXAMPLES = Path(__file__).parents[3] / "examples"
WHAT_IFS = [
    (path.stem, name) for path in sorted((EXAMPLES / "what-ifs").glob("*.toml")) for name in read_what_ifs(path)
]


@pytest.mark.parametrize(("case", "name"), WHAT_IFS)
def test_a_what_if_changes_its_case(case: str, name: str) -> None:
    given = read_case(case)
    found = read_what_ifs(EXAMPLES / "what-ifs" / f"{case}.toml")[name]
    assert apply(given, found.changes) != given


def test_the_batch_of_policy_questions_asks_every_what_if_of_its_cases() -> None:
    runs = read_batch(EXAMPLES / "policy-questions.toml").asked
    assert len({run.label for run in runs}) == len(runs)
    for case in ("mp-materials", "us-australia"):
        asked = {run.changes for run in runs if run.case == case}
        known = read_what_ifs(EXAMPLES / "what-ifs" / f"{case}.toml").values()
        assert asked == {(), *(what_if.changes for what_if in known)}
