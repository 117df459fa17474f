//! The small market that every input meets: four accounts, five instruments, continuous trading.

use exchange::book::Book;
use exchange::codec::CommandRecord;
use exchange::command::{AccountModel, Action, Asset, Command, InstrumentKind, InstrumentSpec, Phase};
use exchange::units::{AccountId, InstrumentId, PriceTicks, TimeNs};
use exchange::{Config, Exchange};

/// Accounts of the market.
pub const ACCOUNTS: u32 = 4;
/// Instruments of the market: spot, scalar, call and put on the scalar, perpetual.
pub const INSTRUMENTS: u32 = 5;

/// A market with balances small enough that an input can exhaust them.
#[must_use]
pub fn market<B: Book>(model: AccountModel) -> Exchange<B> {
    let mut exchange = Exchange::new(Config { model, ..Config::default() });
    for action in setup(model) {
        let result = exchange.apply(&Command { time: TimeNs::new(0), action });
        assert!(result.is_ok(), "{action:?}: {result:?}");
    }
    exchange.clear_events();
    exchange
}

fn setup(model: AccountModel) -> Vec<Action> {
    let spot = InstrumentSpec {
        max_price: PriceTicks::new(100_000),
        maker_fee_ppm: -150,
        taker_fee_ppm: 2_500,
        breaker_ppm: 300_000,
        ..InstrumentSpec::default()
    };
    let scalar = InstrumentSpec {
        kind: InstrumentKind::Scalar,
        price_step: 5,
        lot_step: 10,
        multiplier: 7,
        min_price: PriceTicks::new(0),
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
    let lowest = if model == AccountModel::Cash { 0 } else { -500 };
    let perpetual =
        InstrumentSpec { kind: InstrumentKind::Perpetual, min_price: PriceTicks::new(lowest), ..spot };
    let mut actions = vec![Action::OpenAccount; ACCOUNTS as usize];
    actions.extend([spot, scalar, call, put, perpetual].map(Action::ListInstrument));
    for (id, amount) in (1..=ACCOUNTS).zip([3_000, 20_000, 300_000, 4_000_000]) {
        let account = AccountId::new(id);
        actions.push(Action::Deposit { account, asset: Asset::Cash, amount });
        if model == AccountModel::Cash {
            for instrument in 1..=INSTRUMENTS {
                let asset = Asset::Lots(InstrumentId::new(instrument));
                actions.push(Action::Deposit { account, asset, amount: 50 });
            }
        }
    }
    if model == AccountModel::Margin {
        actions.push(Action::Deposit { account: AccountId::FUND, asset: Asset::Cash, amount: 300 });
    }
    actions.push(Action::SetPhase { instrument: InstrumentId::new(0), phase: Phase::Continuous });
    actions
}

/// A record from the bytes that it has in memory on a little-endian machine.
#[must_use]
pub fn record_of_bytes(bytes: &[u8; crate::RECORD_BYTES]) -> CommandRecord {
    let ([small, words @ ..], _) = bytes.as_chunks::<8>() else { return CommandRecord::default() };
    let [kind, side, order_type, time_in_force, flags, self_trade, mode, reserved] = *small;
    let mut words = words.iter().map(|word| u64::from_le_bytes(*word));
    let mut word = || words.next().unwrap_or_default();
    let owner = word().to_le_bytes();
    let ([account, instrument], _) = owner.as_chunks::<4>() else { return CommandRecord::default() };
    CommandRecord {
        kind,
        side,
        order_type,
        time_in_force,
        flags,
        self_trade,
        mode,
        reserved,
        account: u32::from_le_bytes(*account),
        instrument: u32::from_le_bytes(*instrument),
        time_ns: word().cast_signed(),
        order_id: word(),
        client_order_id: word(),
        price: word().cast_signed(),
        stop_price: word().cast_signed(),
        quantity: word(),
        display: word(),
        expiry_ns: word().cast_signed(),
    }
}
