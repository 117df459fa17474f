//! Recorded market data as background flow, with the agents' orders beside it.
//!
//! A market takes one recording, in one of two ways:
//!
//! - a *script* (`script`): the recorded orders themselves are carried out on the real book, so that whatever the
//!   agents do has its effect on what follows;
//! - a *tape* (`shadow`): the recorded book is shown and nobody changes it; the agents' orders stand in a book of
//!   their own and trade with the house by their place in the recorded queue.
//!
//! Rows are read in order straight from their array, merged with the queue by time. **At one time all recorded rows
//! come first**, those of the market that was attached first before those of the next; then the queue's entries in
//! the order of their insertion.

mod flow;
mod house;
mod ladder;
mod own;
mod queue_model;
mod rows;
mod script;
#[cfg(test)]
mod script_tests;
mod shadow;
mod stops;
#[cfg(test)]
mod tape_property;
#[cfg(test)]
mod tape_tests;
#[cfg(test)]
mod testing;

pub(crate) use flow::Flow;
pub(crate) use ladder::RecordedBook;
pub use queue_model::QueueModel;
pub use rows::{Clock, Feed, TapeRow, TapeSettings, flag, kind};
pub use script::{Divergences, ScriptKind, ScriptRow};
