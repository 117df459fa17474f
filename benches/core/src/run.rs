//! Applies a flow to an engine under the clock.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crossbook_matching_abi::ring::channel;
use exchange::book::Book;
use exchange::matcher::{Matcher, Message, Report, WARMED, report_kind};

use crate::flow::{BOOKS, Flow};

/// Messages handed to the engine at a time, and after which the arena of reports is used again.
pub const BATCH: usize = 1_024;
/// Reports that the ring between the threads holds.
const RING_REPORTS: usize = 1 << 14;

/// What a run came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// How long the messages took.
    pub nanoseconds: u64,
    /// How many reports they gave.
    pub reports: u64,
    /// How many of those were trades.
    pub trades: u64,
    /// The state at the end.
    pub state_hash: u64,
}

fn arena() -> Vec<Report> {
    Vec::with_capacity(BATCH * 64)
}

/// One engine, reports into an arena that is used again after each batch.
pub fn in_process<B: Book>(mut matcher: Matcher<B>, flow: &Flow, limit: usize) -> Outcome {
    let mut reports = arena();
    for batch in flow.opening.chunks(BATCH) {
        reports.clear();
        matcher.apply_batch(batch, &mut reports);
    }
    let messages = &flow.messages[..limit.min(flow.messages.len())];
    let mut count = 0;
    let start = Instant::now();
    for batch in messages.chunks(BATCH) {
        reports.clear();
        matcher.apply_batch(batch, &mut reports);
        count += black_box(&reports).len() as u64;
    }
    let nanoseconds = start.elapsed().as_nanos() as u64;
    Outcome { nanoseconds, reports: count, trades: 0, state_hash: matcher.state_hash() }
}

/// As [`in_process`], but counts the trades and the deepest book, with no clock that could be believed.
pub fn describe<B: Book>(mut matcher: Matcher<B>, flow: &Flow) -> (u64, u32) {
    let mut reports = arena();
    let (mut trades, mut deepest) = (0, 0);
    for batch in flow.opening.chunks(BATCH).chain(flow.messages.chunks(BATCH)) {
        reports.clear();
        matcher.apply_batch(batch, &mut reports);
        trades += reports.iter().filter(|report| report.kind == report_kind::TRADE).count() as u64;
        deepest = deepest.max(matcher.book().len());
    }
    (trades, deepest)
}

/// One engine, reports over our ring to a second thread that reads every one of them. The clock stops when
/// the last report was read.
pub fn over_ring<B: Book>(mut matcher: Matcher<B>, flow: &Flow, limit: usize) -> Option<Outcome> {
    let messages = &flow.messages[..limit.min(flow.messages.len())];
    let (mut producer, mut consumer) = channel(RING_REPORTS)?;
    let mut reports = arena();
    for batch in flow.opening.chunks(BATCH) {
        reports.clear();
        matcher.apply_batch(batch, &mut reports);
    }
    let done = AtomicBool::new(false);
    let (nanoseconds, count, trades) = std::thread::scope(|scope| {
        let done = &done;
        let reader = scope.spawn(move || {
            let (mut count, mut trades) = (0_u64, 0_u64);
            loop {
                let was_done = done.load(Ordering::Acquire);
                let taken = consumer.visit(|report| trades += u64::from(report.kind == report_kind::TRADE));
                count += taken as u64;
                if taken == 0 {
                    if was_done {
                        return (count, trades);
                    }
                    std::hint::spin_loop();
                }
            }
        });
        let start = Instant::now();
        for batch in messages.chunks(BATCH) {
            matcher.apply_batch(batch, &mut producer);
        }
        producer.flush();
        done.store(true, Ordering::Release);
        let (count, trades) = reader.join().unwrap_or_default();
        (start.elapsed().as_nanos() as u64, count, trades)
    });
    Some(Outcome { nanoseconds, reports: count, trades, state_hash: matcher.state_hash() })
}

/// Many engines that take turns, message by message.
pub fn many_books<B: Book + Clone>(matcher: &Matcher<B>, flow: &Flow, limit: usize) -> Outcome {
    let mut matchers = vec![matcher.clone(); BOOKS];
    let mut reports = arena();
    let (opening_books, books) = flow.books.split_at(flow.opening.len());
    let mut apply = |messages: &[Message], books: &[u16], reports: &mut Vec<Report>| {
        reports.clear();
        for (messages, books) in messages.chunks(WARMED).zip(books.chunks(WARMED)) {
            let each = || messages.iter().zip(books).map(|(message, &book)| (message, usize::from(book)));
            let mut found = [[0; 2]; WARMED];
            for ((message, book), found) in each().zip(&mut found) {
                *found = matchers[book].glance_at_id(message);
            }
            for ((message, book), found) in each().zip(&mut found) {
                *found = matchers[book].glance_at_order(message, *found);
            }
            let rest =
                each().zip(&found).map(|((_, book), found)| matchers[book].glance_at_neighbours(*found));
            black_box(rest.fold(0, |seen, word| seen ^ word));
            for (message, &book) in messages.iter().zip(books) {
                matchers[usize::from(book)].apply(message, reports);
            }
        }
    };
    for (batch, books) in flow.opening.chunks(BATCH).zip(opening_books.chunks(BATCH)) {
        apply(batch, books, &mut reports);
    }
    let messages = &flow.messages[..limit.min(flow.messages.len())];
    let mut count = 0;
    let start = Instant::now();
    for (batch, books) in messages.chunks(BATCH).zip(books.chunks(BATCH)) {
        apply(batch, books, &mut reports);
        count += black_box(&reports).len() as u64;
    }
    let nanoseconds = start.elapsed().as_nanos() as u64;
    let state_hash = matchers.iter().fold(0_u64, |hash, matcher| hash.rotate_left(5) ^ matcher.state_hash());
    Outcome { nanoseconds, reports: count, trades: 0, state_hash }
}
