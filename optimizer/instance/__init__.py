"""Case and scenarios turned into the numbers that the models take."""

from optimizer.instance.compile import Instance, compile_instance, lender_deck, without_awards

__all__ = ["Instance", "compile_instance", "lender_deck", "without_awards"]
