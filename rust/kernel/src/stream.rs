//! Random streams, one for each agent and purpose.
//!
//! A stream is derived from the run's seed, a name and a purpose, so an agent that is added draws from a stream
//! of its own and changes nobody else's. The generator is xoroshiro128++ (Blackman and Vigna, 2021,
//! doi:10.1145/3460772), sixteen bytes of state; its start is the hash of the names, spread by SplitMix64.

use exchange::hash::hash_bytes;
use rand_core::{Rng, SeedableRng};
use rand_distr::{Distribution, Exp1, StandardNormal};
use rand_xoshiro::Xoroshiro128PlusPlus;

/// What a stream is drawn for. One agent's purposes do not disturb each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Purpose {
    /// What an agent does, and when.
    Behaviour = 1,
    /// How long its messages take.
    Latency = 2,
    /// What an agent is: its place, its own parameters.
    Character = 3,
    /// The path of a fundamental value.
    Fundamental = 4,
    /// When news comes and what it says.
    News = 5,
}

/// A stream of random numbers that is the same on every machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream(Xoroshiro128PlusPlus);

impl Stream {
    /// The stream of the `index`th bearer of a name.
    #[must_use]
    pub fn named(seed: u64, name: &str, index: u64, purpose: Purpose) -> Self {
        let mut bytes = Vec::with_capacity(name.len() + 17);
        bytes.extend_from_slice(&seed.to_le_bytes());
        bytes.push(purpose as u8);
        bytes.extend_from_slice(&index.to_le_bytes());
        bytes.extend_from_slice(name.as_bytes());
        Self(Xoroshiro128PlusPlus::seed_from_u64(hash_bytes(&bytes)))
    }

    /// The next 64 bits.
    #[inline(always)]
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in `[0, 1)`, in steps of 2^-53.
    #[inline(always)]
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A whole number from `low` to `high`, both included; `low` where the range is empty.
    ///
    /// By multiplication (Lemire, 2019, doi:10.1145/3230636) without the rejection step: no number is more
    /// likely than another by more than the width of the range over 2^64.
    #[inline(always)]
    pub fn integer(&mut self, low: i64, high: i64) -> i64 {
        let width = high.wrapping_sub(low).wrapping_add(1) as u64;
        if high <= low || width == 0 {
            return low;
        }
        let product = u128::from(self.bits()) * u128::from(width);
        low.wrapping_add((product >> 64) as i64)
    }

    /// True with the given probability.
    #[inline(always)]
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Normally distributed.
    #[inline(always)]
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let standard: f64 = StandardNormal.sample(&mut self.0);
        mean + deviation * standard
    }

    /// Exponentially distributed.
    #[inline(always)]
    pub fn exponential(&mut self, mean: f64) -> f64 {
        let standard: f64 = Exp1.sample(&mut self.0);
        mean * standard
    }

    /// The exponential of a normal draw with this mean and deviation.
    #[inline(always)]
    pub fn lognormal(&mut self, mean: f64, deviation: f64) -> f64 {
        libm::exp(self.normal(mean, deviation))
    }

    /// Pareto distributed: at least `scale`, with the tail exponent `shape`.
    #[inline(always)]
    pub fn pareto(&mut self, scale: f64, shape: f64) -> f64 {
        scale * libm::exp(self.exponential(1.0) / shape)
    }

    /// A waiting time in whole nanoseconds, exponentially distributed, at least one and at most 2^60.
    #[inline(always)]
    pub fn wait(&mut self, mean_ns: f64) -> i64 {
        (self.exponential(mean_ns) as i64).clamp(1, 1 << 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(name: &str, index: u64, purpose: Purpose) -> Stream {
        Stream::named(7, name, index, purpose)
    }

    #[test]
    fn names_numbers_and_purposes_give_streams_of_their_own() {
        let first = |mut stream: Stream| stream.bits();
        let seen: std::collections::BTreeSet<u64> = [
            first(stream("noise", 0, Purpose::Behaviour)),
            first(stream("noise", 1, Purpose::Behaviour)),
            first(stream("noisf", 0, Purpose::Behaviour)),
            first(stream("noise", 0, Purpose::Latency)),
            first(Stream::named(8, "noise", 0, Purpose::Behaviour)),
        ]
        .into();
        assert_eq!(seen.len(), 5);
    }

    #[test]
    fn draws_are_pinned_for_ever() {
        let mut drawn = stream("pinned", 3, Purpose::Behaviour);
        let whole: Vec<i64> = (0..4).map(|_| drawn.integer(1, 1_000)).collect();
        let normal = drawn.normal(0.0, 1.0).to_bits();
        let waits: Vec<i64> = (0..3).map(|_| drawn.wait(1e9)).collect();
        assert_eq!((whole, normal, waits), PINNED.into());
    }

    struct Pinned(&'static [i64], u64, &'static [i64]);
    impl From<Pinned> for (Vec<i64>, u64, Vec<i64>) {
        fn from(pinned: Pinned) -> Self {
            (pinned.0.to_vec(), pinned.1, pinned.2.to_vec())
        }
    }
    const PINNED: Pinned =
        Pinned(&[434, 660, 562, 298], 4_604_576_850_433_956_145, &[286_171_767, 270_891_834, 2_066_908_994]);

    #[test]
    fn moments_are_right() {
        let mut drawn = stream("moments", 0, Purpose::Behaviour);
        let count = 200_000;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let uniform: Vec<f64> = (0..count).map(|_| drawn.uniform()).collect();
        let normal: Vec<f64> = (0..count).map(|_| drawn.normal(3.0, 2.0)).collect();
        let squares: Vec<f64> = normal.iter().map(|value| (value - 3.0) * (value - 3.0)).collect();
        let waits: Vec<f64> = (0..count).map(|_| drawn.exponential(5.0)).collect();
        let logs: Vec<f64> = (0..count).map(|_| libm::log(drawn.pareto(2.0, 1.5) / 2.0)).collect();
        assert!((mean(&uniform) - 0.5).abs() < 0.003);
        assert!((mean(&normal) - 3.0).abs() < 0.02);
        assert!((mean(&squares) - 4.0).abs() < 0.06);
        assert!((mean(&waits) - 5.0).abs() < 0.05);
        assert!((mean(&logs) - 1.0 / 1.5).abs() < 0.01);
        let dice: Vec<i64> = (0..60_000).map(|_| drawn.integer(1, 6)).collect();
        for face in 1..=6 {
            let seen = dice.iter().filter(|&&thrown| thrown == face).count();
            assert!((9_600..10_400).contains(&seen), "{face}: {seen}");
        }
    }
}
