"""From blank tables to a case that can be solved: a small example, the order of filling in, and what comes next."""
