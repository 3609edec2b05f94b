"""Which uncertain inputs move the cost of a plan, and which move the plan itself."""
