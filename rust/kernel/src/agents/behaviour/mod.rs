//! What each agent's source claims, measured over several seeds.
//!
//! A tolerance is wide enough for the figure to vary as much as it does between seeds, and narrow enough that the
//! opposite behaviour fails. Where an agent's choice follows from what it sees, it is worked out again here and
//! compared exactly.

mod audit;
mod averages;
mod crowds;
mod excitement;
mod large;
mod learning;
mod makers;
mod plain;

use exchange::event::{EventKind, EventRecord};

use super::testing::{Quoter, Run, SECOND, finish, foreign, market, mind};
use crate::simulation::Simulation;
use crate::stream::{Purpose, Stream};

/// A market whose first agent quotes around a price that follows a function of the seconds.
fn quoted(seed: u64, seconds: i64, quoter: Quoter, groups: Vec<serde_json::Value>) -> Simulation {
    let mut all = vec![foreign("quoter")];
    all.extend(groups);
    let mut simulation = market(seed, seconds, all);
    mind(&mut simulation, Box::new(quoter));
    simulation
}

/// Quotes that never move: 9,998 and 10,002, renewed every second.
fn steady(lots: u64) -> Quoter {
    Quoter { price: |_| 10_000.0, half_spread: 2.0, lots, interval_ns: SECOND }
}

/// When the first member of a group looks, where it draws nothing but its waits.
fn looks(seed: u64, name: &str, mean_ns: f64, until: i64) -> Vec<i64> {
    let mut stream = Stream::named(seed, name, 0, Purpose::Behaviour);
    let mut time = 0;
    let mut all = Vec::new();
    loop {
        time += stream.wait(mean_ns);
        if time >= until {
            return all;
        }
        all.push(time);
    }
}

/// Orders that the exchange took from an agent.
fn orders_of(run: &Run, agent: u32) -> Vec<EventRecord> {
    run.of(EventKind::Accepted).filter(|event| event.account == agent + 1).copied().collect()
}

/// Lots bought less lots sold by some agents.
fn net(run: &Run, agents: std::ops::Range<u32>) -> i64 {
    run.trades_of(agents).iter().map(|(sign, trade)| sign * trade.quantity as i64).sum()
}

/// The middle of the best prices at each multiple of a step, from the first time that there is one.
fn mids(run: &Run, step_ns: i64, end_ns: i64) -> Vec<(i64, f64)> {
    let mut seen = Vec::new();
    let (mut place, mut mid, mut time) = (0, None, 0);
    while time < end_ns {
        while let Some(quote) = run.quotes.get(place).filter(|quote| quote.time_ns <= time) {
            if quote.bid_quantity != 0 && quote.ask_quantity != 0 {
                mid = Some((quote.bid + quote.ask) as f64 * 0.5);
            }
            place += 1;
        }
        if let Some(mid) = mid {
            seen.push((time, mid));
        }
        time += step_ns;
    }
    seen
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|value| (value - centre) * (value - centre)).sum::<f64>() / values.len() as f64
}

fn correlation(one: &[f64], two: &[f64]) -> f64 {
    let (centre_one, centre_two) = (mean(one), mean(two));
    let shared: f64 = one.iter().zip(two).map(|(one, two)| (one - centre_one) * (two - centre_two)).sum();
    shared / one.len() as f64 / (variance(one) * variance(two)).sqrt()
}

fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    correlation(&values[lag..], &values[..values.len() - lag])
}

#[test]
fn every_kind_is_measured_alone_and_audited_together() {
    let alone = [
        include_str!("averages.rs"),
        include_str!("crowds.rs"),
        include_str!("excitement.rs"),
        include_str!("large.rs"),
        include_str!("learning.rs"),
        include_str!("makers.rs"),
        include_str!("plain.rs"),
    ];
    for word in super::WORDS {
        let written = format!("\"kind\": \"{word}\"");
        assert!(alone.iter().any(|text| text.contains(&written)), "{word} is measured");
        assert!(include_str!("audit.rs").contains(&written), "{word} is audited");
    }
}
