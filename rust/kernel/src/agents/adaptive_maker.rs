//! The adaptive market maker: a ladder of quotes on both sides, as wide as the spread has been, as large as a share
//! of what was traded.
//!
//! Source: the ladder of Chakraborty and Kearns (2011, doi:10.1145/1993574.1993605), with the adaptive window and
//! the participation of volume of the agent of ABIDES (Byrd, Hybinette and Balch 2020, arXiv:1904.12066).
//!
//! Units: times in nanoseconds, prices in ticks, sizes in lots. Each wake it cancels what stands, waits
//! `cancel_delay_ns`, and places `levels` orders a side around the middle, half a window away, `spacing` parts of the
//! window apart. Assumes that the window does not move between the cancel and the ladder.

use exchange::units::Side;
use serde::Deserialize;

use super::{TIME_NS_MAX, sane, takes_parameters};
use crate::context::{Context, Order};
use crate::crowd::Crowd;

/// Most levels of a ladder.
const LEVELS_MAX: u32 = 100;
const LOOK: u32 = 0;
const PLACE: u32 = 1;

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Mean time between two ladders.
    pub(crate) interval_ns: f64,
    /// Whether that time is drawn or always the mean.
    #[serde(default = "yes")]
    pub(crate) random: bool,
    /// Orders a side.
    pub(crate) levels: u32,
    /// Distance of two levels in windows; at least a tick.
    pub(crate) spacing: f64,
    /// Size of each order as a part of the volume since the last ladder.
    pub(crate) share: f64,
    /// Smallest size of an order in lots.
    pub(crate) least_lots: u64,
    /// Weight of the newest spread in the window.
    #[serde(default = "weight")]
    pub(crate) spread_weight: f64,
    /// Window before a spread was seen, in ticks.
    #[serde(default = "window")]
    pub(crate) first_window: f64,
    /// Time between cancelling and placing.
    #[serde(default)]
    pub(crate) cancel_delay_ns: i64,
    /// Ticks that the ladder moves against the position, for each order size held.
    #[serde(default)]
    pub(crate) lean: f64,
}

const fn yes() -> bool {
    true
}
const fn weight() -> f64 {
    0.1
}
const fn window() -> f64 {
    10.0
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let numbers =
            [self.interval_ns, self.spacing, self.share, self.spread_weight, self.first_window, self.lean];
        let sound = sane(&numbers)
            && self.interval_ns >= 1.0
            && self.interval_ns <= TIME_NS_MAX as f64
            && (1..=LEVELS_MAX).contains(&self.levels)
            && self.spread_weight <= 1.0
            && self.least_lots >= 1
            && (0..=TIME_NS_MAX).contains(&self.cancel_delay_ns);
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

#[derive(Clone)]
struct AdaptiveMaker {
    params: Params,
    window: Vec<f64>,
    mid: Vec<f64>,
    volume: Vec<u64>,
    lots: Vec<u64>,
}

pub(crate) fn crowd(params: Params, count: usize) -> Box<dyn Crowd> {
    let window = vec![params.first_window; count];
    Box::new(AdaptiveMaker {
        params,
        window,
        mid: vec![0.0; count],
        volume: vec![0; count],
        lots: vec![0; count],
    })
}

impl AdaptiveMaker {
    fn place(&self, member: usize, context: &mut Context<'_>) {
        let market = context.home();
        let (mid, window, lots) = (self.mid[member], self.window[member], self.lots[member]);
        let step = (self.params.spacing * window).max(context.steps(market).0 as f64);
        let lean = if self.params.lean == 0.0 {
            0.0
        } else {
            self.params.lean * context.position(market) as f64 / lots as f64
        };
        for level in 0..self.params.levels {
            let away = 0.5 * window + f64::from(level) * step;
            for side in [Side::Buy, Side::Sell] {
                let wish = mid - lean - side.sign() as f64 * away;
                let price = context.fit_price(market, side, wish);
                context.place(Order::limit(market, side, lots, price));
            }
        }
    }
}

impl Crowd for AdaptiveMaker {
    takes_parameters!();

    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        context.wake_at(open.max(context.now()), LOOK);
    }

    fn on_timer(&mut self, who: u32, timer: u32, context: &mut Context<'_>) {
        let (member, market, now) = (who as usize, context.home(), context.now());
        if now >= context.hours(market).1 {
            return;
        }
        if timer == PLACE {
            self.place(member, context);
            return;
        }
        let wait = if self.params.random {
            context.stream().wait(self.params.interval_ns)
        } else {
            self.params.interval_ns as i64
        };
        context.wake_at(now.saturating_add(wait), LOOK);
        let (quote, last) = context.look(market);
        self.mid[member] = quote.mid().unwrap_or_else(|| {
            if last.lots > 0 { last.price as f64 } else { context.initial_price(market) as f64 }
        });
        if quote.mid().is_some() {
            let spread = (quote.ask - quote.bid) as f64;
            self.window[member] += self.params.spread_weight * (spread - self.window[member]);
        }
        let traded = last.volume - self.volume[member];
        self.volume[member] = last.volume;
        let share = libm::floor(self.params.share * traded as f64 + 0.5) as u64;
        self.lots[member] = share.max(self.params.least_lots);
        context.cancel_all(market);
        if self.params.cancel_delay_ns == 0 {
            self.place(member, context);
        } else {
            context.wake_at(now.saturating_add(self.params.cancel_delay_ns), PLACE);
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
