//! Every cut and every flipped bit: what is read is a prefix with all that was safe, or the journal is refused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::sync::Arc;

use journal::storage::fault::{FaultDisk, Scramble};
use journal::{JournalError, Reader, repair, verify};

use crate::support::{FIRST, HEADER, MARK, OPTIONS, SMALL, edit, entries, expected, journal, names, open};

/// The last entry of the whole batches that end at or before each length of the file.
fn last_by_length(disk: &FaultDisk) -> Vec<Option<u64>> {
    let length = disk.contents()[FIRST].len();
    let mut lasts = vec![None; length + 1];
    let mut last = None;
    // The sizes are taken from the frames themselves: a batch end is a frame of kind 4.
    let bytes = disk.contents().remove(FIRST).unwrap();
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut at = HEADER;
    while at < length {
        let end = at + 24 + number(at + 8) as usize;
        lasts[at..end].fill(last);
        if number(at + 12) == 4 {
            last = Some(u64::from_le_bytes(bytes[at + 16..at + 24].try_into().unwrap()));
        }
        at = end;
    }
    lasts[length] = last;
    lasts
}

fn cut_at_every_byte(batches: u64, count: u64) {
    let whole = journal(OPTIONS, batches, count);
    for (length, last) in last_by_length(&whole).into_iter().enumerate() {
        let disk = whole.restart();
        edit(&disk, FIRST, |bytes| bytes.truncate(length));
        match (open(&disk, OPTIONS), last) {
            (Ok(recovered), Some(last)) => {
                assert_eq!(recovered.report.last_sequence, last);
                assert_eq!(entries(&disk).unwrap(), expected(last));
            }
            (Err(JournalError::Damaged { .. } | JournalError::Foreign { .. }), None) => {}
            (outcome, last) => {
                let found = outcome.map(|recovered| recovered.report);
                panic!("cut at {length}: expected {last:?}, found {found:?}");
            }
        }
    }
}

fn three_bits_in_every_byte(disk: &FaultDisk, options: journal::Options, last: u64) {
    for name in names(disk, "segment-") {
        let length = disk.contents()[&name].len();
        for at in 0..length {
            for bit in [0, 3, 7] {
                let spoilt = disk.restart();
                edit(&spoilt, &name, |bytes| bytes[at] ^= 1 << bit);
                match open(&spoilt, options) {
                    Ok(recovered) => {
                        assert!(at >= length - MARK, "{name} byte {at} bit {bit} was believed");
                        assert_eq!(recovered.report.last_sequence, last);
                        assert_eq!(entries(&spoilt).unwrap(), expected(last));
                    }
                    Err(
                        JournalError::Damaged { .. }
                        | JournalError::Foreign { .. }
                        | JournalError::MissingSegment { .. },
                    ) => {}
                    Err(other) => panic!("{name} byte {at} bit {bit}: {other}"),
                }
            }
        }
    }
}

#[test]
fn a_small_journal_cut_at_every_byte_is_a_prefix_of_whole_batches() {
    cut_at_every_byte(8, 4);
}

#[test]
#[ignore = "slow"]
fn a_journal_of_a_thousand_entries_cut_at_every_byte_is_a_prefix_of_whole_batches() {
    cut_at_every_byte(100, 10);
}

#[test]
fn three_bits_flipped_in_every_byte_of_a_small_journal_lose_nothing_and_change_nothing() {
    three_bits_in_every_byte(&journal(SMALL, 8, 4), SMALL, 32);
}

#[test]
#[ignore = "slow"]
fn three_bits_flipped_in_every_byte_of_a_thousand_entries_lose_nothing_and_change_nothing() {
    three_bits_in_every_byte(&journal(OPTIONS, 100, 10), OPTIONS, 1_000);
}

#[test]
fn damage_anywhere_is_found_by_verify_refused_by_readers_and_gone_after_a_repair() {
    let whole = journal(SMALL, 10, 4);
    let mut scramble = Scramble::new(11);
    for name in names(&whole, "segment-") {
        for _ in 0..60 {
            let disk = whole.restart();
            let at = scramble.below(disk.contents()[&name].len() - MARK);
            edit(&disk, &name, |bytes| bytes[at] ^= 32);

            let found = verify(&disk).unwrap();
            let damage = found.damage.unwrap();
            assert_eq!(found.last_sequence.is_some(), found.entries > 0);
            if at >= HEADER {
                assert!(matches!(damage, JournalError::Damaged { ref file, .. } if *file == name));
            }
            assert!(entries(&disk).is_err());

            let bytes_before: usize = disk.contents().values().map(Vec::len).sum();
            let facts = repair(&(Arc::new(disk.clone()) as Arc<dyn journal::Storage>)).unwrap();
            assert_eq!(facts.last_sequence, found.last_sequence);
            assert!(facts.lost_bytes > 0);
            assert_eq!(disk.contents().values().map(Vec::len).sum::<usize>(), bytes_before);
            let disk = disk.restart();
            if let Some(last) = facts.last_sequence {
                assert_eq!(open(&disk, SMALL).unwrap().report.last_sequence, last);
                assert_eq!(entries(&disk).unwrap(), expected(last));
                assert_eq!(verify(&disk).unwrap().damage, None);
            }
        }
    }
}

#[test]
fn random_bytes_in_place_of_a_segment_are_refused_and_never_panic() {
    let mut scramble = Scramble::new(5);
    for length in 0..300 {
        let disk = FaultDisk::new();
        let bytes: Vec<u8> = (0..length).map(|_| (scramble.next_number() & 0xFF) as u8).collect();
        disk.put(FIRST, &bytes);

        assert!(open(&disk, OPTIONS).is_err());
        assert!(Reader::open(Arc::new(disk.restart()), 0, None).is_err());
        assert!(verify(&disk).unwrap().damage.is_some());
    }
}
