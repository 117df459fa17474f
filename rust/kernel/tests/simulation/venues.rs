//! Several venues and several symbols: books and accounts of their own.

use exchange::units::Side;
use kernel::{Due, Interests, Order};
use serde_json::{Value, json};

use crate::house::{foreign, make, of_kind, plain, play, with};

/// One symbol at two venues, and a second symbol at the second.
fn spec(groups: Vec<Value>) -> Value {
    let mut spec = plain(10, groups);
    let market = spec["venues"][0]["markets"][0].clone();
    spec["symbols"]
        .as_array_mut()
        .unwrap()
        .push(json!({"symbol": "B", "fundamental": {"kind": "constant", "value": 50.0}}));
    let second = with(with(market.clone(), "symbol", json!(1)), "initial_price", json!(50));
    spec["venues"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "W", "model": "game", "markets": [market, second]}));
    spec
}

#[test]
fn one_symbol_at_two_venues_has_two_books_and_two_accounts() {
    let traders = with(foreign("trader", 2, Interests::FILLS), "markets", json!([0, 1, 2]));
    let mut simulation = make(&spec(vec![traders]));
    let mut held = Vec::new();
    play(&mut simulation, |simulation, call| {
        let mut context = simulation.context(call.agent);
        match (call.agent, call.due) {
            (0, Due::Start) => {
                context.place(Order::limit(0, Side::Sell, 5, 10_005));
                context.place(Order::limit(1, Side::Sell, 7, 10_003));
                context.place(Order::limit(2, Side::Buy, 9, 49));
            }
            (1, Due::Start) => context.wake_at(1_000, 0),
            (1, Due::Timer(0)) => {
                assert_eq!([0, 1, 2].map(|market| context.quote(market).ask), [10_005, 10_003, 0]);
                context.place(Order::immediate(0, Side::Buy, 2, 10_010));
                context.place(Order::immediate(1, Side::Buy, 3, 10_010));
                context.place(Order::immediate(2, Side::Sell, 4, 40));
                context.wake_at(2_000, 1);
            }
            (_, Due::Note(_)) => {}
            _ => held = [0, 1, 2].map(|market| context.position(market)).to_vec(),
        }
    });
    assert_eq!(held, [2, 3, -4]);
    assert_eq!([0, 1].map(|market| simulation.best(market, Side::Sell)), [Some(10_005), Some(10_003)]);
    assert_eq!(simulation.best(2, Side::Buy), Some(49));
    let prices = |venue: usize, simulation: &mut kernel::Simulation| -> Vec<(u32, i64, u64)> {
        of_kind(&simulation.take_events(venue), exchange::event::EventKind::Trade)
            .iter()
            .map(|trade| (trade.instrument, trade.price, trade.quantity))
            .collect()
    };
    assert_eq!(prices(0, &mut simulation), [(1, 10_005, 2)]);
    assert_eq!(prices(1, &mut simulation), [(1, 10_003, 3), (2, 49, 4)]);
    let cash = simulation.context(1).cash();
    assert_eq!(cash, 2 * 1_000_000_000 - 2 * 10_005 - 3 * 10_003 + 4 * 49, "over both venues");
    assert_eq!(simulation.event_hashes().len(), 2);
}

#[test]
fn cancelling_everything_is_for_one_market_alone() {
    let trader = with(foreign("trader", 1, Interests::TIMERS), "markets", json!([0, 1, 2]));
    let mut simulation = make(&spec(vec![trader]));
    play(&mut simulation, |simulation, call| {
        let mut context = simulation.context(call.agent);
        if call.due == Due::Start {
            for market in 0..3 {
                context.place(Order::limit(market, Side::Buy, 1, 45));
            }
            context.cancel_all(1);
        }
    });
    let bids = [0, 1, 2].map(|market| simulation.best(market, Side::Buy));
    assert_eq!(bids, [Some(45), None, Some(45)]);
}

#[test]
fn single_orders_are_cancelled_and_changed_by_their_own_names() {
    let mut simulation = make(&plain(10, vec![foreign("trader", 1, Interests::TOKENS)]));
    let mut tokens = Vec::new();
    play(&mut simulation, |simulation, call| {
        let mut context = simulation.context(0);
        match call.due {
            Due::Start => {
                tokens =
                    (0..3).map(|step| context.place(Order::limit(0, Side::Buy, 4, 9_990 + step))).collect();
                context.wake_at(1_000, 0);
            }
            _ => {
                context.cancel(0, tokens[2]);
                context.replace(0, tokens[1], 9_985, 0);
            }
        }
    });
    assert_eq!(simulation.best(0, Side::Buy), Some(9_990));
    simulation.context(0).cancel(0, tokens[0]);
    let end = simulation.end();
    assert_eq!(simulation.advance(end, u64::MAX), kernel::Outcome::Ended);
    assert_eq!(simulation.best(0, Side::Buy), Some(9_985), "a request that is due now is carried out");
}
