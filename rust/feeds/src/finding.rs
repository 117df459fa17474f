//! What is wrong with a recording: kinds of findings, and what is done about them.

use core::fmt;

/// Most findings that are kept in full; the others are counted.
pub const FINDINGS_KEPT_MAX: usize = 100;

/// What happens at a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Policy {
    /// The first one ends the reading.
    #[default]
    Strict,
    /// Each is counted, the first [`FINDINGS_KEPT_MAX`] are told in full, and reading goes on.
    Repair,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal)*) => {
        /// What can be wrong.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum FindingKind {
            $($(#[$doc])* $name,)*
        }

        impl FindingKind {
            /// All kinds, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in a manifest.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

kinds! {
    /// The line is not a receive time, a space and JSON of the known form.
    Malformed "malformed"
    /// The last line is cut off.
    Truncated "truncated"
    /// The line is longer than [`crate::LINE_BYTES_MAX`].
    LineTooLong "line_too_long"
    /// A price or quantity that is none.
    Number "number"
    /// A trade or quote far from the last one.
    Outlier "outlier"
    /// Another instrument than that of the lines before.
    OtherSymbol "other_symbol"
    /// The receive time goes back.
    LocalTimeBack "local_time_back"
    /// The exchange's time goes back within a stream.
    ExchangeTimeBack "exchange_time_back"
    /// The exchange's time and the receive time are more than a day apart.
    TimesApart "times_apart"
    /// Updates of the book are missing, or overlap.
    SequenceGap "sequence_gap"
    /// An update of the book, or a quote, that is not newer than the last.
    Repeated "repeated"
    /// A snapshot that cannot be joined to the updates.
    OldSnapshot "old_snapshot"
    /// Trades are missing.
    TradeGap "trade_gap"
    /// A trade whose number is not above the last one's.
    TradeRepeated "trade_repeated"
    /// The best bid of the book is not below the best ask.
    CrossedBook "crossed_book"
    /// The bid of a quote is not below its ask.
    CrossedQuote "crossed_quote"
    /// More price levels than a book may have.
    TooManyLevels "too_many_levels"
}

/// One thing that is wrong, and what was done about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Where, counted from 1.
    pub line: u32,
    /// What.
    pub kind: FindingKind,
    /// What exactly.
    pub reason: String,
    /// What the reader did.
    pub action: &'static str,
}

/// Why reading ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Where, counted from 1.
    pub line: u32,
    /// What.
    pub kind: FindingKind,
    /// What exactly.
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl core::error::Error for Refusal {}

/// All findings of a recording: counts of each kind, and the first of them in full.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    counts: [u64; FindingKind::ALL.len()],
}

impl Findings {
    /// The first of them.
    #[must_use]
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// How many of a kind there were.
    #[must_use]
    pub fn count(&self, kind: FindingKind) -> u64 {
        self.counts.get(usize::from(kind as u8)).copied().unwrap_or(0)
    }

    /// How many there were.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Takes note of one, or under the strict policy refuses to go on. The reason is only written where it is kept.
    #[cold]
    pub(crate) fn note(
        &mut self,
        policy: Policy,
        line: u32,
        kind: FindingKind,
        action: &'static str,
        reason: impl FnOnce() -> String,
    ) -> Result<(), Refusal> {
        if policy == Policy::Strict {
            return Err(Refusal { line, kind, reason: reason() });
        }
        if let Some(count) = self.counts.get_mut(usize::from(kind as u8)) {
            *count = count.saturating_add(1);
        }
        if self.kept.len() < FINDINGS_KEPT_MAX {
            self.kept.push(Finding { line, kind, reason: reason(), action });
        }
        Ok(())
    }
}
