//! A small market for cases by hand: accounts with cash, listed instruments, continuous trading.

use exchange::command::{
    AccountModel, Action, Asset, Command, InstrumentSpec, NewOrder, OrderType, Phase, SelfTrade, TimeInForce,
};
use exchange::event::EventKind;
use exchange::reject::Reject;
use exchange::units::{AccountId, InstrumentId, Lots, NO_PRICE, PriceTicks, Side, TimeNs};
use exchange::{AccountView, Config, Exchange};

pub struct Market {
    pub exchange: Exchange,
    time_ns: i64,
}

impl Market {
    pub fn new(model: AccountModel, specs: &[InstrumentSpec], cash: &[u64]) -> Self {
        let config = Config { model, ..Config::default() };
        let mut market = Self { exchange: Exchange::new(config), time_ns: 0 };
        for (&amount, account) in cash.iter().zip(1..) {
            market.apply(Action::OpenAccount).unwrap();
            let account = AccountId::new(account);
            if amount > 0 {
                market.apply(Action::Deposit { account, asset: Asset::Cash, amount }).unwrap();
            }
        }
        for spec in specs {
            market.apply(Action::ListInstrument(*spec)).unwrap();
        }
        let instrument = InstrumentId::new(0);
        market.apply(Action::SetPhase { instrument, phase: Phase::Continuous }).unwrap();
        market
    }

    pub fn apply(&mut self, action: Action) -> Result<u64, Reject> {
        self.time_ns += 1;
        self.exchange.apply(&Command { time: TimeNs::new(self.time_ns), action })
    }

    /// Applies an action that must be refused and returns the number.
    pub fn refused(&mut self, action: Action) -> u8 {
        match self.apply(action) {
            Ok(made) => panic!("accepted as {made}: {action:?}"),
            Err(reason) => reason.number(),
        }
    }

    pub fn order(account: u32, side: Side, price: i64, lots: u64) -> Action {
        Action::NewOrder(Self::plain(account, 1, side, price, lots))
    }

    pub fn plain(account: u32, instrument: u32, side: Side, price: i64, lots: u64) -> NewOrder {
        NewOrder {
            account: AccountId::new(account),
            instrument: InstrumentId::new(instrument),
            side,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::GoodTillCancel,
            self_trade: SelfTrade::CancelNewest,
            price: PriceTicks::new(price),
            stop_price: PriceTicks::new(NO_PRICE),
            quantity: Lots::new(lots),
            display: Lots::new(0),
            expiry: TimeNs::new(0),
            client_order_id: 0,
            post_only: false,
            reduce_only: false,
        }
    }

    pub fn limit(&mut self, account: u32, side: Side, price: i64, lots: u64) -> Result<u64, Reject> {
        self.limit_in(1, account, side, price, lots)
    }

    pub fn limit_in(
        &mut self,
        instrument: u32,
        account: u32,
        side: Side,
        price: i64,
        lots: u64,
    ) -> Result<u64, Reject> {
        self.apply(Action::NewOrder(Self::plain(account, instrument, side, price, lots)))
    }

    pub fn mark(&mut self, instrument: u32, price: i64) -> Result<u64, Reject> {
        self.apply(Action::SetMark {
            instrument: InstrumentId::new(instrument),
            price: PriceTicks::new(price),
        })
    }

    pub fn account(&self, id: u32) -> AccountView {
        self.exchange.account(id).unwrap()
    }

    pub fn count(&self, kind: EventKind) -> usize {
        self.exchange.events().iter().filter(|event| event.kind == kind as u8).count()
    }
}
