//! A reader who sees only the public events has the same book as the machine, order for order; one who sees
//! every event has the same balances.

use std::collections::BTreeMap;

use exchange::book::{Book, FastBook};
use exchange::command::AccountModel;
use exchange::event::{EventKind, EventRecord, KEPT_PLACE};
use exchange::units::{AccountId, Side};
use exchange::{Config, Exchange};

use crate::flow::Flow;

/// A resting order as a reader knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Seen {
    instrument: u32,
    side: u8,
    price: i64,
    quantity: u64,
    place: u64,
}

/// The books of all instruments, rebuilt from public events.
#[derive(Default)]
struct Reader {
    orders: BTreeMap<u64, Seen>,
}

impl Reader {
    fn read(&mut self, event: &EventRecord) {
        assert_eq!((event.account, event.counterparty), (0, 0), "public events name nobody");
        match event.kind().unwrap() {
            EventKind::Booked | EventKind::Refreshed => {
                let seen = Seen {
                    instrument: event.instrument,
                    side: event.side,
                    price: event.price,
                    quantity: event.quantity,
                    place: event.sequence,
                };
                assert_eq!(self.orders.insert(event.order_id, seen), None, "an order stands once");
            }
            EventKind::Trade => {
                self.leave(event.counter_id, event.quantity, event.remaining);
                // In an auction both orders rest; the event tells what is left of the seller, and the
                // buyer's part follows from the quantity.
                if event.flags & exchange::event::AUCTION != 0 {
                    let left = self.orders[&event.order_id].quantity - event.quantity;
                    self.leave(event.order_id, event.quantity, left);
                }
            }
            EventKind::Reduced => self.leave(event.order_id, event.quantity, event.remaining),
            EventKind::Cancelled | EventKind::Expired => {
                let gone = self.orders.remove(&event.order_id).unwrap();
                assert_eq!(gone.quantity, event.remaining);
            }
            EventKind::Replaced if event.flags & KEPT_PLACE != 0 => {
                self.orders.get_mut(&event.order_id).unwrap().quantity = event.remaining;
            }
            EventKind::Replaced => {
                self.orders.remove(&event.order_id).unwrap();
            }
            _ => {}
        }
    }

    fn leave(&mut self, id: u64, quantity: u64, left: u64) {
        let seen = self.orders.get_mut(&id).unwrap();
        assert_eq!(seen.quantity - quantity, left);
        seen.quantity = left;
        if left == 0 {
            self.orders.remove(&id);
        }
    }

    /// Ids and quantities of a side in priority order.
    fn queue(&self, instrument: u32, side: Side) -> Vec<(i64, u64)> {
        let mut orders: Vec<&Seen> = self
            .orders
            .values()
            .filter(|seen| seen.instrument == instrument && seen.side == side as u8)
            .collect();
        orders.sort_by_key(|seen| (-side.sign() * seen.price, seen.place));
        orders.into_iter().map(|seen| (seen.price, seen.quantity)).collect()
    }
}

#[test]
fn public_events_alone_rebuild_the_book_after_every_command() {
    for model in [AccountModel::Cash, AccountModel::Margin, AccountModel::Game] {
        for seed in 200..212 {
            let mut exchange = Exchange::<FastBook>::new(Config { model, ..Config::default() });
            let mut flow = Flow::new(seed, model);
            let mut reader = Reader::default();
            for step in 0..3_000 {
                let _ = exchange.apply(&flow.next());
                flow.learn(exchange.events());
                for event in exchange.events() {
                    if let Some(seen) = event.public_view() {
                        reader.read(&seen);
                    }
                }
                exchange.clear_events();
                for instrument in 1..=5 {
                    let Some(book) = exchange.book(instrument) else { continue };
                    for side in [Side::Buy, Side::Sell] {
                        let mut queue = Vec::new();
                        book.visit_orders(side, |order| {
                            queue.push((order.price.get(), order.quantity.get()));
                            true
                        });
                        assert_eq!(reader.queue(instrument, side), queue, "seed {seed} step {step}");
                    }
                }
            }
        }
    }
}

#[test]
fn postings_of_every_command_sum_to_zero_and_add_up_to_the_balances() {
    for model in [AccountModel::Cash, AccountModel::Margin, AccountModel::Game] {
        for seed in 300..320 {
            let mut exchange = Exchange::<FastBook>::new(Config { model, ..Config::default() });
            let mut flow = Flow::new(seed, model);
            let mut cash: BTreeMap<u32, (i128, i128)> = BTreeMap::new();
            let mut lots: BTreeMap<(u32, u32), (i64, i64)> = BTreeMap::new();
            for step in 0..3_000 {
                let command = flow.next();
                let _ = exchange.apply(&command);
                flow.learn(exchange.events());
                let (mut cash_sum, mut lot_sums) = (0_i128, BTreeMap::<u32, i64>::new());
                for event in exchange.events() {
                    if event.kind == EventKind::Balance as u8 {
                        let held = cash.entry(event.account).or_default();
                        held.0 += i128::from(event.amount);
                        held.1 += i128::from(event.amount_2);
                        cash_sum += i128::from(event.amount) + i128::from(event.amount_2);
                    } else if event.kind == EventKind::Position as u8 {
                        let held = lots.entry((event.account, event.instrument)).or_default();
                        held.0 += event.amount;
                        held.1 += event.amount_2;
                        *lot_sums.entry(event.instrument).or_default() += event.amount;
                    }
                }
                exchange.clear_events();
                assert_eq!(cash_sum, 0, "{model:?} seed {seed} step {step} {command:?}");
                assert!(
                    lot_sums.values().all(|&sum| sum == 0),
                    "{model:?} seed {seed} step {step} {command:?}"
                );
            }
            for account in 1..=u32::try_from(exchange.account_count()).unwrap() {
                let view = exchange.account(account).unwrap();
                let (free, escrow) = cash.get(&account).copied().unwrap_or_default();
                assert_eq!((i128::from(view.cash), i128::from(view.escrow)), (free, escrow));
                for instrument in 1..=5 {
                    let position = exchange.position(account, instrument);
                    let held = lots.get(&(account, instrument)).copied().unwrap_or_default();
                    assert_eq!((position.lots, position.locked), held);
                }
            }
            let system = |id: AccountId| cash.get(&id.get()).map_or(0, |held| held.0);
            assert_eq!(exchange.system_balances(), (system(AccountId::FEES), system(AccountId::FUND)));
        }
    }
}

#[test]
fn an_order_has_one_end_and_nothing_after_it() {
    for model in [AccountModel::Cash, AccountModel::Margin, AccountModel::Game] {
        for seed in 400..420 {
            let mut exchange = Exchange::<FastBook>::new(Config { model, ..Config::default() });
            let mut flow = Flow::new(seed, model);
            // Of each order: what is open by the events alone; an order that ended is no longer here.
            let mut open: BTreeMap<u64, u64> = BTreeMap::new();
            let mut last = 0;
            for _ in 0..3_000 {
                let _ = exchange.apply(&flow.next());
                flow.learn(exchange.events());
                for event in exchange.events() {
                    let mut take = |id: u64, lots: u64| {
                        let left = open.get_mut(&id).unwrap_or_else(|| panic!("{id} had ended: {event:?}"));
                        *left -= lots;
                        if *left == 0 {
                            open.remove(&id);
                        }
                    };
                    match event.kind().unwrap() {
                        EventKind::Accepted => {
                            assert!(event.order_id > last, "ids rise and are never used again");
                            last = event.order_id;
                            open.insert(event.order_id, event.quantity);
                        }
                        EventKind::Trade => {
                            take(event.order_id, event.quantity);
                            take(event.counter_id, event.quantity);
                        }
                        EventKind::Reduced => take(event.order_id, event.quantity),
                        EventKind::Cancelled | EventKind::Expired => {
                            take(event.order_id, event.quantity);
                            assert!(!open.contains_key(&event.order_id), "what was open is gone whole");
                        }
                        EventKind::Replaced => {
                            assert!(open.contains_key(&event.order_id));
                            open.insert(event.order_id, event.quantity);
                        }
                        EventKind::Booked | EventKind::Refreshed | EventKind::Triggered => {
                            assert!(open.contains_key(&event.order_id));
                        }
                        _ => {}
                    }
                }
                exchange.clear_events();
            }
            assert_eq!(open.len(), exchange.order_count());
        }
    }
}
