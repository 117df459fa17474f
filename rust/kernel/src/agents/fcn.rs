//! The FCN trader: expects a return from the fundamental, from the chart and from noise, by its own weights.
//!
//! Source: Chiarella and Iori (2002, doi:10.1088/1469-7688/2/5/303), in the form of Torii, Izumi and Yamada
//! (2015) that PAMS uses: the expected log return is the weighted mean of `log(fundamental / price) / horizon`,
//! `log(price / price a horizon ago) / horizon` and a normal draw; the order is a margin away from the expected
//! price, and lives for a horizon.
//!
//! Units: the crowd has a clock; horizons and lives are in its steps, sizes in lots. In each step as many members
//! as `orders_per_step`, drawn at random, look and order. Assumes a positive price. Before the first trade the
//! price is the middle of the book, or the initial one.

use std::collections::VecDeque;

use exchange::command::TimeInForce;
use exchange::units::Side;
use serde::Deserialize;

use super::{ANOTHER_KIND, TIME_NS_MAX, sane};
use crate::context::{Context, Order};
use crate::crowd::Crowd;

/// Longest horizon in steps.
const HORIZON_MAX: i64 = 1 << 20;
/// Most members that order in one step.
const ORDERS_MAX: u32 = 10_000;

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Length of a step in nanoseconds.
    pub(crate) step_ns: i64,
    /// Members that order in a step.
    #[serde(default = "one")]
    pub(crate) orders_per_step: u32,
    /// Mean of the exponential from which members draw their weight of the fundamental.
    pub(crate) fundamental_weight: f64,
    /// The same of the chart.
    pub(crate) chart_weight: f64,
    /// The same of noise.
    pub(crate) noise_weight: f64,
    /// Deviation of the noise, as a log return.
    pub(crate) noise_scale: f64,
    /// Shortest and longest horizon in steps.
    pub(crate) horizon_low: i64,
    pub(crate) horizon_high: i64,
    /// Largest margin between expected price and order, as a part of the price.
    pub(crate) margin: f64,
    #[serde(default = "one_lot")]
    pub(crate) lots: u64,
}

const fn one() -> u32 {
    1
}
const fn one_lot() -> u64 {
    1
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let numbers =
            [self.fundamental_weight, self.chart_weight, self.noise_weight, self.noise_scale, self.margin];
        let sound = sane(&numbers)
            && self.fundamental_weight + self.chart_weight + self.noise_weight > 0.0
            && (1..=TIME_NS_MAX).contains(&self.step_ns)
            && self.margin < 1.0
            && (1..=self.horizon_high).contains(&self.horizon_low)
            && self.horizon_high <= HORIZON_MAX
            && self.orders_per_step <= ORDERS_MAX
            && self.lots >= 1;
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

/// What a member is.
#[derive(Clone, Copy, Default)]
struct Member {
    fundamental: f64,
    chart: f64,
    noise: f64,
    horizon: i64,
    margin: f64,
}

#[derive(Clone)]
struct Fcn {
    params: Params,
    members: Vec<Member>,
    /// The last fundamental that was looked at, and its logarithm.
    fundamental: (f64, f64),
    /// The logarithm of the price at each step, as long as the longest horizon.
    chart: VecDeque<f64>,
}

pub(crate) fn crowd(params: Params, count: usize) -> Box<dyn Crowd> {
    Box::new(Fcn {
        params,
        members: vec![Member::default(); count],
        fundamental: (1.0, 0.0),
        chart: VecDeque::new(),
    })
}

impl Fcn {
    fn order(&mut self, member: Member, price: f64, log_price: f64, context: &mut Context<'_>) {
        let market = context.home();
        let horizon = member.horizon as f64;
        let past = self.chart.len().saturating_sub(1 + member.horizon as usize);
        let ago = self.chart.get(past).copied().unwrap_or(log_price);
        let value = context.fundamental(market);
        if value.to_bits() != self.fundamental.0.to_bits() {
            self.fundamental = (value, libm::log(value));
        }
        let fundamental = (self.fundamental.1 - log_price) / horizon;
        let chart = (log_price - ago) / horizon;
        let noise = context.stream().normal(0.0, self.params.noise_scale);
        let weights = member.fundamental + member.chart + member.noise;
        let expected =
            (member.fundamental * fundamental + member.chart * chart + member.noise * noise) / weights;
        let target = price * libm::exp(expected * horizon);
        let (side, wish) = if target > price {
            (Side::Buy, target * (1.0 - member.margin))
        } else {
            (Side::Sell, target * (1.0 + member.margin))
        };
        let price = context.fit_price(market, side, wish);
        let mut order = Order::limit(market, side, self.params.lots, price);
        order.time_in_force = TimeInForce::GoodTillDate;
        order.expiry_ns = context.now().saturating_add(member.horizon.saturating_mul(self.params.step_ns));
        context.place(order);
    }
}

impl Crowd for Fcn {
    fn tune(&mut self, params: &dyn core::any::Any) -> Result<(), &'static str> {
        let params = params.downcast_ref::<Params>().ok_or(ANOTHER_KIND)?;
        let same = |one: f64, two: f64| one.to_bits() == two.to_bits();
        let before = &self.params;
        let as_drawn = same(params.fundamental_weight, before.fundamental_weight)
            && same(params.chart_weight, before.chart_weight)
            && same(params.noise_weight, before.noise_weight)
            && same(params.margin, before.margin)
            && (params.horizon_low, params.horizon_high) == (before.horizon_low, before.horizon_high);
        if !as_drawn {
            return Err("weights, horizons and margins are drawn when the agents begin: they cannot change");
        }
        self.params = params.clone();
        Ok(())
    }

    fn on_start(&mut self, who: u32, context: &mut Context<'_>) {
        let params = &self.params;
        let stream = context.stream();
        let mut member = Member {
            fundamental: stream.exponential(params.fundamental_weight),
            chart: stream.exponential(params.chart_weight),
            noise: stream.exponential(params.noise_weight),
            horizon: stream.integer(params.horizon_low, params.horizon_high),
            margin: stream.uniform() * params.margin,
        };
        if member.fundamental + member.chart + member.noise <= 0.0 {
            member.noise = 1.0;
        }
        self.members[who as usize] = member;
        if who == 0 {
            let (open, _) = context.hours(context.home());
            context.wake_at(open.max(context.now()) + params.step_ns, 0);
        }
    }

    fn on_timer(&mut self, _who: u32, _timer: u32, context: &mut Context<'_>) {
        let market = context.home();
        if context.now() >= context.hours(market).1 {
            return;
        }
        context.wake_at(context.now() + self.params.step_ns, 0);
        let (quote, last) = context.look(market);
        let price = if last.lots > 0 {
            last.price as f64
        } else {
            quote.mid().unwrap_or(context.initial_price(market) as f64)
        };
        let log_price = libm::log(price);
        self.chart.push_back(log_price);
        if self.chart.len() > self.params.horizon_high as usize + 1 {
            self.chart.pop_front();
        }
        for _ in 0..self.params.orders_per_step {
            let chosen = context.stream().integer(0, self.members.len() as i64 - 1) as u32;
            let member = self.members[chosen as usize];
            self.order(member, price, log_price, &mut context.member(chosen));
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
