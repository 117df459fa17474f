//! Looking at a simulation from outside.

use exchange::event::EventKind;
use exchange::units::Side;
use kernel::{Holdings, Purpose, Simulation, Stream};
use serde_json::json;

use crate::house::{SECOND, group, make, mixed, of_kind, plain};

#[test]
fn what_all_agents_have_together_is_what_each_of_them_has() {
    let mut simulation = make(&mixed(1, 120));
    simulation.advance(60 * SECOND, u64::MAX);
    let agents = simulation.agent_count() as u32;
    let all = simulation.holdings(0, agents).unwrap();
    let mut sums = (0, 0, 0, vec![0; 3]);
    for agent in 0..agents {
        let one = simulation.holdings(agent, 1).unwrap();
        assert_eq!(one.profit, simulation.profit(agent));
        sums.0 += one.cash;
        sums.1 += one.profit;
        sums.2 += one.open_orders;
        for (sum, lots) in sums.3.iter_mut().zip(one.lots) {
            *sum += lots;
        }
    }
    assert_eq!(sums, (all.cash, all.profit, all.open_orders, all.lots.clone()));
    assert_eq!(all.lots, [0, 0, 0], "what one has bought another has sold");
    assert!(all.open_orders > 10);
    assert_eq!(simulation.holdings(agents, 1), None);
    assert_eq!(simulation.holdings(u32::MAX, 2), None);
    assert_eq!(simulation.holdings(agents, 0).unwrap().cash, 0);
}

#[test]
fn depth_is_sorted_from_the_best_on_and_as_deep_as_asked() {
    let maker = json!({"kind": "noise", "interval_ns": 1e8, "aggressive": 0.0, "distance_ticks": 20.0});
    let mut simulation = make(&plain(60, vec![group("maker", 10, &[0], maker)]));
    assert_eq!(simulation.depth(0, Side::Buy, 10), Some(vec![]));
    simulation.advance(30 * SECOND, u64::MAX);
    for (side, sign) in [(Side::Buy, -1), (Side::Sell, 1)] {
        let depth = simulation.depth(0, side, 1_000).unwrap();
        assert!(depth.len() > 20);
        assert!(depth.windows(2).all(|pair| (pair[1].0 - pair[0].0) * sign > 0));
        assert!(depth.iter().all(|level| level.1 > 0));
        assert_eq!(simulation.best(0, side), Some(depth[0].0));
        assert_eq!(simulation.depth(0, side, 3).unwrap(), depth[..3]);
        assert_eq!(simulation.depth(0, side, 0).unwrap(), []);
    }
    assert_eq!(simulation.depth(1, Side::Buy, 1), None);
}

/// What the members of a group have, one by one.
fn of_members(simulation: &mut Simulation, first: u32, count: u32) -> Holdings {
    let mut sum = simulation.holdings(first, 0).unwrap();
    for agent in first..first + count {
        let one = simulation.holdings(agent, 1).unwrap();
        assert_eq!(one.profit, simulation.profit(agent));
        sum.cash += one.cash;
        sum.profit += one.profit;
        sum.open_orders += one.open_orders;
        sum.lots.iter_mut().zip(one.lots).for_each(|(sum, lots)| *sum += lots);
    }
    sum
}

/// With agents so poor that some are liquidated and go bankrupt, others that come and others that leave.
#[test]
fn what_a_group_has_is_what_its_members_have_at_any_moment() {
    let mut liquidations = 0;
    for (seed, model) in ["game", "cash", "margin", "margin"].into_iter().enumerate() {
        let mut spec = mixed(seed as u64, 240);
        for venue in spec["venues"].as_array_mut().unwrap() {
            venue["model"] = json!(model);
        }
        for given in spec["groups"].as_array_mut().unwrap() {
            (given["cash"], given["lots"]) = (json!(100_000), json!(if model == "cash" { 20 } else { 0 }));
        }
        let mut simulation = make(&spec);
        let mut stream = Stream::named(seed as u64, "looks", 0, Purpose::Behaviour);
        for number in 1..40 {
            simulation.advance(number * 6 * SECOND, stream.integer(1, 20_000) as u64);
            match number {
                10 => drop(simulation.intervene(r#"{"kind": "leave", "group": "noise"}"#).unwrap()),
                15 => {
                    let taker = json!({"kind": "taker", "interval_ns": 3e8});
                    let late = json!({"kind": "enter", "group": group("late", 20, &[0, 1, 2], taker)});
                    simulation.intervene(&late.to_string()).unwrap();
                }
                20 | 28 => {
                    let jump = json!({"kind": "news", "symbol": 0, "jump": if number == 20 { 4e3 } else { -6e3 }, "text": ""});
                    simulation.intervene(&jump.to_string()).unwrap();
                }
                _ => {}
            }
            if stream.chance(0.5) {
                for seen in simulation.groups() {
                    let together = simulation.holdings(seen.first, seen.count).unwrap();
                    assert_eq!(
                        together,
                        of_members(&mut simulation, seen.first, seen.count),
                        "{}",
                        seen.name
                    );
                }
            }
        }
        liquidations += of_kind(&simulation.take_events(0), EventKind::Liquidation).len();
    }
    assert!(liquidations > 0, "nobody was liquidated");
}
