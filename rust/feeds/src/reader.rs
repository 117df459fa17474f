//! Lines out of pieces of bytes, and the reader that turns them into rows.

use exchange::decimal::Step;
use memchr::memchr;

use crate::book::Book;
use crate::finding::{FindingKind, Findings, Policy, Refusal};
use crate::message::{self, Message, Scratch};
use crate::number::Scale;
use crate::row::Row;
use crate::summary::Summary;

/// Longest line: a snapshot of five thousand levels a side takes a third of it.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// Most characters that are told of what the JSON is not.
const COMPLAINT_MAX: usize = 160;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How a recording is to be read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What one tick is worth.
    pub price_step: Step,
    /// What one lot is worth.
    pub quantity_step: Step,
    /// What happens at a fault.
    pub policy: Policy,
    /// The instrument that is wanted, as the exchange names it. Without it the first line with a name decides, and
    /// another name is a fault.
    pub symbol: Option<String>,
}

/// Reads one recording from its first byte to its last.
#[derive(Debug)]
pub struct Reader {
    pub(crate) policy: Policy,
    pub(crate) wanted: Option<String>,
    pub(crate) scratch: Scratch,
    pub(crate) book: Book,
    pub(crate) rows: Vec<Row>,
    pub(crate) summary: Summary,
    pub(crate) findings: Findings,
    pub(crate) clocks: Clocks,
    pub(crate) last_quote_id: Option<u64>,
    pub(crate) last_trade_id: Option<u64>,
    /// The last believed price, and one that was not believed; zero for none.
    pub(crate) reference: i64,
    pub(crate) suspect: i64,
    /// The beginning of a line whose end has not come yet.
    carry: Vec<u8>,
    /// The line is too long, and its rest is passed over.
    skipping: bool,
    ended: bool,
    refusal: Option<Refusal>,
}

/// The last time of each stream, and the newest of all; zero before the first.
#[derive(Debug, Default)]
pub(crate) struct Clocks {
    pub(crate) local_ns: i64,
    pub(crate) depth_ns: i64,
    pub(crate) trade_ns: i64,
    pub(crate) quote_ns: i64,
    pub(crate) newest_ns: i64,
}

impl Reader {
    /// A reader at the beginning of a recording.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            policy: settings.policy,
            wanted: settings.symbol,
            scratch: Scratch {
                prices: Scale::new(settings.price_step),
                quantities: Scale::new(settings.quantity_step),
                bids: Vec::new(),
                asks: Vec::new(),
                fault: None,
            },
            book: Book::default(),
            rows: Vec::new(),
            summary: Summary::default(),
            findings: Findings::default(),
            clocks: Clocks::default(),
            last_quote_id: None,
            last_trade_id: None,
            reference: 0,
            suspect: 0,
            carry: Vec::new(),
            skipping: false,
            ended: false,
            refusal: None,
        }
    }

    /// Reads on. The lines of the bytes become rows; the beginning of a line waits for the rest.
    ///
    /// # Errors
    /// The first fault that ends the reading, now and at every later call. The rows of the lines before it stay.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.unless_refused(|reader| reader.take_in(bytes))
    }

    /// Ends the reading: a last line without a line end is read too, or is a fault where it is cut off.
    ///
    /// # Errors
    /// As of [`Reader::push`].
    pub fn finish(&mut self) -> Result<(), Refusal> {
        self.unless_refused(|reader| {
            reader.ended = true;
            reader.end_line(&[])
        })
    }

    /// The rows that were not taken yet.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Takes the rows out.
    #[must_use]
    pub fn take_rows(&mut self) -> Vec<Row> {
        core::mem::take(&mut self.rows)
    }

    /// What the recording held so far.
    #[must_use]
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Whether the book is known to be whole after the last line.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.book.whole
    }

    /// What was wrong with it so far.
    #[must_use]
    pub const fn findings(&self) -> &Findings {
        &self.findings
    }

    fn unless_refused(&mut self, work: impl FnOnce(&mut Self) -> Result<(), Refusal>) -> Result<(), Refusal> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        let done = work(self);
        if let Err(refusal) = &done {
            self.refusal = Some(refusal.clone());
        }
        done
    }

    fn take_in(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let mut rest = bytes;
        while let Some(end) = memchr(b'\n', rest) {
            let (line, tail) = rest.split_at(end);
            rest = tail.get(1..).unwrap_or_default();
            if self.carry.is_empty() && !self.skipping {
                self.line(line)?;
            } else {
                self.end_line(line)?;
            }
        }
        self.hold(rest)
    }

    /// Keeps the beginning of a line.
    fn hold(&mut self, piece: &[u8]) -> Result<(), Refusal> {
        if self.skipping {
            return Ok(());
        }
        if self.carry.len().saturating_add(piece.len()) > LINE_BYTES_MAX {
            self.skipping = true;
            self.carry = Vec::new();
            let line = self.next_line()?;
            return self.too_long(line);
        }
        self.carry.extend_from_slice(piece);
        Ok(())
    }

    /// Reads the line that was begun before.
    fn end_line(&mut self, piece: &[u8]) -> Result<(), Refusal> {
        self.hold(piece)?;
        if core::mem::take(&mut self.skipping) {
            return Ok(());
        }
        let mut carry = core::mem::take(&mut self.carry);
        let done = if carry.is_empty() { Ok(()) } else { self.line(&carry) };
        carry.clear();
        self.carry = carry;
        done
    }

    fn next_line(&mut self) -> Result<u32, Refusal> {
        match self.summary.lines.checked_add(1) {
            Some(line) => {
                self.summary.lines = line;
                Ok(line)
            }
            None => Err(Refusal {
                line: u32::MAX,
                kind: FindingKind::Malformed,
                reason: "more lines follow than a row can number".to_owned(),
            }),
        }
    }

    fn too_long(&mut self, line: u32) -> Result<(), Refusal> {
        self.book.lose();
        self.note(line, FindingKind::LineTooLong, "left out", || {
            format!("the line is longer than {LINE_BYTES_MAX} bytes")
        })
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Refusal> {
        let number = self.next_line()?;
        if line.len() > LINE_BYTES_MAX {
            return self.too_long(number);
        }
        let line = if number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        let Some((local_ns, json)) = head(line) else {
            return self.malformed(number, || {
                "it does not begin with a receive time in nanoseconds and a space".to_owned()
            });
        };
        let message = match message::parse(json, &mut self.scratch) {
            Ok(message) => message,
            Err(error) => return self.malformed(number, || complaint(&error)),
        };
        self.rows_of(number, local_ns, &message)
    }

    fn rows_of(&mut self, line: u32, local_ns: i64, message: &Message<'_>) -> Result<(), Refusal> {
        let before = self.rows.len();
        let done = self.apply(line, local_ns, message);
        if done.is_err() {
            self.rows.truncate(before);
        }
        let after = self.rows.len();
        if after > before {
            if let Some(last) = self.rows.last_mut() {
                last.flags |= crate::row::flag::LAST;
            }
            self.summary.rows += u64::try_from(after - before).unwrap_or(0);
            if self.summary.first_local_ns == 0 {
                self.summary.first_local_ns = self.clocks.local_ns;
            }
            self.summary.last_local_ns = self.clocks.local_ns;
        }
        done
    }

    /// Takes note of a line that nothing can be made of. It may have been an update of the book: if so, the next
    /// one tells by its number.
    pub(crate) fn malformed(&mut self, line: u32, why: impl FnOnce() -> String) -> Result<(), Refusal> {
        if self.ended {
            return self.note(line, FindingKind::Truncated, "left out", || {
                format!("the last line is cut off: {}", why())
            });
        }
        self.note(line, FindingKind::Malformed, "left out", why)
    }

    pub(crate) fn note(
        &mut self,
        line: u32,
        kind: FindingKind,
        action: &'static str,
        reason: impl FnOnce() -> String,
    ) -> Result<(), Refusal> {
        self.findings.note(self.policy, line, kind, action, reason)
    }
}

/// Parts the receive time from the JSON.
#[inline]
fn head(line: &[u8]) -> Option<(i64, &[u8])> {
    let space = line.iter().take(20).position(|&byte| byte == b' ')?;
    let (digits, json) = line.split_at(space);
    let mut time = 0_i64;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        time = time.checked_mul(10)?.checked_add(i64::from(digit))?;
    }
    (time > 0).then_some((time, json.get(1..)?))
}

/// What is wrong with the JSON, without the parser's idea of lines.
#[cold]
fn complaint(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    let shown: String = what.chars().take(COMPLAINT_MAX).collect();
    format!("its JSON is not that of a known message: {shown}, at byte {} of it", error.column())
}
