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

use super::{Size, sane, takes_parameters};
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
    takes_parameters!();

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
                (side, best as f64 - (side.sign() * back) as f64)
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

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    fn params(kappa: f64) -> Params {
        let text = format!(
            r#"{{"interval_ns": 1.0, "mean": 100.0, "kappa": {kappa}, "noise_variance": 9.0, "drift_variance": 4.0}}"#
        );
        serde_json::from_str(&text).expect("sound")
    }

    fn fresh() -> Belief {
        Belief { estimate: 100.0, variance: 0.0, looked: 0 }
    }

    /// A filter of Kalman (1960) for a random walk, worked by hand.
    #[test]
    fn looks_are_weighed_by_their_precision() {
        let (params, mut belief) = (params(0.0), fresh());
        // After 9 ns the prior has the variance 36: the weight is 36 / 45.
        let target = belief.update(&params, 9, 110.0, 50);
        assert!((belief.estimate - 108.0).abs() < 1e-12, "{}", belief.estimate);
        assert!((belief.variance - 7.2).abs() < 1e-12, "{}", belief.variance);
        assert!((target - 108.0).abs() < 1e-12, "a walk is expected where it is");
        // One more nanosecond: 11.2, and the weight is 11.2 / 20.2.
        belief.update(&params, 10, 100.0, 50);
        assert!((belief.estimate - (108.0 - 8.0 * 11.2 / 20.2)).abs() < 1e-12, "{}", belief.estimate);
        assert!((belief.variance - 11.2 * 9.0 / 20.2).abs() < 1e-12, "{}", belief.variance);
    }

    #[test]
    fn between_looks_the_estimate_reverts_and_so_it_is_carried_to_the_close() {
        // exp(-kappa * 10) is a half.
        let (params, mut belief) = (params(std::f64::consts::LN_2 / 10.0), fresh());
        (belief.estimate, belief.variance) = (140.0, 8.0);
        // Expected 120; a quarter of the variance is left, and 4 (1 - 1/4) / (2 kappa) comes to it.
        let prior = 2.0 + 4.0 * 0.75 / (2.0 * std::f64::consts::LN_2 / 10.0);
        let weight = prior / (prior + 9.0);
        let target = belief.update(&params, 10, 130.0, 30);
        assert!((belief.estimate - (120.0 + 10.0 * weight)).abs() < 1e-9, "{}", belief.estimate);
        assert!((belief.variance - prior * (1.0 - weight)).abs() < 1e-9, "{}", belief.variance);
        // Twenty nanoseconds are left: a quarter of the distance is.
        assert!((target - (100.0 + (belief.estimate - 100.0) * 0.25)).abs() < 1e-9, "{target}");
        let after = belief.update(&params, 40, 130.0, 30);
        assert!((after - belief.estimate).abs() < 1e-12, "after the close there is nothing to carry");
    }

    #[test]
    fn each_look_makes_it_surer() {
        let (params, mut belief) = (params(0.0), fresh());
        belief.variance = 1e6;
        let mut last = belief.variance;
        for look in 0..50 {
            belief.update(&params, 0, 100.0 + f64::from(look % 3), 0);
            assert!(belief.variance < last, "{look}");
            last = belief.variance;
        }
        // Precisions add up: fifty looks of the variance 9, and a prior that says nothing.
        assert!((1.0 / belief.variance - (50.0 / 9.0 + 1e-6)).abs() < 1e-9, "{}", belief.variance);
    }
}
