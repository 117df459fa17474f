//! Agents that look at the fundamental: value traders and the informed.

use serde_json::{Value, json};

use super::*;
use crate::agents::testing::{group, spec};

/// Deviation of the fundamental in ticks, and how fast it reverts.
const DEVIATION: f64 = 100.0;
const KAPPA: f64 = 1e-11;

fn moving() -> Value {
    let volatility = DEVIATION * (2.0 * KAPPA).sqrt();
    json!({"kind": "mean_reverting", "mean": 10_000.0, "kappa": KAPPA, "volatility": volatility})
}

fn noise() -> Value {
    group(
        "noise",
        50,
        json!({"kind": "noise", "interval_ns": 20e9, "aggressive": 0.5, "distance_ticks": 5.0, "life_ns": 60e9}),
    )
}

/// How well the mid price follows the fundamental: their correlation, and their mean distance in ticks.
fn follows(seed: u64, groups: Vec<Value>) -> (f64, f64) {
    let seconds = 3_000;
    let mut simulation = Simulation::new(&spec(seed, seconds, moving(), groups)).expect("sound");
    let paths = simulation.world.paths.clone();
    let run = finish(&mut simulation);
    let (mut prices, mut values) = (Vec::new(), Vec::new());
    for (time, mid) in mids(&run, SECOND, seconds * SECOND).into_iter().skip(200) {
        prices.push(mid);
        values.push(paths.at(0, time));
    }
    let apart: Vec<f64> = prices.iter().zip(&values).map(|(price, value)| (price - value).abs()).collect();
    (correlation(&prices, &values), mean(&apart))
}

#[test]
fn value_traders_hold_the_price_at_the_fundamental_and_noise_does_not() {
    // The estimate is of the value at the close; with a believed reversion of zero that is the value now.
    let value = json!({"kind": "value", "interval_ns": 10e9, "mean": 10_000.0, "kappa": 0.0, "noise_variance": 400.0,
        "drift_variance": DEVIATION * DEVIATION * 2.0 * KAPPA});
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for seed in 1..=4 {
        with.push(follows(seed, vec![noise(), group("value", 50, value.clone())]));
        without.push(follows(seed, vec![noise()]));
    }
    println!("value: correlation and distance {with:.3?}; noise alone {without:.3?}");
    assert!(with.iter().all(|run| run.0 > 0.8), "{with:?}");
    assert!(
        with.iter().zip(&without).all(|(with, without)| with.1 < 0.6 * without.1),
        "{with:?} {without:?}"
    );
}

/// Trades of agent 1 with the value at their times, and what they earned by the value at the end.
fn informed(
    seed: u64,
    fundamental: Value,
    noise: f64,
    edge: f64,
    others: Vec<Value>,
    mind_of: Option<Quoter>,
) -> (Vec<(i64, EventRecord, f64)>, f64) {
    let agent = json!({"kind": "informed", "interval_ns": 5e9, "edge": edge, "noise": noise, "position_lots": 200,
        "size": {"kind": "fixed", "lots": 5}});
    let mut groups = others;
    groups.insert(1, group("informed", 1, agent));
    let mut simulation = Simulation::new(&spec(seed, 2_000, fundamental, groups)).expect("sound");
    if let Some(quoter) = mind_of {
        mind(&mut simulation, Box::new(quoter));
    }
    let paths = simulation.world.paths.clone();
    let trades = finish(&mut simulation).trades_of(1..2);
    let last = paths.at(0, 2_000 * SECOND);
    let gain = trades
        .iter()
        .map(|(sign, trade)| *sign as f64 * trade.quantity as f64 * (last - trade.price as f64))
        .sum();
    (trades.into_iter().map(|(sign, trade)| (sign, trade, paths.at(0, trade.time_ns))).collect(), gain)
}

#[test]
fn the_informed_trade_only_where_the_quote_is_wrong_by_more_than_the_edge() {
    for seed in 1..=5 {
        let (trades, _) = informed(seed, moving(), 0.0, 20.0, vec![foreign("quoter")], Some(steady(1_000)));
        assert!(trades.len() > 50, "seed {seed}: {}", trades.len());
        for (sign, trade, value) in trades {
            assert!(sign as f64 * (value - trade.price as f64) > 20.0, "{trade:?} at {value}");
            assert!(trade.quantity <= 5);
        }
    }
}

#[test]
fn the_informed_gain_from_makers_on_average() {
    let maker = json!({"kind": "adaptive_maker", "interval_ns": 5e9, "levels": 5, "spacing": 0.5, "share": 0.1,
        "least_lots": 10});
    // Two ticks in a second, up or down whatever it is: what is known now is worth as much at the end.
    let walk = json!({"kind": "mean_reverting", "mean": 10_000.0, "kappa": 0.0, "volatility": 2.0 * 1e-9_f64.sqrt()});
    let mut gains = Vec::new();
    for seed in 1..=20 {
        let others = vec![group("maker", 1, maker.clone()), noise()];
        gains.push(informed(seed, walk.clone(), 5.0, 2.0, others, None).1);
    }
    let error = (variance(&gains) / (gains.len() - 1) as f64).sqrt();
    println!("informed: gains {:.0} +- {error:.0} ticks", mean(&gains));
    assert!(mean(&gains) > 2.0 * error, "{gains:?}");
}

#[test]
fn news_makes_the_informed_trade_at_its_moment_and_not_before() {
    for seed in 1..=5 {
        let agent = json!({"kind": "informed", "interval_ns": 20e9, "edge": 5.0, "position_lots": 1_000});
        let mut sound = spec(
            seed,
            600,
            json!({"kind": "constant", "value": 10_000.0}),
            vec![foreign("quoter"), group("informed", 20, agent)],
        );
        let moment = 300 * SECOND + SECOND / 2;
        sound.news.push(
            serde_json::from_value(
                json!({"time_ns": moment, "symbol": 0, "jump": 50.0, "text": "more is sold"}),
            )
            .expect("news"),
        );
        let mut simulation = Simulation::new(&sound).expect("sound");
        mind(&mut simulation, Box::new(steady(1_000)));
        let trades = finish(&mut simulation).trades_of(1..21);
        let at =
            |from: i64, to: i64| trades.iter().filter(|trade| (from..to).contains(&trade.1.time_ns)).count();
        assert_eq!(at(0, moment), 0, "nothing is wrong before the news");
        assert_eq!(at(moment, moment + 1), 20, "each looks at once");
        assert!(at(moment + 1, 600 * SECOND) > 100, "and again later");
        assert!(trades.iter().all(|trade| trade.0 == 1));
    }
}
