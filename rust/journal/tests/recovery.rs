//! Every row of the table of `recovery.rs`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::sync::Arc;

use journal::storage::fault::{Failure, FaultDisk, Scramble, Torn};
use journal::{JournalError, Options, Reader, inspect, repair, verify};

use crate::support::{
    FIRST, HEADER, MARK, OPTIONS, SMALL, batch, edit, entries, expected, journal, names, open, recovers,
    refuses, write,
};

fn is_damage(error: &JournalError, name: &str) -> bool {
    matches!(error, JournalError::Damaged { file, .. } if file == name)
}

/// Repairs a journal that was refused, and opens it.
fn repaired(disk: &FaultDisk, options: Options) -> u64 {
    let disk = disk.restart();
    let facts = repair(&(Arc::new(disk.clone()) as Arc<dyn journal::Storage>)).unwrap();
    assert!(!facts.put_aside.is_empty());
    let last = facts.last_sequence.unwrap();
    recovers(&disk.restart(), options, last);
    last
}

#[test]
fn empty_directory() {
    let disk = FaultDisk::new();

    let recovered = open(&disk, OPTIONS).unwrap();

    assert!(recovered.report.created);
    assert_eq!(recovered.genesis, b"genesis");
    assert_eq!(Reader::genesis(&disk).unwrap(), b"genesis");
    recovers(&disk.restart(), OPTIONS, 0);
}

#[test]
fn creation_cut_off() {
    let whole = FaultDisk::new();
    drop(open(&whole, OPTIONS).unwrap());
    for call in 1..=whole.calls() {
        for torn in [Torn::Kept, Torn::Lost, Torn::Cut(1), Torn::Garbled(512)] {
            let disk = FaultDisk::new();
            disk.fail_at(call, Failure::Io, true);
            assert!(open(&disk, OPTIONS).is_err());
            for seed in 0..8 {
                recovers(&disk.crash(torn, seed), OPTIONS, 0);
            }
        }
    }
}

#[test]
fn leftover_temporary_files() {
    let disk = journal(OPTIONS, 3, 4);
    disk.put("segment-00000000000000000013.temporary", b"half");
    disk.put("snapshot-00000000000000000012.temporary", b"half");

    let recovered = recovers(&disk, OPTIONS, 12);

    assert_eq!(recovered.report.removed.len(), 2);
    assert_eq!(names(&disk, "s"), [FIRST]);
}

#[test]
fn foreign_file_of_another_name() {
    let disk = journal(OPTIONS, 3, 4);
    disk.put("notes.txt", b"mine");
    disk.put("segment-12", b"mine");

    let recovered = recovers(&disk, OPTIONS, 12);

    assert_eq!(recovered.report.foreign, ["notes.txt", "segment-12"]);
    assert_eq!(disk.contents()["notes.txt"], b"mine");
}

#[test]
fn foreign_file_under_our_name() {
    let disk = journal(OPTIONS, 3, 4);
    disk.put("segment-00000000000000000013", &[b'x'; 200]);

    let error = refuses(&disk, OPTIONS);

    assert_eq!(error, JournalError::Foreign { file: "segment-00000000000000000013".to_owned() });
}

#[test]
fn segment_of_another_journal() {
    let disk = journal(SMALL, 12, 4);
    let other = journal(Options { identity: 8, ..SMALL }, 12, 4);
    let name = names(&disk, "segment-").remove(1);
    disk.put(&name, &other.contents()[&name]);

    assert_eq!(refuses(&disk, SMALL), JournalError::Foreign { file: name });
}

#[test]
fn another_version() {
    let disk = journal(OPTIONS, 3, 4);
    edit(&disk, FIRST, |bytes| {
        bytes[8] = 2;
        let sum = xxhash_rust::xxh3::xxh3_64_with_seed(&bytes[..56], 0);
        bytes[56..64].copy_from_slice(&sum.to_le_bytes());
    });

    assert_eq!(refuses(&disk, OPTIONS), JournalError::Version { file: FIRST.to_owned(), found: 2 });
}

#[test]
fn header_damaged() {
    let whole = journal(SMALL, 12, 4);
    for name in names(&whole, "segment-") {
        for at in 8..HEADER {
            let disk = whole.restart();
            edit(&disk, &name, |bytes| bytes[at] ^= 4);
            let error = refuses(&disk, SMALL);
            assert!(is_damage(&error, &name), "{error}");
        }
    }
}

#[test]
fn torn_tail() {
    let disk = journal(OPTIONS, 3, 4);
    edit(&disk, FIRST, |bytes| bytes.truncate(bytes.len() - MARK - 60));

    let recovered = recovers(&disk, OPTIONS, 8);

    assert!(recovered.report.cut_bytes > 0);
}

#[test]
fn trailer_missing() {
    let disk = journal(OPTIONS, 3, 4);
    edit(&disk, FIRST, |bytes| bytes.truncate(bytes.len() - 2 * MARK));

    recovers(&disk, OPTIONS, 8);
}

#[test]
fn zero_filled_tail() {
    for length in [1, 23, 24, 48, 511, 4096, 3 << 20] {
        let disk = journal(OPTIONS, 3, 4);
        edit(&disk, FIRST, |bytes| bytes.resize(bytes.len() + usize::try_from(length).unwrap(), 0));

        let recovered = recovers(&disk, OPTIONS, 12);

        assert_eq!(recovered.report.cut_bytes, length);
    }
}

#[test]
fn garbage_tail() {
    let mut scramble = Scramble::new(3);
    for length in [1, 23, 24, 48, 511, 4096, 3 << 20] {
        for random in [false, true] {
            let disk = journal(OPTIONS, 3, 4);
            let mut byte = || if random { (scramble.next_number() & 0xFF) as u8 } else { 0xFF };
            edit(&disk, FIRST, |bytes| bytes.extend((0..length).map(|_| byte())));

            let recovered = recovers(&disk, OPTIONS, 12);

            assert_eq!(recovered.report.cut_bytes, length);
        }
    }
}

#[test]
fn duplicated_tail() {
    let whole = journal(OPTIONS, 5, 4);
    let length = whole.contents()[FIRST].len();
    for from in HEADER..length {
        let disk = whole.restart();
        edit(&disk, FIRST, |bytes| bytes.extend_from_within(from..));

        recovers(&disk, OPTIONS, 20);
    }
}

#[test]
fn unsynced_batches_out_of_order() {
    let disk = FaultDisk::new();
    let mut recovered = open(&disk, OPTIONS).unwrap();
    write(&mut recovered, 2, 4);
    let safe = disk.contents()[FIRST].len();
    for first in [9, 13, 17] {
        recovered.writer.append(&mut batch(first, 4)).unwrap();
    }
    let disk = disk.restart();
    edit(&disk, FIRST, |bytes| bytes[safe + 40] ^= 1);

    recovers(&disk, OPTIONS, 8);
}

#[test]
fn damage_in_the_middle() {
    let disk = journal(OPTIONS, 3, 4);
    let length = disk.contents()[FIRST].len();
    edit(&disk, FIRST, |bytes| bytes[length / 2] ^= 1);

    let error = refuses(&disk, OPTIONS);

    assert!(is_damage(&error, FIRST));
    assert_eq!(verify(&disk).unwrap().damage, Some(error));
    assert_eq!(entries(&disk).err(), verify(&disk).unwrap().damage);
    let last = repaired(&disk, OPTIONS);
    assert!(last.is_multiple_of(4) && last < 12);
}

#[test]
fn damage_in_the_last_batch() {
    let whole = journal(OPTIONS, 3, 4);
    let length = whole.contents()[FIRST].len();
    for back in MARK + 1..MARK + 150 {
        let disk = whole.restart();
        edit(&disk, FIRST, |bytes| bytes[length - back] ^= 1);

        assert!(is_damage(&refuses(&disk, OPTIONS), FIRST));
        assert_eq!(repaired(&disk, OPTIONS), 8);
    }
}

#[test]
fn sync_failed_before() {
    let disk = FaultDisk::new();
    let mut recovered = open(&disk, OPTIONS).unwrap();
    write(&mut recovered, 2, 4);
    recovered.writer.append(&mut batch(9, 4)).unwrap();
    disk.fail_at(disk.calls() + 1, Failure::Io, false);
    assert!(recovered.writer.sync().is_err());
    assert_eq!(recovered.writer.sync(), Err(JournalError::Dead));
    assert_eq!(recovered.writer.append(&mut batch(13, 4)), Err(JournalError::Dead));

    let disk = disk.restart();
    recovers(&disk, OPTIONS, 12);

    recovers(&disk.crash(Torn::Lost, 1), OPTIONS, 12);
}

#[test]
fn newest_segment_is_empty() {
    let disk = journal(SMALL, 12, 4);
    let name = names(&disk, "segment-").pop().unwrap();
    let last = name["segment-".len()..].parse::<u64>().unwrap() - 1;
    edit(&disk, &name, |bytes| bytes.truncate(HEADER));

    let mut recovered = recovers(&disk, SMALL, last);

    recovered.writer.snapshot(1, b"state").unwrap();
    let again = open(&disk.restart(), SMALL).unwrap();
    assert_eq!((again.snapshot.unwrap().info.sequence, again.report.unusable_snapshots.len()), (last, 0));
    write(&mut recovered, 12, 4);
    recovers(&disk.restart(), SMALL, last + 48);
}

#[test]
fn older_segment_torn() {
    let whole = journal(SMALL, 12, 4);
    let name = names(&whole, "segment-").remove(1);
    for cut in [1, MARK, 100] {
        let disk = whole.restart();
        edit(&disk, &name, |bytes| bytes.truncate(bytes.len() - cut));

        match refuses(&disk, SMALL) {
            JournalError::Foreign { .. } => assert_eq!(cut, MARK),
            error => assert!(is_damage(&error, &name), "{error}"),
        }
        repaired(&disk, SMALL);
    }
}

#[test]
fn older_segment_damaged() {
    let disk = journal(SMALL, 12, 4);
    let name = names(&disk, "segment-").remove(1);
    edit(&disk, &name, |bytes| bytes[HEADER + 30] ^= 1);

    let error = refuses(&disk, SMALL);

    assert!(is_damage(&error, &name));
    let facts = inspect(&disk).unwrap();
    let last = repaired(&disk, SMALL);
    assert_eq!(last + 1, facts.segments[1].first_sequence);
}

#[test]
fn damage_before_the_snapshot() {
    let disk = FaultDisk::new();
    let mut recovered = open(&disk, SMALL).unwrap();
    write(&mut recovered, 12, 4);
    recovered.writer.snapshot(1, b"state").unwrap();
    write(&mut recovered, 12, 4);
    let disk = disk.restart();
    let name = names(&disk, "segment-").remove(1);
    edit(&disk, &name, |bytes| bytes[HEADER + 30] ^= 1);

    let recovered = open(&disk, SMALL).unwrap();

    assert_eq!(recovered.snapshot.unwrap().payload, b"state");
    assert!(is_damage(&entries(&disk).err().unwrap(), &name));
    assert!(is_damage(&verify(&disk).unwrap().damage.unwrap(), &name));
}

#[test]
fn segment_missing() {
    let whole = journal(SMALL, 12, 4);
    let segments = names(&whole, "segment-");
    for name in &segments[..segments.len() - 1] {
        let disk = whole.restart();
        disk.take(name);

        let sequence = name["segment-".len()..].parse().unwrap();
        assert_eq!(refuses(&disk, SMALL), JournalError::MissingSegment { sequence });
    }
    let disk = FaultDisk::new();
    disk.put("snapshot-00000000000000000009", b"anything");
    assert_eq!(refuses(&disk, SMALL), JournalError::MissingSegment { sequence: 0 });
}

#[test]
fn segment_of_another_history() {
    let disk = journal(SMALL, 12, 4);
    let other = FaultDisk::new();
    let mut recovered = open(&other, SMALL).unwrap();
    for first in (0..12).map(|index| 4 * index + 1) {
        recovered.writer.commit(&mut batch(first + 100, 4)).unwrap();
        recovered.writer.mark().unwrap();
    }
    let name = names(&disk, "segment-").remove(1);
    if let Some(bytes) = other.contents().get(&name) {
        disk.put(&name, bytes);
    }

    assert_eq!(refuses(&disk, SMALL), JournalError::Foreign { file: name });
}

#[test]
fn snapshot_beyond_the_end() {
    let disk = FaultDisk::new();
    let mut recovered = open(&disk, OPTIONS).unwrap();
    write(&mut recovered, 2, 4);
    let length = disk.contents()[FIRST].len();
    write(&mut recovered, 2, 4);
    recovered.writer.snapshot(5, b"state").unwrap();
    let disk = disk.restart();
    edit(&disk, FIRST, |bytes| bytes.truncate(length));

    let file = "snapshot-00000000000000000016".to_owned();
    assert_eq!(refuses(&disk, OPTIONS), JournalError::SnapshotBeyondEnd { file, end: 8 });
    assert_eq!(repaired(&disk, OPTIONS), 8);
}

/// A journal with five snapshots taken, of which three are kept.
fn with_snapshots() -> FaultDisk {
    let disk = FaultDisk::new();
    let mut recovered = open(&disk, SMALL).unwrap();
    for mark in 1..=5 {
        write(&mut recovered, 5, 4);
        recovered.writer.snapshot(mark * 100, format!("state {mark}").as_bytes()).unwrap();
    }
    write(&mut recovered, 5, 4);
    disk.restart()
}

#[test]
fn snapshot_damaged() {
    let whole = with_snapshots();
    let snapshots = names(&whole, "snapshot-");
    assert_eq!(snapshots.len(), 3);
    let newest = &snapshots[2];
    for at in 0..whole.contents()[newest].len() {
        let disk = whole.restart();
        edit(&disk, newest, |bytes| bytes[at] ^= 16);

        let recovered = recovers(&disk, SMALL, 120);

        assert_eq!(recovered.snapshot.unwrap().payload, b"state 4");
        assert_eq!(recovered.report.unusable_snapshots, [newest.as_str()]);
    }
    let disk = whole.restart();
    for name in &snapshots {
        edit(&disk, name, |bytes| bytes.truncate(81));
    }
    assert_eq!(recovers(&disk, SMALL, 120).snapshot, None);
}

#[test]
fn snapshot_of_another_history() {
    let disk = with_snapshots();
    let other = FaultDisk::new();
    let mut recovered = open(&other, SMALL).unwrap();
    recovered.writer.commit(&mut batch(5, 100)).unwrap();
    recovered.writer.snapshot(500, b"another").unwrap();
    let name = "snapshot-00000000000000000100";
    disk.put(name, &other.contents()[name]);

    let recovered = recovers(&disk, SMALL, 120);

    let snapshot = recovered.snapshot.unwrap();
    assert_eq!((snapshot.payload, snapshot.info.mark), (b"state 4".to_vec(), 400));
    assert_eq!(recovered.report.unusable_snapshots, [name]);
    let reader = Reader::open(Arc::new(disk), snapshot.info.sequence + 1, Some(snapshot.info.chain)).unwrap();
    assert_eq!(reader.next_sequence(), 81);
}

#[test]
fn second_writer() {
    let disk = journal(OPTIONS, 3, 4);
    let first = open(&disk, OPTIONS).unwrap();

    assert_eq!(refuses(&disk, OPTIONS), JournalError::Locked);

    assert_eq!(first.report.last_sequence, 12);
    assert_eq!(entries(&disk).unwrap(), expected(12));
}
