//! The deterministic matching core of Crossbook.
//!
//! A pure state machine: `(state, command) -> events`. It reads no clock, no file and no randomness; the
//! time is a field of the command. A command is validated wholly before anything is changed, so a
//! rejected command changes nothing but the event sequence.
#![forbid(unsafe_code)]

pub mod book;
pub mod idtable;
pub mod matcher;
pub mod units;
