//! What a loss of power leaves of a file, by chance that a seed decides.

/// What a loss of power leaves of what was not synced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Torn {
    /// All of it.
    Kept,
    /// Nothing.
    Lost,
    /// A part of each file's unsynced end, cut at a multiple of so many bytes of the file.
    Cut(usize),
    /// Of each block of so many bytes, at random: the bytes, zeros, or other bytes.
    Garbled(usize),
}

#[derive(Clone, Default, Debug)]
pub(super) struct Content {
    pub(super) visible: Vec<u8>,
    pub(super) safe: Vec<u8>,
    pub(super) unsynced_from: Option<usize>,
    pub(super) doomed: bool,
}

impl Content {
    /// Adds bytes at the end.
    pub(super) fn append(&mut self, bytes: &[u8]) {
        self.unsynced_from.get_or_insert(self.visible.len());
        self.visible.extend_from_slice(bytes);
    }

    /// Returns the bytes as they may be found after a loss of power.
    pub(super) fn torn(&self, torn: Torn, scramble: &mut Scramble) -> Vec<u8> {
        let Some(from) = self.unsynced_from.filter(|_| !self.doomed || torn != Torn::Kept) else {
            return self.safe.clone();
        };
        let (visible, length) = (&self.visible, self.visible.len());
        // Where safe bytes were cut off and others written, the cut itself may be what was lost.
        let head = visible.get(..from.min(length)).unwrap_or_default();
        match torn {
            Torn::Kept => visible.clone(),
            Torn::Lost => self.safe.clone(),
            Torn::Cut(block) => {
                let end = from + scramble.below(length.saturating_sub(from) + 1);
                let end = (end - end % block.max(1)).clamp(from.min(length), length);
                visible.get(..end).unwrap_or_default().to_vec()
            }
            Torn::Garbled(block) => {
                let mut bytes = head.to_vec();
                let mut at = head.len();
                while at < length {
                    let end = (at - at % block.max(1) + block.max(1)).min(length);
                    let part = visible.get(at..end).unwrap_or_default();
                    match scramble.below(3) {
                        0 => bytes.extend_from_slice(part),
                        1 => bytes.resize(end, 0),
                        _ => bytes.extend(part.iter().map(|_| (scramble.next_number() & 0xFF) as u8)),
                    }
                    at = end;
                }
                bytes
            }
        }
    }
}

/// Numbers that look random and depend on a seed alone: SplitMix64 (Steele, Lea and Flood 2014, figure 17).
#[derive(Clone, Debug)]
pub struct Scramble(u64);

impl Scramble {
    /// Returns the numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from 0 to `limit - 1`; 0 for a limit of 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let number = self.next_number().checked_rem(limit as u64).unwrap_or_default();
        usize::try_from(number).unwrap_or_default()
    }
}
