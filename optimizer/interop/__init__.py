"""Bridges to other programs. Nothing here is imported unless it is asked for."""
