"""``optimizer verify``: work a finished run out again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from optimizer import verify_run
from optimizer.cli.output import AsCsv, AsJson, print_csv, print_json, require_one_shape
from optimizer.errors import VerificationError
from optimizer.report.certificate import print_certificate


def verify_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder written by solve --out.")],
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Work a run out again from the case and the tables in its folder, without model or solver.

    Also finds every file that has changed since it was written. The exit code is 6 if a check fails.
    """
    require_one_shape(as_json, as_csv)
    certificate = verify_run(run)
    if as_json:
        print_json(certificate.to_json())
    elif as_csv:
        print_csv(pd.DataFrame(certificate.to_json()["checks"]))
    else:
        print_certificate(f"{run}: every number worked out again from the case and the tables", certificate)
    if not certificate.passed:
        raise VerificationError(certificate.line, certificate)
