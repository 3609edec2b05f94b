"""The manifest of a run: what went in, with what it was solved, and the fingerprint of every file that came out.

``manifest.json`` lists the SHA-256 (FIPS 180-4) of each file of the run folder and of each input file, and ends with
the fingerprint of itself. Times differ from run to run, so they stand apart in ``timing.json``, which carries its own
fingerprint and that of the manifest: two runs of one question with one seed differ in no other file.
"""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
TIMING = "timing.json"
SEAL = "sha256"
FORMAT = 1
LARGEST_MANIFEST = 50_000_000
"""Bytes; a longer file is not a manifest."""


@dataclass(frozen=True)
class Difference:
    """One way in which a run folder is not what was written: ``path`` inside the folder, and what is wrong there."""

    path: str
    problem: str

    def __str__(self) -> str:
        """``awards.csv: has changed since it was written``"""
        return f"{self.path}: {self.problem}"


def fingerprint(content: bytes) -> str:
    """SHA-256 as hexadecimal digits.

    >>> fingerprint(b"abc")
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    """
    return hashlib.sha256(content).hexdigest()


def sealed(content: Mapping[str, Any]) -> bytes:
    """An object as JSON text that ends with its own fingerprint.

    >>> sealed({"seed": 1}).decode().splitlines()[1]
    '  "seed": 1,'
    >>> opened(sealed({"seed": 1}))
    {'seed': 1}
    """
    return _json({**content, SEAL: fingerprint(_json(content))})


def opened(data: bytes) -> dict[str, Any]:
    """The object inside a sealed text. Raises ValueError unless every byte is as ``sealed`` wrote it."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError("is not JSON text") from error
    if not isinstance(found, dict) or found.pop(SEAL, None) is None:
        raise ValueError(f"has no {SEAL} of itself")
    if sealed(found) != data:
        raise ValueError("has changed since it was written")
    return found


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def with_manifest(files: Mapping[str, bytes], facts: Mapping[str, Any], timing: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of a run (name → content) with ``manifest.json`` and ``timing.json`` beside them.

    ``facts`` is what the manifest says besides the fingerprints, ``timing`` whatever differs between equal runs.
    """
    prints = {name: fingerprint(content) for name, content in sorted(files.items())}
    manifest = sealed({"format": FORMAT, **facts, "files": prints})
    times = sealed({**timing, "manifest": fingerprint(manifest)})
    return {**files, MANIFEST: manifest, TIMING: times}


def check(folder: str | Path) -> list[Difference]:
    """Every way in which a run folder differs from what was written: changed, missing and further files.

    Nothing is changed. A folder without a manifest gives one difference that says so. A symbolic link, a folder or a
    device in the place of a file counts as changed, whatever it holds.
    """
    place = Path(folder)
    found: list[Difference] = []
    try:
        data = _content(place, MANIFEST)
        listed = opened(data)["files"]
        if not isinstance(listed, dict):
            raise ValueError("lists no files")
    except (OSError, ValueError, KeyError) as error:
        return [Difference(MANIFEST, _words(error))]
    for name, expected in listed.items():
        try:
            if fingerprint(_content(place, name)) != expected:
                found.append(Difference(name, "has changed since it was written"))
        except (OSError, ValueError) as error:
            found.append(Difference(name, _words(error)))
    try:
        if opened(_content(place, TIMING)).get("manifest") != fingerprint(data):
            found.append(Difference(TIMING, "belongs to another run"))
    except (OSError, ValueError) as error:
        found.append(Difference(TIMING, _words(error)))
    return found + [Difference(name, "was not written by the run") for name in further_files(place, listed)]


def further_files(folder: Path, listed: Mapping[str, str]) -> list[str]:
    """Files and empty folders in a run folder that its manifest does not list, sorted."""
    known = {*listed, MANIFEST, TIMING}
    return sorted(name for name in _entries(folder, "") if name not in known)


def _entries(folder: Path, prefix: str) -> Iterator[str]:
    for path in folder.iterdir():
        name = f"{prefix}{path.name}"
        if path.is_symlink() or not path.is_dir():
            yield name
        elif any(path.iterdir()):
            yield from _entries(path, f"{name}/")
        else:
            yield f"{name}/"


def _content(folder: Path, name: str) -> bytes:
    parts = Path(name).parts
    if not parts or Path(name).is_absolute() or ".." in parts:
        raise ValueError("is not a name inside the folder")
    path = folder
    for part in parts:
        path = path / part
        if path.is_symlink():
            raise ValueError("is a symbolic link")
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise ValueError("is not a file")
    if name in (MANIFEST, TIMING) and about.st_size > LARGEST_MANIFEST:
        raise ValueError(f"has more than {LARGEST_MANIFEST:,} bytes")
    return path.read_bytes()


def _words(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "is missing"
    if isinstance(error, KeyError):
        return "lists no files"
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror or type(error).__name__})"
    return str(error)
