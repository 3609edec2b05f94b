"""Results for readers."""

from __future__ import annotations
