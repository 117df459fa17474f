//! Looking at a simulation from outside.

use exchange::units::Side;
use serde_json::json;

use crate::house::{SECOND, group, make, mixed, plain};

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
