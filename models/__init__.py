"""Pyomo formulations: components sliced by idea, and the short files that assemble them.

Nothing here reads files, calls a solver or knows the command line. The numbers come in as the dataclasses of
``models.award_numbers`` and ``models.supply_numbers``, where units have already been settled: money in million USD
(musd), mass in thousand tonnes (kt), so that 1 USD/kg is 1 musd/kt and coefficients stay near one.
"""

__project__ = "allied-offtake-optimizer"
