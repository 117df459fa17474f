//! Recorded market data as rows: bytes in, rows out.
//!
//! A [`Reader`] takes the bytes of a recording in pieces of any size, and gives a [`Row`] for every change of a price
//! level, every trade and every side of a best quote. It opens no file and knows no clock. Prices and quantities
//! become whole ticks and lots without ever passing through a binary fraction.
//!
//! It reads JSON lines as Binance's combined streams give them and as recorders keep them: the receive time in
//! nanoseconds, a space, the exchange's JSON. It assumes one instrument a recording, and refuses what cannot be; the
//! [`Policy`] tells whether the first fault ends the reading or is repaired, counted and told.

mod apply;
mod book;
mod finding;
mod message;
mod number;
mod reader;
mod row;
mod summary;

pub use finding::{FINDINGS_KEPT_MAX, Finding, FindingKind, Findings, Policy, Refusal};
pub use number::{QUANTITY_LOTS_MAX, Scale};
pub use reader::{LINE_BYTES_MAX, Reader, Settings};
pub use row::{Row, flag, kind, side};
pub use summary::Summary;
