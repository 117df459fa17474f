//! Reading from any entry on, and while the journal grows.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex};

use journal::storage::fault::FaultDisk;
use journal::{Access, Batch, JournalError, Kind, PAYLOAD_BYTES_MAX, Reader, Storage, StorageFile};

use crate::support::{FIRST, HEADER, OPTIONS, SMALL, batch, edit, expected, journal, names, open, write};

fn read_on(reader: &mut Reader, into: &mut Vec<(u64, Vec<u8>)>) {
    while let Some(batch) = reader.next_batch().unwrap() {
        into.extend(batch.entries().map(|entry| (entry.sequence, entry.payload.to_vec())));
    }
}

#[test]
fn a_reader_begins_at_any_entry_and_checks_the_one_before() {
    let disk = journal(SMALL, 12, 4);
    let mut chains = vec![];
    let mut reader = Reader::open(Arc::new(disk.clone()), 0, None).unwrap();
    while let Some(batch) = reader.next_batch().unwrap() {
        chains.push((batch.last_sequence(), batch.chain()));
    }
    for from in 1..=49 {
        let known = chains.iter().find(|(last, _)| last + 1 == from).map(|(_, chain)| *chain);
        let mut reader = Reader::open(Arc::new(disk.clone()), from, known).unwrap();
        assert_eq!(reader.next_sequence(), from);
        let mut found = vec![];
        read_on(&mut reader, &mut found);
        assert_eq!(found[..], expected(48)[usize::try_from(from).unwrap() - 1..]);

        let sequence = from - 1;
        let other = Reader::open(Arc::new(disk.clone()), from, Some(12)).err();
        assert_eq!(other, Some(JournalError::OtherHistory { sequence }));
    }
    let beyond = Reader::open(Arc::new(disk), 50, None).err();
    assert_eq!(beyond, Some(JournalError::Ended { sequence: 50 }));
    let empty = Reader::open(Arc::new(FaultDisk::new()), 1, None).err();
    assert_eq!(empty, Some(JournalError::Empty));
}

#[test]
fn a_growing_journal_is_followed_byte_by_byte_over_segments() {
    let whole = journal(SMALL, 12, 4);
    let disk = FaultDisk::new();
    let mut reader = None;
    let mut found = vec![];
    for name in names(&whole, "segment-") {
        let bytes = whole.contents().remove(&name).unwrap();
        disk.put(&name, &bytes[..HEADER]);
        let mut file = disk.open(&name, Access::Write).unwrap();
        for byte in &bytes[HEADER..] {
            file.append(&[*byte]).unwrap();
            let reader = reader.get_or_insert_with(|| Reader::open(Arc::new(disk.clone()), 0, None).unwrap());
            if let Some(batch) = reader.next_batch().unwrap() {
                found.extend(batch.entries().map(|entry| (entry.sequence, entry.payload.to_vec())));
                let length = found.len() as u64;
                assert!(length % 4 == 1, "half a batch was read");
            }
        }
    }
    assert_eq!(found[0], (0, b"genesis".to_vec()));
    assert_eq!(found[1..], expected(48));
}

/// A journal of which each file comes between the first look for it and the second.
struct Coming {
    disk: FaultDisk,
    looked_for: Mutex<HashSet<String>>,
}

impl Storage for Coming {
    fn lock(&self) -> io::Result<bool> {
        self.disk.lock()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn StorageFile>> {
        self.disk.create(name)
    }

    fn open(&self, name: &str, access: Access) -> io::Result<Box<dyn StorageFile>> {
        if self.looked_for.lock().unwrap().insert(name.to_owned()) {
            return Err(io::Error::new(io::ErrorKind::NotFound, "not yet"));
        }
        self.disk.open(name, access)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.disk.sync_directory()
    }
}

#[test]
fn a_segment_that_comes_between_two_looks_for_it_is_read_at_the_next() {
    let disk = journal(SMALL, 12, 4);
    let looked_for = Mutex::new(HashSet::from([FIRST.to_owned()]));
    let mut reader = Reader::open(Arc::new(Coming { disk, looked_for }), 1, None).unwrap();
    let mut found = vec![];
    for _ in 0..12 {
        read_on(&mut reader, &mut found);
    }

    assert_eq!(found, expected(48));
}

#[test]
fn a_batch_that_the_writer_cut_off_again_is_never_seen() {
    let disk = journal(OPTIONS, 2, 4);
    let mut reader = Reader::open(Arc::new(disk.clone()), 1, None).unwrap();
    let mut found = vec![];
    read_on(&mut reader, &mut found);
    let mut recovered = open(&disk, OPTIONS).unwrap();
    disk.set_room(Some(disk.used_bytes() + 70));

    let refused = recovered.writer.append(&mut batch(100, 6));
    assert_eq!(refused, Err(JournalError::Full { file: FIRST.to_owned() }));
    read_on(&mut reader, &mut found);
    disk.set_room(None);
    write(&mut recovered, 3, 4);
    read_on(&mut reader, &mut found);

    assert_eq!(found, expected(20));
}

#[test]
fn a_batch_that_was_cut_off_after_the_reader_met_half_of_it_is_read_as_it_is_written_then() {
    let whole = journal(OPTIONS, 3, 4);
    let bytes = whole.contents().remove(FIRST).unwrap();
    let disk = FaultDisk::new();
    disk.put(FIRST, &bytes[..HEADER]);
    let mut file = disk.open(FIRST, Access::Write).unwrap();
    let mut reader = Reader::open(Arc::new(disk.clone()), 1, None).unwrap_or_else(|_| {
        file.append(&bytes[HEADER..300]).unwrap();
        Reader::open(Arc::new(disk.clone()), 1, None).unwrap()
    });
    let mut found = vec![];
    let length = file.length().unwrap();
    file.append(&[0; 90]).unwrap();
    read_on(&mut reader, &mut found);
    file.truncate(length).unwrap();
    file.append(&bytes[usize::try_from(length).unwrap()..]).unwrap();
    read_on(&mut reader, &mut found);

    assert_eq!(found, expected(12));
}

#[test]
fn damage_under_a_reader_that_follows_is_told_once_it_is_vouched_for() {
    let disk = journal(OPTIONS, 6, 4);
    let length = disk.contents()[FIRST].len();
    edit(&disk, FIRST, |bytes| bytes[length - 200] ^= 1);
    let mut reader = Reader::open(Arc::new(disk), 1, None).unwrap();
    let outcome = loop {
        match reader.next_batch() {
            Ok(Some(_)) => {}
            other => break other.map(|batch| batch.is_some()),
        }
    };

    assert!(matches!(outcome, Err(JournalError::Damaged { .. })));
}

#[test]
fn batches_of_every_size_up_to_the_bounds_read_back() {
    let disk = FaultDisk::new();
    let mut recovered = open(&disk, SMALL).unwrap();
    let mut batch = Batch::new();
    assert!(batch.push(Kind::Command, &vec![1; PAYLOAD_BYTES_MAX + 1]).is_err());
    assert!(batch.is_empty());
    let mut counts = vec![];
    for count in [1, 3, 40, 250] {
        for _ in 0..count {
            batch.push(Kind::Command, &vec![7; PAYLOAD_BYTES_MAX]).unwrap();
        }
        counts.push(count);
        recovered.writer.commit(&mut batch).unwrap();
        batch.clear();
    }
    while batch.push(Kind::Note, &vec![8; PAYLOAD_BYTES_MAX]).is_ok() {}
    counts.push(batch.count());
    assert!(matches!(batch.push(Kind::Note, &[0; 60_000]), Err(JournalError::TooLarge { .. })));
    recovered.writer.commit(&mut batch).unwrap();

    let mut reader = Reader::open(Arc::new(disk), 1, None).unwrap();
    let mut found = vec![];
    while let Some(batch) = reader.next_batch().unwrap() {
        assert!(batch.entries().all(|entry| entry.payload.len() == PAYLOAD_BYTES_MAX));
        found.push(u32::try_from(batch.entries().count()).unwrap());
    }

    assert_eq!(found, counts);
}

#[test]
fn an_empty_batch_writes_nothing() {
    let disk = journal(OPTIONS, 1, 4);
    let mut recovered = open(&disk, OPTIONS).unwrap();
    let before = disk.contents();

    assert_eq!(recovered.writer.commit(&mut Batch::new()), Ok(4));

    assert_eq!(disk.contents(), before);
}

#[test]
fn a_reader_of_safe_batches_waits_until_the_journal_says_that_they_were_synced() {
    let disk = FaultDisk::new();
    let mut recovered = open(&disk, SMALL).unwrap();
    let mut all = Reader::open(Arc::new(disk.clone()), 1, None).unwrap();
    let mut safe = Reader::open(Arc::new(disk.clone()), 1, None).unwrap().only_safe();
    let (mut seen, mut seen_safe) = (vec![], vec![]);
    for round in 0..30 {
        let first = recovered.writer.last_sequence() + 1;
        recovered.writer.append(&mut batch(first, 3)).unwrap();
        read_on(&mut all, &mut seen);
        read_on(&mut safe, &mut seen_safe);
        assert_eq!(seen.len() as u64, 3 * (round + 1));
        assert!(seen_safe.len() as u64 <= recovered.writer.synced_sequence());
        if round % 3 == 2 {
            recovered.writer.sync().unwrap();
            recovered.writer.mark().unwrap();
            read_on(&mut safe, &mut seen_safe);
            assert_eq!(seen_safe.len(), seen.len());
        }
    }
    assert_eq!(seen_safe, expected(90));
}

#[test]
fn the_bytes_of_a_journal_are_those_of_its_format() {
    let disk = FaultDisk::new();
    let mut recovered = open(&disk, OPTIONS).unwrap();
    write(&mut recovered, 3, 4);
    recovered.writer.snapshot(77, b"state").unwrap();
    let sums: Vec<(String, usize, u64)> = disk
        .contents()
        .into_iter()
        .map(|(name, bytes)| (name, bytes.len(), xxhash_rust::xxh3::xxh3_64(&bytes)))
        .collect();

    // A change of these numbers is a new version of the format.
    let snapshot = "snapshot-00000000000000000012".to_owned();
    let known =
        [(FIRST.to_owned(), 938, 10_589_727_968_286_699_338), (snapshot, 85, 2_347_265_814_626_252_376)];
    assert_eq!(sums, known);
}
