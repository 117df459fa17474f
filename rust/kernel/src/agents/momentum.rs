//! The momentum trader: buys while the short moving average of the mid price is not below the long one, else sells.
//!
//! Source: the agent of ABIDES (Byrd, Hybinette and Balch 2020, arXiv:1904.12066); the rule itself is Brock,
//! Lakonishok and LeBaron (1992, doi:10.1111/j.1540-6261.1992.tb04681.x).
//!
//! Units: times in nanoseconds, windows in looks, sizes in lots. Assumes that both sides of the book have orders;
//! a look at a one-sided book is not counted. Averages are of whole numbers, so nothing is rounded.

use exchange::units::Side;
use serde::Deserialize;

use super::{ANOTHER_KIND, Size, sane};
use crate::context::{Context, Order};
use crate::crowd::Crowd;

/// Longest window in looks.
const WINDOW_MAX: usize = 4_096;

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Mean time between two looks.
    pub(crate) interval_ns: f64,
    /// Looks in the short average.
    #[serde(default = "short")]
    pub(crate) short: usize,
    /// Looks in the long average.
    #[serde(default = "long")]
    pub(crate) long: usize,
    #[serde(default)]
    pub(crate) size: Size,
}

const fn short() -> usize {
    20
}
const fn long() -> usize {
    50
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let windows = 1 <= self.short && self.short < self.long && self.long <= WINDOW_MAX;
        if !sane(&[self.interval_ns]) || self.interval_ns < 1.0 || !windows || !self.size.is_sound() {
            return Err("a parameter is out of its range");
        }
        Ok(())
    }
}

#[derive(Clone)]
struct Momentum {
    params: Params,
    /// Sums of bid and ask, a ring of `long` for each agent.
    looks: Vec<i64>,
    seen: Vec<u32>,
    short_sum: Vec<i64>,
    long_sum: Vec<i64>,
}

pub(crate) fn crowd(params: Params, count: usize) -> Box<dyn Crowd> {
    let looks = vec![0; count * params.long];
    Box::new(Momentum {
        params,
        looks,
        seen: vec![0; count],
        short_sum: vec![0; count],
        long_sum: vec![0; count],
    })
}

impl Crowd for Momentum {
    fn tune(&mut self, params: &dyn core::any::Any) -> Result<(), &'static str> {
        let params = params.downcast_ref::<Params>().ok_or(ANOTHER_KIND)?;
        if (params.short, params.long) != (self.params.short, self.params.long) {
            // Other averages are over looks that are yet to come.
            let members = self.seen.len();
            self.looks = vec![0; members * params.long];
            for sums in [&mut self.short_sum, &mut self.long_sum] {
                sums.fill(0);
            }
            self.seen.fill(0);
        }
        self.params = params.clone();
        Ok(())
    }

    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        let time = open.max(context.now()) + context.stream().wait(self.params.interval_ns);
        context.wake_at(time, 0);
    }

    fn on_timer(&mut self, who: u32, _timer: u32, context: &mut Context<'_>) {
        let market = context.home();
        if context.now() >= context.hours(market).1 {
            return;
        }
        let wait = context.stream().wait(self.params.interval_ns);
        context.wake_at(context.now() + wait, 0);
        let quote = context.quote(market);
        if quote.bid_lots == 0 || quote.ask_lots == 0 {
            return;
        }
        let (member, look) = (who as usize, quote.bid + quote.ask);
        let (short, long) = (self.params.short, self.params.long);
        let seen = self.seen[member] as usize;
        let ring = &mut self.looks[member * long..(member + 1) * long];
        if seen >= short {
            self.short_sum[member] -= ring[(seen - short) % long];
        }
        if seen >= long {
            self.long_sum[member] -= ring[seen % long];
        }
        ring[seen % long] = look;
        self.short_sum[member] += look;
        self.long_sum[member] += look;
        self.seen[member] += 1;
        if seen + 1 < long {
            return;
        }
        let rising = self.short_sum[member] * long as i64 >= self.long_sum[member] * short as i64;
        let side = if rising { Side::Buy } else { Side::Sell };
        let lots = self.params.size.draw(context.stream());
        let price = if rising { quote.ask } else { quote.bid };
        context.place(Order::limit(market, side, lots, price));
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
