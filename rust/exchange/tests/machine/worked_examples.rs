//! Margin, liquidation, settlement and escrow by hand: small cases whose every number can be checked on paper.

use crate::market::Market;
use exchange::command::{
    AccountModel, AccountStatus, Action, Asset, InstrumentKind, InstrumentSpec, Phase, Replace,
};
use exchange::event::EventKind;
use exchange::units::{AccountId, InstrumentId, Lots, NO_PRICE, PriceTicks, Side};

fn perpetual() -> InstrumentSpec {
    InstrumentSpec { kind: InstrumentKind::Perpetual, ..InstrumentSpec::default() }
}

#[test]
fn long_50_at_100_with_10_000_has_equity_10_000_and_9_750_at_mark_95() {
    let mut market = Market::new(AccountModel::Margin, &[perpetual()], &[10_000, 100_000]);
    market.limit(2, Side::Sell, 100, 50).unwrap();
    market.limit(1, Side::Buy, 100, 50).unwrap();
    assert_eq!(market.account(1).equity, 10_000);
    market.mark(1, 95).unwrap();
    assert_eq!(market.account(1).equity, 9_750);
    assert_eq!(market.account(2).equity, 100_250);
    let position = market.exchange.position(1, 1);
    assert_eq!((position.lots, position.cost, position.unrealised, position.realised), (50, 5_000, -250, 0));
    // Ten per cent of 50 at 95 must be maintained, twenty were needed to begin.
    assert_eq!(market.account(1).maintenance_margin, 475);
    assert_eq!(market.account(1).initial_margin, 950);
}

#[test]
fn a_short_gains_what_a_long_loses() {
    let mut market = Market::new(AccountModel::Margin, &[perpetual()], &[10_000, 10_000]);
    market.limit(2, Side::Sell, 100, 50).unwrap();
    market.limit(1, Side::Buy, 100, 50).unwrap();
    market.mark(1, 120).unwrap();
    assert_eq!((market.account(1).equity, market.account(2).equity), (11_000, 9_000));
}

#[test]
fn resting_orders_count_against_the_initial_margin() {
    let mut market = Market::new(AccountModel::Margin, &[perpetual()], &[1_000]);
    market.limit(1, Side::Buy, 100, 50).unwrap();
    assert_eq!(market.account(1).initial_margin, 1_000);
    assert_eq!(market.refused(market_limit(1, Side::Buy, 100, 1)), 112);
    // The other side does not add: only the larger of the two can be held at once.
    market.limit(1, Side::Sell, 101, 49).unwrap();
}

fn market_limit(account: u32, side: Side, price: i64, lots: u64) -> Action {
    Market::order(account, side, price, lots)
}

#[test]
fn a_liquidation_closes_in_slices_only_as_far_as_it_must() {
    let mut market = Market::new(AccountModel::Margin, &[perpetual()], &[1_000, 100_000, 100_000]);
    market.limit(2, Side::Sell, 100, 50).unwrap();
    market.limit(1, Side::Buy, 100, 50).unwrap();
    // Bids for all of it stand near the mark that comes.
    market.limit(3, Side::Buy, 88, 50).unwrap();
    market.exchange.clear_events();
    // Equity 1,000 - 50 x 12 = 400, below 10 % of 50 x 88 = 440.
    market.mark(1, 88).unwrap();
    assert_eq!(market.count(EventKind::MarginCall), 1);
    // One slice of a quarter, 13 lots at 88: equity stays 400, 37 x 88 x 10 % = 326 must be maintained.
    assert_eq!(market.count(EventKind::Liquidation), 1);
    assert_eq!(market.exchange.position(1, 1).lots, 37);
    assert_eq!(market.account(1).equity, 400);
    assert_eq!(market.account(1).status, AccountStatus::Active);
    market.exchange.check().unwrap();
}

#[test]
fn what_the_book_does_not_take_is_closed_at_the_mark_and_the_fund_pays_the_loss() {
    let mut market = Market::new(AccountModel::Margin, &[perpetual()], &[1_000, 100_000]);
    market.apply(Action::Deposit { account: AccountId::FUND, asset: Asset::Cash, amount: 300 }).unwrap();
    market.limit(2, Side::Sell, 100, 50).unwrap();
    market.limit(1, Side::Buy, 100, 50).unwrap();
    // At 75 the long owes 1,000 - 50 x 25 = -250; nobody bids.
    market.mark(1, 75).unwrap();
    assert_eq!(market.count(EventKind::Deleveraged), 1);
    assert_eq!(market.count(EventKind::Bankrupt), 1);
    assert_eq!((market.account(1).cash, market.account(1).status), (0, AccountStatus::Bankrupt));
    assert_eq!(market.exchange.system_balances(), (0, 50));
    assert_eq!(market.account(2).equity, 101_250);
    assert_eq!(market.exchange.position(2, 1).lots, 0);
    market.exchange.check().unwrap();
}

#[test]
fn past_the_fund_the_loss_is_shared_by_equity_to_the_last_unit() {
    let mut market = Market::new(AccountModel::Margin, &[perpetual()], &[1_000, 2_000, 1_000, 500]);
    market.limit(2, Side::Sell, 100, 50).unwrap();
    market.limit(1, Side::Buy, 100, 50).unwrap();
    // The long owes 250 and the fund is empty. Equities are 3,250, 1,000 and 500, together 4,750:
    // shares 171.05, 52.63, 26.31 round down to 171, 52, 26; the odd unit is the lowest account's.
    market.mark(1, 75).unwrap();
    let equities: Vec<i128> = (1..=4).map(|id| market.account(id).equity).collect();
    assert_eq!(equities, [0, 3_250 - 172, 1_000 - 52, 500 - 26]);
    market.exchange.check().unwrap();
}

#[test]
fn settling_a_scalar_settles_its_options_and_the_room_sums_to_zero() {
    let scalar = InstrumentSpec { kind: InstrumentKind::Scalar, ..InstrumentSpec::default() };
    let call = InstrumentSpec {
        kind: InstrumentKind::Call,
        reference: InstrumentId::new(1),
        strike: PriceTicks::new(100),
        min_price: PriceTicks::new(0),
        initial_price: PriceTicks::new(5),
        contract_lots: 10,
        multiplier: 3,
        ..InstrumentSpec::default()
    };
    let put = InstrumentSpec { kind: InstrumentKind::Put, ..call };
    let mut market = Market::new(AccountModel::Game, &[scalar, call, put], &[0, 0, 0]);
    market.limit_in(2, 1, Side::Sell, 7, 4).unwrap();
    market.limit_in(2, 2, Side::Buy, 7, 4).unwrap();
    market.limit_in(3, 3, Side::Sell, 2, 5).unwrap();
    market.limit_in(3, 2, Side::Buy, 2, 5).unwrap();
    market.limit_in(1, 1, Side::Buy, 90, 8).unwrap();
    market.apply(Action::Settle { instrument: InstrumentId::new(1), value: PriceTicks::new(112) }).unwrap();
    // The call pays 12 x 10 a lot, the put nothing; premiums were 7 x 3 and 2 x 3 a lot.
    let cash: Vec<i64> = (1..=3).map(|id| market.account(id).cash).collect();
    assert_eq!(cash, [4 * 21 - 4 * 120, -4 * 21 + 4 * 120 - 5 * 6, 5 * 6]);
    assert_eq!(cash.iter().sum::<i64>(), 0);
    for id in 1..=3 {
        assert_eq!(market.exchange.instrument(id).unwrap().phase, Phase::Settled);
    }
    assert_eq!(market.exchange.order_count(), 0);
    market.exchange.check().unwrap();
}

#[test]
fn escrow_holds_the_worst_fee_and_gives_improvement_back_fill_by_fill() {
    let spot = InstrumentSpec { taker_fee_ppm: 10_000, ..InstrumentSpec::default() };
    let mut market = Market::new(AccountModel::Cash, &[spot], &[10_000, 0]);
    let asset = Asset::Lots(InstrumentId::new(1));
    market.apply(Action::Deposit { account: AccountId::new(2), asset, amount: 10 }).unwrap();
    market.limit(2, Side::Sell, 90, 4).unwrap();
    market.limit(1, Side::Buy, 100, 10).unwrap();
    // Four lots at 90 and one per cent of 360; six lots at 100 and one per cent of 600 wait.
    let buyer = market.account(1);
    assert_eq!((buyer.cash, buyer.escrow), (10_000 - 363 - 606, 606));
    assert_eq!(market.account(2).cash, 360);
    assert_eq!(market.exchange.system_balances().0, 3);
    market.exchange.check().unwrap();
}

/// Three orders of five lots at one price, of the accounts 2, 3 and 4, numbered 1, 2 and 3.
fn queue() -> Market {
    let mut market = Market::new(AccountModel::Game, &[InstrumentSpec::default()], &[0; 5]);
    for account in 2..=4 {
        market.limit(account, Side::Buy, 100, 5).unwrap();
    }
    market
}

#[test]
fn queue_rules() {
    let rules: [(&str, i64, u64, [u32; 3]); 5] = [
        ("less quantity keeps the place", NO_PRICE, 3, [2, 3, 4]),
        ("more quantity loses it", NO_PRICE, 6, [3, 4, 2]),
        ("a worse price loses it", 99, 0, [3, 4, 2]),
        ("a better price goes ahead", 101, 0, [2, 3, 4]),
        ("a new price with less quantity loses it", 99, 3, [3, 4, 2]),
    ];
    for (rule, price, quantity, expected) in rules {
        let mut market = queue();
        market
            .apply(Action::Replace(Replace {
                account: AccountId::new(2),
                order: exchange::command::OrderRef::Id(exchange::units::OrderId::new(1)),
                price: PriceTicks::new(price),
                stop_price: PriceTicks::new(NO_PRICE),
                quantity: Lots::new(quantity),
            }))
            .unwrap();
        market.exchange.clear_events();
        market.limit(1, Side::Sell, 99, 16).unwrap();
        let makers: Vec<u32> = market
            .exchange
            .events()
            .iter()
            .filter(|event| event.kind == EventKind::Trade as u8)
            .map(|event| event.counterparty)
            .collect();
        assert_eq!(makers, expected, "{rule}");
    }
}
