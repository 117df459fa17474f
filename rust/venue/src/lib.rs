//! What a live venue tells of each batch of commands: answers, trades, and messages to the owners of orders.
//!
//! A [`Teller`] walks the events of a batch once. It keeps what an owner wants to see of an open order beside what the
//! core knows of it, and writes what is to be told as JSON, the bytes that doors send. It opens no socket, knows no
//! clock, and decides nothing: when something is told is the caller's to say.
//!
//! [`Entry`] reads ordinary orders and cancels from the bytes of messages, and [`write_reply`] writes answers as frames.
//!
//! The teller assumes that it sees every event of its exchange in order, and that instruments are made known before they trade.
#![forbid(unsafe_code)]

mod answer;
mod entry;
mod frame;
mod json;
mod order;
mod scale;
mod teller;
mod told;

pub use entry::{Entry, Id, Request};
pub use frame::{write_frame, write_message, write_reply};
pub use order::LiveOrder;
pub use scale::Scale;
pub use teller::Teller;
pub use told::{Answer, Owner, OwnerKind, PhaseChange, Told, Traded};
