//! How long orders, answers and market data take, to the nanosecond.

use exchange::event::EventKind;
use exchange::units::Side;
use kernel::{Due, Interests, NoteKind, Order, Outcome, Purpose, Stream};
use serde_json::{Value, json};

use crate::house::{SECOND, foreign, make, of_kind, plain, play, with};

fn constant(feed: i64, entry: i64, response: i64, compute: i64) -> Value {
    let leg = |ns: i64| json!({"constant_ns": ns});
    json!({"feed": leg(feed), "entry": leg(entry), "response": leg(response), "compute_ns": compute})
}

fn everything() -> Interests {
    Interests::FILLS.and(Interests::ORDERS)
}

#[test]
fn an_order_arrives_after_the_entry_delay_and_its_answer_after_the_response() {
    let trader = with(foreign("trader", 1, everything()), "latency", constant(300, 1_000, 500, 0));
    let maker = foreign("maker", 1, Interests::TIMERS);
    let mut simulation = make(&plain(1, vec![trader, maker]));
    let mut heard = Vec::new();
    play(&mut simulation, |simulation, call| {
        let now = simulation.now();
        let mut context = simulation.context(call.agent);
        match (call.agent, call.due) {
            (0, Due::Start) => context.wake_at(10_000, 0),
            (0, Due::Timer(_)) => {
                context.place(Order::limit(0, Side::Buy, 5, 9_990));
            }
            (0, Due::Note(note)) => {
                heard.push((now, note.kind, note.time, note.lots, note.left, context.position(0)))
            }
            (1, Due::Start) => context.wake_at(20_000, 0),
            _ => {
                context.place(Order::immediate(0, Side::Sell, 2, 9_990));
            }
        }
    });
    let taken = of_kind(&simulation.take_events(0), EventKind::Accepted);
    assert_eq!(taken[0].time_ns, 11_000);
    let expected =
        [(11_500, NoteKind::Accepted, 11_000, 5, 5, 0), (20_500, NoteKind::Filled, 20_000, 2, 3, 2)];
    assert_eq!(heard, expected, "and it knows its position no sooner");
}

#[test]
fn an_agent_that_thinks_sends_late_and_is_called_once_it_is_free() {
    let trader = with(foreign("trader", 1, Interests::TIMERS), "latency", constant(0, 1_000, 0, 200));
    let mut simulation = make(&plain(1, vec![trader]));
    let mut called = Vec::new();
    play(&mut simulation, |simulation, call| {
        let now = simulation.now();
        let mut context = simulation.context(0);
        match call.due {
            Due::Timer(timer) => {
                called.push((now, timer));
                context.place(Order::limit(0, Side::Buy, 1, 9_000));
            }
            _ => {
                for (time, timer) in [(5_000, 1), (5_050, 2), (5_100, 3), (9_000, 4)] {
                    context.wake_at(time, timer);
                }
            }
        }
    });
    assert_eq!(called, [(5_000, 1), (5_200, 2), (5_400, 3), (9_000, 4)]);
    let taken: Vec<i64> =
        of_kind(&simulation.take_events(0), EventKind::Accepted).iter().map(|order| order.time_ns).collect();
    assert_eq!(taken, [6_200, 6_400, 6_600, 10_200], "thinking and the way, after each call");
}

#[test]
fn jitter_never_lets_one_order_or_answer_overtake_another() {
    for jitter in [
        json!({"uniform": 20_000}),
        json!({"exponential": 10_000.0}),
        json!({"lognormal": [10_000.0, 1.0]}),
        json!({"measured": [5, 50_000, 100, 7_000]}),
    ] {
        let leg = json!({"constant_ns": 3, "jitter": jitter});
        let latency = json!({"entry": leg, "response": leg});
        let mut simulation =
            make(&plain(1, vec![with(foreign("trader", 2, Interests::ORDERS), "latency", latency)]));
        let (mut sent, mut heard) = ([vec![], vec![]], [vec![], vec![]]);
        let mut delays = std::collections::BTreeSet::new();
        play(&mut simulation, |simulation, call| {
            let (agent, now) = (call.agent as usize, simulation.now());
            let mut context = simulation.context(call.agent);
            match call.due {
                Due::Note(note) => {
                    heard[agent].push(note.token);
                    assert!(now >= note.time + 3);
                    delays.insert(now - note.time);
                }
                _ if sent[agent].len() < 500 => {
                    context.wake_at(now + 10, 0);
                    sent[agent].push(context.place(Order::limit(0, Side::Buy, 1, 9_000)));
                }
                _ => {}
            }
        });
        assert_eq!(heard, sent, "{jitter}");
        assert!(delays.len() > 3, "delays vary: {jitter}");
        let arrived = of_kind(&simulation.take_events(0), EventKind::Accepted);
        for agent in [0, 1] {
            let tokens =
                arrived.iter().filter(|order| order.account == agent + 1).map(|order| order.counter_id);
            assert!(tokens.is_sorted(), "{jitter}");
        }
    }
}

#[test]
fn an_agent_on_a_line_is_as_far_as_light_travels_to_its_place() {
    let line = 3_000_000.0;
    let traders = with(foreign("trader", 50, Interests::TIMERS), "latency", json!({"line_metres": line}));
    let mut simulation = make(&plain(1, vec![traders]));
    play(&mut simulation, |simulation, call| {
        if call.due == Due::Start {
            simulation.context(call.agent).place(Order::limit(0, Side::Buy, 1, 9_000));
        }
    });
    let mut farthest = 0;
    for order in of_kind(&simulation.take_events(0), EventKind::Accepted) {
        let agent = u64::from(order.account - 1);
        let place = Stream::named(1, "trader", agent, Purpose::Character).uniform() * line;
        let travel = place / 299_792_458.0 * 1e9;
        // Places are kept to the metre or so, light takes three nanoseconds for one.
        assert!((order.time_ns as f64 - travel).abs() < 3.0, "{travel} {order:?}");
        farthest = farthest.max(order.time_ns);
    }
    assert!((9_000_000..10_007_000).contains(&farthest), "{farthest}");
}

/// Someone quotes anew every microsecond; a watcher looks at odd times.
#[test]
fn a_delayed_feed_shows_what_stood_so_much_earlier() {
    const DELAY: i64 = 7_300;
    let watcher = with(foreign("watcher", 1, Interests::TIMERS), "latency", constant(DELAY, 0, 0, 0));
    let mut simulation = make(&plain(1, vec![foreign("quoter", 1, Interests::TIMERS), watcher]));
    let mut seen = Vec::new();
    let mut stream = Stream::named(3, "looks", 0, Purpose::Behaviour);
    play(&mut simulation, |simulation, call| {
        let now = simulation.now();
        let mut context = simulation.context(call.agent);
        if now > SECOND / 1_000 {
            return;
        }
        if call.agent == 0 {
            context.cancel_all(0);
            let price = 9_000 + stream.integer(0, 100);
            context.place(Order::limit(0, Side::Buy, 1, price));
            context.place(Order::limit(0, Side::Sell, 2, price + 7));
            context.wake_at(now + 1_000, 0);
        } else {
            seen.push((now, context.quote(0)));
            context.wake_at(now + stream.integer(1, 3_000), 0);
        }
    });
    assert!(seen.len() > 500);
    let quotes = std::mem::take(&mut simulation.recorder().quote_rows);
    for (now, quote) in seen {
        let then = quotes.iter().rev().find(|row| row.time_ns <= now - DELAY);
        let row = then.copied().unwrap_or_default();
        let expected = (row.time_ns, row.bid, row.bid_quantity, row.ask, row.ask_quantity);
        assert_eq!((quote.time, quote.bid, quote.bid_lots, quote.ask, quote.ask_lots), expected, "at {now}");
    }
}

#[test]
fn followers_hear_of_the_book_and_of_trades_after_the_feed_delay() {
    let interests = Interests::BOOK.and(Interests::TRADES);
    let follower = with(foreign("follower", 1, interests), "latency", constant(400, 0, 0, 0));
    let mut simulation = make(&plain(1, vec![follower, foreign("trader", 2, Interests::TIMERS)]));
    let mut heard = Vec::new();
    play(&mut simulation, |simulation, call| {
        let now = simulation.now();
        let mut context = simulation.context(call.agent);
        match (call.agent, call.due) {
            (0, Due::Book(0)) => heard.push((now, "book", context.quote(0).bid_lots as i64)),
            (0, Due::Note(note)) => {
                assert_eq!((note.kind, note.side), (NoteKind::Printed, Some(Side::Sell)));
                heard.push((now, "trade", note.price));
            }
            (1, Due::Start) => context.wake_at(1_000, 0),
            (2, Due::Start) => context.wake_at(2_000, 0),
            (1, _) => {
                context.place(Order::limit(0, Side::Buy, 5, 9_990));
            }
            (2, _) => {
                context.place(Order::market(0, Side::Sell, 2));
            }
            _ => {}
        }
    });
    // The trade and the change of the book by it are of one moment.
    assert_eq!(heard, [(1_400, "book", 5), (2_400, "trade", 9_990), (2_400, "book", 3)]);
}

#[test]
fn a_call_stops_the_clock_until_it_is_made() {
    let mut simulation = make(&plain(1, vec![foreign("one", 1, Interests::TIMERS)]));
    assert!(matches!(simulation.advance(0, u64::MAX), Outcome::Call(_)));
    simulation.context(0).wake_at(700, 5);
    assert_eq!(simulation.advance(699, u64::MAX), Outcome::Reached);
    assert_eq!(simulation.now(), 699);
    let Outcome::Call(call) = simulation.advance(i64::MAX, u64::MAX) else { panic!("it is due") };
    assert_eq!((simulation.now(), call.due), (700, Due::Timer(5)));
    assert_eq!(simulation.advance(i64::MAX, u64::MAX), Outcome::Ended);
    assert_eq!(simulation.advance(i64::MAX, u64::MAX), Outcome::Ended, "and stays so");
    assert_eq!(simulation.now(), SECOND);
}
