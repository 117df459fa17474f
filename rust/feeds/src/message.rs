//! A line's JSON as fields, in one pass and without keeping any text.
//!
//! The stream's name stands before its data, as the exchange writes it; it decides which fields are looked at, and
//! everything else is passed over. Prices and quantities stand in quotes: a bare number would be a float in most
//! readers, so it is refused here. A number that is none does not end the pass: the first one is remembered.

use core::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use crate::number::Scale;

/// What kind of message a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Kind {
    Depth,
    Trade,
    Quote,
    Snapshot,
    /// A stream that is not read.
    #[default]
    Unknown,
}

impl Kind {
    /// Tells it from a stream's name, such as `btcusdt@depth@100ms`.
    fn of(stream: &str) -> Self {
        match stream.split_once('@').map(|(_, name)| name) {
            Some("trade") => Self::Trade,
            Some("bookTicker") => Self::Quote,
            Some("depth") => Self::Depth,
            Some(name) if name.starts_with("depth@") => Self::Depth,
            _ => Self::Unknown,
        }
    }
}

/// A price level as the message says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Level {
    pub(crate) price: i64,
    pub(crate) quantity: u64,
}

/// What a message says; a field that it does not have is `None`.
#[derive(Debug, Default)]
pub(crate) struct Message<'a> {
    pub(crate) kind: Kind,
    pub(crate) symbol: Option<&'a str>,
    /// `U`.
    pub(crate) first_id: Option<u64>,
    /// `u`, and `lastUpdateId` of a snapshot.
    pub(crate) last_id: Option<u64>,
    /// `pu`.
    pub(crate) previous_id: Option<u64>,
    /// `E`, in milliseconds.
    pub(crate) event_ms: Option<u64>,
    /// `T`, in milliseconds.
    pub(crate) trade_ms: Option<u64>,
    /// `t`.
    pub(crate) trade_id: Option<u64>,
    /// `m`: the buyer was there first.
    pub(crate) buyer_is_maker: Option<bool>,
    /// `p`, or `b` of a quote.
    pub(crate) price: Option<i64>,
    /// `q`, or `B` of a quote.
    pub(crate) quantity: Option<u64>,
    /// `a` of a quote.
    pub(crate) ask_price: Option<i64>,
    /// `A` of a quote.
    pub(crate) ask_quantity: Option<u64>,
    has_bids: bool,
    has_asks: bool,
}

impl Message<'_> {
    /// Whether both sides of the book were named.
    pub(crate) const fn has_levels(&self) -> bool {
        self.has_bids && self.has_asks
    }
}

/// What is used again from line to line.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(crate) prices: Scale,
    pub(crate) quantities: Scale,
    pub(crate) bids: Vec<Level>,
    pub(crate) asks: Vec<Level>,
    /// The first number that is none.
    pub(crate) fault: Option<String>,
}

/// Reads a line's JSON.
pub(crate) fn parse<'a>(json: &'a [u8], scratch: &mut Scratch) -> Result<Message<'a>, serde_json::Error> {
    scratch.bids.clear();
    scratch.asks.clear();
    scratch.fault = None;
    let mut message = Message::default();
    let mut text = serde_json::Deserializer::from_slice(json);
    Envelope { message: &mut message, scratch }.deserialize(&mut text)?;
    text.end()?;
    Ok(message)
}

/// The outer object: a stream and its data, or a snapshot.
struct Envelope<'s, 'a> {
    message: &'s mut Message<'a>,
    scratch: &'s mut Scratch,
}

impl<'a> DeserializeSeed<'a> for Envelope<'_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Envelope<'_, 'a> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `stream` and `data`, or a snapshot of the book")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        let Self { message, scratch } = self;
        let (mut stream, mut data) = (None, false);
        while let Some(key) = map.next_key::<&'a str>()? {
            match key {
                "stream" => {
                    let name = map.next_value::<&'a str>()?;
                    message.kind = Kind::of(name);
                    once(&mut stream, name, "stream")?;
                }
                "data" if stream.is_none() => return Err(M::Error::custom("`data` stands before `stream`")),
                "data" if data => return Err(M::Error::duplicate_field("data")),
                "data" => {
                    data = true;
                    if message.kind == Kind::Unknown {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        map.next_value_seed(Data { message: &mut *message, scratch: &mut *scratch })?;
                    }
                }
                "lastUpdateId" if stream.is_none() => {
                    message.kind = Kind::Snapshot;
                    once(&mut message.last_id, map.next_value()?, "lastUpdateId")?;
                }
                "bids" if stream.is_none() => bids(message, scratch, &mut map, "bids")?,
                "asks" if stream.is_none() => asks(message, scratch, &mut map, "asks")?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if stream.is_some() && !data {
            return Err(M::Error::missing_field("data"));
        }
        if stream.is_none() && message.kind != Kind::Snapshot {
            return Err(M::Error::missing_field("stream"));
        }
        Ok(())
    }
}

/// The inner object of a stream that is read.
struct Data<'s, 'a> {
    message: &'s mut Message<'a>,
    scratch: &'s mut Scratch,
}

impl<'a> DeserializeSeed<'a> for Data<'_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Data<'_, 'a> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        let Self { message, scratch } = self;
        while let Some(key) = map.next_key::<&'a str>()? {
            match (message.kind, key) {
                (_, "s") => once(&mut message.symbol, map.next_value()?, "s")?,
                (_, "E") => once(&mut message.event_ms, map.next_value()?, "E")?,
                (_, "T") => once(&mut message.trade_ms, map.next_value()?, "T")?,
                (Kind::Depth | Kind::Quote, "u") => once(&mut message.last_id, map.next_value()?, "u")?,
                (Kind::Depth, "U") => once(&mut message.first_id, map.next_value()?, "U")?,
                (Kind::Depth, "pu") => once(&mut message.previous_id, map.next_value()?, "pu")?,
                (Kind::Depth, "b") => bids(message, scratch, &mut map, "b")?,
                (Kind::Depth, "a") => asks(message, scratch, &mut map, "a")?,
                (Kind::Trade, "t") => once(&mut message.trade_id, map.next_value()?, "t")?,
                (Kind::Trade, "m") => once(&mut message.buyer_is_maker, map.next_value()?, "m")?,
                (Kind::Trade, "p") | (Kind::Quote, "b") => {
                    once(&mut message.price, map.next_value_seed(Price(scratch))?, "price")?;
                }
                (Kind::Trade, "q") | (Kind::Quote, "B") => {
                    once(&mut message.quantity, map.next_value_seed(Quantity(scratch))?, "quantity")?;
                }
                (Kind::Quote, "a") => {
                    once(&mut message.ask_price, map.next_value_seed(Price(scratch))?, "a")?
                }
                (Kind::Quote, "A") => {
                    once(&mut message.ask_quantity, map.next_value_seed(Quantity(scratch))?, "A")?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

fn once<T, E: Error>(field: &mut Option<T>, value: T, name: &'static str) -> Result<(), E> {
    match field.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::duplicate_field(name)),
    }
}

fn bids<'a, M: MapAccess<'a>>(
    message: &mut Message<'a>,
    scratch: &mut Scratch,
    map: &mut M,
    name: &'static str,
) -> Result<(), M::Error> {
    if core::mem::replace(&mut message.has_bids, true) {
        return Err(M::Error::duplicate_field(name));
    }
    let mut levels = core::mem::take(&mut scratch.bids);
    map.next_value_seed(Levels { levels: &mut levels, scratch })?;
    scratch.bids = levels;
    Ok(())
}

fn asks<'a, M: MapAccess<'a>>(
    message: &mut Message<'a>,
    scratch: &mut Scratch,
    map: &mut M,
    name: &'static str,
) -> Result<(), M::Error> {
    if core::mem::replace(&mut message.has_asks, true) {
        return Err(M::Error::duplicate_field(name));
    }
    let mut levels = core::mem::take(&mut scratch.asks);
    map.next_value_seed(Levels { levels: &mut levels, scratch })?;
    scratch.asks = levels;
    Ok(())
}

/// The levels of one side.
struct Levels<'s> {
    levels: &'s mut Vec<Level>,
    scratch: &'s mut Scratch,
}

impl<'a> DeserializeSeed<'a> for Levels<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for Levels<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of price levels")
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut list: S) -> Result<(), S::Error> {
        while let Some(level) = list.next_element_seed(Pair(self.scratch))? {
            self.levels.push(level);
        }
        Ok(())
    }
}

/// One level: price and quantity.
struct Pair<'s>(&'s mut Scratch);

impl<'a> DeserializeSeed<'a> for Pair<'_> {
    type Value = Level;
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Level, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for Pair<'_> {
    type Value = Level;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a price and a quantity")
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut list: S) -> Result<Level, S::Error> {
        let price =
            list.next_element_seed(Price(self.0))?.ok_or_else(|| S::Error::invalid_length(0, &self))?;
        let quantity =
            list.next_element_seed(Quantity(self.0))?.ok_or_else(|| S::Error::invalid_length(1, &self))?;
        if price == 0 && self.0.fault.is_none() {
            self.0.fault = Some("the price of a level is zero".to_owned());
        }
        Ok(Level { price, quantity })
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident $scale:ident $method:ident $type:ty, $what:literal) => {
        $(#[$doc])*
        struct $name<'s>(&'s mut Scratch);

        impl<'a> DeserializeSeed<'a> for $name<'_> {
            type Value = $type;
            fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<$type, D::Error> {
                deserializer.deserialize_bytes(self)
            }
        }

        impl<'a> Visitor<'a> for $name<'_> {
            type Value = $type;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!("a ", $what, " in quotes"))
            }

            #[inline]
            fn visit_bytes<E: Error>(self, text: &[u8]) -> Result<$type, E> {
                match self.0.$scale.$method(text) {
                    Ok(value) => Ok(value),
                    Err(error) => {
                        self.0.fault.get_or_insert_with(|| fault($what, text, &error));
                        Ok(<$type>::MIN)
                    }
                }
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<$type, E> {
                self.visit_bytes(text.as_bytes())
            }

            fn visit_seq<S: SeqAccess<'a>>(self, _: S) -> Result<$type, S::Error> {
                Err(S::Error::invalid_type(Unexpected::Seq, &self))
            }
        }
    };
}

number! {
    /// A price, as ticks.
    Price prices price i64, "price"
}
number! {
    /// A quantity, as lots.
    Quantity quantities quantity u64, "quantity"
}

/// Most characters of a wrong number that are told.
const SHOWN_MAX: usize = 40;

#[cold]
fn fault(what: &str, text: &[u8], error: &crate::number::NumberError) -> String {
    let shown = text.get(..SHOWN_MAX).unwrap_or(text).escape_ascii();
    let more = if text.len() > SHOWN_MAX { "..." } else { "" };
    format!("the {what} '{shown}{more}' is refused: {error}")
}
