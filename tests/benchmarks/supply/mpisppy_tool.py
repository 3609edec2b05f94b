"""The problem by mpi-sppy: a Pyomo model per future, joined into the extensive form that HiGHS solves, without MPI.

Its L-shaped method is left out. It looks serial, but the cut generator underneath (``pyomo.contrib.benders``) raises
"BendersCutGenerator requires mpi4py" and the stand-in that mpi-sppy has for a missing MPI lacks the data types it uses.
"""

from __future__ import annotations

from tests.benchmarks.supply.quiet import quiet

with quiet():
    # The package announces itself on import.
    pass
