"""Frontiers: how much of one thing the best plans give up for another."""
