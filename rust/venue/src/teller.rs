//! The walk over a batch's events.

use exchange::codec::CommandRecord;
use exchange::command::TimeInForce;
use exchange::event::{AUCTION, EndReason, EventKind, EventRecord};
use rustc_hash::FxHashMap;

use crate::answer::Answering;
use crate::json;
use crate::order::{LiveOrder, Status, side_word};
use crate::scale::Scale;
use crate::told::{Answer, Owner, OwnerKind, PhaseChange, Told, Traded};

const NS_PER_MS: i64 = 1_000_000;

/// An instrument as it is called and written.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) ticker: Box<str>,
    pub(crate) price: Scale,
    pub(crate) quantity: Scale,
}

/// Reads batches of events, and keeps the open orders as their owners see them.
#[derive(Clone, Debug)]
pub struct Teller {
    cash: Scale,
    listed: Vec<Option<Listed>>,
    holders: Vec<Box<str>>,
    followed: Vec<bool>,
    orders: FxHashMap<u64, LiveOrder>,
    answering: Answering,
}

impl Teller {
    /// A teller that knows nothing yet but the unit of cash.
    #[must_use]
    pub fn new(cash: Scale) -> Self {
        Self {
            cash,
            listed: Vec::new(),
            holders: Vec::new(),
            followed: Vec::new(),
            orders: FxHashMap::default(),
            answering: Answering::default(),
        }
    }

    /// Makes an instrument known.
    pub fn list(&mut self, instrument: u32, ticker: &str, price: Scale, quantity: Scale) {
        let listed = Listed { ticker: ticker.into(), price, quantity };
        if let Some(place) = slot(&mut self.listed, instrument) {
            *place = Some(listed);
        }
    }

    /// Makes known who holds an account.
    pub fn hold(&mut self, account: u32, user_id: &str) {
        if let Some(place) = slot(&mut self.holders, account) {
            *place = user_id.into();
        }
    }

    /// Says whether the owner of an account listens; one who does not is told nothing.
    pub fn follow(&mut self, account: u32, listens: bool) {
        if let Some(place) = slot(&mut self.followed, account) {
            *place = listens;
        }
    }

    /// Takes over an open order of an earlier run.
    pub fn restore(&mut self, order: LiveOrder) {
        self.orders.insert(order.order_id, order);
    }

    /// An open order.
    #[must_use]
    pub fn order(&self, order_id: u64) -> Option<&LiveOrder> {
        self.orders.get(&order_id)
    }

    /// How many orders are open.
    #[must_use]
    pub fn order_count(&self) -> usize {
        self.orders.len()
    }

    /// Writes open orders, by number, as a list of `OrderView`.
    pub fn write_orders(&self, order_ids: impl Iterator<Item = u64>, out: &mut Vec<u8>) {
        out.push(b'[');
        let begin = out.len();
        for order in order_ids.filter_map(|id| self.orders.get(&id)) {
            let Some(listed) = known(&self.listed, order.instrument) else { continue };
            if out.len() > begin {
                out.push(b',');
            }
            order.write(listed, Status::Open, None, out);
        }
        out.push(b']');
    }

    /// Reads the events of a batch.
    ///
    /// `first` is the number of the first command; `names` are the owners' names of new orders, by the place of their
    /// command in the batch, rising.
    pub fn tell(
        &mut self,
        commands: &[CommandRecord],
        first: u64,
        names: &[(usize, &str)],
        events: &[EventRecord],
    ) -> Told {
        let mut told = Told { answers: Vec::with_capacity(commands.len()), ..Told::default() };
        let mut names = names.iter().peekable();
        let mut rest = events;
        for (index, command) in commands.iter().enumerate() {
            let number = first + index as u64;
            let count = rest.iter().take_while(|event| event.command == number).count();
            let (mine, later) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            rest = later;
            let name = names.next_if(|(place, _)| *place == index).map(|&(_, name)| name);
            self.answering.begin(command.kind, command.order_id);
            self.walk(mine, name, &mut told);
            let answer = self.finish(&mut told);
            told.answers.push(answer);
        }
        // Commands of administration come without their records: nobody waits for an answer here.
        self.answering.begin(0, 0);
        self.walk(rest, None, &mut told);
        told
    }

    fn finish(&mut self, told: &mut Told) -> Answer {
        let about = self.orders.get(&self.answering.order_id());
        if self.answering.is_replace()
            && let Some(order) = about
            && let Some(listed) = known(&self.listed, order.instrument)
            && self.answering.is_carried_out()
        {
            self.answering.write(order, listed, Status::Open, &mut told.bytes);
        }
        self.answering.finish(&mut told.bytes)
    }

    fn walk(&mut self, events: &[EventRecord], name: Option<&str>, told: &mut Told) {
        for event in events {
            told.sequence = event.sequence;
            match event.kind() {
                Some(EventKind::Rejected) => {
                    told.rejected.push(event.reason);
                    self.answering.refuse(event.reason);
                }
                Some(EventKind::Accepted) => self.accepted(event, name, told),
                Some(EventKind::Trade) => self.traded(event, told),
                Some(EventKind::PhaseChanged) => {
                    told.phases.push(PhaseChange {
                        sequence: event.sequence,
                        instrument: event.instrument,
                        phase: event.reason,
                    });
                    change(told, event.instrument);
                }
                Some(EventKind::MassCancelled) => self.answering.count(event.quantity),
                Some(
                    EventKind::Cancelled
                    | EventKind::Expired
                    | EventKind::Replaced
                    | EventKind::Triggered
                    | EventKind::Reduced,
                ) => self.changed(event, told),
                Some(EventKind::Listed | EventKind::BandSet | EventKind::Settled | EventKind::Uncrossed) => {
                    change(told, event.instrument);
                }
                _ => {}
            }
        }
    }

    fn accepted(&mut self, event: &EventRecord, name: Option<&str>, told: &mut Told) {
        told.accepted += 1;
        change(told, event.instrument);
        let Some(listed) = known(&self.listed, event.instrument) else { return };
        let order = LiveOrder {
            order_id: event.order_id,
            account: event.account,
            instrument: event.instrument,
            side: event.side,
            order_type: event.reason >> 4,
            time_in_force: event.reason & 15,
            price: event.price,
            stop_price: event.amount,
            quantity: event.quantity,
            filled: 0,
            open: event.quantity,
            paid: 0,
            created_ns: event.time_ns,
            updated_ns: event.time_ns,
            client_order_id: name.map(Into::into),
        };
        if order.time_in_force == TimeInForce::GoodTillDate as u8 {
            told.expiries.push(event.amount_2);
        }
        self.answering.accept(&order, listed);
        if listens(&self.followed, order.account) {
            tell_order(&order, listed, Status::Open, None, told);
        }
        self.orders.insert(order.order_id, order);
    }

    fn traded(&mut self, event: &EventRecord, told: &mut Told) {
        change(told, event.instrument);
        let Some(listed) = known(&self.listed, event.instrument) else { return };
        let begin = told.bytes.len();
        self.write_trade(event, listed, &mut told.bytes);
        let view = begin..told.bytes.len();
        told.trades.push(Traded {
            sequence: event.sequence,
            time_ns: event.time_ns,
            instrument: event.instrument,
            price: event.price,
            lots: event.quantity,
            view: view.clone(),
        });
        let parties = [(event.order_id, event.amount, true), (event.counter_id, event.amount_2, false)];
        for (order_id, fee, took) in parties {
            let Some(order) = self.orders.get_mut(&order_id) else { continue };
            order.fill(event.price, event.quantity, event.time_ns);
            let status = order.status();
            let ended = status != Status::Open;
            if took && self.answering.is_about(order_id) {
                let trade = told.bytes.get(view.clone()).unwrap_or_default();
                self.answering.trade(trade, event.quantity, status);
            }
            if ended && self.answering.is_replace() && self.answering.is_about(order_id) {
                self.answering.write(order, listed, status, &mut told.bytes);
            }
            if listens(&self.followed, order.account) {
                let fill = Fill { event, order, fee, took, cash: self.cash, holders: &self.holders };
                fill.tell(listed, status, told);
            }
            if ended {
                self.orders.remove(&order_id);
            }
        }
    }

    fn write_trade(&self, event: &EventRecord, listed: &Listed, out: &mut Vec<u8>) {
        out.extend(b"{\"trade_id\":");
        json::name(event.sequence, out);
        out.extend(b",\"ticker\":");
        json::text(&listed.ticker, out);
        out.extend(b",\"price\":");
        listed.price.write(i128::from(event.price), out);
        out.extend(b",\"quantity\":");
        listed.quantity.write(i128::from(event.quantity), out);
        write_parties(event, &self.holders, out);
        out.extend(b",\"side\":");
        json::text(if event.flags & AUCTION != 0 { "auction" } else { side_word(event.side) }, out);
        write_time(event, out);
        out.push(b'}');
    }

    fn changed(&mut self, event: &EventRecord, told: &mut Told) {
        change(told, event.instrument);
        let Some(order) = self.orders.get_mut(&event.order_id) else { return };
        let Some(listed) = known(&self.listed, order.instrument) else { return };
        order.updated_ns = event.time_ns;
        let (status, reason) = match event.kind() {
            Some(EventKind::Cancelled) => (Status::Cancelled, Some(event.reason)),
            Some(EventKind::Expired) => (Status::Expired, Some(event.reason)),
            Some(EventKind::Replaced) => {
                order.price = event.price;
                order.stop_price = event.amount;
                order.quantity = order.filled + event.quantity;
                order.open = event.quantity;
                (Status::Open, None)
            }
            Some(EventKind::Reduced) => {
                order.open = order.open.saturating_sub(event.quantity);
                (Status::Open, None)
            }
            _ => (Status::Open, None),
        };
        if self.answering.is_about(order.order_id) {
            self.answering.change(status);
            if status == Status::Open {
                self.answering.carry_out();
            } else {
                self.answering.write(order, listed, status, &mut told.bytes);
            }
        }
        if listens(&self.followed, order.account) {
            let reason = reason.and_then(reason_word);
            tell_order(order, listed, status, reason.as_deref(), told);
        }
        if status != Status::Open {
            self.orders.remove(&event.order_id);
        }
    }
}

/// A trade as the owner of one of its orders sees it.
struct Fill<'a> {
    event: &'a EventRecord,
    order: &'a LiveOrder,
    fee: i64,
    took: bool,
    cash: Scale,
    holders: &'a [Box<str>],
}

impl Fill<'_> {
    fn tell(&self, listed: &Listed, status: Status, told: &mut Told) {
        let begin = told.bytes.len();
        let out = &mut told.bytes;
        out.extend(b"{\"order\":");
        self.order.write(listed, status, None, out);
        out.extend(b",\"fill\":{\"trade_id\":");
        json::name(self.event.sequence, out);
        out.extend(b",\"order_id\":");
        json::name(self.order.order_id, out);
        out.extend(b",\"client_order_id\":");
        json::maybe_text(self.order.client_order_id.as_deref(), out);
        out.extend(b",\"ticker\":");
        json::text(&listed.ticker, out);
        out.extend(b",\"side\":");
        json::text(side_word(self.order.side), out);
        out.extend(b",\"price\":");
        listed.price.write(i128::from(self.event.price), out);
        out.extend(b",\"quantity\":");
        listed.quantity.write(i128::from(self.event.quantity), out);
        out.extend(b",\"fee\":");
        self.cash.write(i128::from(self.fee), out);
        out.extend(b",\"liquidity\":");
        json::text(if self.took { "taker" } else { "maker" }, out);
        write_parties(self.event, self.holders, out);
        write_time(self.event, out);
        out.extend(b"}}");
        let data = begin..told.bytes.len();
        told.owners.push(Owner { account: self.order.account, kind: OwnerKind::Fill, data });
    }
}

fn tell_order(order: &LiveOrder, listed: &Listed, status: Status, reason: Option<&str>, told: &mut Told) {
    let begin = told.bytes.len();
    told.bytes.extend(b"{\"order\":");
    order.write(listed, status, reason, &mut told.bytes);
    told.bytes.push(b'}');
    let data = begin..told.bytes.len();
    told.owners.push(Owner { account: order.account, kind: OwnerKind::Order, data });
}

fn write_parties(event: &EventRecord, holders: &[Box<str>], out: &mut Vec<u8>) {
    let (taker, maker) = (holder(holders, event.account), holder(holders, event.counterparty));
    let (buyer, seller) = if event.side == 0 { (taker, maker) } else { (maker, taker) };
    out.extend(b",\"buyer_id\":");
    json::text(buyer, out);
    out.extend(b",\"seller_id\":");
    json::text(seller, out);
}

fn write_time(event: &EventRecord, out: &mut Vec<u8>) {
    out.extend(b",\"timestamp\":");
    json::integer(i128::from(event.time_ns / NS_PER_MS), out);
}

/// The word of a reason, such as `by_owner`.
fn reason_word(number: u8) -> Option<String> {
    let reason = EndReason::ALL.iter().find(|reason| **reason as u8 == number)?;
    let mut word = String::new();
    for letter in reason.name().chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(letter.to_ascii_lowercase());
    }
    Some(word)
}

fn change(told: &mut Told, instrument: u32) {
    if instrument != 0 && !told.changed.contains(&instrument) {
        told.changed.push(instrument);
    }
}

fn known(listed: &[Option<Listed>], instrument: u32) -> Option<&Listed> {
    listed.get(instrument as usize)?.as_ref()
}

fn holder(holders: &[Box<str>], account: u32) -> &str {
    holders.get(account as usize).map_or("", AsRef::as_ref)
}

fn listens(followed: &[bool], account: u32) -> bool {
    followed.get(account as usize).copied().unwrap_or(false)
}

/// The place of a number in a table that grows up to it.
fn slot<T: Clone + Default>(table: &mut Vec<T>, number: u32) -> Option<&mut T> {
    let place = number as usize;
    if place >= table.len() {
        table.resize(place + 1, T::default());
    }
    table.get_mut(place)
}
