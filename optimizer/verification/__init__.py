"""Plans worked out again from the case and the result tables alone: no model, no solver.

Every number a plan states is recomputed from the words of ``models/README.md`` and the schema of the inputs, and every
condition a plan must meet is checked again. See ``README.md`` of this folder.
"""

from optimizer.verification.certificate import Certificate, Check
from optimizer.verification.reading import verify_run
from optimizer.verification.verification import verify

__all__ = ["Certificate", "Check", "verify", "verify_run"]
