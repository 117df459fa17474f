//! The taker: market orders of either side at random times.
//!
//! Source: the uninformed liquidity trader of Glosten and Milgrom (1985, doi:10.1016/0304-405X(85)90044-3), with
//! Poisson arrivals as in Garman (1976, doi:10.1016/0304-405X(76)90006-4).
//!
//! Units: times in nanoseconds, sizes in lots. Assumes nothing; an order that finds nobody is refused and gone.

use exchange::units::Side;
use serde::Deserialize;

use super::{Size, sane, takes_parameters};
use crate::context::{Context, Order};
use crate::crowd::Crowd;

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Mean time between two orders.
    pub(crate) interval_ns: f64,
    #[serde(default)]
    pub(crate) size: Size,
    /// Probability that an order buys.
    #[serde(default = "half")]
    pub(crate) buys: f64,
    /// Whether an order takes no more than what shows at the best price.
    #[serde(default)]
    pub(crate) careful: bool,
}

const fn half() -> f64 {
    0.5
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let sound = sane(&[self.interval_ns, self.buys])
            && self.interval_ns >= 1.0
            && self.buys <= 1.0
            && self.size.is_sound();
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

#[derive(Clone)]
struct Taker {
    params: Params,
}

pub(crate) fn crowd(params: Params, _count: usize) -> Box<dyn Crowd> {
    Box::new(Taker { params })
}

impl Crowd for Taker {
    takes_parameters!();

    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        let time = open.max(context.now()) + context.stream().wait(self.params.interval_ns);
        context.wake_at(time, 0);
    }

    fn on_timer(&mut self, _who: u32, _timer: u32, context: &mut Context<'_>) {
        let market = context.home();
        if context.now() >= context.hours(market).1 {
            return;
        }
        let wait = context.stream().wait(self.params.interval_ns);
        context.wake_at(context.now() + wait, 0);
        let side = if context.stream().chance(self.params.buys) { Side::Buy } else { Side::Sell };
        let mut lots = self.params.size.draw(context.stream());
        if self.params.careful {
            let quote = context.quote(market);
            let shown = if side == Side::Buy { quote.ask_lots } else { quote.bid_lots };
            lots = lots.min(shown);
        }
        if lots > 0 {
            context.place(Order::market(market, side, lots));
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
