//! Errors as Python sees them, and the one guard between the core and Python.
//!
//! Everything that works on a core goes through [`Guarded::with`]. A panic inside it becomes a `CoreFault`, and
//! leaves the core poisoned: it then refuses every further call, because nobody knows what state it is in.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, TryLockError};

use exchange::reject::Reject as Reason;
use pyo3::prelude::*;

pyo3::import_exception!(crossbook.core.errors, UsageError);
pyo3::import_exception!(crossbook.core.errors, Reject);
pyo3::import_exception!(crossbook.core.errors, CoreFault);
pyo3::import_exception!(crossbook.core.errors, ConfigError);
pyo3::import_exception!(crossbook.core.errors, TransientError);
pyo3::import_exception!(crossbook.core.errors, JournalDamaged);
pyo3::import_exception!(crossbook.core.errors, JournalFailure);

/// The exception of a refused command.
#[cold]
pub(crate) fn rejected(reason: Reason) -> PyErr {
    Reject::new_err((reason.number(), reason.text()))
}

/// Why no work was done.
pub(crate) enum Fault {
    /// Another thread is inside the core.
    Busy,
    /// An earlier call panicked.
    Poisoned,
    /// This call panicked, with this message.
    Panicked(String),
}

impl From<Fault> for PyErr {
    #[cold]
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Busy => UsageError::new_err("the core is at work in another thread: one thread at a time"),
            Fault::Poisoned => CoreFault::new_err(
                "the core refuses further work: an earlier call broke it, and its state cannot be trusted",
            ),
            Fault::Panicked(message) => {
                CoreFault::new_err(format!("the core broke and refuses further work: {message}"))
            }
        }
    }
}

/// A core that one thread at a time may work on, until it breaks.
pub(crate) struct Guarded<T>(Mutex<T>);

impl<T> Guarded<T> {
    pub(crate) const fn new(core: T) -> Self {
        Self(Mutex::new(core))
    }

    /// Works on the core.
    #[inline(always)]
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> Result<R, Fault> {
        let guard: MutexGuard<'_, T> = match self.0.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::WouldBlock) => return Err(Fault::Busy),
            Err(TryLockError::Poisoned(_)) => return Err(Fault::Poisoned),
        };
        // The closure owns the lock: it is released while the panic unwinds, and that is what poisons it.
        catch_unwind(AssertUnwindSafe(move || {
            let mut guard = guard;
            work(&mut guard)
        }))
        .map_err(|payload| Fault::Panicked(message_of(payload.as_ref())))
    }
}

#[cold]
fn message_of(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic without a message".to_owned()
    }
}
