"""Time left for an analysis, and word of what it is doing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from optimizer.engine import Listener
from optimizer.engine.progress import Progress


@dataclass
class Clock:
    """Counts from when it is made; ``limit`` in seconds."""

    limit: float
    listener: Listener | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds gone."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds left, not below zero."""
        return max(self.limit - self.seconds, 0.0)

    def tell(self, stage: str) -> None:
        """Say what comes next."""
        if self.listener is not None:
            self.listener(Progress(stage, None, None, None, self.seconds))
