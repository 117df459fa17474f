//! A flat array of levels that knows its lowest occupied one: three levels of 64-way bitmaps.
//!
//! A block holds the levels of 64 indices and the word that says which of them are occupied, so that one
//! comparison with the number of blocks guards both. A bit of an upper word says that the word under it is
//! not zero, so the lowest occupied level is three `trailing_zeros` away however sparse the window.
//!
//! Assumes indices below [`Window::len`], at most [`MAX_LEVELS`], and that whoever changes a level says so
//! with [`Window::mark`] and [`Window::vacate`].
#![allow(clippy::indexing_slicing)] // Hot path: indices are compared with the number of blocks, or masked.

/// Most levels one window can hold: three levels of 64.
pub(super) const MAX_LEVELS: usize = 1 << 18;
/// Levels of a block.
const BLOCK: usize = 64;

/// A price level: the queue's ends and the sum of what stands in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub(super) struct Level {
    /// The oldest order, or zero.
    pub(super) head: u32,
    /// The newest order, or zero.
    pub(super) tail: u32,
    /// The lots of all its orders.
    pub(super) quantity: u64,
}

const _: () = assert!(size_of::<Level>() == 16, "four levels share a cache line");

/// Sixty-four levels and which of them are occupied.
#[derive(Clone, Debug)]
#[repr(C)]
struct Block {
    occupied: u64,
    levels: [Level; BLOCK],
}

impl Block {
    const EMPTY: Self = Self { occupied: 0, levels: [Level { head: 0, tail: 0, quantity: 0 }; BLOCK] };
}

/// The window. The fields that every order touches come first and share a cache line.
#[derive(Clone, Debug)]
#[repr(C)]
pub(super) struct Window {
    blocks: Box<[Block]>,
    summary: u64,
    groups: [u64; 64],
}

impl Default for Window {
    fn default() -> Self {
        Self { blocks: Box::default(), summary: 0, groups: [0; 64] }
    }
}

impl Window {
    /// An empty window of `len` levels, a multiple of 64.
    pub(super) fn with_len(len: usize) -> Self {
        debug_assert!(len <= MAX_LEVELS && len.is_multiple_of(BLOCK), "three levels of 64 hold no more");
        Self { blocks: vec![Block::EMPTY; len / BLOCK].into_boxed_slice(), ..Self::default() }
    }

    /// How many levels there are.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.blocks.len() * BLOCK
    }

    /// The level at an index, if the window reaches that far.
    #[inline(always)]
    pub(super) fn level(&self, index: usize) -> Option<&Level> {
        self.blocks.get(index / BLOCK).map(|block| &block.levels[index % BLOCK])
    }

    /// The level at an index, if the window reaches that far, to change without changing whether it is
    /// occupied.
    #[inline(always)]
    pub(super) fn level_mut(&mut self, index: usize) -> Option<&mut Level> {
        self.blocks.get_mut(index / BLOCK).map(|block| &mut block.levels[index % BLOCK])
    }

    /// As [`level_mut`](Self::level_mut), and marks the level as occupied. Does not ask whether it is so
    /// already, which is a coin toss, but only whether its word was zero, which is rare near the market.
    #[inline(always)]
    pub(super) fn mark(&mut self, index: usize) -> Option<&mut Level> {
        let block = self.blocks.get_mut(index / BLOCK)?;
        let was = block.occupied;
        block.occupied = was | 1 << (index % BLOCK);
        if was == 0 {
            self.groups[(index >> 12) & 63] |= 1 << ((index >> 6) & 63);
            self.summary |= 1 << ((index >> 12) & 63);
        }
        Some(&mut block.levels[index % BLOCK])
    }

    /// Blanks a level from which the last order went.
    #[inline(always)]
    pub(super) fn vacate(&mut self, index: usize) {
        let block = &mut self.blocks[index / BLOCK];
        block.levels[index % BLOCK] = Level::default();
        block.occupied &= !(1 << (index % BLOCK));
        if block.occupied == 0 {
            let group = &mut self.groups[(index >> 12) & 63];
            *group &= !(1 << ((index >> 6) & 63));
            if *group == 0 {
                self.summary &= !(1 << ((index >> 12) & 63));
            }
        }
    }

    /// The lowest occupied index.
    #[inline(always)]
    pub(super) fn first(&self) -> Option<usize> {
        if self.summary == 0 {
            return None;
        }
        let top = self.summary.trailing_zeros() as usize & 63;
        let middle = (top << 6) | self.groups[top].trailing_zeros() as usize & 63;
        Some((middle << 6) | self.blocks[middle].occupied.trailing_zeros() as usize & 63)
    }

    /// The lowest occupied index at or above `from`.
    pub(super) fn next(&self, from: usize) -> Option<usize> {
        let mut word = from / BLOCK;
        let mut bits = self.blocks.get(word)?.occupied & (u64::MAX << (from % BLOCK));
        while bits == 0 {
            word += 1;
            // A group that is empty is skipped whole.
            while word.is_multiple_of(64) && word < MAX_LEVELS / BLOCK && self.groups[word / 64] == 0 {
                word += 64;
            }
            bits = self.blocks.get(word)?.occupied;
        }
        Some(word * BLOCK + bits.trailing_zeros() as usize)
    }

    /// Audits the bitmaps against each other and against the levels.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let occupied = |word: usize| self.blocks.get(word).map_or(0, |block| block.occupied);
        for word in 0..MAX_LEVELS / BLOCK {
            if (self.groups[word / 64] >> (word % 64) & 1 == 1) != (occupied(word) != 0) {
                return Err("the bitmap's levels disagree");
            }
        }
        if (0..64).any(|group| (self.summary >> group & 1 == 1) != (self.groups[group] != 0)) {
            return Err("the bitmap's summary disagrees");
        }
        for block in &self.blocks {
            for (index, level) in block.levels.iter().enumerate() {
                if (block.occupied >> index & 1 == 1) != (level.head != 0) {
                    return Err("the bitmap and a level disagree");
                }
                if level.head == 0 && *level != Level::default() {
                    return Err("an empty level is not blank");
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_LEVELS, Window};

    fn occupy(window: &mut Window, index: usize) {
        if let Some(level) = window.mark(index) {
            level.head = 1;
        }
    }

    #[test]
    fn the_lowest_level_is_found_across_all_three_levels_of_bits() {
        let last = MAX_LEVELS - 1;
        let mut window = Window::with_len(MAX_LEVELS);
        assert_eq!(window.first(), None);
        for index in [last, 70_000, 4_096, 64, 63, 0] {
            occupy(&mut window, index);
            assert_eq!(window.first(), Some(index));
            assert_eq!(window.check(), Ok(()));
        }
        assert_eq!(window.next(65), Some(4_096));
        assert_eq!(window.next(70_001), Some(last));
        for index in [0, 63, 64, 4_096, 70_000, last] {
            assert_eq!(window.first(), Some(index));
            window.vacate(index);
            assert_eq!(window.check(), Ok(()));
        }
        assert_eq!((window.first(), window.next(0)), (None, None));
        assert!(window.mark(MAX_LEVELS).is_none() && window.level(MAX_LEVELS).is_none());
    }
}
