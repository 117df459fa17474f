//! A real recording, where it is at hand: how much, how fast, and that nothing is wrong with it.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic)]

use std::time::Instant;

use exchange::decimal::Step;
use feeds::{Policy, Reader, Settings};

/// Set `CROSSBOOK_RECORDING` to an uncompressed file to measure.
#[test]
#[ignore = "needs a recording: CROSSBOOK_RECORDING names an uncompressed file"]
fn a_recording_is_read_at_speed() {
    let Ok(path) = std::env::var("CROSSBOOK_RECORDING") else { return };
    let bytes = std::fs::read(path).unwrap();
    for _ in 0..10 {
        let settings = Settings {
            price_step: Step::new("0.01").unwrap(),
            quantity_step: Step::new("0.00000001").unwrap(),
            policy: Policy::Strict,
            symbol: None,
        };
        let mut reader = Reader::new(settings);
        let start = Instant::now();
        for piece in bytes.chunks(1 << 20) {
            reader.push(piece).unwrap();
        }
        reader.finish().unwrap();
        let seconds = start.elapsed().as_secs_f64();
        let rows = reader.summary().rows;
        println!(
            "{rows} rows in {:.1} ms: {:.2} M rows/s",
            seconds * 1e3,
            f64::from(u32::try_from(rows).unwrap()) / seconds / 1e6
        );
        println!("{:?}", reader.summary());
    }
}
