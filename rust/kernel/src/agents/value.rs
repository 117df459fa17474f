//! The value trader: learns the fundamental from noisy looks, and trades on what it will be at the close.
//!
//! Source: Byrd (2019, arXiv:1909.11650), after Wah, Wright and Wellman (2017, doi:10.1613/jair.5453): between looks
//! the estimate reverts to the mean and grows uncertain; each look is weighed in by its precision; the estimate
//! is carried on to the close.
//!
//! Units: times in nanoseconds, values in ticks, variances in square ticks, `kappa` in 1/ns. Assumes that the
//! fundamental reverts to `mean` with `kappa`, whatever it really does, and that it stood at `mean` at the open.

use exchange::units::Side;
use serde::Deserialize;

use super::{Size, sane};
use crate::context::{Context, Order};
use crate::crowd::Crowd;

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Mean time between two looks.
    pub(crate) interval_ns: f64,
    /// What it believes the fundamental reverts to.
    pub(crate) mean: f64,
    /// Rate of reversion it believes in.
    pub(crate) kappa: f64,
    /// Variance of the noise of one look.
    pub(crate) noise_variance: f64,
    /// Variance that it believes the fundamental gains in a nanosecond.
    #[serde(default)]
    pub(crate) drift_variance: f64,
    /// Probability that it takes the opposite best price.
    #[serde(default = "aggressive")]
    pub(crate) aggressive: f64,
    /// How many spreads away from the opposite best a passive order may lie.
    #[serde(default = "spreads")]
    pub(crate) spreads: f64,
    #[serde(default)]
    pub(crate) size: Size,
}

const fn aggressive() -> f64 {
    0.1
}
const fn spreads() -> f64 {
    2.0
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let numbers = [
            self.interval_ns,
            self.mean,
            self.kappa,
            self.noise_variance,
            self.drift_variance,
            self.aggressive,
            self.spreads,
        ];
        let sound = sane(&numbers)
            && self.interval_ns >= 1.0
            && self.noise_variance > 0.0
            && self.aggressive <= 1.0
            && self.size.is_sound();
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

/// What an agent believes.
#[derive(Clone, Copy)]
struct Belief {
    estimate: f64,
    variance: f64,
    looked: i64,
}

#[derive(Clone)]
struct Value {
    params: Params,
    beliefs: Vec<Belief>,
}

pub(crate) fn crowd(params: Params, count: usize) -> Box<dyn Crowd> {
    let belief = Belief { estimate: params.mean, variance: 0.0, looked: 0 };
    Box::new(Value { params, beliefs: vec![belief; count] })
}

impl Belief {
    /// Weighs in a look, and says what the value will be at the close.
    fn update(&mut self, params: &Params, now: i64, look: f64, close: i64) -> f64 {
        let keep = libm::exp(-params.kappa * (now - self.looked) as f64);
        let gained = if params.kappa == 0.0 {
            params.drift_variance * (now - self.looked) as f64
        } else {
            params.drift_variance * (1.0 - keep * keep) / (2.0 * params.kappa)
        };
        let expected = params.mean + (self.estimate - params.mean) * keep;
        let variance = keep * keep * self.variance + gained;
        let weight = variance / (variance + params.noise_variance);
        self.estimate = expected + (look - expected) * weight;
        self.variance = variance * params.noise_variance / (variance + params.noise_variance);
        self.looked = now;
        let keep = libm::exp(-params.kappa * (close - now).max(0) as f64);
        params.mean + (self.estimate - params.mean) * keep
    }
}

impl Crowd for Value {
    fn on_start(&mut self, who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        self.beliefs[who as usize].looked = open;
        let time = open.max(context.now()) + context.stream().wait(self.params.interval_ns);
        context.wake_at(time, 0);
    }

    fn on_timer(&mut self, who: u32, _timer: u32, context: &mut Context<'_>) {
        let (market, now) = (context.home(), context.now());
        let (_, close) = context.hours(market);
        if now >= close {
            return;
        }
        let wait = context.stream().wait(self.params.interval_ns);
        context.wake_at(now + wait, 0);
        let deviation = self.params.noise_variance.sqrt();
        let value = context.fundamental(market);
        let look = value + context.stream().normal(0.0, deviation);
        let belief = &mut self.beliefs[who as usize];
        let target = belief.update(&self.params, now, look, close);
        context.cancel_all(market);
        let lots = self.params.size.draw(context.stream());
        let quote = context.quote(market);
        let (side, wish) = match quote.mid() {
            Some(mid) => {
                let side = if target < mid { Side::Sell } else { Side::Buy };
                let reach = libm::floor(self.params.spreads * (quote.ask - quote.bid) as f64) as i64;
                let passive = !context.stream().chance(self.params.aggressive);
                let back = if passive { context.stream().integer(0, reach) } else { 0 };
                let best = if side == Side::Buy { quote.ask } else { quote.bid };
                (side, (best - side.sign() * back) as f64)
            }
            None => {
                let side = if context.stream().chance(0.5) { Side::Buy } else { Side::Sell };
                (side, target)
            }
        };
        let price = context.fit_price(market, side, wish);
        context.place(Order::limit(market, side, lots, price));
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
