//! The rules of trading, held against every event of random markets.
//!
//! A watcher keeps what the events tell of orders, positions and prices, by plain maps and its own
//! arithmetic, and asserts at each event what the rules promise of it, and after each command what must
//! hold between commands. It never looks into the machine but for the descriptions of instruments.

use std::collections::BTreeMap;

use exchange::book::FastBook;
use exchange::command::{AccountModel, Command, InstrumentSpec, OrderType, Phase, TimeInForce};
use exchange::event::{AUCTION, EventKind, EventRecord, KEPT_PLACE, REDUCE_ONLY};
use exchange::reject::Reject;
use exchange::{Config, Exchange};

use crate::flow::Flow;

/// An open order as the events tell it.
#[derive(Clone, Copy, Debug)]
struct Order {
    account: u32,
    instrument: u32,
    buys: bool,
    limit: i64,
    stop_price: i64,
    total: u64,
    time_in_force: u8,
    reduce_only: bool,
    sleeping: bool,
    open: u64,
    display: u64,
    /// What stands in the book and since which event; nothing while it does not rest.
    place: Option<(u64, u64)>,
}

/// What a reader of all events knows.
#[derive(Default)]
struct Watcher {
    orders: BTreeMap<u64, Order>,
    positions: BTreeMap<(u32, u32), i64>,
    phases: BTreeMap<u32, u8>,
    last_prices: BTreeMap<u32, i64>,
    specs: BTreeMap<u32, InstrumentSpec>,
    trades: u64,
    auction_trades: u64,
    wakings: u64,
    whole_or_nothing: u64,
}

/// A rate's part of a worth, cut off toward zero.
fn fee(worth: i128, rate_ppm: i32) -> i128 {
    worth.abs() * i128::from(rate_ppm) / 1_000_000
}

impl Watcher {
    fn read(&mut self, event: &EventRecord) {
        match event.kind().unwrap() {
            EventKind::Accepted => self.accept(event),
            EventKind::Booked | EventKind::Refreshed => {
                let order = self.orders.get_mut(&event.order_id).unwrap();
                let slice = if order.display == 0 { order.open } else { order.display.min(order.open) };
                assert_eq!(event.quantity, slice, "an iceberg order shows its slice: {event:?}");
                assert_eq!(order.place.replace((event.quantity, event.sequence)), None);
            }
            EventKind::Triggered => {
                self.wakings += 1;
                let order = self.orders.get_mut(&event.order_id).unwrap();
                assert!(order.sleeping && order.is_reached(event.price), "{event:?} {order:?}");
                order.sleeping = false;
            }
            EventKind::Trade => self.trade(event),
            EventKind::Replaced => {
                let order = self.orders.get_mut(&event.order_id).unwrap();
                order.total = order.total - order.open + event.quantity;
                order.open = event.quantity;
                order.limit = event.price;
                order.stop_price = event.amount;
                order.place = order
                    .place
                    .filter(|_| event.flags & KEPT_PLACE != 0)
                    .map(|(_, since)| (event.remaining, since));
            }
            EventKind::Reduced => self.take(event.order_id, event.quantity, event.quantity),
            EventKind::Cancelled | EventKind::Expired => {
                let order = self.orders.remove(&event.order_id).unwrap();
                assert_eq!(event.quantity, order.open);
                if order.time_in_force == TimeInForce::FillOrKill as u8 {
                    self.whole_or_nothing += 1;
                    assert_eq!(event.quantity, order.total, "fill-or-kill filled in part: {event:?}");
                }
            }
            EventKind::Position => {
                *self.positions.entry((event.account, event.instrument)).or_default() += event.amount;
            }
            EventKind::PhaseChanged => {
                self.phases.insert(event.instrument, event.reason);
            }
            EventKind::Settled => {
                self.phases.insert(event.instrument, Phase::Settled as u8);
            }
            EventKind::IncrementsSet => {
                let spec = self.specs.get_mut(&event.instrument).unwrap();
                spec.price_step = event.amount;
                spec.lot_step = event.quantity;
            }
            _ => {}
        }
    }

    fn accept(&mut self, event: &EventRecord) {
        let order_type = OrderType::from_u8(event.reason >> 4).unwrap();
        let order = Order {
            account: event.account,
            instrument: event.instrument,
            buys: event.side == 0,
            limit: event.price,
            stop_price: event.amount,
            total: event.quantity,
            time_in_force: event.reason & 15,
            reduce_only: event.flags & REDUCE_ONLY != 0,
            sleeping: matches!(order_type, OrderType::Stop | OrderType::StopLimit),
            open: event.quantity,
            display: event.remaining,
            place: None,
        };
        self.orders.insert(event.order_id, order);
    }

    fn trade(&mut self, event: &EventRecord) {
        let auction = event.flags & AUCTION != 0;
        let (one, other) = (self.orders[&event.order_id], self.orders[&event.counter_id]);
        assert!(event.quantity > 0);
        assert_ne!(event.account, event.counterparty, "an account trades with itself: {event:?}");
        assert_eq!((one.account, other.account), (event.account, event.counterparty));
        assert!(
            one.buys != other.buys && one.accepts(event.price) && other.accepts(event.price),
            "{event:?}"
        );
        let spec = self.specs[&event.instrument];
        assert_eq!(event.price % spec.price_step, 0, "off the tick: {event:?}");
        assert_eq!(event.quantity % spec.lot_step, 0, "off the lot: {event:?}");
        self.is_first_in_line(event.counter_id);
        let worth = i128::from(event.price) * i128::from(spec.multiplier) * i128::from(event.quantity);
        let (mine, theirs) = if auction {
            self.auction_trades += 1;
            self.is_first_in_line(event.order_id);
            (spec.maker_fee_ppm.max(0), spec.maker_fee_ppm.max(0))
        } else {
            assert_eq!(event.price, other.limit, "a trade is made at the maker's price: {event:?}");
            (spec.taker_fee_ppm, spec.maker_fee_ppm)
        };
        assert_eq!(i128::from(event.amount), fee(worth, mine), "{event:?}");
        assert_eq!(i128::from(event.amount_2), fee(worth, theirs), "{event:?}");
        for order in [one, other].iter().filter(|order| order.reduce_only) {
            let held = self.positions.get(&(order.account, order.instrument)).copied().unwrap_or(0);
            let most = if order.buys { -held } else { held };
            assert!(event.quantity as i64 <= most, "reduce-only past flat: {held} held, {event:?}");
        }
        self.take(event.order_id, event.quantity, if auction { event.quantity } else { 0 });
        self.take(event.counter_id, event.quantity, event.quantity);
        self.last_prices.insert(event.instrument, event.price);
        self.trades += 1;
    }

    /// No order of its side stands at a better price, and none at its price came before.
    fn is_first_in_line(&self, id: u64) {
        let first = self.orders[&id];
        let (_, since) = first.place.expect("a maker rests");
        for (rival_id, rival) in &self.orders {
            let Some((_, rival_since)) = rival.place else { continue };
            if rival.instrument != first.instrument || rival.buys != first.buys {
                continue;
            }
            let better = if rival.buys { rival.limit > first.limit } else { rival.limit < first.limit };
            let earlier = rival.limit == first.limit && rival_since < since;
            assert!(!better && !earlier, "order {rival_id} stood before order {id}");
        }
    }

    /// Takes lots off an order, and of them those that stood in the book.
    fn take(&mut self, id: u64, lots: u64, shown: u64) {
        let order = self.orders.get_mut(&id).unwrap();
        order.open -= lots;
        if let Some((stands, since)) = order.place {
            let left = stands - shown;
            order.place = (left > 0).then_some((left, since));
        }
        if order.open == 0 {
            self.orders.remove(&id);
        }
    }

    /// What holds between two commands.
    fn rest(&self) {
        for (id, order) in &self.orders {
            let phase = self.phases.get(&order.instrument).copied().unwrap_or(0);
            assert_ne!(phase, Phase::Settled as u8, "order {id} outlived its instrument");
            if phase == Phase::Close as u8 {
                assert_ne!(order.time_in_force, TimeInForce::Day as u8, "order {id} outlived its day");
            }
            if let Some(&last) = self.last_prices.get(&order.instrument)
                && phase == Phase::Continuous as u8
                && order.sleeping
            {
                assert!(!order.is_reached(last), "stop order {id} sleeps on at {last}: {order:?}");
            }
        }
    }
}

impl Order {
    fn accepts(&self, price: i64) -> bool {
        if self.buys { price <= self.limit } else { price >= self.limit }
    }

    fn is_reached(&self, last: i64) -> bool {
        if self.buys { last >= self.stop_price } else { last <= self.stop_price }
    }
}

/// Every event carries the time of its command; only a command that came too late is stamped anew.
fn check_times(command: &Command, result: Result<u64, Reject>, events: &[EventRecord]) {
    if result != Err(Reject::TimeWentBack) {
        for event in events {
            assert_eq!(event.time_ns, command.time.get(), "{event:?}");
        }
    }
}

#[test]
fn every_event_keeps_the_rules_of_trading() {
    let mut seen = [0_u64; 4];
    for model in [AccountModel::Cash, AccountModel::Margin, AccountModel::Game] {
        for seed in 500..520 {
            let mut exchange = Exchange::<FastBook>::new(Config { model, ..Config::default() });
            let mut flow = Flow::new(seed, model);
            let mut watcher = Watcher::default();
            for _ in 0..3_000 {
                let command = flow.next();
                let result = exchange.apply(&command);
                check_times(&command, result, exchange.events());
                flow.learn(exchange.events());
                for event in exchange.events() {
                    if event.kind == EventKind::Listed as u8 {
                        let listed = exchange.instrument(event.instrument).unwrap();
                        watcher.specs.insert(event.instrument, listed.spec);
                    }
                    watcher.read(event);
                }
                watcher.rest();
                exchange.clear_events();
            }
            let counts = [watcher.trades, watcher.auction_trades, watcher.wakings, watcher.whole_or_nothing];
            seen.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }
    assert!(seen.iter().all(|&count| count > 500), "the flow reaches what is watched: {seen:?}");
}

/// The events of one seed of the flow under one seed of the tables.
fn events_under(table_seed: u64, model: AccountModel) -> Vec<EventRecord> {
    let mut exchange = Exchange::<FastBook>::new(Config { model, table_seed, ..Config::default() });
    let mut flow = Flow::new(77, model);
    let mut events = Vec::new();
    for _ in 0..4_000 {
        let _ = exchange.apply(&flow.next());
        flow.learn(exchange.events());
        events.extend_from_slice(exchange.events());
        exchange.clear_events();
    }
    events
}

#[test]
fn no_event_depends_on_how_the_tables_are_laid_out() {
    for model in [AccountModel::Cash, AccountModel::Margin, AccountModel::Game] {
        let events = events_under(0, model);
        for table_seed in [1, 0x5eed, u64::MAX] {
            assert!(events_under(table_seed, model) == events, "{model:?} table seed {table_seed}");
        }
    }
}
