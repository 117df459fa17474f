//! The price levels that are known to stand, and how a snapshot joins the updates around it.
//!
//! A snapshot is asked for while updates already come in, so it may be older than the last of them. The newest
//! updates are therefore kept, and those that the snapshot has not seen are laid over it. Quantities are totals, so
//! that an update which the snapshot has half seen does no harm.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::message::Level;

/// Most price levels of a side.
pub(crate) const LEVELS_MAX: usize = 1 << 20;
/// Most updates that are kept for a snapshot that comes late.
const RECENT_UPDATES_MAX: usize = 1 << 12;
/// Most levels of those updates.
const RECENT_LEVELS_MAX: usize = 1 << 16;

/// One update, as far as a later snapshot needs it.
#[derive(Debug, Default)]
struct Update {
    previous: u64,
    last: u64,
    bids: usize,
    asks: usize,
}

/// The newest updates, without a gap between them.
#[derive(Debug, Default)]
struct Recent {
    updates: VecDeque<Update>,
    levels: VecDeque<Level>,
}

impl Recent {
    fn clear(&mut self) {
        self.updates.clear();
        self.levels.clear();
    }

    fn push(&mut self, previous: u64, last: u64, bids: &[Level], asks: &[Level]) {
        self.updates.push_back(Update { previous, last, bids: bids.len(), asks: asks.len() });
        self.levels.extend(bids.iter().chain(asks));
        while self.updates.len() > RECENT_UPDATES_MAX || self.levels.len() > RECENT_LEVELS_MAX {
            let Some(oldest) = self.updates.pop_front() else { break };
            self.levels.drain(..(oldest.bids + oldest.asks).min(self.levels.len()));
        }
    }
}

/// The known levels of both sides.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) bids: BTreeSet<i64>,
    pub(crate) asks: BTreeSet<i64>,
    recent: Recent,
    /// Number of the last update that the book has taken in, itself or by a snapshot.
    pub(crate) last_id: Option<u64>,
    /// The last thing taken in was a snapshot.
    pub(crate) after_snapshot: bool,
    /// A snapshot came, and no update is missing since.
    pub(crate) whole: bool,
}

/// The two sides of a snapshot with the updates since laid over it.
pub(crate) struct Joined {
    pub(crate) bids: BTreeMap<i64, u64>,
    pub(crate) asks: BTreeMap<i64, u64>,
}

impl Book {
    /// Takes in one update that follows the last, or after a gap begins anew.
    pub(crate) fn update(&mut self, previous: u64, last: u64, bids: &[Level], asks: &[Level]) {
        apply(&mut self.bids, bids);
        apply(&mut self.asks, asks);
        self.recent.push(previous, last, bids, asks);
        self.last_id = Some(last);
        self.after_snapshot = false;
    }

    /// Takes note that updates are missing.
    pub(crate) fn lose(&mut self) {
        self.recent.clear();
        self.whole = false;
    }

    /// Lays the newer updates over a snapshot, or tells that one of them is missing.
    pub(crate) fn join(&self, id: u64, bids: &[Level], asks: &[Level]) -> Option<Joined> {
        let mut joined = Joined { bids: standing(bids), asks: standing(asks) };
        let newer = self.last_id.is_some_and(|last| last > id);
        let first = self.recent.updates.iter().find(|update| update.last > id);
        if newer && first.is_none_or(|update| update.previous > id) {
            return None;
        }
        let mut levels = self.recent.levels.iter();
        for update in &self.recent.updates {
            for (side, count) in [(&mut joined.bids, update.bids), (&mut joined.asks, update.asks)] {
                for level in levels.by_ref().take(count) {
                    match (update.last > id, level.quantity) {
                        (false, _) => {}
                        (true, 0) => drop(side.remove(&level.price)),
                        (true, quantity) => drop(side.insert(level.price, quantity)),
                    }
                }
            }
        }
        Some(joined)
    }

    /// Takes the place of all levels.
    pub(crate) fn replace(&mut self, id: u64, joined: &Joined) {
        self.bids = joined.bids.keys().copied().collect();
        self.asks = joined.asks.keys().copied().collect();
        if self.last_id.is_none_or(|last| last < id) {
            self.last_id = Some(id);
            self.after_snapshot = true;
            self.recent.clear();
        }
        self.whole = true;
    }

    /// Best bid and best ask, where both stand and the bid is not below the ask.
    #[inline]
    pub(crate) fn crossed(&self) -> Option<(i64, i64)> {
        match (self.bids.last(), self.asks.first()) {
            (Some(&bid), Some(&ask)) if bid >= ask => Some((bid, ask)),
            _ => None,
        }
    }

    /// Removes levels until the book is not crossed: of two that cross, the one that the last message does not name;
    /// both where it names both or neither. Returns what was removed, bids and asks.
    pub(crate) fn uncross(&mut self, bids: &[Level], asks: &[Level]) -> (Vec<i64>, Vec<i64>) {
        let fresh_bids: BTreeSet<i64> = bids.iter().map(|level| level.price).collect();
        let fresh_asks: BTreeSet<i64> = asks.iter().map(|level| level.price).collect();
        let mut removed = (Vec::new(), Vec::new());
        while let Some((bid, ask)) = self.crossed() {
            let (keep_bid, keep_ask) = (fresh_bids.contains(&bid), fresh_asks.contains(&ask));
            if !keep_bid || keep_ask {
                self.bids.remove(&bid);
                removed.0.push(bid);
            }
            if !keep_ask || keep_bid {
                self.asks.remove(&ask);
                removed.1.push(ask);
            }
        }
        removed
    }

    /// Whether a side has more levels than it may.
    pub(crate) fn too_large(&self) -> bool {
        self.bids.len() > LEVELS_MAX || self.asks.len() > LEVELS_MAX
    }
}

#[inline]
fn apply(side: &mut BTreeSet<i64>, levels: &[Level]) {
    for level in levels {
        if level.quantity == 0 {
            side.remove(&level.price);
        } else {
            side.insert(level.price);
        }
    }
}

fn standing(levels: &[Level]) -> BTreeMap<i64, u64> {
    let mut side = BTreeMap::new();
    for level in levels {
        if level.quantity == 0 {
            side.remove(&level.price);
        } else {
            side.insert(level.price, level.quantity);
        }
    }
    side
}
