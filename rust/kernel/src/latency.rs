//! How long messages take, with state of a few bytes for each agent.
//!
//! A delay is a constant, plus the time that light needs from the agent's place on a line to the venue's, plus
//! jitter. The three legs, feed, order entry and response, are modelled apart. Nothing here grows with the
//! square of the number of agents.

use serde::Deserialize;

use crate::stream::Stream;

/// Nanoseconds that light needs for a metre in vacuum.
const NS_PER_METRE: f64 = 1e9 / 299_792_458.0;
/// No drawn jitter is longer than ten seconds: a draw beyond it is cut.
const JITTER_NS_MAX: f64 = 1e10;
/// No constant, measured or travelling time is longer than some thirteen days.
const DELAY_NS_MAX: i64 = 1 << 50;

/// What varies from message to message.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Jitter {
    /// Nothing.
    #[default]
    None,
    /// Uniform from zero to so many nanoseconds.
    Uniform(i64),
    /// Exponential with this mean in nanoseconds.
    Exponential(f64),
    /// Lognormal: median in nanoseconds, and the deviation of its logarithm.
    Lognormal(f64, f64),
    /// Drawn from measured delays in nanoseconds.
    Measured(Vec<i64>),
}

/// One way: of market data, of orders, or of answers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leg {
    /// Nanoseconds that every message takes.
    #[serde(default)]
    pub(crate) constant_ns: i64,
    #[serde(default)]
    pub(crate) jitter: Jitter,
}

/// How far a group's messages travel, and how long its agents think.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Latency {
    #[serde(default)]
    pub(crate) feed: Leg,
    #[serde(default)]
    pub(crate) entry: Leg,
    #[serde(default)]
    pub(crate) response: Leg,
    /// The agents live on a line from zero to so many metres, each at a place of its own.
    #[serde(default)]
    pub(crate) line_metres: f64,
    /// Nanoseconds between being called and a message leaving; meanwhile nothing else is taken in.
    #[serde(default)]
    pub(crate) compute_ns: i64,
}

/// How long light travels, rounded down.
fn travel_ns(metres: f64) -> i64 {
    ((metres * NS_PER_METRE) as i64).min(DELAY_NS_MAX)
}

impl Leg {
    /// The delay of one message over this distance.
    #[inline(always)]
    pub(crate) fn delay(&self, metres: f64, stream: &mut Stream) -> i64 {
        let travel = if metres == 0.0 { 0 } else { travel_ns(metres) };
        let jitter = match &self.jitter {
            Jitter::None => 0,
            Jitter::Uniform(most) => stream.integer(0, *most),
            Jitter::Exponential(mean) => stream.exponential(*mean).min(JITTER_NS_MAX) as i64,
            Jitter::Lognormal(median, deviation) => {
                (median * stream.lognormal(0.0, *deviation)).min(JITTER_NS_MAX) as i64
            }
            Jitter::Measured(delays) => {
                let chosen = stream.integer(0, delays.len() as i64 - 1);
                delays.get(chosen as usize).copied().unwrap_or(0)
            }
        };
        self.constant_ns + travel + jitter
    }

    /// A bound on every delay over this distance.
    pub(crate) fn longest(&self, metres: f64) -> i64 {
        let jitter = match &self.jitter {
            Jitter::None => 0,
            Jitter::Uniform(most) => *most,
            Jitter::Exponential(_) | Jitter::Lognormal(..) => JITTER_NS_MAX as i64,
            Jitter::Measured(delays) => delays.iter().copied().max().unwrap_or(0),
        };
        self.constant_ns + travel_ns(metres) + jitter
    }

    /// What is wrong with it, if anything.
    pub(crate) fn flaw(&self) -> Option<&'static str> {
        let sound = match &self.jitter {
            Jitter::None => true,
            Jitter::Uniform(most) => (0..=DELAY_NS_MAX).contains(most),
            Jitter::Exponential(mean) => mean.is_finite() && *mean >= 0.0,
            Jitter::Lognormal(median, deviation) => {
                median.is_finite() && *median >= 0.0 && deviation.is_finite() && *deviation >= 0.0
            }
            Jitter::Measured(delays) => {
                !delays.is_empty() && delays.iter().all(|delay| (0..=DELAY_NS_MAX).contains(delay))
            }
        };
        let sound = sound && (0..=DELAY_NS_MAX).contains(&self.constant_ns);
        if sound { None } else { Some("a delay is below zero, too long, or not a number") }
    }
}
