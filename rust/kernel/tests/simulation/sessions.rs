//! The trading day: when orders gather, cross, trade and are refused, and who hears of it.

use exchange::command::Phase;
use exchange::event::{AUCTION, EventKind, EventRecord};
use exchange::reject::Reject;
use exchange::units::Side;
use kernel::{Due, Interests, Note, NoteKind, Order, Simulation};
use serde_json::{Value, json};

use crate::house::{SECOND, foreign, make, of_kind, plain, play};

fn day(session: &Value, groups: Vec<Value>) -> Simulation {
    let mut spec = plain(400, groups);
    spec["venues"][0]["markets"][0]["session"] = session.clone();
    make(&spec)
}

fn auctions() -> Value {
    json!({"pre_open_ns": 10 * SECOND, "open_ns": 100 * SECOND, "closing_auction_ns": 200 * SECOND,
        "close_ns": 300 * SECOND})
}

fn shut() -> Value {
    json!({"open_ns": 100 * SECOND, "close_ns": 300 * SECOND})
}

/// What was heard: of phases, and of orders sent at these seconds by agents in turn.
type Heard = (Vec<(i64, u8)>, Vec<(u32, i64, Note)>, Vec<i64>);

fn hear(simulation: &mut Simulation, orders: &[(i64, Side, u64, i64)]) -> Heard {
    let (mut phases, mut notes, mut positions) = (Vec::new(), Vec::new(), vec![0; orders.len()]);
    play(simulation, |simulation, call| {
        let now = simulation.now() / SECOND;
        let mut context = simulation.context(call.agent);
        match call.due {
            Due::Start => context.wake_at(orders[call.agent as usize].0 * SECOND, 0),
            Due::Timer(_) => {
                let (_, side, lots, price) = orders[call.agent as usize];
                context.place(Order::limit(0, side, lots, price));
            }
            Due::Note(note) => {
                positions[call.agent as usize] = context.position(0);
                notes.push((call.agent, now, note));
            }
            Due::Phase(0, phase) if call.agent == 0 => phases.push((now, phase)),
            Due::Phase(0, _) => {}
            other => panic!("{other:?}"),
        }
    });
    (phases, notes, positions)
}

fn traders(count: usize) -> Vec<Value> {
    let interests = Interests::FILLS.and(Interests::ORDERS).and(Interests::PHASES);
    vec![foreign("trader", count as u32, interests)]
}

fn kinds(notes: &[(u32, i64, Note)], agent: u32) -> Vec<(i64, NoteKind)> {
    notes.iter().filter(|note| note.0 == agent).map(|note| (note.1, note.2.kind)).collect()
}

fn auction_trades(events: &[EventRecord]) -> Vec<(i64, i64, u64)> {
    let trades = of_kind(events, EventKind::Trade);
    assert!(trades.iter().all(|trade| trade.flags & AUCTION != 0));
    trades.iter().map(|trade| (trade.time_ns / SECOND, trade.price, trade.quantity)).collect()
}

#[test]
fn orders_gather_and_cross_at_the_open_and_at_the_close() {
    let orders = [
        (20, Side::Buy, 5, 10_010),
        (30, Side::Sell, 5, 9_990),
        (210, Side::Sell, 3, 9_980),
        (220, Side::Buy, 3, 10_020),
    ];
    let mut simulation = day(&auctions(), traders(4));
    let (phases, notes, positions) = hear(&mut simulation, &orders);
    let number = |phase: Phase| phase as u8;
    assert_eq!(
        phases,
        [
            (0, number(Phase::Halt)),
            (10, number(Phase::PreOpen)),
            (100, number(Phase::Continuous)),
            (200, number(Phase::Auction)),
            (300, number(Phase::Close)),
        ]
    );
    for (agent, placed, filled) in [(0, 20, 100), (1, 30, 100), (2, 210, 300), (3, 220, 300)] {
        let expected = [(placed, NoteKind::Accepted), (filled, NoteKind::Filled)];
        assert_eq!(kinds(&notes, agent), expected, "agent {agent}");
    }
    assert_eq!(positions, [5, -5, -3, 3], "they know what they hold from an auction too");
    let crossed = auction_trades(&simulation.take_events(0));
    assert_eq!(crossed.iter().map(|trade| (trade.0, trade.2)).collect::<Vec<_>>(), [(100, 5), (300, 3)]);
    assert!(crossed.iter().all(|trade| (9_980..=10_020).contains(&trade.1)));
}

#[test]
fn a_market_without_a_pre_opening_refuses_until_it_opens_and_after_it_closes() {
    let orders = [(20, Side::Buy, 1, 9_990), (100, Side::Buy, 1, 9_990), (300, Side::Buy, 1, 9_990)];
    let mut simulation = day(&shut(), traders(3));
    let (_, notes, _) = hear(&mut simulation, &orders);
    assert_eq!(kinds(&notes, 0), [(20, NoteKind::Refused)]);
    assert_eq!(kinds(&notes, 1), [(100, NoteKind::Accepted)], "at the very moment it is open");
    assert_eq!(kinds(&notes, 2), [(300, NoteKind::Refused)]);
    let refused = notes.iter().filter(|note| note.2.kind == NoteKind::Refused);
    for (_, _, note) in refused {
        assert_eq!(Reject::from_number(note.reason), Some(Reject::PhaseForbids));
        assert!(note.token != 0 && note.lots == 1 && note.price == 9_990, "{note:?}");
    }
}

#[test]
fn what_did_not_cross_trades_on_after_the_open() {
    let orders = [(20, Side::Buy, 5, 10_000), (30, Side::Sell, 2, 10_000), (150, Side::Sell, 3, 10_000)];
    let mut simulation = day(&auctions(), traders(3));
    let (_, notes, positions) = hear(&mut simulation, &orders);
    assert_eq!(positions, [5, -2, -3]);
    let left: Vec<u64> = notes.iter().filter(|note| note.0 == 0).map(|note| note.2.left).collect();
    assert_eq!(left, [5, 3, 0], "taken, two crossed, the rest traded");
}
