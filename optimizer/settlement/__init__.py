"""Settlement of price-support contracts, period by period, in decimal arithmetic."""

from __future__ import annotations

from optimizer.settlement.bundled import Files, bundled_settlements, settlement_files
from optimizer.settlement.exact import contract_payment
from optimizer.settlement.implied import ImpliedPeriod, Pair, consistent_pairs, implied_pairs
from optimizer.settlement.settlement import settle
from optimizer.settlement.statement import Statement, StatementLine
from optimizer.settlement.terms import Terms
from optimizer.settlement.terms_file import read_terms

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
