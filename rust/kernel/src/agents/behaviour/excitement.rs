//! The flow that excites itself.

use serde_json::json;

use super::*;
use crate::agents::testing::group;

const WINDOW: i64 = 100 * SECOND;
const WINDOWS: i64 = 100;
const FLOWS: u32 = 5;

/// Events in each window of each flow, where every buy causes so many more.
fn counts(seed: u64, branching: f64, base: f64) -> Vec<f64> {
    let mut matrix = [[0.0; 6]; 6];
    matrix[0][0] = branching;
    let agent =
        json!({"kind": "hawkes", "base": [base, 0.0, 0.0, 0.0, 0.0, 0.0], "branching": matrix, "decay": 4.0});
    let seconds = WINDOW / SECOND * WINDOWS;
    let run = finish(&mut quoted(seed, seconds, steady(100_000), vec![group("hawkes", FLOWS, agent)]));
    let mut counts = vec![0.0; FLOWS as usize * WINDOWS as usize];
    for order in run.of(EventKind::Accepted).filter(|order| order.account > 1) {
        let flow = order.account as usize - 2;
        counts[flow * WINDOWS as usize + (order.time_ns / WINDOW) as usize] += 1.0;
    }
    counts
}

/// Hawkes and Oakes (1974): the variance of long counts is their mean over (1 - n)^2, the mean base over (1 - n).
#[test]
fn events_cluster_as_the_branching_ratio_says() {
    for (branching, base, tolerance) in [(0.0, 1.0, 0.12), (0.5, 0.5, 0.12), (0.7, 0.3, 0.15)] {
        let all: Vec<f64> = (1..=4).flat_map(|seed| counts(seed, branching, base)).collect();
        let rate = mean(&all) / 100.0;
        let fano = variance(&all) / mean(&all);
        let expected = 1.0 / ((1.0 - branching) * (1.0 - branching));
        println!(
            "hawkes: n {branching}: rate {rate:.3} for {:.3}, Fano {fano:.3} for {expected:.3}",
            base / (1.0 - branching)
        );
        assert!((rate * (1.0 - branching) / base - 1.0).abs() < 0.05, "{rate}");
        assert!((fano / expected - 1.0).abs() < tolerance, "{fano} for {expected}");
    }
}

#[test]
fn what_excites_whom_is_a_matter_of_columns() {
    // Each sell causes 0.9 limit bids, and nothing causes anything else.
    let mut matrix = [[0.0; 6]; 6];
    matrix[2][1] = 0.9;
    let agent = json!({"kind": "hawkes", "base": [0.0, 1.0, 0.0, 0.0, 0.0, 0.0], "branching": matrix, "decay": 4.0,
        "distance_ticks": 3.0});
    let (mut sells, mut bids) = (0.0, 0.0);
    for seed in 1..=3 {
        let run = finish(&mut quoted(seed, 3_000, steady(100_000), vec![group("hawkes", 1, agent.clone())]));
        let orders = orders_of(&run, 1);
        sells += orders.iter().filter(|order| order.side == 1).count() as f64;
        bids += orders.iter().filter(|order| order.side == 0).count() as f64;
    }
    println!("hawkes: {sells} sells cause {bids} bids, {:.3} for 0.9", bids / sells);
    assert!((sells - 9_000.0).abs() < 400.0, "{sells}");
    assert!((bids / sells - 0.9).abs() < 0.05);
}

#[test]
fn cancels_empty_the_book_of_its_own_orders() {
    let nothing = [[0.0; 6]; 6];
    // Limits come at 2 a second and cancels at 6: few stand, and each that ends was cancelled or traded once.
    let agent = json!({"kind": "hawkes", "base": [0.0, 0.0, 1.0, 1.0, 3.0, 3.0], "branching": nothing,
        "decay": 1.0, "distance_ticks": 4.0});
    for seed in 1..=3 {
        let run = finish(&mut market(seed, 1_000, vec![group("hawkes", 1, agent.clone())]));
        let (placed, ended) = (orders_of(&run, 0).len(), run.of(EventKind::Cancelled).count());
        assert!((1_800..2_200).contains(&placed), "{placed}");
        assert!(placed - ended < 10, "seed {seed}: {placed} placed, {ended} cancelled");
        assert_eq!(run.of(EventKind::Rejected).count(), 0, "it cancels only what stands");
    }
}
