"""How a plan stands if the world is not as assumed: regret, fresh futures, and what it is worth to know."""
