//! Journals on a simulated disk, as the tests need them.

#![allow(dead_code)]

use std::sync::Arc;

use journal::storage::fault::FaultDisk;
use journal::{Batch, Journal, JournalError, Kind, Options, Reader, Recovered, Storage};

/// The options of most tests.
pub const OPTIONS: Options = Options { segment_bytes: 64 << 20, identity: 7 };
/// Options with small segments: several in a journal of some dozen entries.
pub const SMALL: Options = Options { segment_bytes: 700, identity: 7 };
/// The first segment's name.
pub const FIRST: &str = "segment-00000000000000000000";
/// Bytes of a segment's header.
pub const HEADER: usize = 64;
/// Bytes of a mark.
pub const MARK: usize = 48;

/// Opens the journal of a disk.
pub fn open(disk: &FaultDisk, options: Options) -> Result<Recovered, JournalError> {
    let storage: Arc<dyn Storage> = Arc::new(disk.clone());
    Journal::create_or_recover(storage, &|| b"genesis".to_vec(), options)
}

/// The payload of an entry.
pub fn payload(sequence: u64) -> Vec<u8> {
    format!("entry number {sequence}").into_bytes()
}

/// A batch of the entries from `first` on.
pub fn batch(first: u64, count: u64) -> Batch {
    let mut batch = Batch::new();
    for sequence in first..first + count {
        let kind = if sequence % 5 == 0 { Kind::Note } else { Kind::Command };
        batch.push(kind, &payload(sequence)).unwrap();
    }
    batch
}

/// Commits batches of `count` entries each to a journal, and marks each as safe.
pub fn write(recovered: &mut Recovered, batches: u64, count: u64) {
    for _ in 0..batches {
        let first = recovered.writer.last_sequence() + 1;
        recovered.writer.commit(&mut batch(first, count)).unwrap();
        recovered.writer.mark().unwrap();
    }
}

/// A disk with a journal that was closed.
pub fn journal(options: Options, batches: u64, count: u64) -> FaultDisk {
    let disk = FaultDisk::new();
    write(&mut open(&disk, options).unwrap(), batches, count);
    disk.restart()
}

/// Reads all entries after the genesis.
pub fn entries(disk: &FaultDisk) -> Result<Vec<(u64, Vec<u8>)>, JournalError> {
    let mut reader = Reader::open(Arc::new(disk.clone()), 1, None)?;
    let mut entries = Vec::new();
    while let Some(batch) = reader.next_batch()? {
        entries.extend(batch.entries().map(|entry| (entry.sequence, entry.payload.to_vec())));
    }
    Ok(entries)
}

/// The entries 1 to `last`, as [`entries`] returns them.
pub fn expected(last: u64) -> Vec<(u64, Vec<u8>)> {
    (1..=last).map(|sequence| (sequence, payload(sequence))).collect()
}

/// Changes a file.
pub fn edit(disk: &FaultDisk, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = disk.contents().remove(name).unwrap();
    change(&mut bytes);
    disk.put(name, &bytes);
}

/// The names of a disk's files that begin so, in order.
pub fn names(disk: &FaultDisk, prefix: &str) -> Vec<String> {
    disk.contents().into_keys().filter(|name| name.starts_with(prefix)).collect()
}

/// Opens the journal, which must end with `last`, twice; the second time must leave the same bytes.
pub fn recovers(disk: &FaultDisk, options: Options, last: u64) -> Recovered {
    let recovered = open(disk, options).unwrap();
    assert_eq!(recovered.report.last_sequence, last);
    let again = disk.restart();
    let second = open(&again, options).unwrap();
    assert_eq!((second.report.last_sequence, second.report.cut_bytes), (last, 0));
    assert_eq!(again.contents(), disk.contents());
    assert_eq!(entries(&again).unwrap(), expected(last));
    recovered
}

/// Opens the journal, which must be refused and left alone, and returns why.
pub fn refuses(disk: &FaultDisk, options: Options) -> JournalError {
    let before = disk.contents();
    let error = open(disk, options).err().unwrap();
    assert_eq!(disk.contents(), before);
    error
}
