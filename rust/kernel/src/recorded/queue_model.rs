//! How far back in its queue an order stands where a recording tells of levels only.
//!
//! `front` is what is thought to stand before an order of ours, in recorded lots. A trade takes from the front, so
//! all models agree there. They differ where a level shrinks without a trade: somebody cancelled, and nobody says
//! whether he stood before us or behind.
//!
//! Sources: the volume-based estimate of Cont, Stoikov and Talreja's queues as R. Cont and A. Kukanov (2017,
//! "Optimal order placement in limit order markets", doi:10.1080/14697688.2016.1190030) use it; E. Rigtorp (2013,
//! "Estimating order queue position", rigtorp.se/2013/06/08/estimating-order-queue-position.html) for the share of
//! cancels that happen before an order, with `f` the logarithm or a power; hftbacktest's documentation ("Order
//! fill") for the names, and for not counting a trade twice when the level shrinks after it.
//!
//! Assumes that a recorded level never includes orders of ours, and that an order joins behind all that shows.

use serde::Deserialize;

/// How cancels are shared between those before an order and those behind it.
#[derive(Clone, Copy, PartialEq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum QueueModel {
    /// Nobody before us ever cancels, as long as what shows allows it: `front' = min(front, level)`. The least
    /// fills of all models.
    #[default]
    RiskAverse,
    /// Cancels fall in front in the share `f(front) / (f(front) + f(back))` with `f(x) = x^n`; `n` above zero. With
    /// 1 every lot is as likely to be cancelled; above 1 the larger part loses more than its share.
    Power(f64),
    /// As `Power`, with `f(x) = ln(1 + x)`: both parts lose nearly alike.
    Log,
    /// Whatever is cancelled stood before us. The most fills of all models; no market is so kind.
    Optimistic,
}

impl QueueModel {
    /// What is wrong with it, if anything.
    pub(crate) fn flaw(self) -> Option<&'static str> {
        match self {
            Self::Power(exponent) if !(exponent.is_finite() && exponent > 0.0 && exponent <= 16.0) => {
                Some("the exponent of a queue model must be above zero and at most 16")
            }
            _ => None,
        }
    }

    /// What stands before an order after its level went from `before` to `now`. `traded` is what traded there since
    /// the level was last told of, and has been taken from the front already.
    pub(crate) fn after_change(self, front: f64, before: u64, now: u64, traded: u64) -> f64 {
        let most = now as f64;
        let cancelled = before as f64 - now as f64 - traded as f64;
        if cancelled <= 0.0 {
            return front.min(most);
        }
        // The front has lost the trades already; so has what is behind it, as far as they went so deep.
        let back = (before as f64 - traded as f64 - front).max(0.0);
        let share = match self {
            Self::RiskAverse => return front.min(most),
            Self::Optimistic => 1.0,
            Self::Power(exponent) => share(power(front, exponent), power(back, exponent)),
            Self::Log => share(libm::log1p(front), libm::log1p(back)),
        };
        // Those behind cannot cancel more than they have.
        let lost = (share * cancelled).max(cancelled - back);
        (front - lost).max(0.0).min(most)
    }
}

/// `x^n`; the usual exponents without the slow general way.
fn power(x: f64, exponent: f64) -> f64 {
    if exponent == 1.0 {
        x
    } else if exponent == 2.0 {
        x * x
    } else if exponent == 3.0 {
        x * x * x
    } else {
        libm::pow(x, exponent)
    }
}

fn share(front: f64, back: f64) -> f64 {
    let share = front / (front + back);
    if share.is_finite() { share } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::QueueModel::{Log, Optimistic, Power, RiskAverse};

    #[test]
    fn models_share_a_cancel_between_front_and_back() {
        // 60 before us, 40 behind, 10 cancelled.
        let after = |model: super::QueueModel| model.after_change(60.0, 100, 90, 0);
        assert_eq!(after(RiskAverse), 60.0);
        assert_eq!(after(Optimistic), 50.0);
        assert_eq!(after(Power(1.0)), 54.0);
        assert!((after(Power(2.0)) - (60.0 - 10.0 * 3_600.0 / 5_200.0)).abs() < 1e-9);
        let log = 61.0_f64.ln() / (61.0_f64.ln() + 41.0_f64.ln());
        assert!((after(Log) - (60.0 - 10.0 * log)).abs() < 1e-9);
    }

    #[test]
    fn nobody_is_further_back_than_what_shows() {
        for model in [RiskAverse, Power(1.0), Power(3.0), Log, Optimistic] {
            assert_eq!(model.after_change(60.0, 100, 5, 0).min(5.0), model.after_change(60.0, 100, 5, 0));
            assert_eq!(model.after_change(60.0, 100, 0, 0), 0.0);
            assert_eq!(model.after_change(60.0, 100, 130, 0), 60.0, "who comes later is behind");
        }
    }

    #[test]
    fn those_behind_cannot_cancel_more_than_they_have() {
        assert_eq!(Power(1.0).after_change(90.0, 100, 50, 0), 45.0);
        assert_eq!(Power(0.01).after_change(90.0, 100, 50, 0), 50.0);
    }

    #[test]
    fn a_trade_is_not_counted_again_when_its_level_shrinks() {
        // 100 stood there, 30 traded: the front went from 60 to 30 and the level now says 70.
        for model in [Power(1.0), Log, Optimistic, RiskAverse] {
            assert_eq!(model.after_change(30.0, 100, 70, 30), 30.0);
        }
        assert_eq!(Optimistic.after_change(30.0, 100, 60, 30), 20.0);
    }
}
