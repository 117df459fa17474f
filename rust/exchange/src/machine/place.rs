//! Taking a new order: every check, in the order in which their numbers are reported.

use super::Exchange;
use super::ledger::{EXPOSURE_OPEN, escrow_need, notional};
use crate::book::Book;
use crate::command::{AccountModel, AccountStatus, NewOrder, OrderType, Phase, TimeInForce};
use crate::event::{EventKind, EventRecord, POST_ONLY, REDUCE_ONLY};
use crate::instrument::Instrument;
use crate::order::Order;
use crate::reject::Reject;
use crate::units::{MAX_ORDER_NOTIONAL, NO_PRICE, Side};

impl<B: Book> Exchange<B> {
    /// Validates and places an order; returns its id.
    #[inline]
    pub(super) fn new_order(&mut self, time_ns: i64, new: &NewOrder) -> Result<u64, Reject> {
        self.check_may_trade(new.account.get())?;
        let instrument_id = new.instrument.get();
        let Some(instrument) = self.instruments.get(instrument_id) else {
            return Err(Reject::UnknownInstrument);
        };
        check_phase(instrument, new)?;
        instrument.check_quantity(new.quantity.get())?;
        let price = check_prices(instrument, new)?;
        check_options(instrument, new, time_ns)?;
        if new.client_order_id != 0 && self.client_ids.get(new.client_order_id, new.account.get()).is_some() {
            return Err(Reject::DuplicateClientOrderId);
        }
        let order = Order {
            id: self.last_order_id + 1,
            client_id: new.client_order_id,
            price,
            stop_price: new.stop_price.get(),
            total: new.quantity.get(),
            open: new.quantity.get(),
            display: new.display.get(),
            expiry: new.expiry.get(),
            account: new.account.get(),
            instrument: instrument_id,
            position: self.find_position(new.account.get(), instrument_id),
            side: new.side,
            order_type: new.order_type,
            time_in_force: new.time_in_force,
            self_trade: new.self_trade,
            post_only: new.post_only,
            reduce_only: new.reduce_only,
            sleeping: matches!(new.order_type, OrderType::Stop | OrderType::StopLimit),
            ..Order::NOBODY
        };
        self.check_limits(&order)?;
        self.check_reduce_only(&order)?;
        if order.post_only && !order.sleeping && self.would_trade(instrument_id, order.side, price) {
            return Err(Reject::PostOnlyWouldTrade);
        }
        self.check_funds(&order, order.open, None)?;

        self.begin(time_ns);
        let slot = self.take(order);
        if order.sleeping {
            self.sleep(slot);
        } else {
            self.execute(slot);
        }
        self.touch(instrument_id);
        self.follow_up();
        Ok(order.id)
    }

    /// Whether an account exists and may place or change orders.
    #[inline(always)]
    pub(super) fn check_may_trade(&self, account: u32) -> Result<(), Reject> {
        match self.accounts.get(account).map(|account| account.status) {
            Some(AccountStatus::Active) => Ok(()),
            Some(AccountStatus::Frozen) => Err(Reject::AccountFrozen),
            Some(AccountStatus::Bankrupt) => Err(Reject::AccountBankrupt),
            None => Err(Reject::UnknownAccount),
        }
    }

    /// Checks the account's own limits and the room in the book.
    #[inline(always)]
    fn check_limits(&self, order: &Order) -> Result<(), Reject> {
        let account = &self.accounts[order.account];
        if order.open > account.order_limit() {
            return Err(Reject::OrderAboveLimit);
        }
        if account.open_orders >= account.open_order_limit() {
            return Err(Reject::TooManyOpenOrders);
        }
        self.check_position_limit(order, order.open)?;
        if !self.instruments[order.instrument].book.has_room() {
            return Err(Reject::BookFull);
        }
        Ok(())
    }

    /// Checks that `more` lots on the order's side keep the worst position within the limit.
    #[inline(always)]
    #[allow(clippy::cast_possible_wrap)] // Lots of checked orders are below 2^40.
    pub(super) fn check_position_limit(&self, order: &Order, more: u64) -> Result<(), Reject> {
        let account = &self.accounts[order.account];
        let more = more as i64;
        let worst = match self.position_under(order) {
            None => more,
            Some(position) => match order.side {
                Side::Buy => position.lots + position.open_buy + more,
                Side::Sell => position.open_sell + more - position.lots,
            },
        };
        // Selling what one owns never opens a position in the cash model.
        let held = self.config.model == AccountModel::Cash && order.side == Side::Sell;
        if !held && worst > account.position_limit() {
            return Err(Reject::PositionAboveLimit);
        }
        Ok(())
    }

    /// Checks that a reduce-only order makes a position smaller and no more than flat.
    #[inline(always)]
    #[allow(clippy::cast_possible_wrap)] // As above.
    pub(super) fn check_reduce_only(&self, order: &Order) -> Result<(), Reject> {
        if !order.reduce_only {
            return Ok(());
        }
        let lots = self.position_under(order).map_or(0, |position| position.lots);
        if order.open as i64 > -order.side.sign() * lots {
            return Err(Reject::WouldIncrease);
        }
        Ok(())
    }

    /// Whether a limit order would trade on arrival.
    #[inline(always)]
    pub(super) fn would_trade(&self, instrument: u32, side: Side, price: i64) -> bool {
        let instrument = &self.instruments[instrument];
        instrument.phase == Phase::Continuous
            && instrument
                .book
                .best(side.opposite())
                .is_some_and(|best| side.accepts(crate::units::PriceTicks::new(price), best))
    }

    /// Checks that the account can pay for `lots` of an order, or for them in place of what `old`, the
    /// same order before a change, has reserved.
    #[inline(always)]
    #[allow(clippy::cast_possible_wrap)] // Lots of checked orders are below 2^40.
    pub(super) fn check_funds(&self, order: &Order, lots: u64, old: Option<&Order>) -> Result<(), Reject> {
        let instrument = &self.instruments[order.instrument];
        let worst = i128::from(instrument.unit_exposure) * i128::from(lots);
        if worst > i128::from(MAX_ORDER_NOTIONAL) {
            return Err(Reject::NotionalTooLarge);
        }
        let account = &self.accounts[order.account];
        let old_lots = old.map_or(0, |old| old.open);
        if self.config.model == AccountModel::Cash {
            return match order.side {
                Side::Buy => {
                    let held = old.map_or(0, |old| escrow_need(&instrument.spec, old.price, old.open));
                    if escrow_need(&instrument.spec, order.price, lots) > account.cash + held {
                        return Err(Reject::InsufficientCash);
                    }
                    Ok(())
                }
                Side::Sell => {
                    let free =
                        self.position_under(order).map_or(0, |position| position.lots - position.locked);
                    if lots as i64 > free + old_lots as i64 {
                        return Err(Reject::InsufficientPosition);
                    }
                    Ok(())
                }
            };
        }
        let old_worst = i128::from(instrument.unit_exposure) * i128::from(old_lots);
        if !self.cash_has_room(order.account, i128::from(EXPOSURE_OPEN) * (worst - old_worst)) {
            return Err(Reject::CashOverflow);
        }
        if self.config.model == AccountModel::Margin {
            let worth = notional(&instrument.spec, order.price, lots);
            let old_worth = old.map_or(0, |old| notional(&instrument.spec, old.price, old.open).abs());
            self.check_initial_margin(order, worth, old_worth, lots, old_lots)?;
        }
        Ok(())
    }

    /// Gives a validated order its id, records and reserves.
    #[inline(always)]
    pub(super) fn take(&mut self, mut order: Order) -> u32 {
        self.last_order_id = order.id;
        if order.position == 0 {
            order.position = self.position_slot(order.account, order.instrument);
        }
        self.accounts[order.account].recent_position = order.position;
        let slot = self.orders.add(order);
        self.order_ids.insert(order.id, 0, slot);
        if order.client_id != 0 {
            self.client_ids.insert(order.client_id, order.account, slot);
        }
        self.link(slot);
        if order.reduce_only {
            self.positions[order.position].reduce_only_orders += 1;
        }
        if order.time_in_force == TimeInForce::GoodTillDate {
            self.expiries.insert((order.expiry, order.id));
            self.earliest_expiry = self.earliest_expiry.min(order.expiry);
        }
        let mut flags = 0;
        if order.post_only {
            flags |= POST_ONLY;
        }
        if order.reduce_only {
            flags |= REDUCE_ONLY;
        }
        if order.forced {
            flags |= crate::event::FORCED;
        }
        self.log.push(EventRecord {
            account: order.account,
            instrument: order.instrument,
            order_id: order.id,
            counter_id: order.client_id,
            side: order.side as u8,
            price: order.price,
            quantity: order.total,
            remaining: order.display,
            amount: order.stop_price,
            amount_2: order.expiry,
            reason: (order.order_type as u8) << 4 | order.time_in_force as u8,
            flags,
            ..EventRecord::of(EventKind::Accepted)
        });
        self.reserve(slot);
        slot
    }

    /// Hangs an order at the end of its account's list, which is therefore in the order of ids.
    #[inline(always)]
    pub(crate) fn link(&mut self, slot: u32) {
        let owner = self.orders[slot].account;
        let account = &mut self.accounts[owner];
        account.open_orders += 1;
        let last = account.last_order;
        account.last_order = slot;
        if last == 0 {
            account.first_order = slot;
        } else {
            self.orders[last].next_of_account = slot;
        }
        self.orders[slot].previous_of_account = last;
        self.orders[slot].next_of_account = 0;
    }
}

/// Whether the phase takes this order.
#[inline(always)]
fn check_phase<B: Book>(instrument: &Instrument<B>, new: &NewOrder) -> Result<(), Reject> {
    match instrument.phase {
        Phase::Continuous => Ok(()),
        Phase::PreOpen | Phase::Auction => {
            let waits = new.order_type != OrderType::Market
                && !matches!(new.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill);
            let sleeps = matches!(new.order_type, OrderType::Stop | OrderType::StopLimit);
            if (waits || sleeps) && !new.post_only { Ok(()) } else { Err(Reject::PhaseForbids) }
        }
        Phase::Halt | Phase::Close => Err(Reject::PhaseForbids),
        Phase::Settled => Err(Reject::InstrumentSettled),
    }
}

/// Checks the price fields and returns the price that the order may trade up to.
#[inline(always)]
fn check_prices<B: Book>(instrument: &Instrument<B>, new: &NewOrder) -> Result<i64, Reject> {
    let (price, stop_price) = (new.price.get(), new.stop_price.get());
    let sleeps = matches!(new.order_type, OrderType::Stop | OrderType::StopLimit);
    if sleeps {
        if stop_price == NO_PRICE {
            return Err(Reject::PriceMissing);
        }
        let spec = &instrument.spec;
        if stop_price < spec.min_price.get() || stop_price > spec.max_price.get() {
            return Err(Reject::StopPriceOutOfRange);
        }
        if stop_price % spec.price_step != 0 {
            return Err(Reject::StopPriceOffTick);
        }
    } else if stop_price != NO_PRICE {
        return Err(Reject::PriceNotAllowed);
    }
    if price != NO_PRICE {
        instrument.check_price(price)?;
        return Ok(price);
    }
    let anchor = match new.order_type {
        OrderType::Limit | OrderType::StopLimit => return Err(Reject::PriceMissing),
        OrderType::Stop => stop_price,
        OrderType::Market => match instrument.book.best(new.side.opposite()) {
            Some(best) => best.get(),
            None => return Err(Reject::NoLiquidity),
        },
    };
    Ok(instrument.protection_price(new.side, anchor))
}

/// Checks the options that exclude one another.
#[inline(always)]
fn check_options<B: Book>(instrument: &Instrument<B>, new: &NewOrder, time_ns: i64) -> Result<(), Reject> {
    let rests = matches!(new.order_type, OrderType::Limit | OrderType::StopLimit)
        && !matches!(new.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill);
    let display = new.display.get();
    if display != 0 {
        if !rests {
            return Err(Reject::DisplayNotAllowed);
        }
        if display > new.quantity.get() || !display.is_multiple_of(instrument.spec.lot_step) {
            return Err(Reject::DisplayOutOfRange);
        }
    }
    match new.time_in_force {
        TimeInForce::GoodTillDate if new.expiry.get() <= time_ns => return Err(Reject::ExpiryMissing),
        TimeInForce::GoodTillDate => {}
        _ if new.expiry.get() != 0 => return Err(Reject::ExpiryNotAllowed),
        _ => {}
    }
    let dated = matches!(new.time_in_force, TimeInForce::GoodTillDate | TimeInForce::Day);
    if (new.post_only && !rests) || (new.order_type == OrderType::Market && dated) {
        return Err(Reject::Incompatible);
    }
    Ok(())
}
