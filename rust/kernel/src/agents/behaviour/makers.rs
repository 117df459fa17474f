//! Agents that make the market.

use serde_json::{Value, json};

use super::*;
use crate::agents::avellaneda_stoikov::Params;
use crate::agents::testing::group;

const LADDER: i64 = 10 * SECOND;

/// A ladder every ten seconds, placed a second after the look, beside quotes and takers.
fn ladders(seed: u64, quoted_lots: u64) -> Run {
    let maker = json!({"kind": "adaptive_maker", "interval_ns": 10e9, "random": false, "levels": 3, "spacing": 2.0,
        "share": 0.1, "least_lots": 5, "first_window": 20.0, "spread_weight": 0.1, "cancel_delay_ns": SECOND});
    let takers =
        json!({"kind": "taker", "interval_ns": 5e9, "size": {"kind": "uniform", "low": 1, "high": 19}});
    let quoter = Quoter { half_spread: 4.0, ..steady(quoted_lots) };
    finish(&mut quoted(seed, 600, quoter, vec![group("maker", 1, maker), group("taker", 10, takers)]))
}

#[test]
fn a_ladder_is_as_wide_as_the_spread_was_and_as_large_as_its_share_of_the_volume() {
    for seed in 1..=4 {
        let run = ladders(seed, 200);
        let mut window = 20.0;
        let mut volume = 0;
        let mut full = 0;
        for number in 0..59 {
            let look = number * LADDER;
            let last = run.of(EventKind::Trade).filter(|trade| trade.time_ns < look).last();
            let mut mid = last.map_or(10_000.0, |trade| trade.price as f64);
            let seen = run.quotes.iter().rev().find(|quote| quote.time_ns < look);
            if let Some(quote) = seen.filter(|quote| quote.bid_quantity > 0 && quote.ask_quantity > 0) {
                window += 0.1 * ((quote.ask - quote.bid) as f64 - window);
                mid = (quote.bid + quote.ask) as f64 * 0.5;
            }
            let traded = run.of(EventKind::Trade).filter(|trade| trade.time_ns < look);
            let so_far: u64 = traded.map(|trade| trade.quantity).sum();
            let lots = (libm::floor((so_far - volume) as f64 * 0.1 + 0.5) as u64).max(5);
            volume = so_far;
            let placed: Vec<(u8, i64, u64)> = orders_of(&run, 1)
                .iter()
                .filter(|order| order.time_ns == look + SECOND)
                .map(|order| (order.side, order.price, order.quantity))
                .collect();
            let mut expected = Vec::new();
            for level in 0..3 {
                let away = 0.5 * window + f64::from(level) * f64::max(2.0 * window, 1.0);
                expected.push((0, libm::floor(mid - away + 1e-9) as i64, lots));
                expected.push((1, libm::ceil(mid + away - 1e-9) as i64, lots));
            }
            assert_eq!(placed, expected, "seed {seed} ladder {number}");
            full += u64::from(lots > 5);
        }
        assert!(window < 10.0, "it came near the spread of eight or less: {window}");
        assert!(full > 20, "seed {seed}: {full} ladders of more than the least");
    }
}

#[test]
fn a_ladder_is_gone_between_the_cancel_and_the_next() {
    for seed in 1..=4 {
        let run = ladders(seed, 10);
        let gap = |time: i64| (1..SECOND).contains(&(time % LADDER));
        let trades = run.trades_of(1..2);
        assert!(trades.len() > 50, "it trades: {}", trades.len());
        assert!(trades.iter().all(|trade| !gap(trade.1.time_ns)), "seed {seed}");
        let cancelled = run.of(EventKind::Cancelled).filter(|event| event.account == 2);
        assert!(cancelled.into_iter().all(|event| event.time_ns % LADDER == 0));
    }
}

#[test]
fn a_maker_alone_quotes_both_sides_all_day() {
    let maker = json!({"kind": "adaptive_maker", "interval_ns": 10e9, "levels": 4, "spacing": 0.5, "share": 0.1,
        "least_lots": 50});
    let takers = json!({"kind": "taker", "interval_ns": 10e9});
    for seed in 1..=4 {
        let run = finish(&mut market(
            seed,
            1_000,
            vec![group("maker", 1, maker.clone()), group("taker", 10, takers.clone())],
        ));
        let mut open = 0;
        for pair in run.quotes.windows(2) {
            if pair[0].bid_quantity > 0 && pair[0].ask_quantity > 0 {
                open += pair[1].time_ns - pair[0].time_ns;
            }
        }
        assert!(open > 990 * SECOND, "seed {seed}: two-sided for {} s", open / SECOND);
    }
}

fn stoikov(gamma: f64) -> Value {
    json!({"kind": "avellaneda_stoikov", "interval_ns": SECOND, "gamma": gamma, "sigma": 1.0, "k": 0.5,
        "horizon_s": 100.0, "lots": 5, "position_lots": 500})
}

#[test]
fn the_formula_of_avellaneda_and_stoikov_by_hand() {
    let params: Params =
        serde_json::from_value(json!({"interval_ns": 1, "gamma": 0.1, "sigma": 2.0, "k": 1.5,
        "lots": 1, "position_lots": 9}))
        .expect("sound");
    // Two held, one second left: risk 0.1 * 4 = 0.4; half the spread 0.2 + 10 ln(1.0666...) = 0.845385.
    let (bid, ask) = params.quotes(100.0, 2.0, 1.0);
    assert!((bid - 98.354_615).abs() < 1e-6, "{bid}");
    assert!((ask - 100.045_385).abs() < 1e-6, "{ask}");
}

/// Every quote worked out from the book and the position before it.
#[test]
fn quotes_of_avellaneda_and_stoikov_are_the_formula_to_the_tick() {
    for seed in 1..=4 {
        let takers =
            json!({"kind": "taker", "interval_ns": 5e9, "size": {"kind": "uniform", "low": 1, "high": 9}});
        let quoter = Quoter { half_spread: 6.0, interval_ns: 3 * SECOND, ..steady(1_000) };
        let run = finish(&mut quoted(
            seed,
            300,
            quoter,
            vec![group("maker", 1, stoikov(0.02)), group("taker", 5, takers)],
        ));
        let (orders, trades) = (orders_of(&run, 1), run.trades_of(1..2));
        let mut leant = 0;
        for number in (1..300).filter(|number| number % 3 != 0) {
            let now = number * SECOND;
            let quote = run.quotes.iter().rev().find(|quote| quote.time_ns < now).expect("a quote");
            let held: i64 = trades
                .iter()
                .filter(|trade| trade.1.time_ns < now)
                .map(|(sign, trade)| sign * trade.quantity as i64)
                .sum();
            let mid = (quote.bid + quote.ask) as f64 * 0.5;
            let risk = 0.02 * 100.0;
            let middle = mid - held as f64 / 5.0 * risk;
            let half = 0.5 * risk + libm::log1p(0.02 / 0.5) / 0.02;
            let bid = (libm::floor(middle - half + 1e-9) as i64).min(quote.ask - 1);
            let ask = (libm::ceil(middle + half - 1e-9) as i64).max(quote.bid + 1);
            let placed: Vec<i64> =
                orders.iter().filter(|order| order.time_ns == now).map(|order| order.price).collect();
            assert_eq!(placed, [bid, ask], "seed {seed} at {number} s holding {held}");
            leant += i32::from(held != 0);
        }
        assert!(leant > 50, "it held something at {leant} quotes");
    }
}

/// What is held at the end, by a maker within quotes far apart.
fn inventories(gamma: f64) -> Vec<f64> {
    let takers = json!({"kind": "taker", "interval_ns": 10e9, "size": {"kind": "fixed", "lots": 5}});
    let held = |seed: u64| {
        let quoter = Quoter { half_spread: 8.0, ..steady(1_000) };
        let groups = vec![group("maker", 1, stoikov(gamma)), group("taker", 5, takers.clone())];
        net(&finish(&mut quoted(seed, 500, quoter, groups)), 1..2) as f64
    };
    (1..=24).map(held).collect()
}

#[test]
fn aversion_to_risk_keeps_the_inventory_small() {
    let (averse, careless) = (inventories(0.02), inventories(1e-6));
    println!(
        "avellaneda stoikov: deviation of inventory {:.1}, careless {:.1}",
        variance(&averse).sqrt(),
        variance(&careless).sqrt()
    );
    assert!(variance(&averse) < 0.25 * variance(&careless), "{averse:?} {careless:?}");
}

#[test]
fn a_symmetric_maker_quotes_at_its_distance_and_never_holds_more_than_it_may() {
    for seed in 1..=4 {
        let maker = json!({"kind": "symmetric_maker", "interval_ns": SECOND, "spread": 0.0002, "lots": 7, "position_lots": 20});
        // Everybody sells: it buys until it may hold no more.
        let takers = json!({"kind": "taker", "interval_ns": 5e9, "buys": 0.1, "careful": true,
            "size": {"kind": "uniform", "low": 1, "high": 9}});
        let groups = vec![group("maker", 1, maker), group("taker", 10, takers)];
        let run = finish(&mut quoted(seed, 600, Quoter { half_spread: 20.0, ..steady(10_000) }, groups));
        let (mut held, mut most, mut bids, mut asks) = (0_i64, 0, 0, 0);
        let trades = run.trades_of(1..2);
        let mut traded = trades.iter().peekable();
        for order in orders_of(&run, 1) {
            while let Some((sign, trade)) = traded.next_if(|trade| trade.1.sequence < order.sequence) {
                held += sign * trade.quantity as i64;
                most = most.max(held.abs());
            }
            let seen = run.quotes.iter().rev().find(|quote| quote.time_ns < order.time_ns).expect("quotes");
            let mid = (seen.bid + seen.ask) as f64 * 0.5;
            let (room, price) = if order.side == 0 {
                (20 - held, libm::floor((mid - 0.0001 * mid).min((seen.ask - 1) as f64) + 1e-9))
            } else {
                (20 + held, libm::ceil((mid + 0.0001 * mid).max((seen.bid + 1) as f64) - 1e-9))
            };
            let told = format!("seed {seed} at {}", order.time_ns);
            assert_eq!((order.price, order.quantity as i64), (price as i64, room.min(7)), "{told}");
            *if order.side == 0 { &mut bids } else { &mut asks } += 1;
        }
        assert_eq!(most, 20, "seed {seed}");
        assert!(asks > 590, "seed {seed}: {asks} asks");
        assert!((50..500).contains(&bids), "seed {seed}: {bids} bids, for it was full");
    }
}
