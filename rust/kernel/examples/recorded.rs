//! Rows a second of a recording beside which nobody, one order, or a maker trades:
//! `cargo run --release -p crossbook-kernel --example recorded [FILE [START_NS]]`.
//!
//! FILE holds rows of 40 bytes as `numpy.ndarray.tofile` writes an array of `L2_ROW`; without it rows are made. A
//! recording is repeated until there are enough rows.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::float_arithmetic, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#![allow(clippy::cast_possible_wrap)]

use exchange::units::Side;
use kernel::tape::{flag, kind};
use kernel::{
    Call, Due, Order, Outcome, Purpose, QueueModel, Simulation, Spec, Stream, TapeRow, TapeSettings,
};

const ROWS: usize = 10_000_000;
const QUOTE_NS: i64 = 100_000_000;

fn main() {
    let recorded = std::env::args().nth(1).map(|path| std::fs::read(path).expect("readable"));
    let rows = match recorded {
        Some(bytes) => repeat(&bytes.chunks_exact(40).map(row_of).collect::<Vec<_>>()),
        None => made(),
    };
    println!("{} rows over {:.0} s of simulated time", rows.len(), seconds(&rows));
    for (name, makers, feed_ns) in [("nobody", 0, 0), ("nobody, feed late by 10 ms", 0, 10_000_000)] {
        run(&rows, name, makers, feed_ns);
    }
    run(&rows, "a maker of 1 bid and 1 ask every 100 ms", 1, 0);
    run(&rows, "a maker of 5 bids and 5 asks every 100 ms", 5, 0);
    run(&rows, "the same, feed late by 10 ms", 5, 10_000_000);
}

fn seconds(rows: &[TapeRow]) -> f64 {
    (rows[rows.len() - 1].exchange_ns - rows[0].exchange_ns) as f64 * 1e-9
}

fn row_of(bytes: &[u8]) -> TapeRow {
    let word = |from: usize| i64::from_le_bytes(bytes[from..from + 8].try_into().expect("eight bytes"));
    TapeRow {
        exchange_ns: word(0),
        local_ns: word(8),
        price: word(16),
        quantity: word(24) as u64,
        reference: 0,
        kind: bytes[36],
        side: bytes[37],
        flags: u16::from_le_bytes([bytes[38], bytes[39]]),
    }
}

/// One recording after the other.
fn repeat(rows: &[TapeRow]) -> Vec<TapeRow> {
    let first = rows.iter().map(|row| row.exchange_ns).min().expect("rows");
    let span = rows.iter().map(|row| row.exchange_ns).max().expect("rows") - first + 1_000_000;
    let round = |number: usize| {
        let shift = span * number as i64 - first + 1_000_000_000;
        rows.iter().map(move |row| TapeRow {
            exchange_ns: row.exchange_ns + shift,
            local_ns: row.local_ns + shift,
            ..*row
        })
    };
    (0..ROWS.div_ceil(rows.len())).flat_map(round).collect()
}

/// Levels of both sides of one price that change, never crossed, and a trade among every ten rows.
fn made() -> Vec<TapeRow> {
    let mut stream = Stream::named(1, "rows", 0, Purpose::Behaviour);
    let price = 6_000_000_i64;
    (0..ROWS)
        .map(|number| {
            let time = 1_000_000_000 + number as i64 * 1_800_000;
            let side = stream.integer(0, 1) as u8;
            let sign = if side == 0 { -1 } else { 1 };
            let trades = stream.chance(0.1);
            let near = if stream.chance(0.7) { 30 } else { 3_000 };
            let away = if trades { -1 } else { stream.integer(1, near) };
            let lots = if !trades && stream.chance(0.3) { 0 } else { stream.integer(1, 500) as u64 * 1_000 };
            TapeRow {
                exchange_ns: time,
                local_ns: time,
                price: price + sign * away,
                quantity: lots,
                reference: 0,
                kind: if trades { kind::TRADE } else { kind::DEPTH },
                side,
                flags: if number % 3 == 0 { flag::LAST } else { 0 },
            }
        })
        .collect()
}

fn run(rows: &[TapeRow], name: &str, quotes: i64, feed_ns: i64) {
    let end = rows[rows.len() - 1].exchange_ns + 1_000_000_000;
    let text = format!(
        r#"{{"seed": 1, "start_ns": 0, "end_ns": {end}, "fundamental_step_ns": 1000000000000,
        "symbols": [{{"symbol": "A", "fundamental": {{"kind": "constant", "value": 1.0}}}}],
        "venues": [{{"name": "V", "model": "game", "markets": [{{"symbol": 0, "initial_price": 6000000,
            "max_price": 100000000, "lot_step": 1000, "session": {{"open_ns": 0, "close_ns": {end}}}}}]}}],
        "groups": [
            {{"name": "house", "count": 1, "markets": [0], "cash": 0, "agent": {{"kind": "recorded"}}}},
            {{"name": "maker", "count": 1, "markets": [0], "cash": 0, "agent": {{"kind": "foreign", "interests": 1}},
                "latency": {{"feed": {{"constant_ns": {feed_ns}}}}}}}]}}"#
    );
    let spec = Spec::from_json(&text).expect("sound");
    let mut simulation = Simulation::new(&spec).expect("sound");
    let settings = TapeSettings { queue: QueueModel::Power(2.0), ..TapeSettings::default() };
    simulation.attach_tape(0, rows.to_vec(), settings).expect("a sound tape");
    let (begin, busy) = (std::time::Instant::now(), busy_ns());
    let mut fills = 0_u64;
    loop {
        match simulation.advance(i64::MAX, u64::MAX) {
            Outcome::Call(Call { agent, due }) => {
                fills += u64::from(matches!(due, Due::Note(_)));
                if quotes > 0 && matches!(due, Due::Timer(_) | Due::Start) {
                    quote(&mut simulation, agent, quotes);
                }
            }
            Outcome::Ended => break,
            _ => {}
        }
    }
    let elapsed = begin.elapsed().as_secs_f64();
    let busy = (busy_ns() - busy) as f64 * 1e-9;
    let (steps, calls) = simulation.counts();
    println!(
        "{name}: {:.1} M rows/s ({:.1} M in a second of processor time), {calls} calls, {fills} fills, {steps} steps, hash {:016x}",
        rows.len() as f64 / elapsed / 1e6,
        rows.len() as f64 / busy.max(1e-9) / 1e6,
        simulation.event_hashes()[0]
    );
}

/// Processor time of this thread; other work on the machine does not count. Linux only, else zero.
fn busy_ns() -> u64 {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    said.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0)
}

fn quote(simulation: &mut Simulation, agent: u32, quotes: i64) {
    let mut context = simulation.context(agent);
    let now = context.now();
    context.wake_at(now + QUOTE_NS, 0);
    let seen = context.quote(0);
    if seen.bid_lots == 0 || seen.ask_lots == 0 || seen.bid >= seen.ask {
        return;
    }
    context.cancel_all(0);
    for away in 0..quotes {
        let bid = Order { post_only: true, ..Order::limit(0, Side::Buy, 1_000, seen.bid - away) };
        let ask = Order { post_only: true, ..Order::limit(0, Side::Sell, 1_000, seen.ask + away) };
        context.place(bid);
        context.place(ask);
    }
}
