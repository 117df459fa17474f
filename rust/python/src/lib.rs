//! The native module `crossbook.core._native`.
//!
//! It turns Python arguments into core types and back, and holds no logic of its own. It assumes that
//! `crossbook.core` is its only caller; it refuses to let a panic reach Python as anything but an exception.

use pyo3::prelude::*;

/// The native half of `crossbook.core`.
#[pymodule]
mod _native {
    use pyo3::prelude::*;

    /// Return the version of the native core, such as `0.1.0`.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
