//! One suite for every implementation of the book, and the two of them against each other.

// Tests cast freely between small numbers and index what they have just built.
#![allow(clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#![allow(clippy::cast_possible_wrap)]

mod support;

use exchange::book::{Book, FastBook, Fill, Handle, LevelView, ReferenceBook, Resting};
use exchange::units::{Lots, MAX_ORDER_LOTS, MAX_PRICE_TICKS, PriceTicks, Side};
use std::collections::BTreeMap;
use support::{Draw, Prices};

const SIDES: [Side; 2] = [Side::Buy, Side::Sell];

fn put(book: &mut impl Book, side: Side, price: i64, quantity: u64, tag: u64) -> Handle {
    book.insert(side, PriceTicks::new(price), Lots::new(quantity), tag)
}

fn best(book: &impl Book, side: Side) -> Option<i64> {
    book.best(side).map(PriceTicks::get)
}

fn levels(book: &impl Book, side: Side) -> Vec<(i64, u64)> {
    let mut seen = Vec::new();
    book.visit_levels(side, |LevelView { price, quantity }| {
        seen.push((price.get(), quantity));
        true
    });
    seen
}

fn tags(book: &impl Book, side: Side) -> Vec<u64> {
    let mut seen = Vec::new();
    book.visit_orders(side, |order| {
        seen.push(order.tag);
        true
    });
    seen
}

/// Everything of an order but the name that its book gave it.
fn terms(order: Resting) -> (Side, i64, u64, u64) {
    (order.side, order.price.get(), order.quantity.get(), order.tag)
}

fn an_empty_book_has_nothing<B: Book>() {
    let mut book = B::default();
    assert!(book.is_empty() && book.has_room());
    for side in SIDES {
        assert_eq!(best(&book, side), None);
        assert_eq!(book.front(side), None);
        assert_eq!(book.fill_front(side, Lots::new(1)), 0);
        assert_eq!(book.quantity_at(side, PriceTicks::new(0)), 0);
        assert!(levels(&book, side).is_empty() && tags(&book, side).is_empty());
        for price in [MAX_PRICE_TICKS, -MAX_PRICE_TICKS] {
            assert!(!book.crosses(side, PriceTicks::new(price)));
        }
        assert_eq!(book.sweep(side, PriceTicks::new(i64::MAX), Lots::new(5), |_| unreachable!()), 5);
        assert_eq!(book.sweep(side, PriceTicks::new(i64::MIN), Lots::new(5), |_| unreachable!()), 5);
    }
}

fn orders_queue_by_price_then_time<B: Book>() {
    let mut book = B::default();
    for (price, tag) in [(10, 1), (11, 2), (10, 3), (9, 4), (11, 5)] {
        put(&mut book, Side::Buy, price, 1, tag);
        put(&mut book, Side::Sell, price, 1, tag + 10);
    }
    assert_eq!(tags(&book, Side::Buy), [2, 5, 1, 3, 4]);
    assert_eq!(tags(&book, Side::Sell), [14, 11, 13, 12, 15]);
    assert_eq!(book.front(Side::Buy).map(terms), Some((Side::Buy, 11, 1, 2)));
    assert_eq!(book.front(Side::Sell).map(terms), Some((Side::Sell, 9, 1, 14)));
    assert_eq!(book.len(), 10);
}

fn levels_sum_their_orders<B: Book>() {
    let mut book = B::default();
    let first = put(&mut book, Side::Sell, 5, 10, 1);
    let second = put(&mut book, Side::Sell, 5, 20, 2);
    put(&mut book, Side::Sell, 7, MAX_ORDER_LOTS, 3);
    assert_eq!(levels(&book, Side::Sell), [(5, 30), (7, MAX_ORDER_LOTS)]);
    book.reduce(second, Lots::new(19));
    assert_eq!(terms(book.get(second)), (Side::Sell, 5, 1, 2));
    assert_eq!(book.quantity_at(Side::Sell, PriceTicks::new(5)), 11);
    assert_eq!(terms(book.remove(first)), (Side::Sell, 5, 10, 1));
    assert_eq!(levels(&book, Side::Sell), [(5, 1), (7, MAX_ORDER_LOTS)]);
    assert_eq!(book.quantity_at(Side::Buy, PriceTicks::new(5)), 0);
    let mut visited = 0;
    book.visit_levels(Side::Sell, |_| {
        visited += 1;
        false
    });
    book.visit_orders(Side::Sell, |_| {
        visited += 1;
        false
    });
    assert_eq!(visited, 2);
}

fn a_reduced_order_keeps_its_place<B: Book>() {
    let mut book = B::default();
    let first = put(&mut book, Side::Buy, 5, 10, 1);
    put(&mut book, Side::Buy, 5, 10, 2);
    book.reduce(first, Lots::new(9));
    assert_eq!(tags(&book, Side::Buy), [1, 2]);
    assert_eq!(book.fill_front(Side::Buy, Lots::new(1)), 0);
    assert_eq!(book.fill_front(Side::Buy, Lots::new(4)), 6);
    assert_eq!(tags(&book, Side::Buy), [2]);
    assert_eq!(levels(&book, Side::Buy), [(5, 6)]);
}

fn the_best_is_found_anew_after_a_removal<B: Book>() {
    for side in SIDES {
        let mut book = B::default();
        let sign = if side == Side::Buy { -1 } else { 1 };
        let far = [0, 1, 63, 64, 65, 511, 512, 4_095, 4_096, 40_000, 262_143, 262_144, 1 << 30, 1 << 40];
        let handles: Vec<Handle> = far.iter().map(|&step| put(&mut book, side, sign * step, 1, 0)).collect();
        for (index, handle) in handles.into_iter().enumerate() {
            assert_eq!(best(&book, side), Some(sign * far[index]));
            book.remove(handle);
        }
        assert_eq!(best(&book, side), None);
        put(&mut book, side, sign * -77, 1, 0);
        assert_eq!(best(&book, side), Some(sign * -77));
    }
}

fn a_removal_from_the_middle_keeps_the_queue<B: Book>() {
    let mut book = B::default();
    let handles: Vec<Handle> = (0..5).map(|tag| put(&mut book, Side::Sell, 3, 1, tag)).collect();
    book.remove(handles[2]);
    assert_eq!(tags(&book, Side::Sell), [0, 1, 3, 4]);
    book.remove(handles[4]);
    put(&mut book, Side::Sell, 3, 1, 9);
    assert_eq!(tags(&book, Side::Sell), [0, 1, 3, 9]);
    book.remove(handles[0]);
    assert_eq!(tags(&book, Side::Sell), [1, 3, 9]);
}

fn edge_prices_are_prices<B: Book>() {
    let prices = [-MAX_PRICE_TICKS, -MAX_PRICE_TICKS + 1, -1, 0, 1, MAX_PRICE_TICKS - 1, MAX_PRICE_TICKS];
    let mut book = B::default();
    for side in SIDES {
        for price in prices {
            put(&mut book, side, price, 2, 0);
        }
    }
    let ascending: Vec<(i64, u64)> = prices.iter().map(|&price| (price, 2)).collect();
    let descending: Vec<(i64, u64)> = ascending.iter().rev().copied().collect();
    assert_eq!(levels(&book, Side::Sell), ascending);
    assert_eq!(levels(&book, Side::Buy), descending);
    assert_eq!(best(&book, Side::Buy), Some(MAX_PRICE_TICKS));
    assert_eq!(best(&book, Side::Sell), Some(-MAX_PRICE_TICKS));
    assert_eq!(book.sweep(Side::Buy, PriceTicks::new(MAX_PRICE_TICKS), Lots::new(100), |_| {}), 86);
    assert_eq!(book.sweep(Side::Sell, PriceTicks::new(-MAX_PRICE_TICKS), Lots::new(100), |_| {}), 86);
    assert!(book.is_empty());
}

fn a_sweep_stops_at_limit_and_quantity<B: Book>() {
    let mut book = B::default();
    for (price, quantity, tag) in [(10, 5, 1), (10, 7, 2), (12, 4, 3), (15, 9, 4)] {
        put(&mut book, Side::Sell, price, quantity, tag);
    }
    let mut fills = Vec::new();
    let mut note = |fill: Fill| fills.push((fill.tag, fill.price.get(), fill.quantity.get(), fill.left));
    assert!(!book.crosses(Side::Buy, PriceTicks::new(9)) && book.crosses(Side::Buy, PriceTicks::new(10)));
    assert_eq!(book.sweep(Side::Buy, PriceTicks::new(9), Lots::new(4), &mut note), 4);
    assert_eq!(book.sweep(Side::Buy, PriceTicks::new(12), Lots::new(3), &mut note), 0);
    assert_eq!(book.sweep(Side::Buy, PriceTicks::new(12), Lots::new(9), &mut note), 0);
    assert_eq!(book.sweep(Side::Buy, PriceTicks::new(14), Lots::new(9), &mut note), 5);
    assert_eq!(fills, [(1, 10, 3, 2), (1, 10, 2, 0), (2, 10, 7, 0), (3, 12, 4, 0)]);
    assert_eq!(levels(&book, Side::Sell), [(15, 9)]);
}

fn a_book_may_be_crossed<B: Book>() {
    let mut book = B::default();
    put(&mut book, Side::Buy, 20, 1, 1);
    put(&mut book, Side::Sell, 10, 1, 2);
    assert_eq!((best(&book, Side::Buy), best(&book, Side::Sell)), (Some(20), Some(10)));
}

fn a_drifting_market_keeps_its_orders<B: Book>() {
    for side in SIDES {
        let mut book = B::default();
        let mut handles = std::collections::VecDeque::new();
        for step in 0..30_000_i64 {
            handles.push_back((step, put(&mut book, side, step * 17, 1, step as u64)));
            if handles.len() > 40 {
                let Some((born, handle)) = handles.pop_front() else { break };
                assert_eq!(terms(book.remove(handle)), (side, born * 17, 1, born as u64));
            }
            let expected = if side == Side::Buy { step } else { handles[0].0 };
            assert_eq!(best(&book, side), Some(expected * 17));
        }
    }
}

fn far_apart_prices_alternate<B: Book>() {
    for side in SIDES {
        let mut book = B::default();
        let mut standing = BTreeMap::new();
        let mut waiting = std::collections::VecDeque::new();
        for step in 0..4_000_i64 {
            let far = if step % 2 == 0 { MAX_PRICE_TICKS } else { -MAX_PRICE_TICKS };
            for price in [step, far] {
                waiting.push_back((price, put(&mut book, side, price, 1, 0)));
                *standing.entry(price).or_insert(0) += 1;
            }
            while waiting.len() > (step % 90) as usize {
                let Some((price, handle)) = waiting.pop_front() else { break };
                book.remove(handle);
                *standing.entry(price).or_insert(0) -= 1;
                standing.retain(|_, count| *count > 0);
            }
            let expected =
                if side == Side::Buy { standing.keys().next_back() } else { standing.keys().next() };
            assert_eq!(best(&book, side), expected.copied());
        }
    }
}

macro_rules! suite {
    ($($case:ident),+ $(,)?) => {
        mod reference_book {
            $(#[test] fn $case() { super::$case::<exchange::book::ReferenceBook>(); })+
        }
        mod fast_book {
            $(#[test] fn $case() { super::$case::<exchange::book::FastBook>(); })+
        }
    };
}

suite!(
    an_empty_book_has_nothing,
    orders_queue_by_price_then_time,
    levels_sum_their_orders,
    a_reduced_order_keeps_its_place,
    the_best_is_found_anew_after_a_removal,
    a_removal_from_the_middle_keeps_the_queue,
    edge_prices_are_prices,
    a_sweep_stops_at_limit_and_quantity,
    a_book_may_be_crossed,
    a_drifting_market_keeps_its_orders,
    far_apart_prices_alternate,
);

/// Both books under the same commands.
#[derive(Default)]
struct Pair {
    fast: FastBook,
    reference: ReferenceBook,
    names: BTreeMap<u64, (Handle, Handle)>,
    last_tag: u64,
}

impl Pair {
    fn insert(&mut self, side: Side, price: i64, quantity: u64) {
        self.last_tag += 1;
        let tag = self.last_tag;
        let names = (
            put(&mut self.fast, side, price, quantity, tag),
            put(&mut self.reference, side, price, quantity, tag),
        );
        self.names.insert(tag, names);
    }

    /// A live order, more often a recent one.
    fn pick(&self, draw: &mut Draw) -> Option<(u64, Handle, Handle)> {
        let reach = if draw.percent(70) { 20 } else { self.last_tag };
        let from = self.last_tag.saturating_sub(draw.below(reach + 1));
        let found = self.names.range(from..).next().or_else(|| self.names.iter().next());
        found.map(|(&tag, &(fast, reference))| (tag, fast, reference))
    }

    fn sweep(&mut self, side: Side, limit: i64, quantity: u64) {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let (limit, quantity) = (PriceTicks::new(limit), Lots::new(quantity));
        assert_eq!(self.fast.crosses(side, limit), self.reference.crosses(side, limit));
        let left = self.fast.sweep(side, limit, quantity, |fill| ours.push(fill));
        assert_eq!(left, self.reference.sweep(side, limit, quantity, |fill| theirs.push(fill)));
        assert_eq!(ours, theirs);
        for fill in ours.iter().filter(|fill| fill.left == 0) {
            self.names.remove(&fill.tag);
        }
    }

    fn step(&mut self, draw: &mut Draw, prices: &mut Prices, crowd: u64) {
        let side = SIDES[draw.below(2) as usize];
        let price = prices.next(draw);
        let quantity = if draw.percent(2) { MAX_ORDER_LOTS } else { 1 + draw.below(30) };
        let grows = (self.names.len() as u64) < crowd;
        match draw.below(100) {
            0..=39 if grows => self.insert(side, price, quantity),
            0..=64 => {
                if let Some((tag, fast, reference)) = self.pick(draw) {
                    assert_eq!(terms(self.fast.remove(fast)), terms(self.reference.remove(reference)));
                    self.names.remove(&tag);
                }
            }
            65..=74 => {
                if let Some((_, fast, reference)) = self.pick(draw) {
                    let order = self.fast.get(fast);
                    assert_eq!(terms(order), terms(self.reference.get(reference)));
                    if order.quantity.get() > 1 {
                        let by = Lots::new(1 + draw.below(order.quantity.get() - 1));
                        self.fast.reduce(fast, by);
                        self.reference.reduce(reference, by);
                    }
                }
            }
            75..=84 => {
                if let Some(front) = self.reference.front(side) {
                    let lots = Lots::new(draw.below(front.quantity.get() + 2));
                    let left = self.fast.fill_front(side, lots);
                    assert_eq!(left, self.reference.fill_front(side, lots));
                    if left == 0 {
                        self.names.remove(&front.tag);
                    }
                }
            }
            85..=89 => self.sweep(side, price, quantity),
            _ => self.insert(side, price, quantity),
        }
        self.compare_top(price);
    }

    fn compare_top(&self, price: i64) {
        for side in SIDES {
            assert_eq!(self.fast.best(side), self.reference.best(side));
            assert_eq!(self.fast.front(side).map(terms), self.reference.front(side).map(terms));
            let price = PriceTicks::new(price);
            assert_eq!(self.fast.quantity_at(side, price), self.reference.quantity_at(side, price));
        }
        assert_eq!(self.fast.len(), self.reference.len());
    }

    fn compare_whole(&self) {
        assert_eq!(self.fast.check(), Ok(()));
        for side in SIDES {
            assert_eq!(levels(&self.fast, side), levels(&self.reference, side));
            assert_eq!(tags(&self.fast, side), tags(&self.reference, side));
        }
    }
}

#[test]
fn the_two_books_agree_on_every_answer() {
    for seed in 0..24 {
        let mut draw = Draw(seed);
        let mut prices = Prices::new(MAX_PRICE_TICKS);
        let mut pair = Pair::default();
        let crowd = [8, 60, 400, 3_000][seed as usize % 4];
        for step in 0..50_000_u64 {
            pair.step(&mut draw, &mut prices, crowd);
            if step % 500 == 0 {
                pair.compare_whole();
            }
        }
        pair.compare_whole();
    }
}
