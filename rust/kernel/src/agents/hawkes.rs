//! Background flow that excites itself: market orders, limit orders and cancels of both sides.
//!
//! Source: Hawkes (1971, doi:10.1093/biomet/58.1.83) with exponential kernels; six kinds of event as in Large (2007,
//! doi:10.1016/j.finmar.2006.09.001) and Bacry, Mastromatteo and Muzy (2015, doi:10.1142/S2382626615500057); drawn by
//! thinning (Ogata 1981, doi:10.1109/TIT.1981.1056305).
//!
//! Units: rates in events a second; `branching[i][j]` is how many events of kind `i` one of kind `j` causes on
//! average; all kernels decay at one rate. Kinds: market buy, market sell, limit buy, limit sell, cancel of a bid,
//! cancel of an ask. Assumes a stationary process: every column sum of the matrix is below one.

use std::collections::BTreeMap;

use exchange::units::Side;
use serde::Deserialize;

use super::{Size, sane, takes_parameters};
use crate::context::{Context, Order};
use crate::crowd::{Crowd, Interests, Note, NoteKind};

/// Kinds of event.
const KINDS: usize = 6;

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Rates without excitement, for each agent.
    pub(crate) base: [f64; KINDS],
    pub(crate) branching: [[f64; KINDS]; KINDS],
    /// Rate at which excitement decays, in 1/s.
    pub(crate) decay: f64,
    #[serde(default)]
    pub(crate) market_size: Size,
    #[serde(default)]
    pub(crate) limit_size: Size,
    /// Mean distance of a limit order behind the opposite best, in ticks beyond the first.
    #[serde(default)]
    pub(crate) distance_ticks: f64,
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let matrix: Vec<f64> = self.branching.iter().flatten().copied().collect();
        let sane = sane(&self.base)
            && sane(&matrix)
            && sane(&[self.decay, self.distance_ticks])
            && self.decay > 0.0
            && self.market_size.is_sound()
            && self.limit_size.is_sound();
        let stable = (0..KINDS).all(|kind| {
            let column: f64 = self.branching.iter().map(|row| row[kind]).sum();
            column < 1.0
        });
        match (sane, stable) {
            (false, _) => Err("a parameter is out of its range"),
            (_, false) => Err("branching: an event must cause less than one event on average, by columns"),
            _ => Ok(()),
        }
    }
}

/// One agent's flow.
#[derive(Clone, Default)]
struct Flow {
    excitement: [f64; KINDS],
    at: i64,
    /// The sum of the rates when the wait was drawn.
    bound: f64,
    /// Orders that may stand, by token, bids and asks.
    bids: Standing,
    asks: Standing,
}

/// Tokens of orders that stand, from which one is drawn.
#[derive(Clone, Default)]
struct Standing {
    tokens: Vec<u32>,
    places: BTreeMap<u32, usize>,
}

impl Standing {
    fn add(&mut self, token: u32) {
        self.places.insert(token, self.tokens.len());
        self.tokens.push(token);
    }

    fn remove(&mut self, token: u32) {
        if let Some(place) = self.places.remove(&token) {
            self.tokens.swap_remove(place);
            if let Some(&moved) = self.tokens.get(place) {
                self.places.insert(moved, place);
            }
        }
    }
}

#[derive(Clone)]
struct Hawkes {
    params: Params,
    flows: Vec<Flow>,
}

pub(crate) fn crowd(params: Params, count: usize) -> Box<dyn Crowd> {
    Box::new(Hawkes { params, flows: vec![Flow::default(); count] })
}

impl Flow {
    fn rates(&self, params: &Params, at: i64) -> [f64; KINDS] {
        let keep = libm::exp(-params.decay * (at - self.at) as f64 * 1e-9);
        let mut rates = params.base;
        for (rate, excitement) in rates.iter_mut().zip(self.excitement) {
            *rate += excitement * keep;
        }
        rates
    }

    /// Notes an event and raises what it excites.
    fn excite(&mut self, params: &Params, kind: usize, at: i64) {
        let keep = libm::exp(-params.decay * (at - self.at) as f64 * 1e-9);
        for (place, excitement) in self.excitement.iter_mut().enumerate() {
            *excitement = *excitement * keep + params.branching[place][kind] * params.decay;
        }
        self.at = at;
    }
}

impl Hawkes {
    /// Wakes when the next event may come; whether it does is decided then.
    fn plan(&mut self, member: usize, context: &mut Context<'_>) {
        let total: f64 = self.flows[member].rates(&self.params, context.now()).iter().sum();
        self.flows[member].bound = total;
        if total > 0.0 {
            let wait = context.stream().wait(1e9 / total);
            context.wake_at(context.now() + wait, 0);
        }
    }

    /// An order is gone.
    fn forget(&mut self, who: u32, note: &Note) {
        let flow = &mut self.flows[who as usize];
        flow.bids.remove(note.token);
        flow.asks.remove(note.token);
    }

    fn act(&mut self, member: usize, kind: usize, context: &mut Context<'_>) {
        let market = context.home();
        let side = if kind.is_multiple_of(2) { Side::Buy } else { Side::Sell };
        let flow = &mut self.flows[member];
        let standing = if side == Side::Buy { &mut flow.bids } else { &mut flow.asks };
        match kind {
            0 | 1 => {
                let lots = self.params.market_size.draw(context.stream());
                context.place(Order::market(market, side, lots));
            }
            2 | 3 => {
                let lots = self.params.limit_size.draw(context.stream());
                let quote = context.quote(market);
                let anchor = quote.best(side.opposite()).or(quote.best(side));
                let anchor = anchor.unwrap_or_else(|| context.initial_price(market)) as f64;
                let behind = libm::floor(context.stream().exponential(self.params.distance_ticks)) + 1.0;
                let price = context.fit_price(market, side, anchor - side.sign() as f64 * behind);
                let token = context.place(Order::limit(market, side, lots, price));
                standing.add(token);
            }
            _ => {
                let count = standing.tokens.len() as i64;
                let chosen = context.stream().integer(0, count - 1) as usize;
                if let Some(&token) = standing.tokens.get(chosen) {
                    standing.remove(token);
                    context.cancel(market, token);
                }
            }
        }
    }
}

impl Crowd for Hawkes {
    takes_parameters!();

    fn interests(&self) -> Interests {
        Interests::FILLS.and(Interests::ORDERS)
    }

    fn on_start(&mut self, who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        self.flows[who as usize].at = open.max(context.now());
        context.wake_at(open.max(context.now()), 1);
    }

    fn on_timer(&mut self, who: u32, timer: u32, context: &mut Context<'_>) {
        let (member, now) = (who as usize, context.now());
        if now >= context.hours(context.home()).1 {
            return;
        }
        if timer == 0 {
            // Rates only fell since the wait was drawn: the event is one with the chance that they fell to.
            let flow = &self.flows[member];
            let rates = flow.rates(&self.params, now);
            let mut chosen = context.stream().uniform() * flow.bound;
            for (kind, rate) in rates.into_iter().enumerate() {
                chosen -= rate;
                if chosen < 0.0 {
                    self.flows[member].excite(&self.params, kind, now);
                    self.act(member, kind, context);
                    break;
                }
            }
        }
        self.plan(member, context);
    }

    fn on_fill(&mut self, who: u32, fill: &Note, _context: &mut Context<'_>) {
        if fill.left == 0 {
            self.forget(who, fill);
        }
    }

    fn on_order(&mut self, who: u32, note: &Note, _context: &mut Context<'_>) {
        if matches!(note.kind, NoteKind::Ended | NoteKind::Refused) {
            self.forget(who, note);
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
