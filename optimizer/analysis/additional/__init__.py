"""What the support of a plan adds: who would have built without it, and what was spent on those."""
