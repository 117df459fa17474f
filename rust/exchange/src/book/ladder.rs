//! One side of a book as levels by key, the lowest key best.
//!
//! A key is the price mapped onto `u64` so that lower is better: offset binary for asks, its complement for
//! bids. One code path serves both sides.
//!
//! Levels near the market live in a flat window of keys with a bitmap over it. Levels outside it live in a
//! sorted map, the outliers. Each touch of an outlier is debt; the window moves, or grows, only when the
//! debt has paid for every level that may have to move. Whatever the order flow, moving costs no more than
//! a constant for each outlier touched, so nobody can make a single far price cost a whole window.
#![allow(clippy::cast_possible_truncation)] // Keys become indices only below the window's length.

use std::collections::BTreeMap;

use super::slab::Slab;
use super::window::{Level, MAX_LEVELS, Window};
use crate::units::{PriceTicks, Side};

/// The key of nothing: worse than every price.
pub(super) const NO_KEY: u64 = u64::MAX;
/// A first window of a side: eight kilobytes, so that a venue with a thousand books stays small.
const FIRST_WINDOW: usize = 1 << 9;
/// How much a window grows at a time: 2^9, 2^12, 2^15, 2^18.
const GROWTH: usize = 8;
/// What one touch of an outlier pays, in levels moved: as many as move in about the time that a search in
/// the sorted map takes.
const OUTLIER_DEBT: usize = 16;

/// What turns a side's price into its key and back.
#[inline(always)]
const fn key_mask(side: Side) -> u64 {
    // All ones below the sign bit for a buy, the sign bit alone for a sell; computed, since the side of an
    // order is a coin toss to the branch predictor.
    (side as u64).wrapping_sub(1) ^ (1 << 63)
}

/// The key of a price.
#[inline(always)]
pub(super) const fn key_of(side: Side, price: PriceTicks) -> u64 {
    price.get().cast_unsigned() ^ key_mask(side)
}

/// The price of a key.
#[inline(always)]
pub(super) const fn price_of(side: Side, key: u64) -> PriceTicks {
    PriceTicks::new((key ^ key_mask(side)).cast_signed())
}

/// One side of a book. The fields that every order touches come first and share a cache line.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(super) struct Ladder {
    base: u64,
    best: u64,
    window: Window,
    outliers: BTreeMap<u64, Level>,
    debt: usize,
    /// As `debt`, but only for outliers that a larger window could hold, and only settled by growing.
    narrowness: usize,
}

impl Default for Ladder {
    fn default() -> Self {
        Self {
            base: 0,
            best: NO_KEY,
            window: Window::default(),
            outliers: BTreeMap::new(),
            debt: 0,
            narrowness: 0,
        }
    }
}

impl Ladder {
    /// The best key, or [`NO_KEY`].
    #[inline(always)]
    pub(super) fn best(&self) -> u64 {
        self.best
    }

    /// Where in the window a key is; beyond its end where it is not.
    #[inline(always)]
    fn index_of(&self, key: u64) -> usize {
        key.wrapping_sub(self.base) as usize
    }

    /// The key of a place in the window.
    #[inline(always)]
    fn key_at(&self, index: usize) -> u64 {
        self.base.wrapping_add(index as u64)
    }

    /// The level at a key, empty where nothing stands.
    #[inline(always)]
    pub(super) fn level(&self, key: u64) -> Level {
        match self.window.level(self.index_of(key)) {
            Some(level) => *level,
            None => self.outliers.get(&key).copied().unwrap_or_default(),
        }
    }

    /// The level at a key if it is in the window, else an empty one.
    #[inline(always)]
    pub(super) fn glance(&self, key: u64) -> Level {
        self.window.level(self.index_of(key)).copied().unwrap_or_default()
    }

    /// Appends an order to the level at a key. Returns the order before it, or zero.
    #[inline(always)]
    pub(super) fn append(&mut self, key: u64, slot: u32, quantity: u64) -> u32 {
        let index = self.index_of(key);
        match self.window.mark(index) {
            Some(level) => {
                self.best = self.best.min(key);
                Self::link(level, slot, quantity)
            }
            None => self.append_far(key, slot, quantity),
        }
    }

    #[inline(always)]
    fn link(level: &mut Level, slot: u32, quantity: u64) -> u32 {
        let tail = level.tail;
        // An empty level's head is zero. Written without a branch, which would be a coin toss.
        level.head |= slot & u32::from(tail == 0).wrapping_neg();
        level.tail = slot;
        level.quantity += quantity;
        tail
    }

    #[cold]
    #[inline(never)]
    fn append_far(&mut self, key: u64, slot: u32, quantity: u64) -> u32 {
        self.consider_moving(key);
        self.best = self.best.min(key);
        match self.window.mark(self.index_of(key)) {
            Some(level) => Self::link(level, slot, quantity),
            None => Self::link(self.outliers.entry(key).or_default(), slot, quantity),
        }
    }

    /// Takes an order out of the level at a key.
    #[inline(always)]
    pub(super) fn take_from(&mut self, key: u64, slot: u32, slab: &mut Slab) {
        let index = self.index_of(key);
        match self.window.level_mut(index) {
            Some(level) => {
                if slab.unlink(slot, level) {
                    self.vacate(index, key);
                }
            }
            None => self.take_from_far(key, slot, slab),
        }
    }

    #[cold]
    #[inline(never)]
    fn take_from_far(&mut self, key: u64, slot: u32, slab: &mut Slab) {
        self.change_far(key, |level| {
            slab.unlink(slot, level);
        });
    }

    /// Changes the level at a key, which holds at least one order. When the change leaves it without a
    /// head it is struck out and the best key found anew.
    #[inline(always)]
    pub(super) fn change(&mut self, key: u64, change: impl FnOnce(&mut Level)) {
        let index = self.index_of(key);
        match self.window.level_mut(index) {
            Some(level) => {
                change(level);
                if level.head == 0 {
                    self.vacate(index, key);
                }
            }
            None => self.change_far(key, change),
        }
    }

    #[cold]
    #[inline(never)]
    fn change_far(&mut self, key: u64, change: impl FnOnce(&mut Level)) {
        self.owe(key);
        let Some(level) = self.outliers.get_mut(&key) else { return };
        change(level);
        if level.head == 0 {
            self.outliers.remove(&key);
            if key == self.best {
                self.find_best();
            }
        }
    }

    /// Strikes out a level of the window that has become empty.
    #[inline(always)]
    fn vacate(&mut self, index: usize, key: u64) {
        self.window.vacate(index);
        if key == self.best {
            self.find_best();
        }
    }

    #[inline(always)]
    fn find_best(&mut self) {
        let near = self.window.first().map_or(NO_KEY, |index| self.key_at(index));
        self.best = if self.outliers.is_empty() { near } else { near.min(self.first_outlier()) };
    }

    #[cold]
    #[inline(never)]
    fn first_outlier(&self) -> u64 {
        self.outliers.first_key_value().map_or(NO_KEY, |(&key, _)| key)
    }

    /// Decides, before an order goes in at a key outside the window, whether the window shall move.
    fn consider_moving(&mut self, key: u64) {
        if self.best == NO_KEY {
            // An empty side moves for nothing.
            if self.window.len() == 0 {
                self.window = Window::with_len(FIRST_WINDOW);
            }
            self.base = Self::anchor(key, self.window.len());
            self.debt = 0;
            return;
        }
        self.owe(key);
        let length = self.window.len();
        let larger = length * GROWTH;
        if larger <= MAX_LEVELS && self.narrowness > larger + self.outliers.len() {
            return self.move_window(Self::anchor(self.best.min(key), larger), larger);
        }
        if self.debt <= length + self.outliers.len() {
            return;
        }
        let lowest = self.best.min(key);
        if self.best.max(key) - lowest < (length / 2) as u64 {
            self.move_window(Self::anchor(lowest, length), length);
        } else if self.index_of(self.best) < length {
            // They fit into no window of this length together, and it serves the better of them.
            self.debt = 0;
        } else {
            // The best itself is a lonely outlier; the market is where the orders come.
            self.move_window(Self::anchor(key, length), length);
        }
    }

    /// Notes a touch of an outlier.
    fn owe(&mut self, key: u64) {
        self.debt = self.debt.saturating_add(OUTLIER_DEBT);
        if self.best.abs_diff(key) < (MAX_LEVELS / 2) as u64 {
            self.narrowness = self.narrowness.saturating_add(OUTLIER_DEBT);
        }
    }

    /// The base of a window for which `key` is near the best: a quarter of it is left for better prices.
    fn anchor(key: u64, length: usize) -> u64 {
        key.saturating_sub((length / 4) as u64).min(NO_KEY - MAX_LEVELS as u64)
    }

    /// Moves the window to another base, perhaps with another length. Linear in what stands in it and
    /// outside of it.
    fn move_window(&mut self, base: u64, length: usize) {
        let mut moved = Vec::new();
        let mut next = self.window.first();
        while let Some((index, level)) = next.and_then(|index| Some((index, *self.window.level(index)?))) {
            moved.push((self.key_at(index), level));
            self.window.vacate(index);
            next = self.window.next(index + 1);
        }
        if length != self.window.len() {
            self.window = Window::with_len(length);
            self.narrowness = 0;
        }
        self.base = base;
        self.debt = 0;
        let mut inside = self.outliers.split_off(&base);
        self.outliers.append(&mut inside.split_off(&(base + length as u64)));
        for (key, level) in inside {
            self.place(key, level);
        }
        moved.retain(|&(key, level)| !self.place(key, level));
        // What is left is sorted, so the map is built and joined in one pass.
        self.outliers.append(&mut moved.into_iter().collect());
    }

    /// Puts a whole level into the window. `false` where the window does not reach that far.
    fn place(&mut self, key: u64, level: Level) -> bool {
        let place = self.window.mark(self.index_of(key));
        place.map(|place| *place = level).is_some()
    }

    /// Visits the levels from the best on, until the visitor says `false`.
    pub(super) fn visit(&self, mut visit: impl FnMut(u64, &Level) -> bool) {
        let end = self.base + self.window.len() as u64;
        for (&key, level) in self.outliers.range(..self.base) {
            if !visit(key, level) {
                return;
            }
        }
        let mut next = self.window.first();
        while let Some((index, level)) = next.and_then(|index| Some((index, self.window.level(index)?))) {
            if !visit(self.key_at(index), level) {
                return;
            }
            next = self.window.next(index + 1);
        }
        for (&key, level) in self.outliers.range(end..) {
            if !visit(key, level) {
                return;
            }
        }
    }

    /// Audits the structure; the queues are the book's to audit.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        self.window.check()?;
        let end = self.base + self.window.len() as u64;
        if self.outliers.range(self.base..end).next().is_some() {
            return Err("an outlier stands inside the window");
        }
        if self.outliers.values().any(|level| level.head == 0) {
            return Err("an outlier is empty");
        }
        let mut best = NO_KEY;
        self.visit(|key, _| {
            best = key;
            false
        });
        if best != self.best {
            return Err("the cached best is not the best");
        }
        Ok(())
    }

    /// How many levels the window spans.
    #[cfg(test)]
    pub(super) fn reach(&self) -> usize {
        self.window.len()
    }
}
