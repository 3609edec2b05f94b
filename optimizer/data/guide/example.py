"""A small case of two plants, as a person would type it: the example in templates and in what ``check`` proposes.

A plant in Australia makes oxide for a magnet plant in the United States; China, whose exports may be withheld, sells
magnets and keeps its oxide. Each plant is offered one contract out of one pot. Every figure is a judgement, made for
the example.
"""

from __future__ import annotations

import csv

SETTINGS: dict[str, object] = {
    "case.title": "Two plants and an embargo",
    "case.question": "Which of two plants is worth a price contract, and at which strike?",
}
"""What differs from the settings of a blank template."""

TABLE_TEXTS: dict[str, str] = {
    "regions": """\
region,name,covered,bloc,source,grade
us,United States,no,allied,judgement,judgement
australia,Australia,no,allied,judgement,judgement
china,China,yes,covered,judgement,judgement
""",
    "price_series": """\
series,name,kind,start_usd_per_kg,long_run_usd_per_kg,volatility_per_year,source,grade
oxide,NdPr oxide FOB China,process,60,60,0.15,judgement,judgement
magnet,NdFeB magnet FOB China,process,50,50,0.15,judgement,judgement
""",
    "materials": """\
material,name,stage,basis,price_series,origin_tracked,source,grade
oxide,NdPr oxide,separated,t NdPr oxide,oxide,no,judgement,judgement
magnet,NdFeB magnet,magnet,t finished magnet,magnet,no,judgement,judgement
""",
    "ramps": """\
ramp,operating_year,share,source,grade
full,1,1,judgement,judgement
""",
    "plants": """\
plant,name,region,stage,product,status,capacity_t_per_year,capex_musd,build_years,start_years,life_years,ramp,opex_usd_per_kg,reserve_t,compliant,source,grade
au-separation,Oxide plant,australia,separated,oxide,candidate,1600,160,1,2028,15,full,50,none,yes,judgement,judgement
us-magnets,Magnet plant,us,magnet,magnet,candidate,4000,200,1,2028,15,full,25,none,yes,judgement,judgement
""",
    "demand": """\
region,segment,material,base_t_per_year,growth_per_year,shortage_cost_usd_per_kg,accepts,source,grade
us,all,magnet,5000,0.03,400,any,judgement,judgement
""",
    "suppliers": """\
supplier,step,region,material,quantity_t_per_year,price_factor,source,grade
china-magnets,1,china,magnet,20000,1,judgement,judgement
""",
    "lanes": """\
from_region,to_region,material,freight_usd_per_kg,capacity_t_per_year,source,grade
china,us,magnet,1,10000,judgement,judgement
australia,us,oxide,1,10000,judgement,judgement
""",
    "recipes": """\
plant,material,role,t_per_t,source,grade
us-magnets,oxide,input,0.4,judgement,judgement
""",
    "disruptions": """\
disruption,name,origin,destinations,materials,hazard_per_year,duration_years_min,duration_years_max,depth,first_year,last_year,source,grade
embargo,Chinese export ban,china,any,any,0.15,1,2,1,2028,2040,judgement,judgement
""",
    "programmes": """\
programme,name,government,budget_musd,contract_scoring,first_year,last_year,yearly_cap_musd,source,grade
pot,Price support,us,1000,expected,2026,2040,none,judgement,judgement
""",
    "eligibility": """\
programme,instrument,region,stage,plant,source,grade
pot,contract,any,any,any,judgement,judgement
""",
    "contracts": """\
contract,plant,programme,form,series,strike_min_usd_per_kg,strike_max_usd_per_kg,strike_tick_usd_per_kg,tenor_years,offtake,source,grade
oxide-cfd,au-separation,pot,cfd,oxide,60,100,5,15,yes,judgement,judgement
magnet-cfd,us-magnets,pot,cfd,magnet,40,80,5,15,yes,judgement,judgement
""",
}
"""Table name → its CSV text, in the order in which ``check`` asks for the tables."""


def example_rows(table: str) -> list[dict[str, str]]:
    """The rows of a table of the example: column → what a person types. No rows if it has none.

    >>> [row["region"] for row in example_rows("regions")]
    ['us', 'australia', 'china']
    """
    return list(csv.DictReader(TABLE_TEXTS.get(table, "").splitlines()))
