"""Case and scenarios turned into the numbers that the models take."""

from optimizer.instance.compile import Instance, compile_instance, lender_deck, without_awards
from optimizer.instance.gate import check_finite
from optimizer.instance.support import programme_numbers

__all__ = ["Instance", "check_finite", "compile_instance", "lender_deck", "programme_numbers", "without_awards"]
