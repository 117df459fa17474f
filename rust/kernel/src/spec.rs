//! What a simulation is made from: plain data, read from JSON, every key known.

use serde::Deserialize;

use crate::agents::{Kind, TIME_NS_MAX};
use crate::fundamental::{Fundamental, News};
use crate::latency::Latency;
use crate::session::Session;

/// Most pieces of random news that one entry is expected to make.
const NEWS_MAX: f64 = 1e6;

/// Why no simulation can be made: which part, and what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// The part, as a path of keys.
    pub place: String,
    /// What is wrong with it.
    pub what: String,
}

impl Error {
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl std::error::Error for Error {}

/// A whole simulation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Everything that is drawn follows from it.
    pub seed: u64,
    /// When it begins, in nanoseconds since midnight.
    pub(crate) start_ns: i64,
    /// When it ends.
    pub(crate) end_ns: i64,
    pub(crate) symbols: Vec<SymbolSpec>,
    /// Correlation of fundamentals, a row for each symbol.
    #[serde(default)]
    pub(crate) correlation: Vec<Vec<f64>>,
    /// Distance of the grid on which fundamentals move.
    #[serde(default = "one_second")]
    pub(crate) fundamental_step_ns: i64,
    #[serde(default)]
    pub(crate) news: Vec<News>,
    #[serde(default)]
    pub(crate) random_news: Vec<RandomNews>,
    pub(crate) venues: Vec<VenueSpec>,
    pub(crate) groups: Vec<GroupSpec>,
    #[serde(default)]
    pub(crate) record: RecordSpec,
}

const fn one_second() -> i64 {
    1_000_000_000
}

/// A symbol and its fundamental value.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SymbolSpec {
    pub(crate) symbol: String,
    pub(crate) fundamental: Fundamental,
}

/// News that comes at random times.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RandomNews {
    pub(crate) symbol: u16,
    /// Mean time between two pieces.
    pub(crate) interval_ns: f64,
    /// Deviation of the jump in ticks.
    pub(crate) deviation: f64,
}

/// A venue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VenueSpec {
    pub(crate) name: String,
    /// `cash`, `margin` or `game`.
    pub(crate) model: String,
    /// Largest absolute position of an account; zero for the core's own limit.
    #[serde(default)]
    pub(crate) position_lots: u64,
    pub(crate) markets: Vec<MarketSpec>,
}

/// An instrument at a venue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarketSpec {
    /// Index of its symbol.
    pub(crate) symbol: u16,
    pub(crate) initial_price: i64,
    #[serde(default = "one")]
    pub(crate) price_step: i64,
    #[serde(default = "one_lot")]
    pub(crate) lot_step: u64,
    #[serde(default = "one")]
    pub(crate) min_price: i64,
    pub(crate) max_price: i64,
    /// Cash units that one tick of one lot is worth.
    #[serde(default = "one")]
    pub(crate) multiplier: i64,
    #[serde(default)]
    pub(crate) maker_fee_ppm: i32,
    #[serde(default)]
    pub(crate) taker_fee_ppm: i32,
    #[serde(default)]
    pub(crate) protection_ppm: u32,
    #[serde(default)]
    pub(crate) breaker_ppm: u32,
    #[serde(default = "initial_margin")]
    pub(crate) initial_margin_ppm: u32,
    #[serde(default = "maintenance_margin")]
    pub(crate) maintenance_margin_ppm: u32,
    pub(crate) session: Session,
}

const fn one() -> i64 {
    1
}
const fn one_lot() -> u64 {
    1
}
const fn initial_margin() -> u32 {
    200_000
}
const fn maintenance_margin() -> u32 {
    100_000
}

/// A group of agents.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupSpec {
    pub(crate) name: String,
    pub(crate) count: u32,
    /// Indices of the markets it trades in, counted over all venues.
    pub(crate) markets: Vec<u16>,
    /// Cash of each agent at each venue, in cash units.
    pub(crate) cash: u64,
    /// Lots of each agent in each of its markets; cash accounts only.
    #[serde(default)]
    pub(crate) lots: u64,
    #[serde(default)]
    pub(crate) latency: Latency,
    pub(crate) agent: Kind,
}

/// What is recorded.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordSpec {
    #[serde(default)]
    pub(crate) orders: bool,
    #[serde(default)]
    pub(crate) quotes: bool,
    /// Nanoseconds between samples of depth and profit; zero for none.
    #[serde(default)]
    pub(crate) sample_ns: i64,
}

impl Spec {
    /// Reads a simulation from JSON.
    ///
    /// # Errors
    /// The text is no JSON, or has keys or values that a simulation has not.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let spec: Self = serde_json::from_str(text).map_err(|error| Error::new("spec", error.to_string()))?;
        spec.check_times()?;
        Ok(spec)
    }

    /// Whether every time is one that can be added to, and nothing is to happen before the start.
    fn check_times(&self) -> Result<(), Error> {
        let refuse = |place: &str, what: &str| Err(Error::new(place, what));
        if self.start_ns > TIME_NS_MAX || self.end_ns > TIME_NS_MAX {
            return refuse("end_ns", "is more than 36 years");
        }
        for market in self.venues.iter().flat_map(|venue| &venue.markets) {
            let session = market.session;
            if session.pre_open_ns.unwrap_or(session.open_ns) < self.start_ns {
                return refuse("venues", "a session begins before start_ns");
            }
            if session.close_ns > TIME_NS_MAX {
                return refuse("venues", "a session ends after more than 36 years");
            }
        }
        if self.news.iter().any(|news| !(self.start_ns..=TIME_NS_MAX).contains(&news.time_ns)) {
            return refuse("news", "comes before start_ns, or after more than 36 years");
        }
        let span = (self.end_ns - self.start_ns.max(0)) as f64;
        if self.random_news.iter().any(|news| news.interval_ns > 0.0 && span / news.interval_ns > NEWS_MAX) {
            return refuse("random_news", "comes more than a million times");
        }
        if self.record.sample_ns > TIME_NS_MAX {
            return refuse("spec", "a time is more than 36 years");
        }
        Ok(())
    }
}
