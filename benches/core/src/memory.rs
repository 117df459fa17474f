//! What the machine's memory costs at this moment: the floor under every flow that is larger than a cache.

use std::hint::black_box;
use std::time::Instant;

use crate::draw::Draw;

/// The size of what is read from: about that of a book of 280,000 orders with its ids.
pub const PROBED_BYTES: usize = 16 << 20;
const READS: usize = 1_000_000;
const REPEATS: usize = 3;

/// Nanoseconds of a random read beside others, and of one whose address the read before it gave; the best
/// of a few.
pub fn random_read() -> (f64, f64) {
    let mut draw = Draw::new(9);
    let words: Vec<u64> = (0..PROBED_BYTES / 8).map(|_| draw.word()).collect();
    let places: Vec<u32> = (0..READS).map(|_| draw.below(words.len()) as u32).collect();
    let mask = words.len() - 1;
    let mut best = (f64::MAX, f64::MAX);
    for _ in 0..REPEATS {
        let start = Instant::now();
        black_box(places.iter().fold(0, |seen, &place| seen ^ words[place as usize]));
        let apart = start.elapsed().as_nanos() as f64 / READS as f64;
        let start = Instant::now();
        let chain = places.iter().take(READS / 4);
        black_box(chain.fold(0, |last, &place| words[(last as usize ^ place as usize) & mask]));
        let chained = start.elapsed().as_nanos() as f64 / (READS / 4) as f64;
        best = (best.0.min(apart), best.1.min(chained));
    }
    best
}
