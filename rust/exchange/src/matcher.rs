//! The bare matching engine of one instrument: no accounts, no phases, just orders with outer ids.
//!
//! It speaks fixed-size records, a [`Message`] of 40 bytes in and [`Report`]s of 64 bytes out, laid out as
//! the public matching-engine benchmark lays them out, so that its C interface copies nothing. Reports are
//! written once, into whatever [`ReportSink`] the caller owns.
//!
//! Assumes nothing about a message: any value of any field is safe. What cannot be done is answered by one
//! report and changes nothing. An outer id names at most one live order and is free again once that order
//! has ended.
//!
//! A modify is a cancel and a new order at the back of the queue: it may trade, and it is confirmed by
//! exactly one report before its trades. The side of an order never changes; a modify's own side is not
//! read.

use crate::book::{Book, FastBook, Handle};
use crate::idtable::IdTable;
use crate::units::{Lots, MAX_PRICE_TICKS, PriceTicks, Side};

/// How many messages' memory is fetched at once: as many as a core can have reads under way.
pub const WARMED: usize = 16;
/// Live orders from which on that pays: their nodes and ids then fill far more than a core's own cache.
const WARM_FROM: usize = 1 << 16;
/// Messages after which it is asked again whether it pays.
const DECIDED: usize = 256;

/// What a [`Message`] asks for, as its `kind`.
pub mod message_kind {
    /// A new limit order.
    pub const NEW: u8 = 0;
    /// A cancel.
    pub const CANCEL: u8 = 1;
    /// A modify.
    pub const MODIFY: u8 = 2;
}

/// What a [`Report`] says, as its `kind`.
pub mod report_kind {
    /// The order was taken in; quantity and price as requested, also where it trades at once.
    pub const ACCEPTED: u8 = 0;
    /// A trade at the maker's price, under the aggressor's sequence number.
    pub const TRADE: u8 = 1;
    /// The order, or the rest of an immediate-or-cancel order, left without trading.
    pub const CANCELLED: u8 = 2;
    /// The order stands at its new price with its new quantity, last in the queue, or is about to trade.
    pub const MODIFIED: u8 = 3;
    /// No live order has the id that was to be cancelled.
    pub const CANCEL_REJECTED: u8 = 4;
    /// No live order has the id that was to be modified.
    pub const MODIFY_REJECTED: u8 = 5;
    /// The message makes no sense; the reason stands in the last field.
    pub const REJECTED: u8 = 6;
}

/// Why a message was rejected, as the last field of its report.
pub mod reason {
    /// The message's kind is none of the known ones.
    pub const UNKNOWN_KIND: u64 = 1;
    /// The side is neither zero nor one.
    pub const UNKNOWN_SIDE: u64 = 2;
    /// The quantity is zero.
    pub const ZERO_QUANTITY: u64 = 3;
    /// The price is beyond [`MAX_PRICE_TICKS`](crate::units::MAX_PRICE_TICKS) either way.
    pub const PRICE_OUT_OF_RANGE: u64 = 4;
    /// A live order has this id.
    pub const DUPLICATE_ID: u64 = 5;
    /// The book holds as many orders as it may, and the order could rest.
    pub const BOOK_FULL: u64 = 6;
}

/// A command, in the layout of the benchmark's `me_msg_t`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct Message {
    /// One of [`message_kind`].
    pub kind: u8,
    /// Not read.
    pub reserved: [u8; 7],
    /// The outer id of the order.
    pub order_id: u64,
    /// The caller's sequence number, carried into the reports.
    pub sequence: u64,
    /// The limit price of a new or modified order.
    pub price_ticks: i64,
    /// The quantity of a new or modified order.
    pub quantity_lots: u32,
    /// Zero to buy, one to sell; of a new order only.
    pub side: u8,
    /// Not zero for a new order that must not rest.
    pub immediate_or_cancel: u8,
    /// Not read.
    pub reserved_tail: [u8; 2],
}

/// An answer, in the layout of the benchmark's `me_report_t`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct Report {
    /// One of [`report_kind`].
    pub kind: u8,
    /// The side of the order; of a trade, the aggressor's.
    pub side: u8,
    /// Zero.
    pub reserved: [u8; 6],
    /// The sequence number of the message that this answers.
    pub sequence: u64,
    /// The outer id of the order; of a trade, the aggressor's.
    pub order_id: u64,
    /// The price.
    pub price_ticks: i64,
    /// The quantity.
    pub quantity_lots: u32,
    /// Zero.
    pub reserved_middle: u32,
    /// Of a trade, the outer id of the resting order.
    pub maker_id: u64,
    /// Of a trade, the outer id of the aggressor.
    pub taker_id: u64,
    /// One of [`reason`] where the message was rejected, else zero.
    pub reason: u64,
}

const _: () = assert!(size_of::<Message>() == 40, "the layout of me_msg_t");
const _: () = assert!(size_of::<Report>() == 64, "the layout of me_report_t, a cache line");

/// Where reports go.
pub trait ReportSink {
    /// Takes one report. A sink that cannot wait must have room.
    fn push(&mut self, report: Report);
}

impl ReportSink for Vec<Report> {
    #[inline(always)]
    fn push(&mut self, report: Report) {
        Self::push(self, report);
    }
}

/// The matching engine of one instrument.
#[derive(Clone, Debug, Default)]
pub struct Matcher<B = FastBook> {
    book: B,
    ids: IdTable,
}

impl Matcher<FastBook> {
    /// An empty engine with room for `orders` resting orders before anything has to grow. The seed is for
    /// the id table alone: it changes no answer.
    #[must_use]
    pub fn with_capacity(orders: u32, seed: u64) -> Self {
        let mut ids = IdTable::with_seed(seed);
        ids.reserve(orders as usize);
        Self { book: FastBook::with_capacity(orders), ids }
    }
}

impl<B: Book> Matcher<B> {
    /// The book, to look at.
    #[must_use]
    pub fn book(&self) -> &B {
        &self.book
    }

    /// The best price of a side.
    #[inline(always)]
    #[must_use]
    pub fn best(&self, side: Side) -> Option<PriceTicks> {
        self.book.best(side)
    }

    /// The quantity that stands at a price of a side.
    #[inline]
    #[must_use]
    pub fn depth_at(&self, side: Side, price: PriceTicks) -> u64 {
        self.book.quantity_at(side, price)
    }

    /// A hash of the resting orders in priority order: side, price, quantity and outer id of each. The same
    /// for every implementation of the book, whatever way its state was reached.
    #[must_use]
    pub fn state_hash(&self) -> u64 {
        // FNV-1a (Fowler, Noll and Vo, draft-eastlake-fnv), a word at a time, with a final mix of the high bits.
        let mut hash = 0xCBF2_9CE4_8422_2325_u64;
        let mut take = |word: u64| {
            hash = (hash ^ word).wrapping_mul(0x0000_0100_0000_01B3);
            hash ^= hash >> 32;
        };
        for side in [Side::Buy, Side::Sell] {
            self.book.visit_orders(side, |order| {
                take(side as u64);
                take(order.price.get().cast_unsigned());
                take(order.quantity.get());
                take(order.tag);
                true
            });
        }
        hash
    }

    /// Applies messages in order, each as if it had come alone.
    ///
    /// Where the book is larger than a core's own cache, the memory that the next [`WARMED`] messages will
    /// need is read first, all at once: the processor waits for many lines together rather than for one
    /// after the other.
    #[inline]
    pub fn apply_batch(&mut self, messages: &[Message], sink: &mut impl ReportSink) {
        for messages in messages.chunks(DECIDED) {
            if self.ids.len() <= WARM_FROM {
                for message in messages {
                    self.apply(message, sink);
                }
                continue;
            }
            for group in messages.chunks(WARMED) {
                self.warm(group);
                for message in group {
                    self.apply_far(message, sink);
                }
            }
        }
    }

    /// As [`apply`](Self::apply), in a place of its own: a second copy inside `apply_batch` would only make
    /// the first one worse.
    #[inline(never)]
    fn apply_far(&mut self, message: &Message, sink: &mut impl ReportSink) {
        self.apply(message, sink);
    }

    /// Reads the memory that up to [`WARMED`] messages will need and changes nothing. In three rounds, since
    /// an id leads to an order and an order to its neighbours: within a round no read waits for another.
    #[inline(never)]
    fn warm(&self, group: &[Message]) {
        let mut found = [[0; 2]; WARMED];
        for (message, found) in group.iter().zip(&mut found) {
            *found = self.glance_at_id(message);
        }
        for (message, found) in group.iter().zip(&mut found) {
            *found = self.glance_at_order(message, *found);
        }
        std::hint::black_box(found.iter().fold(0, |seen, found| seen ^ self.glance_at_neighbours(*found)));
    }

    /// The first round of fetching ahead what a message will need: its id. Changes nothing, and what it
    /// returns is for the next round alone. For callers whose many books take turns.
    #[inline(always)]
    #[must_use]
    pub fn glance_at_id(&self, message: &Message) -> [u32; 2] {
        [self.ids.glance(message.order_id, 0), 0]
    }

    /// The second round: the order itself, or the level where a new one will stand.
    #[inline(always)]
    #[must_use]
    pub fn glance_at_order(&self, message: &Message, found: [u32; 2]) -> [u32; 2] {
        if message.kind == message_kind::NEW {
            let side = if message.side == 0 { Side::Buy } else { Side::Sell };
            self.book.glance_at_price(side, PriceTicks::new(message.price_ticks))
        } else {
            self.book.glance_at_order(Handle::new(found[0]))
        }
    }

    /// The third round: the neighbours in the queue. What it returns has to be used, by
    /// [`black_box`](std::hint::black_box) for instance, or nothing is read.
    #[inline(always)]
    #[must_use]
    pub fn glance_at_neighbours(&self, found: [u32; 2]) -> u64 {
        self.book.glance_at_neighbours(found)
    }

    /// Applies one message.
    #[inline(always)]
    pub fn apply(&mut self, message: &Message, sink: &mut impl ReportSink) {
        match message.kind {
            message_kind::NEW => self.new_order(message, sink),
            message_kind::CANCEL => self.cancel(message, sink),
            message_kind::MODIFY => self.modify(message, sink),
            _ => reject(message, reason::UNKNOWN_KIND, sink),
        }
    }

    /// Takes in a new order, whatever the message's kind says.
    #[inline(always)]
    pub fn new_order(&mut self, message: &Message, sink: &mut impl ReportSink) {
        let Some(side) = Side::from_u8(message.side) else {
            return reject(message, reason::UNKNOWN_SIDE, sink);
        };
        if !terms_are_sound(message) {
            return reject(message, why_unsound(message), sink);
        }
        let price = PriceTicks::new(message.price_ticks);
        if message.immediate_or_cancel != 0 || self.book.crosses(side, price) {
            return self.take(side, message, sink);
        }
        if !self.book.has_room() {
            return reject(message, reason::BOOK_FULL, sink);
        }
        let Some(place) = self.ids.claim(message.order_id, 0) else {
            return reject(message, reason::DUPLICATE_ID, sink);
        };
        *place =
            self.book.insert(side, price, Lots::new(message.quantity_lots.into()), message.order_id).get();
        sink.push(echo(report_kind::ACCEPTED, side, message));
    }

    /// A new order that trades or must not rest.
    #[inline(never)]
    fn take(&mut self, side: Side, message: &Message, sink: &mut impl ReportSink) {
        let may_rest = message.immediate_or_cancel == 0;
        if may_rest && !self.book.has_room() {
            return reject(message, reason::BOOK_FULL, sink);
        }
        if self.ids.get(message.order_id, 0).is_some() {
            return reject(message, reason::DUPLICATE_ID, sink);
        }
        sink.push(echo(report_kind::ACCEPTED, side, message));
        let left = self.sweep(side, message, sink);
        if left == 0 {
            return;
        }
        if !may_rest {
            sink.push(Report { quantity_lots: left, ..echo(report_kind::CANCELLED, side, message) });
        } else {
            let price = PriceTicks::new(message.price_ticks);
            let slot = self.book.insert(side, price, Lots::new(left.into()), message.order_id).get();
            self.ids.insert(message.order_id, 0, slot);
        }
    }

    /// Trades what can be traded and returns what is left.
    #[inline(always)]
    fn sweep(&mut self, side: Side, message: &Message, sink: &mut impl ReportSink) -> u32 {
        let Self { book, ids } = self;
        let mut open = message.quantity_lots;
        book.sweep(side, PriceTicks::new(message.price_ticks), Lots::new(open.into()), |fill| {
            let traded = lots(fill.quantity);
            open -= traded;
            if fill.left == 0 {
                ids.remove(fill.tag, 0);
            }
            sink.push(Report {
                price_ticks: fill.price.get(),
                quantity_lots: traded,
                maker_id: fill.tag,
                taker_id: message.order_id,
                ..echo(report_kind::TRADE, side, message)
            });
        });
        open
    }

    /// Takes an order out, whatever the message's kind says.
    #[inline(always)]
    pub fn cancel(&mut self, message: &Message, sink: &mut impl ReportSink) {
        let Some(slot) = self.ids.remove(message.order_id, 0) else {
            return sink.push(refuse(report_kind::CANCEL_REJECTED, message));
        };
        let order = self.book.remove(Handle::new(slot));
        sink.push(Report {
            price_ticks: order.price.get(),
            quantity_lots: lots(order.quantity),
            ..bare(report_kind::CANCELLED, order.side, message)
        });
    }

    /// Takes an order out and puts it in anew, whatever the message's kind says.
    #[inline(always)]
    pub fn modify(&mut self, message: &Message, sink: &mut impl ReportSink) {
        let Some(slot) = self.ids.get(message.order_id, 0) else {
            return sink.push(refuse(report_kind::MODIFY_REJECTED, message));
        };
        if !terms_are_sound(message) {
            return reject(message, why_unsound(message), sink);
        }
        let side = self.book.remove(Handle::new(slot)).side;
        sink.push(echo(report_kind::MODIFIED, side, message));
        let price = PriceTicks::new(message.price_ticks);
        let mut left = message.quantity_lots;
        if self.book.crosses(side, price) {
            left = self.sweep(side, message, sink);
            if left == 0 {
                self.ids.remove(message.order_id, 0);
                return;
            }
        }
        let moved = self.book.insert(side, price, Lots::new(left.into()), message.order_id).get();
        if moved != slot {
            self.ids.set(message.order_id, 0, moved);
        }
    }
}

/// What of a message's terms is not sound.
#[cold]
fn why_unsound(message: &Message) -> u64 {
    if message.quantity_lots == 0 { reason::ZERO_QUANTITY } else { reason::PRICE_OUT_OF_RANGE }
}

/// Whether quantity and price are within the book's bounds.
#[inline(always)]
fn terms_are_sound(message: &Message) -> bool {
    const SPAN: u64 = (MAX_PRICE_TICKS as u64) * 2;
    let above_lowest = message.price_ticks.wrapping_add(MAX_PRICE_TICKS).cast_unsigned();
    (message.quantity_lots != 0) & (above_lowest <= SPAN)
}

/// A quantity of this engine as its reports carry it.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // It came in as a `u32` and only ever shrank.
fn lots(quantity: Lots) -> u32 {
    quantity.get() as u32
}

/// A report that names the order and nothing more.
#[inline(always)]
fn bare(kind: u8, side: Side, message: &Message) -> Report {
    let (sequence, order_id) = (message.sequence, message.order_id);
    Report { kind, side: side as u8, sequence, order_id, ..Report::default() }
}

/// A report with the message's own price and quantity.
#[inline(always)]
fn echo(kind: u8, side: Side, message: &Message) -> Report {
    let (price_ticks, quantity_lots) = (message.price_ticks, message.quantity_lots);
    Report { price_ticks, quantity_lots, ..bare(kind, side, message) }
}

/// The refusal of an id that is not live.
#[inline(always)]
fn refuse(kind: u8, message: &Message) -> Report {
    bare(kind, Side::Buy, message)
}

/// The refusal of a message that makes no sense.
#[cold]
#[inline(never)]
fn reject(message: &Message, reason: u64, sink: &mut impl ReportSink) {
    let (sequence, order_id) = (message.sequence, message.order_id);
    let (price_ticks, quantity_lots) = (message.price_ticks, message.quantity_lots);
    let side = message.side;
    sink.push(Report {
        kind: report_kind::REJECTED,
        side,
        sequence,
        order_id,
        price_ticks,
        quantity_lots,
        reason,
        ..Report::default()
    });
}
