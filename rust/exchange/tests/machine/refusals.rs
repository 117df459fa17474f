//! A row for every reject: a command that earns it, given to a market that is ready for it.

use std::collections::BTreeSet;

use exchange::codec::CommandRecord;
use exchange::command::{
    AccountModel, AccountStatus, Action, Asset, CommandKind, InstrumentKind, InstrumentSpec, Limits,
    NewOrder, OrderRef, OrderType, Phase, Replace, TimeInForce,
};
use exchange::reject::Reject;
use exchange::units::{
    AccountId, InstrumentId, Lots, MAX_CASH, MAX_ORDER_LOTS, NO_PRICE, OrderId, PriceTicks, Side, TimeNs,
};

use crate::market::Market;

/// Rejects that need millions of accounts or orders before they come, too many for a test.
const OUT_OF_REACH: [Reject; 3] = [Reject::BookFull, Reject::TooManyAccounts, Reject::TooManyInstruments];

const ONE: InstrumentId = InstrumentId::new(1);
const TWO: InstrumentId = InstrumentId::new(2);

/// Four accounts; instrument 1 with steps of one, 2 with steps of five ticks and ten lots.
fn market(model: AccountModel) -> Market {
    let stepped = InstrumentSpec { price_step: 5, lot_step: 10, ..InstrumentSpec::default() };
    Market::new(model, &[InstrumentSpec::default(), stepped], &[10_000, 10_000, 10_000, 10_000])
}

fn plain() -> NewOrder {
    Market::plain(1, 1, Side::Buy, 100, 5)
}

fn new(change: impl FnOnce(&mut NewOrder)) -> Action {
    let mut order = plain();
    change(&mut order);
    Action::NewOrder(order)
}

fn replace(change: impl FnOnce(&mut Replace)) -> Action {
    let mut replace = Replace {
        account: AccountId::new(1),
        order: OrderRef::Id(OrderId::new(1)),
        price: PriceTicks::new(NO_PRICE),
        stop_price: PriceTicks::new(NO_PRICE),
        quantity: Lots::new(0),
    };
    change(&mut replace);
    Action::Replace(replace)
}

fn phase(phase: Phase) -> Action {
    Action::SetPhase { instrument: ONE, phase }
}

fn list(change: impl FnOnce(&mut InstrumentSpec)) -> Action {
    let mut spec = InstrumentSpec::default();
    change(&mut spec);
    Action::ListInstrument(spec)
}

fn record(change: impl FnOnce(&mut CommandRecord)) -> CommandRecord {
    let mut record = CommandRecord {
        kind: CommandKind::NewOrder as u8,
        account: 1,
        instrument: 1,
        price: 100,
        stop_price: NO_PRICE,
        quantity: 5,
        time_ns: 1_000,
        ..CommandRecord::default()
    };
    change(&mut record);
    record
}

/// A reject, the account model, what goes before, what earns it.
type Row = (Reject, AccountModel, Vec<Action>, Action);

#[allow(clippy::too_many_lines)] // A table is as long as it has rows.
fn rows() -> Vec<Row> {
    use AccountModel::{Cash, Game, Margin};
    let one = |id: u32| AccountId::new(id);
    let settle = Action::Settle { instrument: ONE, value: PriceTicks::new(100) };
    let limits = |limits: Limits| Action::SetLimits { account: AccountId::new(1), limits };
    let sleeping = new(|order| {
        order.order_type = OrderType::StopLimit;
        order.stop_price = PriceTicks::new(120);
    });
    let status = |status| Action::SetStatus { account: AccountId::new(1), status };
    let band = |low: i64, high: i64, reference: i64| Action::SetBand {
        instrument: ONE,
        low: PriceTicks::new(low),
        high: PriceTicks::new(high),
        reference: PriceTicks::new(reference),
    };
    let deposit = |asset, amount| Action::Deposit { account: AccountId::new(1), asset, amount };
    vec![
        (Reject::BadPhase, Game, vec![], phase(Phase::Settled)),
        (Reject::BadStatus, Game, vec![], status(AccountStatus::Bankrupt)),
        (Reject::UnknownInstrument, Game, vec![], new(|order| order.instrument = InstrumentId::new(9))),
        (Reject::PhaseForbids, Game, vec![phase(Phase::Halt)], new(|_| {})),
        (Reject::InstrumentSettled, Game, vec![settle], new(|_| {})),
        (Reject::PriceMissing, Game, vec![], new(|order| order.price = PriceTicks::new(NO_PRICE))),
        (Reject::PriceNotAllowed, Game, vec![], new(|order| order.stop_price = PriceTicks::new(90))),
        (Reject::PriceOutOfRange, Game, vec![], new(|order| order.price = PriceTicks::new(0))),
        (
            Reject::PriceOffTick,
            Game,
            vec![],
            new(|order| {
                order.instrument = TWO;
                order.quantity = Lots::new(10);
                order.price = PriceTicks::new(101);
            }),
        ),
        (
            Reject::PriceOutsideBand,
            Game,
            vec![band(90, 110, 100)],
            new(|order| {
                order.price = PriceTicks::new(111);
            }),
        ),
        (
            Reject::StopPriceOutOfRange,
            Game,
            vec![],
            new(|order| {
                order.order_type = OrderType::Stop;
                order.stop_price = PriceTicks::new(0);
            }),
        ),
        (
            Reject::StopPriceOffTick,
            Game,
            vec![],
            new(|order| {
                order.instrument = TWO;
                order.quantity = Lots::new(10);
                order.order_type = OrderType::Stop;
                order.stop_price = PriceTicks::new(101);
            }),
        ),
        (
            Reject::NoLiquidity,
            Game,
            vec![],
            new(|order| {
                order.order_type = OrderType::Market;
                order.price = PriceTicks::new(NO_PRICE);
            }),
        ),
        (Reject::QuantityZero, Game, vec![], new(|order| order.quantity = Lots::new(0))),
        (
            Reject::QuantityTooLarge,
            Game,
            vec![],
            new(|order| {
                order.quantity = Lots::new(MAX_ORDER_LOTS + 1);
            }),
        ),
        (Reject::QuantityOffLot, Game, vec![], new(|order| order.instrument = TWO)),
        (
            Reject::DisplayNotAllowed,
            Game,
            vec![],
            new(|order| {
                order.display = Lots::new(1);
                order.time_in_force = TimeInForce::ImmediateOrCancel;
            }),
        ),
        (Reject::DisplayOutOfRange, Game, vec![], new(|order| order.display = Lots::new(6))),
        (Reject::ExpiryMissing, Game, vec![], new(|order| order.time_in_force = TimeInForce::GoodTillDate)),
        (Reject::ExpiryNotAllowed, Game, vec![], new(|order| order.expiry = TimeNs::new(9_999))),
        (
            Reject::Incompatible,
            Game,
            vec![],
            new(|order| {
                order.post_only = true;
                order.time_in_force = TimeInForce::FillOrKill;
            }),
        ),
        (
            Reject::PostOnlyWouldTrade,
            Game,
            vec![Market::order(2, Side::Sell, 100, 1)],
            new(|order| order.post_only = true),
        ),
        (Reject::WouldIncrease, Game, vec![], new(|order| order.reduce_only = true)),
        (
            Reject::UnknownOrder,
            Game,
            vec![Market::order(2, Side::Buy, 90, 1)],
            Action::Cancel { account: one(1), order: OrderRef::Id(OrderId::new(1)) },
        ),
        (
            Reject::DuplicateClientOrderId,
            Game,
            vec![new(|order| order.client_order_id = 7)],
            new(|order| order.client_order_id = 7),
        ),
        (
            Reject::QuantityBelowFilled,
            Game,
            vec![new(|_| {}), Market::order(2, Side::Sell, 100, 3)],
            replace(|replace| replace.quantity = Lots::new(3)),
        ),
        (Reject::NothingToReplace, Game, vec![new(|_| {})], replace(|_| {})),
        (
            Reject::PriceNotAllowed,
            Game,
            vec![new(|_| {})],
            replace(|replace| {
                replace.stop_price = PriceTicks::new(90);
            }),
        ),
        (
            Reject::StopPriceOutOfRange,
            Game,
            vec![sleeping],
            replace(|replace| {
                replace.stop_price = PriceTicks::new(0);
            }),
        ),
        (Reject::UnknownAccount, Game, vec![], new(|order| order.account = AccountId::new(99))),
        (Reject::AccountFrozen, Game, vec![status(AccountStatus::Frozen)], new(|_| {})),
        (
            Reject::TooManyOpenOrders,
            Game,
            vec![limits(Limits { open_orders: 1, ..Limits::default() }), new(|_| {})],
            new(|_| {}),
        ),
        (
            Reject::OrderAboveLimit,
            Game,
            vec![limits(Limits { order_lots: 4, ..Limits::default() })],
            new(|_| {}),
        ),
        (
            Reject::PositionAboveLimit,
            Game,
            vec![limits(Limits { position_lots: 9, ..Limits::default() }), new(|_| {})],
            new(|_| {}),
        ),
        (Reject::InsufficientCash, Cash, vec![], new(|order| order.quantity = Lots::new(101))),
        (Reject::InsufficientPosition, Cash, vec![], new(|order| order.side = Side::Sell)),
        (Reject::InsufficientMargin, Margin, vec![], new(|order| order.quantity = Lots::new(501))),
        (Reject::NotionalTooLarge, Game, vec![], new(|order| order.quantity = Lots::new(MAX_ORDER_LOTS))),
        (Reject::CashOverflow, Game, vec![], deposit(Asset::Cash, MAX_CASH.unsigned_abs())),
        (Reject::AmountOutOfRange, Game, vec![], deposit(Asset::Cash, 0)),
        (Reject::AmountOutOfRange, Game, vec![], deposit(Asset::Cash, u64::MAX)),
        (Reject::BadInstrumentSpec, Game, vec![], list(|spec| spec.multiplier = 0)),
        (Reject::BadInstrumentSpec, Game, vec![], list(|spec| spec.maker_fee_ppm = i32::MIN)),
        (Reject::BadInstrumentSpec, Game, vec![], list(|spec| spec.min_price = PriceTicks::new(i64::MIN))),
        (Reject::BadInstrumentSpec, Cash, vec![], list(|spec| spec.min_price = PriceTicks::new(-1))),
        (
            Reject::UnknownReference,
            Game,
            vec![],
            list(|spec| {
                spec.kind = InstrumentKind::Call;
                spec.reference = InstrumentId::new(9);
            }),
        ),
        (
            Reject::WrongInstrumentKind,
            Game,
            vec![],
            Action::Expire { instrument: ONE, spot: PriceTicks::new(100) },
        ),
        (
            Reject::ValueOutOfRange,
            Game,
            vec![],
            Action::Settle { instrument: ONE, value: PriceTicks::new(0) },
        ),
        (
            Reject::OrdersStillOpen,
            Game,
            vec![new(|_| {})],
            Action::SetIncrements { instrument: ONE, price_step: 5, lot_step: 1 },
        ),
        (Reject::BandReversed, Game, vec![], band(110, 90, 100)),
        (Reject::NotInAuction, Game, vec![], Action::Uncross { instrument: ONE }),
        (
            Reject::LimitsOutOfRange,
            Game,
            vec![],
            limits(Limits { order_lots: u64::MAX, ..Limits::default() }),
        ),
        (Reject::WrongAccountModel, Game, vec![], deposit(Asset::Lots(ONE), 1)),
    ]
}

#[test]
fn every_reject_has_a_command_that_earns_it_and_changes_nothing() {
    let mut seen: BTreeSet<Reject> = OUT_OF_REACH.into_iter().collect();
    for (reject, model, before, action) in rows() {
        let mut market = market(model);
        for earlier in before {
            market.apply(earlier).unwrap();
        }
        let state = market.exchange.state_hash();
        assert_eq!(market.apply(action), Err(reject), "{action:?}");
        assert_eq!(market.exchange.state_hash(), state, "{action:?}");
        market.exchange.check().unwrap();
        seen.insert(reject);
    }
    seen.extend(refused_records());
    seen.insert(bankrupt_accounts_may_not_trade());
    seen.insert(time_may_not_go_back());
    let missing: Vec<_> = Reject::ALL.iter().filter(|reject| !seen.contains(reject)).collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
}

/// Records with a byte that means nothing.
fn refused_records() -> Vec<Reject> {
    let records = [
        (Reject::UnknownCommand, record(|record| record.kind = 0)),
        (Reject::UnknownCommand, record(|record| record.kind = CommandKind::ListInstrument as u8)),
        (Reject::BadSide, record(|record| record.side = 2)),
        (Reject::BadOrderType, record(|record| record.order_type = 4)),
        (Reject::BadTimeInForce, record(|record| record.time_in_force = 5)),
        (Reject::BadFlags, record(|record| record.flags = 4)),
        (Reject::BadSelfTrade, record(|record| record.self_trade = 4)),
    ];
    let mut market = market(AccountModel::Game);
    for (reject, record) in records {
        let state = market.exchange.state_hash();
        assert_eq!(market.exchange.apply_record(&record), Err(reject));
        assert_eq!(market.exchange.state_hash(), state);
    }
    records.map(|(reject, _)| reject).to_vec()
}

fn bankrupt_accounts_may_not_trade() -> Reject {
    let mut market = Market::new(AccountModel::Margin, &[InstrumentSpec::default()], &[1_000, 100_000]);
    market.limit(2, Side::Sell, 100, 50).unwrap();
    market.limit(1, Side::Buy, 100, 50).unwrap();
    market.mark(1, 10).unwrap();
    assert_eq!(market.apply(new(|_| {})), Err(Reject::AccountBankrupt));
    Reject::AccountBankrupt
}

fn time_may_not_go_back() -> Reject {
    let mut market = market(AccountModel::Game);
    let early = record(|record| record.time_ns = 0);
    assert_eq!(market.exchange.apply_record(&early), Err(Reject::TimeWentBack));
    Reject::TimeWentBack
}

#[test]
fn numbers_stay_and_round_trip() {
    for reject in Reject::ALL {
        assert_eq!(Reject::from_number(reject.number()), Some(*reject));
        assert!(!reject.text().is_empty());
    }
    assert_eq!(Reject::UnknownCommand.number(), 1);
    assert_eq!(Reject::UnknownInstrument.number(), 20);
    assert_eq!(Reject::QuantityZero.number(), 40);
    assert_eq!(Reject::UnknownAccount.number(), 80);
    assert_eq!(Reject::InsufficientCash.number(), 110);
    assert_eq!(Reject::AmountOutOfRange.number(), 130);
}
