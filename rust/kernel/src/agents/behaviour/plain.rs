//! Agents that do not think: zero intelligence, noise, takers.

use serde_json::json;

use super::*;
use crate::agents::testing::group;

const AGENTS: u32 = 40;
const UNITS: u32 = 5;

/// What each agent values its units at, drawn as the agent draws it: the best first.
fn values(seed: u64) -> Vec<Vec<i64>> {
    let of = |agent: u32| {
        let mut stream = Stream::named(seed, "zi", u64::from(agent), Purpose::Behaviour);
        let mut values: Vec<i64> = (0..UNITS).map(|_| stream.integer(9_000, 11_000)).collect();
        values.sort_unstable();
        if agent.is_multiple_of(2) {
            values.reverse();
        }
        values
    };
    (0..AGENTS).map(of).collect()
}

/// The part of the possible surplus that was realised, and the worst loss of any unit in ticks.
fn efficiency(seed: u64, constrained: bool) -> (f64, i64) {
    let agent = json!({"kind": "zero_intelligence", "interval_ns": 1e9, "units": UNITS, "constrained": constrained,
        "value_low": 9_000, "value_high": 11_000, "price_low": 9_000, "price_high": 11_000});
    let run = finish(&mut market(seed, 1_000, vec![group("zi", AGENTS, agent)]));
    let values = values(seed);
    let mut traded = [0; AGENTS as usize];
    let (mut surplus, mut worst) = (0, i64::MAX);
    for trade in run.of(EventKind::Trade) {
        let (one, two) = (trade.account - 1, trade.counterparty - 1);
        assert_ne!(one % 2, two % 2, "one buys and one sells");
        let unit = |agent: u32, traded: &mut [usize; AGENTS as usize]| {
            let value = values[agent as usize][traded[agent as usize]];
            traded[agent as usize] += 1;
            value
        };
        for agent in [one, two] {
            let sign = if agent % 2 == 0 { 1 } else { -1 };
            let gain = sign * (unit(agent, &mut traded) - trade.price);
            surplus += gain;
            worst = worst.min(gain);
        }
    }
    let mut bids: Vec<i64> = values.iter().step_by(2).flatten().copied().collect();
    let mut costs: Vec<i64> = values.iter().skip(1).step_by(2).flatten().copied().collect();
    bids.sort_unstable_by(|one, two| two.cmp(one));
    costs.sort_unstable();
    let most: i64 = bids.iter().zip(&costs).map(|(bid, cost)| (bid - cost).max(0)).sum();
    (surplus as f64 / most as f64, worst)
}

#[test]
fn constrained_zero_intelligence_is_efficient_and_never_loses() {
    let constrained: Vec<(f64, i64)> = (1..=8).map(|seed| efficiency(seed, true)).collect();
    assert!(constrained.iter().all(|&(_, worst)| worst >= 0), "{constrained:?}");
    let parts: Vec<f64> = constrained.iter().map(|run| run.0).collect();
    let free: Vec<f64> = (1..=8).map(|seed| efficiency(seed, false).0).collect();
    println!("zero intelligence: efficiency {:.4} constrained, {:.4} free", mean(&parts), mean(&free));
    assert!(mean(&parts) > 0.9, "{parts:?}");
    assert!(parts.iter().zip(&free).all(|(bound, free)| *bound > free + 0.2), "{parts:?} {free:?}");
}

#[test]
fn once_a_day_noise_gives_one_order_each_at_the_opposite_best() {
    let mut buys = 0;
    for seed in 1..=4 {
        let noise = group("noise", 1_000, json!({"kind": "noise"}));
        let run = finish(&mut quoted(seed, 600, steady(1_000), vec![noise]));
        for agent in 1..=1_000 {
            let orders = orders_of(&run, agent);
            assert_eq!(orders.len(), 1, "seed {seed} agent {agent}");
            let bought = orders[0].side == 0;
            assert_eq!(orders[0].price, if bought { 10_002 } else { 9_998 });
            buys += i32::from(bought);
        }
    }
    println!("noise: {buys} buys of 4000");
    // Four deviations of 4,000 coins.
    assert!((buys - 2_000).abs() < 127, "{buys}");
}

#[test]
fn noise_with_an_interval_orders_as_a_poisson_process() {
    let mut counts = Vec::new();
    for seed in 1..=4 {
        let noise = group("noise", 50, json!({"kind": "noise", "interval_ns": 2e9}));
        let run = finish(&mut quoted(seed, 1_000, steady(1_000), vec![noise]));
        counts.extend((1..=50).map(|agent| orders_of(&run, agent).len() as f64));
    }
    let dispersion = variance(&counts) / mean(&counts);
    println!("noise: {:.1} orders for 500, dispersion {dispersion:.3}", mean(&counts));
    assert!((mean(&counts) - 500.0).abs() < 7.0, "{}", mean(&counts));
    assert!((dispersion - 1.0).abs() < 0.35, "{dispersion}");
}

#[test]
fn passive_noise_never_trades_on_arrival_and_lives_as_long_as_it_says() {
    let mut lives = Vec::new();
    for seed in 1..=3 {
        let noise = json!({"kind": "noise", "interval_ns": 2e9, "aggressive": 0.0, "distance_ticks": 5.0, "life_ns": 10e9});
        let run = finish(&mut quoted(seed, 500, steady(10), vec![group("noise", 20, noise)]));
        assert_eq!(run.of(EventKind::Trade).count(), 0, "nobody takes");
        let orders: Vec<EventRecord> =
            run.of(EventKind::Accepted).filter(|event| event.account > 1).copied().collect();
        lives.extend(orders.iter().map(|order| (order.amount_2 - order.time_ns) as f64 * 1e-9));
        let mut ended = 0;
        for event in run.of(EventKind::Expired) {
            let order = orders.iter().find(|order| order.order_id == event.order_id).expect("it was taken");
            // Orders are found to be over when the next command comes, a second away at most.
            assert!((0..=SECOND).contains(&(event.time_ns - order.amount_2)), "{event:?}");
            ended += 1;
        }
        assert!(ended > orders.len() * 9 / 10, "{ended} of {}", orders.len());
    }
    println!("noise: {} passive orders live {:.3} s for 10.001", lives.len(), mean(&lives));
    assert!((mean(&lives) - 10.001).abs() < 0.5, "{}", mean(&lives));
}

/// Two levels a side: 5 lots at 9,998 and 10,002, and 1,000 two ticks behind.
fn two_levels(seed: u64, seconds: i64, agent: serde_json::Value) -> Simulation {
    let groups = vec![foreign("near"), foreign("far"), group("taker", 1, agent)];
    let mut simulation = market(seed, seconds, groups);
    mind(&mut simulation, Box::new(Quoter { interval_ns: SECOND / 10, ..steady(5) }));
    mind(&mut simulation, Box::new(Quoter { half_spread: 4.0, ..steady(1_000) }));
    simulation
}

#[test]
fn takers_come_as_a_poisson_process_and_buy_as_often_as_asked() {
    let (mut counts, mut bought, mut all) = (Vec::new(), 0, 0);
    for seed in 1..=4 {
        let taker = group("taker", 50, json!({"kind": "taker", "interval_ns": 2e9, "buys": 0.8}));
        let run = finish(&mut quoted(seed, 1_000, steady(1_000), vec![taker]));
        for agent in 1..=50 {
            let orders = orders_of(&run, agent);
            counts.push(orders.len() as f64);
            bought += orders.iter().filter(|order| order.side == 0).count();
            all += orders.len();
        }
    }
    let (dispersion, share) = (variance(&counts) / mean(&counts), bought as f64 / all as f64);
    println!("taker: {:.1} orders for 500, dispersion {dispersion:.3}, buys {share:.4}", mean(&counts));
    assert!((mean(&counts) - 500.0).abs() < 7.0, "{}", mean(&counts));
    assert!((dispersion - 1.0).abs() < 0.35, "{dispersion}");
    assert!((share - 0.8).abs() < 0.006, "{share}");
}

#[test]
fn a_careful_taker_never_walks_the_book_and_a_careless_one_does() {
    for seed in 1..=3 {
        for careful in [true, false] {
            let agent = json!({"kind": "taker", "interval_ns": 2e9, "careful": careful,
                "size": {"kind": "fixed", "lots": 20}});
            let run = finish(&mut two_levels(seed, 500, agent));
            let mut prices = std::collections::BTreeMap::<u64, std::collections::BTreeSet<i64>>::new();
            for (_, trade) in run.trades_of(2..3) {
                prices.entry(trade.order_id).or_default().insert(trade.price);
            }
            assert!(prices.len() > 200);
            assert_eq!(prices.values().any(|prices| prices.len() > 1), !careful, "seed {seed}");
        }
    }
}
