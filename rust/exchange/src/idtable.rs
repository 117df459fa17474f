//! A table from an order's outer name, `(key, owner)`, to the slot that it has inside.
//!
//! Open addressing with linear probing in Robin Hood order (Celis, Larson and Munro, 1985,
//! doi:10.1109/SFCS.1985.48): along a run the entries stand in the order of their homes, so a removal
//! shifts back only until the next entry that is at home, which in a run of neighbouring keys is the very
//! next one.
//!
//! Four neighbouring keys live side by side in a cache line, since orders are numbered and often end in
//! sequence. The groups of four are spread by a multiplication with a secret odd number derived from the
//! seed (Dietzfelbinger, Hagerup, Katajainen and Penttonen, 1997, doi:10.1006/jagm.1997.0873), so that
//! somebody who does not know a venue's seed cannot choose keys that collide.
//!
//! Refuses: slot zero, which marks an empty place. Grows by doubling and never shrinks; one entry is 16
//! bytes.
#![allow(clippy::indexing_slicing)] // Hot path: every index is masked to the length, a power of two.
#![allow(clippy::cast_possible_truncation)] // Hashes become indices; what is cut off is masked off anyway.

/// Places of a new table.
const FIRST_CAPACITY: usize = 16;
/// Keys that stay side by side.
const NEIGHBOURS: u64 = 4;
/// The table doubles when more than this many eighths of it are taken.
const FULL_EIGHTHS: usize = 4;
/// Partial quotients drawn for the multiplier's continued fraction: enough that tables of any size this
/// program can hold are spread evenly.
const QUOTIENTS: u32 = 32;
/// Low bits of the multiplier that are drawn freely; they are too low to disturb the even spread.
const FREE_BITS: u64 = (1 << 20) - 1;

#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
struct Entry {
    key: u64,
    owner: u32,
    slot: u32,
}

impl Entry {
    #[inline(always)]
    fn is_named(&self, key: u64, owner: u32) -> bool {
        self.key == key && self.owner == owner
    }
}

/// The table.
#[derive(Clone, Debug)]
pub struct IdTable {
    entries: Vec<Entry>,
    /// What is left of a hash after this shift is the number of a group.
    shift: u32,
    /// How many more names fit before the table grows.
    room: usize,
    multiplier: u64,
    owner_multiplier: u64,
}

impl Default for IdTable {
    fn default() -> Self {
        Self::with_seed(0)
    }
}

/// Steps a stream of 64-bit words (Steele, Lea and Flood, 2014, doi:10.1145/2714064.2660195).
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// Draws a multiplier whose multiples spread evenly over the circle of 2^64, as those of the golden ratio
/// do: all partial quotients of `multiplier / 2^64` are one or two, so that by the three-distance theorem
/// no two of the first `n` multiples are closer than about a third of `2^64 / n`.
fn draw_even_multiplier(state: &mut u64) -> u64 {
    let choices = split_mix(state);
    let (mut numerator, mut denominator) = ([1_u128, 0], [0_u128, 1]);
    for index in 0..QUOTIENTS {
        let quotient = 1 + u128::from(choices >> index & 1);
        numerator = [numerator[1], quotient * numerator[1] + numerator[0]];
        denominator = [denominator[1], quotient * denominator[1] + denominator[0]];
    }
    let even = ((numerator[1] << 64) / denominator[1]) as u64;
    (even & !FREE_BITS) | (split_mix(state) & FREE_BITS) | 1
}

impl IdTable {
    /// An empty table whose places nobody can guess who does not know the seed.
    #[must_use]
    pub fn with_seed(seed: u64) -> Self {
        let mut state = seed;
        let multiplier = draw_even_multiplier(&mut state);
        let owner_multiplier = split_mix(&mut state) | 1;
        let mut table = Self { entries: Vec::new(), shift: 0, room: 0, multiplier, owner_multiplier };
        table.allocate(FIRST_CAPACITY);
        table
    }

    /// Makes room so that `entries` fit without another allocation.
    pub fn reserve(&mut self, entries: usize) {
        let places = (entries.saturating_mul(8) / FULL_EIGHTHS + 1).next_power_of_two();
        if places > self.entries.len() {
            self.grow_to(places);
        }
    }

    /// How many names are in the table.
    #[inline(always)]
    #[must_use]
    pub fn len(&self) -> usize {
        self.most() - self.room
    }

    /// Whether the table is empty.
    #[inline(always)]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many names fit before the table grows.
    fn most(&self) -> usize {
        self.entries.len() / 8 * FULL_EIGHTHS
    }

    /// Forgets every name and keeps the memory.
    pub fn clear(&mut self) {
        self.entries.fill(Entry::default());
        self.room = self.most();
    }

    /// The slot of a name.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, key: u64, owner: u32) -> Option<u32> {
        self.find(key, owner).map(|place| self.entries[place].slot)
    }

    /// What stands at a name's home, often its slot, or zero. Not an answer: a way to have the memory
    /// fetched that [`get`](Self::get) will need.
    #[inline(always)]
    #[must_use]
    pub fn glance(&self, key: u64, owner: u32) -> u32 {
        self.entries[self.home(key, owner)].slot
    }

    /// Enters a name. Returns `false` and changes nothing where the name is there already or the slot is
    /// zero.
    #[inline(always)]
    pub fn insert(&mut self, key: u64, owner: u32, slot: u32) -> bool {
        if slot == 0 {
            return false;
        }
        match self.claim(key, owner) {
            Some(place) => {
                *place = slot;
                true
            }
            None => false,
        }
    }

    /// Enters a name whose slot is not known yet, and returns the place to write the slot to, which must
    /// not stay zero. `None` where the name is there already. One search serves both the question and the
    /// entry.
    #[inline(always)]
    pub fn claim(&mut self, key: u64, owner: u32) -> Option<&mut u32> {
        if self.room == 0 {
            self.grow_to(self.entries.len() * 2);
        }
        let home = self.home(key, owner);
        if self.entries[home].slot != 0 {
            return self.claim_near(home, key, owner);
        }
        self.room = self.room.wrapping_sub(1);
        let entry = &mut self.entries[home];
        *entry = Entry { key, owner, slot: 0 };
        Some(&mut entry.slot)
    }

    #[inline(never)]
    fn claim_near(&mut self, home: usize, key: u64, owner: u32) -> Option<&mut u32> {
        let place = self.make_room(home, key, owner)?;
        self.room = self.room.wrapping_sub(1);
        let entry = &mut self.entries[place];
        *entry = Entry { key, owner, slot: 0 };
        Some(&mut entry.slot)
    }

    /// Gives a name that is in the table another slot. Returns `false` where there is no such name or the
    /// slot is zero.
    #[inline(always)]
    pub fn set(&mut self, key: u64, owner: u32, slot: u32) -> bool {
        match self.find(key, owner) {
            Some(place) if slot != 0 => {
                self.entries[place].slot = slot;
                true
            }
            _ => false,
        }
    }

    /// Takes a name out and returns its slot.
    #[inline(always)]
    pub fn remove(&mut self, key: u64, owner: u32) -> Option<u32> {
        let mut hole = self.find(key, owner)?;
        let slot = self.entries[hole].slot;
        self.room = self.room.wrapping_add(1);
        let mask = self.mask();
        loop {
            let follower = (hole + 1) & mask;
            let entry = self.entries[follower];
            if entry.slot == 0 || self.home(entry.key, entry.owner) == follower {
                break;
            }
            self.entries[hole] = entry;
            hole = follower;
        }
        self.entries[hole].slot = 0;
        Some(slot)
    }

    /// Cuts a place to the table's length.
    #[inline(always)]
    fn mask(&self) -> usize {
        // Never empty, so this does not wrap; said so that no check is made for it.
        self.entries.len().wrapping_sub(1)
    }

    /// Where a name would stand if it were alone.
    #[inline(always)]
    pub(crate) fn home(&self, key: u64, owner: u32) -> usize {
        let group = (key / NEIGHBOURS).wrapping_mul(self.multiplier);
        let spread = group.wrapping_add(u64::from(owner).wrapping_mul(self.owner_multiplier));
        // A group's number times its size, and the key's place in it. The shift is below 64, said so without a check.
        ((spread.wrapping_shr(self.shift) << NEIGHBOURS.trailing_zeros()) | (key % NEIGHBOURS)) as usize
    }

    #[inline(always)]
    fn find(&self, key: u64, owner: u32) -> Option<usize> {
        let mask = self.mask();
        let mut place = self.home(key, owner);
        loop {
            let entry = &self.entries[place];
            if entry.slot == 0 {
                return None;
            }
            if entry.is_named(key, owner) {
                return Some(place);
            }
            place = (place + 1) & mask;
        }
    }

    /// Frees the place where a name whose home is taken belongs. `None` where the name is there already.
    fn make_room(&mut self, home: usize, key: u64, owner: u32) -> Option<usize> {
        let mask = self.mask();
        let mut place = home;
        loop {
            let entry = self.entries[place];
            if entry.slot == 0 {
                return Some(place);
            }
            if entry.is_named(key, owner) {
                return None;
            }
            let travelled = place.wrapping_sub(home) & mask;
            if place.wrapping_sub(self.home(entry.key, entry.owner)) & mask < travelled {
                break;
            }
            place = (place + 1) & mask;
        }
        let freed = place;
        let mut carried = Entry::default();
        loop {
            std::mem::swap(&mut self.entries[place], &mut carried);
            if carried.slot == 0 {
                return Some(freed);
            }
            place = (place + 1) & mask;
        }
    }

    fn allocate(&mut self, places: usize) {
        self.entries = vec![Entry::default(); places];
        self.shift = 64 + NEIGHBOURS.trailing_zeros() - places.trailing_zeros();
        self.room = self.most();
    }

    #[cold]
    #[inline(never)]
    fn grow_to(&mut self, places: usize) {
        let old = std::mem::take(&mut self.entries);
        self.allocate(places);
        for entry in old {
            self.insert(entry.key, entry.owner, entry.slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{IdTable, split_mix};
    use std::collections::BTreeMap;

    impl IdTable {
        /// Whether every entry can be found and runs stand in the order of their homes.
        fn is_consistent(&self) -> bool {
            let mask = self.entries.len() - 1;
            let distance = |place: usize| {
                let entry = self.entries[place];
                place.wrapping_sub(self.home(entry.key, entry.owner)) & mask
            };
            let taken = (0..=mask).filter(|&place| self.entries[place].slot != 0);
            let ordered = taken.clone().all(|place| {
                let before = place.wrapping_sub(1) & mask;
                let is_free = self.entries[before].slot == 0;
                if is_free { distance(place) == 0 } else { distance(place) <= distance(before) + 1 }
            });
            ordered && taken.count() == self.len()
        }
    }

    /// Keys that collide often: few groups, dense ids, far ids, the ends of the range.
    fn draw_key(state: &mut u64, step: u64) -> u64 {
        let word = split_mix(state);
        match word % 5 {
            0 => word >> 32 & 63,
            1 => step.wrapping_sub(word >> 40 & 255),
            2 => u64::MAX - (word >> 32 & 15),
            3 => (word >> 32 & 63) << 40,
            _ => word >> 8 & 1023,
        }
    }

    #[test]
    fn the_table_is_a_map() {
        for seed in 0..40 {
            let mut table = IdTable::with_seed(seed);
            let mut model = BTreeMap::new();
            let mut state = seed ^ 0xC0FFEE;
            for step in 0..20_000_u64 {
                let key = draw_key(&mut state, step);
                let word = split_mix(&mut state);
                let owner = (word % 3) as u32;
                let slot = (word >> 33) as u32 | 1;
                // The share of removals swings, so that the table fills and drains again and again.
                let removes = if step / 2_000 % 2 == 0 { 3 } else { 6 };
                match word >> 8 & 7 {
                    kind if kind < removes => {
                        assert_eq!(table.remove(key, owner), model.remove(&(key, owner)));
                    }
                    6 => {
                        let known = model.contains_key(&(key, owner));
                        assert_eq!(table.set(key, owner, slot), known);
                        model.entry((key, owner)).and_modify(|old| *old = slot);
                    }
                    _ => {
                        let fresh = !model.contains_key(&(key, owner));
                        assert_eq!(table.insert(key, owner, slot), fresh);
                        model.entry((key, owner)).or_insert(slot);
                    }
                }
                assert_eq!(table.get(key, owner), model.get(&(key, owner)).copied());
                assert_eq!(table.len(), model.len());
                if step % 997 == 0 {
                    assert!(table.is_consistent());
                    assert!(model.iter().all(|(&(key, owner), &slot)| table.get(key, owner) == Some(slot)));
                }
            }
            assert!(table.is_consistent());
            table.clear();
            assert!(table.is_empty() && table.get(1, 1).is_none());
        }
    }

    #[test]
    fn slot_zero_is_refused() {
        let mut table = IdTable::default();
        assert!(!table.insert(1, 1, 0));
        assert!(table.insert(1, 1, 7));
        assert!(!table.set(1, 1, 0));
        assert_eq!(table.get(1, 1), Some(7));
    }

    #[test]
    fn sequential_keys_hardly_travel() {
        for seed in 0..20 {
            let mut table = IdTable::with_seed(seed);
            for key in 1_000_000..1_100_000 {
                table.insert(key, 0, 1);
            }
            let mask = table.entries.len() - 1;
            let at_home = (0..=mask).filter(|&place| {
                let entry = table.entries[place];
                entry.slot != 0 && table.home(entry.key, entry.owner) == place
            });
            let at_home = at_home.count();
            assert!(at_home > 85_000, "seed {seed}: {at_home} of 100,000");
        }
    }

    #[test]
    fn reserved_room_is_not_outgrown() {
        let mut table = IdTable::default();
        table.reserve(10_000);
        let places = table.entries.len();
        for key in 0..10_000 {
            table.insert(key << 32, 3, 1);
        }
        assert_eq!(table.entries.len(), places);
    }
}
