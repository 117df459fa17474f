//! FCN traders, whose behaviour is that of the crowd.

use serde_json::{Value, json};

use super::*;
use crate::agents::testing::{group, spec};

const STEP: i64 = SECOND / 10;

/// FCN traders whose weights have these means.
fn fcn(fundamental: f64, chart: f64, noise: f64) -> Value {
    json!({"kind": "fcn", "step_ns": STEP, "fundamental_weight": fundamental, "chart_weight": chart,
        "noise_weight": noise, "noise_scale": 0.0001, "horizon_low": 50, "horizon_high": 100, "margin": 0.01,
        "orders_per_step": 2})
}

/// The middle of the book every ten steps, with the fundamental at this value.
fn path(seed: u64, value: f64, agent: Value, seconds: i64) -> Vec<f64> {
    let groups = vec![group("fcn", 100, agent)];
    let fundamental = json!({"kind": "constant", "value": value});
    let mut simulation = Simulation::new(&spec(seed, seconds, fundamental, groups)).expect("sound");
    let run = finish(&mut simulation);
    mids(&run, 10 * STEP, seconds * SECOND).into_iter().map(|(_, mid)| mid).collect()
}

#[test]
fn fundamentalists_pull_the_price_to_the_fundamental_from_both_sides() {
    for seed in 1..=4 {
        for value in [10_500.0, 9_500.0] {
            let prices = path(seed, value, fcn(10.0, 0.0, 1.0), 1_000);
            let late = mean(&prices[prices.len() / 2..]);
            println!("fcn: mean price {late:.1}, fundamental {value}");
            assert!((late / value - 1.0).abs() < 0.002, "{late}");
        }
    }
}

/// Deviation of the changes of the logarithm of the price over ten seconds.
fn volatility(seed: u64, agent: Value) -> f64 {
    let prices = path(seed, 10_000.0, agent, 1_000);
    let changes: Vec<f64> = prices[200..].windows(11).map(|pair| libm::log(pair[10] / pair[0])).collect();
    variance(&changes).sqrt()
}

/// Much more of the chart, and the price runs away for good, as it may in the model.
#[test]
fn chartists_make_the_price_more_volatile_than_fundamentalists() {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for seed in 1..=6 {
        with.push(volatility(seed, fcn(1.0, 0.7, 1.0)));
        without.push(volatility(seed, fcn(1.0, 0.0, 1.0)));
    }
    println!("fcn: volatility over 10 s with chartists {with:.5?}, without {without:.5?}");
    assert!(mean(&with) > 1.3 * mean(&without), "{with:?} {without:?}");
    assert!(with.iter().zip(&without).all(|(with, without)| with > without));
}

#[test]
fn an_order_lives_for_a_horizon_and_lies_within_the_margin() {
    let mut lives = Vec::new();
    for seed in 1..=3 {
        let run = finish(&mut market(seed, 500, vec![group("fcn", 100, fcn(1.0, 1.0, 1.0))]));
        for order in run.of(EventKind::Accepted) {
            let life = order.amount_2 - order.time_ns;
            assert!((50 * STEP..=100 * STEP).contains(&life) && life % STEP == 0, "{life}");
            lives.push(life as f64 / STEP as f64);
        }
        let first = run.of(EventKind::Accepted).next().expect("an order");
        assert!((first.price as f64 / 10_000.0 - 1.0).abs() < 0.02, "{}", first.price);
    }
    println!("fcn: {} orders live {:.2} steps for 75", lives.len(), mean(&lives));
    assert!((mean(&lives) - 75.0).abs() < 3.0, "{}", mean(&lives));
    assert!(lives.len() > 25_000);
}

/// A chartist alone, worked out from the tape: it expects of the next horizon what the last one brought.
#[test]
fn a_chartist_carries_on_the_return_of_exactly_one_horizon() {
    let agent = json!({"kind": "fcn", "step_ns": SECOND, "fundamental_weight": 0.0, "chart_weight": 1.0,
        "noise_weight": 0.0, "noise_scale": 0.0, "horizon_low": 5, "horizon_high": 14, "margin": 0.0});
    let wave = |seconds: f64| 10_000.0 + 50.0 * libm::sin(seconds * 0.1);
    let quoter = Quoter { price: wave, ..steady(1_000) };
    let run = finish(&mut quoted(2, 300, quoter, vec![group("fcn", 1, agent)]));
    let mut chart = Vec::new();
    let orders = orders_of(&run, 1);
    assert_eq!(orders.len(), 299);
    for order in orders {
        let now = order.time_ns;
        let last = run.of(EventKind::Trade).filter(|trade| trade.time_ns < now).last();
        let quote = run.quotes.iter().rev().find(|quote| quote.time_ns < now).expect("a quote");
        let price = last.map_or((quote.bid + quote.ask) as f64 * 0.5, |trade| trade.price as f64);
        chart.push(price);
        let horizon = ((order.amount_2 - now) / SECOND) as usize;
        assert!((5..14).contains(&horizon), "shorter than what is kept, for this seed");
        let ago = chart[chart.len().saturating_sub(1 + horizon)];
        let target = price * (price / ago);
        assert_eq!(order.side, u8::from(target <= price), "at {now}");
        let wished = if order.side == 0 { libm::floor(target + 1e-6) } else { libm::ceil(target - 1e-6) };
        assert!((order.price as f64 - wished).abs() < 0.5, "{order:?} wished {target}");
    }
}
