//! Agents that look at averages of the price: momentum and mean reversion.

use serde_json::json;

use super::*;
use crate::agents::testing::group;

/// A price in ticks by the seconds.
type Price = fn(f64) -> f64;

fn momentum(seed: u64, price: Price) -> (Run, Vec<i64>) {
    let agent = json!({"kind": "momentum", "interval_ns": 2e9, "short": 5, "long": 12});
    let quoter = Quoter { price, ..steady(1_000) };
    let run = finish(&mut quoted(seed, 600, quoter, vec![group("momentum", 1, agent)]));
    (run, looks(seed, "momentum", 2e9, 600 * SECOND))
}

#[test]
fn momentum_buys_what_rises_and_sells_what_falls_once_it_has_looked_long_enough() {
    for seed in 1..=5 {
        let trends: [(Price, u8); 2] = [(|seconds| 10_000.0 + seconds, 0), (|seconds| 10_000.0 - seconds, 1)];
        for (price, side) in trends {
            let (run, looks) = momentum(seed, price);
            let orders = orders_of(&run, 1);
            let times: Vec<i64> = orders.iter().map(|order| order.time_ns).collect();
            assert_eq!(times, looks[11..], "from the twelfth look on, at every look");
            assert!(orders.iter().all(|order| order.side == side), "seed {seed}");
            assert_eq!(net(&run, 1..2).signum(), if side == 0 { 1 } else { -1 });
        }
    }
}

#[test]
fn momentum_turns_with_the_trend() {
    for seed in 1..=5 {
        let (run, _) = momentum(seed, |seconds| 10_000.0 + 300.0 - (seconds - 300.0).abs());
        let orders = orders_of(&run, 1);
        assert!(orders.iter().filter(|order| order.time_ns < 300 * SECOND).all(|order| order.side == 0));
        // Five looks of two seconds are enough for the short average to fall below the long.
        assert!(orders.iter().filter(|order| order.time_ns > 350 * SECOND).all(|order| order.side == 1));
    }
}

fn reversion(seed: u64, position_lots: i64, price: Price) -> Run {
    let agent = json!({"kind": "mean_reversion", "interval_ns": 1e9, "memory_ns": 100e9, "threshold": 0.005,
        "size": {"kind": "uniform", "low": 1, "high": 5}, "position_lots": position_lots});
    finish(&mut quoted(seed, 900, Quoter { price, ..steady(1_000) }, vec![group("fund", 1, agent)]))
}

#[test]
fn mean_reversion_buys_after_a_fall_and_sells_after_a_rise_until_the_average_is_there() {
    for seed in 1..=5 {
        let steps: [(Price, i64); 2] = [
            (|seconds| if seconds < 300.0 { 10_000.0 } else { 9_800.0 }, 1),
            (|seconds| if seconds < 300.0 { 10_000.0 } else { 10_200.0 }, -1),
        ];
        for (price, sign) in steps {
            let run = reversion(seed, 1_000_000, price);
            let trades = run.trades_of(1..2);
            assert!(trades.iter().all(|(side, _)| *side == sign), "seed {seed}");
            let (first, last) = (trades[0].1.time_ns, trades[trades.len() - 1].1.time_ns);
            // Two per cent away, a fund that forgets in 100 s is within half a per cent after 100 ln 4 = 139 s.
            assert!((300 * SECOND..315 * SECOND).contains(&first), "{first}");
            assert!((420 * SECOND..442 * SECOND).contains(&last), "{last}");
        }
    }
}

#[test]
fn mean_reversion_never_holds_more_than_it_may() {
    for seed in 1..=5 {
        // Ten waves of two per cent.
        let run = reversion(seed, 7, |seconds| 10_000.0 + 200.0 * libm::sin(seconds * 0.07));
        let (mut held, mut most) = (0_i64, 0);
        for (sign, trade) in run.trades_of(1..2) {
            held += sign * trade.quantity as i64;
            most = most.max(held.abs());
            assert!(held.abs() <= 7, "seed {seed} holds {held}");
        }
        assert_eq!(most, 7, "it goes as far as it may");
    }
}
