"""Deliberate bugs of the live exchange, and for each the test that must notice it.

A bug is planted by replacing one function for the length of one test. Nothing in the program knows of bugs, so none can be
left awake. What `scripts/canary.py` is for the Rust crates, this is for the Python around them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest

from crossbook.core import CommandKind
from crossbook.doors import json as json_door
from crossbook.doors.socket.door import SocketDoor
from crossbook.doors.socket.outlet import Outlet
from crossbook.venue.channels import Channel
from crossbook.venue.desk import Desk
from crossbook.venue.feeds import Feeds
from crossbook.venue.looks import Looks, Ranking
from crossbook.venue.principal import Principal
from crossbook.venue.rates import Rates
from crossbook.venue.reduction import Reduced
from crossbook.venue.refusals import no_such_order
from crossbook.venue.requests import PlaceOrder
from crossbook.venue.sequencer import Reply, Sequencer, record
from crossbook.venue.settings import LimitSettings
from crossbook.venue.sign_in import Gate, tokens
from tests.live.sessions import test_escrow
from tests.unit.doors.http import test_json
from tests.unit.doors.socket import stage, test_endings, test_slow_readers
from tests.unit.venue import test_feeds, test_trading
from tests.unit.venue.sign_in import test_tokens
from tests.unit.venue.sign_in.kit import Kit

CLIENT_WAIT_S = 1.0
"""How long a client of the stage waits while a bug is awake: what it waits for does not come."""
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class Bug:
    """A deliberate bug.

    Attributes:
        name: What is wrong while it is awake.
        plant: Wakes it.
        guard: The test that must pass while it sleeps and fail while it is awake.
        arguments: What the guard is called with, where it is.
    """

    name: str
    plant: Plant
    guard: Callable[..., None]
    arguments: Callable[[Path], dict[str, Any]] = lambda _: {}


def _owner_unchecked(patch: pytest.MonkeyPatch) -> None:
    # The core looks at the owner once more, so the desk must forget it and speak in his name.
    def cancel(self: Desk, _: Principal, order_id: str, reply: Reply) -> None:
        found = self._teller.find(int(order_id)) if order_id.isascii() and order_id.isdigit() else None
        if found is None:
            reply(no_such_order())
        else:
            self._sequencer.add(record(CommandKind.CANCEL, found[0], order_id=int(order_id)), reply)

    patch.setattr(Desk, "cancel", cancel)


def _resend_has_an_effect(patch: pytest.MonkeyPatch) -> None:
    place = Desk._place

    def nameless(self: Desk, who: Principal, request: PlaceOrder, reply: Reply) -> None:
        place(self, who, msgspec.structs.replace(request, client_order_id=None), reply)

    patch.setattr(Desk, "_place", nameless)


def _sequencer_with(patch: pytest.MonkeyPatch, **changes: Any) -> None:
    make = Sequencer.__init__

    def made(self: Sequencer, *parts: Any, **options: Any) -> None:
        make(self, *parts, **{**options, **changes})

    patch.setattr(Sequencer, "__init__", made)


def _told_before_safe(patch: pytest.MonkeyPatch) -> None:
    _sequencer_with(patch, waits=False)


def _never_busy(patch: pytest.MonkeyPatch) -> None:
    _sequencer_with(patch, waiting_max=1 << 30)


def _escrow_left_out(patch: pytest.MonkeyPatch) -> None:
    portfolio = Looks.portfolio

    def poorer(self: Looks, account: int) -> Any:
        seen = portfolio(self, account)
        return msgspec.structs.replace(seen, total_value=seen.total_value - seen.escrowed_cash)

    patch.setattr(Looks, "portfolio", poorer)


def _house_leads(patch: pytest.MonkeyPatch) -> None:
    def ranking(self: Looks) -> Ranking:
        holders = sorted(self._accounts, key=lambda holder: -self._exchange.account(holder.account).equity)
        return Ranking([self.leader(place + 1, holder) for place, holder in enumerate(holders)], {})

    patch.setattr(Looks, "ranking", ranking)


def _rate_never_refuses(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Rates, "spend", lambda *_: True)


def _queue_unbounded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Outlet, "_hold_kept", lambda self, frame, _: self._held.append(frame))


def _newest_not_alone(patch: pytest.MonkeyPatch) -> None:
    def hold(self: Outlet, _: str, frame: bytes, *, kept: bool, messages: int) -> None:
        self._hold_kept(frame, messages if kept else 0)

    patch.setattr(Outlet, "_hold", hold)


def _end_of_burst_lost(patch: pytest.MonkeyPatch) -> None:
    tick = Feeds.tick_books

    def forgetful(self: Feeds, now_ns: int) -> None:
        tick(self, now_ns)
        self._tables_changed.clear()

    patch.setattr(Feeds, "tick_books", forgetful)


def _private_told_to_all(patch: pytest.MonkeyPatch) -> None:
    release = Feeds.release

    def tell_all(self: Feeds, reduced: Reduced) -> None:
        said = [message for messages in reduced.owned.values() for message in messages]
        reduced.owned = {account: said for account in self._private if said}
        release(self, reduced)

    patch.setattr(Feeds, "release", tell_all)


def _missed_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Channel, "missed", lambda *_: [])


def _sockets_outlive_sign_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SocketDoor, "ended", lambda *_: None)


def _session_outlives_sign_out(patch: pytest.MonkeyPatch) -> None:
    async def sign_out(_: Gate, who: Principal) -> None:
        assert who.session

    patch.setattr(Gate, "sign_out", sign_out)


def _name_twice_taken(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(json_door, "_refuse_twice", lambda _: None)


def _signature_unchecked(patch: pytest.MonkeyPatch) -> None:
    decode = jwt.decode

    def believe(text: str, *parts: Any, **options: Any) -> Any:
        trusting = {**options["options"], "verify_signature": False}
        return decode(text, *parts, **{**options, "options": trusting})

    patch.setattr(jwt, "decode", believe)
    patch.setattr(tokens.Tokens, "_is_signed", lambda *_: True)


def _clients_wait_briefly(patch: pytest.MonkeyPatch) -> None:
    make = stage.Client.__init__

    def made(self: stage.Client, *parts: Any, **options: Any) -> None:
        make(self, *parts, **options)
        self.socket.settimeout(CLIENT_WAIT_S)

    patch.setattr(stage.Client, "__init__", made)


BUGS = (
    Bug(
        "anothers_order_can_be_cancelled",
        _owner_unchecked,
        test_trading.test_anothers_order_and_none_at_all_answer_alike,
        lambda _: {"name": "999"},
    ),
    Bug(
        "resend_creates_a_second_order",
        _resend_has_an_effect,
        test_trading.test_the_same_client_order_id_has_one_effect_and_gives_the_first_answer,
    ),
    Bug("told_before_it_is_safe", _told_before_safe, test_trading.test_nothing_is_told_before_it_is_safe),
    Bug(
        "never_busy",
        _never_busy,
        test_trading.test_too_many_waiting_commands_are_busy_and_nothing_is_lost,
    ),
    Bug("escrow_is_nobodys", _escrow_left_out, test_escrow.test_an_open_order_changes_nobodys_worth),
    Bug(
        "house_on_the_leaderboard",
        _house_leads,
        test_trading.test_the_leaderboard_counts_escrow_and_leaves_the_house_out,
    ),
    Bug(
        "rate_never_refuses",
        _rate_never_refuses,
        test_trading.test_an_account_over_its_rate_is_refused_and_others_are_not,
    ),
    Bug(
        "client_queue_unbounded",
        _queue_unbounded,
        test_slow_readers.test_a_bound_disconnects_with_a_reason,
        lambda _: {"limits": LimitSettings(), "padding": 0},
    ),
    Bug(
        "snapshots_not_conflated",
        _newest_not_alone,
        test_slow_readers.test_prices_conflate_to_the_newest_and_nothing_else_is_lost,
    ),
    Bug(
        "end_of_burst_dropped",
        _end_of_burst_lost,
        test_feeds.test_the_order_book_speaks_at_once_then_every_half_second_and_tells_the_end_of_a_burst,
    ),
    Bug(
        "private_messages_to_all",
        _private_told_to_all,
        test_feeds.test_an_owner_hears_of_his_own_orders_in_an_unbroken_row_and_others_do_not,
    ),
    Bug(
        "resume_loses_what_was_missed",
        _missed_forgotten,
        test_feeds.test_who_comes_back_gets_what_he_missed_or_a_snapshot,
    ),
    Bug(
        "sockets_outlive_sign_out",
        _sockets_outlive_sign_out,
        test_endings.test_signing_out_closes_the_connections_of_that_sign_in,
    ),
    Bug(
        "session_outlives_sign_out",
        _session_outlives_sign_out,
        test_tokens.test_a_sign_out_ends_the_session_at_once_and_for_good_and_tells,
        lambda folder: {"kit": Kit(folder)},
    ),
    Bug(
        "name_that_stands_twice_taken",
        _name_twice_taken,
        test_json.test_an_order_with_a_bad_field_is_refused_with_the_fields_name,
        lambda _: {"case": "a name twice"},
    ),
    Bug(
        "signature_unchecked",
        _signature_unchecked,
        test_tokens.test_what_is_no_token_of_ours_is_refused,
        lambda _: {"text": test_tokens.signed(test_tokens.HEADER, test_tokens.CLAIMS, b"t" * 32)},
    ),
)
"""Every bug, each with the one test that must catch it. Others may catch it too."""


def noticed(bug: Bug, folder: Path) -> bool:
    """Run a bug's guard while the bug is awake, and say whether it failed as a test fails."""
    with pytest.MonkeyPatch.context() as patch:
        _clients_wait_briefly(patch)
        bug.plant(patch)
        try:
            bug.guard(**bug.arguments(folder))
        except (AssertionError, TimeoutError, pytest.fail.Exception):
            return True
    return False
