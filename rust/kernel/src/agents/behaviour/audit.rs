//! Every kind at once: the venue stays sound, agents know what they hold, and nothing is kept that is over.

use exchange::event::EventKind;
use serde_json::{Value, json};

use super::*;
use crate::agents::testing::group;
use crate::queue::Entry;

/// Every kind of agent at one venue, with no delays.
fn everybody() -> Vec<Value> {
    let mut branching = [[0.0; 6]; 6];
    (branching[0][0], branching[1][1]) = (0.5, 0.5);
    let sizes = json!({"kind": "uniform", "low": 1, "high": 9});
    vec![
        group(
            "zi",
            10,
            json!({"kind": "zero_intelligence", "interval_ns": 3e9, "units": 50, "value_low": 9_900,
            "value_high": 10_100, "price_low": 9_800, "price_high": 10_200}),
        ),
        group(
            "noise",
            20,
            json!({"kind": "noise", "interval_ns": 2e9, "aggressive": 0.4, "distance_ticks": 6.0,
            "life_ns": 20e9, "size": sizes}),
        ),
        group("momentum", 4, json!({"kind": "momentum", "interval_ns": 1e9, "short": 3, "long": 8})),
        group(
            "reversion",
            4,
            json!({"kind": "mean_reversion", "interval_ns": 1e9, "memory_ns": 20e9,
            "threshold": 0.0005, "position_lots": 50}),
        ),
        group(
            "value",
            10,
            json!({"kind": "value", "interval_ns": 4e9, "mean": 10_000.0, "kappa": 0.0,
            "noise_variance": 100.0, "drift_variance": 1.6e-7}),
        ),
        group(
            "fcn",
            10,
            json!({"kind": "fcn", "step_ns": SECOND, "fundamental_weight": 3.0, "chart_weight": 0.5,
            "noise_weight": 1.0, "noise_scale": 0.0001, "horizon_low": 20, "horizon_high": 40, "margin": 0.005}),
        ),
        group(
            "maker",
            2,
            json!({"kind": "adaptive_maker", "interval_ns": 1e9, "levels": 4, "spacing": 0.5,
            "share": 0.1, "least_lots": 10, "lean": 1.0}),
        ),
        group(
            "stoikov",
            2,
            json!({"kind": "avellaneda_stoikov", "interval_ns": SECOND, "gamma": 0.01, "sigma": 1.0,
            "k": 0.3, "horizon_s": 60.0, "lots": 5, "position_lots": 100}),
        ),
        group(
            "symmetric",
            2,
            json!({"kind": "symmetric_maker", "interval_ns": SECOND, "spread": 0.002, "lots": 5, "position_lots": 100}),
        ),
        group(
            "informed",
            2,
            json!({"kind": "informed", "interval_ns": 5e9, "edge": 3.0, "position_lots": 200,
            "size": sizes}),
        ),
        group("taker", 5, json!({"kind": "taker", "interval_ns": 3e9, "size": sizes})),
        group(
            "worker",
            1,
            json!({"kind": "participation", "buy": true, "lots": 500, "share": 0.1,
            "interval_ns": SECOND, "reach_ticks": 3}),
        ),
        group(
            "whale",
            2,
            json!({"kind": "whale", "pause_ns": 10e9, "interval_ns": 1e9, "patient": 0.3,
            "order": {"kind": "pareto", "least": 10.0, "exponent": 1.5, "most": 1_000.0}, "piece": sizes}),
        ),
        group(
            "hawkes",
            2,
            json!({"kind": "hawkes", "base": [0.1, 0.1, 0.4, 0.4, 0.2, 0.2], "branching": branching,
            "decay": 2.0, "distance_ticks": 3.0}),
        ),
        group(
            "block",
            1,
            json!({"kind": "block", "buy": false, "lots": 99, "pieces": 10, "interval_ns": SECOND}),
        ),
    ]
}

fn sound(simulation: &Simulation) {
    for venue in &simulation.world.venues {
        assert_eq!(venue.machine.check(), Ok(()));
    }
}

#[test]
fn the_venue_stays_sound_and_agents_know_what_they_hold() {
    for seed in 1..=3 {
        let mut simulation = market(seed, 300, everybody());
        for second in 0..30 {
            simulation.advance(second * 10 * SECOND, u64::MAX);
            sound(&simulation);
        }
        let run = finish(&mut simulation);
        sound(&simulation);
        assert!(run.of(EventKind::Trade).count() > 1_000);
        let world = &simulation.world;
        let machine = &world.venues[0].machine;
        let (mut known, mut open) = (0, 0);
        for agent in 0..world.people.len() as u32 {
            let account = world.account_of(0, agent);
            let held = machine.account(account).expect("an account");
            assert_eq!(world.position(agent, 0), machine.position(account, 1).lots, "agent {agent}");
            assert_eq!(world.cash(agent), held.cash + held.escrow, "agent {agent}");
            if world.people.group(agent).tracked() {
                known += 1;
                open += machine.open_orders(account).len();
            }
        }
        assert!(known > 20);
        println!("audit: {known} agents follow {open} open orders");
        assert_eq!((world.requests.len(), world.notes.len()), (0, 0), "nothing is under way");
        assert_eq!(world.tracked.len(), open, "seed {seed}: no order is kept that is over");
    }
}

#[test]
fn an_agent_takes_at_most_a_hundred_bytes_and_an_entry_sixteen() {
    assert_eq!(size_of::<Entry>(), 16);
    let simulation = market(1, 10, vec![group("noise", 10_000, json!({"kind": "noise"}))]);
    let people = &simulation.world.people;
    let streams = size_of_val(&people.streams[..]) + size_of_val(&people.delays[..]);
    let times: usize = [&people.busy_until, &people.last_arrival, &people.last_answer, &people.last_seen]
        .map(|column| size_of_val(&column[..]))
        .iter()
        .sum();
    let known = size_of_val(&people.known_lots[..]) + size_of_val(&people.known_cash[..]);
    let rest = size_of_val(&people.group_of[..]) + size_of_val(&people.metres[..]);
    let each = (streams + times + known + rest) / people.len();
    println!("audit: {each} bytes an agent in the kernel's columns");
    assert!(each <= 100, "{each}");
}
