"""Where tonnes come from, how much of it from covered countries, and what is in stock."""

from __future__ import annotations

from optimizer.figures.flow_chain import chain
from optimizer.figures.shares import covered_share
from optimizer.figures.sourcing import plans_of
from optimizer.figures.stock_levels import held_stockpiles, stock
from optimizer.figures.subject import dominant_outside_origin
from optimizer.figures.supply_origins import origins, origins_table
from optimizer.report.html.blocks import Block, Chart, Charts, Section, Switched, Words, section, sentence
from optimizer.report.html.material import Material

SITUATIONS = {
    ("calm", "with"): "Calm, with the plan",
    ("calm", "without"): "Calm, without the plan",
    ("embargo", "with"): "Embargo, with the plan",
    ("embargo", "without"): "Embargo, without the plan",
}


def sourcing(page: Material) -> Section:
    """The chain from mine to user, by year."""
    sheet = page.sheets.add(
        "sourcing", "Uses by where their tonnes were made", page.sourcing,
        {"year": "year", "material": "material", "origin": "made in", "region": "used in", "use": "for",
         "supply_t": "t/yr"},
    )  # fmt: skip
    present = set(zip(page.sourcing["condition"], page.sourcing["plan"], strict=True))
    choices = []
    for position, ((condition, plan), label) in enumerate(SITUATIONS.items(), start=1):
        if (condition, plan) in present and plan in plans_of(page.solution):
            shown = Chart(
                f"chain-{position}",
                label,
                "Each band is a flow from where a material is made, over what is made of it, to who uses it. Widths "
                "are tonnes a year of the material itself, so a plant may take in other tonnes than it gives. Red: "
                "covered countries. Green: stock and scrap. Grey: users, and what is not met.",
                chain(page.solution, condition, plan, page.sourcing),  # type: ignore[arg-type]
                sheet,
                {"condition": condition, "plan": plan},
                "year",
                wide=True,
            )
            choices.append((label, shown))
    words = sentence(
        "Calm is the future without any embargo. Embargo is the mean, by probability, of the futures in which one is "
        "in force in that year. Within a region all users of one stream (compliant or any) share its mix of origins."
    )
    printed = tuple(at for at, (label, _) in enumerate(choices) if label.endswith("with the plan"))
    blocks: list[Block | None] = [
        Switched("chain", "Show", tuple(choices), printed=printed),
        Words((words,), "note"),
        Charts((_origins(page),)),
    ]
    return section("chain", "Where the tonnes come from", blocks)


def _origins(page: Material) -> Chart:
    table = origins_table(page.solution)
    sheet = page.sheets.add("origins", "Supply of the allied regions by group of origins", table)
    return Chart(
        "origins",
        "Where each material comes from",
        "Shares of what all allied regions are supplied with, so that a material of which little is used stands "
        "beside one of which much is. What is not met is not in it. An empty bar: no such situation in that year.",
        origins(page.solution, table),
        sheet,
        {},
        "year",
        wide=True,
    )


def shares(page: Material) -> Section:
    """Shares from the dominant covered country, against targets."""
    sheet = page.sheets.add(
        "shares", "Share from covered countries", page.shares,
        {"material": "material", "region": "of the supply of", "origin": "from", "target": "target", "plan": "plan",
         "condition": "condition", "year": "year", "share": "share", "target_share": "at most"},
    )  # fmt: skip
    origin = dominant_outside_origin(page.solution)
    charts = []
    keys = page.shares[["material", "region", "origin", "target"]].drop_duplicates()
    for position, (material, region, source, target) in enumerate(keys.itertuples(index=False), start=1):
        place = region if target == "" else page.region(region)
        limited = f" The dotted line is the target {target}: at most this share." if target else ""
        charts.append(
            Chart(
                f"share-{position}",
                f"{page.material(material)}: share from {page.region(source)}",
                f"Of the supply of {place}.{limited}",
                covered_share(page.solution, material, target, page.shares),
                sheet,
                {"material": material, "target": target},
            )
        )
    name = "covered countries" if origin is None else page.region(origin)
    nothing = sentence("No material comes from a covered country, with the plan or without it.")
    return section("shares", f"How much comes from {name}", [Charts(tuple(charts)) if charts else Words((nothing,))])


def stocks(page: Material) -> Section:
    """Stock over time, by future."""
    names = held_stockpiles(page.solution)
    levels = page.tables["stock_levels"]
    sheet = page.sheets.add("stock_levels", "Stock in every future", levels[levels["stockpile"].isin(names)])
    page.sheets.add("stockpile", "Stock as announced", page.tables["stockpile"])
    charts = tuple(
        Chart(
            f"stock-{position}",
            f"{page.case.row('stockpiles', name).name}",
            "Thin lines are the futures with an embargo or another disturbance: stock is released in them, and nothing "
            "is bought while trade is withheld.",
            stock(page.solution, name),
            sheet,
            {"stockpile": name},
        )
        for position, name in enumerate(names, start=1)
    )
    nothing = Words((sentence("No stock is held."),))
    return section("stock", "Stock over time", [Charts(charts) if charts else nothing])
