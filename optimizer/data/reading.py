"""Reading a case from its folder or workbook."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from optimizer.data.assembly import validated
from optimizer.data.bundled import case_folder
from optimizer.data.case import Case
from optimizer.data.nearest import allowed_words
from optimizer.data.rules import FOLDER, fault
from optimizer.data.schema import TABLES
from optimizer.data.settings_file import FILE, read_settings
from optimizer.data.sheets import Sheet, read_bytes, sheet_of_text, text_of
from optimizer.data.workbook.naming import is_workbook
from optimizer.data.workbook.reading import read_workbook
from optimizer.errors import CaseError, Fault


def read_case(path_or_bundled_name: str | Path) -> Case:
    """Read a case from a folder, a workbook (``.xlsx``), or a bundled case by name, and check everything in it.

    ``path_or_bundled_name``: a path that exists wins over the name of a bundled case (see ``bundled_cases``).

    >>> read_case("mp-materials").settings.horizon.first_year
    2026

    Raises ``CaseError`` listing every fault: file, row, column (or sheet and cell), value, what is allowed.
    """
    if is_workbook(path_or_bundled_name):
        return read_workbook(Path(path_or_bundled_name))
    folder = case_folder(path_or_bundled_name)
    settings, faults, content = read_settings(folder / FILE)
    fingerprints = {FILE: sha256(content).hexdigest()}
    sheets: dict[str, Sheet | None] = {}
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    except OSError as error:
        problem = f"cannot be listed ({error.strerror})"
        raise CaseError([fault("folder", FOLDER, problem, "Check its permissions.")]) from error
    for file in files:
        if file.suffix != ".csv" or file.stem not in TABLES:
            faults.append(_unknown_file(file))
            continue
        sheets[file.stem] = None
        data, found = read_bytes(file, file.stem)
        faults.extend(found)
        if data is None:
            continue
        fingerprints[file.name] = sha256(data).hexdigest()
        text, found = text_of(data, file.stem)
        faults.extend(found)
        if text is not None:
            sheets[file.stem], found = sheet_of_text(text, file.stem)
            faults.extend(found)
    return Case(*validated(settings, {}, sheets, faults), fingerprints)


def _unknown_file(file: Path) -> Fault:
    remedy = allowed_words(file.name, [f"{name}.csv" for name in TABLES])
    return fault("unknown-table", file.stem, "is not a table of the format", remedy, value=file.name)
