//! What is done to a simulation that runs is done wholly or not at all, adds up, and can be done again.

use exchange::event::EventKind;
use kernel::{Due, Interests, Outcome, Purpose, Simulation, Stream};
use serde_json::{Value, json};

use crate::house::{SECOND, foreign, group, make, mixed, of_kind, plain, play, run, with};

const SECONDS: i64 = 120;

/// Two markets makers and their takers.
fn pair(groups: Vec<Value>) -> Value {
    let maker = json!({"kind": "noise", "interval_ns": 5e8, "aggressive": 0.0, "distance_ticks": 4.0, "life_ns": 60e9,
        "size": {"kind": "fixed", "lots": 20}});
    let takers = json!({"kind": "taker", "interval_ns": 2e9});
    plain(SECONDS, [vec![group("maker", 10, &[0], maker), group("taker", 5, &[0], takers)], groups].concat())
}

fn advance(simulation: &mut Simulation, until: i64) {
    assert_eq!(simulation.advance(until, u64::MAX), Outcome::Reached);
}

fn done(simulation: &mut Simulation, what: &Value) -> u32 {
    simulation.intervene(&what.to_string()).unwrap_or_else(|error| panic!("{what}: {error}"))
}

fn refused(simulation: &mut Simulation, what: &Value) -> String {
    let before = (simulation.state_hashes(), simulation.event_hashes(), simulation.agent_count());
    let why = simulation.intervene(&what.to_string()).expect_err("refused").to_string();
    assert_eq!(before, (simulation.state_hashes(), simulation.event_hashes(), simulation.agent_count()));
    why
}

fn sound(simulation: &Simulation) {
    for claim in simulation.audit() {
        assert!(claim.holds, "{}: {}", claim.claim, claim.detail);
    }
}

/// Orders that agents from one number to another sent, since they were looked at last.
fn orders(simulation: &mut Simulation, agents: std::ops::Range<u32>) -> usize {
    let events = simulation.take_events(0);
    of_kind(&events, EventKind::Accepted).iter().filter(|event| agents.contains(&(event.account - 1))).count()
}

#[test]
fn a_newcomer_trades_with_its_own_money() {
    let mut simulation = make(&pair(vec![]));
    advance(&mut simulation, 30 * SECOND);
    simulation.take_events(0);
    let crowd = group("new", 100, &[0], json!({"kind": "taker", "interval_ns": 1e9}));
    assert_eq!(done(&mut simulation, &json!({"kind": "enter", "group": crowd})), 15);
    assert_eq!(simulation.agent_count(), 115);
    assert_eq!(simulation.agent_name(114).as_deref(), Some("new-100"));
    advance(&mut simulation, 60 * SECOND);
    // A hundred agents at an order a second.
    let sent = orders(&mut simulation, 15..115);
    assert!((2_700..3_300).contains(&sent), "{sent}");
    run(&mut simulation);
    sound(&simulation);
    assert_eq!((0..115).map(|agent| simulation.profit(agent)).sum::<i128>(), 0);
}

#[test]
fn a_newcomer_is_what_it_would_have_been_from_the_start() {
    let late = group("late", 3, &[0], json!({"kind": "taker", "interval_ns": 1e9}));
    let mut from_the_start = make(&pair(vec![late.clone()]));
    let mut entered = make(&pair(vec![]));
    done(&mut entered, &json!({"kind": "enter", "group": late}));
    run(&mut from_the_start);
    run(&mut entered);
    assert_eq!(entered.take_events(0), from_the_start.take_events(0));
    assert_eq!(entered.event_hashes(), from_the_start.event_hashes());
}

#[test]
fn a_mind_from_outside_can_come_in() {
    let mut simulation = make(&pair(vec![]));
    advance(&mut simulation, 30 * SECOND);
    done(&mut simulation, &json!({"kind": "enter", "group": foreign("guest", 1, Interests::TRADES)}));
    let (mut started, mut heard) = (None, 0);
    play(&mut simulation, |simulation, call| {
        assert_eq!(call.agent, 15);
        match call.due {
            Due::Start => started = Some(simulation.now()),
            _ => heard += 1,
        }
    });
    assert_eq!(started, Some(30 * SECOND));
    assert!(heard > 100, "{heard}");
}

#[test]
fn agents_go_by_new_parameters_from_then_on() {
    let mut simulation = make(&pair(vec![]));
    advance(&mut simulation, 60 * SECOND);
    let before = orders(&mut simulation, 10..15);
    done(
        &mut simulation,
        &json!({"kind": "tune", "group": "taker", "agent": {"kind": "taker", "interval_ns": 2e8}}),
    );
    advance(&mut simulation, 119 * SECOND);
    let after = orders(&mut simulation, 10..15);
    assert!((110..190).contains(&before), "{before}");
    assert!((1_250..1_650).contains(&after), "{after}");
    sound(&simulation);
}

/// Kinds with what may be changed of them, and with what is drawn once and stays.
#[test]
fn every_kind_takes_parameters_or_says_why_not() {
    let spec = mixed(1, SECONDS);
    for given in spec["groups"].as_array().unwrap() {
        let mut simulation = make(&spec);
        advance(&mut simulation, 40 * SECOND);
        let name = &given["name"];
        done(&mut simulation, &json!({"kind": "tune", "group": name, "agent": given["agent"]}));
        let other = json!({"kind": "taker", "interval_ns": 1e9});
        let why = if given["agent"]["kind"] == "taker" {
            refused(
                &mut simulation,
                &json!({"kind": "tune", "group": name, "agent": {"kind": "whale",
                "pause_ns": 1e9, "interval_ns": 1e9, "order": {"kind": "fixed", "lots": 1}}}),
            )
        } else {
            refused(&mut simulation, &json!({"kind": "tune", "group": name, "agent": other}))
        };
        assert!(why.contains("stays what it is"), "{why}");
        run(&mut simulation);
        sound(&simulation);
        // The same parameters once more change nothing.
        let mut untouched = make(&spec);
        run(&mut untouched);
        assert_eq!(simulation.event_hashes(), untouched.event_hashes(), "{name}");
    }
}

#[test]
fn other_averages_are_over_looks_to_come() {
    let followers = json!({"kind": "momentum", "interval_ns": 1e9, "short": 3, "long": 8});
    let mut simulation = make(&pair(vec![group("follower", 4, &[0], followers)]));
    advance(&mut simulation, 40 * SECOND);
    let longer = json!({"kind": "momentum", "interval_ns": 1e9, "short": 10, "long": 60});
    done(&mut simulation, &json!({"kind": "tune", "group": "follower", "agent": longer}));
    simulation.take_events(0);
    advance(&mut simulation, 70 * SECOND);
    assert_eq!(orders(&mut simulation, 15..19), 0, "sixty looks have not been by then");
    run(&mut simulation);
    sound(&simulation);
}

#[test]
fn who_leaves_takes_back_what_stands_and_what_is_on_its_way() {
    let slow = json!({"entry": {"constant_ns": SECOND, "jitter": {"uniform": SECOND}}});
    let maker = json!({"kind": "noise", "interval_ns": 1e8, "aggressive": 0.0, "distance_ticks": 4.0});
    let far = with(group("far", 5, &[0], maker), "latency", slow);
    let mut simulation = make(&pair(vec![far]));
    advance(&mut simulation, 60 * SECOND);
    let first = done(&mut simulation, &json!({"kind": "leave", "group": "far"}));
    assert_eq!(first, 15);
    // Its last messages arrive within two seconds, and then it takes everything back.
    advance(&mut simulation, 63 * SECOND);
    let open = |simulation: &mut Simulation| simulation.holdings(15, 5).unwrap().open_orders;
    assert_eq!(open(&mut simulation), 0);
    simulation.take_events(0);
    run(&mut simulation);
    assert_eq!(orders(&mut simulation, 15..20), 0);
    assert_eq!(open(&mut simulation), 0);
    sound(&simulation);
    let mut again = make(&pair(vec![]));
    assert!(refused(&mut again, &json!({"kind": "leave", "group": "far"})).contains("no such group"));
    assert!(refused(&mut simulation, &json!({"kind": "leave", "group": "far"})).contains("no such group"));
    let same_name = json!({"kind": "enter", "group": group("far", 1, &[0], json!({"kind": "taker", "interval_ns": 1e9}))});
    assert!(refused(&mut simulation, &same_name).contains("taken"));
}

#[test]
fn news_that_breaks_moves_the_value_as_if_it_had_been_known() {
    let models = [
        json!({"kind": "constant", "value": 10_000.0}),
        json!({"kind": "mean_reverting", "mean": 10_000.0, "kappa": 2e-11, "volatility": 4e-4}),
        json!({"kind": "mean_reverting", "mean": 10_000.0, "kappa": 0.0, "volatility": 4e-4}),
        json!({"kind": "geometric", "start": 10_000.0, "volatility": 0.02, "per_ns": 1e11}),
        json!({"kind": "stochastic_volatility", "start": 10_000.0, "volatility": 0.02, "per_ns": 1e11,
            "factors": [{"memory_ns": 6e10, "deviation": 0.5, "leverage": -0.5}]}),
    ];
    for model in models {
        let (first, second) = (7 * SECOND + 250_000, 7 * SECOND + 900_000_000);
        let mut spec = plain(60, vec![foreign("ear", 1, Interests::NEWS)]);
        spec["symbols"][0]["fundamental"] = model.clone();
        let mut broke = make(&spec);
        spec["news"] = json!([{"time_ns": first, "symbol": 0, "jump": -300.0, "text": "a flood"},
            {"time_ns": second, "symbol": 0, "jump": 120.5, "text": "it dries"}]);
        let mut known = make(&spec);
        run_until(&mut broke, first);
        done(&mut broke, &json!({"kind": "news", "symbol": 0, "jump": -300.0, "text": "a flood"}));
        run_until(&mut broke, second);
        done(&mut broke, &json!({"kind": "news", "symbol": 0, "jump": 120.5, "text": "it dries"}));
        let mut heard = Vec::new();
        for simulation in [&mut broke, &mut known] {
            play(simulation, |simulation, call| {
                if let Due::News(number) = call.due {
                    heard.push((simulation.now(), simulation.news_text(number).1));
                }
            });
        }
        assert_eq!(heard.len(), 3, "the first of what broke was heard on the way to the second");
        for ((time, one), (_, other)) in
            broke.fundamental(0, 1_000).into_iter().zip(known.fundamental(0, 1_000))
        {
            assert!((one - other).abs() < 1e-6, "{model} at {time}: {one} and {other}");
        }
    }
}

fn run_until(simulation: &mut Simulation, until: i64) {
    loop {
        match simulation.advance(until, u64::MAX) {
            Outcome::Call(_) => {}
            Outcome::Reached => return,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn given_values_stay_the_whole_truth() {
    let mut spec = plain(60, vec![foreign("ear", 1, Interests::NEWS)]);
    spec["symbols"][0]["fundamental"] =
        json!({"kind": "given", "times": [0, SECOND], "values": [100.0, 200.0]});
    let mut simulation = make(&spec);
    run_until(&mut simulation, 9 * SECOND);
    done(&mut simulation, &json!({"kind": "news", "symbol": 0, "jump": 50.0, "text": "noise"}));
    let mut heard = 0;
    play(&mut simulation, |simulation, call| {
        heard += 1;
        assert_eq!(simulation.context(call.agent).fundamental(0), 200.0);
    });
    assert_eq!(heard, 1);
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let mut simulation = make(&pair(vec![]));
    advance(&mut simulation, 30 * SECOND);
    let taker = |count, cash: u64| {
        let group = group("x", count, &[0], json!({"kind": "taker", "interval_ns": 1e9}));
        json!({"kind": "enter", "group": with(group, "cash", json!(cash))})
    };
    let cases = [
        (json!({"kind": "explode"}), "unknown variant"),
        (json!({"kind": "news", "symbol": 1, "jump": 1.0, "text": ""}), "there is not"),
        (
            json!({"kind": "tune", "group": "nobody", "agent": {"kind": "taker", "interval_ns": 1e9}}),
            "no such group",
        ),
        (json!({"kind": "tune", "group": "taker", "agent": {"kind": "taker", "interval_ns": -1.0}}), "range"),
        (
            json!({"kind": "tune", "group": "taker", "agent": {"kind": "taker", "interval": 1.0}}),
            "unknown field",
        ),
        (
            json!({"kind": "enter", "group": group("taker", 1, &[0], json!({"kind": "taker", "interval_ns": 1e9}))}),
            "taken",
        ),
        (
            json!({"kind": "enter", "group": group("x", 1, &[7], json!({"kind": "taker", "interval_ns": 1e9}))}),
            "markets",
        ),
        (json!({"kind": "enter", "group": group("x", 1, &[0], json!({"kind": "recorded"}))}), "recording"),
        (taker(17_000_000, 1), "room"),
        // The first of them could be paid, and not all.
        (taker(1_000, 1 << 54), "cash"),
    ];
    for (what, why) in cases {
        let told = refused(&mut simulation, &what);
        assert!(told.contains(why), "{what}: {told}");
    }
    let mut untouched = make(&pair(vec![]));
    run(&mut untouched);
    run(&mut simulation);
    assert_eq!(simulation.event_hashes(), untouched.event_hashes());
}

/// Interventions at random times: each run adds up, and the same ones make the same run however it is advanced.
#[test]
fn the_same_interventions_make_the_same_run() {
    let steer = |seed: u64, slices: i64| {
        let mut stream = Stream::named(seed, "steer", 0, Purpose::Behaviour);
        let mut simulation = make(&mixed(seed, SECONDS));
        let mut names: Vec<String> = Vec::new();
        for turn in 0..30 {
            let until = (turn + 1) * 3 * SECOND + stream.integer(0, SECOND);
            let from = simulation.now();
            for slice in 1..=slices {
                advance(&mut simulation, from + (until - from) * slice / slices);
            }
            match stream.integer(0, 3) {
                0 => {
                    let name = format!("new-{turn}");
                    let kind = if stream.chance(0.5) {
                        json!({"kind": "taker", "interval_ns": 1e9})
                    } else {
                        json!({"kind": "block", "buy": stream.chance(0.5), "lots": 500, "pieces": 5, "interval_ns": SECOND})
                    };
                    done(&mut simulation, &json!({"kind": "enter", "group": group(&name, 3, &[0, 2], kind)}));
                    names.push(name);
                }
                1 if !names.is_empty() => {
                    let gone = names.swap_remove(stream.integer(0, names.len() as i64 - 1) as usize);
                    done(&mut simulation, &json!({"kind": "leave", "group": gone}));
                }
                2 => {
                    let agent = json!({"kind": "taker", "interval_ns": 1e8 + stream.uniform() * 5e9});
                    done(&mut simulation, &json!({"kind": "tune", "group": "taker", "agent": agent}));
                }
                _ => {
                    let jump = stream.normal(0.0, 40.0);
                    done(
                        &mut simulation,
                        &json!({"kind": "news", "symbol": 0, "jump": jump, "text": "it happens"}),
                    );
                }
            }
            sound(&simulation);
        }
        run(&mut simulation);
        sound(&simulation);
        (simulation.event_hashes(), simulation.state_hashes(), simulation.counts())
    };
    for seed in 1..=4 {
        assert_eq!(steer(seed, 1), steer(seed, 7), "seed {seed}");
    }
}

#[test]
fn a_fork_is_steered_alone() {
    let mut origin = make(&pair(vec![]));
    advance(&mut origin, 30 * SECOND);
    let mut fork = origin.clone();
    done(&mut fork, &json!({"kind": "leave", "group": "taker"}));
    done(&mut fork, &json!({"kind": "news", "symbol": 0, "jump": 500.0, "text": "only here"}));
    run(&mut fork);
    run(&mut origin);
    let mut untouched = make(&pair(vec![]));
    run(&mut untouched);
    assert_eq!(origin.event_hashes(), untouched.event_hashes());
    assert_ne!(fork.event_hashes(), untouched.event_hashes());
    assert_eq!(origin.fundamental(0, 10).last().unwrap().1, 10_000.0);
}
