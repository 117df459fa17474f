//! Random tapes and random agents: what must hold of every one.

use std::collections::BTreeMap;

use exchange::command::{OrderType, TimeInForce};
use exchange::event::EventKind;
use exchange::units::{NO_PRICE, Side};
use serde_json::json;

use super::testing::{Deed, Hand, depth, ours, run_with, simulation, trade};
use super::{QueueModel, TapeRow, TapeSettings, kind};
use crate::agents::testing::mind;
use crate::context::Order;
use crate::simulation::Outcome;
use crate::stream::{Purpose, Stream};

/// A tape of 400 rows, each at a time of its own, around 10,000 ticks, whose book is never crossed.
fn tape(stream: &mut Stream) -> Vec<TapeRow> {
    let mut rows = Vec::new();
    let mut model = Model::default();
    for number in 0..400 {
        let time = 10 + 10 * number;
        let side = stream.integer(0, 1) as u8;
        let (best_bid, best_ask) = (model.best(0).unwrap_or(9_995), model.best(1).unwrap_or(10_005));
        let row = if stream.chance(0.3) {
            let price = if side == 0 { best_ask } else { best_bid };
            trade(time, side, price, stream.integer(1, 12) as u64)
        } else {
            let away = stream.integer(0, 5);
            let price = if side == 0 { best_ask - 1 - away } else { best_bid + 1 + away };
            depth(time, side, price, stream.integer(0, 2) as u64 * stream.integer(1, 10) as u64)
        };
        model.apply(&row);
        rows.push(row);
    }
    rows
}

#[derive(Clone, Default)]
struct Model {
    sides: [BTreeMap<i64, u64>; 2],
}

impl Model {
    fn apply(&mut self, row: &TapeRow) {
        if row.kind == kind::DEPTH {
            let side = &mut self.sides[usize::from(row.side)];
            if row.quantity == 0 {
                side.remove(&row.price)
            } else {
                side.insert(row.price, row.quantity)
            };
        }
    }
    fn best(&self, side: usize) -> Option<i64> {
        let mut keys = self.sides[side].keys();
        if side == 0 { keys.next_back().copied() } else { keys.next().copied() }
    }
}

fn deeds(stream: &mut Stream) -> Vec<(i64, Deed)> {
    let (mut deeds, mut placed) = (Vec::new(), 0);
    for number in 0..150 {
        let time = 15 + number * 25 + stream.integer(0, 1);
        let side = if stream.chance(0.5) { Side::Buy } else { Side::Sell };
        let lots = stream.integer(1, 15) as u64;
        let price = 10_000 + stream.integer(-12, 12);
        let deed = match stream.integer(0, 9) {
            0 if placed > 0 => Deed::Cancel(stream.integer(0, placed - 1) as usize),
            1 if placed > 0 => Deed::Replace(stream.integer(0, placed - 1) as usize, price, lots),
            2 => Deed::Place(Order::market(0, side, lots)),
            3 => Deed::Place(Order::immediate(0, side, lots, price)),
            4 => Deed::Place(Order {
                time_in_force: TimeInForce::FillOrKill,
                ..Order::limit(0, side, lots, price)
            }),
            5 => Deed::Place(Order { display: 1 + lots / 3, ..Order::limit(0, side, lots, price) }),
            7 => {
                let (order_type, stop_price) = (OrderType::Stop, price);
                Deed::Place(Order { order_type, stop_price, price: NO_PRICE, ..Order::market(0, side, lots) })
            }
            6 => Deed::Place(Order { post_only: true, ..Order::limit(0, side, lots, price) }),
            _ => Deed::Place(Order::limit(0, side, lots, price)),
        };
        placed += i64::from(matches!(deed, Deed::Place(_)));
        deeds.push((time, deed));
    }
    deeds
}

#[test]
fn nobody_changes_the_tape_and_nobody_gets_more_than_it_allows() {
    let models = [QueueModel::RiskAverse, QueueModel::Power(2.0), QueueModel::Log, QueueModel::Optimistic];
    let mut fills = 0;
    for seed in 0..120 {
        let mut stream = Stream::named(seed, "tape", 0, Purpose::Behaviour);
        let rows = tape(&mut stream);
        let settings = TapeSettings { queue: models[seed as usize % 4], ..TapeSettings::default() };
        let group = ours(1 | 2 | 128, &json!({"entry": {"constant_ns": seed % 3}}));
        let alone = run_with(rows.clone(), settings, &group, &[]);
        let seen = run_with(rows.clone(), settings, &group, &deeds(&mut stream));
        assert_eq!(alone.quotes, seen.quotes, "seed {seed}");

        // What was traded with the house, by time and price.
        let mut model = Model::default();
        let mut next = 0;
        let mut got: BTreeMap<(i64, u64, i64), u64> = BTreeMap::new();
        for event in seen.events.iter().filter(|event| event.kind() == Some(EventKind::Trade)) {
            while rows.get(next).is_some_and(|row| row.exchange_ns <= event.time_ns) {
                model.apply(&rows[next]);
                next += 1;
            }
            fills += 1;
            let taker = usize::from(event.side);
            if event.account.max(event.counterparty) <= 2 {
                continue; // The house, to wake a stop order.
            }
            if event.counterparty == 1 {
                // We took: no more than showed at that price.
                let lots = got.entry((event.time_ns, event.order_id, event.price)).or_default();
                *lots += event.quantity;
                let shows = model.sides[1 - taker].get(&event.price).copied().unwrap_or(0);
                assert!(*lots <= shows, "seed {seed}: {event:?} of {shows}");
            } else if event.account == 1 {
                // The house took: the row of this time must allow it.
                let row = &rows[next - 1];
                assert_eq!(row.exchange_ns, event.time_ns, "seed {seed}: {event:?}");
                let sign = if taker == 0 { 1 } else { -1 };
                if row.kind == kind::TRADE && usize::from(row.side) == taker {
                    let through = (row.price - event.price) * sign;
                    assert!(through >= 0, "seed {seed}: {row:?} {event:?}");
                    if through == 0 {
                        let lots = got.entry((event.time_ns, 0, event.price)).or_default();
                        *lots += event.quantity;
                        assert!(*lots <= row.quantity, "seed {seed}: {event:?}");
                    }
                } else {
                    let best = model.best(taker).expect("a best that reaches us");
                    assert!((best - event.price) * sign >= 0, "seed {seed}: {event:?}");
                }
            }
        }
    }
    assert!(fills > 2_000, "{fills}");
}

#[test]
fn steps_stops_and_forks_change_nothing() {
    for seed in 0..20 {
        let mut stream = Stream::named(seed, "tape", 0, Purpose::Behaviour);
        let rows = tape(&mut stream);
        let deeds = deeds(&mut stream);
        let late = json!({"feed": {"constant_ns": 7}, "entry": {"jitter": {"uniform": 9}}});
        let at_once = json!({});
        let group = ours(1 | 2 | 128, if seed % 2 == 0 { &at_once } else { &late });
        let whole = run_with(rows.clone(), TapeSettings::default(), &group, &deeds);
        let mut pieces = simulation(rows, TapeSettings::default(), &group);
        mind(&mut pieces, Box::new(Hand::told(&deeds)));
        let mut until = 0;
        while until < 5_000 {
            until += stream.integer(1, 200);
            let steps = stream.integer(1, 5) as u64;
            while pieces.advance(until, steps) == Outcome::Paused {}
            pieces = pieces.clone();
        }
        assert_eq!(pieces.advance(i64::MAX, u64::MAX), Outcome::Ended);
        assert_eq!(whole.simulation.event_hashes(), pieces.event_hashes(), "seed {seed}");
        assert_eq!(whole.simulation.counts(), pieces.counts(), "seed {seed}");
    }
}
