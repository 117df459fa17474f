//! The native agents. Each module names its source, the units of its parameters, and what it assumes.

use serde::Deserialize;

use crate::crowd::{Crowd, Interests};

pub(crate) mod adaptive_maker;
pub(crate) mod avellaneda_stoikov;
#[cfg(test)]
#[allow(clippy::expect_used, clippy::print_stdout, clippy::panic, clippy::float_cmp)]
mod behaviour;
pub(crate) mod fcn;
pub(crate) mod hawkes;
pub(crate) mod informed;
pub(crate) mod mean_reversion;
pub(crate) mod momentum;
pub(crate) mod noise;
pub(crate) mod participation;
mod size;
pub(crate) mod taker;
#[cfg(test)]
#[allow(clippy::expect_used)]
pub(crate) mod testing;
pub(crate) mod value;
pub(crate) mod whale;
pub(crate) mod zero_intelligence;

pub(crate) use size::Size;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident($module:ident::$params:ident) = $word:literal;)*) => {
        /// What a group's agents are, with their parameters.
        #[derive(Clone, Debug, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        #[allow(clippy::large_enum_variant)] // There is one for each group.
        pub(crate) enum Kind {
            $($(#[$doc])* $name($module::$params),)*
            /// Agents that live outside this crate and are called for these interests.
            Foreign { interests: u16 },
        }

        impl Kind {
            /// The name as run files spell it.
            pub(crate) const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $word,)*
                    Self::Foreign { .. } => "foreign",
                }
            }
        }

        /// Every native kind, as run files spell it.
        #[cfg(test)]
        pub(crate) const WORDS: &[&str] = &[$($word),*];

        /// Makes a crowd of so many agents; none for agents that live elsewhere.
        pub(crate) fn make(kind: &Kind, count: u32) -> Result<(Option<Box<dyn Crowd>>, Interests), String> {
            if kind.table(u64::from(count)) > TABLE_MAX {
                return Err(format!("its agents would remember more than {TABLE_MAX} numbers"));
            }
            match kind {
                $(Kind::$name(params) => {
                    params.check().map_err(str::to_owned)?;
                    let crowd = $module::crowd(params.clone(), count as usize);
                    let interests = crowd.interests();
                    Ok((Some(crowd), interests))
                })*
                Kind::Foreign { interests } => Ok((None, Interests::from_bits(*interests))),
            }
        }
    };
}

/// Most numbers that a crowd keeps for its members, where parameters say how many each needs.
const TABLE_MAX: u64 = 1 << 27;

impl Kind {
    /// How many numbers a crowd of so many keeps.
    fn table(&self, count: u64) -> u64 {
        let each = match self {
            Self::ZeroIntelligence(params) => u64::from(params.units),
            Self::Momentum(params) => params.long as u64,
            _ => 0,
        };
        count.saturating_mul(each)
    }
}

kinds! {
    /// Draws prices within its means, and nothing else.
    ZeroIntelligence(zero_intelligence::Params) = "zero_intelligence";
    /// Trades without a reason.
    Noise(noise::Params) = "noise";
    /// Follows moving averages.
    Momentum(momentum::Params) = "momentum";
    /// Trades against what strays from its average.
    MeanReversion(mean_reversion::Params) = "mean_reversion";
    /// Learns the fundamental from noisy looks.
    Value(value::Params) = "value";
    /// Fundamentalist, chartist and noise trader in one.
    Fcn(fcn::Params) = "fcn";
    /// A ladder of quotes that follows spread and volume.
    AdaptiveMaker(adaptive_maker::Params) = "adaptive_maker";
    /// Quotes around a price that leans against its inventory.
    AvellanedaStoikov(avellaneda_stoikov::Params) = "avellaneda_stoikov";
    /// Knows the fundamental and takes quotes that are wrong.
    Informed(informed::Params) = "informed";
    /// Market orders at random times.
    Taker(taker::Params) = "taker";
    /// Executes an order as a share of the volume.
    Participation(participation::Params) = "participation";
    /// Large orders in small pieces.
    Whale(whale::Params) = "whale";
    /// Background flow that excites itself.
    Hawkes(hawkes::Params) = "hawkes";
}

/// Longest interval or delay of an agent, 36 years: so no sum of times is beyond what a number holds.
pub(crate) const TIME_NS_MAX: i64 = 1 << 60;

/// Whether all numbers are finite and not below zero.
pub(crate) fn sane(numbers: &[f64]) -> bool {
    numbers.iter().all(|number| number.is_finite() && *number >= 0.0)
}
