"""``optimizer verify``: work a finished run out again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from optimizer import verify_run
from optimizer.errors import VerificationError
from optimizer.report.certificate import print_certificate


def verify_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder written by solve --out.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Work a run out again from the case and the tables in its folder, without model or solver.

    Also finds every file that has changed since it was written. The exit code is 6 if a check fails.
    """
    certificate = verify_run(run)
    if as_json:
        json.dump(certificate.to_json(), sys.stdout, indent=2, allow_nan=False)
        sys.stdout.write("\n")
    else:
        print_certificate(f"{run}: every number worked out again from the case and the tables", certificate)
    if not certificate.passed:
        raise VerificationError(certificate.line, certificate)
