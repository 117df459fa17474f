//! Markets as text: a script of commands, and the same script with what happened after each.
//!
//! A line that starts with `>` is a command, `>` its time, its kind, and `name=value` for each field that is
//! not left at its default. A line `exchange` with such fields comes first. Lines that start with two spaces,
//! and the two hashes at the end, are what the machine answered; everything else, comments and empty lines,
//! stays as it stands. Refuses, by a panic that names the line, whatever it does not understand.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use exchange::book::Book;
use exchange::command::{
    AccountModel, AccountStatus, Action, Asset, Command, CommandKind, InstrumentKind, InstrumentSpec, Limits,
    NewOrder, OrderRef, OrderType, Phase, Replace, SelfTrade, TimeInForce,
};
use exchange::event::{
    AUCTION, EndReason, EventKind, EventRecord, FORCED, KEPT_PLACE, NO_SIDE, POST_ONLY, PUBLIC, PostingCause,
    REDUCE_ONLY,
};
use exchange::reject::Reject;
use exchange::units::{AccountId, InstrumentId, Lots, NO_PRICE, OrderId, PriceTicks, Side, TimeNs};
use exchange::{Config, Exchange};

/// The `name=value` fields of a line; each must be asked for once.
struct Fields<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Fields<'a> {
    fn of(words: impl Iterator<Item = &'a str>) -> Self {
        let mut fields = BTreeMap::new();
        for word in words {
            let (name, value) = word.split_once('=').unwrap_or_else(|| panic!("not name=value: {word}"));
            assert_eq!(fields.insert(name, value), None, "given twice: {name}");
        }
        Self(fields)
    }

    fn number<T: TryFrom<i128>>(&mut self, name: &str, default: i128) -> T {
        let value = self.0.remove(name).map_or(default, |text| text.parse().expect("a whole number"));
        T::try_from(value).unwrap_or_else(|_| panic!("{name} is out of range"))
    }

    fn price(&mut self, name: &str) -> PriceTicks {
        PriceTicks::new(self.number(name, i128::from(NO_PRICE)))
    }

    fn account(&mut self) -> AccountId {
        match self.0.get("account") {
            Some(&"fund") => {
                self.0.remove("account");
                AccountId::FUND
            }
            _ => AccountId::new(self.number("account", 0)),
        }
    }

    fn instrument(&mut self, default: i128) -> InstrumentId {
        InstrumentId::new(self.number("instrument", default))
    }

    fn named<T: Copy>(&mut self, name: &str, all: &[T], spell: fn(T) -> &'static str, default: T) -> T {
        self.0.remove(name).map_or(default, |text| {
            let found = all.iter().find(|&&one| spell(one) == text);
            *found.unwrap_or_else(|| panic!("no {name} is called {text}"))
        })
    }

    fn order(&mut self) -> OrderRef {
        match self.number("client", 0) {
            0 => OrderRef::Id(OrderId::new(self.number("order", 0))),
            client => OrderRef::Client(client),
        }
    }

    fn limits(&mut self) -> Limits {
        Limits {
            order_lots: self.number("order_lots", 0),
            position_lots: self.number("position_lots", 0),
            open_orders: self.number("open_orders", 0),
        }
    }

    fn asset(&mut self) -> Asset {
        match self.number("lots_of", 0) {
            0 => Asset::Cash,
            id => Asset::Lots(InstrumentId::new(id)),
        }
    }

    fn finish(self) {
        assert!(self.0.is_empty(), "not understood: {:?}", self.0);
    }
}

fn spec(fields: &mut Fields<'_>) -> InstrumentSpec {
    let plain = InstrumentSpec::default();
    let number = |value: i64| i128::from(value);
    InstrumentSpec {
        kind: fields.named("kind", InstrumentKind::ALL, InstrumentKind::name, plain.kind),
        reference: InstrumentId::new(fields.number("reference", 0)),
        strike: PriceTicks::new(fields.number("strike", 0)),
        contract_lots: fields.number("contract_lots", 1),
        multiplier: fields.number("multiplier", 1),
        min_price: PriceTicks::new(fields.number("min_price", number(plain.min_price.get()))),
        max_price: PriceTicks::new(fields.number("max_price", number(plain.max_price.get()))),
        price_step: fields.number("price_step", 1),
        lot_step: fields.number("lot_step", 1),
        initial_price: PriceTicks::new(fields.number("initial_price", number(plain.initial_price.get()))),
        maker_fee_ppm: fields.number("maker_fee_ppm", 0),
        taker_fee_ppm: fields.number("taker_fee_ppm", 0),
        protection_ppm: fields.number("protection_ppm", i128::from(plain.protection_ppm)),
        breaker_ppm: fields.number("breaker_ppm", 0),
        initial_margin_ppm: fields.number("initial_margin_ppm", i128::from(plain.initial_margin_ppm)),
        maintenance_margin_ppm: fields
            .number("maintenance_margin_ppm", i128::from(plain.maintenance_margin_ppm)),
    }
}

fn new_order(fields: &mut Fields<'_>, side: Side) -> NewOrder {
    NewOrder {
        account: fields.account(),
        instrument: fields.instrument(1),
        side,
        order_type: fields.named("type", OrderType::ALL, OrderType::name, OrderType::Limit),
        time_in_force: fields.named(
            "time_in_force",
            TimeInForce::ALL,
            TimeInForce::name,
            TimeInForce::GoodTillCancel,
        ),
        self_trade: fields.named("self_trade", SelfTrade::ALL, SelfTrade::name, SelfTrade::CancelNewest),
        price: fields.price("price"),
        stop_price: fields.price("stop_price"),
        quantity: Lots::new(fields.number("quantity", 0)),
        display: Lots::new(fields.number("display", 0)),
        expiry: TimeNs::new(fields.number("expiry", 0)),
        client_order_id: fields.number("client", 0),
        post_only: fields.number::<u8>("post_only", 0) == 1,
        reduce_only: fields.number::<u8>("reduce_only", 0) == 1,
    }
}

/// Reads `> TIME KIND name=value ...`.
fn command(line: &str) -> Command {
    let mut words = line.split_whitespace().skip(1);
    let time = TimeNs::new(words.next().and_then(|word| word.parse().ok()).expect("a time"));
    let kind = words.next().expect("a kind");
    let mut fields = Fields::of(words);
    let f = &mut fields;
    let action = match kind {
        "OpenAccount" => Action::OpenAccount,
        "Deposit" => {
            Action::Deposit { account: f.account(), asset: f.asset(), amount: f.number("amount", 0) }
        }
        "Withdraw" => {
            Action::Withdraw { account: f.account(), asset: f.asset(), amount: f.number("amount", 0) }
        }
        "ListInstrument" => Action::ListInstrument(spec(f)),
        "Buy" => Action::NewOrder(new_order(f, Side::Buy)),
        "Sell" => Action::NewOrder(new_order(f, Side::Sell)),
        "Cancel" => Action::Cancel { account: f.account(), order: f.order() },
        "Replace" => Action::Replace(Replace {
            account: f.account(),
            order: f.order(),
            price: f.price("price"),
            stop_price: f.price("stop_price"),
            quantity: Lots::new(f.number("quantity", 0)),
        }),
        "MassCancel" => Action::MassCancel { account: f.account(), instrument: f.instrument(0) },
        "SetPhase" => Action::SetPhase {
            instrument: f.instrument(1),
            phase: f.named("phase", Phase::ALL, Phase::name, Phase::Continuous),
        },
        "Uncross" => Action::Uncross { instrument: f.instrument(1) },
        "Settle" => Action::Settle { instrument: f.instrument(1), value: f.price("value") },
        "Expire" => Action::Expire { instrument: f.instrument(1), spot: f.price("spot") },
        "SetLimits" => Action::SetLimits { account: f.account(), limits: f.limits() },
        "SetBand" => Action::SetBand {
            instrument: f.instrument(1),
            low: f.price("low"),
            high: f.price("high"),
            reference: f.price("reference"),
        },
        "SetIncrements" => Action::SetIncrements {
            instrument: f.instrument(1),
            price_step: f.number("price_step", 1),
            lot_step: f.number("lot_step", 1),
        },
        "SetMark" => Action::SetMark { instrument: f.instrument(1), price: f.price("price") },
        "SetStatus" => Action::SetStatus {
            account: f.account(),
            status: f.named("status", AccountStatus::ALL, AccountStatus::name, AccountStatus::Active),
        },
        "AdvanceClock" => Action::AdvanceClock,
        _ => panic!("no command is called {kind}"),
    };
    fields.finish();
    Command { time, action }
}

/// Reads `exchange name=value ...`.
fn config(line: &str) -> Config {
    let plain = Config::default();
    let mut fields = Fields::of(line.split_whitespace().skip(1));
    let f = &mut fields;
    let config = Config {
        model: f.named("model", AccountModel::ALL, AccountModel::name, AccountModel::Game),
        limits: f.limits(),
        liquidation_slice_ppm: f.number("liquidation_slice_ppm", i128::from(plain.liquidation_slice_ppm)),
        liquidation_reach_ppm: f.number("liquidation_reach_ppm", i128::from(plain.liquidation_reach_ppm)),
        table_seed: f.number("table_seed", 0),
    };
    fields.finish();
    config
}

/// Runs a script over a book and writes it anew, with what happened.
///
/// Ends with the hash of the state and of the events; audits the state after each command.
pub fn run<B: Book>(script: &str) -> String {
    let mut exchange: Option<Exchange<B>> = None;
    let mut out = String::new();
    let is_answer =
        |line: &&str| !(line.starts_with("  ") || line.starts_with("state ") || line.starts_with("events "));
    for line in script.lines().filter(is_answer) {
        writeln!(out, "{line}").unwrap();
        if line.starts_with("exchange") {
            assert!(exchange.replace(Exchange::new(config(line))).is_none(), "one exchange a script");
        } else if line.starts_with('>') {
            let exchange = exchange.as_mut().expect("the exchange comes first");
            let _ = exchange.apply(&command(line));
            exchange.check().unwrap_or_else(|broken| panic!("{line}: {broken}"));
            for event in exchange.events() {
                writeln!(out, "  {}", spell(event)).unwrap();
            }
            exchange.clear_events();
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "not understood: {line}");
        }
    }
    let exchange = exchange.expect("a script has an exchange");
    writeln!(out, "state {:016x}", exchange.state_hash()).unwrap();
    writeln!(out, "events {:016x}", exchange.event_hash()).unwrap();
    out
}

fn holder(account: u32) -> String {
    match AccountId::new(account) {
        AccountId::ISSUER => "issuer".to_owned(),
        AccountId::FEES => "fees".to_owned(),
        AccountId::FUND => "fund".to_owned(),
        _ => account.to_string(),
    }
}

/// The word for an event's reason, by the kind's own numbers.
fn reason(kind: EventKind, number: u8) -> String {
    let named = match kind {
        EventKind::Rejected => Reject::from_number(number).map(Reject::name),
        EventKind::Accepted => {
            let order_type = OrderType::from_u8(number >> 4).unwrap().name();
            let time_in_force = TimeInForce::from_u8(number & 15).unwrap().name();
            return format!("{order_type}/{time_in_force}");
        }
        EventKind::Balance | EventKind::Position => {
            PostingCause::ALL.iter().find(|&&cause| cause as u8 == number).map(|cause| cause.name())
        }
        EventKind::PhaseChanged => Phase::from_u8(number).map(Phase::name),
        EventKind::StatusChanged => AccountStatus::from_u8(number).map(AccountStatus::name),
        EventKind::Listed | EventKind::Settled => InstrumentKind::from_u8(number).map(InstrumentKind::name),
        _ if number == 0 => return String::new(),
        _ => EndReason::ALL.iter().find(|&&reason| reason as u8 == number).map(|reason| reason.name()),
    };
    named.unwrap_or_else(|| panic!("{kind:?} has no reason {number}")).to_owned()
}

/// One event as a line: its sequence, its kind, and every column that is not zero.
pub fn spell(event: &EventRecord) -> String {
    let kind = event.kind().expect("a known kind");
    let mut out = format!("{} {} t={}", event.sequence, kind.name(), event.time_ns);
    let mut field = |name: &str, value: String| {
        if !(value.is_empty() || value == "0") {
            write!(out, " {name}={value}").unwrap();
        }
    };
    let price = |price: i64| if price == NO_PRICE { "none".to_owned() } else { price.to_string() };
    field("why", reason(kind, event.reason));
    field("account", holder(event.account));
    field("counterparty", holder(event.counterparty));
    field("instrument", event.instrument.to_string());
    field("order", event.order_id.to_string());
    field("counter", event.counter_id.to_string());
    match event.side {
        NO_SIDE => {}
        side => field("side", Side::from_u8(side).map(|side| format!("{side:?}")).expect("a side")),
    }
    field("price", price(event.price));
    field("quantity", event.quantity.to_string());
    field("remaining", event.remaining.to_string());
    let refused = CommandKind::ALL.iter().find(|&&one| one as i64 == event.amount);
    match kind {
        EventKind::Rejected => field("amount", refused.expect("a known command").name().to_owned()),
        // An order without a stop price does not say so each time.
        EventKind::Accepted | EventKind::Replaced if event.amount == NO_PRICE => {}
        _ => field("amount", event.amount.to_string()),
    }
    field("amount_2", event.amount_2.to_string());
    const FLAGS: [(u8, &str); 6] = [
        (PUBLIC, "public"),
        (AUCTION, "auction"),
        (KEPT_PLACE, "kept_place"),
        (FORCED, "forced"),
        (POST_ONLY, "post_only"),
        (REDUCE_ONLY, "reduce_only"),
    ];
    let flags = FLAGS.iter().filter(|(bit, _)| event.flags & bit != 0).map(|&(_, name)| name);
    field("flags", flags.collect::<Vec<_>>().join("+"));
    out
}
