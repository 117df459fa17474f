//! Random commands with numbers that lean to the edges.

use std::collections::BTreeMap;

use exchange::command::{
    AccountModel, AccountStatus, Action, Asset, Command, InstrumentKind, InstrumentSpec, Limits, NewOrder,
    OrderRef, OrderType, Phase, Replace, SelfTrade, TimeInForce,
};
use exchange::event::{EventKind, EventRecord};
use exchange::units::{AccountId, InstrumentId, Lots, NO_PRICE, OrderId, PriceTicks, Side, TimeNs};

const ACCOUNTS: u64 = 8;

/// A stream of commands that depends on its seed and on what the machine answered.
pub struct Flow {
    state: u64,
    time_ns: i64,
    setup: Vec<Action>,
    live: Vec<(u64, u32)>,
    kinds: BTreeMap<(u8, u8), u32>,
    model: AccountModel,
}

impl Flow {
    pub fn new(seed: u64, model: AccountModel) -> Self {
        let mut flow = Self {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            time_ns: 0,
            setup: Vec::new(),
            live: Vec::new(),
            kinds: BTreeMap::new(),
            model,
        };
        flow.prepare();
        flow
    }

    fn prepare(&mut self) {
        let spot = InstrumentSpec {
            max_price: PriceTicks::new(100_000),
            initial_price: PriceTicks::new(100),
            maker_fee_ppm: if self.draw(2) == 0 { -150 } else { 1_000 },
            taker_fee_ppm: 2_500,
            breaker_ppm: if self.draw(3) == 0 { 300_000 } else { 0 },
            ..InstrumentSpec::default()
        };
        let scalar = InstrumentSpec {
            kind: InstrumentKind::Scalar,
            price_step: 5,
            lot_step: 10,
            min_price: PriceTicks::new(0),
            multiplier: 7,
            ..spot
        };
        let call = InstrumentSpec {
            kind: InstrumentKind::Call,
            reference: InstrumentId::new(2),
            strike: PriceTicks::new(90),
            contract_lots: 3,
            min_price: PriceTicks::new(0),
            initial_price: PriceTicks::new(12),
            ..spot
        };
        let put = InstrumentSpec { kind: InstrumentKind::Put, ..call };
        let perpetual = InstrumentSpec {
            kind: InstrumentKind::Perpetual,
            min_price: PriceTicks::new(if self.model == AccountModel::Cash { 0 } else { -500 }),
            ..spot
        };
        let mut setup = vec![Action::OpenAccount; ACCOUNTS as usize];
        for spec in [spot, scalar, call, put, perpetual] {
            setup.push(Action::ListInstrument(spec));
        }
        for account in 1..=ACCOUNTS as u32 {
            let account = AccountId::new(account);
            let amount = if self.draw(3) == 0 { 5_000 } else { 2_000_000 };
            setup.push(Action::Deposit { account, asset: Asset::Cash, amount });
            if self.model == AccountModel::Cash {
                for instrument in 1..=5 {
                    let asset = Asset::Lots(InstrumentId::new(instrument));
                    setup.push(Action::Deposit { account, asset, amount: 1_000 });
                }
            }
        }
        if self.model == AccountModel::Margin {
            setup.push(Action::Deposit { account: AccountId::FUND, asset: Asset::Cash, amount: 3_000 });
        }
        if self.draw(2) == 0 {
            setup.push(Action::SetPhase { instrument: InstrumentId::new(0), phase: Phase::Continuous });
        }
        setup.reverse();
        self.setup = setup;
    }

    /// A number below `bound`, by xorshift (Marsaglia, 2003, doi:10.18637/jss.v008.i14).
    pub fn draw(&mut self, bound: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % bound
    }

    fn edge(&mut self) -> u64 {
        const EDGES: [u64; 10] =
            [0, 1, 2, (1 << 40) - 1, 1 << 40, (1 << 52) + 1, 1 << 56, 1 << 62, 1 << 63, u64::MAX];
        EDGES[self.draw(10) as usize]
    }

    fn price(&mut self) -> PriceTicks {
        PriceTicks::new(match self.draw(200) {
            0 => self.edge() as i64,
            1 => (self.edge() as i64).wrapping_neg(),
            2..=6 => 0,
            7..=20 => 5 * self.draw(40) as i64,
            _ => 90 + self.draw(21) as i64,
        })
    }

    fn stepped(&mut self, instrument: u32) -> PriceTicks {
        let price = self.price();
        match instrument {
            2 if self.draw(20) != 0 => PriceTicks::new(price.get() / 5 * 5),
            3 | 4 => PriceTicks::new(price.get() / 8),
            _ => price,
        }
    }

    fn lots(&mut self, instrument: u32) -> Lots {
        let step = if instrument == 2 { 10 } else { 1 };
        Lots::new(match self.draw(100) {
            0 => self.edge(),
            1..=5 => step * (1 + self.draw(300)),
            _ => step * (1 + self.draw(12)),
        })
    }

    fn account(&mut self) -> AccountId {
        AccountId::new(if self.draw(300) == 0 { self.edge() as u32 } else { 1 + self.draw(ACCOUNTS) as u32 })
    }

    fn instrument(&mut self) -> InstrumentId {
        InstrumentId::new(match self.draw(300) {
            0 => self.edge() as u32,
            draw if draw < 200 => 1,
            _ => 2 + self.draw(4) as u32,
        })
    }

    fn pick(&mut self) -> (AccountId, OrderRef) {
        if self.live.is_empty() || self.draw(50) == 0 {
            let id = self.edge();
            return (self.account(), OrderRef::Id(OrderId::new(id)));
        }
        let index = self.draw(self.live.len() as u64) as usize;
        let (id, account) = if self.draw(4) == 0 { self.live[index] } else { self.live.swap_remove(index) };
        (AccountId::new(account), OrderRef::Id(OrderId::new(id)))
    }

    fn new_order(&mut self) -> NewOrder {
        let instrument = self.instrument();
        let order_type = match self.draw(20) {
            0 => OrderType::Market,
            1 => OrderType::Stop,
            2 => OrderType::StopLimit,
            _ => OrderType::Limit,
        };
        let stops = matches!(order_type, OrderType::Stop | OrderType::StopLimit);
        let time_in_force = match self.draw(16) {
            0 => TimeInForce::ImmediateOrCancel,
            1 => TimeInForce::FillOrKill,
            2 => TimeInForce::Day,
            3 => TimeInForce::GoodTillDate,
            _ => TimeInForce::GoodTillCancel,
        };
        let bare = matches!(order_type, OrderType::Market | OrderType::Stop) && self.draw(2) == 0;
        let price = self.stepped(instrument.get());
        let quantity = self.lots(instrument.get());
        NewOrder {
            account: self.account(),
            instrument,
            side: if self.draw(2) == 0 { Side::Buy } else { Side::Sell },
            order_type,
            time_in_force,
            self_trade: SelfTrade::ALL[self.draw(4) as usize],
            price: if bare { PriceTicks::new(NO_PRICE) } else { price },
            stop_price: if stops { self.stepped(instrument.get()) } else { PriceTicks::new(NO_PRICE) },
            quantity,
            display: Lots::new(if self.draw(12) == 0 { 1 + self.draw(5) } else { 0 }),
            expiry: TimeNs::new(if time_in_force == TimeInForce::GoodTillDate {
                self.time_ns + 1 + self.draw(2_000) as i64
            } else {
                0
            }),
            client_order_id: if self.draw(6) == 0 { 1 + self.draw(40) } else { 0 },
            post_only: self.draw(25) == 0,
            reduce_only: self.draw(25) == 0,
        }
    }

    /// The next command.
    pub fn next(&mut self) -> Command {
        if let Some(action) = self.setup.pop() {
            return Command { time: TimeNs::new(self.time_ns), action };
        }
        self.time_ns += self.draw(8) as i64;
        let action = self.action();
        let late = if self.draw(500) == 0 { 5 } else { 0 };
        Command { time: TimeNs::new(self.time_ns - late), action }
    }

    fn action(&mut self) -> Action {
        let instrument = self.instrument();
        match self.draw(1_000) {
            0..=649 => Action::NewOrder(self.new_order()),
            650..=819 => {
                let (account, order) = self.pick();
                Action::Cancel { account, order }
            }
            820..=919 => {
                let (account, order) = self.pick();
                let price = self.price();
                Action::Replace(Replace {
                    account,
                    order,
                    price: if self.draw(2) == 0 { PriceTicks::new(NO_PRICE) } else { price },
                    stop_price: PriceTicks::new(if self.draw(9) == 0 { 100 } else { NO_PRICE }),
                    quantity: if self.draw(2) == 0 { Lots::new(0) } else { self.lots(1) },
                })
            }
            920..=924 => Action::MassCancel { account: self.account(), instrument },
            925 => Action::MassCancel { account: AccountId::NONE, instrument },
            926..=949 => Action::SetPhase {
                instrument: if self.draw(3) == 0 { InstrumentId::new(0) } else { instrument },
                phase: match self.draw(12) {
                    0 => Phase::PreOpen,
                    1 => Phase::Auction,
                    2 => Phase::Halt,
                    3 => Phase::Close,
                    4 => Phase::Settled,
                    _ => Phase::Continuous,
                },
            },
            950..=959 => Action::Uncross { instrument },
            960..=974 => Action::SetMark {
                instrument,
                price: if self.draw(2) == 0 {
                    PriceTicks::new(NO_PRICE)
                } else {
                    self.stepped(instrument.get())
                },
            },
            975..=979 => {
                let amount = if self.draw(4) == 0 { self.edge() } else { 1 + self.draw(50_000) };
                let asset = if self.draw(3) == 0 { Asset::Lots(instrument) } else { Asset::Cash };
                Action::Deposit { account: self.account(), asset, amount }
            }
            980..=984 => {
                let amount = if self.draw(4) == 0 { self.edge() } else { 1 + self.draw(5_000) };
                let asset = if self.draw(3) == 0 { Asset::Lots(instrument) } else { Asset::Cash };
                Action::Withdraw { account: self.account(), asset, amount }
            }
            985..=988 => Action::SetBand {
                instrument,
                low: PriceTicks::new(self.draw(100) as i64),
                high: PriceTicks::new(95 + self.draw(90_000) as i64),
                reference: PriceTicks::new(90 + self.draw(20) as i64),
            },
            989..=991 => Action::SetStatus {
                account: self.account(),
                status: if self.draw(8) == 0 { AccountStatus::Frozen } else { AccountStatus::Active },
            },
            992 => Action::SetLimits {
                account: self.account(),
                limits: Limits {
                    order_lots: if self.draw(2) == 0 { 0 } else { self.edge() },
                    position_lots: self.draw(3) * 2_000,
                    open_orders: self.draw(2) as u32 * 500,
                },
            },
            993 => Action::SetIncrements { instrument, price_step: 1, lot_step: 1 + self.draw(2) },
            994 if self.draw(12) == 0 => Action::Settle { instrument, value: self.stepped(instrument.get()) },
            995 if self.draw(12) == 0 => Action::Expire { instrument, spot: self.price() },
            996 if self.draw(30) == 0 => Action::OpenAccount,
            _ => Action::AdvanceClock,
        }
    }

    /// Takes in what happened, so that later commands name orders that exist.
    pub fn learn(&mut self, events: &[EventRecord]) {
        for event in events {
            let reason = if event.kind == EventKind::Rejected as u8 { event.reason } else { 0 };
            *self.kinds.entry((event.kind, reason)).or_default() += 1;
            if event.kind == EventKind::Booked as u8 {
                self.live.push((event.order_id, event.account));
            }
        }
        if self.live.len() > 400 {
            self.live.drain(..200);
        }
    }

    /// How many kinds of event, and of reject, have come.
    pub fn seen_kinds(&self) -> usize {
        self.kinds.len()
    }
}
