"""How much a market looks like a real one: facts with formula, source, accepted range and verdict."""

from crossbook.realism.observations import Observations

__all__ = ["Observations"]
