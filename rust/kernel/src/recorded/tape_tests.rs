use exchange::command::{OrderType, TimeInForce};
use exchange::event::{EndReason, EventKind};
use exchange::reject::Reject;
use exchange::units::{NO_PRICE, Side};
use serde_json::json;

use super::testing::{BUY, Deed, SELL, and, bid, book, depth, ours, row, run, run_with, simulation, trade};
use super::{Feed, QueueModel, TapeRow, TapeSettings, flag, kind};
use crate::context::Order;
use crate::crowd::NoteKind;
use crate::simulation::Outcome;

fn plain() -> TapeSettings {
    TapeSettings::default()
}

#[test]
fn an_order_waits_for_what_stood_before_it_and_fills_in_parts() {
    let rows = and(
        book(),
        &[
            trade(30, SELL, 10_000, 6),
            trade(40, SELL, 10_000, 6),
            trade(50, SELL, 10_000, 1),
            trade(60, SELL, 10_000, 9),
        ],
    );
    let seen = run(rows, plain(), &[(20, bid(4, 10_000))]);
    // Ten lots were before us: six, then four of six went to them.
    assert_eq!(seen.trades(), [(40, 10_000, 2, true), (50, 10_000, 1, true), (60, 10_000, 1, true)]);
    let left: Vec<u64> = seen
        .log
        .notes
        .iter()
        .filter(|note| note.1.kind == NoteKind::Filled)
        .map(|note| note.1.left)
        .collect();
    assert_eq!(left, [2, 1, 0]);
    let (rows, fronts) = seen.simulation.tape_progress(0).expect("a tape");
    assert_eq!((rows, fronts.len()), (8, 0));
}

#[test]
fn an_aggressor_of_our_own_side_fills_nobody() {
    let seen = run(and(book(), &[trade(30, BUY, 10_000, 60)]), plain(), &[(20, bid(4, 10_000))]);
    assert_eq!(seen.trades(), []);
}

#[test]
fn a_trade_through_the_price_fills_whole() {
    let seen = run(and(book(), &[trade(30, SELL, 9_999, 1)]), plain(), &[(20, bid(4, 10_000))]);
    assert_eq!(seen.trades(), [(30, 10_000, 4, true)]);
}

#[test]
fn the_opposite_best_fills_whole_what_it_reaches_but_not_within_a_message() {
    let passing = TapeRow { flags: 0, ..depth(30, SELL, 10_000, 3) };
    let rows = and(
        book(),
        &[passing, depth(30, SELL, 10_000, 0), depth(40, BUY, 10_000, 0), depth(50, SELL, 10_000, 1)],
    );
    let seen = run(rows, plain(), &[(20, bid(4, 10_000)), (21, bid(2, 9_998))]);
    assert_eq!(seen.trades(), [(50, 10_000, 4, true)]);
}

#[test]
fn the_first_of_two_orders_at_a_price_fills_first_and_a_trade_is_not_given_twice() {
    let rows = and(book(), &[trade(30, SELL, 10_000, 15)]);
    let seen = run(rows, plain(), &[(20, bid(4, 10_000)), (21, bid(4, 10_000))]);
    assert_eq!(seen.trades(), [(30, 10_000, 4, true), (30, 10_000, 1, true)]);
}

#[test]
fn orders_that_cross_take_the_recorded_levels_at_their_prices() {
    let market = Deed::Place(Order::market(0, Side::Buy, 14));
    let seen = run(book(), plain(), &[(20, market)]);
    assert_eq!(seen.trades(), [(20, 10_002, 10, false), (20, 10_003, 4, false)]);
    // The fee is the core's: a thousandth of what was paid.
    let fee: i64 = seen.log.notes.iter().map(|note| note.1.fee).sum();
    assert_eq!(fee, 10_002 * 10 / 1_000 + 10_003 * 4 / 1_000);

    let limit = bid(14, 10_002);
    let seen = run(and(book(), &[trade(30, SELL, 10_002, 1)]), plain(), &[(20, limit)]);
    // The rest rests; nobody is before it, so the next seller meets it. What still shows opposite was had.
    assert_eq!(seen.trades(), [(20, 10_002, 10, false), (30, 10_002, 1, true)]);

    let immediate = Deed::Place(Order::immediate(0, Side::Buy, 30, 10_003));
    let seen = run(book(), plain(), &[(20, immediate)]);
    assert_eq!(seen.trades(), [(20, 10_002, 10, false), (20, 10_003, 10, false)]);
    assert_eq!(seen.reasons(EventKind::Cancelled), [EndReason::ImmediateRemainder as u8]);

    let whole = |lots| {
        Deed::Place(Order {
            time_in_force: TimeInForce::FillOrKill,
            ..Order::limit(0, Side::Buy, lots, 10_003)
        })
    };
    let seen = run(book(), plain(), &[(20, whole(21)), (21, whole(20))]);
    assert_eq!(seen.trades(), [(21, 10_002, 10, false), (21, 10_003, 10, false)]);
    assert_eq!(seen.reasons(EventKind::Cancelled), [EndReason::NotFilledWhole as u8]);
}

#[test]
fn post_only_orders_that_would_take_the_recorded_best_are_refused() {
    let order = Order { post_only: true, ..Order::limit(0, Side::Buy, 1, 10_002) };
    let inside = Order { post_only: true, ..Order::limit(0, Side::Buy, 1, 10_001) };
    let seen = run(book(), plain(), &[(20, Deed::Place(order)), (21, Deed::Place(inside))]);
    assert_eq!(seen.trades(), []);
    assert_eq!(seen.reasons(EventKind::Rejected), [Reject::PostOnlyWouldTrade.number()]);
    assert_eq!(seen.reasons(EventKind::Booked).len(), 1);
}

#[test]
fn the_house_has_no_order_between_commands() {
    let seen = run(book(), plain(), &[(20, bid(3, 10_002)), (30, bid(3, 10_003))]);
    assert_eq!(seen.simulation.world.venues[0].machine.order_count(), 0);
}

#[test]
fn a_changed_order_takes_too_and_joins_its_new_queue_behind() {
    let rows = and(book(), &[trade(50, SELL, 9_999, 12)]);
    let deeds = [
        (20, bid(4, 9_998)),
        (30, Deed::Replace(0, 9_999, 4)),
        (35, bid(1, 9_990)),
        (40, Deed::Replace(1, 10_002, 1)),
    ];
    let seen = run(rows, plain(), &deeds);
    assert_eq!(seen.trades(), [(40, 10_002, 1, false), (50, 9_999, 2, true)]);
}

#[test]
fn a_cancelled_order_never_fills() {
    let rows = and(book(), &[trade(40, SELL, 9_000, 100)]);
    let seen = run(rows, plain(), &[(20, bid(4, 10_000)), (30, Deed::Cancel(0))]);
    assert_eq!(seen.trades(), []);
    assert_eq!(seen.reasons(EventKind::Cancelled), [EndReason::ByOwner as u8]);
}

#[test]
fn less_quantity_keeps_the_place() {
    let rows = and(book(), &[trade(30, SELL, 10_000, 10), trade(50, SELL, 10_000, 9)]);
    let seen = run(rows, plain(), &[(20, bid(4, 10_000)), (40, Deed::Replace(0, 10_000, 2))]);
    assert_eq!(seen.trades(), [(50, 10_000, 2, true)]);
}

#[test]
fn what_we_take_stays_taken_only_with_impact() {
    let rows = || and(book(), &[depth(40, SELL, 10_002, 7)]);
    let take = |time| (time, Deed::Place(Order::immediate(0, Side::Buy, 8, 10_002)));
    let deeds = [take(20), take(30), take(50)];
    let taken = |impact| {
        let seen = run(rows(), TapeSettings { impact, ..plain() }, &deeds);
        let shown: Vec<u64> = seen.quotes.iter().map(|quote| quote.ask_quantity).collect();
        (seen.trades().iter().map(|trade| trade.2).collect::<Vec<_>>(), shown)
    };
    // The first two rows tell of bids.
    assert_eq!(taken(false), (vec![8, 8, 7], vec![0, 10, 7]));
    assert_eq!(taken(true), (vec![8, 2, 7], vec![0, 10, 2, 10, 7, 10]));
}

#[test]
fn queue_models_differ_where_a_level_shrinks_without_a_trade() {
    // Ten before us; ten come behind; eight of twenty leave; then five trade.
    let rows =
        || and(book(), &[depth(30, BUY, 10_000, 20), depth(40, BUY, 10_000, 12), trade(50, SELL, 10_000, 8)]);
    let filled = |queue| {
        let seen = run(rows(), TapeSettings { queue, ..plain() }, &[(20, bid(8, 10_000))]);
        seen.trades().iter().map(|trade| trade.2).sum::<u64>()
    };
    assert_eq!(filled(QueueModel::RiskAverse), 0);
    assert_eq!(filled(QueueModel::Power(1.0)), 2);
    assert_eq!(filled(QueueModel::Log), 2);
    assert_eq!(filled(QueueModel::Optimistic), 6);
}

#[test]
fn three_delays_are_kept_apart() {
    let latency =
        json!({"feed": {"constant_ns": 5}, "entry": {"constant_ns": 7}, "response": {"constant_ns": 11}});
    let rows = and(book(), &[depth(26, SELL, 10_002, 3), depth(28, SELL, 10_002, 10)]);
    let immediate = Deed::Place(Order::immediate(0, Side::Buy, 8, 10_002));
    let deeds = [(20, immediate), (30, Deed::Look), (31, Deed::Look), (33, Deed::Look)];
    let seen = run_with(rows, plain(), &ours(1 | 2 | 4, &latency), &deeds);
    // It left at 20, arrived at 27 when three lots showed, and we heard at 38.
    assert_eq!(seen.trades(), [(27, 10_002, 3, false)]);
    let heard: Vec<i64> = seen.log.notes.iter().map(|note| note.0).collect();
    assert!(heard.iter().all(|&time| time == 38), "{heard:?}");
    let looks: Vec<(i64, u64)> =
        seen.log.quotes.iter().map(|(time, quote)| (*time, quote.ask_lots)).collect();
    assert_eq!(looks, [(15, 10), (30, 10), (31, 3), (31, 3), (33, 10), (33, 10)]);
    assert_eq!(seen.log.calls, [15, 31, 33], "followers are called when the feed reaches them");
}

#[test]
fn a_recorded_feed_shows_rows_when_the_recorder_had_them() {
    let late = |time: i64, local_ns: i64, lots: u64| TapeRow { local_ns, ..depth(time, SELL, 10_002, lots) };
    let rows = vec![late(10, 13, 10), late(20, 90, 9), late(30, 40, 8)];
    let deeds = [(12, Deed::Look), (13, Deed::Look), (50, Deed::Look), (90, Deed::Look), (92, Deed::Look)];
    let settings = TapeSettings { feed: Feed::Recorded, shift_ns: 1, offset_ns: 1, ..plain() };
    let seen = run_with(rows, settings, &ours(0, &json!({})), &deeds);
    let looks: Vec<(i64, u64)> =
        seen.log.quotes.iter().map(|(time, quote)| (*time, quote.ask_lots)).collect();
    // One more for the shift and one for the offset; the last row is not seen before the one above it.
    assert_eq!(looks, [(12, 0), (13, 0), (50, 10), (90, 10), (92, 8)]);
    assert_eq!(seen.quotes.iter().map(|quote| quote.time_ns).collect::<Vec<_>>(), [11, 21, 31]);
}

#[test]
fn rows_of_several_streams_are_sorted_by_the_exchanges_time() {
    let rows = and(book(), &[depth(50, BUY, 10_000, 0), trade(30, SELL, 10_000, 11)]);
    let seen = run(rows, plain(), &[(20, bid(4, 10_000))]);
    assert_eq!(seen.trades(), [(30, 10_000, 1, true)]);
}

#[test]
fn best_quotes_rule_the_top_of_the_book() {
    let quote = |time, side, price, lots| row(time, kind::QUOTE, side, price, lots);
    let rows = and(
        book(),
        &[
            quote(20, BUY, 9_999, 4),
            quote(20, SELL, 10_001, 6),
            depth(30, BUY, 10_000, 10),
            depth(30, SELL, 10_001, 9),
            depth(30, BUY, 9_998, 1),
        ],
    );
    let seen = run(rows.clone(), plain(), &[]);
    let last = seen.quotes.last().expect("quotes");
    assert_eq!((last.bid, last.bid_quantity, last.ask, last.ask_quantity), (9_999, 4, 10_001, 6));
    let without = run(rows, TapeSettings { quotes: false, ..plain() }, &[]);
    let last = without.quotes.last().expect("quotes");
    assert_eq!((last.bid, last.ask, last.ask_quantity), (10_000, 10_001, 9));
}

#[test]
fn a_book_that_is_not_whole_yet_is_not_shown() {
    let mut rows = book();
    rows[0].flags |= flag::STALE;
    rows[1].flags |= flag::STALE;
    let seen = run(rows.clone(), plain(), &[]);
    assert_eq!(seen.quotes.len(), 1);
    // Where no row ever is whole, there is nothing to wait for.
    rows.truncate(2);
    assert_eq!(run(rows, plain(), &[]).quotes.len(), 1);
}

const fn single(time: i64, kind: u8, reference: u32, lots: u64) -> TapeRow {
    TapeRow { reference, ..row(time, kind, BUY, 10_000, lots) }
}

#[test]
fn beside_single_orders_the_place_is_exact() {
    let rows = vec![
        single(10, kind::ENTER, 0, 5),
        single(11, kind::ENTER, 1, 5),
        single(30, kind::ENTER, 2, 5),
        single(40, kind::CANCEL, 1, 2),
        single(41, kind::CANCEL, 2, 1),
        single(50, kind::EXECUTE, 0, 5),
        single(51, kind::EXECUTE, 1, 3),
        single(60, kind::EXECUTE, 2, 3),
        row(70, kind::TRADE, SELL, 10_000, 50),
        row(80, kind::TRADE, SELL, 9_999, 1),
    ];
    let mut before = simulation(rows.clone(), plain(), &ours(3, &json!({})));
    let seen = run(rows, plain(), &[(20, bid(4, 10_000))]);
    // The third order came behind us: what it traded was ours first. A trade with a hidden order at our price is
    // not ours, one beyond it is.
    assert_eq!(seen.trades(), [(60, 10_000, 3, true), (80, 10_000, 1, true)]);
    while before.advance(45, u64::MAX) != Outcome::Reached {}
    let level = before.world.markets[0].depth_now(45, &before.world.venues[0].machine).bids[0];
    assert_eq!(level, (10_000, 12));
}

#[test]
fn the_mark_follows_the_tape_once_we_have_traded() {
    let settings = TapeSettings { mark_ns: 10, ..plain() };
    let rows = and(
        book(),
        &[
            depth(40, SELL, 10_002, 0),
            depth(50, SELL, 10_003, 0),
            depth(60, SELL, 10_100, 1),
            trade(61, BUY, 10_100, 1),
            depth(65, BUY, 10_090, 1),
            depth(70, BUY, 10_095, 1),
        ],
    );
    let seen = run(rows, settings, &[(20, Deed::Place(Order::market(0, Side::Buy, 10)))]);
    assert_eq!(seen.simulation.world.venues[0].machine.instrument(1).expect("listed").mark, 10_100);
    assert_eq!(seen.simulation.profit(2), 10 * (10_100 - 10_002) - 100);
}

#[test]
fn a_recorded_trade_wakes_stop_orders() {
    let stop = |side, stop_price| {
        let order_type = OrderType::Stop;
        Deed::Place(Order { order_type, stop_price, price: NO_PRICE, ..Order::market(0, side, 12) })
    };
    let rows = and(
        book(),
        &[
            trade(30, BUY, 10_002, 1),
            trade(40, SELL, 9_999, 1),
            depth(50, SELL, 10_002, 0),
            trade(60, BUY, 10_003, 1),
        ],
    );
    let seen = run(rows, plain(), &[(20, stop(Side::Buy, 10_003)), (21, stop(Side::Sell, 10_000))]);
    // The seller wakes at 9,999: the bid above it was not there any more for the recorded seller either.
    assert_eq!(seen.trades(), [(40, 9_999, 10, false), (60, 10_003, 10, false)]);
    assert_eq!(seen.simulation.world.venues[0].machine.order_count(), 0);
    let prints = seen.simulation.world.markets[0].print_at(i64::MAX);
    assert_eq!((prints.volume, prints.price), (3, 10_003), "the trade of the house is in no feed");
}

#[test]
fn unsound_tapes_are_refused() {
    let mut simulation = simulation(vec![], plain(), &ours(0, &json!({})));
    assert!(simulation.attach_tape(0, vec![], plain()).is_err(), "one recording a market");
    let settings = [
        (TapeSettings { mark_ns: 0, ..plain() }, vec![]),
        (TapeSettings { queue: QueueModel::Power(0.0), ..plain() }, vec![]),
        (TapeSettings { impact: true, ..plain() }, vec![single(1, kind::ENTER, 0, 1)]),
        (plain(), vec![single(1, kind::ENTER, 0, 1), depth(1, BUY, 1, 1)]),
        (plain(), vec![single(1, kind::ENTER, 1, 1)]),
        (plain(), vec![row(1, 9, BUY, 1, 1)]),
        (plain(), vec![row(1, kind::DEPTH, BUY, 1 << 41, 1)]),
        (plain(), vec![row(1, kind::PHASE, BUY, 0, 5)]),
    ];
    for (settings, rows) in settings {
        let mut fresh = crate::agents::testing::market(
            1,
            100,
            vec![crate::agents::testing::group("house", 1, json!({"kind": "recorded"}))],
        );
        assert!(fresh.attach_tape(0, rows, settings).is_err(), "{settings:?}");
    }
    assert!(TapeSettings::from_json(r#"{"queue": {"power": 2.0}, "clock": "local"}"#).is_ok());
    assert!(TapeSettings::from_json(r#"{"queues": "log"}"#).is_err());
}
