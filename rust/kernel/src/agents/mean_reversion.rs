//! The mean-reversion fund: trades against a price that has left its moving average by more than a threshold.
//!
//! Source: the contrarian of Poterba and Summers (1988, doi:10.1016/0304-405X(88)90021-9); the exponential moving
//! average is taken over time, so that irregular looks weigh by how long they are apart.
//!
//! Units: times in nanoseconds, threshold as a part of the average, sizes and positions in lots. Assumes that it
//! can trade at the best price; it holds no more than its limit either way.

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
    /// Time over which the average forgets.
    pub(crate) memory_ns: f64,
    /// It trades where the price is farther from the average than this part of it.
    pub(crate) threshold: f64,
    #[serde(default)]
    pub(crate) size: Size,
    /// Largest position either way.
    #[serde(default = "most")]
    pub(crate) position_lots: i64,
}

const fn most() -> i64 {
    1_000_000
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let sound = sane(&[self.interval_ns, self.memory_ns, self.threshold])
            && self.interval_ns >= 1.0
            && self.memory_ns > 0.0
            && self.position_lots >= 0
            && self.size.is_sound();
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

#[derive(Clone)]
struct MeanReversion {
    params: Params,
    average: Vec<f64>,
    looked: Vec<i64>,
}

pub(crate) fn crowd(params: Params, count: usize) -> Box<dyn Crowd> {
    Box::new(MeanReversion { params, average: vec![0.0; count], looked: vec![i64::MIN; count] })
}

impl Crowd for MeanReversion {
    takes_parameters!();

    fn interests(&self) -> Interests {
        Interests::FILLS
    }

    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        let time = open.max(context.now()) + context.stream().wait(self.params.interval_ns);
        context.wake_at(time, 0);
    }

    fn on_timer(&mut self, who: u32, _timer: u32, context: &mut Context<'_>) {
        let (market, member, now) = (context.home(), who as usize, context.now());
        if now >= context.hours(market).1 {
            return;
        }
        let wait = context.stream().wait(self.params.interval_ns);
        context.wake_at(now + wait, 0);
        let quote = context.quote(market);
        let Some(mid) = quote.mid() else { return };
        if self.looked[member] == i64::MIN {
            (self.average[member], self.looked[member]) = (mid, now);
            return;
        }
        let keep = libm::exp(-((now - self.looked[member]) as f64) / self.params.memory_ns);
        self.average[member] = mid + (self.average[member] - mid) * keep;
        self.looked[member] = now;
        let strayed = mid / self.average[member] - 1.0;
        if strayed.abs() <= self.params.threshold {
            return;
        }
        let side = if strayed < 0.0 { Side::Buy } else { Side::Sell };
        let room = self.params.position_lots.saturating_sub(side.sign() * context.position(market));
        let lots = self.params.size.draw(context.stream()).min(room.max(0) as u64);
        if let Some(price) = quote.best(side.opposite())
            && lots > 0
        {
            context.place(Order::immediate(market, side, lots, price));
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
