"""Settlement of price-support contracts, period by period, in decimal arithmetic."""

from __future__ import annotations

from optimizer.settle.bundled import Files, bundled_settlements, settlement_files
from optimizer.settle.exact import contract_payment
from optimizer.settle.implied import ImpliedPeriod, Pair, consistent_pairs, implied_pairs
from optimizer.settle.settlement import settle
from optimizer.settle.statement import Statement, StatementLine
from optimizer.settle.terms import Terms
from optimizer.settle.terms_file import read_terms

__all__ = [
    "Files",
    "ImpliedPeriod",
    "Pair",
    "Statement",
    "StatementLine",
    "Terms",
    "bundled_settlements",
    "consistent_pairs",
    "contract_payment",
    "implied_pairs",
    "read_terms",
    "settle",
    "settlement_files",
]
