//! A market beside a tape, and an agent that does what it is told.

use std::sync::{Arc, Mutex};

use exchange::event::{EventKind, EventRecord};
use exchange::units::Side;
use serde_json::{Value, json};

use super::{TapeRow, TapeSettings, flag, kind};
use crate::agents::testing::{SECOND, mind};
use crate::context::{Context, Order};
use crate::crowd::{Crowd, Note};
use crate::market::Quote;
use crate::simulation::{Outcome, Simulation};
use crate::spec::Spec;

pub(super) const BUY: u8 = 0;
pub(super) const SELL: u8 = 1;

pub(super) const fn row(time: i64, kind: u8, side: u8, price: i64, quantity: u64) -> TapeRow {
    let flags = flag::LAST;
    TapeRow { exchange_ns: time, local_ns: time, price, quantity, reference: 0, kind, side, flags }
}

pub(super) const fn depth(time: i64, side: u8, price: i64, quantity: u64) -> TapeRow {
    row(time, kind::DEPTH, side, price, quantity)
}

pub(super) const fn trade(time: i64, side: u8, price: i64, quantity: u64) -> TapeRow {
    row(time, kind::TRADE, side, price, quantity)
}

/// Bids 10,000 and 9,999, asks 10,002 and 10,003, ten lots each, at time 10.
pub(super) fn book() -> Vec<TapeRow> {
    vec![
        depth(10, BUY, 10_000, 10),
        depth(10, BUY, 9_999, 10),
        depth(10, SELL, 10_002, 10),
        depth(10, SELL, 10_003, 10),
    ]
}

pub(super) fn and(mut rows: Vec<TapeRow>, more: &[TapeRow]) -> Vec<TapeRow> {
    rows.extend(more);
    rows
}

/// What an agent is told to do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Place(Order),
    /// Of the order that it placed as so many-th.
    Cancel(usize),
    Replace(usize, i64, u64),
    Look,
}

/// What it saw and heard.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    pub(super) notes: Vec<(i64, Note)>,
    pub(super) quotes: Vec<(i64, Quote)>,
    pub(super) calls: Vec<i64>,
    tokens: Vec<u32>,
}

#[derive(Clone)]
pub(super) struct Hand {
    deeds: Vec<(i64, Deed)>,
    pub(super) log: Arc<Mutex<Log>>,
}

impl Hand {
    pub(super) fn told(deeds: &[(i64, Deed)]) -> Self {
        Self { deeds: deeds.to_vec(), log: Arc::default() }
    }
}

impl Crowd for Hand {
    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        for (number, deed) in self.deeds.iter().enumerate() {
            context.wake_at(deed.0, number as u32);
        }
    }
    fn on_timer(&mut self, _who: u32, timer: u32, context: &mut Context<'_>) {
        let mut log = self.log.lock().expect("whole");
        match self.deeds[timer as usize].1 {
            Deed::Place(order) => {
                let token = context.place(order);
                log.tokens.push(token);
            }
            Deed::Cancel(which) => context.cancel(0, log.tokens[which]),
            Deed::Replace(which, price, lots) => context.replace(0, log.tokens[which], price, lots),
            Deed::Look => {
                let quote = context.quote(0);
                log.quotes.push((context.now(), quote));
            }
        }
    }
    fn on_book(&mut self, _who: u32, _market: u16, context: &mut Context<'_>) {
        let mut log = self.log.lock().expect("whole");
        let quote = context.quote(0);
        log.calls.push(context.now());
        log.quotes.push((context.now(), quote));
    }
    fn on_fill(&mut self, _who: u32, fill: &Note, context: &mut Context<'_>) {
        self.log.lock().expect("whole").notes.push((context.now(), *fill));
    }
    fn on_order(&mut self, _who: u32, note: &Note, context: &mut Context<'_>) {
        self.log.lock().expect("whole").notes.push((context.now(), *note));
    }
    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}

/// Fills, ends and refusals that were made, and what our agent heard.
pub(super) struct Seen {
    pub(super) events: Vec<EventRecord>,
    pub(super) quotes: Vec<crate::record::QuoteRecord>,
    pub(super) log: Log,
    pub(super) simulation: Simulation,
}

impl Seen {
    /// Time, price, lots, and whether we were the maker, of each trade.
    pub(super) fn trades(&self) -> Vec<(i64, i64, u64, bool)> {
        let ours = |event: &&EventRecord| event.account.max(event.counterparty) > 2;
        let trades = self.events.iter().filter(|event| event.kind() == Some(EventKind::Trade)).filter(ours);
        trades.map(|event| (event.time_ns, event.price, event.quantity, event.counterparty > 2)).collect()
    }

    pub(super) fn reasons(&self, kind: EventKind) -> Vec<u8> {
        let of = self.events.iter().filter(|event| event.kind() == Some(kind) && event.account > 2);
        of.map(|event| event.reason).collect()
    }
}

/// Agents 0 and 1 are the house, agent 2 is ours.
pub(super) fn simulation(rows: Vec<TapeRow>, settings: TapeSettings, ours: &Value) -> Simulation {
    let text = json!({
        "seed": 1, "start_ns": 0, "end_ns": 100 * SECOND,
        "symbols": [{"symbol": "A", "fundamental": {"kind": "constant", "value": 10_000.0}}],
        "venues": [{"name": "V", "model": "game", "markets": [{
            "symbol": 0, "initial_price": 10_000, "max_price": 1_000_000, "taker_fee_ppm": 1_000,
            "session": {"open_ns": 0, "close_ns": 100 * SECOND}}]}],
        "groups": [
            {"name": "house", "count": 2, "markets": [0], "cash": 1_000_000_000_u64, "agent": {"kind": "recorded"}},
            ours
        ],
        "record": {"orders": true, "quotes": true}
    });
    let spec = Spec::from_json(&text.to_string()).expect("a sound spec");
    let mut simulation = Simulation::new(&spec).expect("a sound simulation");
    simulation.attach_tape(0, rows, settings).expect("a sound tape");
    simulation
}

pub(super) fn ours(interests: u16, latency: &Value) -> Value {
    json!({"name": "ours", "count": 1, "markets": [0], "cash": 1_000_000_000_u64, "latency": latency,
        "agent": {"kind": "foreign", "interests": interests}})
}

pub(super) fn run_with(
    rows: Vec<TapeRow>,
    settings: TapeSettings,
    group: &Value,
    deeds: &[(i64, Deed)],
) -> Seen {
    let mut simulation = simulation(rows, settings, group);
    let log = Arc::new(Mutex::new(Log::default()));
    mind(&mut simulation, Box::new(Hand { deeds: deeds.to_vec(), log: Arc::clone(&log) }));
    assert_eq!(simulation.advance(i64::MAX, u64::MAX), Outcome::Ended);
    simulation.world.venues[0].machine.check().expect("conserved");
    let quotes = std::mem::take(&mut simulation.recorder().quote_rows);
    let events = simulation.take_events(0);
    let log = log.lock().expect("whole").clone();
    Seen { events, quotes, log, simulation }
}

/// Runs an agent without latency beside a tape.
pub(super) fn run(rows: Vec<TapeRow>, settings: TapeSettings, deeds: &[(i64, Deed)]) -> Seen {
    run_with(rows, settings, &ours(1 | 2 | 128, &json!({})), deeds)
}

pub(super) const fn bid(lots: u64, price: i64) -> Deed {
    Deed::Place(Order::limit(0, Side::Buy, lots, price))
}
