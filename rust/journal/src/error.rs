//! What can go wrong, told so that one line says which file, where, and what to do.

use std::fmt;
use std::io;

/// Why the journal refused or failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalError {
    /// Another process, or another journal of this one, has the directory open.
    Locked,
    /// The machine could not do what it was asked; the writer that met it is dead.
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file, or nothing for the directory.
        file: String,
        /// The machine's own number for the error, where it has one.
        code: Option<i32>,
        /// The machine's words.
        text: String,
    },
    /// The disk is full; nothing was written, and the same batch can be tried again.
    Full {
        /// The file that could not grow.
        file: String,
    },
    /// The writer failed before, and does nothing any more.
    Dead,
    /// Bytes that were safe once have changed.
    Damaged {
        /// The file.
        file: String,
        /// Where the first batch begins that does not read, in bytes.
        offset: u64,
        /// What is wrong there.
        why: &'static str,
    },
    /// The segment that would begin with this entry is not there, or belongs to another history.
    MissingSegment {
        /// The entry.
        sequence: u64,
    },
    /// The file has a name of the journal's and is something else, or is of another journal.
    Foreign {
        /// The file.
        file: String,
    },
    /// The file was written by another version of the format.
    Version {
        /// The file.
        file: String,
        /// The version it has.
        found: u32,
    },
    /// A snapshot is newer than the journal: what lay between is gone.
    SnapshotBeyondEnd {
        /// The snapshot.
        file: String,
        /// The last entry of the journal.
        end: u64,
    },
    /// The history asked for is not the one in the directory.
    OtherHistory {
        /// The entry whose checksum differs.
        sequence: u64,
    },
    /// The journal ends before the entry that was asked for.
    Ended {
        /// The entry that was asked for.
        sequence: u64,
    },
    /// Something is larger than its bound.
    TooLarge {
        /// What.
        what: &'static str,
        /// Its size in bytes.
        bytes: u64,
        /// The bound in bytes.
        bytes_max: u64,
    },
    /// There is no journal in the directory.
    Empty,
}

impl JournalError {
    pub(crate) fn io(doing: &'static str, file: &str, error: &io::Error) -> Self {
        let (file, code, text) = (file.to_owned(), error.raw_os_error(), error.to_string());
        Self::Io { doing, file, code, text }
    }

    pub(crate) fn damaged(file: &str, offset: u64, why: &'static str) -> Self {
        Self::Damaged { file: file.to_owned(), offset, why }
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked => write!(out, "the journal is in use by another process"),
            Self::Io { doing, file, text, .. } => write!(out, "cannot {doing} {file}: {text}"),
            Self::Full { file } => write!(out, "the disk is full: {file} cannot grow"),
            Self::Dead => write!(out, "the journal failed before and writes nothing more"),
            Self::Damaged { file, offset, why } => {
                write!(out, "{file} is damaged at byte {offset}: {why}; it needs an explicit repair")
            }
            Self::MissingSegment { sequence } => {
                write!(out, "the segment that begins with entry {sequence} is missing")
            }
            Self::Foreign { file } => write!(out, "{file} does not belong to this journal"),
            Self::Version { file, found } => {
                let known = crate::format::VERSION;
                write!(out, "{file} is of format version {found}; this build reads version {known}")
            }
            Self::SnapshotBeyondEnd { file, end } => {
                write!(out, "{file} is newer than the journal, which ends with entry {end}: entries are lost")
            }
            Self::OtherHistory { sequence } => {
                write!(out, "entry {sequence} of the journal is not the one expected: another history")
            }
            Self::Ended { sequence } => write!(out, "the journal ends before entry {sequence}"),
            Self::TooLarge { what, bytes, bytes_max } => {
                write!(out, "a {what} of {bytes} bytes is larger than the {bytes_max} allowed")
            }
            Self::Empty => write!(out, "there is no journal in the directory"),
        }
    }
}

impl std::error::Error for JournalError {}
