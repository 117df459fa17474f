//! The informed trader: knows the fundamental, and takes quotes that are wrong by more than its edge.
//!
//! Source: Glosten and Milgrom (1985, doi:10.1016/0304-405X(85)90044-3): whoever knows the value buys below it
//! and sells above it, so makers who trade with him lose, and the spread must pay for it.
//!
//! Units: times in nanoseconds, edge in ticks, sizes in lots. Assumes that what it knows is worth trading on. It
//! takes no more than what shows at the best price.

use exchange::units::Side;
use serde::Deserialize;

use super::{Size, sane, takes_parameters};
use crate::context::{Context, Order};
use crate::crowd::{Crowd, Interests};

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Mean time between two looks.
    pub(crate) interval_ns: f64,
    /// By how many ticks a quote must be wrong.
    pub(crate) edge: f64,
    /// Deviation of what it knows from the truth, in ticks.
    #[serde(default)]
    pub(crate) noise: f64,
    #[serde(default)]
    pub(crate) size: Size,
    /// Largest position either way.
    pub(crate) position_lots: i64,
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let sound = sane(&[self.interval_ns, self.edge, self.noise])
            && self.interval_ns >= 1.0
            && self.position_lots >= 0
            && self.size.is_sound();
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

#[derive(Clone)]
struct Informed {
    params: Params,
}

pub(crate) fn crowd(params: Params, _count: usize) -> Box<dyn Crowd> {
    Box::new(Informed { params })
}

impl Informed {
    fn trade(&self, context: &mut Context<'_>) {
        let market = context.home();
        let value = context.fundamental(market);
        let known = value + context.stream().normal(0.0, self.params.noise);
        let lots = self.params.size.draw(context.stream());
        let quote = context.quote(market);
        for (side, shown) in [(Side::Buy, quote.ask_lots), (Side::Sell, quote.bid_lots)] {
            let Some(price) = quote.best(side.opposite()) else { continue };
            let gain = side.sign() as f64 * (known - price as f64);
            let room = self.params.position_lots.saturating_sub(side.sign() * context.position(market));
            let lots = lots.min(shown).min(room.max(0) as u64);
            if gain > self.params.edge && lots > 0 {
                context.place(Order::immediate(market, side, lots, price));
            }
        }
    }
}

impl Crowd for Informed {
    takes_parameters!();

    fn interests(&self) -> Interests {
        Interests::FILLS.and(Interests::NEWS)
    }

    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        let time = open.max(context.now()) + context.stream().wait(self.params.interval_ns);
        context.wake_at(time, 0);
    }

    fn on_timer(&mut self, _who: u32, _timer: u32, context: &mut Context<'_>) {
        if context.now() >= context.hours(context.home()).1 {
            return;
        }
        let wait = context.stream().wait(self.params.interval_ns);
        context.wake_at(context.now() + wait, 0);
        self.trade(context);
    }

    /// News makes it look at once.
    fn on_news(&mut self, _who: u32, news: u32, context: &mut Context<'_>) {
        let (open, close) = context.hours(context.home());
        let concerned = context.news_concerns(news, context.home());
        if concerned && (open..close).contains(&context.now()) {
            self.trade(context);
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
