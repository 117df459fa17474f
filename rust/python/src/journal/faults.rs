//! What the crate `journal` complains of, as the error of whoever must act.

use journal::JournalError;
use pyo3::prelude::*;

use crate::errors::{ConfigError, JournalDamaged, JournalFailure, UsageError};

/// The exception for a failure of a journal in a directory.
#[cold]
pub(crate) fn fault(error: &JournalError, directory: &str) -> PyErr {
    match error {
        JournalError::Locked => {
            ConfigError::new_err(format!("the journal in {directory} is in use by another process"))
        }
        JournalError::Version { .. } => ConfigError::new_err(format!("the journal in {directory}: {error}")),
        JournalError::Damaged { .. }
        | JournalError::MissingSegment { .. }
        | JournalError::Foreign { .. }
        | JournalError::SnapshotBeyondEnd { .. }
        | JournalError::OtherHistory { .. } => damaged(&error.to_string(), directory),
        JournalError::Io { .. } | JournalError::Full { .. } | JournalError::Dead => {
            JournalFailure::new_err(format!("the journal in {directory}: {error}"))
        }
        JournalError::Empty => missing(directory),
        JournalError::Ended { .. } | JournalError::TooLarge { .. } => {
            UsageError::new_err(format!("the journal in {directory}: {error}"))
        }
    }
}

/// The exception for a journal that cannot be trusted.
#[cold]
pub(crate) fn damaged(what: &str, directory: &str) -> PyErr {
    JournalDamaged::new_err(format!(
        "the journal in {directory} cannot be trusted: {what} (look with `crossbook admin journal verify {directory}`, \
         cut it off there with `crossbook admin journal repair {directory}`)"
    ))
}

/// The exception where a directory holds no journal.
#[cold]
pub(crate) fn missing(directory: &str) -> PyErr {
    UsageError::new_err(format!("there is no journal in {directory}"))
}
