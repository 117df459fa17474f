//! What several test programs share: a small generator of random numbers and of awkward values.

/// A stream of random words (SplitMix64: Steele, Lea and Flood, 2014, doi:10.1145/2714064.2660195).
pub struct Draw(pub u64);

impl Draw {
    /// The next word.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.word()) * u128::from(end)) >> 64) as u64
    }

    /// A whole number from `low` to `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// True `parts` times in a hundred.
    pub fn percent(&mut self, parts: u64) -> bool {
        self.below(100) < parts
    }
}

/// Prices of a market that changes its manners: narrow, drifting, wide, and now and then at the edges.
pub struct Prices {
    middle: i64,
    spread: i64,
    limit: i64,
}

impl Prices {
    /// Prices from `-limit` to `limit`.
    pub fn new(limit: i64) -> Self {
        Self { middle: 0, spread: 4, limit }
    }

    /// The next price.
    pub fn next(&mut self, draw: &mut Draw) -> i64 {
        match draw.below(4_000) {
            0 => self.middle = draw.between(-self.limit, self.limit),
            1 => self.middle = draw.between(-1_000, 1_000),
            2 => self.spread = 1 << draw.below(19),
            3 => self.spread = 1 + draw.below(12) as i64,
            4..=20 => return if draw.percent(50) { self.limit } else { -self.limit },
            21..=40 => return draw.between(-self.limit, self.limit),
            41..=440 => self.middle += draw.between(-self.spread, self.spread + 1) / 2,
            _ => {}
        }
        (self.middle + draw.between(-self.spread, self.spread)).clamp(-self.limit, self.limit)
    }
}
