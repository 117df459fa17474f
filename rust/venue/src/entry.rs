//! An ordinary order or cancel, read straight from the bytes of a message to the core's command.
//!
//! Only messages that can have one meaning are read here: one flat object, each member once, plain words, plain
//! numbers that fit. Everything else, whatever is wrong or merely unusual about it, is left to the reader that knows
//! every message and says what is wrong with it. What both read they must read alike.

use exchange::codec::{CommandRecord, FLAG_POST_ONLY, FLAG_REDUCE_ONLY};
use exchange::command::{CommandKind, OrderType, SelfTrade, TimeInForce};
use exchange::decimal::Step;
use exchange::units::NO_PRICE;
use rustc_hash::FxHashMap;

/// The largest integer that every JSON reader keeps as it is.
const SAFE_INTEGER: u64 = (1 << 53) - 1;
/// Most bytes of a text that names a message or an order.
const NAME_BYTES_MAX: usize = 64;
/// Most digits of the venue's number of an order.
const ORDER_ID_DIGITS_MAX: usize = 18;

/// What a message is called by who sent it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Id<'a> {
    /// A whole number.
    Number(i64),
    /// A text.
    Text(&'a str),
}

/// An order or a cancel as it was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request<'a> {
    /// The command, without its time.
    pub command: CommandRecord,
    /// What the message is called.
    pub id: Id<'a>,
    /// The client's own time, in its own unit.
    pub timestamp: Option<i64>,
    /// The owner's name of a new order.
    pub name: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
struct Terms {
    instrument: u32,
    price: Step,
    quantity: Step,
}

/// Reads orders in the instruments that it knows, and cancels of any.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    by_ticker: FxHashMap<Box<str>, Terms>,
}

impl Entry {
    /// Makes an instrument known.
    pub fn list(&mut self, instrument: u32, ticker: &str, price: Step, quantity: Step) {
        self.by_ticker.insert(ticker.into(), Terms { instrument, price, quantity });
    }

    /// Reads a message, if it is an ordinary order or cancel.
    #[must_use]
    pub fn read<'a>(&self, message: &'a [u8], account: u32) -> Option<Request<'a>> {
        let members = Members::read(message)?;
        let command = match members.kind? {
            Kind::Place => self.place(&members, account)?,
            Kind::Cancel => cancel(&members, account)?,
        };
        Some(Request { command, id: members.id?, timestamp: members.timestamp, name: members.name })
    }

    fn place(&self, members: &Members<'_>, account: u32) -> Option<CommandRecord> {
        (members.seen & bit(Member::OrderId) == 0).then_some(())?;
        let terms = self.by_ticker.get(members.ticker?)?;
        let price = match members.price {
            Some(text) => terms.price.parse(text).ok().filter(|price| *price > 0)?,
            None => NO_PRICE,
        };
        let text = members.quantity?;
        if text.parse::<u64>().ok().is_none_or(|lots| lots == 0 || lots > SAFE_INTEGER) {
            return None;
        }
        Some(CommandRecord {
            kind: CommandKind::NewOrder as u8,
            side: members.side?,
            order_type: members.order_type.unwrap_or(OrderType::Limit as u8),
            time_in_force: members.time_in_force.unwrap_or(TimeInForce::GoodTillCancel as u8),
            flags: members.flags,
            self_trade: members.self_trade.unwrap_or(SelfTrade::CancelNewest as u8),
            account,
            instrument: terms.instrument,
            price,
            stop_price: NO_PRICE,
            quantity: u64::try_from(terms.quantity.parse(text).ok()?).ok()?,
            ..CommandRecord::default()
        })
    }
}

fn cancel(members: &Members<'_>, account: u32) -> Option<CommandRecord> {
    const WANTED: u32 = bit(Member::Op) | bit(Member::Id) | bit(Member::Timestamp) | bit(Member::OrderId);
    (members.seen & !WANTED == 0).then_some(())?;
    let order_id = members.order_id?;
    Some(CommandRecord {
        kind: CommandKind::Cancel as u8,
        account,
        order_id,
        price: NO_PRICE,
        stop_price: NO_PRICE,
        ..CommandRecord::default()
    })
}

/// What a message asks for.
#[derive(Clone, Copy)]
enum Kind {
    Place,
    Cancel,
}

/// A member's place among those that were seen.
#[derive(Clone, Copy)]
enum Member {
    Op,
    Id,
    Timestamp,
    Ticker,
    Side,
    Quantity,
    Price,
    OrderType,
    TimeInForce,
    SelfTrade,
    PostOnly,
    ReduceOnly,
    Name,
    OrderId,
}

const fn bit(member: Member) -> u32 {
    1 << member as u32
}

/// The members of a message, each as far as it was there.
#[derive(Default)]
struct Members<'a> {
    seen: u32,
    kind: Option<Kind>,
    order_id: Option<u64>,
    id: Option<Id<'a>>,
    timestamp: Option<i64>,
    ticker: Option<&'a str>,
    side: Option<u8>,
    quantity: Option<&'a str>,
    price: Option<&'a str>,
    order_type: Option<u8>,
    time_in_force: Option<u8>,
    self_trade: Option<u8>,
    flags: u8,
    name: Option<&'a str>,
}

impl<'a> Members<'a> {
    fn read(message: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor { rest: message };
        let mut members = Self::default();
        cursor.take(b'{')?;
        loop {
            let key = cursor.text()?;
            cursor.take(b':')?;
            members.member(key, &mut cursor)?;
            if cursor.take(b',').is_none() {
                break;
            }
        }
        cursor.take(b'}')?;
        cursor.peek().is_none().then_some(members)
    }

    fn member(&mut self, key: &str, cursor: &mut Cursor<'a>) -> Option<()> {
        let member = match key {
            "op" => {
                self.kind = Some(match cursor.text()? {
                    "place" => Kind::Place,
                    "cancel" => Kind::Cancel,
                    _ => return None,
                });
                Member::Op
            }
            "id" => {
                self.id = Some(cursor.id()?);
                Member::Id
            }
            "timestamp" => {
                self.timestamp = Some(cursor.safe_integer()?);
                Member::Timestamp
            }
            "ticker" => {
                self.ticker = Some(cursor.text()?);
                Member::Ticker
            }
            "side" => {
                self.side = Some(match cursor.text()? {
                    "buy" => 0,
                    "sell" => 1,
                    _ => return None,
                });
                Member::Side
            }
            "quantity" => {
                self.quantity = Some(cursor.number()?);
                Member::Quantity
            }
            "price" => {
                self.price = Some(cursor.number()?);
                Member::Price
            }
            "type" => {
                // Orders with a stop price have more members than are known here.
                self.order_type = Some(match cursor.text()? {
                    "limit" => OrderType::Limit,
                    "market" => OrderType::Market,
                    _ => return None,
                } as u8);
                Member::OrderType
            }
            "time_in_force" => {
                self.time_in_force = Some(match cursor.text()? {
                    "GTC" => TimeInForce::GoodTillCancel,
                    "DAY" => TimeInForce::Day,
                    "IOC" => TimeInForce::ImmediateOrCancel,
                    "FOK" => TimeInForce::FillOrKill,
                    _ => return None,
                } as u8);
                Member::TimeInForce
            }
            "self_trade_prevention" => {
                self.self_trade = Some(match cursor.text()? {
                    "cancel_newest" => SelfTrade::CancelNewest,
                    "cancel_oldest" => SelfTrade::CancelOldest,
                    "cancel_both" => SelfTrade::CancelBoth,
                    "decrement" => SelfTrade::Decrement,
                    _ => return None,
                } as u8);
                Member::SelfTrade
            }
            "post_only" => {
                self.flags |= if cursor.truth()? { FLAG_POST_ONLY } else { 0 };
                Member::PostOnly
            }
            "reduce_only" => {
                self.flags |= if cursor.truth()? { FLAG_REDUCE_ONLY } else { 0 };
                Member::ReduceOnly
            }
            "client_order_id" => {
                let name = cursor.text()?;
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte);
                let fits = !name.is_empty() && name.len() <= NAME_BYTES_MAX;
                self.name = (fits && name.bytes().all(plain)).then_some(Some(name))?;
                Member::Name
            }
            "order_id" => {
                let text = cursor.text()?;
                let plain =
                    text.len() <= ORDER_ID_DIGITS_MAX && text.bytes().all(|byte| byte.is_ascii_digit());
                self.order_id = Some(text.parse().ok().filter(|number| plain && *number > 0)?);
                Member::OrderId
            }
            _ => return None,
        };
        let first = self.seen & bit(member) == 0;
        self.seen |= bit(member);
        first.then_some(())
    }
}

/// What is still to be read of a message.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// The next byte that is no space, which is passed over with those before it only by [`Cursor::take`].
    fn peek(&mut self) -> Option<u8> {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.rest.first().copied()
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then_some(())?;
        self.rest = self.rest.get(1..)?;
        Some(())
    }

    /// A text of printable ASCII in which nothing is escaped.
    fn text(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let end = self.rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20 | 0x7f..))?;
        let (text, rest) = self.rest.split_at_checked(end)?;
        (rest.first() == Some(&b'"')).then_some(())?;
        self.rest = rest.get(1..)?;
        core::str::from_utf8(text).ok()
    }

    /// A number without an exponent, as it is written.
    fn number(&mut self) -> Option<&'a str> {
        self.peek()?;
        let end = self.rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'-'));
        let (text, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        let text = core::str::from_utf8(text).ok()?;
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = whole.strip_prefix('-').unwrap_or(whole);
        let grammatical = match digits.as_bytes() {
            [b'0'] => true,
            [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
            _ => false,
        };
        let ends = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (grammatical && ends && !matches!(rest.first(), Some(b'e' | b'E' | b'+'))).then_some(())?;
        self.rest = rest;
        Some(text)
    }

    fn safe_integer(&mut self) -> Option<i64> {
        let number = self.number()?.parse::<i64>().ok()?;
        (number.unsigned_abs() <= SAFE_INTEGER).then_some(number)
    }

    fn id(&mut self) -> Option<Id<'a>> {
        if self.peek()? == b'"' {
            return self.text().filter(|text| text.len() <= NAME_BYTES_MAX).map(Id::Text);
        }
        self.safe_integer().map(Id::Number)
    }

    fn truth(&mut self) -> Option<bool> {
        self.peek()?;
        let (rest, truth) = match self.rest {
            [b't', b'r', b'u', b'e', rest @ ..] => (rest, true),
            [b'f', b'a', b'l', b's', b'e', rest @ ..] => (rest, false),
            _ => return None,
        };
        self.rest = rest;
        Some(truth)
    }
}
