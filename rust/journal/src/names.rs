//! The names of the journal's files.

/// What ends the name of a file that is not whole yet.
pub(crate) const TEMPORARY: &str = ".temporary";
/// What begins the name of a file that a repair put aside.
pub(crate) const DAMAGED: &str = "damaged-";

const SEGMENT: &str = "segment-";
const SNAPSHOT: &str = "snapshot-";
const DIGITS: usize = 20;

/// What a name says that a file is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Name {
    Segment(u64),
    Snapshot(u64),
    Temporary,
    Damaged,
    Lock,
    Other,
}

impl Name {
    pub(crate) fn read(name: &str) -> Self {
        if name == crate::storage::Disk::LOCK {
            return Self::Lock;
        }
        if name.starts_with(DAMAGED) {
            return Self::Damaged;
        }
        if let Some(whole) = name.strip_suffix(TEMPORARY) {
            let ours = number(whole, SEGMENT).or_else(|| number(whole, SNAPSHOT)).is_some();
            return if ours { Self::Temporary } else { Self::Other };
        }
        let segment = number(name, SEGMENT).map(Self::Segment);
        segment.or_else(|| number(name, SNAPSHOT).map(Self::Snapshot)).unwrap_or(Self::Other)
    }
}

fn number(name: &str, prefix: &str) -> Option<u64> {
    let digits = name.strip_prefix(prefix)?;
    let plain = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

pub(crate) fn segment(first_sequence: u64) -> String {
    format!("{SEGMENT}{first_sequence:020}")
}

pub(crate) fn snapshot(sequence: u64) -> String {
    format!("{SNAPSHOT}{sequence:020}")
}

pub(crate) fn temporary(name: &str) -> String {
    format!("{name}{TEMPORARY}")
}
