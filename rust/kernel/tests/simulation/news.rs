//! News: it moves the value at its time and reaches those who listen.

use kernel::{Due, Interests};
use serde_json::json;

use crate::house::{SECOND, foreign, make, plain, play, with};

const MOMENT: i64 = 3 * SECOND + 123_456;

#[test]
fn news_moves_the_value_at_its_time_and_is_heard_after_the_feed_delay() {
    let near = foreign("near", 1, Interests::NEWS);
    let far = with(foreign("far", 1, Interests::NEWS), "latency", json!({"feed": {"constant_ns": 700}}));
    let deaf = foreign("deaf", 1, Interests::TIMERS);
    let mut spec = plain(10, vec![near, far, deaf]);
    spec["news"] = json!([{"time_ns": MOMENT, "symbol": 0, "jump": -25.5, "text": "a mine floods"}]);
    let mut simulation = make(&spec);
    let (mut heard, mut values) = (Vec::new(), Vec::new());
    play(&mut simulation, |simulation, call| {
        let now = simulation.now();
        let mut context = simulation.context(call.agent);
        match call.due {
            Due::News(number) => {
                assert!(context.news_concerns(number, 0));
                heard.push((now, call.agent, number, context.fundamental(0)));
            }
            Due::Start if call.agent == 2 => {
                for time in [MOMENT - 1, MOMENT, 9 * SECOND] {
                    context.wake_at(time, 0);
                }
            }
            Due::Start => {}
            _ => values.push(context.fundamental(0)),
        }
    });
    assert_eq!(heard, [(MOMENT, 0, 0, 9_974.5), (MOMENT + 700, 1, 0, 9_974.5)]);
    assert_eq!(values, [10_000.0, 9_974.5, 9_974.5]);
}

#[test]
fn random_news_comes_at_its_rate_and_moves_by_its_deviation() {
    let (mut count, mut squares) = (0, 0.0);
    for seed in 1..=5 {
        let mut spec = plain(2_000, vec![foreign("ear", 1, Interests::NEWS)]);
        spec["seed"] = json!(seed);
        spec["random_news"] = json!([{"symbol": 0, "interval_ns": 10e9, "deviation": 8.0}]);
        let mut simulation = make(&spec);
        let mut last = (0, 10_000.0);
        play(&mut simulation, |simulation, call| {
            let now = simulation.now();
            if matches!(call.due, Due::News(_)) {
                let value = simulation.context(0).fundamental(0);
                squares += (value - last.1) * (value - last.1);
                assert!(now > last.0);
                last = (now, value);
                count += 1;
            }
        });
    }
    let deviation = (squares / f64::from(count)).sqrt();
    println!("news: {count} pieces for 1000, deviation {deviation:.2} for 8");
    assert!((900..1_100).contains(&count), "{count}");
    assert!((deviation - 8.0).abs() < 0.7, "{deviation}");
}

#[test]
fn news_of_one_symbol_says_nothing_of_another() {
    let mut spec = plain(10, vec![with(foreign("ear", 1, Interests::NEWS), "markets", json!([0, 1]))]);
    spec["symbols"]
        .as_array_mut()
        .unwrap()
        .push(json!({"symbol": "B", "fundamental": {"kind": "constant", "value": 70.0}}));
    let mut second = spec["venues"][0]["markets"][0].clone();
    second["symbol"] = json!(1);
    spec["venues"][0]["markets"].as_array_mut().unwrap().push(second);
    spec["news"] = json!([{"time_ns": MOMENT, "symbol": 1, "jump": 5.0, "text": "a patent"}]);
    let mut simulation = make(&spec);
    let mut heard = 0;
    play(&mut simulation, |simulation, call| {
        let context = simulation.context(0);
        if let Due::News(number) = call.due {
            assert!(context.news_concerns(number, 1) && !context.news_concerns(number, 0));
            assert_eq!((context.fundamental(0), context.fundamental(1)), (10_000.0, 75.0));
            heard += 1;
        }
    });
    assert_eq!(heard, 1);
}
