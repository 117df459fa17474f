//! Orders by hand: where a stop wakes, what an iceberg shows, which price an auction takes, and what the
//! margin of one instrument and the trades of others mean for an account that did nothing.

use crate::market::Market;
use exchange::command::{
    AccountModel, Action, InstrumentKind, InstrumentSpec, NewOrder, OrderType, Phase, TimeInForce,
};
use exchange::event::{EventKind, EventRecord};
use exchange::units::{AccountId, InstrumentId, Lots, PriceTicks, Side};

const ONE: InstrumentId = InstrumentId::new(1);

/// A market of the game model, where nothing but the orders matters.
fn game() -> Market {
    Market::new(AccountModel::Game, &[InstrumentSpec::default()], &[0; 4])
}

fn of(market: &Market, kind: EventKind) -> Vec<EventRecord> {
    market.exchange.events().iter().filter(|event| event.kind == kind as u8).copied().collect()
}

#[test]
fn a_stop_wakes_at_its_very_price_and_no_tick_before() {
    for (side, reached, missed) in [(Side::Buy, 105, 104), (Side::Sell, 95, 96)] {
        let mut market = game();
        market
            .apply(Action::NewOrder(NewOrder {
                order_type: OrderType::StopLimit,
                stop_price: PriceTicks::new(reached),
                ..Market::plain(1, 1, side, reached, 3)
            }))
            .unwrap();
        market.limit(2, side.opposite(), missed, 1).unwrap();
        market.limit(3, side, missed, 1).unwrap();
        assert_eq!(of(&market, EventKind::Triggered).len(), 0, "{side:?} at {missed}");
        market.limit(2, side.opposite(), reached, 1).unwrap();
        market.limit(3, side, reached, 1).unwrap();
        let woken = of(&market, EventKind::Triggered);
        assert_eq!(woken.len(), 1, "{side:?} at {reached}");
        assert_eq!((woken[0].order_id, woken[0].price), (1, reached));
    }
}

#[test]
fn an_order_trades_at_exactly_its_limit_and_never_beyond() {
    let mut market = game();
    for price in [100, 101, 102] {
        market.limit(2, Side::Sell, price, 2).unwrap();
    }
    market.limit(1, Side::Buy, 101, 9).unwrap();
    let trades: Vec<(i64, u64)> =
        of(&market, EventKind::Trade).iter().map(|trade| (trade.price, trade.quantity)).collect();
    assert_eq!(trades, [(100, 2), (101, 2)]);
    // Five of the nine rest at 101; who sells there meets them.
    assert_eq!(market.limit(3, Side::Sell, 101, 1), Ok(5));
    assert_eq!(of(&market, EventKind::Trade).len(), 3);
}

#[test]
fn a_fill_or_kill_order_does_not_count_on_reduce_only_makers() {
    let mut market = game();
    market.limit(3, Side::Sell, 100, 5).unwrap();
    market.limit(2, Side::Buy, 100, 5).unwrap();
    let reducing = NewOrder { reduce_only: true, ..Market::plain(2, 1, Side::Sell, 100, 5) };
    market.apply(Action::NewOrder(reducing)).unwrap();
    // Account 2 sells three elsewhere, so that its order for five may trade two.
    market.limit(2, Side::Sell, 99, 3).unwrap();
    market.limit(4, Side::Buy, 99, 3).unwrap();
    market.exchange.clear_events();
    let whole = NewOrder { time_in_force: TimeInForce::FillOrKill, ..Market::plain(1, 1, Side::Buy, 100, 5) };
    market.apply(Action::NewOrder(whole)).unwrap();
    assert_eq!(of(&market, EventKind::Trade), []);
    assert_eq!(of(&market, EventKind::Cancelled)[0].quantity, 5);
}

#[test]
fn an_iceberg_shows_one_slice_at_a_time_at_the_end_of_its_queue() {
    let mut market = game();
    let iceberg = NewOrder { display: Lots::new(3), ..Market::plain(2, 1, Side::Sell, 100, 8) };
    market.apply(Action::NewOrder(iceberg)).unwrap();
    market.limit(3, Side::Sell, 100, 3).unwrap();
    market.limit(1, Side::Buy, 100, 9).unwrap();
    let trades: Vec<(u32, u64)> =
        of(&market, EventKind::Trade).iter().map(|trade| (trade.counterparty, trade.quantity)).collect();
    assert_eq!(trades, [(2, 3), (3, 3), (2, 3)]);
    let slices: Vec<u64> = of(&market, EventKind::Refreshed).iter().map(|slice| slice.quantity).collect();
    assert_eq!(slices, [3, 2]);
}

#[test]
fn an_auction_takes_the_lowest_of_prices_that_are_equally_good() {
    let mut market = game();
    market.apply(Action::SetPhase { instrument: ONE, phase: Phase::Auction }).unwrap();
    // From 96 to 104 five lots trade and none is left over; on a step of two, 100 and 102 are equally far
    // from the reference.
    let band = Action::SetBand {
        instrument: ONE,
        low: PriceTicks::new(1),
        high: PriceTicks::new(1_000),
        reference: PriceTicks::new(101),
    };
    market.apply(Action::SetIncrements { instrument: ONE, price_step: 2, lot_step: 1 }).unwrap();
    market.apply(band).unwrap();
    market.limit(1, Side::Buy, 104, 5).unwrap();
    market.limit(2, Side::Sell, 96, 5).unwrap();
    market.apply(Action::Uncross { instrument: ONE }).unwrap();
    let trades = of(&market, EventKind::Trade);
    assert_eq!((trades.len(), trades[0].price, trades[0].quantity), (1, 100, 5));
}

#[test]
fn a_day_order_ends_at_the_close_and_others_stay() {
    let mut market = game();
    let day = NewOrder { time_in_force: TimeInForce::Day, ..Market::plain(1, 1, Side::Buy, 90, 1) };
    market.apply(Action::NewOrder(day)).unwrap();
    market.limit(1, Side::Buy, 90, 1).unwrap();
    market.apply(Action::SetPhase { instrument: ONE, phase: Phase::Close }).unwrap();
    let ended: Vec<u64> = of(&market, EventKind::Expired).iter().map(|event| event.order_id).collect();
    assert_eq!((ended, market.exchange.order_count()), (vec![1], 1));
}

#[test]
fn a_mass_cancel_goes_by_rising_id() {
    let mut market = game();
    let ids: Vec<u64> = (0..40).map(|step| market.limit(1, Side::Buy, 90 - step % 7, 1).unwrap()).collect();
    let all = Action::MassCancel { account: AccountId::new(1), instrument: InstrumentId::new(0) };
    assert_eq!(market.apply(all), Ok(40));
    let ended: Vec<u64> = of(&market, EventKind::Cancelled).iter().map(|event| event.order_id).collect();
    assert_eq!(ended, ids);
}

fn perpetual() -> InstrumentSpec {
    InstrumentSpec { kind: InstrumentKind::Perpetual, ..InstrumentSpec::default() }
}

#[test]
fn the_margin_of_one_instrument_is_not_free_for_another() {
    let mut market = Market::new(AccountModel::Margin, &[perpetual(), perpetual()], &[1_000]);
    // Twenty per cent of 40 at 100 are 800 of the 1,000; ten more need 200, eleven need 220.
    market.limit_in(1, 1, Side::Buy, 100, 40).unwrap();
    let eleven = Action::NewOrder(Market::plain(1, 2, Side::Buy, 100, 11));
    assert_eq!(market.refused(eleven), 112);
    market.limit_in(2, 1, Side::Buy, 100, 10).unwrap();
}

#[test]
fn trades_between_others_that_move_the_mark_liquidate_who_took_no_part() {
    let mut market = Market::new(AccountModel::Margin, &[perpetual()], &[1_000, 100_000, 100_000, 100_000]);
    market.limit(2, Side::Sell, 100, 50).unwrap();
    market.limit(1, Side::Buy, 100, 50).unwrap();
    market.exchange.clear_events();
    // The long has 1,000 - 50 x 12 = 400 at 88, below ten per cent of 50 x 88 = 440.
    market.limit(3, Side::Buy, 88, 60).unwrap();
    market.limit(4, Side::Sell, 88, 1).unwrap();
    let called: Vec<u32> = of(&market, EventKind::MarginCall).iter().map(|event| event.account).collect();
    assert_eq!(called, [1]);
    assert_eq!(market.exchange.position(1, 1).lots, 37);
}
