//! What is due at one time comes in the order in which it was asked for, never by an agent's number.

use exchange::event::EventKind;
use exchange::units::Side;
use kernel::{Due, Interests, Order};

use crate::house::{SECOND, foreign, make, of_kind, plain, play};

/// Two agents that first wake at these times, and then ask to be called at one time.
fn called_at_one_time(first: [i64; 2]) -> (Vec<u32>, Vec<u32>) {
    let mut simulation = make(&plain(1, vec![foreign("one", 2, Interests::TIMERS)]));
    let mut called = Vec::new();
    play(&mut simulation, |simulation, call| {
        let mut context = simulation.context(call.agent);
        match call.due {
            Due::Start => context.wake_at(first[call.agent as usize], 1),
            Due::Timer(1) => context.wake_at(SECOND / 2, 2),
            _ => {
                called.push(call.agent);
                context.place(Order::limit(0, Side::Buy, 1, 9_999));
            }
        }
    });
    let booked = of_kind(&simulation.take_events(0), EventKind::Booked);
    (called, booked.iter().map(|order| order.account - 1).collect())
}

#[test]
fn calls_and_orders_of_one_time_keep_the_order_of_asking() {
    assert_eq!(called_at_one_time([10, 20]), (vec![0, 1], vec![0, 1]));
    assert_eq!(called_at_one_time([20, 10]), (vec![1, 0], vec![1, 0]));
    assert_eq!(called_at_one_time([10, 10]), (vec![0, 1], vec![0, 1]), "they start in the order of the spec");
}

#[test]
fn many_timers_of_one_time_are_called_as_they_were_set() {
    let mut simulation = make(&plain(1, vec![foreign("one", 1, Interests::TIMERS)]));
    let mut called = Vec::new();
    play(&mut simulation, |simulation, call| match call.due {
        Due::Timer(timer) => called.push((simulation.now(), timer)),
        _ => {
            for timer in (0..100).rev() {
                simulation.context(0).wake_at(1_000 + i64::from(timer % 3), timer);
            }
        }
    });
    let mut expected: Vec<(i64, u32)> =
        (0..100).rev().map(|timer| (1_000 + i64::from(timer % 3), timer)).collect();
    expected.sort_by_key(|due| due.0);
    assert_eq!(called, expected);
}

#[test]
fn what_is_asked_for_the_past_comes_now() {
    let mut simulation = make(&plain(1, vec![foreign("one", 1, Interests::TIMERS)]));
    let mut called = Vec::new();
    play(&mut simulation, |simulation, call| {
        let now = simulation.now();
        match call.due {
            Due::Start => simulation.context(0).wake_at(500, 1),
            Due::Timer(1) => simulation.context(0).wake_at(100, 2),
            _ => called.push(now),
        }
    });
    assert_eq!(called, [500]);
}
