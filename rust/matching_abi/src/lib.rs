//! The matching core behind the C interface of the public matching-engine benchmark.
//!
//! One engine for the process, as the interface has it. The declarations for C stand in
//! `include/matching_engine.h`.
//!
//! Assumes what the interface promises: one thread at a time calls the engine, another one drains the
//! transport, and pointers are null or point to what they say. Refuses nothing else: a message that makes
//! no sense changes nothing and, as the interface has no word for it, is answered with nothing. A caught
//! panic poisons the engine, which then does nothing until it is initialised again.

#![allow(unsafe_code)] // The C interface and the ring between two threads cannot be had without.

mod guard;
pub mod ring;
mod transport;

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::ptr;

use exchange::matcher::{Matcher, Message, Report, ReportSink, message_kind, report_kind};
use exchange::units::{PriceTicks, Side};

use guard::{guarded, heal, is_poisoned};
use ring::Producer;
pub use transport::Transport;

/// Resting orders that there is room for before anything has to grow.
const FIRST_CAPACITY: u32 = 1 << 16;
/// What is pushed in vain before the thread lets others have its core.
const SPINS_BEFORE_YIELD: u32 = 256;

/// A new order (`new_order_t`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct NewOrder {
    /// The order's outer id.
    pub order_id: u64,
    /// The message's number.
    pub sequence: u64,
    /// The limit.
    pub price_ticks: i64,
    /// The quantity.
    pub quantity_lots: u32,
    /// Zero to buy, one to sell.
    pub side: u8,
    /// Not zero for an order that must not rest.
    pub immediate_or_cancel: u8,
    /// Not read.
    pub reserved: [u8; 2],
}

/// A cancel (`cancel_t`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Cancel {
    /// The order's outer id.
    pub order_id: u64,
    /// The message's number.
    pub sequence: u64,
}

/// A modify (`modify_t`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Modify {
    /// The order's outer id.
    pub order_id: u64,
    /// The message's number.
    pub sequence: u64,
    /// The new limit.
    pub new_price_ticks: i64,
    /// The new quantity.
    pub new_quantity_lots: u32,
    /// Not read: an order keeps its side.
    pub side: u8,
    /// Not read.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<NewOrder>() == 32, "the layout of new_order_t");
const _: () = assert!(size_of::<Cancel>() == 16, "the layout of cancel_t");
const _: () = assert!(size_of::<Modify>() == 32, "the layout of modify_t");

/// Our own ring, written to in place.
struct OwnRing<'a>(&'a mut Producer);

impl ReportSink for OwnRing<'_> {
    #[inline(always)]
    fn push(&mut self, report: Report) {
        if report.kind != report_kind::REJECTED {
            self.0.push(report);
        }
    }
}

type Push = unsafe extern "C" fn(*mut c_void, *const Report) -> c_int;

/// Somebody else's queue.
struct Foreign {
    push: Push,
    handle: *mut c_void,
}

impl ReportSink for Foreign {
    #[inline(always)]
    fn push(&mut self, report: Report) {
        if report.kind == report_kind::REJECTED {
            return;
        }
        let mut spins = 0;
        // SAFETY: function and handle were given together to `engine_init`, and the report lives across
        // the call.
        while unsafe { (self.push)(self.handle, &raw const report) } == 0 {
            spins += 1;
            if spins % SPINS_BEFORE_YIELD == 0 {
                std::thread::yield_now();
            }
            std::hint::spin_loop();
        }
    }
}

enum Outlet {
    Own(*mut Producer),
    Foreign(Foreign),
}

struct Engine {
    matcher: Matcher,
    outlet: Outlet,
}

struct Global(UnsafeCell<Option<Engine>>);

// SAFETY: the interface has one thread at a time call the engine.
unsafe impl Sync for Global {}

static ENGINE: Global = Global(UnsafeCell::new(None));

/// Runs `work` on the engine, if there is one and nothing went wrong before.
#[inline(always)]
fn with_engine<T>(otherwise: T, work: impl FnOnce(&mut Engine) -> T) -> T
where
    T: Copy,
{
    guarded(otherwise, || {
        // SAFETY: the interface has one thread at a time call the engine, and no call re-enters it: a
        // foreign transport may not call the engine back.
        match unsafe { &mut *ENGINE.0.get() } {
            Some(engine) if !is_poisoned() => work(engine),
            _ => otherwise,
        }
    })
}

/// Runs a piece of code with the engine's outlet as a sink of its own type, so that each kind of outlet has
/// code without a call through a table.
macro_rules! with_outlet {
    ($engine:expr, |$matcher:ident, $sink:ident| $work:expr) => {{
        let Engine { matcher: $matcher, outlet } = $engine;
        match outlet {
            Outlet::Own(producer) => {
                // SAFETY: the producer is from `engine_init`'s handle, which lives until after
                // `engine_shutdown`, and only the engine's thread writes.
                let $sink = &mut OwnRing(unsafe { &mut **producer });
                $work
            }
            Outlet::Foreign($sink) => $work,
        }
    }};
}

/// Starts the engine anew. The seed goes into the id table alone. A transport or push function that is null
/// leaves no engine.
///
/// # Safety
/// `transport` is null or points to a table of functions that belong to `sink`, and both live until
/// `engine_shutdown`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_init(seed: u64, transport: *const Transport, sink: *mut c_void) {
    heal();
    guarded((), || {
        // SAFETY: the caller gives null or a table of functions.
        let foreign = unsafe { transport.as_ref() }.and_then(|table| table.push);
        let own = if ptr::eq(transport, &raw const transport::RING) {
            transport::producer_of(sink)
        } else {
            ptr::null_mut()
        };
        let outlet = match foreign {
            _ if !own.is_null() => Some(Outlet::Own(own)),
            Some(push) => Some(Outlet::Foreign(Foreign { push, handle: sink })),
            None => None,
        };
        let engine =
            outlet.map(|outlet| Engine { matcher: Matcher::with_capacity(FIRST_CAPACITY, seed), outlet });
        // SAFETY: the interface has one thread at a time call the engine.
        unsafe { *ENGINE.0.get() = engine };
    });
}

/// Ends the engine and frees its memory.
#[unsafe(no_mangle)]
pub extern "C" fn engine_shutdown() {
    // SAFETY: the interface has one thread at a time call the engine.
    guarded((), || unsafe { *ENGINE.0.get() = None });
}

/// Takes in a new order.
///
/// # Safety
/// `order` is null or points to a new order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_on_new_order(order: *const NewOrder) {
    // SAFETY: the caller gives null or an order.
    let Some(order) = (unsafe { order.as_ref() }) else { return };
    let message = Message {
        kind: message_kind::NEW,
        order_id: order.order_id,
        sequence: order.sequence,
        price_ticks: order.price_ticks,
        quantity_lots: order.quantity_lots,
        side: order.side,
        immediate_or_cancel: order.immediate_or_cancel,
        ..Message::default()
    };
    with_engine((), |engine| with_outlet!(engine, |matcher, sink| matcher.new_order(&message, sink)));
}

/// Takes an order out.
///
/// # Safety
/// `cancel` is null or points to a cancel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_on_cancel(cancel: *const Cancel) {
    // SAFETY: the caller gives null or a cancel.
    let Some(cancel) = (unsafe { cancel.as_ref() }) else { return };
    let message = Message {
        kind: message_kind::CANCEL,
        order_id: cancel.order_id,
        sequence: cancel.sequence,
        ..Message::default()
    };
    with_engine((), |engine| with_outlet!(engine, |matcher, sink| matcher.cancel(&message, sink)));
}

/// Takes an order out and puts it in anew with a new price and quantity.
///
/// # Safety
/// `modify` is null or points to a modify.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_on_modify(modify: *const Modify) {
    // SAFETY: the caller gives null or a modify.
    let Some(modify) = (unsafe { modify.as_ref() }) else { return };
    let message = Message {
        kind: message_kind::MODIFY,
        order_id: modify.order_id,
        sequence: modify.sequence,
        price_ticks: modify.new_price_ticks,
        quantity_lots: modify.new_quantity_lots,
        ..Message::default()
    };
    with_engine((), |engine| with_outlet!(engine, |matcher, sink| matcher.modify(&message, sink)));
}

/// Applies messages in order, each as if it had come alone: the interface wants a message done with before
/// the next one is looked at, so nothing is fetched ahead.
///
/// # Safety
/// `messages` is null or points to `count` messages of 40 readable bytes each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_on_batch(messages: *const Message, count: u32) {
    if messages.is_null() {
        return;
    }
    // SAFETY: the caller gives so many messages; each of their fields may hold anything.
    let messages = unsafe { std::slice::from_raw_parts(messages, count as usize) };
    with_engine((), |engine| {
        with_outlet!(engine, |matcher, sink| {
            for message in messages {
                matcher.apply(message, sink);
            }
        })
    });
}

/// Returns when every report of every message so far is visible to the reader of our own ring. A foreign
/// transport has its reports already, and its owner flushes it.
#[unsafe(no_mangle)]
pub extern "C" fn engine_flush() {
    with_engine((), |engine| {
        if let Outlet::Own(producer) = engine.outlet {
            // SAFETY: as in `with_outlet`.
            unsafe { (*producer).flush() };
        }
    });
}

/// The highest bid, or the lowest number there is.
#[unsafe(no_mangle)]
pub extern "C" fn engine_query_best_bid() -> i64 {
    with_engine(i64::MIN, |engine| engine.matcher.best(Side::Buy).map_or(i64::MIN, PriceTicks::get))
}

/// The lowest ask, or the highest number there is.
#[unsafe(no_mangle)]
pub extern "C" fn engine_query_best_ask() -> i64 {
    with_engine(i64::MAX, |engine| engine.matcher.best(Side::Sell).map_or(i64::MAX, PriceTicks::get))
}

/// The quantity that stands at a price of a side; zero for a side that is none.
#[unsafe(no_mangle)]
pub extern "C" fn engine_query_depth_at(price_ticks: i64, side: u8) -> u64 {
    with_engine(0, |engine| {
        Side::from_u8(side).map_or(0, |side| engine.matcher.depth_at(side, PriceTicks::new(price_ticks)))
    })
}

/// Our own ring, for whoever drives the engine to carry the reports over.
#[unsafe(no_mangle)]
pub extern "C" fn engine_get_transport() -> *const Transport {
    &raw const transport::RING
}
