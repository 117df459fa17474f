//! A journal in a real directory, written and read again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::Arc;

use journal::{Batch, Disk, Durability, Journal, JournalError, Kind, Options, Pipeline, Reader, Storage};

fn directory(name: &str) -> std::path::PathBuf {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    path
}

#[test]
fn what_is_written_is_read_again_over_segments_and_restarts() {
    let path = directory("written-and-read");
    let options = Options { segment_bytes: 4096, identity: 1 };
    for round in 0..3_u64 {
        let storage: Arc<dyn Storage> = Arc::new(Disk::create(&path).unwrap());
        let recovered =
            Journal::create_or_recover(Arc::clone(&storage), &|| b"begin".to_vec(), options).unwrap();
        assert_eq!(recovered.genesis, b"begin");
        assert_eq!(recovered.report.last_sequence, round * 300);
        let other: Arc<dyn Storage> = Arc::new(Disk::new(&path));
        assert_eq!(
            Journal::create_or_recover(Arc::clone(&other), &Vec::new, options).err(),
            Some(JournalError::Locked)
        );

        let pipeline = Pipeline::start(recovered.writer, Durability::Durable, 0, Box::new(|| {})).unwrap();
        let mut batch = Batch::new();
        for ticket in 1..=100 {
            for part in 0..3 {
                batch.push(Kind::Command, format!("{round} {ticket} {part}").as_bytes()).unwrap();
            }
            pipeline.submit(&mut batch, ticket).unwrap();
        }
        pipeline.snapshot(7, vec![9; 100]).unwrap();
        pipeline.close().unwrap();
        drop(storage);

        let mut reader = Reader::open(other, 1, None).unwrap();
        let mut seen = 0;
        while let Some(view) = reader.next_batch().unwrap() {
            for entry in view.entries() {
                seen += 1;
                assert_eq!(entry.sequence, seen);
            }
        }
        assert_eq!(seen, (round + 1) * 300);
    }
}
