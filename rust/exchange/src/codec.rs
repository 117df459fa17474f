//! Commands at the border: a fixed record for batches, bytes for journals.
//!
//! A [`CommandRecord`] is 80 bytes and carries every command of the order flow. Its fields are plain
//! integers; a byte that means nothing is refused with its own number before the machine sees it.
//!
//! As bytes ([`encode`], [`decode`]) a command is its kind, its time and the fields of its kind, without
//! padding. The form is canonical: what decodes encodes to the same bytes again.

use core::fmt;

use crate::canary::{Bug, canary};
use crate::command::{
    AccountStatus, Action, Asset, Command, CommandKind, NewOrder, OrderRef, OrderType, Phase, Replace,
    SelfTrade, TimeInForce,
};
use crate::reject::Reject;
use crate::units::{AccountId, InstrumentId, Lots, OrderId, PriceTicks, Side, TimeNs};
use crate::wire::{Reader, WireError, Writer, read_limits, read_spec, write_limits, write_spec};

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

/// Why bytes are no command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// They end too early, or go on after the command.
    Length,
    /// A field has a value that means nothing; the text names it.
    Impossible(&'static str),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("the command is cut off or has bytes too many"),
            Self::Impossible(field) => write!(f, "the command's {field} means nothing"),
        }
    }
}

impl core::error::Error for DecodeError {}

impl From<WireError> for DecodeError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Length => Self::Length,
            WireError::Impossible(field) => Self::Impossible(field),
        }
    }
}

/// Appends a command as bytes.
pub fn encode(command: &Command, bytes: &mut Vec<u8>) {
    let mut out = Writer(core::mem::take(bytes));
    out.byte(command.action.kind() as u8);
    out.i64(command.time.get());
    match &command.action {
        Action::OpenAccount | Action::AdvanceClock => {}
        Action::Deposit { account, asset, amount } | Action::Withdraw { account, asset, amount } => {
            out.u32(account.get());
            out.u32(match asset {
                Asset::Cash => 0,
                Asset::Lots(instrument) => instrument.get(),
            });
            out.u64(*amount);
        }
        Action::ListInstrument(spec) => write_spec(&mut out, spec),
        Action::NewOrder(order) => write_new_order(&mut out, order),
        Action::Cancel { account, order } => {
            out.u32(account.get());
            write_ref(&mut out, *order);
        }
        Action::Replace(replace) => {
            out.u32(replace.account.get());
            write_ref(&mut out, replace.order);
            out.i64(replace.price.get());
            out.i64(replace.stop_price.get());
            out.u64(replace.quantity.get());
        }
        Action::MassCancel { account, instrument } => {
            out.u32(account.get());
            out.u32(instrument.get());
        }
        Action::SetPhase { instrument, phase } => {
            out.u32(instrument.get());
            out.byte(*phase as u8);
        }
        Action::Uncross { instrument } => out.u32(instrument.get()),
        Action::Settle { instrument, value: price }
        | Action::Expire { instrument, spot: price }
        | Action::SetMark { instrument, price } => {
            out.u32(instrument.get());
            out.i64(price.get());
        }
        Action::SetLimits { account, limits } => {
            out.u32(account.get());
            write_limits(&mut out, limits);
        }
        Action::SetBand { instrument, low, high, reference } => {
            out.u32(instrument.get());
            for price in [low, high, reference] {
                out.i64(price.get());
            }
        }
        Action::SetIncrements { instrument, price_step, lot_step } => {
            out.u32(instrument.get());
            out.i64(*price_step);
            out.u64(*lot_step);
        }
        Action::SetStatus { account, status } => {
            out.u32(account.get());
            out.byte(*status as u8);
        }
    }
    *bytes = out.0;
}

fn write_ref(out: &mut Writer, order: OrderRef) {
    let (kind, number) = match order {
        OrderRef::Id(id) => (0, id.get()),
        OrderRef::Client(id) => (1, id),
    };
    out.byte(kind);
    out.u64(number);
}

fn write_new_order(out: &mut Writer, order: &NewOrder) {
    out.u32(order.account.get());
    out.u32(order.instrument.get());
    out.byte(order.side as u8);
    out.byte(order.order_type as u8);
    out.byte(order.time_in_force as u8);
    out.byte(order.self_trade as u8);
    let reduce_only = order.reduce_only && !canary(Bug::CodecForgetsReduceOnly);
    out.byte(u8::from(order.post_only) | u8::from(reduce_only) << 1);
    out.i64(order.price.get());
    out.i64(order.stop_price.get());
    out.u64(order.quantity.get());
    out.u64(order.display.get());
    out.i64(order.expiry.get());
    out.u64(order.client_order_id);
}

/// Reads one command; the bytes must end with it.
///
/// # Errors
/// A [`DecodeError`] that says whether the length or a field is wrong.
pub fn decode(bytes: &[u8]) -> Result<Command, DecodeError> {
    let mut reader = Reader(bytes);
    let kind = reader.named(CommandKind::from_u8, "kind")?;
    let time = TimeNs::new(reader.i64()?);
    let action = read_action(kind, &mut reader)?;
    if reader.0.is_empty() { Ok(Command { time, action }) } else { Err(DecodeError::Length) }
}

fn read_action(kind: CommandKind, reader: &mut Reader<'_>) -> Result<Action, WireError> {
    let account = |reader: &mut Reader<'_>| reader.u32().map(AccountId::new);
    let instrument = |reader: &mut Reader<'_>| reader.u32().map(InstrumentId::new);
    let price = |reader: &mut Reader<'_>| reader.i64().map(PriceTicks::new);
    let asset = |reader: &mut Reader<'_>| {
        reader.u32().map(|id| if id == 0 { Asset::Cash } else { Asset::Lots(InstrumentId::new(id)) })
    };
    Ok(match kind {
        CommandKind::OpenAccount => Action::OpenAccount,
        CommandKind::AdvanceClock => Action::AdvanceClock,
        CommandKind::Deposit => {
            Action::Deposit { account: account(reader)?, asset: asset(reader)?, amount: reader.u64()? }
        }
        CommandKind::Withdraw => {
            Action::Withdraw { account: account(reader)?, asset: asset(reader)?, amount: reader.u64()? }
        }
        CommandKind::ListInstrument => Action::ListInstrument(read_spec(reader)?),
        CommandKind::NewOrder => Action::NewOrder(read_new_order(reader)?),
        CommandKind::Cancel => Action::Cancel { account: account(reader)?, order: read_ref(reader)? },
        CommandKind::Replace => Action::Replace(Replace {
            account: account(reader)?,
            order: read_ref(reader)?,
            price: price(reader)?,
            stop_price: price(reader)?,
            quantity: Lots::new(reader.u64()?),
        }),
        CommandKind::MassCancel => {
            Action::MassCancel { account: account(reader)?, instrument: instrument(reader)? }
        }
        CommandKind::SetPhase => Action::SetPhase {
            instrument: instrument(reader)?,
            phase: reader.named(Phase::from_u8, "phase")?,
        },
        CommandKind::Uncross => Action::Uncross { instrument: instrument(reader)? },
        CommandKind::Settle => Action::Settle { instrument: instrument(reader)?, value: price(reader)? },
        CommandKind::Expire => Action::Expire { instrument: instrument(reader)?, spot: price(reader)? },
        CommandKind::SetMark => Action::SetMark { instrument: instrument(reader)?, price: price(reader)? },
        CommandKind::SetLimits => {
            Action::SetLimits { account: account(reader)?, limits: read_limits(reader)? }
        }
        CommandKind::SetBand => Action::SetBand {
            instrument: instrument(reader)?,
            low: price(reader)?,
            high: price(reader)?,
            reference: price(reader)?,
        },
        CommandKind::SetIncrements => Action::SetIncrements {
            instrument: instrument(reader)?,
            price_step: reader.i64()?,
            lot_step: reader.u64()?,
        },
        CommandKind::SetStatus => Action::SetStatus {
            account: account(reader)?,
            status: reader.named(AccountStatus::from_u8, "status")?,
        },
    })
}

fn read_ref(reader: &mut Reader<'_>) -> Result<OrderRef, WireError> {
    let by_client = reader.flag()?;
    let number = reader.u64()?;
    Ok(if by_client { OrderRef::Client(number) } else { OrderRef::Id(OrderId::new(number)) })
}

fn read_new_order(reader: &mut Reader<'_>) -> Result<NewOrder, WireError> {
    let account = AccountId::new(reader.u32()?);
    let instrument = InstrumentId::new(reader.u32()?);
    let side = reader.named(Side::from_u8, "side")?;
    let order_type = reader.named(OrderType::from_u8, "order type")?;
    let time_in_force = reader.named(TimeInForce::from_u8, "time in force")?;
    let self_trade = reader.named(SelfTrade::from_u8, "self-trade mode")?;
    let flags = reader.named(|byte| (byte < 4).then_some(byte), "flags")?;
    Ok(NewOrder {
        account,
        instrument,
        side,
        order_type,
        time_in_force,
        self_trade,
        price: PriceTicks::new(reader.i64()?),
        stop_price: PriceTicks::new(reader.i64()?),
        quantity: Lots::new(reader.u64()?),
        display: Lots::new(reader.u64()?),
        expiry: TimeNs::new(reader.i64()?),
        client_order_id: reader.u64()?,
        post_only: flags & FLAG_POST_ONLY != 0,
        reduce_only: flags & FLAG_REDUCE_ONLY != 0,
    })
}
