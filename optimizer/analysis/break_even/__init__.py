"""Break-even terms of every candidate: what it needs, what it is worth, what would replace its contract."""
