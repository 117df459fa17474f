//! Measures the matching core beside the reference book, in the same run.
//!
//! `crossbook-bench` prints a table for people, with `--json` one object for machines. See [`USAGE`].

mod draw;
mod flow;
mod full;
mod memory;
mod run;
mod store;

use exchange::book::{FastBook, ReferenceBook};
use exchange::matcher::Matcher;

use flow::Flow;
use run::Outcome;

const USAGE: &str = "\
usage: crossbook-bench [--json] [--messages N] [--repeats N] [--scenario NAME]...
       crossbook-bench store NAME N FILE     make a flow of N messages and write it to FILE
       crossbook-bench apply FILE N          apply the first N messages of FILE once, for counting instructions
       crossbook-bench apply full-cash N     the same for a flow of the whole exchange
scenarios: static normal swing-25 swing-40 flash-crash sweeps interleaved thousand-books, which are the bare
matcher, and full-cash full-margin, the whole exchange with accounts (default: all)";

const DEFAULT_MESSAGES: usize = 2_000_000;
const DEFAULT_REPEATS: usize = 7;
/// The reference is given fewer messages, for patience; its rate is per message all the same.
const REFERENCE_MESSAGES: usize = 200_000;
const SLOW_REFERENCE_MESSAGES: usize = 2_000;
/// The best of so many runs of the reference counts.
const REFERENCE_REPEATS: usize = 3;
/// Commands that are made for a count of instructions, however many are then applied.
const FULL_MADE: usize = 1_000_000;
/// Orders that a single engine has room for from the start.
const CAPACITY: u32 = 1 << 16;

struct Options {
    json: bool,
    messages: usize,
    repeats: usize,
    scenarios: Vec<String>,
}

/// Nanoseconds a message: the median and the best of the repeats.
#[derive(Clone, Copy)]
struct Timing {
    median: f64,
    best: f64,
}

struct Row {
    name: String,
    messages: usize,
    trades: u64,
    deepest: u32,
    fast: Timing,
    ring: Option<Timing>,
    reference: f64,
}

fn number(text: Option<&str>) -> Result<usize, String> {
    let text = text.ok_or("a number is missing")?;
    text.replace('_', "").parse().map_err(|_| format!("{text} is not a number"))
}

fn parse(arguments: &[String]) -> Result<Options, String> {
    let mut options =
        Options { json: false, messages: DEFAULT_MESSAGES, repeats: DEFAULT_REPEATS, scenarios: Vec::new() };
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        match argument {
            "--json" => options.json = true,
            "--messages" => options.messages = number(rest.next())?.max(2),
            "--repeats" => options.repeats = number(rest.next())?.max(1),
            "--scenario" => options.scenarios.push(rest.next().ok_or("a name is missing")?.to_owned()),
            _ => return Err(format!("what is {argument}?")),
        }
    }
    if options.scenarios.is_empty() {
        options.scenarios = flow::NAMES.iter().chain(&full::NAMES).map(|&name| name.to_owned()).collect();
    }
    Ok(options)
}

fn fast_once(flow: &Flow, limit: usize) -> Outcome {
    if flow.books.is_empty() {
        run::in_process(Matcher::with_capacity(CAPACITY, 1), flow, limit)
    } else {
        run::many_books(&Matcher::<FastBook>::default(), flow, limit)
    }
}

fn reference_once(flow: &Flow, limit: usize) -> Outcome {
    if flow.books.is_empty() {
        run::in_process(Matcher::<ReferenceBook>::default(), flow, limit)
    } else {
        run::many_books(&Matcher::<ReferenceBook>::default(), flow, limit)
    }
}

fn timing(mut nanoseconds: Vec<u64>, messages: usize) -> Timing {
    nanoseconds.sort_unstable();
    let at = |index: usize| nanoseconds[index] as f64 / messages as f64;
    Timing { median: at(nanoseconds.len() / 2), best: at(0) }
}

/// Measures the whole exchange; commands in place of messages, events in place of reports.
fn measure_full(name: &str, options: &Options) -> Result<Row, String> {
    let missing = || format!("{name} is no scenario");
    let flow = full::make::<FastBook>(name, options.messages).ok_or_else(missing)?;
    let few = &flow[..REFERENCE_MESSAGES.min(flow.len())];
    let reference = full::run::<ReferenceBook>(name, few).ok_or_else(missing)?;
    let fast = full::run::<FastBook>(name, few).ok_or_else(missing)?;
    if (reference.reports, reference.state_hash) != (fast.reports, fast.state_hash) {
        return Err(format!("{name}: the two books disagree"));
    }
    let again = (1..REFERENCE_REPEATS).filter_map(|_| full::run::<ReferenceBook>(name, few));
    let reference = again.map(|outcome| outcome.nanoseconds).fold(reference.nanoseconds, u64::min);
    let run = |_| full::run::<FastBook>(name, &flow).map(|outcome| outcome.nanoseconds);
    let runs: Option<Vec<u64>> = (0..options.repeats).map(run).collect();
    let (trades, deepest) = full::describe(name, &flow).ok_or_else(missing)?;
    Ok(Row {
        name: name.to_owned(),
        messages: flow.len(),
        trades,
        deepest,
        fast: timing(runs.ok_or_else(missing)?, flow.len()),
        ring: None,
        reference: reference as f64 / few.len() as f64,
    })
}

fn measure(name: &str, options: &Options) -> Result<Row, String> {
    if full::NAMES.contains(&name) {
        return measure_full(name, options);
    }
    let flow = flow::make(name, options.messages).ok_or_else(|| format!("{name} is no scenario"))?;
    let messages = flow.messages.len();
    let single = flow.books.is_empty();
    let slow = if name == "interleaved" { SLOW_REFERENCE_MESSAGES } else { REFERENCE_MESSAGES };
    let slow = slow.min(messages);
    // Both engines must agree before either is timed.
    let reference = reference_once(&flow, slow);
    let fast = fast_once(&flow, slow);
    if (reference.reports, reference.state_hash) != (fast.reports, fast.state_hash) {
        return Err(format!("{name}: the two books disagree"));
    }
    let again = (1..REFERENCE_REPEATS).map(|_| reference_once(&flow, slow).nanoseconds);
    let reference = again.fold(reference.nanoseconds, u64::min) as f64 / slow as f64;
    let runs = (0..options.repeats).map(|_| fast_once(&flow, messages).nanoseconds).collect();
    let ring = if single {
        let run = |_| run::over_ring(Matcher::with_capacity(CAPACITY, 1), &flow, messages);
        let runs: Option<Vec<Outcome>> = (0..options.repeats).map(run).collect();
        let runs = runs.ok_or("no memory for the ring")?;
        Some(timing(runs.iter().map(|outcome| outcome.nanoseconds).collect(), messages))
    } else {
        None
    };
    let (trades, deepest) =
        if single { run::describe(Matcher::with_capacity(CAPACITY, 1), &flow) } else { (0, 0) };
    Ok(Row {
        name: name.to_owned(),
        messages,
        trades,
        deepest,
        fast: timing(runs, messages),
        ring,
        reference,
    })
}

/// Nanoseconds a message as millions of messages a second.
fn rate(nanoseconds: f64) -> f64 {
    1_000.0 / nanoseconds
}

fn print_table(rows: &[Row], options: &Options) {
    println!("messages/s in millions and ns a message, median (best) of {} runs", options.repeats);
    println!(
        "ring: reports over our ring to a second thread; reference: the plain book, same reports, best of {REFERENCE_REPEATS}"
    );
    println!("ratio: best to best, since other work on the machine only ever adds");
    let (apart, chained) = memory::random_read();
    println!(
        "this machine, now: a random read in {} MB costs {apart:.0} ns beside others, {chained:.0} ns after another\n",
        memory::PROBED_BYTES >> 20
    );
    println!(
        "{:<15} {:>9} {:>8} {:>8} | {:>15} {:>15} | {:>15} | {:>9} {:>6}",
        "scenario", "messages", "trades", "deepest", "M/s", "ns", "ring M/s", "ref. ns", "ratio"
    );
    for row in rows {
        let Timing { median, best } = row.fast;
        let ring = row
            .ring
            .map_or_else(String::new, |ring| format!("{:.1} ({:.1})", rate(ring.median), rate(ring.best)));
        println!(
            "{:<15} {:>9} {:>8} {:>8} | {:>15} {:>15} | {:>15} | {:>9.0} {:>6.1}",
            row.name,
            row.messages,
            row.trades,
            row.deepest,
            format!("{:.1} ({:.1})", rate(median), rate(best)),
            format!("{median:.1} ({best:.1})"),
            ring,
            row.reference,
            row.reference / best,
        );
    }
}

fn print_json(rows: &[Row], options: &Options) {
    let rows: Vec<String> = rows
        .iter()
        .map(|row| {
            let ring = row.ring.map_or_else(
                || "null".to_owned(),
                |ring| format!("{{\"median\":{:.3},\"best\":{:.3}}}", ring.median, ring.best),
            );
            format!(
                "{{\"scenario\":\"{}\",\"messages\":{},\"trades\":{},\"deepest_orders\":{},\
                 \"nanoseconds_per_message\":{{\"median\":{:.3},\"best\":{:.3}}},\
                 \"ring_nanoseconds_per_message\":{ring},\
                 \"reference_nanoseconds_per_message\":{:.3},\"ratio_to_reference\":{:.3}}}",
                row.name,
                row.messages,
                row.trades,
                row.deepest,
                row.fast.median,
                row.fast.best,
                row.reference,
                row.reference / row.fast.best,
            )
        })
        .collect();
    let (apart, chained) = memory::random_read();
    println!(
        "{{\"benchmark\":\"core\",\"repeats\":{},\"random_read_nanoseconds\":\
         {{\"bytes\":{},\"independent\":{apart:.2},\"dependent\":{chained:.2}}},\"rows\":[{}]}}",
        options.repeats,
        memory::PROBED_BYTES,
        rows.join(",")
    );
}

/// Applies a flow of the whole exchange once. Always the same flow is made, so that two counts differ in what is applied.
fn apply_full(name: &str, count: usize) -> Result<(), String> {
    let missing = || format!("{name} is no scenario");
    let flow = full::make::<FastBook>(name, FULL_MADE).ok_or_else(missing)?;
    let outcome = full::run::<FastBook>(name, &flow[..count.min(flow.len())]).ok_or_else(missing)?;
    println!("events {} hash {:016x}", outcome.reports, outcome.state_hash);
    Ok(())
}

fn run(arguments: &[String]) -> Result<(), String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        ["store", name, count, path] => {
            let flow =
                flow::make(name, number(Some(count))?).ok_or_else(|| format!("{name} is no scenario"))?;
            store::write(&flow, path).map_err(|error| format!("{path}: {error}"))
        }
        ["apply", path, count] => {
            if full::NAMES.contains(&path) {
                return apply_full(path, number(Some(count))?);
            }
            let flow = store::read(path).map_err(|error| format!("{path}: {error}"))?;
            let outcome = fast_once(&flow, number(Some(count))?);
            println!("reports {} state {:016x}", outcome.reports, outcome.state_hash);
            Ok(())
        }
        _ => {
            let options = parse(arguments)?;
            let rows: Result<Vec<Row>, String> =
                options.scenarios.iter().map(|name| measure(name, &options)).collect();
            let print = if options.json { print_json } else { print_table };
            print(&rows?, &options);
            Ok(())
        }
    }
}

fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("crossbook-bench: {message}\n{USAGE}");
            std::process::ExitCode::FAILURE
        }
    }
}
