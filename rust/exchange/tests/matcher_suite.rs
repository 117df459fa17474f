//! The matching engine: what each message is answered with, and the same on either book.

// Tests cast freely between small numbers and index what they have just built.
#![allow(clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#![allow(clippy::cast_possible_wrap)]

mod support;

use exchange::book::{Book, FastBook, ReferenceBook};
use exchange::matcher::{Matcher, Message, Report, message_kind, reason, report_kind};
use exchange::units::{MAX_PRICE_TICKS, PriceTicks, Side};
use proptest::prelude::*;
use support::{Draw, Prices};

/// Kind, sequence, id, side, price, quantity, maker, taker, reason.
type Answer = (u8, u64, u64, u8, i64, u32, u64, u64, u64);

fn answer(report: &Report) -> Answer {
    let Report {
        kind, side, sequence, order_id, price_ticks, quantity_lots, maker_id, taker_id, reason, ..
    } = *report;
    (kind, sequence, order_id, side, price_ticks, quantity_lots, maker_id, taker_id, reason)
}

fn message(kind: u8, id: u64, side: u8, price: i64, quantity: u32) -> Message {
    Message { kind, order_id: id, price_ticks: price, quantity_lots: quantity, side, ..Message::default() }
}

fn new(id: u64, side: u8, price: i64, quantity: u32) -> Message {
    message(message_kind::NEW, id, side, price, quantity)
}

fn immediate(id: u64, side: u8, price: i64, quantity: u32) -> Message {
    Message { immediate_or_cancel: 1, ..new(id, side, price, quantity) }
}

fn cancel(id: u64) -> Message {
    message(message_kind::CANCEL, id, 0, 0, 0)
}

fn modify(id: u64, price: i64, quantity: u32) -> Message {
    message(message_kind::MODIFY, id, 0, price, quantity)
}

/// Runs the messages, numbered from zero, on both books and gives the answers, which must agree.
fn run(messages: &[Message]) -> Vec<Answer> {
    let mut fast = Matcher::<FastBook>::default();
    let mut reference = Matcher::<ReferenceBook>::default();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (sequence, message) in messages.iter().enumerate() {
        let message = Message { sequence: sequence as u64, ..*message };
        fast.apply(&message, &mut ours);
        reference.apply(&message, &mut theirs);
        assert_eq!(ours, theirs);
        assert_eq!(fast.state_hash(), reference.state_hash());
        assert_eq!(fast.book().check(), Ok(()));
    }
    ours.iter().map(answer).collect()
}

#[test]
fn an_order_rests_and_is_cancelled() {
    assert_eq!(
        run(&[new(7, 0, 100, 5), cancel(7), cancel(7)]),
        [
            (report_kind::ACCEPTED, 0, 7, 0, 100, 5, 0, 0, 0),
            (report_kind::CANCELLED, 1, 7, 0, 100, 5, 0, 0, 0),
            (report_kind::CANCEL_REJECTED, 2, 7, 0, 0, 0, 0, 0, 0),
        ]
    );
}

#[test]
fn a_taker_trades_at_the_makers_prices_and_rests_with_what_is_left() {
    assert_eq!(
        run(&[new(1, 1, 100, 5), new(2, 1, 101, 5), new(3, 0, 101, 12), cancel(1), cancel(3)])[2..],
        [
            (report_kind::ACCEPTED, 2, 3, 0, 101, 12, 0, 0, 0),
            (report_kind::TRADE, 2, 3, 0, 100, 5, 1, 3, 0),
            (report_kind::TRADE, 2, 3, 0, 101, 5, 2, 3, 0),
            (report_kind::CANCEL_REJECTED, 3, 1, 0, 0, 0, 0, 0, 0),
            (report_kind::CANCELLED, 4, 3, 0, 101, 2, 0, 0, 0),
        ]
    );
}

#[test]
fn an_immediate_order_never_rests() {
    assert_eq!(
        run(&[
            immediate(1, 0, 9, 4),
            new(2, 0, 10, 3),
            immediate(3, 1, 9, 4),
            immediate(4, 1, 9, 1),
            cancel(3)
        ]),
        [
            (report_kind::ACCEPTED, 0, 1, 0, 9, 4, 0, 0, 0),
            (report_kind::CANCELLED, 0, 1, 0, 9, 4, 0, 0, 0),
            (report_kind::ACCEPTED, 1, 2, 0, 10, 3, 0, 0, 0),
            (report_kind::ACCEPTED, 2, 3, 1, 9, 4, 0, 0, 0),
            (report_kind::TRADE, 2, 3, 1, 10, 3, 2, 3, 0),
            (report_kind::CANCELLED, 2, 3, 1, 9, 1, 0, 0, 0),
            (report_kind::ACCEPTED, 3, 4, 1, 9, 1, 0, 0, 0),
            (report_kind::CANCELLED, 3, 4, 1, 9, 1, 0, 0, 0),
            (report_kind::CANCEL_REJECTED, 4, 3, 0, 0, 0, 0, 0, 0),
        ]
    );
}

#[test]
fn a_modified_order_goes_to_the_back_whatever_changed() {
    let answers =
        run(&[new(1, 0, 10, 5), new(2, 0, 10, 5), modify(1, 10, 4), immediate(3, 1, 10, 6), modify(9, 1, 1)]);
    assert_eq!(
        answers[2..],
        [
            (report_kind::MODIFIED, 2, 1, 0, 10, 4, 0, 0, 0),
            (report_kind::ACCEPTED, 3, 3, 1, 10, 6, 0, 0, 0),
            (report_kind::TRADE, 3, 3, 1, 10, 5, 2, 3, 0),
            (report_kind::TRADE, 3, 3, 1, 10, 1, 1, 3, 0),
            (report_kind::MODIFY_REJECTED, 4, 9, 0, 0, 0, 0, 0, 0),
        ]
    );
}

#[test]
fn a_modify_may_trade_and_is_confirmed_once() {
    assert_eq!(
        run(&[new(1, 1, 20, 5), new(2, 0, 10, 5), modify(2, 20, 5), modify(2, 20, 5), new(2, 1, 3, 1)])[2..],
        [
            (report_kind::MODIFIED, 2, 2, 0, 20, 5, 0, 0, 0),
            (report_kind::TRADE, 2, 2, 0, 20, 5, 1, 2, 0),
            (report_kind::MODIFY_REJECTED, 3, 2, 0, 0, 0, 0, 0, 0),
            (report_kind::ACCEPTED, 4, 2, 1, 3, 1, 0, 0, 0),
        ]
    );
}

#[test]
fn a_partly_filled_modify_rests_under_its_id() {
    assert_eq!(
        run(&[new(1, 1, 20, 2), new(2, 0, 10, 5), modify(2, 25, 5), cancel(2)])[2..],
        [
            (report_kind::MODIFIED, 2, 2, 0, 25, 5, 0, 0, 0),
            (report_kind::TRADE, 2, 2, 0, 20, 2, 1, 2, 0),
            (report_kind::CANCELLED, 3, 2, 0, 25, 3, 0, 0, 0),
        ]
    );
}

#[test]
fn nonsense_is_refused_with_a_number_and_changes_nothing() {
    let far = MAX_PRICE_TICKS + 1;
    let cases = [
        (message(3, 9, 0, 1, 1), reason::UNKNOWN_KIND),
        (message(255, 9, 0, 1, 1), reason::UNKNOWN_KIND),
        (new(9, 2, 1, 1), reason::UNKNOWN_SIDE),
        (new(9, 0, 1, 0), reason::ZERO_QUANTITY),
        (new(9, 0, far, 1), reason::PRICE_OUT_OF_RANGE),
        (new(9, 1, -far, 1), reason::PRICE_OUT_OF_RANGE),
        (immediate(9, 1, i64::MIN, 1), reason::PRICE_OUT_OF_RANGE),
        (new(9, 1, i64::MAX, 1), reason::PRICE_OUT_OF_RANGE),
        (new(1, 0, 5, 1), reason::DUPLICATE_ID),
        (new(1, 1, 5, 1), reason::DUPLICATE_ID),
        (immediate(1, 0, 5, 1), reason::DUPLICATE_ID),
        (modify(1, far, 1), reason::PRICE_OUT_OF_RANGE),
        (modify(1, 5, 0), reason::ZERO_QUANTITY),
    ];
    for (message, reason) in cases {
        let mut matcher = Matcher::<FastBook>::default();
        let mut reports = Vec::new();
        matcher.apply(&new(1, 0, 5, 1), &mut reports);
        let before = matcher.state_hash();
        reports.clear();
        matcher.apply(&message, &mut reports);
        assert_eq!(reports.len(), 1, "{message:?}");
        assert_eq!((reports[0].kind, reports[0].reason), (report_kind::REJECTED, reason), "{message:?}");
        assert_eq!(matcher.state_hash(), before);
    }
}

#[test]
fn best_and_depth_are_read_from_the_book() {
    let mut matcher = Matcher::<FastBook>::with_capacity(100, 5);
    let mut reports = Vec::new();
    matcher.apply_batch(&[new(1, 0, 5, 3), new(2, 0, 5, 4), new(3, 1, 8, 1)], &mut reports);
    assert_eq!(matcher.best(Side::Buy).map(PriceTicks::get), Some(5));
    assert_eq!(matcher.best(Side::Sell).map(PriceTicks::get), Some(8));
    assert_eq!(matcher.depth_at(Side::Buy, PriceTicks::new(5)), 7);
    assert_eq!(matcher.depth_at(Side::Sell, PriceTicks::new(5)), 0);
    assert_eq!(matcher.depth_at(Side::Buy, PriceTicks::new(i64::MIN)), 0);
}

/// A message of a market that is alive, with nonsense strewn in.
fn draw_message(draw: &mut Draw, prices: &mut Prices, sequence: u64, ids: u64) -> Message {
    let id = draw.below(ids);
    let price = prices.next(draw);
    let mut message = match draw.below(100) {
        0..=54 => new(id, draw.below(2) as u8, price, 1 + draw.below(50) as u32),
        55..=79 => cancel(id),
        80..=98 => modify(id, price, 1 + draw.below(50) as u32),
        _ => message(
            draw.below(256) as u8,
            draw.word(),
            draw.below(4) as u8,
            draw.word() as i64,
            draw.below(3) as u32,
        ),
    };
    if draw.percent(1) {
        message.quantity_lots = [0, 1, u32::MAX][draw.below(3) as usize];
    }
    message.immediate_or_cancel = u8::from(draw.percent(12));
    message.sequence = sequence;
    message
}

#[test]
fn both_books_give_the_same_reports_and_hashes() {
    for seed in 0..20 {
        let mut draw = Draw(seed << 32);
        let mut prices = Prices::new(if seed % 5 == 4 { 40 } else { MAX_PRICE_TICKS });
        let ids = [10, 100, 1_000, 10_000][seed as usize % 4];
        let mut fast = Matcher::<FastBook>::with_capacity(64, seed);
        let mut reference = Matcher::<ReferenceBook>::default();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for sequence in 0..50_000 {
            let message = draw_message(&mut draw, &mut prices, sequence, ids);
            ours.clear();
            theirs.clear();
            fast.apply(&message, &mut ours);
            reference.apply(&message, &mut theirs);
            assert_eq!(ours, theirs, "seed {seed}, {message:?}");
            if sequence % 250 == 0 {
                assert_eq!(fast.state_hash(), reference.state_hash(), "seed {seed}, {message:?}");
                assert_eq!(fast.book().check(), Ok(()), "seed {seed}, {message:?}");
            }
        }
        assert_eq!(fast.state_hash(), reference.state_hash());
    }
}

#[test]
fn a_batch_over_a_large_book_is_the_same_as_its_messages_one_by_one() {
    let mut draw = Draw(77);
    let mut prices = Prices::new(1 << 14);
    let mut batched = Matcher::<FastBook>::default();
    let mut single = Matcher::<FastBook>::default();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..120 {
        // First the book grows far beyond what a cache holds, then it is traded and drained.
        let messages: Vec<Message> = (0..1_000)
            .map(|index| {
                let id = round * 1_000 + index;
                if round < 90 {
                    let side = draw.below(2) as u8;
                    let away = 1 + draw.below(5_000) as i64;
                    Message { sequence: id, ..new(id, side, if side == 0 { -away } else { away }, 3) }
                } else {
                    draw_message(&mut draw, &mut prices, id, 90_000)
                }
            })
            .collect();
        ours.clear();
        theirs.clear();
        batched.apply_batch(&messages, &mut ours);
        messages.iter().for_each(|message| single.apply(message, &mut theirs));
        assert_eq!(ours, theirs, "round {round}");
        assert!(round != 89 || batched.book().len() == 90_000);
    }
    assert_eq!(batched.state_hash(), single.state_hash());
    assert_eq!(batched.book().check(), Ok(()));
}

fn any_message() -> impl Strategy<Value = Message> {
    let price = prop_oneof![8 => -3..=3_i64, 1 => any::<i64>(), 1 => Just(MAX_PRICE_TICKS), 1 => Just(-MAX_PRICE_TICKS)];
    let quantity = prop_oneof![8 => 0..6_u32, 1 => any::<u32>()];
    (0..4_u8, 0..8_u64, price, quantity, 0..3_u8, 0..2_u8).prop_map(
        |(kind, order_id, price_ticks, quantity_lots, side, immediate_or_cancel)| Message {
            kind,
            order_id,
            price_ticks,
            quantity_lots,
            side,
            immediate_or_cancel,
            ..Message::default()
        },
    )
}

proptest! {
    /// Lots are neither made nor lost: what was accepted traded, was taken off, or rests.
    #[test]
    fn any_messages_keep_the_books_equal_and_the_book_uncrossed(
        messages in prop::collection::vec(any_message(), 1..120)
    ) {
        run(&messages);
        let mut matcher = Matcher::<FastBook>::default();
        let mut reports = Vec::new();
        matcher.apply_batch(&messages, &mut reports);
        if let (Some(bid), Some(ask)) = (matcher.best(Side::Buy), matcher.best(Side::Sell)) {
            prop_assert!(bid < ask);
        }
        let mut resting: u64 = 0;
        for side in [Side::Buy, Side::Sell] {
            matcher.book().visit_levels(side, |level| { resting += level.quantity; true });
        }
        let mut expected: i128 = 0;
        let mut standing = std::collections::BTreeMap::new();
        for report in &reports {
            let lots = i128::from(report.quantity_lots);
            let id = report.order_id;
            match report.kind {
                report_kind::ACCEPTED => { expected += lots; standing.insert(id, lots); }
                report_kind::TRADE => {
                    expected -= 2 * lots;
                    for party in [report.maker_id, report.taker_id] {
                        if let Some(left) = standing.get_mut(&party) { *left -= lots; }
                    }
                }
                report_kind::CANCELLED => { expected -= lots; }
                report_kind::MODIFIED => {
                    expected += lots - standing.insert(id, lots).unwrap_or(0);
                }
                _ => {}
            }
        }
        prop_assert_eq!(expected, i128::from(resting));
    }
}
