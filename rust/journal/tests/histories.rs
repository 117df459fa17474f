//! Random histories with crashes, failing calls and full disks, against a list of what was written and promised.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use journal::storage::fault::{Failure, FaultDisk, Torn};
use journal::{Batch, JournalError, Kind, Options, Recovered};
use proptest::prelude::*;

use crate::support::{entries, open};

#[derive(Clone, Debug)]
enum Act {
    Append { count: u64, size_bytes: usize },
    Sync,
    Mark,
    Snapshot,
    Restart,
    Crash { torn: Torn, seed: u64 },
    Fail { after_calls: u64, failure: Failure, for_ever: bool },
    Room { bytes: usize },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let torn = prop_oneof![
        Just(Torn::Kept),
        Just(Torn::Lost),
        Just(Torn::Cut(512)),
        Just(Torn::Cut(4096)),
        Just(Torn::Cut(1)),
        Just(Torn::Garbled(512)),
        Just(Torn::Garbled(64)),
    ];
    let failure = prop_oneof![Just(Failure::Full), Just(Failure::ShortWrite), Just(Failure::Io)];
    let act = prop_oneof![
        8 => (1..6_u64, 0..300_usize).prop_map(|(count, size_bytes)| Act::Append { count, size_bytes }),
        4 => Just(Act::Sync),
        3 => Just(Act::Mark),
        2 => Just(Act::Snapshot),
        1 => Just(Act::Restart),
        3 => (torn, any::<u64>()).prop_map(|(torn, seed)| Act::Crash { torn, seed }),
        1 => (1..8_u64, failure, any::<bool>())
            .prop_map(|(after_calls, failure, for_ever)| Act::Fail { after_calls, failure, for_ever }),
        1 => (0..500_usize).prop_map(|bytes| Act::Room { bytes }),
    ];
    proptest::collection::vec(act, 1..60)
}

/// What must be true of the journal.
#[derive(Default)]
struct Model {
    /// Every entry written, in batches; the batches before `safe` were promised.
    batches: Vec<Vec<Vec<u8>>>,
    safe: usize,
    /// A number that makes each batch unlike all others, those that were lost among them.
    written: u64,
}

impl Model {
    fn flat(&self, batches: usize) -> Vec<(u64, Vec<u8>)> {
        let payloads = self.batches[..batches].iter().flatten().cloned();
        payloads.enumerate().map(|(index, payload)| (index as u64 + 1, payload)).collect()
    }

    /// The journal came back with `found`: a prefix of whole batches, with all that was promised.
    fn settle(&mut self, found: &[(u64, Vec<u8>)]) {
        let whole = (self.safe..=self.batches.len()).find(|batches| self.flat(*batches) == found);
        let Some(whole) = whole else {
            panic!("{} entries came back, of {} batches, {} safe", found.len(), self.batches.len(), self.safe)
        };
        self.batches.truncate(whole);
        self.safe = whole;
    }
}

fn append(recovered: &mut Recovered, model: &mut Model, count: u64, size_bytes: usize) {
    let mut batch = Batch::new();
    model.written += 1;
    let mut payloads = vec![];
    for part in 0..count {
        let mut payload = format!("{} {part} ", model.written).into_bytes();
        payload.resize(payload.len() + size_bytes, b'.');
        batch.push(Kind::Command, &payload).unwrap();
        payloads.push(payload);
    }
    match recovered.writer.append(&mut batch) {
        Ok(_) => model.batches.push(payloads),
        // Half of it may be there, but a start never finds the whole.
        Err(JournalError::Full { .. } | JournalError::Dead | JournalError::Io { .. }) => {}
        Err(other) => panic!("{other}"),
    }
}

fn reopen(disk: FaultDisk, model: &mut Model, options: Options) -> (FaultDisk, Recovered) {
    let recovered = open(&disk, options).unwrap();
    assert_eq!(recovered.report.unusable_snapshots, [""; 0]);
    let found = entries(&disk).unwrap();
    model.settle(&found);
    let first = disk.contents();
    let again = disk.restart();
    drop(open(&again, options).unwrap());
    assert_eq!(again.contents(), first);
    if let Some(snapshot) = &recovered.snapshot {
        assert!(snapshot.info.sequence <= found.len() as u64);
        assert_eq!(snapshot.payload, snapshot.info.sequence.to_le_bytes());
    }
    (disk, recovered)
}

/// Lives through a history and checks what comes back after every crash.
fn live(acts: Vec<Act>, segment_bytes: u64) {
    let options = Options { segment_bytes, identity: 3 };
    let mut model = Model::default();
    let mut disk = FaultDisk::new();
    let mut recovered = open(&disk, options).unwrap();
    for act in acts {
        match act {
            Act::Append { count, size_bytes } => append(&mut recovered, &mut model, count, size_bytes),
            Act::Sync => {
                if recovered.writer.sync().is_ok() {
                    model.safe = model.batches.len();
                }
            }
            Act::Mark => {
                let _ = recovered.writer.mark();
            }
            Act::Snapshot => {
                let sequence = recovered.writer.last_sequence();
                let _ = recovered.writer.snapshot(sequence, &sequence.to_le_bytes());
            }
            Act::Restart => (disk, recovered) = reopen(disk.restart(), &mut model, options),
            Act::Crash { torn, seed } => {
                (disk, recovered) = reopen(disk.crash(torn, seed), &mut model, options)
            }
            Act::Fail { after_calls, failure, for_ever } => {
                disk.fail_at(disk.calls() + after_calls, failure, for_ever);
            }
            Act::Room { bytes } => disk.set_room(Some(disk.used_bytes() + bytes)),
        }
        let sequence = recovered.writer.synced_sequence();
        let safe =
            (0..=model.batches.len()).rev().find(|batches| model.flat(*batches).len() as u64 <= sequence);
        model.safe = model.safe.max(safe.unwrap_or_default());
    }
    reopen(disk.crash(Torn::Lost, 0), &mut model, options);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_promised_is_lost_and_nothing_is_half_there(acts in acts(), segment_bytes in 400..3_000_u64) {
        live(acts, segment_bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    #[ignore = "slow"]
    fn nothing_promised_is_lost_in_ten_thousand_histories(acts in acts(), segment_bytes in 400..3_000_u64) {
        live(acts, segment_bytes);
    }
}
