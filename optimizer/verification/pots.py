"""Public money: what pots are used up by, what is paid out when, and what it costs on balance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.certificate import Book
from optimizer.verification.finance import PUBLIC
from optimizer.verification.operation import KG_PER_T, Planner, discount
from optimizer.verification.payments import Settled
from optimizer.verification.prices import expected
from optimizer.verification.risk import quantile, tail_mean
from optimizer.verification.stock import buying_years
from optimizer.verification.subject import Signed

FloatArray = NDArray[np.float64]
Contracts = list[tuple[Signed, Settled]]


class Pots:
    """Money by programme: face amounts, contract payments per path, stock purchases, by price year and on balance."""

    def __init__(self, planner: Planner, settled: Contracts) -> None:
        self.planner, self.case, self.subject = planner, planner.case, planner.subject
        self.years = np.array(planner.price_years, float)
        self.public = discount(self.years, self.case.settings.rates.public, self.subject.first_year)
        self.contracts = settled

    def paid(self, programme: str) -> FloatArray:
        """Present value of contract payments per path, musd."""
        total = np.zeros(len(self.planner.weight))
        for signed, floats in self.contracts:
            if signed.contract.programme == programme:
                total = total + floats.outlay(self.planner)[0]
        return total

    def face(self, programme: str) -> dict[str, float]:
        """Grants, equity and loans at face value, musd."""
        out = dict.fromkeys(PUBLIC, 0.0)
        for (_, kind, pot), amount in self.subject.financing.items():
            if pot == programme and kind in out:
                out[kind] += amount
        return out

    def purchase_price(self, stock: Any) -> FloatArray:
        """Expected price at which a stockpile buys, by price year, USD/kg: inside its region, plus its premium."""
        inside = expected(self.planner.weight, self.planner.paths.inside(stock.region, stock.material))
        out: FloatArray = inside * (1.0 + stock.purchase_premium)
        return out

    def by_year(self, programme: str) -> dict[str, FloatArray]:
        """Expected outlay of each kind by price year, musd, not discounted."""
        out = {kind: np.zeros(len(self.years)) for kind in (*PUBLIC, "contract", "stockpile")}
        for (name, kind, pot), amount in self.subject.financing.items():
            if pot != programme or kind not in PUBLIC or name not in self.subject.built:
                continue
            years, shares = self.planner.spending(self.case.row("plants", name), self.subject.built[name])
            np.add.at(out[kind], (years - self.years[0]).astype(int), amount * shares)
        for signed, floats in self.contracts:
            if signed.contract.programme == programme:
                out["contract"][floats.cover.columns] += self.planner.weight @ floats.paid[0]
        for stock in self.case.rows("stockpiles"):
            if stock.programme == programme:
                bought = self.subject.purchase_t.get(stock.stockpile, np.zeros(len(self.subject.years)))
                out["stockpile"][: len(bought)] += bought * self.purchase_price(stock)[: len(bought)] / KG_PER_T
        return out

    def net_of_returns(self, programme: str) -> float:
        """Expected present value of the net outlay, musd: support less what it returns, payments, stock.

        Equity returns what it earns, valued at the plant's hurdle rate; a loan costs its credit subsidy.
        """
        total = float(self.planner.weight @ self.paid(programme)) + float(
            self.by_year(programme)["stockpile"] @ self.public
        )
        for (name, kind, pot), amount in self.subject.financing.items():
            if pot != programme or kind not in PUBLIC or name not in self.subject.built:
                continue
            plant, start = self.case.row("plants", name), self.subject.built[name]
            cost = self.planner.spent(plant, start, self.case.settings.rates.public)
            terms = self.planner.terms(name, kind, pot)
            if kind == "loan":
                cost *= self.case.row("programmes", pot).loan_subsidy_rate
            elif kind == "equity" and terms is not None:
                earned = float(self.planner.weight @ self.planner.equity_earned(plant, start, terms))
                cost *= 1.0 - earned / self.planner.spent(plant, start, plant.hurdle_rate)
            total += amount * cost
        return total


def check_pots(book: Book, pots: Pots) -> float:
    """Scores against budgets, yearly caps, and the figures the tables state. Returns the expected net outlay, musd."""
    subject, weight = pots.subject, pots.planner.weight
    rows = {row["programme"]: row for row in subject.tables["programmes"].to_dict(orient="records")}
    book.holds(
        "every programme is in its table",
        set(rows) == {p.programme for p in pots.case.rows("programmes")},
        "programmes",
    )
    net_total = 0.0
    for programme in pots.case.rows("programmes"):
        name = programme.programme
        row = rows.get(name)
        if row is None:
            continue
        paid, face, by_year = pots.paid(name), pots.face(name), pots.by_year(name)
        rule = {"expected": float(weight @ paid), "worst": float(paid.max())}
        score = rule.get(programme.contract_scoring, float(tail_mean(paid, weight, programme.scoring_alpha)))
        stock = float(by_year["stockpile"] @ pots.public)
        disbursed = float(sum(by_year[kind] for kind in PUBLIC) @ pots.public)
        outlay, net = disbursed + stock + paid, pots.net_of_returns(name)
        net_total += net
        scored = {
            "grants_scored_musd": face["grant"],
            "equity_scored_musd": programme.equity_score_share * face["equity"],
            "loans_scored_musd": programme.loan_subsidy_rate * face["loan"],
            "contracts_scored_musd": max(0.0, score),
            "stock_scored_musd": stock,
        }
        used = sum(scored.values())
        figures = {
            "budget_musd": programme.budget_musd,
            **scored,
            "scored_musd": used,
            "left_musd": programme.budget_musd - used,
            "expected_musd": float(weight @ outlay),
            "p95_musd": float(quantile(outlay, weight, 0.95)),
            "worst_musd": float(outlay.max()),
            "expected_net_musd": net,
        }
        size = float(np.abs(paid).mean()) + disbursed + stock
        for column, value in figures.items():
            where = f"programmes, {name}, {column}"
            book.equal(
                "pots' figures: scores, outlays and what they cost on balance", "musd", row[column], value, where, size
            )
        book.holds("pots are scored by their rule", row["scoring"] == programme.contract_scoring, name)
        book.at_most("pots are not exceeded", "musd", used, programme.budget_musd, name, size)
        if programme.committed_musd > 0.0:
            given = sum(pots.face(name).values())
            book.at_most("money already promised is awarded", "musd", programme.committed_musd, given, name, size)
        if programme.yearly_cap_musd is not None:
            spent = np.sum(list(by_year.values()), axis=0)
            where_year = lambda at, n=name: f"{n}, {int(pots.years[at[0]])}"  # noqa: E731
            book.at_most("yearly caps are not exceeded", "musd/yr", spent, programme.yearly_cap_musd, where_year)
        _check_outlays(book, pots, name, by_year)
    return net_total


def _check_outlays(book: Book, pots: Pots, programme: str, by_year: dict[str, FloatArray]) -> None:
    table = pots.subject.tables["outlays"]
    rows = table[table["programme"] == programme]
    known = rows["kind"].isin(list(by_year)) & rows["year"].between(pots.years[0], pots.years[-1])
    once = not rows.duplicated(["kind", "year"]).any()
    book.holds("outlays stand once per kind and year", [bool(known.all()), once], f"outlays, {programme}")
    for kind, amounts in by_year.items():
        own = rows[(rows["kind"] == kind) & known]
        stated = np.zeros(len(pots.years))
        np.add.at(
            stated, (own["year"].to_numpy(float) - pots.years[0]).astype(int), own["expected_musd"].to_numpy(float)
        )
        book.equal(
            "expected outlays by kind and year",
            "musd/yr",
            stated,
            amounts,
            lambda at, k=kind: f"outlays, {programme} {k}, {int(pots.years[at[0]])}",  # type: ignore[misc]
        )


def check_awarded_payments(book: Book, pots: Pots) -> None:
    """Payments of signed contracts as the awards state them, and the amounts of each programme in words."""
    rows = pots.subject.tables["awards"]
    weight = pots.planner.weight
    for signed, floats in pots.contracts:
        row = rows[rows["contract"] == signed.contract.contract].iloc[0]
        paid = floats.outlay(pots.planner)[0]
        figures = {
            "expected_payment_musd": float(weight @ paid),
            "p95_payment_musd": float(quantile(paid, weight, 0.95)),
            "worst_payment_musd": float(paid.max()),
        }
        size = signed.volume_t * signed.strike / KG_PER_T
        for column, value in figures.items():
            where = f"awards, {signed.contract.contract}, {column}"
            book.equal(
                "contract payments: expected, 95 % and worst present value", "musd", row[column], value, where, size
            )
    none = rows[rows["contract"].isna()]
    for column in ("expected_payment_musd", "p95_payment_musd", "worst_payment_musd"):
        book.equal(
            "contract payments: expected, 95 % and worst present value",
            "musd",
            none[column].to_numpy(float),
            0.0,
            "awards",
        )


def check_amounts_in_words(book: Book, pots: Pots) -> None:
    """The amounts of each programme that the awards state in words, to a tenth of a musd: face value of support, on a
    plant's first row, and the expected payment of the row's contract."""
    paid = {
        s.contract.contract: (s.contract.programme, float(pots.planner.weight @ floats.outlay(pots.planner)[0]))
        for s, floats in pots.contracts
    }
    met: set[str] = set()
    for row in pots.subject.tables["awards"].to_dict(orient="records"):
        expected: dict[str, float] = {}
        if row["plant"] not in met:
            for (plant, kind, programme), amount in pots.subject.financing.items():
                if plant == row["plant"] and kind in PUBLIC and programme is not None:
                    expected[programme] = expected.get(programme, 0.0) + amount
        met.add(row["plant"])
        if isinstance(row["contract"], str):
            programme, amount = paid[row["contract"]]
            expected[programme] = expected.get(programme, 0.0) + amount
        parts = [part.rpartition(" ") for part in (row["programmes"] or "").split("; ") if part]
        stated = {name: float(amount) for name, _, amount in parts}
        right = set(stated) == set(expected) and len(stated) == len(parts)
        near = right and all(abs(stated[name] - expected[name]) <= ROUNDED for name in expected)
        book.holds("amounts by programme in words", near, f"awards, {row['plant']}")


ROUNDED = 0.0501
"""Half of the last digit stated, in musd, and what rounding in binary adds to it."""


def check_stock_prices(book: Book, pots: Pots) -> None:
    """Prices and cost of planned stock purchases as the table states them."""
    table = pots.subject.tables["stockpile"]
    for stock in pots.case.rows("stockpiles"):
        rows = table[table["stockpile"] == stock.stockpile]
        masks = buying_years(pots.subject, stock)
        buys = np.any(list(masks.values()), axis=0) if masks else np.zeros(len(pots.subject.years), bool)
        if len(rows) != len(buys):
            continue
        price = pots.purchase_price(stock)[: len(buys)]
        stated = rows["price_usd_per_kg"].to_numpy(float)
        where = pots.subject.year_label(f"stockpile, {stock.stockpile}")
        book.equal("expected purchase price of stock", "USD/kg", stated[buys], price[buys], where)
        book.holds(
            "expected purchase price of stock is stated where stock may be bought", np.isnan(stated[~buys]), where
        )
        cost = rows["purchase_t"].to_numpy(float) * price / KG_PER_T
        book.equal("cost of planned stock", "musd/yr", rows["cost_musd"].to_numpy(float), cost, where)
        same = (rows["region"] == stock.region) & (rows["material"] == stock.material)
        book.holds("stockpiles are where the case has them", same.to_numpy(), where)
