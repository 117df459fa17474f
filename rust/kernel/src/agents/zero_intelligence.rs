//! Zero intelligence: random prices, within what the trader can afford or without any bound.
//!
//! Source: Gode and Sunder (1993, doi:10.1086/261868). Half of the agents buy and half sell; each has a list of
//! values (of costs), one for each unit that it may trade, the best first. It offers a random price between its
//! value and the end of the range (ZI-C), or anywhere in the range (ZI-U). They found that the constraint alone
//! brings a double auction close to full efficiency.
//!
//! Units: prices and values in ticks, one lot a unit, times in nanoseconds. Assumes a market in continuous trading.
//! Members with an even number buy, those with an odd number sell.

use exchange::units::Side;
use serde::Deserialize;

use super::{ANOTHER_KIND, sane};
use crate::context::{Context, Order};
use crate::crowd::{Crowd, Interests, Note};

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Mean time between two offers of one agent.
    pub(crate) interval_ns: f64,
    /// Units that each agent may trade.
    pub(crate) units: u32,
    /// Values and costs are uniform between these.
    pub(crate) value_low: i64,
    pub(crate) value_high: i64,
    /// Offers are uniform between these, as far as the constraint lets them.
    pub(crate) price_low: i64,
    pub(crate) price_high: i64,
    /// Whether an agent never offers a price at which it would lose.
    #[serde(default = "yes")]
    pub(crate) constrained: bool,
}

const fn yes() -> bool {
    true
}

/// Most units of one agent.
const UNITS_MAX: u32 = 10_000;

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let sound = sane(&[self.interval_ns])
            && self.interval_ns >= 1.0
            && (1..=UNITS_MAX).contains(&self.units)
            && self.price_low <= self.value_low
            && self.value_low <= self.value_high
            && self.value_high <= self.price_high;
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

#[derive(Clone)]
struct ZeroIntelligence {
    params: Params,
    /// Values or costs, `units` for each agent, the best first.
    values: Vec<i64>,
    traded: Vec<u32>,
}

pub(crate) fn crowd(params: Params, count: usize) -> Box<dyn Crowd> {
    let values = vec![0; count * params.units as usize];
    Box::new(ZeroIntelligence { params, values, traded: vec![0; count] })
}

const fn side_of(who: u32) -> Side {
    if who.is_multiple_of(2) { Side::Buy } else { Side::Sell }
}

impl Crowd for ZeroIntelligence {
    fn tune(&mut self, params: &dyn core::any::Any) -> Result<(), &'static str> {
        let params = params.downcast_ref::<Params>().ok_or(ANOTHER_KIND)?;
        let drawn = |params: &Params| (params.units, params.value_low, params.value_high);
        if drawn(params) != drawn(&self.params) {
            return Err("units and values are drawn when the agents begin: they cannot change");
        }
        self.params = params.clone();
        Ok(())
    }

    fn interests(&self) -> Interests {
        Interests::FILLS
    }

    fn on_start(&mut self, who: u32, context: &mut Context<'_>) {
        let units = self.params.units as usize;
        let values = &mut self.values[who as usize * units..(who as usize + 1) * units];
        for value in values.iter_mut() {
            *value = context.stream().integer(self.params.value_low, self.params.value_high);
        }
        values.sort_unstable();
        if side_of(who) == Side::Buy {
            values.reverse();
        }
        let (open, _) = context.hours(context.home());
        let time = open.max(context.now()) + context.stream().wait(self.params.interval_ns);
        context.wake_at(time, 0);
    }

    fn on_timer(&mut self, who: u32, _timer: u32, context: &mut Context<'_>) {
        let market = context.home();
        let unit = self.traded[who as usize];
        if context.now() >= context.hours(market).1 || unit >= self.params.units {
            return;
        }
        let wait = context.stream().wait(self.params.interval_ns);
        context.wake_at(context.now() + wait, 0);
        let value = self.values[who as usize * self.params.units as usize + unit as usize];
        let (mut low, mut high) = (self.params.price_low, self.params.price_high);
        let side = side_of(who);
        if self.params.constrained {
            match side {
                Side::Buy => high = value,
                Side::Sell => low = value,
            }
        }
        let price = context.stream().integer(low, high);
        let price = context.fit_price(market, side, price as f64);
        context.cancel_all(market);
        context.place(Order::limit(market, side, 1, price));
    }

    fn on_fill(&mut self, who: u32, fill: &Note, _context: &mut Context<'_>) {
        self.traded[who as usize] += fill.lots as u32;
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
