//! A small market for the tests of agents.

use exchange::event::{EventKind, EventRecord};
use exchange::units::Side;
use serde_json::{Value, json};

use crate::context::{Context, Order};
use crate::crowd::Crowd;
use crate::record::QuoteRecord;
use crate::simulation::{Outcome, Simulation};
use crate::spec::Spec;

pub(crate) const SECOND: i64 = 1_000_000_000;

/// A group of native agents for [`market`].
pub(crate) fn group(name: &str, count: u32, agent: Value) -> Value {
    json!({"name": name, "count": count, "markets": [0], "cash": 1_000_000_000_u64, "agent": agent})
}

/// One symbol at 10,000 ticks, trading for so many seconds from time zero, with this fundamental.
pub(crate) fn spec(seed: u64, seconds: i64, fundamental: Value, groups: Vec<Value>) -> Spec {
    let text = json!({
        "seed": seed, "start_ns": 0, "end_ns": seconds * SECOND,
        "symbols": [{"symbol": "A", "fundamental": fundamental}],
        "venues": [{"name": "V", "model": "game", "markets": [{
            "symbol": 0, "initial_price": 10_000, "max_price": 1_000_000,
            "session": {"open_ns": 0, "close_ns": seconds * SECOND}}]}],
        "groups": groups,
        "record": {"orders": true, "quotes": true}
    });
    Spec::from_json(&text.to_string()).expect("a sound spec")
}

/// A market whose fundamental stands still.
pub(crate) fn market(seed: u64, seconds: i64, groups: Vec<Value>) -> Simulation {
    let fundamental = json!({"kind": "constant", "value": 10_000.0});
    Simulation::new(&spec(seed, seconds, fundamental, groups)).expect("a sound simulation")
}

/// Gives the first foreign group a mind.
pub(crate) fn mind(simulation: &mut Simulation, crowd: Box<dyn Crowd>) {
    let place = simulation.crowds.iter().position(Option::is_none).expect("a foreign group");
    simulation.crowds[place] = Some(crowd);
}

/// A group for [`mind`].
pub(crate) fn foreign(name: &str) -> Value {
    group(name, 1, json!({"kind": "foreign", "interests": 0}))
}

/// Runs to the end.
pub(crate) fn finish(simulation: &mut Simulation) -> Run {
    assert_eq!(simulation.advance(i64::MAX, u64::MAX), Outcome::Ended);
    Run { events: simulation.take_events(0), quotes: std::mem::take(&mut simulation.recorder().quote_rows) }
}

/// What was recorded.
pub(crate) struct Run {
    pub(crate) events: Vec<EventRecord>,
    pub(crate) quotes: Vec<QuoteRecord>,
}

impl Run {
    pub(crate) fn of(&self, kind: EventKind) -> impl Iterator<Item = &EventRecord> {
        self.events.iter().filter(move |event| event.kind == kind as u8)
    }

    /// Trades of which an agent took or made one side, with the sign of what it traded.
    pub(crate) fn trades_of(&self, agents: std::ops::Range<u32>) -> Vec<(i64, EventRecord)> {
        let mut found = Vec::new();
        for event in self.of(EventKind::Trade) {
            let sign = Side::from_u8(event.side).map_or(0, Side::sign);
            if agents.contains(&(event.account - 1)) {
                found.push((sign, *event));
            }
            if agents.contains(&(event.counterparty - 1)) {
                found.push((-sign, *event));
            }
        }
        found
    }
}

/// Keeps one bid and one ask around a price that follows a function of the time in seconds.
#[derive(Clone)]
pub(crate) struct Quoter {
    pub(crate) price: fn(f64) -> f64,
    pub(crate) half_spread: f64,
    pub(crate) lots: u64,
    pub(crate) interval_ns: i64,
}

impl Crowd for Quoter {
    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        context.wake_at(0, 0);
    }

    fn on_timer(&mut self, _who: u32, _timer: u32, context: &mut Context<'_>) {
        let now = context.now();
        context.wake_at(now + self.interval_ns, 0);
        context.cancel_all(0);
        let price = (self.price)(now as f64 * 1e-9);
        for side in [Side::Buy, Side::Sell] {
            let wish = price - side.sign() as f64 * self.half_spread;
            let fit = context.fit_price(0, side, wish);
            context.place(Order::limit(0, side, self.lots, fit));
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
