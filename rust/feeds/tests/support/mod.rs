//! Lines of a made recording, in ticks of 0.01 and lots of 0.001.

#![allow(dead_code)] // Each test program uses a part of it.

use exchange::decimal::Step;
use feeds::{Policy, Reader, Settings};

/// Nanoseconds of the first line; the exchange's clock reads the same millisecond.
pub const START_NS: i64 = 1_700_000_000_000_000_000;
pub const START_MS: i64 = START_NS / 1_000_000;

pub fn reader(policy: Policy) -> Reader {
    Reader::new(Settings {
        price_step: Step::new("0.01").unwrap(),
        quantity_step: Step::new("0.001").unwrap(),
        policy,
        symbol: None,
    })
}

pub fn line(tick: i64, json: &str) -> String {
    format!("{} {json}\n", START_NS + tick * 1_000_000)
}

pub fn depth(tick: i64, ids: (u64, u64), bids: &str, asks: &str) -> String {
    let (first, last) = ids;
    let time = START_MS + tick;
    line(
        tick,
        &format!(
            r#"{{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":{time},"s":"BTCUSDT","U":{first},"u":{last},"b":{bids},"a":{asks}}}}}"#
        ),
    )
}

pub fn snapshot(tick: i64, id: u64, bids: &str, asks: &str) -> String {
    line(tick, &format!(r#"{{"lastUpdateId":{id},"bids":{bids},"asks":{asks}}}"#))
}

pub fn trade(tick: i64, id: u64, price: &str, buyer_is_maker: bool) -> String {
    let time = START_MS + tick;
    line(
        tick,
        &format!(
            r#"{{"stream":"btcusdt@trade","data":{{"e":"trade","E":{time},"s":"BTCUSDT","t":{id},"p":"{price}","q":"0.002","T":{time},"m":{buyer_is_maker},"M":true}}}}"#
        ),
    )
}

pub fn quote(tick: i64, id: u64, bid: &str, ask: &str) -> String {
    line(
        tick,
        &format!(
            r#"{{"stream":"btcusdt@bookTicker","data":{{"u":{id},"s":"BTCUSDT","b":"{bid}","B":"1.000","a":"{ask}","A":"2.000"}}}}"#
        ),
    )
}

pub fn read(text: &str, policy: Policy) -> Reader {
    let mut reader = reader(policy);
    reader.push(text.as_bytes()).unwrap();
    reader.finish().unwrap();
    reader
}
