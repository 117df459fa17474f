//! The native module `crossbook.core._native`.
//!
//! It turns Python arguments into core types and back, and holds no logic of its own. It assumes that
//! `crossbook.core` is its only caller; it refuses to let a panic reach Python as anything but a `CoreFault`.

mod administration;
mod arguments;
mod buffers;
mod core;
mod errors;
mod exchange;
mod feeds;
mod looking;
mod order_book;
mod tables;
mod views;

use pyo3::prelude::*;

/// The native half of `crossbook.core`.
#[pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::arguments::PyStep;
    #[pymodule_export]
    use crate::core::Exchange;
    #[pymodule_export]
    use crate::feeds::feed_reader;
    #[pymodule_export]
    use crate::order_book::OrderBook;
    #[pymodule_export]
    use crate::tables::{layouts, names, rejects};
    #[pymodule_export]
    use crate::views::{PyAccount, PyInstrument, PyOrder, PyPosition};

    /// Return the version of the native core, such as `0.1.0`.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
