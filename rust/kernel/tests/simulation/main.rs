//! The simulation, tested as a whole through its public face.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
#![allow(clippy::float_arithmetic, clippy::float_cmp, clippy::print_stdout)]

mod delays;
mod house;
mod interventions;
mod looks;
mod money;
mod news;
mod refusals;
mod sameness;
mod sessions;
mod ties;
mod venues;
