//! The same spec and seed give the same run, however it is advanced, and whoever is added that does nothing.

use std::mem::take;

use exchange::units::Side;
use kernel::{Interests, Order, Outcome, Purpose, Simulation, Stream};
use serde_json::json;

use crate::house::{SECOND, foreign, group, make, mixed, run, trades};

const SECONDS: i64 = 120;
const AGENTS: u32 = 100;

/// Everything that a run leaves behind.
fn traces(simulation: &mut Simulation) -> impl PartialEq + std::fmt::Debug + use<> {
    let profits: Vec<i128> = (0..AGENTS).map(|agent| simulation.profit(agent)).collect();
    let (quotes, samples) =
        (take(&mut simulation.recorder().quote_rows), take(&mut simulation.recorder().samples));
    (simulation.event_hashes(), simulation.counts(), profits, quotes, samples)
}

#[test]
fn a_day_of_every_agent_is_a_market() {
    let mut simulation = make(&mixed(1, SECONDS));
    run(&mut simulation);
    let agents: u32 = mixed(1, SECONDS)["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["count"].as_u64().unwrap() as u32)
        .sum();
    assert_eq!(agents, AGENTS);
    let (events, other) = (simulation.take_events(0), simulation.take_events(1));
    let traded = |account: u32, events: &[exchange::event::EventRecord]| {
        events
            .iter()
            .any(|event| event.kind == 12 && (event.account == account || event.counterparty == account))
    };
    // Groups in order: every one of them trades somewhere.
    let mut first = 1;
    for group in mixed(1, SECONDS)["groups"].as_array().unwrap() {
        let last = first + group["count"].as_u64().unwrap() as u32;
        let some = (first..last).any(|account| traded(account, &events) || traded(account, &other));
        assert!(some, "{} trades", group["name"]);
        first = last;
    }
}

#[test]
fn a_seed_gives_one_run_and_another_seed_another() {
    let mut hashes = std::collections::BTreeSet::new();
    for seed in 1..=5 {
        let (mut one, mut two) = (make(&mixed(seed, SECONDS)), make(&mixed(seed, SECONDS)));
        run(&mut one);
        run(&mut two);
        assert_eq!(traces(&mut one), traces(&mut two), "seed {seed}");
        hashes.insert(one.event_hashes());
    }
    assert_eq!(hashes.len(), 5);
}

/// What a day of every agent came to when this was written, whatever the build, the machine or the number of its
/// cores. It changes with the rules of the market or the agents, and with nothing else: then the new ones are written here.
const GOLDEN: [u64; 2] = [0x55b3_4330_e6dd_6b39, 0x242a_975a_8a58_e8ba];

#[test]
fn a_day_of_every_agent_has_its_golden_hashes() {
    let mut simulation = make(&mixed(1, SECONDS));
    run(&mut simulation);
    let alone = simulation.event_hashes();
    let threads: Vec<Vec<u64>> = std::thread::scope(|scope| {
        let run_one = || {
            let mut simulation = make(&mixed(1, SECONDS));
            run(&mut simulation);
            simulation.event_hashes()
        };
        let both = [scope.spawn(run_one), scope.spawn(run_one)];
        both.map(|thread| thread.join().unwrap()).to_vec()
    });
    assert_eq!(threads, [alone.clone(), alone.clone()], "two threads side by side change nothing");
    assert_eq!(alone, GOLDEN, "{alone:#018x?}");
}

#[test]
fn slices_of_steps_or_of_time_change_nothing() {
    for seed in 1..=2 {
        let mut whole = make(&mixed(seed, SECONDS));
        run(&mut whole);
        let mut steps = make(&mixed(seed, SECONDS));
        loop {
            let before = steps.counts().0;
            match steps.advance(i64::MAX, 7) {
                Outcome::Paused => assert_eq!(steps.counts().0, before + 7),
                Outcome::Ended => break,
                other => panic!("{other:?}"),
            }
        }
        let mut times = make(&mixed(seed, SECONDS));
        let mut until = 0;
        // Primes of nanoseconds, so that slices end between things and on them.
        while times.advance(until, u64::MAX) != Outcome::Ended {
            assert_eq!(times.now(), until);
            until += 10_000_019;
        }
        let expected = traces(&mut whole);
        assert_eq!(traces(&mut steps), expected, "seed {seed}");
        assert_eq!(traces(&mut times), expected, "seed {seed}");
    }
}

#[test]
fn a_fork_and_its_origin_both_go_on_as_if_there_were_no_fork() {
    let mut stream = Stream::named(9, "forks", 0, Purpose::Behaviour);
    for seed in 1..=3 {
        let mut whole = make(&mixed(seed, SECONDS));
        run(&mut whole);
        let (all, _) = whole.counts();
        let expected = traces(&mut whole);
        for _ in 0..3 {
            let step = stream.integer(0, all as i64 - 1) as u64;
            let mut origin = make(&mixed(seed, SECONDS));
            assert_eq!(origin.advance(i64::MAX, step), Outcome::Paused);
            let mut fork = origin.clone();
            run(&mut fork);
            assert_eq!(traces(&mut fork), expected, "seed {seed}, forked at {step}");
            run(&mut origin);
            assert_eq!(traces(&mut origin), expected, "seed {seed}, forked at {step}");
        }
    }
}

#[test]
fn what_is_done_in_a_fork_stays_in_it() {
    for seed in 1..=3 {
        let mut spec = mixed(seed, SECONDS);
        spec["groups"].as_array_mut().unwrap().push(foreign("hand", 1, Interests::TIMERS));
        let mut whole = make(&spec);
        run(&mut whole);
        let mut origin = make(&spec);
        assert!(matches!(origin.advance(i64::MAX, u64::MAX), Outcome::Call(_)));
        assert_eq!(origin.advance(SECONDS / 2 * SECOND, u64::MAX), Outcome::Reached);
        let mut fork = origin.clone();
        fork.context(AGENTS).place(Order::market(0, Side::Buy, 50));
        run(&mut fork);
        run(&mut origin);
        assert_eq!(traces(&mut origin), traces(&mut whole), "seed {seed}");
        assert_ne!(fork.event_hashes()[0], origin.event_hashes()[0], "seed {seed}");
    }
}

#[test]
fn agents_that_never_trade_change_nobodys_trades() {
    for seed in 1..=3 {
        let mut plain = make(&mixed(seed, SECONDS));
        run(&mut plain);
        let expected = [trades(&mut plain, 0), trades(&mut plain, 1)];
        assert!(expected[0].len() > 500 && expected[1].len() > 100);
        let idle = foreign("idle", 3, Interests::TIMERS);
        let close = (SECONDS - 1) * SECOND;
        let late =
            group("late", 7, &[0], json!({"kind": "noise", "from_ns": close, "to_ns": close + SECOND}));
        for front in [false, true] {
            let mut spec = mixed(seed, SECONDS);
            let groups = spec["groups"].as_array_mut().unwrap();
            let place = if front { 0 } else { groups.len() };
            groups.splice(place..place, [idle.clone(), late.clone()]);
            let mut joined = make(&spec);
            run(&mut joined);
            assert_eq!([trades(&mut joined, 0), trades(&mut joined, 1)], expected, "seed {seed}");
        }
    }
}
