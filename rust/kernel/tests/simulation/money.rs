//! What all agents gained, and what the venues took, come to nothing.

use exchange::event::EventKind;
use serde_json::{Value, json};

use crate::house::{make, mixed, of_kind, run};

/// Profits of all agents and fees of all trades.
fn sums(spec: &Value) -> (i128, i128) {
    let mut simulation = make(spec);
    run(&mut simulation);
    let agents: u64 =
        spec["groups"].as_array().unwrap().iter().map(|group| group["count"].as_u64().unwrap()).sum();
    let profits = (0..agents as u32).map(|agent| simulation.profit(agent)).sum();
    let mut fees = 0;
    for venue in 0..spec["venues"].as_array().unwrap().len() {
        let events = simulation.take_events(venue);
        assert_eq!(of_kind(&events, EventKind::Bankrupt).len(), 0, "all have enough");
        for trade in of_kind(&events, EventKind::Trade) {
            fees += i128::from(trade.amount) + i128::from(trade.amount_2);
        }
    }
    (profits, fees)
}

#[test]
fn nothing_is_made_and_nothing_is_lost() {
    for model in ["game", "margin"] {
        for seed in 1..=3 {
            let mut spec = mixed(seed, 240);
            for venue in spec["venues"].as_array_mut().unwrap() {
                venue["model"] = json!(model);
            }
            let (profits, fees) = sums(&spec);
            println!("money: {model}, seed {seed}: profits {profits}, fees {fees}");
            assert!(fees > 0);
            assert_eq!(profits + fees, 0, "{model} {seed}");
        }
    }
}
