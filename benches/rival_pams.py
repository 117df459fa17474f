"""PAMS on its own sample CI2002, longer: prints how many orders, and in how many seconds.

Runs in the rivals' environment, with the number of steps after the first hundred as its argument. The parameters are
those of the sample of PAMS 0.3.0, but for the length of the second session.
"""

import json
import random
import sys
import time
from typing import Any

from pams.logs.base import Logger, OrderLog
from pams.runners import SequentialRunner


class Counter(Logger):  # type: ignore[misc] # PAMS is seen as untyped here: it is not in this environment.
    """Counts orders, and nothing else."""

    orders = 0

    def process_order_log(self, log: OrderLog) -> None:  # noqa: ARG002 - the name and the argument are PAMS's
        """Count an order."""
        self.orders += 1


def settings(steps: int) -> dict[str, Any]:
    """Return the sample's settings with so many steps."""
    session = {"withOrderPlacement": True, "withPrint": False}
    return {
        "simulation": {
            "markets": ["Market"],
            "agents": ["FCNAgents"],
            "sessions": [
                {**session, "sessionName": 0, "iterationSteps": 100, "withOrderExecution": False},
                {**session, "sessionName": 1, "iterationSteps": steps, "withOrderExecution": True},
            ],
        },
        "Market": {"class": "Market", "tickSize": 0.00001, "marketPrice": 300.0},
        "FCNAgents": {
            "class": "FCNAgent",
            "numAgents": 100,
            "markets": ["Market"],
            "assetVolume": 50,
            "cashAmount": 10_000,
            "fundamentalWeight": {"expon": [1.0]},
            "chartWeight": {"expon": [0.0]},
            "noiseWeight": {"expon": [1.0]},
            "meanReversionTime": {"uniform": [50, 100]},
            "noiseScale": 0.001,
            "timeWindowSize": [100, 200],
            "orderMargin": [0.0, 0.1],
        },
    }


def main() -> None:
    """Run once."""
    counter = Counter()
    runner = SequentialRunner(settings=settings(int(sys.argv[1])), prng=random.Random(1), logger=counter)
    begin = time.perf_counter()
    runner.main()
    print(json.dumps({"seconds": time.perf_counter() - begin, "orders": counter.orders}))


if __name__ == "__main__":
    main()
