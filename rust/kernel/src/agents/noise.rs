//! The noise trader: orders without a reason, at random times.
//!
//! Source: Kyle (1985, doi:10.2307/1913210) for the role; with `interval_ns` zero, the agent of ABIDES (Byrd,
//! Hybinette and Balch 2020, arXiv:1904.12066) that trades once a day at the opposite best price; with passive
//! orders, the flow of Farmer, Patelli and Zovko (2005, doi:10.1073/pnas.0409157102), which places limit orders at
//! random distances behind the opposite best price.
//!
//! Units: times in nanoseconds, prices in ticks, sizes in lots. Assumes nothing of the market but a feed. An order
//! at the opposite best price is a limit order: it never walks the book.

use exchange::command::TimeInForce;
use exchange::units::Side;
use serde::Deserialize;

use super::{ANOTHER_KIND, Size, sane};
use crate::context::{Context, Order};
use crate::crowd::Crowd;

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Mean time between two orders of one agent; zero for one order a day.
    #[serde(default)]
    pub(crate) interval_ns: f64,
    /// When one-order agents may come; the market's hours when left out.
    #[serde(default)]
    pub(crate) from_ns: Option<i64>,
    #[serde(default)]
    pub(crate) to_ns: Option<i64>,
    #[serde(default)]
    pub(crate) size: Size,
    /// Probability that an order is at the opposite best price.
    #[serde(default = "one")]
    pub(crate) aggressive: f64,
    /// Mean distance of a passive order behind the opposite best, in ticks beyond the first.
    #[serde(default)]
    pub(crate) distance_ticks: f64,
    /// Mean life of a passive order; zero for ever.
    #[serde(default)]
    pub(crate) life_ns: f64,
}

const fn one() -> f64 {
    1.0
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if !sane(&[self.interval_ns, self.aggressive, self.distance_ticks, self.life_ns])
            || self.aggressive > 1.0
            || !self.size.is_sound()
        {
            return Err("a parameter is out of its range");
        }
        Ok(())
    }
}

#[derive(Clone)]
struct Noise {
    params: Params,
}

pub(crate) fn crowd(params: Params, _count: usize) -> Box<dyn Crowd> {
    Box::new(Noise { params })
}

impl Crowd for Noise {
    fn tune(&mut self, params: &dyn core::any::Any) -> Result<(), &'static str> {
        let params = params.downcast_ref::<Params>().ok_or(ANOTHER_KIND)?;
        if (params.interval_ns > 0.0) != (self.params.interval_ns > 0.0) {
            return Err("who trades once a day goes on so, and who trades on and on too");
        }
        self.params = params.clone();
        Ok(())
    }

    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        let (open, close) = context.hours(context.home());
        let time = if self.params.interval_ns > 0.0 {
            open.max(context.now()) + context.stream().wait(self.params.interval_ns)
        } else {
            let (from, to) = (self.params.from_ns.unwrap_or(open), self.params.to_ns.unwrap_or(close));
            context.stream().integer(from, to.saturating_sub(1))
        };
        context.wake_at(time, 0);
    }

    fn on_timer(&mut self, _who: u32, _timer: u32, context: &mut Context<'_>) {
        let market = context.home();
        let (open, close) = context.hours(market);
        if context.now() >= close {
            return;
        }
        if self.params.interval_ns > 0.0 {
            let wait = context.stream().wait(self.params.interval_ns);
            context.wake_at(context.now() + wait, 0);
        } else if context.now() < open {
            // Those who come early wait for the market to open.
            context.wake_at(open, 0);
            return;
        }
        let side = if context.stream().chance(0.5) { Side::Buy } else { Side::Sell };
        let lots = self.params.size.draw(context.stream());
        let quote = context.quote(market);
        let aggressive = self.params.aggressive >= 1.0 || context.stream().chance(self.params.aggressive);
        if aggressive {
            if let Some(price) = quote.best(side.opposite()) {
                context.place(Order::limit(market, side, lots, price));
            }
            return;
        }
        let behind = libm::floor(context.stream().exponential(self.params.distance_ticks)) + 1.0;
        let anchor = quote
            .best(side.opposite())
            .unwrap_or_else(|| quote.best(side).unwrap_or_else(|| context.initial_price(market)));
        let price = context.fit_price(market, side, anchor as f64 - side.sign() as f64 * behind);
        let mut order = Order::limit(market, side, lots, price);
        if self.params.life_ns > 0.0 {
            order.time_in_force = TimeInForce::GoodTillDate;
            order.expiry_ns = context.now() + context.stream().wait(self.params.life_ns) + 1_000_000;
        }
        context.place(order);
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
