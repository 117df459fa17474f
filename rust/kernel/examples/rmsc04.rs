//! A day of the twin of ABIDES' RMSC04, timed: `cargo run --release -p crossbook-kernel --example rmsc04`.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::float_arithmetic, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use kernel::{Outcome, Simulation, Spec};

fn main() {
    let text = std::fs::read_to_string(std::env::args().nth(1).expect("a spec as JSON")).expect("readable");
    let seeds: u64 = std::env::args().nth(2).map_or(1, |count| count.parse().expect("a count of seeds"));
    for seed in 0..seeds {
        let begin = std::time::Instant::now();
        let mut spec = Spec::from_json(&text).expect("sound");
        spec.seed = seed;
        let mut simulation = Simulation::new(&spec).expect("sound");
        let built = begin.elapsed();
        assert_eq!(simulation.advance(i64::MAX, u64::MAX), Outcome::Ended);
        let (steps, calls) = simulation.counts();
        let seconds = begin.elapsed().as_secs_f64();
        println!(
            "seed {seed}: {seconds:.4} s (built in {built:?}), {steps} steps, {calls} calls, {:.2} M steps/s, hash {:016x}",
            steps as f64 / seconds / 1e6,
            simulation.event_hashes()[0]
        );
        let mut kinds = std::collections::BTreeMap::new();
        for event in simulation.take_events(0) {
            *kinds.entry(event.kind().map_or("?", exchange::event::EventKind::name)).or_insert(0) += 1;
        }
        println!("  {kinds:?}");
    }
}
