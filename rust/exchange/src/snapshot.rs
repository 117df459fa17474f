//! The whole state as bytes, and back.
//!
//! The bytes are canonical: equal states give equal bytes, whatever book holds them and however they came
//! about. All integers are little-endian. Layout: magic and version (8), bookkeeping (sequence, commands,
//! event hash: 24), length of the body (8), body, hash of all before (8). The state hash is the hash of the
//! body, so it does not see how many events or refused commands there were.
//!
//! Reading trusts nothing: every length is held against the bytes that are left, every number against the
//! machine's bounds, and what was read is audited before it is handed out.
#![allow(clippy::indexing_slicing)] // Tables are indexed by numbers that were checked just before.

use core::fmt;

use crate::account::{Account, MAX_ACCOUNTS, Position};
use crate::book::Book;
use crate::canary::{Bug, canary};
use crate::command::{AccountModel, AccountStatus, Limits, OrderType, Phase, SelfTrade, TimeInForce};
use crate::event::EventLog;
use crate::hash::{RunningHash, hash_bytes};
use crate::instrument::{Instrument, MAX_INSTRUMENTS, check_spec};
use crate::machine::{Config, Exchange, tag};
use crate::order::Order;
use crate::units::{Lots, MAX_CASH, MAX_ORDER_LOTS, MAX_POSITION_LOTS, MAX_PRICE_TICKS, PriceTicks, Side};
use crate::wire::{Reader, WireError, Writer, read_spec, write_limits, write_spec};

/// The first bytes of a snapshot: a name and the version of the layout.
const MAGIC: [u8; 8] = *b"XBKSTAT1";
/// Bytes before the body.
const HEADER: usize = 40;

/// Why bytes are no snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SnapshotError {
    /// They do not start like a snapshot of this version.
    Foreign,
    /// They end too early or too late.
    Length,
    /// Their hash does not fit.
    Damaged,
    /// A field has a value that no state has; the text names it.
    Impossible(&'static str),
    /// The fields contradict one another; the text is the broken claim.
    Unsound(String),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => f.write_str("these bytes are no snapshot of this version"),
            Self::Length => f.write_str("the snapshot is cut off or has bytes too many"),
            Self::Damaged => f.write_str("the snapshot's checksum does not fit its content"),
            Self::Impossible(field) => write!(f, "the snapshot's {field} is out of range"),
            Self::Unsound(claim) => write!(f, "the snapshot contradicts itself: {claim}"),
        }
    }
}

impl core::error::Error for SnapshotError {}

type Read<T> = Result<T, SnapshotError>;

impl From<WireError> for SnapshotError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Length => Self::Length,
            WireError::Impossible(field) => Self::Impossible(field),
        }
    }
}

/// The number of the last event and of the last command before a snapshot, from its first bytes alone.
#[must_use]
pub fn counts(bytes: &[u8]) -> Option<(u64, u64)> {
    let mut header = Reader(bytes);
    if header.take::<8>().ok()? != MAGIC {
        return None;
    }
    Some((header.u64().ok()?, header.u64().ok()?))
}

impl<B: Book> Exchange<B> {
    /// The hash of the state; it does not see the sequence, the command count and the event hash.
    #[must_use]
    pub fn state_hash(&self) -> u64 {
        hash_bytes(&self.body())
    }

    /// The whole state as canonical bytes.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let body = self.body();
        let mut out = Writer::default();
        out.0.extend(MAGIC);
        out.u64(self.log.sequence);
        out.u64(self.log.command);
        out.u64(if canary(Bug::SnapshotForgetsEventHash) { 0 } else { self.log.hash.value() });
        out.count(body.len());
        out.0.extend(body);
        let hash = hash_bytes(&out.0);
        out.u64(hash);
        out.0
    }

    /// Rebuilds a state from its bytes.
    ///
    /// # Errors
    /// A [`SnapshotError`] for bytes that are no snapshot, damaged, or describe no possible state.
    pub fn restore(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut header = Reader(bytes);
        if header.take::<8>().ok() != Some(MAGIC) {
            return Err(SnapshotError::Foreign);
        }
        let (sequence, command, event_hash) = (header.u64()?, header.u64()?, header.u64()?);
        let length = header.u64()?;
        let Some((content, mut tail)) = bytes
            .len()
            .checked_sub(8)
            .and_then(|end| bytes.split_at_checked(end))
            .map(|(c, t)| (c, Reader(t)))
        else {
            return Err(SnapshotError::Length);
        };
        if content.len().checked_sub(HEADER).map(|have| have as u64) != Some(length) {
            return Err(SnapshotError::Length);
        }
        if tail.u64()? != hash_bytes(content) {
            return Err(SnapshotError::Damaged);
        }
        let mut reader = Reader(content.get(HEADER..).unwrap_or_default());
        let mut exchange = read_state::<B>(&mut reader)?;
        if !reader.0.is_empty() {
            return Err(SnapshotError::Length);
        }
        exchange.log = EventLog {
            sequence,
            command,
            time_ns: exchange.clock,
            hash: RunningHash::resume(event_hash),
            ..EventLog::default()
        };
        exchange.check().map_err(SnapshotError::Unsound)?;
        Ok(exchange)
    }

    fn body(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.byte(self.config.model as u8);
        write_limits(&mut out, &self.config.limits);
        out.u32(self.config.liquidation_slice_ppm);
        out.u32(self.config.liquidation_reach_ppm);
        out.u64(self.config.table_seed);
        out.i64(self.clock);
        out.u64(self.last_order_id);
        out.i128(self.system.issued);
        out.i128(self.system.issued_worth);
        out.i128(self.system.fees);
        out.i128(self.system.fund);
        out.count(self.accounts.len());
        for account in self.accounts.iter() {
            out.i64(account.cash);
            out.i128(account.deposited);
            write_limits(&mut out, &account.limits);
            out.byte(account.status as u8);
        }
        out.count(self.instruments.len());
        for instrument in self.instruments.iter() {
            write_instrument(&mut out, instrument);
        }
        out.count(self.positions.len());
        for position in self.positions.iter() {
            out.u32(position.account);
            out.u32(position.instrument);
            out.i64(position.lots);
            out.i128(position.cost);
            out.i128(position.realised);
            out.i128(position.fees);
        }
        out.count(self.orders.len());
        for id in self.instruments.slots() {
            let mut slots = self.slots_of_instrument(id);
            if canary(Bug::SnapshotForgetsQueue) {
                slots.sort_by_key(|&slot| self.orders[slot].id);
            }
            for slot in slots {
                self.write_order(&mut out, slot);
            }
        }
        out.0
    }

    fn write_order(&self, out: &mut Writer, slot: u32) {
        let order = &self.orders[slot];
        let shown = match order.handle {
            0 => 0,
            handle => {
                let book = &self.instruments[order.instrument].book;
                book.get(crate::book::Handle::new(handle)).quantity.get()
            }
        };
        out.u64(order.id);
        out.u64(order.client_id);
        out.u32(order.account);
        out.u32(order.instrument);
        out.i64(order.price);
        out.i64(order.stop_price);
        out.u64(order.total);
        out.u64(order.open);
        out.u64(order.display);
        out.u64(shown);
        out.i64(order.expiry);
        out.u64(if order.sleeping { order.priority } else { 0 });
        out.byte(order.side as u8);
        out.byte(order.order_type as u8);
        out.byte(order.time_in_force as u8);
        out.byte(order.self_trade as u8);
        out.byte(
            u8::from(order.post_only) | u8::from(order.reduce_only) << 1 | u8::from(order.sleeping) << 2,
        );
    }

    /// Puts a restored order where it stood.
    fn put_back(&mut self, mut order: Order, shown: u64) -> Read<()> {
        let known = self.accounts.has(order.account) && self.instruments.has(order.instrument);
        let ids = order.id >= 1
            && order.id <= self.last_order_id
            && self.order_ids.get(order.id, 0).is_none()
            && (order.client_id == 0 || self.client_ids.get(order.client_id, order.account).is_none());
        let sizes = 1 <= order.open && order.open <= order.total && order.total <= MAX_ORDER_LOTS;
        if !(known && ids && sizes && shown <= order.open && order.display <= MAX_ORDER_LOTS) {
            return Err(SnapshotError::Impossible("order"));
        }
        let instrument = &self.instruments[order.instrument];
        let range = instrument.spec.min_price.get()..=instrument.spec.max_price.get();
        let worst = i128::from(instrument.unit_exposure) * i128::from(order.open);
        let stands = order.sleeping == (shown == 0) && instrument.phase != Phase::Settled;
        if !range.contains(&order.price)
            || (order.sleeping && !range.contains(&order.stop_price))
            || worst > i128::from(crate::units::MAX_ORDER_NOTIONAL)
            || !stands
            || !instrument.book.has_room()
        {
            return Err(SnapshotError::Impossible("order"));
        }
        let Some(position) = self.position_ids.get(u64::from(order.instrument), order.account) else {
            return Err(SnapshotError::Impossible("order"));
        };
        order.position = position;
        let slot = self.orders.add(order);
        self.order_ids.insert(order.id, 0, slot);
        if order.client_id != 0 {
            self.client_ids.insert(order.client_id, order.account, slot);
        }
        if order.reduce_only {
            self.positions[position].reduce_only_orders += 1;
        }
        if order.time_in_force == TimeInForce::GoodTillDate {
            self.expiries.insert((order.expiry, order.id));
            self.earliest_expiry = self.earliest_expiry.min(order.expiry);
        }
        let instrument = &mut self.instruments[order.instrument];
        if order.sleeping {
            instrument.stops(order.side).insert(order.stop_key(), slot);
        } else {
            let (price, lots) = (PriceTicks::new(order.price), Lots::new(shown));
            let handle = instrument.book.insert(order.side, price, lots, tag(slot, order.account));
            self.orders[slot].handle = handle.get();
        }
        Ok(())
    }
}

fn read_limits(reader: &mut Reader<'_>) -> Read<Limits> {
    let limits = crate::wire::read_limits(reader)?;
    if !limits.are_sound() {
        return Err(SnapshotError::Impossible("limits"));
    }
    Ok(limits)
}

fn write_instrument<B: Book>(out: &mut Writer, instrument: &Instrument<B>) {
    let spec = &instrument.spec;
    write_spec(out, spec);
    out.byte(instrument.phase as u8);
    out.byte(u8::from(instrument.last_price.is_some()));
    out.i64(instrument.last_price.unwrap_or(0));
    out.i64(instrument.mark);
    out.i64(instrument.mark_base);
    out.byte(u8::from(instrument.mark_pinned));
    out.i64(instrument.reference_price);
    out.i64(instrument.band_low);
    out.i64(instrument.band_high);
    out.i64(instrument.unit_exposure);
    out.i64(instrument.issued);
}

fn read_instrument<B: Book>(reader: &mut Reader<'_>) -> Read<Instrument<B>> {
    let price = |reader: &mut Reader<'_>| reader.within(MAX_PRICE_TICKS, "price");
    let spec = read_spec(reader)?;
    check_spec(&spec).map_err(|_| SnapshotError::Impossible("instrument"))?;
    let mut instrument = Instrument::<B>::new(spec);
    instrument.phase = reader.named(Phase::from_u8, "phase")?;
    let traded = reader.flag()?;
    let last = price(reader)?;
    instrument.last_price = traded.then_some(last);
    instrument.mark = price(reader)?;
    instrument.mark_base = price(reader)?;
    instrument.mark_pinned = reader.flag()?;
    instrument.reference_price = price(reader)?;
    instrument.band_low = price(reader)?;
    instrument.band_high = price(reader)?;
    let exposure = reader.i64()?;
    if exposure < instrument.unit_exposure || exposure > crate::units::MAX_ORDER_NOTIONAL {
        return Err(SnapshotError::Impossible("exposure of an instrument"));
    }
    instrument.unit_exposure = exposure;
    instrument.issued = reader.within(MAX_CASH, "issued lots")?;
    Ok(instrument)
}

fn read_order(reader: &mut Reader<'_>) -> Read<(Order, u64)> {
    let mut order = Order {
        id: reader.u64()?,
        client_id: reader.u64()?,
        account: reader.u32()?,
        instrument: reader.u32()?,
        price: reader.i64()?,
        stop_price: reader.i64()?,
        total: reader.u64()?,
        open: reader.u64()?,
        display: reader.u64()?,
        ..Order::NOBODY
    };
    let shown = reader.u64()?;
    order.expiry = reader.i64()?;
    order.priority = reader.u64()?;
    order.side = reader.named(Side::from_u8, "side")?;
    order.order_type = reader.named(OrderType::from_u8, "order type")?;
    order.time_in_force = reader.named(TimeInForce::from_u8, "time in force")?;
    order.self_trade = reader.named(SelfTrade::from_u8, "self-trade mode")?;
    let flags = reader.named(|byte| (byte < 8).then_some(byte), "order flags")?;
    order.post_only = flags & 1 != 0;
    order.reduce_only = flags & 2 != 0;
    order.sleeping = flags & 4 != 0;
    Ok((order, shown))
}

fn read_state<B: Book>(reader: &mut Reader<'_>) -> Read<Exchange<B>> {
    let config = Config {
        model: reader.named(AccountModel::from_u8, "account model")?,
        limits: read_limits(reader)?,
        liquidation_slice_ppm: reader.u32()?,
        liquidation_reach_ppm: reader.u32()?,
        table_seed: reader.u64()?,
    };
    if config.check().is_err() {
        return Err(SnapshotError::Impossible("configuration"));
    }
    let mut exchange = Exchange::<B>::new(config);
    exchange.clock = reader.i64()?;
    exchange.last_order_id = reader.u64()?;
    exchange.system.issued = reader.i128()?;
    exchange.system.issued_worth = reader.i128()?;
    exchange.system.fees = reader.i128()?;
    exchange.system.fund = reader.i128()?;
    for wide in
        [exchange.system.issued, exchange.system.issued_worth, exchange.system.fees, exchange.system.fund]
    {
        bounded(wide, "system balance")?;
    }
    for _ in 0..reader.count(45, u64::from(MAX_ACCOUNTS))? {
        let mut account = Account::new(config.limits);
        account.cash = reader.within(MAX_CASH, "cash")?;
        account.deposited = bounded(reader.i128()?, "deposits")?;
        account.limits = read_limits(reader)?;
        account.status = reader.named(AccountStatus::from_u8, "account status")?;
        exchange.accounts.push(account);
    }
    for _ in 0..reader.count(150, u64::from(MAX_INSTRUMENTS))? {
        let instrument = read_instrument::<B>(reader)?;
        let (reference, phase) = (instrument.spec.reference.get(), instrument.phase);
        let option = instrument.is_option();
        let id = exchange.instruments.push(instrument);
        if option {
            if reference >= id || exchange.instruments[reference].is_option() {
                return Err(SnapshotError::Impossible("reference of an option"));
            }
            if phase != Phase::Settled {
                exchange.instruments[reference].options.push(id);
            }
        }
    }
    for _ in 0..reader.count(64, u64::from(u32::MAX))? {
        read_position(reader, &mut exchange)?;
    }
    let mut orders = Vec::new();
    for _ in 0..reader.count(93, u64::from(u32::MAX))? {
        orders.push(read_order(reader)?);
    }
    for (order, shown) in orders {
        exchange.put_back(order, shown)?;
    }
    exchange.recompute_sums()?;
    Ok(exchange)
}

fn read_position<B: Book>(reader: &mut Reader<'_>, exchange: &mut Exchange<B>) -> Read<()> {
    let (account, instrument) = (reader.u32()?, reader.u32()?);
    let fresh = exchange.position_ids.get(u64::from(instrument), account).is_none();
    if !(exchange.accounts.has(account) && exchange.instruments.has(instrument) && fresh) {
        return Err(SnapshotError::Impossible("owner of a position"));
    }
    let slot = exchange.position_slot(account, instrument);
    let position = Position {
        lots: reader.within(MAX_POSITION_LOTS, "position")?,
        cost: bounded(reader.i128()?, "cost")?,
        realised: bounded(reader.i128()?, "realised profit")?,
        fees: bounded(reader.i128()?, "fees")?,
        ..exchange.positions[slot]
    };
    exchange.positions[slot] = position;
    Ok(())
}

/// Wide sums are held far below what their type can carry, so that adding to them is safe for ever.
fn bounded(value: i128, field: &'static str) -> Read<i128> {
    const BOUND: i128 = 1 << 120;
    if (-BOUND..=BOUND).contains(&value) { Ok(value) } else { Err(SnapshotError::Impossible(field)) }
}
