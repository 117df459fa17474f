//! Commands at the border: a fixed record for batches.
//!
//! A [`CommandRecord`] is 80 bytes and carries every command of the order flow. Its fields are plain
//! integers; a byte that means nothing is refused with its own number before the machine sees it.

use crate::command::{
    AccountStatus, Action, Asset, CommandKind, NewOrder, OrderRef, OrderType, Phase, Replace, SelfTrade,
    TimeInForce,
};
use crate::reject::Reject;
use crate::units::{AccountId, InstrumentId, Lots, OrderId, PriceTicks, Side, TimeNs};

/// The order is refused if it would trade at once.
pub const FLAG_POST_ONLY: u8 = 1;
/// The order never opens or increases a position.
pub const FLAG_REDUCE_ONLY: u8 = 2;

/// A command as a row of a structured array.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct CommandRecord {
    /// [`CommandKind`].
    pub kind: u8,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// [`OrderType`].
    pub order_type: u8,
    /// [`TimeInForce`].
    pub time_in_force: u8,
    /// [`FLAG_POST_ONLY`], [`FLAG_REDUCE_ONLY`].
    pub flags: u8,
    /// [`SelfTrade`].
    pub self_trade: u8,
    /// [`Phase`] or [`AccountStatus`], by the kind.
    pub mode: u8,
    /// Zero.
    pub reserved: u8,
    /// The account.
    pub account: u32,
    /// The instrument; in deposits and withdrawals zero means cash.
    pub instrument: u32,
    /// When, in nanoseconds.
    pub time_ns: i64,
    /// The order to cancel or change, zero where it is named by `client_order_id`.
    pub order_id: u64,
    /// The owner's number of an order.
    pub client_order_id: u64,
    /// In ticks; also the value of a settlement and the price of a mark.
    pub price: i64,
    /// In ticks.
    pub stop_price: i64,
    /// In lots; the amount of a deposit or withdrawal.
    pub quantity: u64,
    /// In lots.
    pub display: u64,
    /// In nanoseconds.
    pub expiry_ns: i64,
}

impl CommandRecord {
    /// The action that the record describes.
    ///
    /// # Errors
    /// The number of the first byte that means nothing.
    #[inline(always)]
    pub fn action(&self) -> Result<Action, Reject> {
        let Some(kind) = CommandKind::from_u8(self.kind) else { return Err(Reject::UnknownCommand) };
        let account = AccountId::new(self.account);
        let instrument = InstrumentId::new(self.instrument);
        Ok(match kind {
            CommandKind::NewOrder => Action::NewOrder(self.new_order()?),
            CommandKind::Cancel => Action::Cancel { account, order: self.order_ref() },
            CommandKind::Replace => Action::Replace(Replace {
                account,
                order: self.order_ref(),
                price: PriceTicks::new(self.price),
                stop_price: PriceTicks::new(self.stop_price),
                quantity: Lots::new(self.quantity),
            }),
            CommandKind::MassCancel => Action::MassCancel { account, instrument },
            CommandKind::OpenAccount => Action::OpenAccount,
            CommandKind::Deposit => Action::Deposit { account, asset: self.asset(), amount: self.quantity },
            CommandKind::Withdraw => Action::Withdraw { account, asset: self.asset(), amount: self.quantity },
            CommandKind::SetPhase => match Phase::from_u8(self.mode) {
                Some(phase) => Action::SetPhase { instrument, phase },
                None => return Err(Reject::BadPhase),
            },
            CommandKind::SetStatus => match AccountStatus::from_u8(self.mode) {
                Some(status) => Action::SetStatus { account, status },
                None => return Err(Reject::BadStatus),
            },
            CommandKind::Uncross => Action::Uncross { instrument },
            CommandKind::Settle => Action::Settle { instrument, value: PriceTicks::new(self.price) },
            CommandKind::Expire => Action::Expire { instrument, spot: PriceTicks::new(self.price) },
            CommandKind::SetMark => Action::SetMark { instrument, price: PriceTicks::new(self.price) },
            CommandKind::AdvanceClock => Action::AdvanceClock,
            CommandKind::ListInstrument
            | CommandKind::SetLimits
            | CommandKind::SetBand
            | CommandKind::SetIncrements => return Err(Reject::UnknownCommand),
        })
    }

    #[inline(always)]
    fn new_order(&self) -> Result<NewOrder, Reject> {
        let Some(side) = Side::from_u8(self.side) else { return Err(Reject::BadSide) };
        let Some(order_type) = OrderType::from_u8(self.order_type) else {
            return Err(Reject::BadOrderType);
        };
        let Some(time_in_force) = TimeInForce::from_u8(self.time_in_force) else {
            return Err(Reject::BadTimeInForce);
        };
        if self.flags & !(FLAG_POST_ONLY | FLAG_REDUCE_ONLY) != 0 {
            return Err(Reject::BadFlags);
        }
        let Some(self_trade) = SelfTrade::from_u8(self.self_trade) else {
            return Err(Reject::BadSelfTrade);
        };
        Ok(NewOrder {
            account: AccountId::new(self.account),
            instrument: InstrumentId::new(self.instrument),
            side,
            order_type,
            time_in_force,
            self_trade,
            price: PriceTicks::new(self.price),
            stop_price: PriceTicks::new(self.stop_price),
            quantity: Lots::new(self.quantity),
            display: Lots::new(self.display),
            expiry: TimeNs::new(self.expiry_ns),
            client_order_id: self.client_order_id,
            post_only: self.flags & FLAG_POST_ONLY != 0,
            reduce_only: self.flags & FLAG_REDUCE_ONLY != 0,
        })
    }

    #[inline(always)]
    fn order_ref(&self) -> OrderRef {
        match self.order_id {
            0 => OrderRef::Client(self.client_order_id),
            id => OrderRef::Id(OrderId::new(id)),
        }
    }

    fn asset(&self) -> Asset {
        match self.instrument {
            0 => Asset::Cash,
            id => Asset::Lots(InstrumentId::new(id)),
        }
    }
}
