//! Specs that are refused, and that none of whatever shape brings the simulation down.

use kernel::{Outcome, Simulation, Spec};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::house::{SECOND, make, mixed};

/// The error of a spec in which one value is another; a null takes the key away.
fn error_of(pointer: &str, value: Value) -> String {
    let mut spec = mixed(1, 60);
    change(&mut spec, pointer, value);
    let made = Spec::from_json(&spec.to_string()).and_then(|spec| Simulation::new(&spec).map(|_| ()));
    made.map_or_else(|error| error.to_string(), |()| "nothing".to_owned())
}

fn change(spec: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let parent = spec.pointer_mut(parent).expect("a place");
    match parent {
        Value::Object(map) if value.is_null() => drop(map.remove(key)),
        Value::Object(map) => drop(map.insert(key.to_owned(), value)),
        Value::Array(list) => list[key.parse::<usize>().expect("a number")] = value,
        _ => panic!("{pointer} has no keys"),
    }
}

#[test]
#[allow(clippy::too_many_lines)] // A table is as long as it has rows.
fn every_flaw_is_named_with_its_place() {
    assert_eq!(error_of("/seed", json!(2)), "nothing", "the spec itself is sound");
    let rows: Vec<(&str, Value, &str)> = vec![
        ("/seed", Value::Null, "spec: missing field `seed`"),
        ("/sed", json!(1), "spec: unknown field `sed`"),
        ("/seed", json!(-1), "spec: invalid value"),
        ("/end_ns", json!(0), "end_ns: must be after start_ns"),
        ("/start_ns", json!(-1), "end_ns: must be after start_ns"),
        ("/end_ns", json!(i64::MAX), "end_ns: is more than 36 years"),
        ("/symbols", json!([]), "symbols: needs from 1 to"),
        ("/venues", json!([]), "venues: needs from 1 to"),
        ("/groups", json!([]), "groups: needs from 1 to"),
        ("/symbols/0/fundamental", json!({"kind": "magic"}), "spec: unknown variant `magic`"),
        ("/symbols/0/fundamental/kappa", json!(-1.0), "symbols.A: a number of the fundamental"),
        ("/symbols/1/fundamental/kapa", json!(1.0), "spec: unknown field `kapa`"),
        (
            "/symbols/0/fundamental",
            json!({"kind": "given", "times": [2, 1], "values": [1.0, 2.0]}),
            "symbols.A:",
        ),
        ("/symbols/0/fundamental", json!({"kind": "given", "times": [], "values": []}), "symbols.A:"),
        ("/correlation", json!([[1.0]]), "correlation: needs a row and a column"),
        ("/correlation", json!([[1.0, 0.5], [0.4, 1.0]]), "correlation: must be symmetric"),
        ("/correlation", json!([[1.0, 1.0], [1.0, 1.0]]), "correlation: is not positive definite"),
        ("/fundamental_step_ns", json!(0), "fundamental_step_ns: a path may have"),
        ("/fundamental_step_ns", json!(1), "fundamental_step_ns: a path may have"),
        (
            "/news",
            json!([{"time_ns": -1, "symbol": 0, "jump": 1.0, "text": ""}]),
            "news: comes before start_ns",
        ),
        ("/random_news/0/interval_ns", json!(1.0), "random_news: comes more than a million times"),
        ("/venues/0/model", json!("casino"), "venues.V: model must be cash, margin or game"),
        ("/venues/0/markets/0/symbol", json!(9), "venues.V: names symbol 9"),
        ("/venues/0/markets/0/max_price", json!(9_000), "venues.V.A:"),
        ("/venues/0/markets/0/price_step", json!(0), "venues.V.A:"),
        ("/venues/0/markets/0/maker_fee_ppm", json!(-60), "venues.V.A:"),
        (
            "/venues/0/markets/0/session/close_ns",
            json!(SECOND),
            "venues.V.A: the session's times are not in order",
        ),
        ("/venues/0/markets/0/session/open_ns", Value::Null, "spec: missing field `open_ns`"),
        ("/venues/0/markets/0/session/pre_open_ns", json!(-5), "venues: a session begins before start_ns"),
        ("/groups/0/name", json!("noise"), "groups.noise: the name is taken twice"),
        ("/groups/0/markets", json!([]), "groups.zi: needs markets"),
        ("/groups/0/markets", json!([3]), "groups.zi: needs markets"),
        ("/groups/0/count", json!(4_000_000_000_u32), "groups: has 4000000088 agents"),
        ("/groups/0/count", json!(-1), "spec: invalid value"),
        ("/groups/0/latency", json!({"feed": {"constant_ns": -1}}), "groups.zi: a delay is below zero"),
        (
            "/groups/0/latency",
            json!({"entry": {"jitter": {"measured": []}}}),
            "groups.zi: a delay is below zero",
        ),
        ("/groups/0/latency", json!({"compute_ns": -1}), "groups.zi: a latency is below zero"),
        ("/groups/0/latency", json!({"line_metres": -1.0}), "groups.zi: a latency is below zero"),
        ("/groups/0/agent/kind", json!("oracle"), "spec: unknown variant `oracle`"),
        ("/groups/0/agent/units", json!(0), "groups.zi: a parameter is out of its range"),
        ("/groups/0/agent/price_low", json!(9_950), "groups.zi: a parameter is out of its range"),
        ("/groups/1/agent/aggressive", json!(1.5), "groups.noise: a parameter"),
        ("/groups/1/agent/size", json!({"kind": "fixed", "lots": 0}), "groups.noise: a parameter"),
        ("/groups/2/agent/long", json!(3), "groups.momentum: a parameter"),
        ("/groups/3/agent/memory_ns", json!(0.0), "groups.reversion: a parameter"),
        ("/groups/4/agent/noise_variance", json!(0.0), "groups.value: a parameter"),
        ("/groups/5/agent/horizon_low", json!(41), "groups.fcn: a parameter"),
        ("/groups/6/agent/levels", json!(0), "groups.maker: a parameter"),
        ("/groups/7/agent/gamma", json!(0.0), "groups.stoikov: a parameter"),
        ("/groups/8/agent/edge", json!(-1.0), "groups.informed: a parameter"),
        ("/groups/9/agent/buys", json!(1.01), "groups.taker: a parameter"),
        ("/groups/10/agent/share", json!(1.0), "groups.worker: a parameter"),
        (
            "/groups/11/agent/order",
            json!({"kind": "pareto", "least": 2.0, "exponent": 1.0, "most": 1.0}),
            "groups.whale:",
        ),
        (
            "/groups/12/agent/branching/0/0",
            json!(0.9),
            "groups.hawkes: branching: an event must cause less than one",
        ),
        ("/groups/12/agent/base/0", json!(-0.1), "groups.hawkes: a parameter"),
    ];
    for (pointer, value, expected) in rows {
        let error = error_of(pointer, value.clone());
        assert!(error.starts_with(expected), "{pointer} = {value}: {error:?} instead of {expected:?}");
    }
}

#[test]
fn crowds_that_would_remember_too_much_are_refused() {
    for (group, key, value) in [(0, "units", json!(10_000)), (2, "long", json!(4_096))] {
        let mut spec = mixed(1, 60);
        change(&mut spec, &format!("/groups/{group}/agent/{key}"), value);
        change(&mut spec, &format!("/groups/{group}/count"), json!(1_000_000));
        let made = Spec::from_json(&spec.to_string()).and_then(|spec| Simulation::new(&spec).map(|_| ()));
        let error = made.expect_err("too much").to_string();
        assert!(error.contains("would remember more than"), "{error}");
    }
}

#[test]
fn what_is_no_json_is_refused() {
    for text in ["", "{", "[]", "null", "{\"seed\": 1}", "\u{0}", "{\"seed\": 1e400}"] {
        assert!(Spec::from_json(text).is_err(), "{text:?}");
    }
    let deep = "[".repeat(100_000);
    assert!(Spec::from_json(&deep).is_err());
}

/// Every place in a value, as a pointer.
fn places(value: &Value, here: &str, all: &mut Vec<String>) {
    let mut into = |key: String, inner: &Value| {
        let place = format!("{here}/{key}");
        all.push(place.clone());
        places(inner, &place, all);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| into(key.clone(), inner)),
        Value::Array(list) => list.iter().enumerate().for_each(|(key, inner)| into(key.to_string(), inner)),
        _ => {}
    }
}

/// A value of a wrong kind, or of the right kind and far out.
fn odd(old: &Value, wrong: bool, pick: usize) -> Value {
    let shapes =
        [Value::Null, json!(true), json!("x"), json!([]), json!({}), json!(-1), json!(0.5), json!(u64::MAX)];
    let whole = [0, 1, 2, 7, 1_000, -1, 1 << 40, 1 << 60, i64::MAX, i64::MIN, 30 * SECOND];
    let parts = [0.0, 1e-300, 1e-9, 0.3, 0.999, 1.0, 7.0, 1e9, 1e18, 1e300, -0.5];
    match old {
        Value::Number(number) if !wrong && number.is_f64() => json!(parts[pick % parts.len()]),
        Value::Number(_) if !wrong => json!(whole[pick % whole.len()]),
        _ => shapes[pick % shapes.len()].clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    /// A sound spec with some values replaced is refused, or runs.
    #[test]
    fn no_spec_brings_the_simulation_down(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..10, any::<usize>()), 1..5),
    ) {
        let mut spec = mixed(1, 60);
        for (place, wrong, pick) in changes {
            let mut all = Vec::new();
            places(&spec, "", &mut all);
            all.retain(|place| wrong == 0 || spec.pointer(place).is_some_and(Value::is_number));
            let chosen: &String = place.get(&all);
            let value = odd(spec.pointer(chosen).expect("it is there"), wrong == 0, pick);
            change(&mut spec, chosen, value);
        }
        if let Ok(spec) = Spec::from_json(&spec.to_string())
            && let Ok(mut simulation) = Simulation::new(&spec)
        {
            while let Outcome::Call(_) = simulation.advance(i64::MAX, 3_000) {}
        }
    }
}

#[test]
fn longest_times_and_largest_numbers_run() {
    let mut spec = mixed(1, 60);
    for group in spec["groups"].as_array_mut().unwrap() {
        for (key, value) in group["agent"].as_object_mut().unwrap() {
            if key == "interval_ns" && value.is_f64() {
                *value = json!(1e300);
            }
            if key == "position_lots" {
                *value = json!(i64::MAX);
            }
        }
    }
    change(&mut spec, "/groups/6/agent/interval_ns", json!(1e18));
    change(&mut spec, "/groups/10/agent/reach_ticks", json!(i64::MAX));
    let mut simulation = make(&spec);
    assert_eq!(simulation.advance(i64::MAX, u64::MAX), Outcome::Ended);
}

#[test]
fn a_market_in_whose_range_there_is_no_price_runs_without_trades() {
    let mut spec = mixed(1, 60);
    for (key, value) in
        [("price_step", 5), ("min_price", 9_996), ("max_price", 9_999), ("initial_price", 9_997)]
    {
        change(&mut spec, &format!("/venues/1/markets/0/{key}"), json!(value));
    }
    let mut simulation = make(&spec);
    assert_eq!(simulation.advance(i64::MAX, u64::MAX), Outcome::Ended);
    assert_eq!(crate::house::trades(&mut simulation, 1), []);
}
