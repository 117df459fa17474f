//! The whale: large orders with a heavy tail, in small pieces over a long time.
//!
//! Source: Lillo, Mike and Farmer (2005, doi:10.1103/PhysRevE.71.066122): where the sizes of hidden orders have the
//! tail exponent `a`, and pieces come one by one, the autocorrelation of trade signs falls with the lag to the
//! power of `-(a - 1)`.
//!
//! Units: times in nanoseconds, sizes in lots. Each member works off one large order at a time, its side drawn by
//! a coin, or leaning toward the fundamental by `informed`. Assumes that it may take what shows at the best price;
//! it never takes more, which is what makes impact concave (Farmer, Gillemot, Lillo, Mike and Sen 2004,
//! doi:10.1080/14697680400008627).

use exchange::units::Side;
use serde::Deserialize;

use super::{Size, sane, takes_parameters};
use crate::context::{Context, Order};
use crate::crowd::Crowd;

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Mean pause between two large orders of one agent.
    pub(crate) pause_ns: f64,
    /// Mean time between two pieces.
    pub(crate) interval_ns: f64,
    /// Size of a large order.
    pub(crate) order: Size,
    /// Size of a piece.
    #[serde(default)]
    pub(crate) piece: Size,
    /// Probability that the side is that of the fundamental and not of a coin.
    #[serde(default)]
    pub(crate) informed: f64,
    /// Largest part of what shows at the best price that a piece takes.
    #[serde(default = "whole")]
    pub(crate) appetite: f64,
    /// Probability that a piece waits at the best price of its own side instead of taking.
    #[serde(default)]
    pub(crate) patient: f64,
}

const fn whole() -> f64 {
    1.0
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let sound = sane(&[self.pause_ns, self.interval_ns, self.informed, self.appetite, self.patient])
            && self.interval_ns >= 1.0
            && self.informed <= 1.0
            && self.patient <= 1.0
            && self.order.is_sound()
            && self.piece.is_sound();
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

#[derive(Clone)]
struct Whale {
    params: Params,
    left: Vec<u64>,
    buys: Vec<bool>,
}

pub(crate) fn crowd(params: Params, count: usize) -> Box<dyn Crowd> {
    Box::new(Whale { params, left: vec![0; count], buys: vec![false; count] })
}

impl Crowd for Whale {
    takes_parameters!();

    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        let time = open.max(context.now()) + context.stream().wait(self.params.pause_ns);
        context.wake_at(time, 0);
    }

    fn on_timer(&mut self, who: u32, _timer: u32, context: &mut Context<'_>) {
        let (member, market, now) = (who as usize, context.home(), context.now());
        if now >= context.hours(market).1 {
            return;
        }
        let quote = context.quote(market);
        if self.left[member] == 0 {
            self.left[member] = self.params.order.draw(context.stream());
            let known = self.params.informed > 0.0 && context.stream().chance(self.params.informed);
            let coin = context.stream().chance(0.5);
            self.buys[member] = match quote.mid() {
                Some(mid) if known => context.fundamental(market) > mid,
                _ => coin,
            };
        }
        let side = if self.buys[member] { Side::Buy } else { Side::Sell };
        let piece = self.params.piece.draw(context.stream()).min(self.left[member]);
        let waits = self.params.patient > 0.0 && context.stream().chance(self.params.patient);
        let (best, order) = if waits {
            (quote.best(side), piece)
        } else {
            let shown = if side == Side::Buy { quote.ask_lots } else { quote.bid_lots };
            let most = libm::ceil(self.params.appetite * shown as f64) as u64;
            (quote.best(side.opposite()), piece.min(most))
        };
        if let Some(price) = best
            && order > 0
        {
            self.left[member] -= order;
            let placed = if waits {
                Order::limit(market, side, order, price)
            } else {
                Order::immediate(market, side, order, price)
            };
            context.place(placed);
        }
        let mean = if self.left[member] == 0 { self.params.pause_ns } else { self.params.interval_ns };
        let wait = context.stream().wait(mean);
        context.wake_at(now + wait, 0);
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
