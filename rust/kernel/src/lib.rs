//! The discrete-event simulation around the exchange core.
//!
//! A [`Simulation`] holds venues (each an exchange of its own), crowds of agents, and a queue of what is due at
//! which nanosecond. It reads no clock, no file and no randomness from outside: everything follows from its
//! [`Spec`] and the seed in it. Ties in time break by insertion, never by an agent's number.
//!
//! Agents of this crate are called inside [`Simulation::advance`]. Agents written elsewhere, in Python, are
//! *foreign*: the simulation comes to rest where one of them is due and says what it is due for.
//!
//! Floats live here, in what agents think and what fundamentals do. They are rounded to ticks and lots before
//! they reach the core, and use only operations that give the same bits on every machine: the four basic ones
//! and the square root, as the hardware has them, and the rest from the crate `libm`, in software.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![allow(clippy::float_arithmetic)] // See above.
#![allow(clippy::indexing_slicing)] // Agents, markets and slots are numbered by the kernel itself.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap)]
// Casts from floats saturate; counts of agents, markets and orders are bounded where a spec is read.

pub mod agents;
mod build;
mod context;
mod crowd;
mod delivery;
mod fundamental;
mod intervention;
mod latency;
mod market;
mod population;
mod queue;
mod record;
mod recorded;
mod session;
mod simulation;
mod slab;
mod spec;
mod stream;
mod tallies;
mod view;
mod world;

pub use context::{Context, Order};
pub use crowd::{Crowd, Interests, Note, NoteKind};
pub use exchange::command::{OrderType, SelfTrade, TimeInForce};
pub use fundamental::Paths;
pub use market::{Print, Quote};
pub use record::{QuoteRecord, Recorder, SampleRecord};
pub use recorded::{Clock, Divergences, Feed, QueueModel, ScriptKind, ScriptRow, TapeRow, TapeSettings};
/// What the rows of a tape say.
pub mod tape {
    pub use crate::recorded::{flag, kind};
}
pub use simulation::{Call, Due, Outcome, Simulation};
pub use slab::Slab;
pub use spec::{Error, Spec};
pub use stream::{Purpose, Stream};
pub use view::{Claim, GroupView, Holdings, MarketView};
