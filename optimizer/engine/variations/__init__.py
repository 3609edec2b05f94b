"""Searches beside the best plan: something of the problem is fixed, forced, limited, moved or known beforehand."""
