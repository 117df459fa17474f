//! The deterministic matching core of Crossbook.
//!
//! A pure state machine: `(state, command) -> events`. It reads no clock, no file and no randomness; the
//! time is a field of the command. A command is validated wholly before anything is changed, so a
//! rejected command changes nothing but the event sequence.
#![forbid(unsafe_code)]

mod account;
pub mod book;
mod canary;
pub mod codec;
pub mod command;
pub mod decimal;
pub mod event;
pub mod hash;
pub mod idtable;
mod instrument;
mod machine;
pub mod matcher;
mod order;
pub mod reject;
pub mod snapshot;
mod table;
pub mod units;
mod wire;

pub use account::{MAX_ACCOUNTS, MAX_OPEN_ORDERS};
pub use instrument::MAX_INSTRUMENTS;
pub use machine::{
    AccountView, Config, Driver, Exchange, Indicative, InstrumentView, OrderView, PositionView, QueuedView,
    fits_record,
};
