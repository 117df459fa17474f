//! Order flows, made from a seed.
//!
//! Five of them follow the model that the public matching-engine benchmark documents (METHODOLOGY.md of
//! flash1-dev/matching-engine-benchmark): a driftless geometric random walk of the middle price, buys
//! priced along its first half and sells along its second, arrival shuffled, a power-law depth with a hump
//! eight ticks out, 15 % immediate-or-cancel, 20 % of the others modified, 95 % cancelled after an
//! exponential lifetime, 2 % of the cancels and stale modifies sent twice. The realisation is our own, so
//! the books it builds are alike and not the same; the table of results says how deep they stood.
//!
//! The others stress what those five do not: takers that sweep many orders, a large book whose orders are
//! cancelled long after they came, and a thousand books that take turns.

use exchange::matcher::{Message, message_kind};

use crate::draw::Draw;

/// A flow and what has to stand before the clock starts.
pub struct Flow {
    /// Applied before the clock starts.
    pub opening: Vec<Message>,
    /// Applied under the clock.
    pub messages: Vec<Message>,
    /// For each message of both, first those of the opening, the book that it goes to; empty where there is
    /// one book.
    pub books: Vec<u16>,
}

/// Names of all flows.
pub const NAMES: [&str; 8] =
    ["static", "normal", "swing-25", "swing-40", "flash-crash", "sweeps", "interleaved", "thousand-books"];
/// Books of the flow in which many take turns.
pub const BOOKS: usize = 1_000;

const START_MIDDLE_TICKS: f64 = 33_504.0;
const DEPTH_EXPONENT: f64 = 2.23;
const DEEPEST_LEVEL: usize = 799;
const HUMP_HEIGHT: f64 = 5.0;
const HUMP_CENTRE: f64 = 8.0;
const IMMEDIATE_SHARE: f64 = 0.15;
const MODIFY_SHARE: f64 = 0.20;
const REPRICE_SHARE: f64 = 0.80;
const CANCEL_SHARE: f64 = 0.95;
const REPEAT_SHARE: f64 = 0.02;
const MEDIAN_LIFE_US: f64 = 431.0;
const INTERLEAVED_LIVE: usize = 280_000;
const ORDERS_OPENING_A_BOOK: usize = 200;

/// Makes a flow of about `count` messages. `None` for a name that is none of [`NAMES`].
pub fn make(name: &str, count: usize) -> Option<Flow> {
    // Seeds whose books stand about as deep as those that the benchmark publishes for its own seed.
    let swing = |share: f64, seed: u64| plain(benchmark_like(count, share, seed));
    Some(match name {
        "static" => swing(0.0, 1),
        "normal" => swing(0.02, 11),
        "swing-25" => swing(0.25, 15),
        "swing-40" => swing(0.40, 15),
        "flash-crash" => swing(0.60, 15),
        "sweeps" => plain(sweeps(count)),
        "interleaved" => interleaved(count),
        "thousand-books" => thousand_books(count),
        _ => return None,
    })
}

fn plain(messages: Vec<Message>) -> Flow {
    Flow { opening: Vec::new(), messages, books: Vec::new() }
}

fn new(order_id: u64, side: u8, price_ticks: i64, quantity_lots: u32, immediate: bool) -> Message {
    Message {
        kind: message_kind::NEW,
        order_id,
        price_ticks,
        quantity_lots,
        side,
        immediate_or_cancel: u8::from(immediate),
        ..Message::default()
    }
}

fn cancel(order_id: u64) -> Message {
    Message { kind: message_kind::CANCEL, order_id, ..Message::default() }
}

fn modify(order_id: u64, side: u8, price_ticks: i64, quantity_lots: u32) -> Message {
    Message { kind: message_kind::MODIFY, order_id, price_ticks, quantity_lots, side, ..Message::default() }
}

fn number(messages: &mut [Message]) {
    for (sequence, message) in messages.iter_mut().enumerate() {
        message.sequence = sequence as u64;
    }
}

/// Draws how many levels from the middle an order is placed.
struct Depth(Vec<f64>);

impl Depth {
    fn new() -> Self {
        let mut total = 0.0;
        let weights = (0..=DEEPEST_LEVEL).map(|level| {
            let distance = level as f64 - HUMP_CENTRE;
            let hump = HUMP_HEIGHT * (-0.5 * distance * distance).exp();
            total += (level as f64 + 1.0).powf(-DEPTH_EXPONENT) + hump;
            total
        });
        Self(weights.collect())
    }

    fn draw(&self, draw: &mut Draw) -> usize {
        let target = draw.unit() * self.0[DEEPEST_LEVEL];
        self.0.partition_point(|&sum| sum < target).min(DEEPEST_LEVEL)
    }
}

struct Placed {
    order_id: u64,
    side: u8,
    price: i64,
    quantity: u32,
    level: usize,
}

fn benchmark_like(count: usize, swing: f64, seed: u64) -> Vec<Message> {
    let mut draw = Draw::new(seed);
    let depth = Depth::new();
    // An order has 2.0 messages on average.
    let orders = count / 2;
    let step = swing / (orders as f64).sqrt();
    let mut middle = START_MIDDLE_TICKS;
    let mut placed: Vec<Placed> = (0..orders)
        .map(|index| {
            middle *= (step * draw.normal() - 0.5 * step * step).exp();
            let level = depth.draw(&mut draw);
            let away = level as i64 + 1;
            let buys = index < orders / 2;
            let price = middle.round() as i64 + if buys { -away } else { away };
            Placed {
                order_id: index as u64 + 1,
                side: u8::from(!buys),
                price: price.max(1),
                quantity: 1 + draw.below(100) as u32,
                level,
            }
        })
        .collect();
    draw.shuffle(&mut placed);
    let mut timed = Vec::with_capacity(count + count / 16);
    let mut now = 0.0;
    for order in &placed {
        live(order, &mut now, &mut timed, &mut draw);
    }
    timed.sort_by(|one: &(f64, Message), other| one.0.total_cmp(&other.0));
    let mut messages: Vec<Message> = timed.into_iter().map(|(_, message)| message).collect();
    number(&mut messages);
    messages
}

/// Writes down one order's life, from `now` on, which moves on with it.
fn live(order: &Placed, now: &mut f64, timed: &mut Vec<(f64, Message)>, draw: &mut Draw) {
    let Placed { order_id, side, mut price, mut quantity, level } = *order;
    let immediate = draw.chance(IMMEDIATE_SHARE);
    timed.push((*now, new(order_id, side, price, quantity, immediate)));
    *now += 1.0;
    if immediate {
        return;
    }
    let modified = draw.chance(MODIFY_SHARE);
    if modified {
        *now += 30.0 + 70.0 * draw.unit();
        quantity += 1;
        if draw.chance(REPRICE_SHARE) {
            price += if side == 0 { 1 } else { -1 };
        }
        timed.push((*now, modify(order_id, side, price, quantity)));
    }
    let cancelled = draw.chance(CANCEL_SHARE);
    if cancelled {
        let mean = MEDIAN_LIFE_US / std::f64::consts::LN_2 * (1.0 + level as f64).sqrt();
        *now += draw.exponential(mean);
        timed.push((*now, cancel(order_id)));
        if draw.chance(REPEAT_SHARE) {
            *now += 1.0 + 20.0 * draw.unit();
            timed.push((*now, cancel(order_id)));
        }
    }
    if modified && cancelled && draw.chance(REPEAT_SHARE) {
        *now += 1.0 + 20.0 * draw.unit();
        timed.push((*now, modify(order_id, side, price, quantity)));
    }
}

/// Small orders that rest near the touch, and takers that eat about a dozen of them at a time.
fn sweeps(count: usize) -> Vec<Message> {
    let mut draw = Draw::new(6);
    let mut messages: Vec<Message> = (1..=count as u64)
        .map(|order_id| {
            let side = draw.below(2) as u8;
            let away = 1 + draw.below(20) as i64;
            let sign = if side == 0 { -1 } else { 1 };
            if draw.chance(0.10) {
                new(order_id, side, 33_504 - sign * away, 1 + draw.below(120) as u32, true)
            } else {
                new(order_id, side, 33_504 + sign * away, 1 + draw.below(8) as u32, false)
            }
        })
        .collect();
    number(&mut messages);
    messages
}

/// A book of 280,000 orders that stays that deep: each new order is followed by the cancel of one drawn
/// from all that stand, so an order and its end lie half a million messages apart.
fn interleaved(count: usize) -> Flow {
    let mut draw = Draw::new(7);
    let mut standing = Vec::with_capacity(INTERLEAVED_LIVE + 1);
    let mut last_id = 0;
    let mut place = |draw: &mut Draw, standing: &mut Vec<u64>| {
        last_id += 1;
        standing.push(last_id);
        let side = draw.below(2) as u8;
        let away = 1 + draw.below(2_000) as i64;
        new(last_id, side, 33_504 + if side == 0 { -away } else { away }, 1 + draw.below(100) as u32, false)
    };
    let mut opening: Vec<Message> = (0..INTERLEAVED_LIVE).map(|_| place(&mut draw, &mut standing)).collect();
    number(&mut opening);
    let mut messages = Vec::with_capacity(count);
    while messages.len() + 1 < count {
        messages.push(place(&mut draw, &mut standing));
        let index = draw.below(standing.len());
        messages.push(cancel(standing.swap_remove(index)));
    }
    number(&mut messages);
    Flow { opening, messages, books: Vec::new() }
}

/// A thousand books with a market of their own each; every message goes to a book drawn at random.
fn thousand_books(count: usize) -> Flow {
    let mut draw = Draw::new(8);
    let depth = Depth::new();
    struct Market {
        middle: i64,
        standing: Vec<u64>,
    }
    let mut markets: Vec<Market> = (0..BOOKS)
        .map(|_| Market { middle: 1_000 + draw.below(100_000) as i64, standing: Vec::new() })
        .collect();
    let mut last_id = 0;
    let mut place = |market: &mut Market, draw: &mut Draw| {
        last_id += 1;
        market.middle += draw.below(3) as i64 - 1;
        market.standing.push(last_id);
        let side = draw.below(2) as u8;
        let away = depth.draw(draw) as i64;
        let price = market.middle + if side == 0 { -away } else { away };
        new(last_id, side, price, 1 + draw.below(100) as u32, false)
    };
    let mut books = Vec::with_capacity(count + BOOKS * ORDERS_OPENING_A_BOOK);
    let mut opening = Vec::with_capacity(BOOKS * ORDERS_OPENING_A_BOOK);
    for _ in 0..ORDERS_OPENING_A_BOOK {
        for (book, market) in markets.iter_mut().enumerate() {
            opening.push(place(market, &mut draw));
            books.push(book as u16);
        }
    }
    let mut messages = Vec::with_capacity(count);
    for _ in 0..count {
        let book = draw.below(BOOKS);
        books.push(book as u16);
        let market = &mut markets[book];
        let message = match draw.below(100) {
            0..=47 => place(market, &mut draw),
            kind => {
                let index = draw.below(market.standing.len().max(1));
                match market.standing.get(index) {
                    None => place(market, &mut draw),
                    Some(&order_id) if kind < 58 => {
                        modify(order_id, 0, market.middle - 1 - draw.below(8) as i64, 50)
                    }
                    Some(_) => cancel(market.standing.swap_remove(index)),
                }
            }
        };
        messages.push(message);
    }
    number(&mut opening);
    number(&mut messages);
    Flow { opening, messages, books }
}
