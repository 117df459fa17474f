//! Dense tables addressed by the core's own numbers.
//!
//! Slot zero is never used, so that zero can mean "none" everywhere. Numbers that come from outside are
//! looked up with [`Table::get`]; indexing is for numbers that the core itself handed out, where a wrong
//! one is a bug and must stop the core instead of reading a neighbour.
#![allow(clippy::indexing_slicing)] // A bad internal number must stop the core; the guard above reports it.

use core::ops::{Index, IndexMut};

/// A growing table of `T`, numbered from 1.
#[derive(Clone, Debug)]
pub struct Table<T> {
    items: Vec<T>,
}

impl<T> Table<T> {
    /// A table whose unused slot zero holds `nobody`.
    pub fn new(nobody: T) -> Self {
        Self { items: vec![nobody] }
    }

    /// Adds an item and returns its number.
    pub fn push(&mut self, item: T) -> u32 {
        let slot = self.next_slot();
        self.items.push(item);
        slot
    }

    /// The number the next item will have.
    #[allow(clippy::cast_possible_truncation)] // The callers bound every table far below 2^32.
    pub fn next_slot(&self) -> u32 {
        self.items.len() as u32
    }

    /// The item with a number that came from outside, if there is one.
    pub fn get(&self, slot: u32) -> Option<&T> {
        if slot == 0 { None } else { self.items.get(slot as usize) }
    }

    /// Whether a number that came from outside names an item.
    pub fn has(&self, slot: u32) -> bool {
        slot != 0 && (slot as usize) < self.items.len()
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len() - 1
    }

    /// Every number in use, rising.
    #[allow(clippy::cast_possible_truncation)] // As above.
    pub fn slots(&self) -> core::ops::Range<u32> {
        1..self.items.len() as u32
    }

    /// The items in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter().skip(1)
    }
}

impl<T> Index<u32> for Table<T> {
    type Output = T;
    #[inline(always)]
    fn index(&self, slot: u32) -> &T {
        &self.items[slot as usize]
    }
}

impl<T> IndexMut<u32> for Table<T> {
    #[inline(always)]
    fn index_mut(&mut self, slot: u32) -> &mut T {
        &mut self.items[slot as usize]
    }
}
