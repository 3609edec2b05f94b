"""Pictures of Plotly figures, drawn by a headless browser and made small: for charts, 256 colours are enough."""

# %%
from __future__ import annotations

import base64
import os
import shutil
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH, HEIGHT = 720, 360
MOST = 256
"""Colours of a picture."""
DRAW = """
async ([figure, size]) => {
    const image = new Image();
    image.src = await Plotly.toImage(figure, {format: "png", ...size});
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = size.width;
    canvas.height = size.height;
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, size.width, size.height);
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, size.width, size.height).data;
    const parts = [];
    for (let at = 0; at < pixels.length; at += 32768) {
        parts.push(String.fromCharCode(...pixels.subarray(at, at + 32768)));
    }
    return btoa(parts.join(""));
}
"""


# %%
def pictures(drawings: Sequence[Any]) -> list[str]:
    """PNG files of figures (their data and layout) in base64; none if there is no browser to draw them."""
    try:
        import plotly
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return []
    program = os.environ.get("OPTIMIZER_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as running:
        try:
            browser = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        except Error:
            return []
        page = browser.new_page()
        page.add_script_tag(path=Path(plotly.__file__).parent / "package_data" / "plotly.min.js")
        found = []
        for drawing in drawings:
            size = {"width": WIDTH, "height": int(drawing["layout"].get("height", HEIGHT))}
            raw = np.frombuffer(base64.b64decode(page.evaluate(DRAW, [drawing, size])), np.uint8)
            found.append(base64.b64encode(png(raw.reshape(size["height"], size["width"], 4)[..., :3])).decode())
        browser.close()
    return found


def png(pixels: Any) -> bytes:
    """A PNG file, with a palette, of ``pixels``: red, green and blue from 0 to 255 (rows, columns, 3).

    >>> white = np.full((4, 6, 3), 255, np.uint8)
    >>> png(white)[:8], len(png(white)) < 100
    (b'\\x89PNG\\r\\n\\x1a\\n', True)
    """
    rows, columns, _ = pixels.shape
    colours, numbers = few_colours(pixels.reshape(-1, 3))
    lines = np.hstack([np.zeros((rows, 1), np.uint8), numbers.reshape(rows, columns)])
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)),
        (b"PLTE", colours.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    chunks = (struct.pack(">I", len(c)) + kind + c + struct.pack(">I", zlib.crc32(kind + c)) for kind, c in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def few_colours(pixels: Any) -> tuple[Any, Any]:
    """The colours that stand for those of ``pixels`` (n, 3), at most 256, and the number of each pixel's own.

    Colours alike in their first five bits count as one, their mean; of these the most frequent stay, and each other
    one goes to the nearest.

    >>> colours, numbers = few_colours(np.array([[255, 255, 255], [0, 0, 8], [255, 255, 255]], np.uint8))
    >>> colours[numbers].tolist()
    [[255, 255, 255], [0, 0, 8], [255, 255, 255]]
    """
    coarse = (pixels >> 3).astype(np.int64) @ np.array([1024, 32, 1])
    _, group, count = np.unique(coarse, return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(group, pixels[:, part]) / count for part in range(3)], axis=1)
    kept = np.argsort(-count, kind="stable")[:MOST]
    nearest = np.array([((means[kept] - mean) ** 2).sum(axis=1).argmin() for mean in means], np.uint8)
    return np.rint(means[kept]).astype(np.uint8), nearest[group]
