//! The one guard at the border: no panic crosses into C.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by a caught panic, cleared by `engine_init`. While set, the engine refuses all work, since its state
/// may be half changed.
static POISONED: AtomicBool = AtomicBool::new(false);

/// Whether a panic was caught since the engine was last initialised.
#[inline(always)]
pub(crate) fn is_poisoned() -> bool {
    POISONED.load(Ordering::Relaxed)
}

/// Forgets a caught panic; for a state that was made anew.
pub(crate) fn heal() {
    POISONED.store(false, Ordering::Relaxed);
}

/// Runs `work`; a panic poisons the engine and gives `otherwise`.
#[inline(always)]
pub(crate) fn guarded<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    // Unwind safety: whatever the panic left half changed is not used again, see `POISONED`.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        POISONED.store(true, Ordering::Relaxed);
        otherwise
    })
}
