//! The hashes of the core: one over the stream of events, one over the state.
//!
//! They are fast 64-bit mixing hashes. They tell accidental difference, on every machine alike; they are
//! no defence against somebody who looks for a collision.

/// Odd constants with well spread bits, from the digits of pi.
const KEYS: [u64; 6] = [
    0x243f_6a88_85a3_08d3,
    0x1319_8a2e_0370_7345,
    0xa409_3822_299f_31d1,
    0x082e_fa98_ec4e_6c89,
    0x4528_21e6_38d0_1377,
    0xbe54_66cf_34e9_0c6d,
];

/// Multiplies to 128 bits and folds the halves.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // Folding a product means taking both of its halves.
pub(crate) const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128) * (b as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

/// A hash over a sequence of records of twelve words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RunningHash(u64);

impl Default for RunningHash {
    fn default() -> Self {
        Self(KEYS[5])
    }
}

impl RunningHash {
    /// Continues from a stored value.
    #[must_use]
    pub const fn resume(value: u64) -> Self {
        Self(value)
    }

    /// Takes in one record. The six products do not wait for one another.
    #[inline(always)]
    pub fn absorb(&mut self, words: [u64; 12]) {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = words;
        let left = fold(a ^ KEYS[0], b ^ KEYS[1])
            ^ fold(c ^ KEYS[2], d ^ KEYS[3]).rotate_left(17)
            ^ fold(e ^ KEYS[4], f ^ KEYS[5]).rotate_left(31);
        let right = fold(g ^ KEYS[1], h ^ KEYS[2])
            ^ fold(i ^ KEYS[3], j ^ KEYS[4]).rotate_left(23)
            ^ fold(k ^ KEYS[5], l ^ KEYS[0]).rotate_left(41);
        self.0 = fold(self.0 ^ left, right ^ KEYS[3]) ^ left.rotate_left(7);
    }

    /// The value so far.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }
}

/// The hash of a byte string.
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut state = KEYS[0] ^ fold(bytes.len() as u64 ^ KEYS[1], KEYS[2]);
    let mut chunks = bytes.chunks_exact(16);
    for chunk in &mut chunks {
        let (low, high) = chunk.split_at(8);
        state = fold(word(low) ^ state, word(high) ^ KEYS[3]) ^ state.rotate_left(29);
    }
    let mut last = [0_u8; 16];
    for (to, from) in last.iter_mut().zip(chunks.remainder()) {
        *to = *from;
    }
    let (low, high) = last.split_at(8);
    fold(fold(word(low) ^ state, word(high) ^ KEYS[4]), KEYS[5] ^ state)
}

/// Reads up to eight bytes as a little-endian word.
fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, &byte| (sum << 8) | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_records_matters() {
        let mut one = RunningHash::default();
        let mut two = RunningHash::default();
        one.absorb([1; 12]);
        one.absorb([2; 12]);
        two.absorb([2; 12]);
        two.absorb([1; 12]);
        assert_ne!(one, two);
    }

    #[test]
    fn every_word_of_a_record_matters() {
        let mut seen = std::collections::BTreeSet::new();
        for changed in 0..12 {
            for bit in 0..64 {
                let mut words = [7_u64; 12];
                if let Some(word) = words.get_mut(changed) {
                    *word ^= 1 << bit;
                }
                let mut hash = RunningHash::default();
                hash.absorb(words);
                assert!(seen.insert(hash.value()));
            }
        }
    }

    #[test]
    fn every_byte_and_the_length_matter() {
        let mut seen = std::collections::BTreeSet::new();
        for length in 0..40 {
            assert!(seen.insert(hash_bytes(&vec![0; length])));
            for changed in 0..length {
                let mut bytes = vec![0; length];
                bytes.fill(0);
                if let Some(byte) = bytes.get_mut(changed) {
                    *byte = 1;
                }
                assert!(seen.insert(hash_bytes(&bytes)));
            }
        }
    }
}
