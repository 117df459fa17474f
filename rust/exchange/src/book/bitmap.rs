//! A set of small indices that knows its lowest member: three levels of 64-way bitmaps.
//!
//! Assumes indices below the capacity given to [`Bitmap::with_capacity`], at most [`MAX_INDICES`]. A bit of
//! an upper level says that the word under it is not zero, so the lowest member is three `trailing_zeros`
//! away however sparse the set.
#![allow(clippy::indexing_slicing)] // Hot path: every index is masked or below the capacity by contract.

/// Most indices one set can hold: three levels of 64.
pub const MAX_INDICES: usize = 1 << 18;

/// The set. What every order touches comes first.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Bitmap {
    words: Box<[u64]>,
    summary: u64,
    groups: Box<[u64]>,
}

impl Default for Bitmap {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl Bitmap {
    /// An empty set of indices below `capacity`.
    pub fn with_capacity(capacity: usize) -> Self {
        debug_assert!(capacity <= MAX_INDICES, "three levels of 64 hold no more");
        Self {
            words: vec![0; capacity.div_ceil(64)].into_boxed_slice(),
            groups: vec![0; capacity.div_ceil(64 * 64)].into_boxed_slice(),
            summary: 0,
        }
    }

    /// How many indices there can be.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // A capacity, not a count.
    pub fn len(&self) -> usize {
        self.words.len() * 64
    }

    /// Whether an index is below the capacity.
    #[inline(always)]
    pub fn reaches(&self, index: usize) -> bool {
        index >> 6 < self.words.len()
    }

    /// Adds an index; `false` where it is beyond the capacity. Does not ask whether it is there already,
    /// which is a coin toss, but only whether its word was zero, which is rare near the market.
    #[inline(always)]
    pub fn set(&mut self, index: usize) -> bool {
        let Some(word) = self.words.get_mut(index >> 6) else { return false };
        let was = *word;
        *word = was | 1 << (index & 63);
        if was == 0 {
            self.groups[index >> 12] |= 1 << ((index >> 6) & 63);
            self.summary |= 1 << ((index >> 12) & 63);
        }
        true
    }

    /// Takes an index out.
    #[inline(always)]
    pub fn clear(&mut self, index: usize) {
        let word = &mut self.words[index >> 6];
        *word &= !(1 << (index & 63));
        if *word == 0 {
            let group = &mut self.groups[index >> 12];
            *group &= !(1 << ((index >> 6) & 63));
            if *group == 0 {
                self.summary &= !(1 << ((index >> 12) & 63));
            }
        }
    }

    /// The lowest index of the set.
    #[inline(always)]
    pub fn first(&self) -> Option<usize> {
        if self.summary == 0 {
            return None;
        }
        let top = self.summary.trailing_zeros() as usize & 63;
        let middle = (top << 6) | self.groups[top].trailing_zeros() as usize & 63;
        Some((middle << 6) | self.words[middle].trailing_zeros() as usize & 63)
    }

    /// The lowest index of the set at or above `from`.
    pub fn next(&self, from: usize) -> Option<usize> {
        let mut word = from >> 6;
        let mut bits = self.words.get(word)? & (u64::MAX << (from & 63));
        while bits == 0 {
            word += 1;
            // A group that is empty is skipped whole.
            while word & 63 == 0 && *self.groups.get(word >> 6)? == 0 {
                word += 64;
            }
            bits = *self.words.get(word)?;
        }
        Some((word << 6) | bits.trailing_zeros() as usize)
    }

    /// Whether the upper levels say what the words say.
    pub fn is_consistent(&self) -> bool {
        let groups_agree = self
            .words
            .iter()
            .enumerate()
            .all(|(index, &word)| (self.groups[index >> 6] >> (index & 63) & 1 == 1) == (word != 0));
        let group = |index: usize| self.groups.get(index).copied().unwrap_or(0);
        groups_agree && (0..64).all(|index| (self.summary >> index & 1 == 1) == (group(index) != 0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Bitmap, MAX_INDICES};

    #[test]
    fn the_lowest_member_is_found_across_all_three_levels() {
        let mut set = Bitmap::with_capacity(1 << 18);
        assert_eq!(set.first(), None);
        assert!(set.len() == MAX_INDICES && set.reaches(MAX_INDICES - 1) && !set.set(MAX_INDICES));
        for index in [(1 << 18) - 1, 70_000, 4_096, 64, 63, 0] {
            assert!(set.set(index));
            assert_eq!(set.first(), Some(index));
            assert!(set.is_consistent());
        }
        assert_eq!(set.next(65), Some(4_096));
        assert_eq!(set.next(70_001), Some((1 << 18) - 1));
        for index in [0, 63, 64, 4_096, 70_000] {
            set.clear(index);
            assert!(set.is_consistent());
        }
        assert_eq!(set.first(), Some((1 << 18) - 1));
        set.clear((1 << 18) - 1);
        assert_eq!(set.first(), None);
        assert_eq!(set.next(0), None);
    }
}
