//! The native module `crossbook.core._native`.
//!
//! It turns Python arguments into core types and back, and holds no logic of its own. It assumes that
//! `crossbook.core` is its only caller; it refuses to let a panic reach Python as anything but a `CoreFault`.

mod administration;
mod arguments;
mod buffers;
mod context;
mod core;
mod entry;
mod errors;
mod exchange;
mod feeds;
mod frames;
mod journal;
mod looking;
mod order_book;
mod random;
mod recorded;
mod seen;
mod simulation;
mod tables;
mod teller;
mod views;
mod watching;

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

    /// Simulations, and what the traders in them see.
    #[pymodule]
    mod kernel {
        #[pymodule_export]
        use crate::context::Context;
        #[pymodule_export]
        use crate::random::{Random, exp, log};
        #[pymodule_export]
        use crate::seen::{Book, Fill, OrderUpdate, Trade};
        #[pymodule_export]
        use crate::simulation::NativeSimulation;
    }

    /// What is kept of an exchange on disk.
    #[pymodule]
    mod journal {
        #[pymodule_export]
        use crate::journal::facts::{JournalFacts, Repaired, SnapshotFacts, inspect, repair, verify};
        #[pymodule_export]
        use crate::journal::follower::Follower;
        #[pymodule_export]
        use crate::journal::writing::{Journal, Recovered};
    }

    /// What a live venue tells.
    #[pymodule]
    mod venue {
        #[pymodule_export]
        use crate::entry::OrderReader;
        #[pymodule_export]
        use crate::frames::{framed, framed_message, framed_owned, framed_reply};
        #[pymodule_export]
        use crate::teller::Teller;
    }

    /// Makes the modules inside importable by their names, as they are not by themselves in one shared library.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let modules = module.py().import("sys")?.getattr("modules")?;
        modules.set_item("crossbook.core._native.kernel", module.getattr("kernel")?)?;
        modules.set_item("crossbook.core._native.journal", module.getattr("journal")?)?;
        modules.set_item("crossbook.core._native.venue", module.getattr("venue")?)
    }

    /// Return the version of the native core, such as `0.1.0`.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
