"""How the tables of alternatives are shown."""

from __future__ import annotations

from optimizer.analysis.answer import View


def views(origin: str | None, ranges: bool) -> tuple[View, ...]:
    """What is printed: money, what changes, security, how far each goes, and how far each decision can move."""
    shown = [
        View(
            "Plans within the limit, and what each costs above the best (musd)",
            "alternatives",
            {
                "plan": "plan",
                "cost_musd": "cost\nmusd",
                "extra_cost_musd": "above\nbest",
                "extra_cost_share": "above\nbest",
                "plants": "plants\nbacked",
                "net_outlay_musd": "net\noutlay",
                "outlay_expected_musd": "paid out\nexpected",
                "outlay_p95_musd": "paid out\nP95",
                "pots": "pots",
                "stock_musd": "stock\nmusd",
            },
        ),
        View(
            "What each plan does otherwise",
            "alternatives",
            {
                "plan": "plan",
                "plants_in": "plants that come in",
                "plants_out": "plants that go out",
                "strikes_changed": "strikes that change, USD/kg",
            },
        ),
        View(
            "Where supply comes from (shares of one origin in the value of all supplied), and what is short",
            "alternatives",
            {
                "plan": "plan",
                "leading_region": "most capital\nbacked in",
                "leading_region_share": "its\nshare",
                "origin_calm_share": f"{origin or 'origin'}\ncalm",
                "origin_embargo_share": f"{origin or 'origin'}\nembargo",
                "shortage_musd": "shortage\nmusd",
            },
        ),
        View(
            "How far each goes (no plan within the limit goes beyond the bound)",
            "alternatives",
            {"plan": "plan", "measure": "measure", "value": "value", "bound": "bound", "unit": "unit"},
        ),
    ]
    if ranges:
        shown += [
            View(
                "Which plants can be in or out within the limit, and what the other choice costs above the best plan",
                "choices",
                {
                    "plant": "plant",
                    "region": "region",
                    "in_best": "in the\nbest plan",
                    "verdict": "verdict",
                    "otherwise_musd": "otherwise\nmusd",
                    "otherwise_least_musd": "at\nleast",
                    "otherwise_most_musd": "at\nmost",
                },
                rows=60,
            ),
            View(
                "How far each measure can move within the limit",
                "ranges",
                {
                    "kind": "kind",
                    "name": "name",
                    "in_best": "best\nplan",
                    "lowest": "lowest\nfound",
                    "highest": "highest\nfound",
                    "lowest_bound": "none\nbelow",
                    "highest_bound": "none\nabove",
                    "unit": "unit",
                },
                rows=80,
            ),
        ]
    return tuple(shown)
