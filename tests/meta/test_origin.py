"""Another package called models, found first, is named in plain words instead of failing later."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECK = "from optimizer.origin import require_own_packages; require_own_packages()"


def run_check(folder: Path, *first_on_path: Path) -> subprocess.CompletedProcess[str]:
    """Run the check in a fresh interpreter that looks into the given folders before ours."""
    search_path = os.pathsep.join(map(str, (*first_on_path, ROOT)))
    return subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": search_path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_our_own_package_passes(tmp_path: Path) -> None:
    done = run_check(tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("models.py", "ANSWER = 42\n", "finds another one first"),
        ("models/__init__.py", "__project__ = 'something-else'\n", "finds another one first"),
        ("models.py", "raise RuntimeError('settings are not configured')\n", "settings are not configured"),
    ],
    ids=["module", "package", "module that fails"],
)
def test_a_package_in_the_way_is_named(tmp_path: Path, file: str, content: str, words: str) -> None:
    foreign = tmp_path / "foreign"
    (foreign / file).parent.mkdir(parents=True)
    (foreign / file).write_text(content)
    done = run_check(tmp_path, foreign)
    assert done.returncode == 1
    message = done.stderr.strip().splitlines()[-1]
    assert message.startswith("ImportError: 'allied-offtake-optimizer'")
    assert words in message
    assert "another folder" in message


def test_a_folder_without_code_is_named_with_its_place(tmp_path: Path) -> None:
    # An empty folder called models is a package of its own kind to Python only if no real one follows on the path.
    (tmp_path / "models").mkdir()
    done = run_check(tmp_path, tmp_path)
    assert done.returncode == 0, done.stderr
