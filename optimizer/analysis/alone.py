"""One plant on its own: what sponsors and lenders say of any terms, on the menu or off it.

The conditions are those of ``models.viability`` for one plant and one start year. For given contracts and public money
private debt is the only decision left, a number in which every condition is linear: so no solver is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.standing import ContractTerms, Standing
from optimizer.data import Case
from optimizer.data.nearest import allowed_words
from optimizer.data.row import Row
from optimizer.errors import SettingError
from optimizer.instance.compile import lender_deck
from optimizer.instance.contracts import Settlement
from optimizer.instance.market import Market
from optimizer.instance.plan import operating_cash, plant_plan, spend_factor, unit_margin
from optimizer.instance.plants import plant_numbers
from optimizer.instance.support import one_option
from optimizer.scenarios import Draws
from optimizer.terms.finance import cvar

FloatArray = NDArray[np.float64]

KEPT_CONTRACTS, KEPT_STRIKES = 8, 100
"""Payoffs kept: of so many contracts at so many strikes each."""


class Outlook:
    """Prices as sponsors and lenders of a case see them, and the numbers of its candidates; shared by all plants."""

    def __init__(self, case: Case, draws: Draws) -> None:
        self.case, self.paths = case.in_key_order(), draws.paths
        prices = lender_deck(self.case, self.paths)
        self.market = Market(self.case, self.paths.years, self.paths.yearly)
        self.deck = Market(self.case, self.paths.years, lambda series: prices[series])
        self.deck_quarterly = {name: np.repeat(deck[:, np.newaxis], 4, axis=1) for name, deck in prices.items()}
        self.plants = plant_numbers(self.case, self.paths, self.market, self.deck, self.paths.weight)

    def alone(self, plant: str, start_year: int) -> PlantAlone:
        """One of the candidates on its own."""
        return PlantAlone(self.case, None, plant, start_year, outlook=self)


class PlantAlone:
    """One candidate with one start year on its own: not its pots, not the plant it may need, not the rest of the plan.

    ``support`` may give other terms, instrument → row of ``support`` (for ``grant``, ``equity`` and ``loan``; amounts
    on offer are not read); left out, they are those of the plant's first row, and without a row a grant, or common
    equity, as anybody would give it. ``alpha`` and ``loss_limit`` replace the sponsor's tail and the share of its own
    money that it may lose there.

    Raises SettingError for a plant that is no candidate or a start year that is not on offer.
    """

    def __init__(
        self,
        case: Case,
        draws: Draws | None,
        plant: str,
        start_year: int,
        *,
        support: Mapping[str, Row] | None = None,
        alpha: float | None = None,
        loss_limit: float | None = None,
        outlook: Outlook | None = None,
    ) -> None:
        if outlook is None:
            if draws is None:
                raise SettingError("A plant is judged on draws, or on an outlook that has them.")
            outlook = Outlook(case, draws)
        numbers, self.option = outlook.plants, (plant, start_year)
        names = list(dict.fromkeys(name for name, _ in numbers.capex))
        if plant not in names:
            raise SettingError(f"'{plant}' is not a candidate. {allowed_words(plant, names)}")
        if self.option not in numbers.capex:
            years = ", ".join(str(year) for name, year in numbers.capex if name == plant)
            raise SettingError(f"'{plant}' cannot start in {start_year}. Its start years: {years}.")
        self.outlook, self.plant, self.start_year = outlook, plant, start_year
        self.row = outlook.case.row("plants", plant)
        self.plan = plant_plan(outlook.case, self.row, start_year, outlook.paths.years)
        self.alpha = outlook.case.settings.viability.alpha if alpha is None else alpha
        self.loss_limit = numbers.loss_limit[plant] if loss_limit is None else loss_limit
        margin = unit_margin(outlook.case, self.row, outlook.deck)
        self._deck_cash = operating_cash(self.plan, margin, self.row.merchant_share)
        self._terms = dict(support or {})
        self._money: dict[Any, tuple[Any, Any, FloatArray]] = {}
        self._settled: dict[Any, tuple[Settlement, dict[float, tuple[FloatArray, FloatArray, FloatArray]]]] = {}

    @property
    def output(self) -> float:
        """Planned full output, kt/yr."""
        return self.plan.output

    def judged_by(self, *, alpha: float | None = None, loss_limit: float | None = None) -> PlantAlone:
        """The same plant in the eyes of a sponsor with another tail, or another share of its money to lose there."""
        other = object.__new__(PlantAlone)
        other.__dict__.update(self.__dict__)
        other.alpha = self.alpha if alpha is None else alpha
        other.loss_limit = self.loss_limit if loss_limit is None else loss_limit
        return other

    def terms(self, instrument: str) -> Row | None:
        """The row of ``support`` whose terms hold for a grant, equity or loan; None for a loan without a row."""
        if instrument not in self._terms:
            rows = self.outlook.case.rows("support")
            mine = [row for row in rows if row.plant == self.plant and row.instrument == instrument]
            if not mine and instrument == "loan":
                return None
            plain: dict[str, Any] = {
                "plant": self.plant,
                "instrument": instrument,
                "programme": None,
                "equity_form": "common",
            }
            plain |= {"max_share_of_capex": 1.0, "max_musd": None}
            self._terms[instrument] = mine[0] if mine else Row(plain)
        return self._terms[instrument]

    def _per_musd(self, row: Row) -> tuple[Any, Any, FloatArray]:
        """Gain to the sponsor, net outlay and yearly service of one musd of support; the first two may be by path."""
        kind = (row.instrument, row.programme, *row.values())
        if kind not in self._money:
            self._money[kind] = self._priced(row)
        return self._money[kind]

    def _priced(self, row: Row) -> tuple[Any, Any, FloatArray]:
        outlook = self.outlook
        pots = [pot for pot in outlook.case.rows("programmes") if pot.programme == row.programme]
        pot = pots[0] if pots else Row({"loan_subsidy_rate": 1.0})
        out = one_option(outlook.case, outlook.paths, outlook.market, row, self.row, pot, self.start_year)
        option, factor = (*self.option, row.programme), outlook.plants.spend_factor[self.option]
        if row.instrument == "grant":
            return factor, out.grant_net_outlay[option], np.zeros(0)
        if row.instrument == "loan":
            return out.loan_gain[option], out.loan_net_outlay[option], np.array(out.loan_service[option])
        # By path: face value less what this path earns; its mean is the expected net outlay of the award model.
        gain = out.equity_gain[option]
        return gain, self._public_factor * gain / factor, np.zeros(0)

    @property
    def _public_factor(self) -> float:
        """Present value at the public rate of one dollar spent along with the capex."""
        settings = self.outlook.case.settings
        return spend_factor(self.row, self.start_year, settings.rates.public, settings.horizon.first_year)

    def payoff(self, contract: ContractTerms) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Sponsor's gain (paths,), public outlay (paths,) and cash in the deck by year, of a contract, musd."""
        kind, outlook = contract.kind, self.outlook
        if contract.share == 0.0:
            return np.zeros(outlook.paths.count), np.zeros(outlook.paths.count), np.zeros(0)
        if kind not in self._settled:
            if len(self._settled) >= KEPT_CONTRACTS:
                self._settled.clear()
            # Payments are per kt/yr; how much is covered matters to them only if they are capped.
            capped = contract.row.upside_cap_musd_per_year is not None
            row = Row({**contract.row, "share_max": contract.share if capped else 1.0})
            settled = Settlement(
                outlook.case, row, self.plan, outlook.paths, outlook.market, outlook.deck, outlook.deck_quarterly
            )
            self._settled[kind] = settled, {}
        settled, known = self._settled[kind]
        if contract.strike not in known:
            if len(known) >= KEPT_STRIKES:
                known.clear()
            payment, gain = settled.on_paths(contract.strike)
            kept = (1.0 - self.row.tax_rate) * (gain @ settled.hurdle_factors)
            known[contract.strike] = kept, payment @ settled.public_factors, np.array(settled.in_deck(contract.strike))
        volume = contract.share * self.output
        kept, outlay, cash = known[contract.strike]
        return volume * kept, volume * outlay, volume * cash

    def standing(
        self,
        contract: ContractTerms | Sequence[ContractTerms] | None = None,
        *,
        grant: float = 0.0,
        equity: float = 0.0,
        loan: float = 0.0,
        support: Sequence[tuple[Row, float]] = (),
    ) -> Standing:
        """Whether the plant is viable with a contract (or several), and public money in musd, beside private debt.

        ``support`` adds amounts at the terms of any row of ``support``. Raises SettingError for a loan to a plant for
        which no terms of one are known.
        """
        signed = [contract] if isinstance(contract, ContractTerms) else list(contract or [])
        numbers = self.outlook.plants
        capex, factor = numbers.capex[self.option], numbers.spend_factor[self.option]
        npv, outlay = numbers.npv[self.option].copy(), np.zeros(len(self.outlook.paths.weight))
        cash, service = self._deck_cash.copy(), np.zeros(0)
        for terms in signed:
            brought, paid, extra = self.payoff(terms)
            npv, outlay = npv + brought, outlay + paid
            cash[: len(extra)] += extra
        given = [*support, *self._on_own_terms({"grant": grant, "equity": equity, "loan": loan})]
        for row, amount in given:
            gained, cost, owed = self._per_musd(row)
            npv, outlay = npv + amount * gained, outlay + amount * cost
            service = _added(service, amount * owed)
        others = float(sum(amount for _, amount in given))
        lent = float(sum(amount for row, amount in given if row.instrument == "loan"))
        cover = self._cover_room(cash, service, lent)
        room = {
            "financing_within_capex": capex - others,
            "gearing_limit": numbers.gearing[self.plant] * capex - lent,
            "debt_service_cover": cover if lent > 0.0 else max(cover, 0.0),
        }
        weight, gain = self.outlook.paths.weight, numbers.debt_gain[self.option]
        expected, tail_loss = float(weight @ npv), float(cvar(-npv, weight, self.alpha))
        accepted = self.loss_limit * factor
        lines: dict[str, tuple[float, float]] = {
            "expected_return": (expected, gain),
            "downside_limit": (accepted * (capex - others) - tail_loss, gain - accepted),
        }
        most = min(room.values())
        _, spare = _best_debt(list(lines.values()), max(most, 0.0), take_more=True)
        if np.isfinite(numbers.npv_cap[self.option]):
            lines["no_over_compensation"] = (numbers.npv_cap[self.option] - expected, -gain)
        debt, slack = _best_debt(list(lines.values()), max(most, 0.0), take_more=gain > 0.0)
        margins = {name: at_none + slope * debt for name, (at_none, slope) in lines.items()}
        margins |= {name: left - debt for name, left in room.items()}
        slack = min(slack, most) if most < 0.0 else slack
        return Standing(slack, spare, margins, debt, max(most, 0.0), npv + gain * debt, outlay, weight, self.alpha)

    def _on_own_terms(self, amounts: Mapping[str, float]) -> list[tuple[Row, float]]:
        out = []
        for instrument, amount in amounts.items():
            row = self.terms(instrument)
            if amount != 0.0 and row is None:
                raise SettingError(f"the case states no terms of a public loan to '{self.plant}'.")
            if amount != 0.0 and row is not None:
                out.append((row, amount))
        return out

    def _cover_room(self, cash: FloatArray, loan_service: FloatArray, loan: float) -> float:
        """Private debt that the cash in the deck can still serve beside the loan, musd; below zero: too much is lent.

        In the years of the private debt the cash must cover both, in later ones what the loan then asks.
        """
        numbers, option = self.outlook.plants, self.option
        own, cover = np.array(numbers.debt_service[option]), numbers.service_cover[self.plant]
        years = min(max(len(own), len(loan_service)), len(cash))
        ours, theirs = np.zeros(years), np.zeros(years)
        ours[: len(own)], theirs[: len(loan_service)] = own[:years], loan_service[:years]
        free = cash[:years] / cover - theirs if cover > 0.0 else np.full(years, np.inf)
        per_musd = np.where(ours > 0.0, ours, theirs / loan if loan > 0.0 else 1.0)
        limits = np.where((ours > 0.0) | (free < 0.0), free / np.where(per_musd > 0.0, per_musd, 1.0), np.inf)
        return float(limits.min(initial=np.inf))


def _added(a: FloatArray, b: FloatArray) -> FloatArray:
    out = np.zeros(max(len(a), len(b)))
    out[: len(a)] += a
    out[: len(b)] += b
    return out


def _best_debt(lines: list[tuple[float, float]], most: float, *, take_more: bool) -> tuple[float, float]:
    """Debt between 0 and ``most``, and the least of the lines (value at none, slope) with the debt that suits best.

    If all lines can be held at or above zero, the debt is the most, or the least, that does so.
    """
    points = {0.0, most}
    for i, (a, s) in enumerate(lines):
        points |= {(b - a) / (s - t) for b, t in lines[:i] if s != t}
    tightest = {d: min(a + s * d for a, s in lines) for d in points if 0.0 <= d <= most}
    debt = max(tightest, key=lambda d: tightest[d])
    slack = tightest[debt]
    if slack < 0.0:
        return debt, slack
    lowest = max([0.0, *(-a / s for a, s in lines if s > 0.0)])
    highest = min([most, *(a / -s for a, s in lines if s < 0.0)])
    return (highest if take_more else min(lowest, highest)), slack
