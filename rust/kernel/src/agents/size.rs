//! How many lots an order has.

use serde::Deserialize;

use crate::stream::Stream;

/// A distribution of order sizes in lots. Every draw is at least one.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Size {
    /// Always the same.
    Fixed { lots: u64 },
    /// Uniform, both ends included.
    Uniform { low: u64, high: u64 },
    /// The exponential of a normal draw.
    Lognormal { mean: f64, deviation: f64 },
    /// Normal, cut at one.
    Normal { mean: f64, deviation: f64 },
    /// Pareto with the smallest size, the tail exponent and the largest size.
    Pareto { least: f64, exponent: f64, most: f64 },
    /// One of several, by weight.
    Mixture { parts: Vec<Part> },
}

/// A part of a mixture.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) weight: f64,
    pub(crate) size: Size,
}

/// No draw is larger: far below the core's own limit.
const LOTS_MAX: f64 = 1_099_511_627_775.0;

impl Default for Size {
    fn default() -> Self {
        Self::Fixed { lots: 1 }
    }
}

impl Size {
    /// Draws a size.
    #[inline]
    pub(crate) fn draw(&self, stream: &mut Stream) -> u64 {
        let lots = match self {
            Self::Fixed { lots } => return (*lots).max(1),
            Self::Uniform { low, high } => return stream.integer(*low as i64, *high as i64).max(1) as u64,
            Self::Lognormal { mean, deviation } => stream.lognormal(*mean, *deviation),
            Self::Normal { mean, deviation } => stream.normal(*mean, *deviation),
            Self::Pareto { least, exponent, most } => stream.pareto(*least, *exponent).min(*most),
            Self::Mixture { parts } => {
                let total: f64 = parts.iter().map(|part| part.weight).sum();
                let mut chosen = stream.uniform() * total;
                for part in parts {
                    chosen -= part.weight;
                    if chosen < 0.0 {
                        return part.size.draw(stream);
                    }
                }
                1.0
            }
        };
        // To the nearest whole, halves up: the same in Python as `floor(x + 0.5)`.
        libm::floor(lots + 0.5).clamp(1.0, LOTS_MAX) as u64
    }

    /// Whether its numbers make sense.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            Self::Fixed { lots } => (1..=LOTS_MAX as u64).contains(lots),
            Self::Uniform { low, high } => 1 <= *low && low <= high && *high <= LOTS_MAX as u64,
            Self::Lognormal { mean, deviation } | Self::Normal { mean, deviation } => {
                mean.is_finite() && deviation.is_finite() && *deviation >= 0.0
            }
            Self::Pareto { least, exponent, most } => {
                least.is_finite() && *least >= 1.0 && exponent.is_finite() && *exponent > 0.0 && most >= least
            }
            Self::Mixture { parts } => {
                !parts.is_empty()
                    && parts
                        .iter()
                        .all(|part| part.weight.is_finite() && part.weight >= 0.0 && part.size.is_sound())
            }
        }
    }
}
