"""What a Prometheus server scrapes at `/metrics`.

Nothing is measured here: requests are counted by the door, the rest by the venue. What the venue keeps of single batches
is moved into histograms at each scrape, so that a batch costs nothing more than an entry in a bounded queue.
"""

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crossbook.doors.http.requests_seen import RequestsSeen
from crossbook.doors.http.venue_face import VenueFace
from crossbook.venue.refusals import refused_by_core

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_BATCH_BUCKETS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
_WAIT_BUCKETS_S: Final = (
    0.00005,
    0.0001,
    0.00025,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    1.0,
)
_NS_PER_S: Final = 1_000_000_000
_MEMORY: Final = Path("/proc/self/statm")


class VenueMetrics(Collector):
    """The metrics of a venue, in a registry of their own.

    Args:
        venue: What counts.
        seen: The requests of the HTTP door.
    """

    def __init__(self, venue: VenueFace, seen: RequestsSeen) -> None:
        self._venue: Final = venue
        self._seen: Final = seen
        self._registry: Final = CollectorRegistry()
        self._sizes: Final = Histogram(
            "crossbook_batch_commands",
            "Commands of a batch.",
            buckets=_BATCH_BUCKETS,
            registry=self._registry,
        )
        self._waits: Final = Histogram(
            "crossbook_batch_release_seconds",
            "From the stamp of a batch to its release, the disk included.",
            buckets=_WAIT_BUCKETS_S,
            registry=self._registry,
        )
        self._registry.register(self)

    def page(self) -> bytes:
        """Return the text of a scrape."""
        counters = self._venue.figures.counters
        _drain(counters.sizes, self._sizes, 1)
        _drain(counters.waits_ns, self._waits, _NS_PER_S)
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield what is counted elsewhere."""
        figures = self._venue.figures
        counters = figures.counters
        yield self._requests()
        yield _counter("crossbook_commands", "Commands carried out.", counters.commands)
        yield _counter("crossbook_batches", "Batches carried out.", counters.batches)
        yield _counter("crossbook_orders_accepted", "Orders accepted.", counters.accepted)
        yield _counter("crossbook_trades", "Trades.", counters.trades)
        yield _counter("crossbook_busy", "Commands refused because too many waited.", counters.busy)
        rejected = CounterMetricFamily(
            "crossbook_rejected", "Commands refused by the core, by reason.", labels=["code"]
        )
        for code, count in sorted(counters.rejected.items()):
            rejected.add_metric([refused_by_core(code).code], count)
        yield rejected
        yield _gauge("crossbook_sequence", "The newest event.", self._venue.sequence)
        yield _gauge("crossbook_waiting_commands", "Commands that wait.", figures.waiting)
        yield _gauge("crossbook_open_orders", "Open orders.", figures.open_orders)
        yield _gauge("crossbook_connections", "WebSocket connections.", figures.connections)
        yield _gauge(
            "crossbook_ready", "Whether orders are taken.", 1 if self._venue.not_ready is None else 0
        )
        if figures.keeper_lag is not None:
            yield _gauge("crossbook_keeper_lag_events", "Events the database is behind.", figures.keeper_lag)
        memory_bytes = _resident_bytes()
        if memory_bytes is not None:
            yield _gauge("process_resident_memory_bytes", "Memory in use.", memory_bytes)

    def _requests(self) -> Metric:
        family = CounterMetricFamily(
            "crossbook_http_requests", "Requests by route and status.", labels=["method", "route", "status"]
        )
        for method, route, status, count in self._seen:
            family.add_metric([method, route, str(status)], count)
        return family


def _drain(entries: deque[int], histogram: Histogram, divisor: int) -> None:
    while entries:
        histogram.observe(entries.popleft() / divisor)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _resident_bytes() -> int | None:
    """Return the memory that the process has in use; none where the system does not say."""
    try:
        pages = int(_MEMORY.read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
