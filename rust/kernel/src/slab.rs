//! Numbered places for things that wait, used again once they are free.

/// A slab of `T`. A slot is a number below 2^28, so that it fits beside a kind in a queue's entry.
#[derive(Clone, Debug)]
pub struct Slab<T> {
    items: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { items: Vec::new(), free: Vec::new() }
    }
}

impl<T: Copy> Slab<T> {
    /// Keeps an item and returns its slot.
    #[inline(always)]
    pub fn add(&mut self, item: T) -> u32 {
        match self.free.pop() {
            Some(slot) => {
                self.items[slot as usize] = item;
                slot
            }
            None => {
                self.items.push(item);
                self.items.len() as u32 - 1
            }
        }
    }

    /// Takes an item out.
    #[inline(always)]
    pub fn take(&mut self, slot: u32) -> T {
        self.free.push(slot);
        self.items[slot as usize]
    }

    /// Looks at an item, to change it.
    #[inline(always)]
    pub fn at(&mut self, slot: u32) -> &mut T {
        &mut self.items[slot as usize]
    }

    /// How many items are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len() - self.free.len()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
