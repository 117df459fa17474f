//! Call auctions: one price for all, at which most trades.
//!
//! The price is the one of maximum volume, then of least imbalance, then closest to the reference price,
//! then the lowest. Hidden quantity counts. Orders trade in price-time priority. Where both first orders
//! belong to one account the newer is cancelled; should that leave the book crossed, it is crossed again at
//! a new price, so that continuous trading never starts with a crossed book.

use super::Exchange;
use super::matching::slot_of;
use crate::book::Book;
use crate::canary::{Bug, canary};
use crate::command::Phase;
use crate::event::{AUCTION, EndReason, EventKind, EventRecord, PUBLIC};
use crate::reject::Reject;
use crate::units::Side;

/// Where an auction would cross.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Indicative {
    /// The price.
    pub price: i64,
    /// Lots that would trade.
    pub volume: u64,
    /// Lots left at that price, buyers' above zero, sellers' below.
    pub imbalance: i64,
}

impl<B: Book> Exchange<B> {
    pub(super) fn uncross(&mut self, time_ns: i64, instrument: u32) -> Result<u64, Reject> {
        match self.instruments.get(instrument).map(|instrument| instrument.phase) {
            None => return Err(Reject::UnknownInstrument),
            Some(Phase::Settled) => return Err(Reject::InstrumentSettled),
            Some(Phase::PreOpen | Phase::Auction) => {}
            Some(_) => return Err(Reject::NotInAuction),
        }
        self.begin(time_ns);
        self.cross(instrument, true);
        self.touch(instrument);
        self.follow_up();
        Ok(0)
    }

    /// Crosses until nothing crosses. Without a cross it says so only if asked.
    pub(super) fn cross(&mut self, instrument: u32, always_say: bool) {
        let mut said = !always_say;
        while let Some(found) = self.indicative(instrument) {
            let traded = self.cross_at(instrument, found.price);
            if traded > 0 {
                self.instruments[instrument].reference_price = found.price;
            }
            self.log_uncrossed(instrument, found.price, traded, found.imbalance);
            said = true;
        }
        if !said {
            let price = self.instruments[instrument].reference_price;
            self.log_uncrossed(instrument, price, 0, 0);
        }
    }

    fn log_uncrossed(&mut self, instrument: u32, price: i64, quantity: u64, imbalance: i64) {
        self.log.push(EventRecord {
            instrument,
            price,
            quantity,
            amount: imbalance,
            flags: PUBLIC | AUCTION,
            ..EventRecord::of(EventKind::Uncrossed)
        });
    }

    /// Trades everything that may trade at one price. Returns the lots traded.
    fn cross_at(&mut self, instrument: u32, price: i64) -> u64 {
        let mut traded = 0;
        while let Some((buy, sell)) = self.fronts(instrument) {
            if buy.price.get() < price || sell.price.get() > price {
                break;
            }
            let (buy_slot, sell_slot) = (slot_of(buy.tag), slot_of(sell.tag));
            if self.orders[buy_slot].account == self.orders[sell_slot].account {
                let newer =
                    if self.orders[buy_slot].id > self.orders[sell_slot].id { buy_slot } else { sell_slot };
                self.end(newer, EventKind::Cancelled, EndReason::SelfTrade);
                continue;
            }
            let mut lots = buy.quantity.get().min(sell.quantity.get());
            let mut blocked = false;
            for slot in [buy_slot, sell_slot] {
                let most = self.reducible(slot);
                if most == 0 {
                    self.end(slot, EventKind::Cancelled, EndReason::NothingToReduce);
                    blocked = true;
                }
                lots = lots.min(most);
            }
            if blocked {
                continue;
            }
            self.trade_in_auction(&buy, &sell, price, lots);
            traded += lots;
        }
        traded
    }

    /// Where the auction of an instrument would cross now, if it would.
    #[must_use]
    pub fn indicative(&self, instrument: u32) -> Option<Indicative> {
        let listed = self.instruments.get(instrument)?;
        let high = listed.book.best(Side::Buy)?.get();
        let low = listed.book.best(Side::Sell)?.get();
        if high < low {
            return None;
        }
        let demand = self.cumulated(instrument, Side::Buy, low);
        let supply = self.cumulated(instrument, Side::Sell, high);
        let step = listed.spec.price_step;
        let reference = listed.reference_price.clamp(low, high);
        let around = |price: i64| [price - step, price, price + step];
        let candidates = demand
            .iter()
            .chain(&supply)
            .flat_map(|&(price, _)| around(price))
            .chain(around(reference - reference.rem_euclid(step)))
            .filter(|price| (low..=high).contains(price));
        let low_first = if canary(Bug::AuctionTakesHighest) { 1 } else { -1 };
        let mut best: Option<(u64, u64, u64, i64, i64)> = None;
        for price in candidates {
            let wanted = at(&demand, |level| level >= price);
            let offered = at(&supply, |level| level <= price);
            let volume = wanted.min(offered);
            let imbalance = wanted.abs_diff(offered);
            let signed = i64::try_from(imbalance).unwrap_or(i64::MAX);
            let signed = if wanted >= offered { signed } else { -signed };
            // Larger is better in every place of the key.
            let distance = price.abs_diff(listed.reference_price);
            let key = (volume, u64::MAX - imbalance, u64::MAX - distance, low_first * price, signed);
            if best.is_none_or(|best| key > best) {
                best = Some(key);
            }
        }
        best.map(|(volume, _, _, key, imbalance)| Indicative { price: low_first * key, volume, imbalance })
    }

    /// Open quantity of a side by level from the best to `until`, summed up from the best on.
    fn cumulated(&self, instrument: u32, side: Side, until: i64) -> Vec<(i64, u64)> {
        let mut levels: Vec<(i64, u64)> = Vec::new();
        let limit = crate::units::PriceTicks::new(until);
        self.instruments[instrument].book.visit_orders(side, |order| {
            if !side.opposite().accepts(limit, order.price) {
                return false;
            }
            let open = self.orders[slot_of(order.tag)].open;
            match levels.last_mut() {
                Some((price, sum)) if *price == order.price.get() => *sum += open,
                last => {
                    let before = last.map_or(0, |(_, sum)| *sum);
                    levels.push((order.price.get(), before + open));
                }
            }
            true
        });
        levels
    }
}

/// The sum up to the last level that satisfies `inside`; levels come best first.
fn at(levels: &[(i64, u64)], inside: impl Fn(i64) -> bool) -> u64 {
    let count = levels.partition_point(|&(price, _)| inside(price));
    count.checked_sub(1).and_then(|index| levels.get(index)).map_or(0, |&(_, sum)| sum)
}
