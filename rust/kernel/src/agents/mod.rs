//! The native agents. Each module names its source, the units of its parameters, and what it assumes.

use serde::Deserialize;

use crate::context::Context;
use crate::crowd::{Crowd, Interests};

pub(crate) mod adaptive_maker;
pub(crate) mod avellaneda_stoikov;
#[cfg(test)]
#[allow(clippy::expect_used, clippy::print_stdout, clippy::panic, clippy::float_cmp)]
mod behaviour;
pub(crate) mod block;
pub(crate) mod fcn;
pub(crate) mod hawkes;
pub(crate) mod informed;
pub(crate) mod mean_reversion;
pub(crate) mod momentum;
pub(crate) mod noise;
pub(crate) mod participation;
mod quoting;
pub(crate) mod recorded;
mod size;
pub(crate) mod symmetric_maker;
pub(crate) mod taker;
#[cfg(test)]
#[allow(clippy::expect_used)]
pub(crate) mod testing;
pub(crate) mod value;
pub(crate) mod whale;
pub(crate) mod zero_intelligence;

pub(crate) use size::Size;

/// A crowd that holds nothing that follows from its parameters but them: it goes on with new ones.
macro_rules! takes_parameters {
    () => {
        fn tune(&mut self, params: &dyn core::any::Any) -> Result<(), &'static str> {
            self.params = params.downcast_ref::<Params>().ok_or($crate::agents::ANOTHER_KIND)?.clone();
            Ok(())
        }
    };
}
pub(crate) use takes_parameters;

/// Why parameters are refused that are those of another kind.
pub(crate) const ANOTHER_KIND: &str = "an agent stays what it is: only its parameters change";

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

            /// The parameters, for a crowd that knows their type.
            pub(crate) fn params(&self) -> &dyn core::any::Any {
                match self {
                    $(Self::$name(params) => params,)*
                    Self::Foreign { interests } => interests,
                }
            }

            /// What is wrong with the parameters of so many agents, if anything.
            pub(crate) fn check(&self, count: u32) -> Result<(), String> {
                if self.table(u64::from(count)) > TABLE_MAX {
                    return Err(format!("its agents would remember more than {TABLE_MAX} numbers"));
                }
                match self {
                    $(Self::$name(params) => params.check().map_err(str::to_owned),)*
                    Self::Foreign { .. } => Ok(()),
                }
            }
        }

        /// Every native kind, as run files spell it.
        #[cfg(test)]
        pub(crate) const WORDS: &[&str] = &[$($word),*];

        /// Makes a crowd of so many agents; none for agents that live elsewhere.
        pub(crate) fn make(kind: &Kind, count: u32) -> Result<(Option<Box<dyn Crowd>>, Interests), String> {
            kind.check(count)?;
            match kind {
                $(Kind::$name(params) => {
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
    /// A bid and an ask at the same distance, whatever it holds.
    SymmetricMaker(symmetric_maker::Params) = "symmetric_maker";
    /// Knows the fundamental and takes quotes that are wrong.
    Informed(informed::Params) = "informed";
    /// Market orders at random times.
    Taker(taker::Params) = "taker";
    /// Executes an order as a share of the volume.
    Participation(participation::Params) = "participation";
    /// One large order, once.
    Block(block::Params) = "block";
    /// Large orders in small pieces.
    Whale(whale::Params) = "whale";
    /// Stands for everybody in a recording.
    Recorded(recorded::Params) = "recorded";
    /// Background flow that excites itself.
    Hawkes(hawkes::Params) = "hawkes";
}

/// Who has left: whatever still reaches it, it does nothing.
#[derive(Clone)]
pub(crate) struct Idle;

impl Crowd for Idle {
    fn on_start(&mut self, _who: u32, _context: &mut Context<'_>) {}

    fn on_timer(&mut self, _who: u32, _timer: u32, _context: &mut Context<'_>) {}

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(Self)
    }
}

/// Longest interval or delay of an agent, 36 years: so no sum of times is beyond what a number holds.
pub(crate) const TIME_NS_MAX: i64 = 1 << 60;

/// Whether all numbers are finite and not below zero.
pub(crate) fn sane(numbers: &[f64]) -> bool {
    numbers.iter().all(|number| number.is_finite() && *number >= 0.0)
}
