//! An order book in ten lines: two traders, one trade, and everything the core says about it.
#![allow(clippy::print_stdout)]

use exchange::command::{
    Action, Command, InstrumentSpec, NewOrder, OrderType, Phase, SelfTrade, TimeInForce,
};
use exchange::units::{AccountId, InstrumentId, Lots, NO_PRICE, PriceTicks, Side, TimeNs};
use exchange::{Config, Exchange};

fn order(account: u32, side: Side, price: i64, lots: u64) -> Action {
    Action::NewOrder(NewOrder {
        account: AccountId::new(account),
        instrument: InstrumentId::new(1),
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
    })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut exchange: Exchange = Exchange::new(Config::default());
    let actions = [
        Action::OpenAccount,
        Action::OpenAccount,
        Action::ListInstrument(InstrumentSpec::default()),
        Action::SetPhase { instrument: InstrumentId::new(1), phase: Phase::Continuous },
        order(1, Side::Sell, 101, 5),
        order(1, Side::Buy, 99, 5),
        order(2, Side::Buy, 101, 2),
    ];
    for (time, action) in (1_i64..).zip(actions) {
        exchange
            .apply(&Command { time: TimeNs::new(time), action })
            .map_err(|reason| format!("{}: {}", reason.number(), reason.text()))?;
    }
    for event in exchange.events() {
        let name = event.kind().map_or("?", |kind| kind.name());
        println!(
            "{:>3} {name:<14} order {:>2} price {:>4} quantity {:>2} account {}",
            event.sequence, event.order_id, event.price, event.quantity, event.account
        );
    }
    println!("best bid {:?}, best ask {:?}", exchange.best(1, Side::Buy), exchange.best(1, Side::Sell));
    println!("state hash {:016x}, event hash {:016x}", exchange.state_hash(), exchange.event_hash());
    Ok(())
}
