"""How work is cut by the clock: into pieces after which it can be stopped, and into what is worth drawing."""

import math
import time
from collections.abc import Callable

PIECE_SECONDS = 0.1
"""A piece of work between two looks at the clock: short enough for Stop and for Ctrl-C, long enough to cost nothing."""
MOST_STEPS_AT_ONCE = 1 << 20


def in_pieces(count: int, work: Callable[[int], None], look: Callable[[int], None]) -> None:
    """Do `count` steps, so many at once as `work` is told; after each piece `look` is told how many are left."""
    piece = 1
    while count:
        began = time.perf_counter()
        steps = min(piece, count)
        work(steps)
        count -= steps
        look(count)
        if time.perf_counter() - began < PIECE_SECONDS / 2:
            piece = min(2 * piece, MOST_STEPS_AT_ONCE)


class Pause:
    """When the next state is worth drawing: at most half of the time goes into that.

    After a drawing that took longer than `longest` seconds nothing is drawn on the way any more.
    """

    def __init__(self, least: float, longest: float = math.inf, cost: float = 0.0) -> None:
        self.least, self.longest, self.cost = least, longest, cost
        self.since = time.perf_counter()

    @property
    def is_over(self) -> bool:
        """Tell whether to draw now."""
        pause = max(self.least, self.cost)
        return pause <= self.longest and time.perf_counter() - self.since >= pause

    def drawn(self, began: float) -> None:
        """Begin anew after a drawing that began at a time of `time.perf_counter`."""
        self.since = time.perf_counter()
        self.cost = self.since - began
