"""The instruments compared, what each is paid for, and their terms in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optimizer.data.row import Row
from optimizer.data.schema import TABLES
from optimizer.errors import SettingError

CONTRACTS = ("floor", "cfd", "collar", "purchase")
MONEY = ("grant", "loan", "equity")
BORDER = ("tariff", "border_floor")
INSTRUMENTS = (*CONTRACTS, *MONEY, *BORDER)

DEFAULT_TENOR = 10
"""Years of cover for a plant that the case offers no contract."""
DEFAULT_WIDTH_SHARE = 0.5
"""Width of a collar that the case does not describe, as a share of the long-run reference price."""

CALLED = {
    "floor": "floor",
    "cfd": "two-way CfD",
    "collar": "collar",
    "purchase": "purchase",
    "grant": "grant",
    "loan": "loan",
    "equity": "equity",
    "tariff": "tariff",
    "border_floor": "border floor",
}
"""What a table calls an instrument."""


def paid_for(instrument: str) -> str:
    """What a plant must do to be paid: that is what it is given a reason to do.

    >>> paid_for("cfd"), paid_for("grant"), paid_for("tariff")
    ('planned output', 'building', 'sales inside')
    """
    if instrument in BORDER:
        return "sales inside"
    if instrument in MONEY:
        return "building"
    return "tonnes delivered" if instrument == "purchase" else "planned output"


@dataclass(frozen=True)
class OwnTerms:
    """Contract rows of one plant by form: its own where the case has one, otherwise made of what its others agree on.

    ``offered`` are the forms of which the case has a row. ``assumed`` says in words what had to be assumed.
    """

    rows: dict[str, Row]
    offered: frozenset[str]
    assumed: tuple[str, ...]

    @property
    def reference(self) -> Row:
        """The floor's row: tenor, series, indexation, averaging, lag and offtake are those of all forms."""
        return self.rows["floor"]


def own_terms(case: Any, plant: Any, long_run_usd_per_kg: float, series: str | None) -> OwnTerms:
    """Contract rows for every form, so that all cover the same output for the same years, settled the same way.

    The plant's first row (floor before CfD before collar before purchase) gives what they share. ``series`` is the
    price series of its product, for a plant without any row; ``long_run_usd_per_kg`` is its long-run level. Raises
    SettingError for a plant with neither.
    """
    found: dict[str, Row] = {}
    for row in case.rows("contracts"):
        if row.plant == plant.plant:
            found.setdefault(row.form, row)
    assumed: list[str] = []
    first = next((found[form] for form in CONTRACTS if form in found), None)
    if first is None:
        if series is None:
            raise SettingError(
                f"'{plant.plant}' makes {plant.product}, which has no price series, and no contract names one: "
                "there is no price that an instrument could refer to."
            )
        assumed.append(f"contracts over {DEFAULT_TENOR} years on the price of the product, which make sales certain")
        first = _blank(plant.plant, series, long_run_usd_per_kg)
    tenor = min(first.tenor_years, plant.life_years)
    shared = dict(first) | {"tenor_years": tenor, "share_min": 1.0, "share_max": 1.0, **_PLAIN}
    rows = {}
    for form in CONTRACTS:
        own = {name: found[form][name] for name in _PLAIN} if form in found else {}
        if form == "collar" and form not in found:
            width = round(DEFAULT_WIDTH_SHARE * long_run_usd_per_kg, 2)
            own["collar_width_usd_per_kg"] = width
            assumed.append(f"a collar {width:g} USD/kg wide")
        name, pot = f"{plant.plant}-{form}", first.programme
        if form in found:
            name, pot = found[form].contract, found[form].programme
        rows[form] = Row({**shared, **own, "form": form, "contract": name, "programme": pot})
    return OwnTerms(rows, frozenset(found), tuple(assumed))


_PLAIN: dict[str, Any] = {
    "upside_share": 0.0,
    "upside_threshold_usd_per_kg": "strike",
    "upside_cap_musd_per_year": None,
    "upside_from_year": None,
    "collar_width_usd_per_kg": 0.0,
    "take_or_pay_share": 0.0,
    "stockpile": None,
}
"""Terms that belong to one form alone."""


def _blank(plant: str, series: str, level: float) -> Row:
    columns = TABLES["contracts"].all_columns
    plain = {column.name: None if column.default == "none" else column.default for column in columns}
    terms: dict[str, Any] = {
        "plant": plant,
        "series": series,
        "programme": None,
        "tenor_years": DEFAULT_TENOR,
        "offtake": True,
    }
    terms |= {"strike_min_usd_per_kg": 0.0, "strike_max_usd_per_kg": level, "strike_tick_usd_per_kg": 0.01}
    return Row({**plain, **terms})


def contract_words(row: Row, strike: float) -> str:
    """The terms of a contract, e.g. ``110 USD/kg on ndpr_oxide, 10 years, 30 % of the upside``."""
    parts = [f"{strike:g} USD/kg on {row.series}", f"{row.tenor_years} years"]
    if row.form == "floor" and row.upside_share > 0.0:
        above = row.upside_threshold_usd_per_kg
        share = f"{row.upside_share:.0%} of the upside".replace("%", " %")
        share += "" if above == "strike" else f" above {above:g}"
        parts.append(share + ("" if row.upside_from_year is None else f" from {row.upside_from_year}"))
    if row.form == "collar":
        parts.append(f"pays back above strike + {row.collar_width_usd_per_kg:g}")
    if row.form == "purchase":
        parts = [f"all output bought at {strike:g} USD/kg", f"{row.tenor_years} years", "resold at market"]
    return ", ".join(parts)


def level_words(kind: str, level: float | None, *, viable: bool = True) -> str:
    """The one figure that was looked for, with its unit.

    >>> level_words("cfd", 0.0), level_words("floor", 50.0, viable=False)
    ('none is needed', '50.00 USD/kg, too low')
    >>> level_words("floor", 80.76), level_words("tariff", 0.526), level_words("loan", 12.0), level_words("grant", None)
    ('80.76 USD/kg', '52.6 %', '12.0 musd', 'none is enough')
    """
    if level is None:
        return "none is enough"
    if level == 0.0:
        return "none is needed"
    short = "" if viable else ", too low"
    if kind == "tariff":
        return f"{100 * level:,.1f} %{short}"
    return f"{level:,.1f} musd{short}" if kind in MONEY else f"{level:,.2f} USD/kg{short}"


def full_name(kind: str, market: str | None) -> str:
    """An instrument with the market it protects.

    >>> full_name("cfd", None), full_name("border_floor", "us")
    ('two-way CfD', 'border floor (us)')
    """
    return CALLED[kind] if market is None else f"{CALLED[kind]} ({market})"


def border_words(kind: str, level: float, material: str, market: str, tenor: int) -> str:
    """The terms of a border measure in words.

    >>> border_words("tariff", 0.25, "magnet", "us", 10)
    '25.0 % on magnet into us, all origins, 10 years'
    """
    if kind == "tariff":
        return f"{100 * level:.1f} % on {material} into {market}, all origins, {tenor} years"
    return f"{material} at no less than {level:g} USD/kg inside {market}, {tenor} years"
