//! The state machine, tested as a whole through its public face.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]

mod agreement;
mod codec;
mod flow;
mod golden;
mod market;
mod reader;
mod refusals;
mod rules;
mod script;
mod worked_examples;
mod worked_orders;
