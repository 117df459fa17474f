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

#[test]
fn chartists_make_the_price_more_volatile_than_fundamentalists() {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for seed in 1..=6 {
        with.push(volatility(seed, fcn(1.0, 10.0, 1.0)));
        without.push(volatility(seed, fcn(1.0, 0.0, 1.0)));
    }
    for c in [0.3, 1.0, 2.0, 3.0] {
        println!("X {c} {:.5?}", (1..=6).map(|seed| volatility(seed, fcn(1.0, c, 1.0))).collect::<Vec<_>>());
    }
    println!("fcn: volatility over 10 s with chartists {with:.5?}, without {without:.5?}");
    assert!(mean(&with) > 1.5 * mean(&without), "{with:?} {without:?}");
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
