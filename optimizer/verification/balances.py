"""Tonnes in and tonnes out, by region, material, stream, year and future."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.certificate import Book
from optimizer.verification.subject import Subject
from optimizer.verification.supply import Supply
from optimizer.verification.world import World

FloatArray = NDArray[np.float64]
Node = tuple[str, str, str]


class Ledger:
    """Net inflow of every node (region, material, stream), and the size of what passes through it, t/yr.

    ``own`` is what a region makes, buys first hand, collects or releases of a material.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.net: dict[Node, FloatArray] = {}
        self.size: dict[Node, FloatArray] = {}
        self.own: dict[tuple[str, str], FloatArray] = {}

    def add(self, region: str, material: str, stream: str, amount: FloatArray, *, own: bool = False) -> None:
        """Book an inflow (an outflow if negative)."""
        node = (region, material, stream)
        if node not in self.net:
            self.net[node], self.size[node] = np.zeros(self.shape), np.zeros(self.shape)
        self.net[node] += amount
        np.maximum(self.size[node], np.abs(amount), out=self.size[node])
        if own:
            self.own[node[:2]] = self.own_supply(region, material) + amount

    def own_supply(self, region: str, material: str) -> FloatArray:
        """What a region has of a material at first hand."""
        return self.own.get((region, material), np.zeros(self.shape))


def ledger_of(subject: Subject, world: World, supply: Supply) -> Ledger:
    """Every inflow and outflow of the supply layer."""
    case = subject.case
    ledger = Ledger(world.shape)
    regions = {row.plant: row.region for row in case.rows("plants")}
    for (plant, stream), made in supply.produce.items():
        for material, role, share in world.recipe[plant]:
            at = world.stream_at(regions[plant], material, stream)
            sign = 1.0 if role == "output" else -1.0
            ledger.add(regions[plant], material, at, sign * share * made, own=role == "output")
    sellers = {(row.supplier, row.step): row for row in case.rows("suppliers")}
    for key, bought in supply.buy.items():
        row = sellers[key[0], key[1]]
        ledger.add(row.region, row.material, world.streams[row.region, row.material][0], bought, own=True)
    for (region, scrap, _), collected in supply.scrap.items():
        ledger.add(region, scrap, world.streams[region, scrap][0], collected, own=True)
    for (origin, destination, material, stream), sent in supply.flow.items():
        ledger.add(origin, material, stream, -sent)
        ledger.add(destination, material, stream, sent)
    into = {row.contract: row.stockpile for row in case.rows("contracts")}
    for stock in case.rows("stockpiles"):
        name, node = stock.stockpile, (stock.region, stock.material, world.stock_stream(stock))
        ledger.add(*node, _of(supply.release, (name,), world), own=True)
        ledger.add(*node, -bought_t(world, supply, stock))
        ledger.add(*node, _of(supply.not_found, (name,), world))
        for contract, taken in supply.taken.items():
            if into[contract] == name:
                ledger.add(*node, -taken)
    for row in case.rows("demand"):
        key = (row.region, row.segment, row.material)
        served = world.demand[key] - _of(supply.unmet, key, world)
        wanted = np.array(world.stream_wanted(row))
        for stream in world.streams[row.region, row.material]:
            ledger.add(row.region, row.material, stream, -served * (wanted == stream))
    for (region, material, stream), moved in supply.downgraded.items():
        ledger.add(region, material, stream, -moved)
        ledger.add(region, material, "any", moved)
    return ledger


def bought_t(world: World, supply: Supply, stock: Any) -> FloatArray:
    """Stock to be bought in each future: as announced, but nothing in a year in which trade into the region is
    withheld."""
    out: FloatArray = supply.announced[stock.stockpile] * ~world.disrupted_into(stock.region)
    return out


def check_balances(book: Book, subject: Subject, world: World, supply: Supply) -> Ledger:
    """Material balances, and that no region passes on what it received."""
    ledger = ledger_of(subject, world, supply)
    for key in supply.left:
        ledger.add(key[0], key[1], key[2], np.zeros(world.shape))
    for node, net in ledger.net.items():
        where = subject.label("/".join(node) + supply.words)
        left = _of(supply.left, node, world)
        size = ledger.size[node]
        book.equal("material balance: what comes in is used, sent, stored or left over", "t", left, net, where, size)
        book.at_most("no region uses more of a stream than it has", "t", -net, 0.0, where, size)
    for key, moved in supply.downgraded.items():
        if key[2] != "compliant":
            book.at_most("only compliant material is downgraded", "t", moved, 0.0, subject.label("/".join(key)))
    sent: dict[tuple[str, str], FloatArray] = {}
    for (origin, _, material, _), amount in supply.flow.items():
        sent[origin, material] = sent.get((origin, material), np.zeros(world.shape)) + amount
    for place, amount in sent.items():
        where = subject.label("/".join(place) + supply.words)
        own = ledger.own_supply(*place)
        book.at_most("a region sends out only what it has at first hand", "t", amount, own, where)
    return ledger


def _of(amounts: Any, key: Any, world: World) -> FloatArray:
    out: FloatArray = amounts.get(key, np.zeros(world.shape))
    return out
