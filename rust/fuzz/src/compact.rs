//! Commands from few bytes, most of them sensible, so that a fuzzer's small changes become small changes of
//! a market: another price, another account, another kind of order.

use exchange::command::{
    AccountStatus, Action, Asset, Command, InstrumentKind, InstrumentSpec, Limits, NewOrder, OrderRef,
    OrderType, Phase, Replace, SelfTrade, TimeInForce,
};
use exchange::units::{AccountId, InstrumentId, Lots, NO_PRICE, OrderId, PriceTicks, Side, TimeNs};

use crate::market::{ACCOUNTS, INSTRUMENTS};

const NONE: PriceTicks = PriceTicks::new(NO_PRICE);

/// Reads commands off bytes until there are none left; a byte that is missing reads as zero.
pub struct Compact<'a> {
    bytes: &'a [u8],
    time_ns: i64,
}

impl<'a> Compact<'a> {
    /// Reads these bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, time_ns: 1 }
    }

    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        first
    }

    fn word(&mut self) -> u64 {
        u64::from_le_bytes([(); 8].map(|()| self.byte()))
    }

    /// One of a list.
    fn one_of<T: Copy>(&mut self, all: &[T], default: T) -> T {
        let index = usize::from(self.byte()) % all.len().max(1);
        all.get(index).copied().unwrap_or(default)
    }

    /// An account that exists, mostly.
    fn account(&mut self) -> AccountId {
        AccountId::new(match u32::from(self.byte()) {
            byte @ 0..=239 => 1 + byte % ACCOUNTS,
            byte => (byte - 240) % (ACCOUNTS + 2),
        })
    }

    /// An instrument that exists, mostly; zero now and then, which means all of them or cash.
    fn instrument(&mut self) -> InstrumentId {
        InstrumentId::new(match u32::from(self.byte()) {
            byte @ 0..=223 => 1 + byte % INSTRUMENTS,
            byte => (byte - 224) % (INSTRUMENTS + 2),
        })
    }

    /// A price near the market, none at all, a low one, or any number.
    fn price(&mut self) -> PriceTicks {
        PriceTicks::new(match self.byte() {
            0..=7 => NO_PRICE,
            byte @ 8..=223 => i64::from(byte % 32) + 85,
            byte @ 224..=254 => i64::from(byte) - 234,
            255 => self.word().cast_signed(),
        })
    }

    /// A few lots, more of them, or any number.
    fn lots(&mut self) -> u64 {
        match self.byte() {
            byte @ 0..=199 => 1 + u64::from(byte % 16),
            byte @ 200..=203 => u64::from(byte - 200),
            byte @ 204..=254 => u64::from(byte - 199) * 10,
            255 => self.word(),
        }
    }

    fn order(&mut self) -> OrderRef {
        let byte = self.byte();
        if byte < 224 {
            OrderRef::Id(OrderId::new(u64::from(byte)))
        } else {
            OrderRef::Client(u64::from(byte - 224))
        }
    }

    /// An order whose fields fit one another, unless a rare byte makes one that does not.
    fn new_order(&mut self) -> NewOrder {
        let (switches, rare) = (self.byte(), self.byte());
        let order_type = match switches >> 1 & 7 {
            5 => OrderType::Market,
            6 => OrderType::Stop,
            7 => OrderType::StopLimit,
            _ => OrderType::Limit,
        };
        let time_in_force = match switches >> 4 & 7 {
            4 => TimeInForce::Day,
            5 => TimeInForce::ImmediateOrCancel,
            6 => TimeInForce::FillOrKill,
            7 => TimeInForce::GoodTillDate,
            _ => TimeInForce::GoodTillCancel,
        };
        let (account, instrument) = (self.account(), self.instrument());
        let (price, lots) = (self.price(), self.lots());
        // The market's second instrument trades in steps of five ticks and ten lots.
        let (price, lots) = match (instrument.get(), price.get(), lots) {
            (2, 1..1_000, 0..1_000) => (PriceTicks::new(price.get() / 5 * 5), lots * 10),
            _ => (price, lots),
        };
        let sleeps = matches!(order_type, OrderType::Stop | OrderType::StopLimit) || rare == 255;
        let dated = time_in_force == TimeInForce::GoodTillDate || rare == 254;
        NewOrder {
            account,
            instrument,
            side: if switches & 1 == 0 { Side::Buy } else { Side::Sell },
            order_type,
            time_in_force,
            self_trade: self.one_of(SelfTrade::ALL, SelfTrade::CancelNewest),
            price: if switches & 128 != 0 && order_type == OrderType::Market { NONE } else { price },
            stop_price: if sleeps { self.price() } else { NONE },
            quantity: Lots::new(lots),
            display: Lots::new(if matches!(rare, 160..=191 | 253) { 1 + lots / 4 } else { 0 }),
            expiry: TimeNs::new(if dated { self.time_ns + i64::from(self.byte()) } else { 0 }),
            client_order_id: if matches!(rare, 128..=159) { u64::from(rare - 127) } else { 0 },
            post_only: matches!(rare, 192..=211 | 252),
            reduce_only: matches!(rare, 212..=231 | 251),
        }
    }

    /// A description that differs in a few places from one that is listed.
    fn spec(&mut self) -> InstrumentSpec {
        let plain = InstrumentSpec::default();
        let option = self.byte() < 128;
        InstrumentSpec {
            kind: self.one_of(InstrumentKind::ALL, InstrumentKind::Spot),
            reference: if option { self.instrument() } else { plain.reference },
            strike: if option { self.price() } else { plain.strike },
            contract_lots: if option { u32::from(self.byte()) } else { 1 },
            multiplier: i64::from(self.byte()),
            min_price: self.price(),
            max_price: if option { self.price() } else { plain.max_price },
            lot_step: self.lots(),
            maker_fee_ppm: (i32::from(self.byte()) - 64) * 100,
            taker_fee_ppm: i32::from(self.byte()) * 100,
            ..plain
        }
    }

    fn action(&mut self) -> Action {
        match self.byte() % 64 {
            0..=40 => Action::NewOrder(self.new_order()),
            41..=44 => Action::Cancel { account: self.account(), order: self.order() },
            45..=48 => Action::Replace(Replace {
                account: self.account(),
                order: self.order(),
                price: self.price(),
                stop_price: self.price(),
                quantity: Lots::new(self.lots()),
            }),
            49 => Action::MassCancel { account: self.account(), instrument: self.instrument() },
            50 => Action::SetPhase {
                instrument: self.instrument(),
                phase: match self.byte() % 8 {
                    byte @ 0..=5 => Phase::from_u8(byte).unwrap_or(Phase::Continuous),
                    _ => Phase::Continuous,
                },
            },
            51 => Action::Uncross { instrument: self.instrument() },
            52 | 53 => Action::SetMark { instrument: self.instrument(), price: self.price() },
            54 => Action::Deposit { account: self.account(), asset: self.asset(), amount: self.lots() },
            55 => Action::Withdraw { account: self.account(), asset: self.asset(), amount: self.lots() },
            56 => Action::SetBand {
                instrument: self.instrument(),
                low: self.price(),
                high: self.price(),
                reference: self.price(),
            },
            57 => Action::SetLimits {
                account: self.account(),
                limits: Limits {
                    order_lots: self.lots(),
                    position_lots: self.lots(),
                    open_orders: u32::from(self.byte()),
                },
            },
            58 => Action::SetStatus {
                account: self.account(),
                status: AccountStatus::from_u8(self.byte() / 64).unwrap_or(AccountStatus::Active),
            },
            59 => Action::SetIncrements {
                instrument: self.instrument(),
                price_step: i64::from(self.byte()),
                lot_step: self.lots(),
            },
            60 => match self.byte() % 8 {
                0 => Action::OpenAccount,
                2 | 3 => Action::ListInstrument(self.spec()),
                1 => Action::Expire { instrument: self.instrument(), spot: self.price() },
                _ => Action::Settle { instrument: self.instrument(), value: self.price() },
            },
            _ => Action::AdvanceClock,
        }
    }

    fn asset(&mut self) -> Asset {
        match u32::from(self.byte()) % (2 * INSTRUMENTS) {
            cash if cash >= INSTRUMENTS => Asset::Cash,
            id => Asset::Lots(InstrumentId::new(id + 1)),
        }
    }
}

impl Iterator for Compact<'_> {
    type Item = Command;

    fn next(&mut self) -> Option<Command> {
        if self.bytes.is_empty() {
            return None;
        }
        let action = self.action();
        self.time_ns += i64::from(self.byte() % 16);
        Some(Command { time: TimeNs::new(self.time_ns), action })
    }
}
