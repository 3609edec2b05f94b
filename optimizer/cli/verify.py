"""``optimizer verify``: work a finished run out again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optimizer.cli.completion import run_folders
from optimizer.cli.options import AsCsv, AsJson
from optimizer.cli.output import print_json, print_rows
from optimizer.errors import VerificationError


def verify_command(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", autocompletion=run_folders, help="Folder written by solve --out.")
    ],
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Work a run out again from the case and the tables in its folder, without model or solver.

    Also finds every file that has changed since it was written. The exit code is 6 if a check fails.
    """
    from optimizer import verify_run
    from optimizer.report.certificate import print_certificate

    certificate = verify_run(run)
    if as_json:
        print_json(certificate.to_json())
    elif as_csv:
        checks = certificate.to_json()["checks"]
        print_rows(checks, list(checks[0]))
    else:
        print_certificate(f"{run}: every number worked out again from the case and the tables", certificate)
    if not certificate.passed:
        raise VerificationError(certificate.line, certificate)
