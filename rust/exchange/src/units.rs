//! The units of the core: integers with a meaning.
//!
//! Prices are ticks, quantities lots, cash the smallest unit of the quote currency, time nanoseconds.
//! No float exists in this crate. Every bound that the proofs of no-overflow rely on is named here.

use core::fmt;

/// Largest absolute price in ticks. Together with the other bounds it keeps every product inside `i128`
/// and every admitted order's notional inside [`MAX_ORDER_NOTIONAL`].
pub const MAX_PRICE_TICKS: i64 = 1 << 40;
/// Largest quantity of one order in lots. With [`MAX_ORDERS_PER_BOOK`] it keeps a level's sum inside `u64`.
pub const MAX_ORDER_LOTS: u64 = (1 << 40) - 1;
/// Most orders that may rest in one book.
pub const MAX_ORDERS_PER_BOOK: u32 = (1 << 23) - 1;
/// Largest absolute position in lots, open orders counted in.
pub const MAX_POSITION_LOTS: i64 = 1 << 52;
/// Largest worth of one order in cash units, at the worst price the instrument allows.
pub const MAX_ORDER_NOTIONAL: i64 = 1 << 56;
/// Largest absolute cash balance of an account, worst outcome of its open orders counted in.
pub const MAX_CASH: i64 = 1 << 62;
/// Largest cash value of one tick of one lot.
pub const MAX_MULTIPLIER: i64 = 1 << 31;
/// Fee and margin ratios are whole parts of this many.
pub const PARTS_PER_MILLION: i64 = 1_000_000;
/// Largest fee or rebate: ten per cent.
pub const MAX_FEE_PPM: i32 = 100_000;

/// The value of a price field that is not given.
pub const NO_PRICE: i64 = i64::MIN;

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[repr(transparent)]
        pub struct $name($inner);

        impl $name {
            /// Wraps a plain integer.
            #[inline(always)]
            #[must_use]
            pub const fn new(value: $inner) -> Self {
                Self(value)
            }

            /// The plain integer.
            #[inline(always)]
            #[must_use]
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

unit!(
    /// A price in ticks of its instrument. Zero and negative only where the instrument allows it.
    PriceTicks(i64)
);
unit!(
    /// A quantity in lots of its instrument.
    Lots(u64)
);
unit!(
    /// An amount in the smallest unit of the quote currency.
    Cash(i64)
);
unit!(
    /// An account. Traders count from 1; the system accounts stand at the top of the range.
    AccountId(u32)
);
unit!(
    /// An instrument, counted from 1.
    InstrumentId(u32)
);
unit!(
    /// An order, numbered by the exchange from 1 and never used again.
    OrderId(u64)
);
unit!(
    /// A place in the gapless sequence of events, from 1.
    Seq(u64)
);
unit!(
    /// Nanoseconds since an epoch of the caller's choosing.
    TimeNs(i64)
);

impl AccountId {
    /// No account.
    pub const NONE: Self = Self(0);
    /// Mints and burns; its balance is minus what was issued.
    pub const ISSUER: Self = Self(u32::MAX);
    /// Collects fees and pays rebates.
    pub const FEES: Self = Self(u32::MAX - 1);
    /// The insurance fund, which pays what bankrupt margin accounts owe.
    pub const FUND: Self = Self(u32::MAX - 2);
}

/// The side of an order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Side {
    /// Buys: a bid.
    Buy = 0,
    /// Sells: an ask.
    Sell = 1,
}

impl Side {
    /// The other side.
    #[inline(always)]
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// Reads the wire's byte.
    #[inline(always)]
    #[must_use]
    pub const fn from_u8(value: u8) -> Option<Self> {
        match value {
            0 => Some(Self::Buy),
            1 => Some(Self::Sell),
            _ => None,
        }
    }

    /// Whether an order of this side limited at `limit` may trade at `price`.
    #[inline(always)]
    #[must_use]
    pub const fn accepts(self, limit: PriceTicks, price: PriceTicks) -> bool {
        match self {
            Self::Buy => price.0 <= limit.0,
            Self::Sell => price.0 >= limit.0,
        }
    }

    /// Plus one for a buy, minus one for a sell.
    #[inline(always)]
    #[must_use]
    pub const fn sign(self) -> i64 {
        match self {
            Self::Buy => 1,
            Self::Sell => -1,
        }
    }
}
