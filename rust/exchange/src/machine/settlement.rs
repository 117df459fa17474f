//! Settlement: an instrument ends, and what everybody holds of it turns into cash.
//!
//! A call pays `max(value - strike, 0)`, a put `max(strike - value, 0)`, times the reference's multiplier
//! and the lots of one contract. Resting orders are cancelled first and nothing reopens after. In the margin
//! and game models positions sum to zero, so the payments do; in the cash model the issuer pays.

use super::Exchange;
use crate::account::Position;
use crate::book::Book;
use crate::canary::{Bug, canary};
use crate::command::{AccountModel, InstrumentKind, Phase};
use crate::event::{EndReason, EventKind, EventRecord, PUBLIC, PostingCause};
use crate::instrument::Instrument;
use crate::reject::Reject;
use crate::units::AccountId;

impl<B: Book> Exchange<B> {
    pub(super) fn settle(&mut self, time_ns: i64, id: u32, value: i64) -> Result<u64, Reject> {
        let instrument = self.open_instrument(id)?;
        if instrument.is_option() {
            return Err(Reject::WrongInstrumentKind);
        }
        check_value(instrument, value)?;
        self.begin(time_ns);
        let worth = value * self.instruments[id].spec.multiplier;
        for option in self.instruments[id].options.clone() {
            let payoff = self.payoff(option, value);
            if !canary(Bug::OptionsOutliveReference) {
                self.settle_one(option, value, payoff);
            }
        }
        self.settle_one(id, value, worth);
        self.follow_up();
        Ok(u64::from(id))
    }

    pub(super) fn expire(&mut self, time_ns: i64, id: u32, spot: i64) -> Result<u64, Reject> {
        let instrument = self.open_instrument(id)?;
        if !instrument.is_option() {
            return Err(Reject::WrongInstrumentKind);
        }
        let reference = instrument.spec.reference.get();
        check_value(&self.instruments[reference], spot)?;
        self.begin(time_ns);
        let payoff = self.payoff(id, spot);
        self.settle_one(id, spot, payoff);
        self.follow_up();
        Ok(u64::from(id))
    }

    /// An instrument that is listed and not settled.
    pub(super) fn open_instrument(&self, id: u32) -> Result<&Instrument<B>, Reject> {
        match self.instruments.get(id) {
            None => Err(Reject::UnknownInstrument),
            Some(instrument) if instrument.phase == Phase::Settled => Err(Reject::InstrumentSettled),
            Some(instrument) => Ok(instrument),
        }
    }

    /// What one lot of an option pays when its reference is at `value`.
    fn payoff(&self, option: u32, value: i64) -> i64 {
        let spec = &self.instruments[option].spec;
        let over = match spec.kind {
            InstrumentKind::Call => value - spec.strike.get(),
            _ => spec.strike.get() - value,
        };
        over.max(0) * self.instruments[spec.reference.get()].spec.multiplier * i64::from(spec.contract_lots)
    }

    fn settle_one(&mut self, id: u32, value: i64, worth_per_lot: i64) {
        for slot in self.slots_of_instrument(id) {
            self.end(slot, EventKind::Cancelled, EndReason::InstrumentSettled);
        }
        let instrument = &mut self.instruments[id];
        instrument.phase = Phase::Settled;
        instrument.mark = value;
        let (reference, kind) = (instrument.spec.reference.get(), instrument.spec.kind);
        if reference != 0 {
            self.instruments[reference].options.retain(|&option| option != id);
        }
        self.log.push(EventRecord {
            instrument: id,
            price: value,
            amount: worth_per_lot,
            reason: kind as u8,
            flags: PUBLIC,
            ..EventRecord::of(EventKind::Settled)
        });
        let mut paid = 0_i128;
        let mut slot = self.instruments[id].first_position;
        while slot != 0 {
            let Position { account, lots, next_of_instrument, .. } = self.positions[slot];
            if lots != 0 {
                self.post_at(slot, -lots, worth_per_lot, PostingCause::Settlement);
                paid += i128::from(lots) * i128::from(worth_per_lot);
                if self.config.model == AccountModel::Margin {
                    self.watch(account);
                }
            }
            slot = next_of_instrument;
        }
        if self.config.model == AccountModel::Cash {
            let instrument = &mut self.instruments[id];
            let retired = i128::from(instrument.issued) * i128::from(instrument.unit_exposure);
            let issued = core::mem::take(&mut instrument.issued);
            self.system.issued_worth -= retired;
            self.system.issued += paid;
            self.log_balance(
                AccountId::ISSUER.get(),
                super::liquidation::narrow(-paid),
                0,
                PostingCause::Settlement,
            );
            self.log_position(AccountId::ISSUER.get(), id, issued, 0, PostingCause::Settlement);
        }
    }
}

fn check_value<B: Book>(instrument: &Instrument<B>, value: i64) -> Result<(), Reject> {
    if value < instrument.spec.min_price.get() || value > instrument.spec.max_price.get() {
        return Err(Reject::ValueOutOfRange);
    }
    Ok(())
}
