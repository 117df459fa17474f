//! Percentage of volume: works off one order as a share of what everybody trades.
//!
//! Source: the volume-participating algorithm of Kirilenko, Kyle, Samadi and Tuzun (2017, doi:10.1111/jofi.12498),
//! which sold 75,000 contracts at 9 % of the volume without regard to price on 6 May 2010; Almgren, Thum, Hauptmann
//! and Li (2005) for the practice.
//!
//! Units: times in nanoseconds, sizes in lots; `share` counts its own trades in the volume. Assumes that volume goes
//! on; it takes liquidity, as far as `reach_ticks` beyond the best price, and never waits in the book.

use exchange::units::Side;
use serde::Deserialize;

use super::{TIME_NS_MAX, sane, takes_parameters};
use crate::context::{Context, Order};
use crate::crowd::{Crowd, Interests, Note};

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// `true` buys, `false` sells.
    pub(crate) buy: bool,
    /// How much in all.
    pub(crate) lots: u64,
    /// Its part of the volume.
    pub(crate) share: f64,
    /// From when to when it trades; the market's hours when left out.
    #[serde(default)]
    pub(crate) from_ns: Option<i64>,
    #[serde(default)]
    pub(crate) to_ns: Option<i64>,
    /// Time between two orders.
    pub(crate) interval_ns: i64,
    /// How far beyond the best price it goes.
    #[serde(default)]
    pub(crate) reach_ticks: i64,
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let sound = sane(&[self.share])
            && self.share < 1.0
            && (1..=TIME_NS_MAX).contains(&self.interval_ns)
            && self.lots >= 1
            && self.reach_ticks >= 0;
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

#[derive(Clone)]
struct Participation {
    params: Params,
    /// Volume of the market when it began.
    before: Vec<Option<u64>>,
    done: Vec<u64>,
    /// Sent and not yet answered for.
    sent: Vec<u64>,
}

pub(crate) fn crowd(params: Params, count: usize) -> Box<dyn Crowd> {
    Box::new(Participation { params, before: vec![None; count], done: vec![0; count], sent: vec![0; count] })
}

impl Crowd for Participation {
    takes_parameters!();

    fn interests(&self) -> Interests {
        Interests::FILLS.and(Interests::ORDERS)
    }

    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        context.wake_at(self.params.from_ns.unwrap_or(open).max(context.now()), 0);
    }

    fn on_timer(&mut self, who: u32, _timer: u32, context: &mut Context<'_>) {
        let (member, market, now) = (who as usize, context.home(), context.now());
        let (_, close) = context.hours(market);
        let (done, params) = (self.done[member], &self.params);
        if now >= params.to_ns.unwrap_or(close).min(close) || done >= params.lots {
            return;
        }
        context.wake_at(now + params.interval_ns, 0);
        let (quote, last) = context.look(market);
        let before = *self.before[member].get_or_insert(last.volume);
        let volume = (last.volume - before) as f64;
        // What it trades is volume as well: the order that brings it to its share is larger by that.
        let worked = done + self.sent[member];
        let behind = (params.share * volume - worked as f64) / (1.0 - params.share);
        let lots = (libm::floor(behind).max(0.0) as u64).min(params.lots.saturating_sub(worked));
        let lots = lots - lots % context.steps(market).1;
        let side = if params.buy { Side::Buy } else { Side::Sell };
        if let Some(best) = quote.best(side.opposite())
            && lots > 0
        {
            let price =
                context.fit_price(market, side, best as f64 + (side.sign() * params.reach_ticks) as f64);
            context.place(Order::immediate(market, side, lots, price));
            self.sent[member] += lots;
        }
    }

    fn on_fill(&mut self, who: u32, fill: &Note, _context: &mut Context<'_>) {
        self.done[who as usize] += fill.lots;
        self.sent[who as usize] = self.sent[who as usize].saturating_sub(fill.lots);
    }

    fn on_order(&mut self, who: u32, note: &Note, _context: &mut Context<'_>) {
        if matches!(note.kind, crate::crowd::NoteKind::Ended | crate::crowd::NoteKind::Refused) {
            self.sent[who as usize] = self.sent[who as usize].saturating_sub(note.lots);
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
