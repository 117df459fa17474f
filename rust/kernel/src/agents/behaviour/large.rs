//! Agents that work off large orders: participation and whales.

use serde_json::json;

use super::*;
use crate::agents::testing::group;

/// Lots traded by agent 2 and by everybody, from when to when it traded, and its net lots.
struct Worked {
    own: u64,
    all: u64,
    first: i64,
    last: i64,
    net: i64,
}

/// Takers at one order a second beside somebody who executes.
fn executed(seed: u64, agent: serde_json::Value, latency: serde_json::Value) -> Worked {
    let takers = group(
        "taker",
        10,
        json!({"kind": "taker", "interval_ns": 10e9, "size": {"kind": "uniform", "low": 1, "high": 19}}),
    );
    let mut worker = group("worker", 1, agent);
    worker["latency"] = latency;
    let run = finish(&mut quoted(seed, 3_000, steady(10_000), vec![worker, takers]));
    let trades = run.trades_of(1..2);
    let lots =
        |trades: &mut dyn Iterator<Item = &EventRecord>| trades.map(|trade| trade.quantity).sum::<u64>();
    let time = |place: Option<&(i64, EventRecord)>| place.map_or(0, |trade| trade.1.time_ns);
    let (first, last) = (time(trades.first()), time(trades.last()));
    Worked {
        own: trades.iter().map(|trade| trade.1.quantity).sum(),
        all: lots(&mut run.of(EventKind::Trade)),
        first,
        last,
        net: net(&run, 1..2),
    }
}

fn slow() -> serde_json::Value {
    let leg = json!({"constant_ns": 300_000_000, "jitter": {"uniform": 200_000_000}});
    json!({"feed": leg, "entry": leg, "response": leg})
}

#[test]
fn participation_trades_its_share_of_the_volume() {
    for share in [0.05, 0.1, 0.3] {
        for (what, latency) in [("at once", json!({})), ("slow", slow())] {
            let mut shares = Vec::new();
            for seed in 1..=4 {
                let agent = json!({"kind": "participation", "buy": seed % 2 == 0, "lots": 1_000_000, "share": share,
                    "interval_ns": SECOND});
                let worked = executed(seed, agent, latency.clone());
                assert_eq!(worked.net.signum(), if seed % 2 == 0 { 1 } else { -1 });
                shares.push(worked.own as f64 / worked.all as f64);
            }
            println!("participation: {what}: {:.4} of the volume for {share}", mean(&shares));
            assert!(shares.iter().all(|seen| (seen / share - 1.0).abs() < 0.1), "{what} {share}: {shares:?}");
        }
    }
}

#[test]
fn participation_stops_at_its_lots_to_the_lot() {
    for latency in [json!({}), slow()] {
        for seed in 1..=4 {
            // Orders go out four times as fast as answers come in.
            let agent = json!({"kind": "participation", "buy": false, "lots": 777, "share": 0.3,
                "interval_ns": SECOND / 10});
            let worked = executed(seed, agent, latency.clone());
            assert_eq!(worked.own, 777, "seed {seed} {latency}");
            assert!(worked.last < 1_000 * SECOND, "{}", worked.last);
        }
    }
}

#[test]
fn participation_works_only_in_its_time() {
    for seed in 1..=4 {
        let agent = json!({"kind": "participation", "buy": true, "lots": 1_000_000, "share": 0.2,
            "interval_ns": SECOND, "from_ns": 1_000 * SECOND, "to_ns": 2_000 * SECOND});
        let worked = executed(seed, agent, json!({}));
        assert!((1_000 * SECOND..1_030 * SECOND).contains(&worked.first), "{}", worked.first);
        assert!((1_970 * SECOND..2_000 * SECOND).contains(&worked.last), "{}", worked.last);
    }
}

/// The signs of those who took, in the order of trades.
fn signs(seed: u64, agent: serde_json::Value) -> Vec<f64> {
    let run = finish(&mut quoted(seed, 20_000, steady(1_000_000), vec![group("flow", 5, agent)]));
    run.of(EventKind::Trade).map(|trade| if trade.side == 0 { 1.0 } else { -1.0 }).collect()
}

#[test]
fn the_signs_of_whales_remember_and_those_of_takers_do_not() {
    let whale = json!({"kind": "whale", "pause_ns": 1e9, "interval_ns": 1e9,
        "order": {"kind": "pareto", "least": 1.0, "exponent": 1.5, "most": 1e6}});
    let taker = json!({"kind": "taker", "interval_ns": 1e9});
    let lags = [1, 10, 50, 200];
    let measure = |agent: &serde_json::Value| -> Vec<f64> {
        let all: Vec<Vec<f64>> = (1..=4).map(|seed| signs(seed, agent.clone())).collect();
        assert!(all.iter().all(|signs| signs.len() > 50_000));
        lags.iter()
            .map(|&lag| mean(&all.iter().map(|signs| autocorrelation(signs, lag)).collect::<Vec<_>>()))
            .collect()
    };
    let (whales, takers) = (measure(&whale), measure(&taker));
    println!("whale: sign autocorrelation at {lags:?}: {whales:.3?}; takers {takers:.3?}");
    assert!(takers.iter().all(|value| value.abs() < 0.01), "{takers:?}");
    assert!(whales[2] > 0.025, "{whales:?}");
    assert!(whales.is_sorted_by(|near, far| near > far), "{whales:?}");
    // It falls with the square root of the lag, not exponentially: from 10 to 200 by about 20^-0.5 = 0.22.
    assert!((0.1..0.5).contains(&(whales[3] / whales[1])), "{whales:?}");
}

#[test]
fn a_whale_never_takes_more_than_shows_and_works_an_order_off_on_one_side() {
    for seed in 1..=4 {
        let agent = json!({"kind": "whale", "pause_ns": 20e9, "interval_ns": 1e9, "appetite": 0.5,
            "order": {"kind": "fixed", "lots": 100}, "piece": {"kind": "fixed", "lots": 30}});
        let run = finish(&mut quoted(seed, 3_000, steady(10), vec![group("whale", 1, agent)]));
        let trades = run.trades_of(1..2);
        assert!(trades.len() > 500);
        assert!(trades.iter().all(|(_, trade)| trade.quantity <= 5), "half of ten");
        // Pieces of one large order: a hundred lots of one sign, and the next hundred begin afterwards.
        let (mut done, mut sign) = (0, 0);
        for (side, trade) in &trades {
            if done % 100 == 0 {
                sign = *side;
            }
            assert_eq!(*side, sign, "seed {seed} after {done} lots");
            done += trade.quantity;
        }
    }
}

#[test]
fn an_informed_whale_trades_toward_the_fundamental() {
    for seed in 1..=4 {
        let agent = json!({"kind": "whale", "pause_ns": 1e9, "interval_ns": 1e9, "informed": 1.0,
            "order": {"kind": "fixed", "lots": 10}});
        let mut simulation = Simulation::new(&crate::agents::testing::spec(
            seed,
            500,
            json!({"kind": "constant", "value": 10_010.0}),
            vec![foreign("quoter"), group("whale", 3, agent)],
        ))
        .expect("sound");
        mind(&mut simulation, Box::new(steady(1_000)));
        let trades = finish(&mut simulation).trades_of(1..4);
        assert!(trades.len() > 500);
        assert!(trades.iter().all(|(sign, _)| *sign == 1));
    }
}

#[test]
fn a_block_is_sold_in_equal_pieces_at_equal_times() {
    let block = json!({"kind": "block", "buy": false, "lots": 103, "pieces": 10, "interval_ns": 7 * SECOND,
        "from_ns": 50 * SECOND});
    let run = finish(&mut quoted(1, 200, steady(10_000), vec![group("block", 2, block)]));
    for agent in 1..3 {
        let trades: Vec<(i64, u64)> = run
            .trades_of(agent..agent + 1)
            .iter()
            .map(|(sign, trade)| (sign * trade.time_ns, trade.quantity))
            .collect();
        let times: Vec<i64> = (0..10).map(|piece| -(50 + 7 * piece) * SECOND).collect();
        assert_eq!(trades.iter().map(|trade| trade.0).collect::<Vec<_>>(), times);
        assert_eq!(trades.iter().map(|trade| trade.1).sum::<u64>(), 103);
        assert!(trades.iter().all(|&(_, lots)| lots == 10 || lots == 11), "{trades:?}");
    }
}
