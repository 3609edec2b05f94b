"""The manifest notices every changed, missing and further byte of a run folder."""

from __future__ import annotations

import hashlib
import json
import os
import random
from pathlib import Path

import pytest

from optimizer.results.manifest import check, fingerprint, opened, sealed, with_manifest
from optimizer.results.store import replace_folder

FILES = {"awards.csv": b"plant,year\nmine,2027\n", "awards.parquet": bytes(range(256)), "case/plants.csv": b"plant\n"}


@pytest.fixture(name="run")
def fixture_run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    replace_folder(folder, with_manifest(FILES, {"seed": 1}, {"seconds": 1.5}))
    return folder


def places(folder: Path) -> set[str]:
    return {found.path for found in check(folder)}


def test_a_run_as_written_has_no_difference(run: Path) -> None:
    assert check(run) == []
    assert check(str(run)) == []


def test_the_manifest_lists_each_file_with_its_sha_256(run: Path) -> None:
    found = json.loads((run / "manifest.json").read_bytes())
    assert found["seed"] == 1
    assert found["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}


def test_equal_runs_differ_in_their_times_alone() -> None:
    one, other = (with_manifest(FILES, {"seed": 1}, {"seconds": seconds}) for seconds in (1.5, 2.5))
    assert {name for name in one if one[name] != other[name]} == {"timing.json"}


@pytest.mark.parametrize("times", [100, pytest.param(1_000, marks=pytest.mark.slow)])
def test_any_one_byte_is_noticed(run: Path, times: int) -> None:
    """A byte of any file, changed to any other value; the file it is in is named."""
    draw = random.Random(7)
    paths = sorted(path for path in run.rglob("*") if path.is_file())
    missed = []
    for _ in range(times):
        path = draw.choice(paths)
        clean = path.read_bytes()
        at = draw.randrange(len(clean))
        path.write_bytes(clean[:at] + bytes([(clean[at] + draw.randrange(1, 256)) % 256]) + clean[at + 1 :])
        if path.relative_to(run).as_posix() not in places(run):
            missed.append((path.name, at))
        path.write_bytes(clean)
    assert missed == []
    assert check(run) == []


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "timing.json"])
def test_a_byte_more_or_less_is_noticed(run: Path, name: str) -> None:
    clean = (run / name).read_bytes()
    for content in (clean + b"\n", clean[:-1], b""):
        (run / name).write_bytes(content)
        assert name in places(run)


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "timing.json"])
def test_a_missing_file_is_noticed(run: Path, name: str) -> None:
    (run / name).unlink()
    assert f"{name}: is missing" in map(str, check(run))


def test_further_files_and_folders_are_noticed(run: Path) -> None:
    (run / "notes.txt").write_text("")
    (run / "case" / "lanes.csv").write_text("")
    (run / "empty").mkdir()
    assert [str(found) for found in check(run)] == [
        f"{name}: was not written by the run" for name in ("case/lanes.csv", "empty/", "notes.txt")
    ]


def test_a_link_is_not_the_file_even_if_its_content_is(run: Path) -> None:
    (run.parent / "same.csv").write_bytes(FILES["awards.csv"])
    (run / "awards.csv").unlink()
    (run / "awards.csv").symlink_to(run.parent / "same.csv")
    assert [str(found) for found in check(run)] == ["awards.csv: is a symbolic link"]


def test_a_folder_or_a_pipe_is_no_file(run: Path) -> None:
    (run / "awards.csv").unlink()
    (run / "awards.csv").mkdir()
    (run / "awards.parquet").unlink()
    os.mkfifo(run / "awards.parquet")
    assert {str(found) for found in check(run)} >= {"awards.csv: is not a file", "awards.parquet: is not a file"}


def test_times_of_another_run_are_noticed(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    replace_folder(other, with_manifest(FILES, {"seed": 2}, {"seconds": 1.5}))
    (run / "timing.json").write_bytes((other / "timing.json").read_bytes())
    assert [str(found) for found in check(run)] == ["timing.json: belongs to another run"]


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "case/../../secret"])
def test_a_manifest_cannot_send_the_reader_elsewhere(run: Path, name: str) -> None:
    (run.parent / "secret").write_text("x")
    (run / "manifest.json").write_bytes(sealed({"files": {name: fingerprint(b"x")}}))
    assert f"{name}: is not a name inside the folder" in map(str, check(run))


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"files": {}}', '{"files": {}, "sha256": "0"}', "\0", "[" * 100_000, '{"sha256": 1}'],
    ids=lambda text: repr(text[:12]),
)
def test_what_is_no_manifest_is_said_in_one_line(run: Path, text: str) -> None:
    (run / "manifest.json").write_text(text)
    [found] = check(run)
    assert found.path == "manifest.json"
    assert found.problem


def test_a_folder_that_is_none_has_no_manifest(tmp_path: Path) -> None:
    assert [str(found) for found in check(tmp_path / "absent")] == ["manifest.json: is missing"]


def test_a_seal_covers_the_order_and_the_spacing() -> None:
    text = sealed({"a": 1, "b": 2.5})
    assert opened(text) == {"a": 1, "b": 2.5}
    for changed in (text.replace(b"\n", b"\r\n"), text.replace(b"2.5", b"2.50"), b" " + text):
        with pytest.raises(ValueError, match=r"has changed|is not JSON"):
            opened(changed)
