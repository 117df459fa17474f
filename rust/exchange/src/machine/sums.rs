//! The sums that the machine keeps beside its state, made anew after a restore.

use super::Exchange;
use super::ledger::{escrow_need, exposure, notional};
use crate::book::Book;
use crate::command::AccountModel;
use crate::snapshot::SnapshotError;
use crate::units::{MAX_CASH, Side};

impl<B: Book> Exchange<B> {
    /// Hangs every open order into its account's list and adds up what orders and positions hold.
    #[allow(clippy::cast_possible_wrap)] // Lots of open orders were checked to be below 2^40.
    pub(crate) fn recompute_sums(&mut self) -> Result<(), SnapshotError> {
        let mut slots: Vec<(u64, u32)> = self.orders.iter().map(|(slot, order)| (order.id, slot)).collect();
        slots.sort_unstable();
        let impossible = || SnapshotError::Impossible("sum of open orders");
        for (_, slot) in slots {
            self.link(slot);
            let order = self.orders[slot];
            let instrument = &self.instruments[order.instrument];
            let worth = notional(&instrument.spec, order.price, order.open).abs();
            let (mut escrow, mut exposed, mut locked) = (0, 0, 0);
            match (self.config.model, order.side) {
                (AccountModel::Cash, Side::Buy) => {
                    escrow = escrow_need(&instrument.spec, order.price, order.open);
                }
                (AccountModel::Cash, Side::Sell) => locked = order.open as i64,
                _ => exposed = exposure(instrument, order.open),
            }
            let carried = if self.config.model == AccountModel::Cash { 0 } else { worth };
            let position = &mut self.positions[order.position];
            let (lots, sum) = match order.side {
                Side::Buy => (&mut position.open_buy, &mut position.open_buy_notional),
                Side::Sell => (&mut position.open_sell, &mut position.open_sell_notional),
            };
            *lots = lots.checked_add(order.open as i64).ok_or_else(impossible)?;
            *sum = sum.checked_add(carried).ok_or_else(impossible)?;
            position.locked += locked;
            let account = &mut self.accounts[order.account];
            account.escrow = account.escrow.checked_add(escrow).ok_or_else(impossible)?;
            account.exposure = account.exposure.checked_add(exposed).ok_or_else(impossible)?;
        }
        for slot in self.positions.slots() {
            let position = self.positions[slot];
            if self.config.model != AccountModel::Cash {
                let gross = i128::from(position.lots).abs()
                    * i128::from(self.instruments[position.instrument].unit_exposure);
                let gross = i64::try_from(gross).map_err(|_| impossible())?;
                let account = &mut self.accounts[position.account];
                account.exposure = account.exposure.checked_add(gross).ok_or_else(impossible)?;
            }
            self.revalue(slot);
        }
        let bound = i128::from(MAX_CASH);
        let fits = self.accounts.iter().all(|account| {
            i128::from(account.cash).abs() + i128::from(account.escrow) + i128::from(account.exposure)
                <= 2 * bound
        });
        if fits { Ok(()) } else { Err(impossible()) }
    }
}
