"""What each result table holds, in a line."""

from __future__ import annotations

RESULT_TABLES = {
    "awards": "plants built and contracts signed: route, strike, tonnage, tenor, who pays what",
    "programmes": "pots: size, what the awards use up, present value of what is paid out",
    "outlays": "expected public outlay by pot, kind and year, not discounted",
    "yearly_outlays": "what each pot pays in a year over the price paths: mean, quantiles, worst, not discounted",
    "prices": "prices by series and year over the price paths: mean and quantiles",
    "stockpile": "planned purchases for stockpiles, their expected price, and stock, by year",
    "candidates": "every candidate and start year: how it stands without support, and whether it is in the plan",
    "offers": "every strike of every contract on offer, priced alone: cost to the public, effect for the sponsor",
    "private_entry": "candidates that enter without support in every plan",
    "supply": "where allied supply comes from, in calm and embargo, with the plan and without",
    "shortfall": "demand met and not met by region, segment and year, with the plan and without",
    "breakdown": "terms of the objective: weight, unweighted and weighted; musd sums to the objective",
    "production": "what each plant makes in every future",
    "purchases": "what is bought from outside suppliers in every future",
    "flows": "what goes from region to region in every future",
    "stock_levels": "stock held, released and not found to buy in every future",
    "futures": "the futures: probability, and the share of each year disrupted",
    "exposure": "supply lost to disruptions, as a share, before futures were reduced and after",
    "financing": "grants, public equity, loans and private debt of each plant",
    "cover": "days-of-cover targets: stock wanted and missed",
    "unmet": "demand not met in every future",
    "scrap": "scrap recycled in every future",
    "production_steps": "output by step of cost, of plants that have more than one",
    "below_minimum": "output that plants fall short of their minimum",
    "offtake": "tonnes taken under purchase contracts, and paid for without being taken",
    "target_misses": "by how much targets of supply are missed in every future",
    "unused": "material that nobody takes in every future",
    "supply_costs": "terms of the cost of supply in every future, not weighted",
    "without_plan": "the same detail without any new award; column table names what each row belongs to",
    "comparison": "what the plan buys: each measure with the plan and without any new award",
}
"""Table → what it holds; columns carry their units in their names."""
