"""Whether what is promised already can be awarded at all."""

from __future__ import annotations

from models.award_numbers import AwardNumbers
from optimizer.errors import NoPlanError


def require_possible(awards: AwardNumbers) -> None:
    """Raise NoPlanError, in words, if a committed contract is on offer in no year or a pot has promised too much."""
    offered = {offer[0] for offer in awards.contracts.offers}
    for contract in sorted(awards.contracts.committed - offered):
        raise NoPlanError(
            f"contract {contract} is committed, but on offer in no year: see the years of its programme and its plant.",
            infeasible=True,
        )
    for programme, promised in awards.programmes.committed.items():
        most = _most(awards, programme)
        if promised > most + 1e-9:
            raise NoPlanError(
                f"programme {programme} has promised {promised:g} musd, and grants, equity and loans on offer from it "
                f"come to {most:g} musd at most (plants that are built unaided are offered none).",
                infeasible=True,
            )


def _most(awards: AwardNumbers, programme: str) -> float:
    """Most that grants, equity and loans of a programme can come to, musd at face."""
    best: dict[tuple[str, str], float] = {}
    support = awards.support
    for kind in ("grant_limit", "equity_limit", "loan_limit"):
        for (plant, _, pot), limit in getattr(support, kind).items():
            if pot == programme:
                best[kind, plant] = max(best.get((kind, plant), 0.0), limit)
    return sum(best.values())
