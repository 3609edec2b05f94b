"""Case and scenarios turned into the numbers that the models take."""

from optimizer.instance.compile import Instance, compile_instance, lender_deck, without_awards
from optimizer.instance.gate import check_finite

__all__ = ["Instance", "check_finite", "compile_instance", "lender_deck", "without_awards"]
