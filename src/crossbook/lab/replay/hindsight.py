"""What the whole message file tells about orders that it does not announce.

A level-n file tells of an order only while it stands on one of the n best levels. An order that was there before the
file begins, or that entered deeper, is named for the first time when it is changed or trades. From that one can look
back: it was there before, with at least the size that the file takes from it later. Since the exchange numbers orders
as they enter, an unannounced order entered between the announced ones with the next lower and higher number.

Assumes that order numbers rise with time of entry; where the announced ones do not, an order is only known from the
row that names it first.
"""

from dataclasses import dataclass

import numpy as np

from crossbook.data.lobster import Kind, Rows


@dataclass(frozen=True, slots=True)
class Unannounced:
    """An order that later messages show to have been there."""

    order_id: int
    side: int
    price: int
    size: int
    """What later messages take from it, in shares: it had at least so much."""
    first_named: int
    """The row of the first message that names it."""


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What is known beforehand of the orders of a file."""

    arrivals: dict[int, list[Unannounced]]
    """Unannounced orders by the row before which they are known to have entered."""
    last_named: dict[int, int]
    """For each order the row of the last message about it."""


def look_back(messages: Rows) -> Hindsight:
    """Read a whole day of messages for what they tell about earlier rows.

    Shape: (rows,) of `MESSAGE`.
    """
    kind, order_id = messages["kind"], messages["order_id"]
    rows = np.arange(len(messages))
    about_order = kind <= Kind.EXECUTE
    last_named = dict(zip(order_id[about_order].tolist(), rows[about_order].tolist(), strict=True))

    entered = rows[kind == Kind.NEW]
    announced = order_id[entered]
    named = rows[about_order & (kind != Kind.NEW)]
    named = named[~np.isin(order_id[named], announced)]
    ids, first, group = np.unique(order_id[named], return_index=True, return_inverse=True)
    sizes = np.bincount(group, messages["size"][named].astype(float), len(ids)).astype(np.int64)
    first = named[first]
    known_from = first
    if (np.diff(announced) > 0).all():
        place = np.searchsorted(announced, ids)
        entry = np.append(entered, len(messages))[place]
        known_from = np.minimum(first, entry)

    arrivals: dict[int, list[Unannounced]] = {}
    facts = (known_from, ids, messages["side"][first], messages["price"][first], sizes, first)
    for row, *fact in zip(*(column.tolist() for column in facts), strict=True):
        arrivals.setdefault(max(row - 1, 0), []).append(Unannounced(*fact))
    return Hindsight(arrivals, last_named)
