"""Pyomo formulations: components sliced by idea, and the short files that assemble them.

Nothing here reads files, calls a solver or knows the command line. The numbers come in as the dataclasses of
``models.award_numbers`` and ``models.supply_numbers``, where units have already been settled: money in million USD
(musd), mass in thousand tonnes (kt), so that 1 USD/kg is 1 musd/kt and coefficients stay near one.

Awards are made here and now and hold in every future. Payoffs of contracts and cash flows of plants are computed on
planned output, so for a fixed strike they are numbers, known per price path, and everything is linear in the awards.
Supply is recourse: a linear programme in each future of embargoes, prices, demand and delays, given the awards.

Index letters
-------------

- :math:`p` plant, :math:`y` the year it starts, :math:`i` its operating year
- :math:`c` contract, :math:`k` strike price, :math:`g` programme, which is a pot of money
- :math:`t` year, :math:`s` price path or, of any tail, outcome, :math:`w` future
- :math:`m` material, :math:`q` stream of it (compliant or any), :math:`r`, :math:`a`, :math:`b` regions
- :math:`d` demand (region, segment, material), :math:`h` stockpile, :math:`n` target, :math:`j` step of cost

Award decisions
---------------

- :math:`b_{py}` ``build``: plant p starts in year y, 0 or 1
- :math:`z_{cyk}` ``signed``: contract c is signed at strike k from start year y, 0 or 1
- :math:`v_{cyk}` ``volume``: output covered by it, kt/yr
- :math:`G_{pyg}` ``grant``, :math:`E_{pyg}` ``equity``, :math:`L_{pyg}` ``loan``: public money from programme g, musd
- :math:`P_{ht}` ``purchase_rate``: stock bought in year t at the rate of the tranche then running, kt/yr

Known limits
------------

- Prices are exogenous: allied supply does not move them, beyond the stated regimes.
- Within one future the supply layer sees that future's years ahead.
- Blending is pooled by streams only: a tonne is compliant or it is not.
- Taxes are an effective rate on positive margins.
- Stock purchases count against a pot, and in public outlay, at the expected price, also for years in which a disruption
  then keeps them from happening.
"""

__project__ = "allied-offtake-optimizer"
