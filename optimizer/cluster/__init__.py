"""The same work on many machines, with Dask: the runs of a batch, or the futures of one large solve.

Needs the extra ``cluster``; nothing here is imported unless a cluster is asked for.
"""

from optimizer.cluster.connect import connected
from optimizer.cluster.futures import ClusterPool
from optimizer.cluster.runs import run_on_cluster

__all__ = ["ClusterPool", "connected", "run_on_cluster"]
