//! The full path: accounts, escrow or margin, fees, self-trade check, events and their running hash.
//!
//! A thousand traders around a middle that wanders: 55 orders of a hundred rest near it, 30 are cancelled, 5 are
//! replaced and 10 take. The flow is made by a real exchange, so that cancels and replaces name orders that are
//! open; it is then applied again under the clock, from the same start, in batches of 1,024 records.

use std::hint::black_box;
use std::time::Instant;

use exchange::book::{Book, FastBook};
use exchange::codec::CommandRecord;
use exchange::command::{
    AccountModel, Action, Asset, Command, CommandKind, InstrumentSpec, Phase, TimeInForce,
};
use exchange::event::EventKind;
use exchange::units::{AccountId, InstrumentId, NO_PRICE, PriceTicks, TimeNs};
use exchange::{Config, Exchange};

use crate::draw::Draw;
use crate::run::{BATCH, Outcome};

/// The account models that are measured, by name.
pub const NAMES: [&str; 2] = ["full-cash", "full-margin"];

const ACCOUNTS: u32 = 1_000;
const MIDDLE_TICKS: f64 = 10_000.0;
const CASH: u64 = 1 << 50;
const LOTS: u64 = 1 << 30;
const LIVE_TARGET: usize = 5_000;

/// An exchange with funded traders and one instrument in continuous trading.
pub fn opening<B: Book>(name: &str) -> Option<Exchange<B>> {
    let model = match name {
        "full-cash" => AccountModel::Cash,
        "full-margin" => AccountModel::Margin,
        _ => return None,
    };
    let mut exchange = Exchange::<B>::new(Config { model, ..Config::default() });
    let instrument = InstrumentId::new(1);
    let mut apply = |action| exchange.apply(&Command { time: TimeNs::new(0), action }).ok();
    apply(Action::ListInstrument(InstrumentSpec {
        max_price: PriceTicks::new(100_000),
        initial_price: PriceTicks::new(MIDDLE_TICKS as i64),
        maker_fee_ppm: 100,
        taker_fee_ppm: 300,
        ..InstrumentSpec::default()
    }))?;
    for _ in 0..ACCOUNTS {
        let account = AccountId::new(u32::try_from(apply(Action::OpenAccount)?).ok()?);
        apply(Action::Deposit { account, asset: Asset::Cash, amount: CASH })?;
        if model == AccountModel::Cash {
            apply(Action::Deposit { account, asset: Asset::Lots(instrument), amount: LOTS })?;
        }
    }
    apply(Action::SetPhase { instrument, phase: Phase::Continuous })?;
    exchange.clear_events();
    Some(exchange)
}

/// Makes a flow of so many commands.
pub fn make<B: Book>(name: &str, count: usize) -> Option<Vec<CommandRecord>> {
    let mut exchange = opening::<B>(name)?;
    let mut draw = Draw::new(1);
    let mut live: Vec<(u32, u64)> = Vec::new();
    let mut middle = MIDDLE_TICKS;
    let mut flow = Vec::with_capacity(count);
    while flow.len() < count {
        middle += draw.normal() * 0.2 + (MIDDLE_TICKS - middle) * 0.0001;
        let mut record = next(&mut draw, &mut live, middle);
        record.time_ns = flow.len() as i64;
        let number = exchange.apply_record(&record).unwrap_or(0);
        if record.kind == CommandKind::NewOrder as u8 && exchange.order(number).is_some() {
            live.push((record.account, number));
        }
        exchange.clear_events();
        flow.push(record);
    }
    Some(flow)
}

fn next(draw: &mut Draw, live: &mut Vec<(u32, u64)>, middle: f64) -> CommandRecord {
    let what = draw.unit();
    let blank = CommandRecord { price: NO_PRICE, stop_price: NO_PRICE, ..CommandRecord::default() };
    // A full book is thinned, so that it neither grows without end nor runs dry.
    let changes = if live.len() > LIVE_TARGET { 0.60 } else { 0.35 };
    if what < changes && !live.is_empty() {
        let place = draw.below(live.len());
        if what < 0.05 {
            let (account, order_id) = live[place];
            let price = (middle + draw.normal() * 8.0) as i64;
            return CommandRecord { kind: CommandKind::Replace as u8, account, order_id, price, ..blank };
        }
        let (account, order_id) = live.swap_remove(place);
        return CommandRecord { kind: CommandKind::Cancel as u8, account, order_id, ..blank };
    }
    let side = u8::from(draw.chance(0.5));
    let takes = what > 0.90;
    let distance = if takes { -3.0 } else { 1.0 + draw.exponential(6.0) };
    let price = (middle - if side == 0 { distance } else { -distance }).round() as i64;
    CommandRecord {
        kind: CommandKind::NewOrder as u8,
        side,
        time_in_force: if takes { TimeInForce::ImmediateOrCancel as u8 } else { 0 },
        account: 1 + draw.below(ACCOUNTS as usize) as u32,
        instrument: 1,
        price,
        quantity: 1 + draw.below(if takes { 12 } else { 20 }) as u64,
        ..blank
    }
}

/// Applies a flow under the clock.
pub fn run<B: Book>(name: &str, flow: &[CommandRecord]) -> Option<Outcome> {
    let mut exchange = opening::<B>(name)?;
    let mut count = 0;
    let start = Instant::now();
    for batch in flow.chunks(BATCH) {
        exchange.clear_events();
        for record in batch {
            let _ = black_box(exchange.apply_record(record));
        }
        count += black_box(exchange.events()).len() as u64;
    }
    let nanoseconds = start.elapsed().as_nanos() as u64;
    Some(Outcome { nanoseconds, reports: count, trades: 0, state_hash: exchange.event_hash() })
}

/// Counts the trades and the most open orders, without a clock.
pub fn describe(name: &str, flow: &[CommandRecord]) -> Option<(u64, u32)> {
    let mut exchange = opening::<FastBook>(name)?;
    let (mut trades, mut deepest) = (0, 0);
    for batch in flow.chunks(BATCH) {
        exchange.clear_events();
        for record in batch {
            let _ = exchange.apply_record(record);
        }
        trades +=
            exchange.events().iter().filter(|event| event.kind == EventKind::Trade as u8).count() as u64;
        deepest = deepest.max(exchange.order_count());
    }
    Some((trades, u32::try_from(deepest).ok()?))
}
