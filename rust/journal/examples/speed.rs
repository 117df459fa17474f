//! How fast a journal is written and read: `cargo run --release --example speed -- DIRECTORY [COMMANDS]`.
//!
//! The directory must be empty. Commands are of 80 bytes, 256 a batch. "append" ends in the machine's memory;
//! "group commit" goes through the pipeline and waits for the disk; "recover" and "read" find the file in memory.

#![allow(clippy::float_arithmetic)]

use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use journal::{Batch, Disk, Durability, Journal, Kind, Options, Pipeline, Reader, Refused, Storage};

const BATCH: u64 = 256;

fn tell(what: &str, commands: u64, took: Duration) -> std::io::Result<()> {
    let rate = commands as f64 / took.as_secs_f64() / 1e6;
    writeln!(std::io::stdout(), "{what:<14} {commands:>10} commands {took:>12.3?} {rate:>8.2} M/s")
}

fn fill(batch: &mut Batch, payload: &[u8; 80]) -> Result<(), journal::JournalError> {
    batch.clear();
    for _ in 0..BATCH {
        batch.push(Kind::Command, payload)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("a directory is needed")?;
    let commands = arguments.next().map_or(Ok(4_000_000), |text| text.parse::<u64>())? / BATCH * BATCH;
    let open = || -> Result<_, Box<dyn Error>> {
        let storage: Arc<dyn Storage> = Arc::new(Disk::create(&directory)?);
        Ok(Journal::create_or_recover(storage, &|| b"speed".to_vec(), Options::default())?)
    };
    let payload = [7; 80];
    let mut batch = Batch::new();

    let mut recovered = open()?;
    let started = Instant::now();
    for _ in 0..commands / BATCH {
        fill(&mut batch, &payload)?;
        recovered.writer.append(&mut batch)?;
    }
    tell("append", commands, started.elapsed())?;
    let started = Instant::now();
    recovered.writer.sync()?;
    tell("sync", commands, started.elapsed())?;
    drop(recovered);

    let started = Instant::now();
    let recovered = open()?;
    tell("recover", commands, started.elapsed())?;

    let started = Instant::now();
    let mut reader = Reader::open(Arc::new(Disk::new(&directory)), 1, None)?;
    let (mut entries, mut bytes) = (0, 0);
    while let Some(view) = reader.next_batch()? {
        for entry in view.entries() {
            entries += 1;
            bytes += std::hint::black_box(entry.payload).len();
        }
    }
    std::hint::black_box(bytes);
    tell("read", entries, started.elapsed())?;

    let pipeline = Pipeline::start(recovered.writer, Durability::Durable, 0, Box::new(|| {}))?;
    let some = commands.min(1_000_000) / BATCH;
    let started = Instant::now();
    for ticket in 1..=some {
        fill(&mut batch, &payload)?;
        while pipeline.submit(&mut batch, ticket) == Err(Refused::Busy) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    while pipeline.durable() < some {
        std::thread::sleep(Duration::from_micros(100));
    }
    tell("group commit", some * BATCH, started.elapsed())?;

    let started = Instant::now();
    for ticket in some + 1..=some + 200 {
        fill(&mut batch, &payload)?;
        while pipeline.submit(&mut batch, ticket) == Err(Refused::Busy) {}
        while pipeline.durable() < ticket {
            std::thread::yield_now();
        }
    }
    tell("one by one", 200 * BATCH, started.elapsed())?;
    pipeline.close()?;
    Ok(())
}
