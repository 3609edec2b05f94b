"""Irreducible conflicts: the fewest limits that cannot all hold, such that without any one of them the others can.

Source: U. Junker, QuickXplain: preferred explanations and relaxations for over-constrained problems, AAAI (2004).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from optimizer.display import Public
from optimizer.errors import SolverError
from optimizer.explanation.elastic import ElasticCase
from optimizer.explanation.policy_limits import PolicyLimit, policy_limits


def limit_name(limit: PolicyLimit) -> str:
    """Kind and name of a limit."""
    return f"{limit.kind} {limit.name}"


class UnconfirmedError(SolverError):
    """A conflict that does not hold when it is looked at again: lifting a limit has taken a plan away.

    That can happen where a looser limit makes a plant viable unaided that then must be built.
    """


@dataclass(frozen=True)
class Conflict(metaclass=Public):
    """Limits that cannot all hold. With all other limits lifted, leaving out any one of them makes a plan possible."""

    limits: tuple[PolicyLimit, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Kind and name of each limit."""
        return tuple(map(limit_name, self.limits))


@dataclass
class Lifting:
    """Whether a plan exists if, of all ``limits``, only some are kept; every answer is remembered."""

    elastic: ElasticCase
    limits: tuple[PolicyLimit, ...]
    _known: dict[frozenset[str], bool] = field(default_factory=dict)

    def possible(self, kept: Sequence[PolicyLimit]) -> bool:
        """Whether some plan keeps these limits, all others being lifted."""
        names = frozenset(limit_name(limit) for limit in kept)
        if not any(limit.kind == "commitment" or limit.kind.startswith("hard ") for limit in kept):
            return True
        if names not in self._known:
            lifted = [limit for limit in self.limits if limit_name(limit) not in names]
            unjudged = {limit.unjudged for limit in lifted if limit.unjudged is not None}
            case = self.elastic.case
            for limit in lifted:
                if limit.helps not in unjudged:
                    case = limit.loosened(case)
            self._known[names] = self.elastic.feasible(case, unjudged)
        return self._known[names]


@dataclass
class Conflicts:
    """The conflicts of a case as far as they were followed, and the sets of limits whose lifting ends them all.

    ``corrections`` are sets of limits, smallest first; lifting all limits of one makes a plan possible. ``complete``
    says whether every conflict was followed as deep as sets of ``DEEPEST`` limits.
    """

    conflicts: list[Conflict] = field(default_factory=list)
    corrections: list[tuple[PolicyLimit, ...]] = field(default_factory=list)
    complete: bool = False


DEEPEST = 3
"""Largest set of limits to be lifted together that is looked for."""
MOST_CONFLICTS = 5
MOST_CORRECTIONS = 12


def find_conflicts(elastic: ElasticCase, found: Conflicts | None = None, *, first_only: bool = False) -> Conflicts:
    """Conflicts of a case and what ends them, by a hitting-set tree; no conflicts if the case has a plan.

    Each conflict is met by lifting one of its limits; if there is still no plan, another conflict is behind it. Source:
    R. Reiter, A theory of diagnosis from first principles, Artificial Intelligence 32 (1987). ``found`` is filled in
    while searching. Raises TimeoutError at the deadline of ``elastic``.
    """
    out = Conflicts() if found is None else found
    limits = policy_limits(elastic.case)
    lifting = Lifting(elastic, limits)
    waiting: list[tuple[PolicyLimit, ...]] = [()]
    seen: set[frozenset[str]] = set()
    while waiting and len(out.corrections) < MOST_CORRECTIONS:
        lifted = waiting.pop(0)
        names = frozenset(map(limit_name, lifted))
        known_end = any(names >= set(map(limit_name, ended)) for ended in out.corrections)
        if names in seen or known_end:
            continue
        seen.add(names)
        conflict = next((c for c in out.conflicts if names.isdisjoint(c.names)), None)
        if conflict is None:
            left = [limit for limit in limits if limit_name(limit) not in names]
            if lifting.possible(left):
                if lifted:
                    out.corrections.append(lifted)
                continue
            if len(out.conflicts) >= MOST_CONFLICTS:
                return out
            members = irreducible(lifting.possible, left)
            _certify(lifting, members)
            conflict = Conflict(tuple(members))
            out.conflicts.append(conflict)
            if first_only:
                return out
        if len(lifted) < DEEPEST:
            waiting += [(*lifted, limit) for limit in conflict.limits]
    out.complete = not waiting
    return out


def irreducible(possible: Callable[[Sequence[PolicyLimit]], bool], limits: Sequence[PolicyLimit]) -> list[PolicyLimit]:
    """The conflict among ``limits`` that QuickXplain prefers: of the earlier limits rather than the later."""

    def search(held: list[PolicyLimit], new: Sequence[PolicyLimit], rest: list[PolicyLimit]) -> list[PolicyLimit]:
        if new and not possible(held):
            return []
        if len(rest) <= 1:
            return rest
        half = (len(rest) + 1) // 2
        first, second = rest[:half], rest[half:]
        of_second = search([*held, *first], first, second)
        return [*search([*held, *of_second], of_second, first), *of_second]

    return search([], [], list(limits))


def _certify(lifting: Lifting, members: Sequence[PolicyLimit]) -> None:
    """Together the members must be impossible, and without any one of them possible."""
    if lifting.possible(members) or not all(
        lifting.possible([other for other in members if other is not one]) for one in members
    ):
        raise UnconfirmedError(f"the conflict of {', '.join(map(limit_name, members))} could not be confirmed.")
