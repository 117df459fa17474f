//! Why a command was refused: stable numbers, in bands by the layer that refuses.
//!
//! 1 to 19 form, 20 to 39 instrument and phase, 40 to 79 order, 80 to 109 account and limits,
//! 110 to 129 funds and margin, 130 to 159 administration. A number never changes its meaning.

macro_rules! rejects {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        /// A numbered reason for refusing a command.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Reject {
            $(#[doc = $text] $(#[$doc])* $name = $number,)*
        }

        impl Reject {
            /// Every reason, by rising number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable number.
            #[inline(always)]
            #[must_use]
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// What is wrong, in a few words.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The name as other languages spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The reason with this number.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

rejects! {
    UnknownCommand = 1, "the command kind is not known";
    BadSide = 2, "the side is neither buy (0) nor sell (1)";
    BadOrderType = 3, "the order type is not known";
    BadTimeInForce = 4, "the time in force is not known";
    BadFlags = 5, "a flag bit is set that has no meaning here";
    BadSelfTrade = 6, "the self-trade mode is not known";
    BadPhase = 7, "the phase is not known or cannot be set";
    BadStatus = 8, "the account status is not known or cannot be set";
    TimeWentBack = 9, "the command's time is before the last one's";

    UnknownInstrument = 20, "no such instrument";
    PhaseForbids = 21, "the instrument's phase does not take this command";
    InstrumentSettled = 22, "the instrument is settled";
    PriceMissing = 23, "the order type needs a price";
    PriceNotAllowed = 24, "a price field is set that the order type does not use";
    PriceOutOfRange = 25, "the price lies outside the instrument's range";
    PriceOffTick = 26, "the price is not a multiple of the price step";
    PriceOutsideBand = 27, "the price lies outside the price band";
    StopPriceOutOfRange = 28, "the stop price lies outside the instrument's range";
    StopPriceOffTick = 29, "the stop price is not a multiple of the price step";
    NoLiquidity = 30, "a market order needs an opposite price to be protected by";

    QuantityZero = 40, "the quantity is zero";
    QuantityTooLarge = 41, "the quantity is above the largest order";
    QuantityOffLot = 42, "the quantity is not a multiple of the lot step";
    DisplayNotAllowed = 43, "a display quantity is for resting limit orders only";
    DisplayOutOfRange = 44, "the display quantity is above the quantity or off the lot step";
    ExpiryMissing = 45, "good till date needs an expiry after the command's time";
    ExpiryNotAllowed = 46, "an expiry is for good till date only";
    Incompatible = 47, "the order's options exclude one another";
    PostOnlyWouldTrade = 48, "the post-only order would trade at once";
    WouldIncrease = 49, "the reduce-only order would open or increase a position";
    UnknownOrder = 50, "no such open order of this account";
    DuplicateClientOrderId = 51, "an open order of this account has this client order id";
    QuantityBelowFilled = 52, "the new quantity is not above what is filled already";
    NothingToReplace = 53, "the replace changes nothing";
    BookFull = 54, "the book holds as many orders as it can";

    UnknownAccount = 80, "no such account";
    AccountFrozen = 81, "the account is frozen";
    AccountBankrupt = 82, "the account is bankrupt";
    TooManyAccounts = 83, "no more accounts can be opened";
    TooManyOpenOrders = 84, "the account has as many open orders as it may";
    OrderAboveLimit = 85, "the quantity is above the account's order limit";
    PositionAboveLimit = 86, "the position with open orders would pass the account's limit";

    InsufficientCash = 110, "not enough free cash";
    InsufficientPosition = 111, "not enough free lots to sell";
    InsufficientMargin = 112, "not enough equity for the initial margin";
    NotionalTooLarge = 113, "the order's worst worth is above what the core carries";
    CashOverflow = 114, "the account's cash could pass what the core carries";

    AmountOutOfRange = 130, "the amount is zero or out of range";
    BadInstrumentSpec = 131, "the instrument's description contradicts itself";
    TooManyInstruments = 132, "no more instruments can be listed";
    UnknownReference = 133, "an option needs a listed, unsettled reference";
    WrongInstrumentKind = 134, "the command does not fit this kind of instrument";
    ValueOutOfRange = 135, "the value lies outside the instrument's range";
    OrdersStillOpen = 136, "the instrument still has open orders";
    BandReversed = 137, "the band's low is above its high";
    NotInAuction = 138, "an uncross needs a call phase";
    LimitsOutOfRange = 139, "a limit is out of range";
    WrongAccountModel = 140, "the account model does not know this command";
}
