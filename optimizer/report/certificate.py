"""A certificate for the terminal, at most 100 columns wide."""

from __future__ import annotations

from typing import TextIO

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from optimizer.report.console import show
from optimizer.verification import Certificate


def print_certificate(title: str, certificate: Certificate, file: TextIO | None = None) -> None:
    """Print every check; on stdout unless another file is given."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("check", overflow="fold")
    table.add_column("numbers", justify="right", vertical="bottom")
    table.add_column("worst violation", justify="right", overflow="fold", vertical="bottom")
    table.add_column("of its size", justify="right", no_wrap=True, vertical="bottom")
    table.add_column("", no_wrap=True, vertical="bottom")
    for check in certificate.checks:
        unit = f" {check.unit}" if check.unit else ""
        worst = f"{check.worst:.2g}{unit}" if check.relative > 0.0 else "none"
        size = f"{check.relative:.0e}" if check.relative > 0.0 else ""
        table.add_row(check.name, f"{check.items:,}", worst, size, "ok" if check.passed else "FAILS")
    failed = [Text(f"FAILS: {check.name}, at {check.where or 'the whole'}") for check in certificate.failures]
    notes = [Text(note) for note in (f"The lower bound is {certificate.bound}.", *certificate.notes)]
    rules = sorted({check.tolerance for check in certificate.checks if check.unit})
    words = " or ".join(f"{tolerance:.0e}" for tolerance in rules)
    legend = [Text(f"Tolerance: {words} of the larger of the terms compared and 1 kt, 1 musd, 1 USD/kg or 1.")]
    head = Text(title, style="bold")
    show(Group(head, table, Text(), *failed, *notes, *(legend if rules else []), Text(certificate.line)), file)
