"""Batches: many runs of one case, resumable, in several processes."""

from optimizer.batch.collect import collect
from optimizer.batch.ledger import Ledger, Outcome
from optimizer.batch.runner import run_batch
from optimizer.batch.runs import Run, SolveOptions, runs_of
from optimizer.batch.tally import Tally

__all__ = ["Ledger", "Outcome", "Run", "SolveOptions", "Tally", "collect", "run_batch", "runs_of"]
