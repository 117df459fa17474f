//! One side of a book as levels by key, the lowest key best.
//!
//! A key is the price mapped onto `u64` so that lower is better: offset binary for asks, its complement for
//! bids. One code path serves both sides.
//!
//! Levels near the market stand side by side in the slab, a window of keys with a bitmap over it. Levels
//! outside it are found through a sorted map, the outliers. Each touch of an outlier is debt; the window
//! moves, or grows, only when the debt has paid for every level that may have to move or be made. Whatever
//! the order flow, moving costs no more than a constant for each outlier touched, so nobody can make a
//! single far price cost a whole window.
// Keys become indices, and are compared with the window's length before they are used as such.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap)]

use std::collections::BTreeMap;

use super::bitmap::{Bitmap, MAX_INDICES};
use super::slab::Slab;
use crate::units::{PriceTicks, Side};

/// The key of nothing: worse than every price.
pub(super) const NO_KEY: i64 = i64::MAX;
/// Levels of a side's first window: sixteen kilobytes, so that a venue with a thousand books stays small.
const FIRST_WINDOW: usize = 1 << 9;
/// How much a window grows at a time: 2^9, 2^12, 2^15, 2^18.
const GROWTH: usize = 8;
/// What one touch of an outlier pays, in levels moved: as many as move in about the time that a search in
/// the sorted map takes.
const OUTLIER_DEBT: usize = 16;

/// What turns a side's price into its key and back: all ones for a buy, none for a sell. Computed, since
/// the side of an order is a coin toss to the branch predictor.
#[inline(always)]
const fn key_mask(side: Side) -> i64 {
    (side as i64).wrapping_sub(1)
}

/// The key of a price.
#[inline(always)]
pub(super) const fn key_of(side: Side, price: PriceTicks) -> i64 {
    price.get() ^ key_mask(side)
}

/// The price of a key.
#[inline(always)]
pub(super) const fn price_of(side: Side, key: i64) -> PriceTicks {
    PriceTicks::new(key ^ key_mask(side))
}

/// One side of a book. The fields that every order touches come first and share a cache line. Levels are
/// named by their slots in the book's slab.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(super) struct Ladder {
    base: i64,
    best: i64,
    /// The slot of the window's first level.
    origin: u64,
    occupied: Bitmap,
    outliers: BTreeMap<i64, u32>,
    debt: usize,
    /// As `debt`, but only for outliers that a larger window could hold, and only settled by growing.
    narrowness: usize,
}

impl Default for Ladder {
    fn default() -> Self {
        Self {
            base: 0,
            best: NO_KEY,
            origin: 0,
            occupied: Bitmap::default(),
            outliers: BTreeMap::new(),
            debt: 0,
            narrowness: 0,
        }
    }
}

impl Ladder {
    /// The best key, or [`NO_KEY`].
    #[inline(always)]
    pub(super) fn best(&self) -> i64 {
        self.best
    }

    /// Where in the window a key is; beyond its end where it is not.
    #[inline(always)]
    fn index_of(&self, key: i64) -> usize {
        key.wrapping_sub(self.base) as usize
    }

    /// The key of a place in the window.
    #[inline(always)]
    fn key_at(&self, index: usize) -> i64 {
        self.base.wrapping_add(index as i64)
    }

    /// The level of a place in the window.
    #[inline(always)]
    fn level_at(&self, index: usize) -> u32 {
        self.origin.wrapping_add(index as u64) as u32
    }

    /// The level of a key, if there is one.
    #[inline(always)]
    pub(super) fn level(&self, key: i64) -> Option<u32> {
        let index = self.index_of(key);
        if self.occupied.reaches(index) { Some(self.level_at(index)) } else { self.outlier(key) }
    }

    #[cold]
    #[inline(never)]
    fn outlier(&self, key: i64) -> Option<u32> {
        self.outliers.get(&key).copied()
    }

    /// The level of a key if it is in the window.
    #[inline(always)]
    pub(super) fn near(&self, key: i64) -> Option<u32> {
        let index = self.index_of(key);
        self.occupied.reaches(index).then(|| self.level_at(index))
    }

    /// The level of a key, for an order that is about to stand there.
    #[inline(always)]
    pub(super) fn open(&mut self, key: i64, slab: &mut Slab) -> u32 {
        let index = self.index_of(key);
        if !self.occupied.set(index) {
            return self.open_far(key, slab);
        }
        self.best = self.best.min(key);
        self.level_at(index)
    }

    #[cold]
    #[inline(never)]
    fn open_far(&mut self, key: i64, slab: &mut Slab) -> u32 {
        self.consider_moving(key, slab);
        self.best = self.best.min(key);
        let index = self.index_of(key);
        if self.occupied.set(index) {
            return self.level_at(index);
        }
        *self.outliers.entry(key).or_insert_with(|| slab.make_level())
    }

    /// The level of a key at which orders stand, to change it.
    #[inline(always)]
    pub(super) fn enter(&mut self, key: i64) -> u32 {
        let index = self.index_of(key);
        if self.occupied.reaches(index) { self.level_at(index) } else { self.enter_far(key) }
    }

    #[cold]
    #[inline(never)]
    fn enter_far(&mut self, key: i64) -> u32 {
        self.owe(key);
        // A key without a level names slot zero, which is nobody's.
        self.outlier(key).unwrap_or(0)
    }

    /// Strikes out the level of a key, from which the last order has gone.
    #[inline(always)]
    pub(super) fn close(&mut self, key: i64, slab: &mut Slab) {
        let index = self.index_of(key);
        if self.occupied.reaches(index) {
            self.occupied.clear(index);
        } else {
            self.close_far(key, slab);
        }
        if key == self.best {
            let near = self.occupied.first().map_or(NO_KEY, |index| self.key_at(index));
            self.best = if self.outliers.is_empty() { near } else { near.min(self.first_outlier()) };
        }
    }

    #[cold]
    #[inline(never)]
    fn close_far(&mut self, key: i64, slab: &mut Slab) {
        if let Some(level) = self.outliers.remove(&key) {
            slab.drop_levels(level, 1);
        }
    }

    #[cold]
    #[inline(never)]
    fn first_outlier(&self) -> i64 {
        self.outliers.first_key_value().map_or(NO_KEY, |(&key, _)| key)
    }

    /// Decides, before an order goes in at a key outside the window, whether the window shall move.
    fn consider_moving(&mut self, key: i64, slab: &mut Slab) {
        if self.best == NO_KEY {
            // An empty side moves for nothing.
            if self.occupied.len() == 0 {
                self.make_window(FIRST_WINDOW, slab);
            }
            self.base = Self::anchor(key, self.occupied.len());
            self.debt = 0;
            return;
        }
        self.owe(key);
        let length = self.occupied.len();
        let larger = length * GROWTH;
        if larger <= MAX_INDICES && self.narrowness > larger + self.outliers.len() {
            return self.move_window(Self::anchor(self.best.min(key), larger), larger, slab);
        }
        if self.debt <= length + self.outliers.len() {
            return;
        }
        if self.best.abs_diff(key) < (length / 2) as u64 {
            self.move_window(Self::anchor(self.best.min(key), length), length, slab);
        } else if self.occupied.reaches(self.index_of(self.best)) {
            // They fit into no window of this length together, and it serves the better of them.
            self.debt = 0;
        } else {
            // The best itself is a lonely outlier; the market is where the orders come.
            self.move_window(Self::anchor(key, length), length, slab);
        }
    }

    /// Notes a touch of an outlier.
    fn owe(&mut self, key: i64) {
        self.debt = self.debt.saturating_add(OUTLIER_DEBT);
        if self.best.abs_diff(key) < (MAX_INDICES / 2) as u64 {
            self.narrowness = self.narrowness.saturating_add(OUTLIER_DEBT);
        }
    }

    /// The base of a window for which `key` is near the best: a quarter of it is left for better prices.
    fn anchor(key: i64, length: usize) -> i64 {
        key.saturating_sub((length / 4) as i64).min(NO_KEY - MAX_INDICES as i64)
    }

    fn make_window(&mut self, length: usize, slab: &mut Slab) {
        self.origin = slab.make_levels(length).into();
        self.occupied = Bitmap::with_capacity(length);
        self.narrowness = 0;
    }

    /// Moves the window to another base, perhaps with another length. Linear in what stands in it and
    /// outside of it.
    fn move_window(&mut self, base: i64, length: usize, slab: &mut Slab) {
        let mut moved = Vec::new();
        let mut next = self.occupied.first();
        while let Some(index) = next {
            let parked = slab.make_level();
            slab.move_level(self.level_at(index), parked);
            moved.push((self.key_at(index), parked));
            self.occupied.clear(index);
            next = self.occupied.next(index + 1);
        }
        let (old, old_length) = (self.origin as u32, self.occupied.len());
        if length != old_length {
            slab.drop_levels(old, old_length);
            self.make_window(length, slab);
        }
        self.base = base;
        self.debt = 0;
        let mut inside = self.outliers.split_off(&base);
        self.outliers.append(&mut inside.split_off(&base.saturating_add(length as i64)));
        for (key, level) in inside {
            self.place(key, level, slab);
        }
        moved.retain(|&(key, level)| !self.place(key, level, slab));
        // What is left is sorted, so the map is built and joined in one pass.
        self.outliers.append(&mut moved.into_iter().collect());
    }

    /// Puts a whole level into the window. `false` where the window does not reach that far.
    fn place(&mut self, key: i64, level: u32, slab: &mut Slab) -> bool {
        let index = self.index_of(key);
        let is_near = self.occupied.set(index);
        if is_near {
            slab.move_level(level, self.level_at(index));
            slab.drop_levels(level, 1);
        }
        is_near
    }

    /// Visits the levels at which orders stand from the best on, until the visitor says `false`.
    pub(super) fn visit(&self, mut visit: impl FnMut(i64, u32) -> bool) {
        let end = self.base.saturating_add(self.occupied.len() as i64);
        for (&key, &level) in self.outliers.range(..self.base) {
            if !visit(key, level) {
                return;
            }
        }
        let mut next = self.occupied.first();
        while let Some(index) = next {
            if !visit(self.key_at(index), self.level_at(index)) {
                return;
            }
            next = self.occupied.next(index + 1);
        }
        for (&key, &level) in self.outliers.range(end..) {
            if !visit(key, level) {
                return;
            }
        }
    }

    /// How many slots of the slab are levels of this side.
    pub(super) fn levels(&self) -> usize {
        self.occupied.len() + self.outliers.len()
    }

    /// Audits the structure; the queues are the book's to audit.
    pub(super) fn check(&self, slab: &Slab) -> Result<(), &'static str> {
        if !self.occupied.is_consistent() {
            return Err("the bitmap's levels disagree");
        }
        for index in 0..self.occupied.len() {
            let slot = self.level_at(index);
            let level = slab.at(slot);
            let is_empty = level.next == slot;
            if (self.occupied.next(index) == Some(index)) == is_empty {
                return Err("the bitmap and a level disagree");
            }
            if is_empty && (level.previous != slot || level.sum() != 0) {
                return Err("an empty level is not blank");
            }
        }
        let end = self.base.saturating_add(self.occupied.len() as i64);
        if self.outliers.range(self.base..end).next().is_some() {
            return Err("an outlier stands inside the window");
        }
        if self.outliers.values().any(|&slot| slab.at(slot).next == slot) {
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
        self.occupied.len()
    }
}
