//! Group commit on a disk that fails: no ticket is published that is not safe.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use journal::storage::fault::{Failure, FaultDisk, Torn};
use journal::{
    Access, Batch, Durability, JournalError, Kind, Pipeline, QUEUE_BYTES_MAX, Refused, Storage, StorageFile,
};

use crate::support::{OPTIONS, SMALL, batch, entries, expected, journal, names, open};

const TORN: [Torn; 5] = [Torn::Kept, Torn::Lost, Torn::Cut(512), Torn::Cut(1), Torn::Garbled(512)];

/// A disk whose syncs wait until they are let through.
struct Gated {
    disk: FaultDisk,
    gate: Arc<Mutex<mpsc::Receiver<()>>>,
}

struct GatedFile {
    file: Box<dyn StorageFile>,
    gate: Arc<Mutex<mpsc::Receiver<()>>>,
}

impl Storage for Gated {
    fn lock(&self) -> std::io::Result<bool> {
        self.disk.lock()
    }
    fn list(&self) -> std::io::Result<Vec<String>> {
        self.disk.list()
    }
    fn create(&self, name: &str) -> std::io::Result<Box<dyn StorageFile>> {
        let file = self.disk.create(name)?;
        Ok(Box::new(GatedFile { file, gate: Arc::clone(&self.gate) }))
    }
    fn open(&self, name: &str, access: Access) -> std::io::Result<Box<dyn StorageFile>> {
        let file = self.disk.open(name, access)?;
        Ok(Box::new(GatedFile { file, gate: Arc::clone(&self.gate) }))
    }
    fn rename(&self, from: &str, to: &str) -> std::io::Result<()> {
        self.disk.rename(from, to)
    }
    fn remove(&self, name: &str) -> std::io::Result<()> {
        self.disk.remove(name)
    }
    fn sync_directory(&self) -> std::io::Result<()> {
        self.disk.sync_directory()
    }
}

impl StorageFile for GatedFile {
    fn length(&self) -> std::io::Result<u64> {
        self.file.length()
    }
    fn read_at(&self, offset: u64, into: &mut [u8]) -> std::io::Result<usize> {
        self.file.read_at(offset, into)
    }
    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.append(bytes)
    }
    fn rewrite_at(&mut self, offset: u64, same_bytes: &[u8]) -> std::io::Result<()> {
        self.file.rewrite_at(offset, same_bytes)
    }
    fn truncate(&mut self, length: u64) -> std::io::Result<()> {
        self.file.truncate(length)
    }
    fn sync_data(&mut self) -> std::io::Result<()> {
        // A gate whose sender is gone lets everything through.
        let _ = self.gate.lock().unwrap().recv();
        self.file.sync_data()
    }
}

/// Waits until a thread has done what it was asked, with a bound that only a broken test reaches.
fn until(mut done: impl FnMut() -> bool) {
    for _ in 0..20_000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    assert!(done(), "nothing happened");
}

fn start(disk: &FaultDisk, durability: Durability) -> Result<Pipeline, JournalError> {
    Pipeline::start(open(disk, SMALL)?.writer, durability, 0, Box::new(|| {}))
}

/// Checks that after a loss of power now the journal holds every entry up to a ticket.
fn is_safe(disk: &FaultDisk, ticket: u64, seed: u64) {
    for torn in TORN {
        let after = disk.crash(torn, seed);
        let recovered = open(&after, SMALL).unwrap();
        let last = recovered.report.last_sequence;
        assert!(last >= ticket, "{torn:?}: ticket {ticket} was published and the journal ends with {last}");
        assert_eq!(entries(&after).unwrap(), expected(last));
        assert_eq!(recovered.report.unusable_snapshots, [""; 0]);
    }
}

/// Hands over `batches` batches of 4 entries, whose tickets are their last entries.
fn submit(pipeline: &Pipeline, batches: u64, mut after_each: impl FnMut(u64)) -> Result<(), Refused> {
    for index in 0..batches {
        pipeline.submit(&mut batch(4 * index + 1, 4), 4 * (index + 1))?;
        if index == batches / 2 {
            pipeline.snapshot(index, b"state".to_vec())?;
        }
        after_each(index);
    }
    Ok(())
}

#[test]
fn no_ticket_is_published_before_its_batch_is_safe() {
    let disk = FaultDisk::new();
    let pipeline = start(&disk, Durability::Durable).unwrap();
    let mut seen = 0;
    submit(&pipeline, 60, |index| {
        if index % 3 == 0 {
            until(|| pipeline.durable() == 4 * (index + 1));
        }
        // The crash comes after the look, so that it can only find more than was safe then.
        seen = pipeline.durable();
        is_safe(&disk, seen, index);
    })
    .unwrap();
    until(|| pipeline.durable() == 240);
    is_safe(&disk, 240, 1);
    pipeline.close().unwrap();
    assert_eq!(entries(&disk).unwrap(), expected(240));
}

#[test]
fn an_error_at_any_call_loses_nothing_that_was_published() {
    let whole = FaultDisk::new();
    let pipeline = start(&whole, Durability::Durable).unwrap();
    submit(&pipeline, 10, |_| {}).unwrap();
    pipeline.close().unwrap();
    for call in 1..=whole.calls() + 20 {
        for failure in [Failure::Full, Failure::ShortWrite, Failure::Io] {
            for for_ever in [false, true] {
                let disk = FaultDisk::new();
                disk.fail_at(call, failure, for_ever);
                let Ok(pipeline) = start(&disk, Durability::Durable) else { continue };
                let handed_over = submit(&pipeline, 10, |_| {});
                let published = pipeline.durable();
                is_safe(&disk, published, call);
                let failed = pipeline.failure();
                let closed = pipeline.close();
                assert!(closed.is_err() || (handed_over.is_ok() && failed.is_none()));
                disk.heal();
                is_safe(&disk, if closed.is_ok() { 40 } else { published }, call);
            }
        }
    }
}

#[test]
fn a_failed_sync_ends_the_journal() {
    for calls_after in 1..12 {
        let disk = FaultDisk::new();
        let recovered = open(&disk, OPTIONS).unwrap();
        let pipeline = Pipeline::start(recovered.writer, Durability::Durable, 0, Box::new(|| {})).unwrap();
        disk.fail_at(disk.calls() + calls_after, Failure::Io, false);
        for index in 0..10 {
            let handed_over = pipeline.submit(&mut batch(4 * index + 1, 4), 4 * (index + 1));
            until(|| pipeline.durable() == 4 * (index + 1) || pipeline.failure().is_some());
            is_safe(&disk, pipeline.durable(), index);
            if pipeline.failure().is_some() {
                assert!(handed_over.is_ok() || index > 0);
                let refused = pipeline.submit(&mut batch(1, 1), 99);
                assert!(matches!(refused, Err(Refused::Failed(JournalError::Io { .. }))));
                break;
            }
        }
        assert!(matches!(pipeline.close(), Err(JournalError::Io { .. })));
    }
}

#[test]
fn a_full_disk_is_waited_for_and_nothing_is_lost() {
    let disk = FaultDisk::new();
    let pipeline = start(&disk, Durability::Durable).unwrap();
    pipeline.submit(&mut batch(1, 4), 4).unwrap();
    until(|| pipeline.durable() == 4);
    disk.set_room(Some(disk.used_bytes() + 150));
    for index in 1..20 {
        pipeline.submit(&mut batch(4 * index + 1, 4), 4 * (index + 1)).unwrap();
    }
    until(|| pipeline.is_full());
    is_safe(&disk, pipeline.durable(), 3);
    assert!(pipeline.durable() < 80 && pipeline.failure().is_none());

    disk.set_room(None);
    until(|| pipeline.durable() == 80 && !pipeline.is_full());

    assert_eq!(pipeline.waiting_bytes(), 0);
    pipeline.close().unwrap();
    assert_eq!(entries(&disk).unwrap(), expected(80));
}

#[test]
fn closing_on_a_full_disk_says_so_and_keeps_what_there_was_room_for() {
    let disk = FaultDisk::new();
    let pipeline = start(&disk, Durability::MEMORY).unwrap();
    disk.set_room(Some(disk.used_bytes() + 1_000));
    submit(&pipeline, 20, |_| {}).unwrap();

    assert!(matches!(pipeline.close(), Err(JournalError::Full { .. })));

    disk.set_room(None);
    let after = disk.crash(Torn::Lost, 1);
    let last = open(&after, SMALL).unwrap().report.last_sequence;
    assert!(last > 0 && last < 80);
}

#[test]
fn memory_tickets_survive_the_process_and_are_synced_soon() {
    let disk = FaultDisk::new();
    let sync_wait = Duration::from_millis(1);
    let pipeline = start(&disk, Durability::Memory { sync_wait, sync_bytes: 1 << 20 }).unwrap();
    submit(&pipeline, 20, |_| {
        let published = pipeline.durable();
        let after = disk.restart();
        assert!(open(&after, SMALL).unwrap().report.last_sequence >= published);
    })
    .unwrap();
    until(|| pipeline.durable() == 80);
    until(|| open(&disk.crash(Torn::Lost, 1), SMALL).unwrap().report.last_sequence == 80);
    pipeline.close().unwrap();
}

#[test]
fn handing_over_never_waits_for_the_disk_and_is_refused_beyond_the_bound() {
    let disk = journal(OPTIONS, 1, 4);
    let (open_gate, gate) = mpsc::channel();
    for _ in 0..2 {
        open_gate.send(()).unwrap();
    }
    let gated = Arc::new(Gated { disk: disk.clone(), gate: Arc::new(Mutex::new(gate)) });
    let recovered = journal::Journal::create_or_recover(gated, &Vec::new, OPTIONS).unwrap();
    let woken = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&woken);
    let wake = move || {
        count.fetch_add(1, Ordering::Relaxed);
    };
    let pipeline = Pipeline::start(recovered.writer, Durability::Durable, 4, Box::new(wake)).unwrap();
    let mut large = Batch::new();
    let mut taken = 0;
    loop {
        if large.is_empty() {
            while large.count() < 200 {
                large.push(Kind::Command, &[5; 60_000]).unwrap();
            }
        }
        match pipeline.submit(&mut large, 100 + taken) {
            Ok(()) => taken += 1,
            Err(refused) => {
                // One sync was let through, so that the second is the one that stands still.
                if pipeline.durable() > 4 {
                    assert_eq!(refused, Refused::Busy);
                    break;
                }
            }
        }
    }
    assert_eq!(large.count(), 200);
    assert!(pipeline.waiting_bytes() <= QUEUE_BYTES_MAX);
    drop(open_gate);
    until(|| pipeline.durable() == 99 + taken);
    assert!(pipeline.submit(&mut large, 100 + taken).is_ok());
    assert!(woken.load(Ordering::Relaxed) > 0);
    pipeline.close().unwrap();
    assert_eq!(entries(&disk).unwrap().len() as u64, 4 + 200 * (taken + 1));
}

#[test]
fn a_crash_at_any_step_of_a_snapshot_leaves_it_whole_or_not_there() {
    let whole = journal(SMALL, 6, 4);
    let mut recovered = open(&whole, SMALL).unwrap();
    recovered.writer.snapshot(1, b"first").unwrap();
    let before = whole.restart();
    let calls = {
        let disk = before.restart();
        let mut recovered = open(&disk, SMALL).unwrap();
        recovered.writer.commit(&mut batch(25, 4)).unwrap();
        let opened = disk.calls();
        recovered.writer.snapshot(2, &[9; 5_000]).unwrap();
        disk.calls() - opened
    };
    for call in 1..=calls + 1 {
        for failure in [Failure::Io, Failure::ShortWrite, Failure::Full] {
            let disk = before.restart();
            let mut recovered = open(&disk, SMALL).unwrap();
            recovered.writer.commit(&mut batch(25, 4)).unwrap();
            disk.fail_at(disk.calls() + call, failure, true);
            let written = recovered.writer.snapshot(2, &[9; 5_000]);
            for (torn, seed) in TORN.iter().flat_map(|torn| (0..6).map(move |seed| (*torn, seed))) {
                let after = disk.crash(torn, seed);
                let recovered = open(&after, SMALL).unwrap();
                assert_eq!(recovered.report.unusable_snapshots, [""; 0]);
                assert_eq!(recovered.report.last_sequence, 28);
                let found = recovered.snapshot.unwrap().info.mark;
                assert!(found == 2 || (found == 1 && (written.is_err() || call <= calls)));
                assert!(names(&after, "snapshot-").iter().all(|name| !name.ends_with("temporary")));
            }
        }
    }
}

#[test]
fn snapshots_of_the_pipeline_stand_where_they_were_taken() {
    let disk = FaultDisk::new();
    let pipeline = start(&disk, Durability::MEMORY).unwrap();
    for index in 0..6 {
        pipeline.submit(&mut batch(4 * index + 1, 4), index).unwrap();
        pipeline.snapshot(index * 10, vec![7; 10]).unwrap();
        pipeline.submit(&mut batch(0, 0), index).unwrap();
        until(|| !pipeline.is_snapshotting());
        assert_eq!(pipeline.snapshot_sequence(), 4 * (index + 1));
        let after = open(&disk.crash(Torn::Lost, 1), SMALL).unwrap();
        assert_eq!(after.snapshot.unwrap().info.mark, index * 10);
    }
    assert_eq!(pipeline.snapshot_failure(), None);
    pipeline.close().unwrap();
    assert_eq!(names(&disk, "snapshot-").len(), 3);
    let found = journal::snapshot::newest(&disk, 45).unwrap().unwrap();
    assert_eq!((found.info.mark, found.info.sequence), (40, 20));
}
