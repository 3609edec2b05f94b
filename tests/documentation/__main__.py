"""Write the generated regions of all pages; ``--quick`` leaves out those that take a minute."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.documentation.generated import EVERY, QUICK
from tests.documentation.pages import page_name, pages, with_regions
from tests.documentation.workshop import Workshop


def main(arguments: list[str]) -> None:
    """Write every region, or those named."""
    makers = QUICK if "--quick" in arguments else EVERY
    named = [argument for argument in arguments if argument != "--quick"]
    makers = {name: makers[name] for name in named} if named else makers
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder))
        for page in pages():
            old = page.read_text("utf-8")
            new = with_regions(old, lambda name: makers[name](workshop) if name in makers else None)
            if new != old:
                page.write_text(new, encoding="utf-8")
                print(f"{page_name(page)}: written")


if __name__ == "__main__":
    main(sys.argv[1:])
