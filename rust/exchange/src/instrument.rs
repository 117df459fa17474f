//! Instruments: their rules, their phase, their book, their sleeping stop orders.

use std::collections::BTreeMap;

use crate::book::Book;
use crate::command::{InstrumentKind, InstrumentSpec, Phase};
use crate::reject::Reject;
use crate::units::{
    MAX_FEE_PPM, MAX_MULTIPLIER, MAX_ORDER_LOTS, MAX_ORDER_NOTIONAL, MAX_PRICE_TICKS, PARTS_PER_MILLION, Side,
};

/// Most instruments of one exchange.
pub const MAX_INSTRUMENTS: u32 = 1 << 16;

/// Sleeping stop orders, those that wake first in front; see `Order::stop_key`.
pub(crate) type Stops = BTreeMap<(i64, u64), u32>;

/// One listed instrument.
#[derive(Clone, Debug)]
pub(crate) struct Instrument<B> {
    pub(crate) spec: InstrumentSpec,
    pub(crate) phase: Phase,
    pub(crate) book: B,
    pub(crate) buy_stops: Stops,
    pub(crate) sell_stops: Stops,
    pub(crate) last_price: Option<i64>,
    pub(crate) mark: i64,
    /// The last trade price, and the initial one before the first trade; what a released mark follows again.
    pub(crate) mark_base: i64,
    /// Set by hand and kept until it is released.
    pub(crate) mark_pinned: bool,
    /// What the circuit breaker measures from.
    pub(crate) reference_price: i64,
    pub(crate) band_low: i64,
    pub(crate) band_high: i64,
    /// Cash units that one lot can move at the worst price or settlement.
    pub(crate) unit_exposure: i64,
    /// Lots minted, cash model only.
    pub(crate) issued: i64,
    pub(crate) first_position: u32,
    pub(crate) last_position: u32,
    /// Unsettled options written on it.
    pub(crate) options: Vec<u32>,
}

impl<B: Book> Instrument<B> {
    /// A new instrument; the description was checked by [`check_spec`].
    pub(crate) fn new(spec: InstrumentSpec) -> Self {
        Self {
            spec,
            phase: Phase::PreOpen,
            book: B::default(),
            buy_stops: Stops::new(),
            sell_stops: Stops::new(),
            last_price: None,
            mark: spec.initial_price.get(),
            mark_base: spec.initial_price.get(),
            mark_pinned: false,
            reference_price: spec.initial_price.get(),
            band_low: spec.min_price.get(),
            band_high: spec.max_price.get(),
            unit_exposure: unit_exposure(&spec),
            issued: 0,
            first_position: 0,
            last_position: 0,
            options: Vec::new(),
        }
    }

    /// Checks an order's limit price.
    #[inline(always)]
    pub(crate) fn check_price(&self, price: i64) -> Result<(), Reject> {
        if price < self.spec.min_price.get() || price > self.spec.max_price.get() {
            return Err(Reject::PriceOutOfRange);
        }
        if self.spec.price_step != 1 && price % self.spec.price_step != 0 {
            return Err(Reject::PriceOffTick);
        }
        if price < self.band_low || price > self.band_high {
            return Err(Reject::PriceOutsideBand);
        }
        Ok(())
    }

    /// Checks a quantity's form.
    #[inline(always)]
    pub(crate) fn check_quantity(&self, quantity: u64) -> Result<(), Reject> {
        if quantity == 0 {
            return Err(Reject::QuantityZero);
        }
        if quantity > MAX_ORDER_LOTS {
            return Err(Reject::QuantityTooLarge);
        }
        if self.spec.lot_step != 1 && !quantity.is_multiple_of(self.spec.lot_step) {
            return Err(Reject::QuantityOffLot);
        }
        Ok(())
    }

    /// The farthest price a market order of `side` may reach from `anchor`, rounded toward the anchor and
    /// kept on the step, in the range and in the band.
    pub(crate) fn protection_price(&self, side: Side, anchor: i64) -> i64 {
        let ppm = i128::from(self.spec.protection_ppm);
        let (low, high) =
            (self.spec.min_price.get().max(self.band_low), self.spec.max_price.get().min(self.band_high));
        if ppm == 0 {
            return self.on_step(side, if side == Side::Buy { high } else { low });
        }
        let reach = i128::from(anchor).abs() * ppm / i128::from(PARTS_PER_MILLION);
        let bound = i128::from(anchor) + i128::from(side.sign()) * reach;
        let bound = bound.clamp(i128::from(low), i128::from(high));
        self.on_step(side, i64::try_from(bound).unwrap_or(anchor))
    }

    /// The nearest multiple of the price step that is no farther out than `price`.
    fn on_step(&self, side: Side, price: i64) -> i64 {
        let over = price.rem_euclid(self.spec.price_step);
        match side {
            Side::Buy => price - over,
            Side::Sell if over == 0 => price,
            Side::Sell => price - over + self.spec.price_step,
        }
    }

    /// Whether a trade at `price` would pass the circuit breaker.
    #[inline(always)]
    pub(crate) fn breaks_at(&self, price: i64) -> bool {
        if self.spec.breaker_ppm == 0 {
            return false;
        }
        let distance = i128::from(price) - i128::from(self.reference_price);
        let allowed = i128::from(self.reference_price).abs() * i128::from(self.spec.breaker_ppm);
        distance.abs() * i128::from(PARTS_PER_MILLION) > allowed
    }

    /// The mark that the book and the last trade give: the last trade held between the best prices, where
    /// there are both; a one-sided or empty book never moves it.
    #[inline(always)]
    pub(crate) fn live_mark(&self) -> i64 {
        if self.mark_pinned {
            return self.mark;
        }
        match (self.book.best(Side::Buy), self.book.best(Side::Sell)) {
            (Some(bid), Some(ask)) if bid <= ask => self.mark_base.clamp(bid.get(), ask.get()),
            _ => self.mark_base,
        }
    }

    pub(crate) fn stops(&mut self, side: Side) -> &mut Stops {
        match side {
            Side::Buy => &mut self.buy_stops,
            Side::Sell => &mut self.sell_stops,
        }
    }

    pub(crate) const fn is_option(&self) -> bool {
        matches!(self.spec.kind, InstrumentKind::Call | InstrumentKind::Put)
    }
}

/// What one lot is worth at the worst price of the instrument's own range.
pub(crate) fn unit_exposure(spec: &InstrumentSpec) -> i64 {
    spec.min_price
        .get()
        .saturating_abs()
        .max(spec.max_price.get().saturating_abs())
        .saturating_mul(spec.multiplier)
}

/// Checks that a description makes sense by itself.
pub(crate) fn check_spec(spec: &InstrumentSpec) -> Result<(), Reject> {
    let (min, max, initial) = (spec.min_price.get(), spec.max_price.get(), spec.initial_price.get());
    let option = matches!(spec.kind, InstrumentKind::Call | InstrumentKind::Put);
    let in_order = -MAX_PRICE_TICKS <= min && min <= initial && initial <= max && max <= MAX_PRICE_TICKS;
    let steps = 1 <= spec.price_step
        && spec.price_step <= MAX_PRICE_TICKS
        && 1 <= spec.lot_step
        && spec.lot_step <= MAX_ORDER_LOTS;
    let worth = 1 <= spec.multiplier
        && spec.multiplier <= MAX_MULTIPLIER
        && unit_exposure(spec) <= MAX_ORDER_NOTIONAL
        && 1 <= spec.contract_lots;
    let fees = spec.maker_fee_ppm.saturating_abs() <= MAX_FEE_PPM
        && spec.taker_fee_ppm.saturating_abs() <= MAX_FEE_PPM
        // A rebate is paid out of the other side's fee, so that the fee account cannot be drained.
        && spec.maker_fee_ppm + spec.taker_fee_ppm >= 0;
    let ratios = i64::from(spec.protection_ppm) <= PARTS_PER_MILLION
        && i64::from(spec.breaker_ppm) <= PARTS_PER_MILLION
        && i64::from(spec.initial_margin_ppm) <= PARTS_PER_MILLION
        && spec.maintenance_margin_ppm <= spec.initial_margin_ppm;
    let written = if option {
        spec.reference.get() != 0
            && spec.strike.get().saturating_abs() <= MAX_PRICE_TICKS
            && spec.min_price.get() >= 0
    } else {
        spec.reference.get() == 0 && spec.strike.get() == 0 && spec.contract_lots == 1
    };
    if in_order && steps && worth && fees && ratios && written {
        Ok(())
    } else {
        Err(Reject::BadInstrumentSpec)
    }
}
