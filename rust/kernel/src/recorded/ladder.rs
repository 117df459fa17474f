//! The recorded book: what stands at each price, and nothing of whose it is.
//!
//! Levels near the best stand in a flat array by tick, with a bitmap over it; those far off in a sorted map. The
//! array moves along when the best comes near its edge. Nothing is allocated for a row near the best.
//!
//! A side counts prices by *keys*, which are lower the better the price: a bid's key is its price with the sign
//! turned.

use std::collections::BTreeMap;

use exchange::book::bitmap::Bitmap;
use exchange::units::Side;

use crate::market::{DEPTH_LEVELS, Depth, Level, Quote};

/// Ticks that the flat array of a side spans.
const WINDOW: usize = 1 << 16;
/// Where the best stands in a window that has just moved.
const BEST_PLACE: i64 = (WINDOW / 4) as i64;
/// The key of a side on which nothing stands.
pub(crate) const NO_KEY: i64 = i64::MAX;

/// The key of a price.
#[inline(always)]
pub(crate) const fn key_of(side: usize, price: i64) -> i64 {
    if side == 0 { -price } else { price }
}

/// The price of a key; as well the other way round.
#[inline(always)]
pub(crate) const fn price_of(side: usize, key: i64) -> i64 {
    key_of(side, key)
}

/// One side of the book.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    best: i64,
    /// The key of the window's first place.
    base: i64,
    lots: Box<[u64]>,
    filled: Bitmap,
    far: BTreeMap<i64, u64>,
}

impl Default for Ladder {
    fn default() -> Self {
        Self {
            best: NO_KEY,
            base: 0,
            lots: vec![0; WINDOW].into_boxed_slice(),
            filled: Bitmap::with_capacity(WINDOW),
            far: BTreeMap::new(),
        }
    }
}

impl Ladder {
    /// The best key; [`NO_KEY`] where nothing stands.
    #[inline(always)]
    pub(crate) const fn best(&self) -> i64 {
        self.best
    }

    #[inline(always)]
    fn place(&self, key: i64) -> Option<usize> {
        let place = key.wrapping_sub(self.base) as u64 as usize;
        (place < WINDOW).then_some(place)
    }

    /// What stands at a key.
    #[inline(always)]
    pub(crate) fn at(&self, key: i64) -> u64 {
        match self.place(key) {
            Some(place) => self.lots[place],
            None => self.far.get(&key).copied().unwrap_or(0),
        }
    }

    /// What stands at the best.
    #[inline(always)]
    pub(crate) fn best_lots(&self) -> u64 {
        if self.best == NO_KEY { 0 } else { self.at(self.best) }
    }

    /// Sets what stands at a key; returns what stood there.
    #[inline(always)]
    pub(crate) fn set(&mut self, key: i64, lots: u64) -> u64 {
        let Some(place) = self.place(key) else { return self.set_far(key, lots) };
        let before = core::mem::replace(&mut self.lots[place], lots);
        if lots != 0 {
            if before == 0 {
                self.filled.set(place);
                self.best = self.best.min(key);
            }
        } else if before != 0 {
            self.filled.clear(place);
            if key == self.best {
                self.find_best();
            }
        }
        before
    }

    #[cold]
    fn set_far(&mut self, key: i64, lots: u64) -> u64 {
        let before = if lots == 0 { self.far.remove(&key) } else { self.far.insert(key, lots) }.unwrap_or(0);
        if lots != 0 && key < self.best {
            self.best = key;
            self.move_to(key);
        } else if lots == 0 && key == self.best {
            self.find_best();
        }
        before
    }

    /// Looks for the best again, after the best went.
    #[inline]
    fn find_best(&mut self) {
        let near = self.filled.first().map(|place| self.base + place as i64);
        // The map may hold keys before the window only while the window moves, so the window goes first.
        self.best = near.or_else(|| self.far.keys().next().copied()).unwrap_or(NO_KEY);
        if self.best != NO_KEY && self.best - self.base > 3 * BEST_PLACE {
            self.move_to(self.best);
        }
    }

    /// Moves the window so that a key stands well inside.
    #[cold]
    fn move_to(&mut self, key: i64) {
        while let Some(place) = self.filled.first() {
            self.far.insert(self.base + place as i64, core::mem::take(&mut self.lots[place]));
            self.filled.clear(place);
        }
        self.base = key - BEST_PLACE;
        let mut later = self.far.split_off(&self.base);
        let beyond = later.split_off(&(self.base + WINDOW as i64));
        for (key, lots) in later {
            let place = (key - self.base) as usize;
            self.lots[place] = lots;
            self.filled.set(place);
        }
        self.far.extend(beyond);
    }

    /// Visits levels from the best on until the visitor says `false`.
    pub(crate) fn visit(&self, mut visit: impl FnMut(i64, u64) -> bool) {
        let mut from = self.filled.first();
        while let Some(place) = from {
            if !visit(self.base + place as i64, self.lots[place]) {
                return;
            }
            from = self.filled.next(place + 1);
        }
        for (&key, &lots) in &self.far {
            if !visit(key, lots) {
                return;
            }
        }
    }
}

/// Both sides.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordedBook {
    /// Bids and asks.
    pub(crate) sides: [Ladder; 2],
}

impl RecordedBook {
    /// The best prices.
    #[inline(always)]
    pub(crate) fn quote(&self, time: i64) -> Quote {
        let [bids, asks] = &self.sides;
        let (bid_lots, ask_lots) = (bids.best_lots(), asks.best_lots());
        Quote {
            time,
            bid: if bid_lots == 0 { 0 } else { price_of(0, bids.best()) },
            bid_lots,
            ask: if ask_lots == 0 { 0 } else { asks.best() },
            ask_lots,
        }
    }

    /// The first levels of both sides.
    pub(crate) fn depth(&self, time: i64) -> Depth {
        let side = |number: usize| {
            let mut levels = [Level::default(); DEPTH_LEVELS];
            let mut place = 0;
            self.sides[number].visit(|key, lots| {
                levels[place] = (price_of(number, key), lots);
                place += 1;
                place < DEPTH_LEVELS
            });
            levels
        };
        Depth { time, bids: side(Side::Buy as usize), asks: side(Side::Sell as usize) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ladder, NO_KEY, WINDOW};
    use crate::stream::{Purpose, Stream};
    use std::collections::BTreeMap;

    /// The ladder against a sorted map, with jumps beyond its window.
    #[test]
    fn a_ladder_is_a_sorted_map() {
        for seed in 0..20 {
            let mut stream = Stream::named(seed, "ladder", 0, Purpose::Behaviour);
            let mut ladder = Ladder::default();
            let mut model = BTreeMap::new();
            let mut middle = 1_000_000;
            for _ in 0..4_000 {
                if stream.chance(0.01) {
                    middle += stream.integer(-2 * WINDOW as i64, 2 * WINDOW as i64);
                }
                let far = [3, 100, 40_000, 1 << 30][stream.integer(0, 3) as usize];
                let key = middle + stream.integer(-far, far);
                let lots = if stream.chance(0.4) { 0 } else { stream.integer(1, 9) as u64 };
                let key = if lots == 0 && stream.chance(0.8) {
                    model.keys().next().copied().unwrap_or(key)
                } else {
                    key
                };
                let before = if lots == 0 { model.remove(&key) } else { model.insert(key, lots) };
                assert_eq!(ladder.set(key, lots), before.unwrap_or(0));
                assert_eq!(ladder.best(), model.keys().next().copied().unwrap_or(NO_KEY));
                assert_eq!(ladder.best_lots(), model.values().next().copied().unwrap_or(0));
            }
            let mut all = Vec::new();
            ladder.visit(|key, lots| {
                all.push((key, lots));
                true
            });
            assert_eq!(all, model.into_iter().collect::<Vec<_>>());
        }
    }
}
