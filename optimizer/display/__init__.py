"""How cases, plans and answers show themselves in a notebook and at the prompt.

Everything here is text: HTML with a style of its own that takes the colours of the page it stands on, light or dark.
Figures are rounded in what is shown, never in the tables underneath.
"""

from optimizer.display.columns import Notation, notation, shown
from optimizer.display.html import bullets, counted, details, facts, heading, page, paragraph, table
from optimizer.display.public import Bare, Public, PublicMapping, readable
from optimizer.display.tables import Tables, TableView, frame_html

__all__ = [
    "Bare",
    "Notation",
    "Public",
    "PublicMapping",
    "TableView",
    "Tables",
    "bullets",
    "counted",
    "details",
    "facts",
    "frame_html",
    "heading",
    "notation",
    "page",
    "paragraph",
    "readable",
    "shown",
    "table",
]
