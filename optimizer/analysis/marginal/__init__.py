"""Shadow prices: what a little more of each limit is worth, with the plan's yes-or-no decisions kept."""
