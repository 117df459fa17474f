//! What can be asked of the core.
//!
//! A [`Command`] is typed; its numbers are still unchecked, which is the state machine's work. The border
//! forms, a fixed record for batches and bytes for journals, are in [`crate::codec`].

use crate::units::{AccountId, InstrumentId, Lots, OrderId, PriceTicks, Side, TimeNs};

macro_rules! wire_enum {
    ($(#[$outer:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $number:literal,)* }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum $type {
            $($(#[$doc])* $name = $number,)*
        }

        impl $type {
            /// Every one, by rising number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Reads the wire's byte.
            #[inline(always)]
            #[must_use]
            pub const fn from_u8(value: u8) -> Option<Self> {
                match value {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The name as other languages spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

wire_enum! {
    /// What an order does when it arrives.
    OrderType {
        /// Trades at its price or better, then rests.
        Limit = 0,
        /// Trades at once up to a protection price; never rests.
        Market = 1,
        /// Sleeps until the last trade price reaches its stop price, then is a market order.
        Stop = 2,
        /// Sleeps until the last trade price reaches its stop price, then is a limit order.
        StopLimit = 3,
    }
}

wire_enum! {
    /// How long an order lives.
    TimeInForce {
        /// Until it is filled or cancelled.
        GoodTillCancel = 0,
        /// Until the close. Also called good for day.
        Day = 1,
        /// Trades what it can at once; the rest is cancelled.
        ImmediateOrCancel = 2,
        /// Trades whole at once or not at all.
        FillOrKill = 3,
        /// Until its expiry time.
        GoodTillDate = 4,
    }
}

wire_enum! {
    /// What happens when an order meets one of its own account.
    SelfTrade {
        /// The arriving order is cancelled.
        CancelNewest = 0,
        /// The resting order is cancelled.
        CancelOldest = 1,
        /// Both are cancelled.
        CancelBoth = 2,
        /// The smaller quantity is taken off both without a trade.
        Decrement = 3,
    }
}

wire_enum! {
    /// The trading phase of an instrument.
    Phase {
        /// Orders gather, nothing trades.
        PreOpen = 0,
        /// A call auction: orders gather until the uncross.
        Auction = 1,
        /// Orders trade as they arrive.
        Continuous = 2,
        /// Only cancels.
        Halt = 3,
        /// Only cancels; day orders have expired.
        Close = 4,
        /// Settled for ever.
        Settled = 5,
    }
}

wire_enum! {
    /// The kind of an instrument.
    InstrumentKind {
        /// A share or a coin.
        Spot = 0,
        /// Settles to a number.
        Scalar = 1,
        /// The right to buy the reference at the strike.
        Call = 2,
        /// The right to sell the reference at the strike.
        Put = 3,
        /// A contract without end, margined at its mark price.
        Perpetual = 4,
    }
}

wire_enum! {
    /// How accounts are held, one for a whole exchange.
    AccountModel {
        /// Everything is paid for when the order is placed; no debts, no short positions.
        Cash = 0,
        /// Initial and maintenance margin against equity at the mark price, with liquidation.
        Margin = 1,
        /// Position limits only; cash may go below zero.
        Game = 2,
    }
}

wire_enum! {
    /// Whether an account may trade.
    AccountStatus {
        /// It may.
        Active = 0,
        /// It may only cancel.
        Frozen = 1,
        /// It ended owing money; it may not trade.
        Bankrupt = 2,
    }
}

/// A new order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewOrder {
    /// Whose it is.
    pub account: AccountId,
    /// What is traded.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// What it does when it arrives.
    pub order_type: OrderType,
    /// How long it lives. A market order that is not fill-or-kill is immediate-or-cancel.
    pub time_in_force: TimeInForce,
    /// What happens when it meets an order of its own account.
    pub self_trade: SelfTrade,
    /// The limit; for market and stop orders the protection price, or `NO_PRICE` for the instrument's own.
    pub price: PriceTicks,
    /// The trade price that wakes a stop order; `NO_PRICE` otherwise.
    pub stop_price: PriceTicks,
    /// All of it.
    pub quantity: Lots,
    /// What shows of an iceberg order; zero for all of it.
    pub display: Lots,
    /// When a good-till-date order ends; zero otherwise.
    pub expiry: TimeNs,
    /// The owner's own number for it, unique among his open orders; zero for none.
    pub client_order_id: u64,
    /// Refused if it would trade at once.
    pub post_only: bool,
    /// Refused or cancelled where it would open or increase a position.
    pub reduce_only: bool,
}

/// How a command names an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OrderRef {
    /// By the exchange's number.
    Id(OrderId),
    /// By the owner's number.
    Client(u64),
}

/// A change of an open order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Replace {
    /// Whose it is.
    pub account: AccountId,
    /// Which order.
    pub order: OrderRef,
    /// The new limit; `NO_PRICE` leaves it.
    pub price: PriceTicks,
    /// The new stop price of an order that still sleeps; `NO_PRICE` leaves it.
    pub stop_price: PriceTicks,
    /// The new quantity, what is filled already included; zero leaves it.
    pub quantity: Lots,
}

/// Limits of one account. Zero means the core's own maximum.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// Largest quantity of one order.
    pub order_lots: u64,
    /// Largest absolute position in an instrument, open orders counted in.
    pub position_lots: u64,
    /// Most open orders.
    pub open_orders: u32,
}

/// Everything about an instrument that is fixed or starts when it is listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InstrumentSpec {
    /// What it is.
    pub kind: InstrumentKind,
    /// The instrument an option is written on; zero otherwise.
    pub reference: InstrumentId,
    /// An option's strike in ticks of the reference.
    pub strike: PriceTicks,
    /// Lots of the reference in one lot of an option; 1 otherwise.
    pub contract_lots: u32,
    /// Cash units that one tick of one lot is worth.
    pub multiplier: i64,
    /// Lowest allowed price.
    pub min_price: PriceTicks,
    /// Highest allowed price.
    pub max_price: PriceTicks,
    /// Prices are multiples of it.
    pub price_step: i64,
    /// Quantities are multiples of it.
    pub lot_step: u64,
    /// The first mark and reference price.
    pub initial_price: PriceTicks,
    /// Fee of a maker in parts per million of the traded worth; below zero a rebate.
    pub maker_fee_ppm: i32,
    /// Fee of a taker.
    pub taker_fee_ppm: i32,
    /// How far from the best opposite price a market order may go; zero for no limit.
    pub protection_ppm: u32,
    /// A trade farther than this from the reference price halts the instrument; zero for never.
    pub breaker_ppm: u32,
    /// Initial margin ratio.
    pub initial_margin_ppm: u32,
    /// Maintenance margin ratio.
    pub maintenance_margin_ppm: u32,
}

impl Default for InstrumentSpec {
    fn default() -> Self {
        Self {
            kind: InstrumentKind::Spot,
            reference: InstrumentId::new(0),
            strike: PriceTicks::new(0),
            contract_lots: 1,
            multiplier: 1,
            min_price: PriceTicks::new(1),
            max_price: PriceTicks::new(10_000_000),
            price_step: 1,
            lot_step: 1,
            initial_price: PriceTicks::new(100),
            maker_fee_ppm: 0,
            taker_fee_ppm: 0,
            protection_ppm: 50_000,
            breaker_ppm: 0,
            initial_margin_ppm: 200_000,
            maintenance_margin_ppm: 100_000,
        }
    }
}

/// What moves in a deposit or a withdrawal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asset {
    /// The quote currency.
    Cash,
    /// Lots of an instrument.
    Lots(InstrumentId),
}

/// What a command asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Opens the next account.
    OpenAccount,
    /// Mints to an account, or to the insurance fund.
    Deposit {
        /// Who gets it.
        account: AccountId,
        /// What.
        asset: Asset,
        /// How much, above zero.
        amount: u64,
    },
    /// Burns from an account.
    Withdraw {
        /// Who gives it.
        account: AccountId,
        /// What.
        asset: Asset,
        /// How much, above zero.
        amount: u64,
    },
    /// Lists the next instrument, in the phase pre-open.
    ListInstrument(InstrumentSpec),
    /// Places an order.
    NewOrder(NewOrder),
    /// Cancels an order.
    Cancel {
        /// Whose it is.
        account: AccountId,
        /// Which.
        order: OrderRef,
    },
    /// Changes an order.
    Replace(Replace),
    /// Cancels every open order that fits; zero numbers fit all, but not both at once.
    MassCancel {
        /// Of this account.
        account: AccountId,
        /// In this instrument.
        instrument: InstrumentId,
    },
    /// Moves an instrument, or with zero all of them, to a phase.
    SetPhase {
        /// Which.
        instrument: InstrumentId,
        /// Where to.
        phase: Phase,
    },
    /// Crosses a call auction.
    Uncross {
        /// Which instrument.
        instrument: InstrumentId,
    },
    /// Settles an instrument to a value, and the options on it.
    Settle {
        /// Which.
        instrument: InstrumentId,
        /// The value in ticks.
        value: PriceTicks,
    },
    /// Expires one option at a price of its reference.
    Expire {
        /// Which.
        instrument: InstrumentId,
        /// The reference's price in ticks.
        spot: PriceTicks,
    },
    /// Sets an account's limits.
    SetLimits {
        /// Whose.
        account: AccountId,
        /// Which.
        limits: Limits,
    },
    /// Sets the price band and the reference price of the circuit breaker.
    SetBand {
        /// Which instrument.
        instrument: InstrumentId,
        /// Lowest price an order may have.
        low: PriceTicks,
        /// Highest.
        high: PriceTicks,
        /// What the circuit breaker measures from.
        reference: PriceTicks,
    },
    /// Sets the price and lot step of an instrument without open orders.
    SetIncrements {
        /// Which instrument.
        instrument: InstrumentId,
        /// Prices are multiples of it.
        price_step: i64,
        /// Quantities are multiples of it.
        lot_step: u64,
    },
    /// Sets the mark price.
    SetMark {
        /// Which instrument.
        instrument: InstrumentId,
        /// The mark.
        price: PriceTicks,
    },
    /// Freezes or frees an account.
    SetStatus {
        /// Whose.
        account: AccountId,
        /// To what.
        status: AccountStatus,
    },
    /// Does nothing but move the clock, so that what is over expires.
    AdvanceClock,
}

/// An action at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Command {
    /// When; never before the last command's.
    pub time: TimeNs,
    /// What.
    pub action: Action,
}

wire_enum! {
    /// The stable numbers of the actions.
    CommandKind {
        /// [`Action::NewOrder`].
        NewOrder = 1,
        /// [`Action::Cancel`].
        Cancel = 2,
        /// [`Action::Replace`].
        Replace = 3,
        /// [`Action::MassCancel`].
        MassCancel = 4,
        /// [`Action::OpenAccount`].
        OpenAccount = 10,
        /// [`Action::Deposit`].
        Deposit = 11,
        /// [`Action::Withdraw`].
        Withdraw = 12,
        /// [`Action::SetLimits`].
        SetLimits = 13,
        /// [`Action::SetStatus`].
        SetStatus = 14,
        /// [`Action::ListInstrument`].
        ListInstrument = 20,
        /// [`Action::SetPhase`].
        SetPhase = 21,
        /// [`Action::Uncross`].
        Uncross = 22,
        /// [`Action::Settle`].
        Settle = 23,
        /// [`Action::Expire`].
        Expire = 24,
        /// [`Action::SetBand`].
        SetBand = 25,
        /// [`Action::SetIncrements`].
        SetIncrements = 26,
        /// [`Action::SetMark`].
        SetMark = 27,
        /// [`Action::AdvanceClock`].
        AdvanceClock = 30,
    }
}

impl Action {
    /// The stable number of this action.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::OpenAccount => CommandKind::OpenAccount,
            Self::Deposit { .. } => CommandKind::Deposit,
            Self::Withdraw { .. } => CommandKind::Withdraw,
            Self::ListInstrument(_) => CommandKind::ListInstrument,
            Self::NewOrder(_) => CommandKind::NewOrder,
            Self::Cancel { .. } => CommandKind::Cancel,
            Self::Replace(_) => CommandKind::Replace,
            Self::MassCancel { .. } => CommandKind::MassCancel,
            Self::SetPhase { .. } => CommandKind::SetPhase,
            Self::Uncross { .. } => CommandKind::Uncross,
            Self::Settle { .. } => CommandKind::Settle,
            Self::Expire { .. } => CommandKind::Expire,
            Self::SetLimits { .. } => CommandKind::SetLimits,
            Self::SetBand { .. } => CommandKind::SetBand,
            Self::SetIncrements { .. } => CommandKind::SetIncrements,
            Self::SetMark { .. } => CommandKind::SetMark,
            Self::SetStatus { .. } => CommandKind::SetStatus,
            Self::AdvanceClock => CommandKind::AdvanceClock,
        }
    }
}
