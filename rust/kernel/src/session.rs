//! The trading day of a market: when it opens, crosses and closes.

use exchange::command::Phase;
use serde::Deserialize;

/// When a market does what, in nanoseconds since midnight. What is left out does not happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    /// From when orders gather for the opening auction. Without it the market opens without an auction.
    #[serde(default)]
    pub(crate) pre_open_ns: Option<i64>,
    /// Continuous trading begins.
    pub(crate) open_ns: i64,
    /// Orders gather for the closing auction.
    #[serde(default)]
    pub(crate) closing_auction_ns: Option<i64>,
    /// The close; the closing auction crosses just before.
    pub(crate) close_ns: i64,
}

/// What happens to a market at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turn {
    /// It moves to a phase.
    To(Phase),
    /// Its auction crosses.
    Cross,
}

impl Session {
    /// The day's turns in order, from a start at which the market is shut.
    pub(crate) fn turns(&self, start_ns: i64) -> Vec<(i64, Turn)> {
        let mut turns = Vec::new();
        match self.pre_open_ns {
            None => turns.push((start_ns, Turn::To(Phase::Halt))),
            Some(pre_open) => {
                if pre_open > start_ns {
                    turns.push((start_ns, Turn::To(Phase::Halt)));
                }
                turns.push((pre_open, Turn::To(Phase::PreOpen)));
                turns.push((self.open_ns, Turn::Cross));
            }
        }
        turns.push((self.open_ns, Turn::To(Phase::Continuous)));
        if let Some(auction) = self.closing_auction_ns {
            turns.push((auction, Turn::To(Phase::Auction)));
            turns.push((self.close_ns, Turn::Cross));
        }
        turns.push((self.close_ns, Turn::To(Phase::Close)));
        turns
    }

    /// Whether its times are in order.
    pub(crate) fn in_order(&self) -> bool {
        let pre_open = self.pre_open_ns.unwrap_or(self.open_ns);
        let auction = self.closing_auction_ns.unwrap_or(self.close_ns);
        0 <= pre_open && pre_open <= self.open_ns && self.open_ns < auction && auction <= self.close_ns
    }
}
