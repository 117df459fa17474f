//! Deliberate bugs, one at a time, that show whether the tests would notice a real one.
//!
//! They exist only in a build with the feature `canary`; in every other build [`canary`] is the constant
//! `false`, and nothing of them is left. `CROSSBOOK_CANARY` names the one that is awake; a name that is no
//! bug's wakes none, so that its test passes and the runner, `scripts/canary.py`, reports it as missed.

macro_rules! bugs {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// A deliberate bug.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Bug {
            $($(#[$doc])* $name,)*
        }

        #[cfg(feature = "canary")]
        impl Bug {
            fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

bugs! {
    /// Of a level's orders the newest is served first.
    LevelServedLifo = "level_served_lifo";
    /// An order does not trade at exactly its limit.
    LimitPriceExcluded = "limit_price_excluded";
    /// An order that once met its limit trades on beyond it.
    TradesBeyondLimit = "trades_beyond_limit";
    /// A cancelled order keeps its escrow.
    EscrowForgottenOnCancel = "escrow_forgotten_on_cancel";
    /// A partly filled order keeps the escrow of what was filled.
    EscrowForgottenOnPartialFill = "escrow_forgotten_on_partial_fill";
    /// The escrow that a better price leaves over stays in escrow.
    ImprovementKept = "improvement_kept";
    /// A fee is taken and booked nowhere.
    FeeLost = "fee_lost";
    /// Fees are rounded up instead of toward zero.
    FeeRoundedUp = "fee_rounded_up";
    /// The id of the newest order is given away again when it ends.
    OrderIdReused = "order_id_reused";
    /// A mass cancel goes through its orders as their ids happen to stand in the table.
    HashOrderIteration = "hash_order_iteration";
    /// Events carry the machine's time instead of the command's.
    WallClock = "wall_clock";
    /// Less quantity loses the order's place.
    ReplaceLosesPlace = "replace_loses_place";
    /// A trade is made at the taker's price.
    TakersPrice = "takers_price";
    /// An account trades with itself.
    SelfTradeAllowed = "self_trade_allowed";
    /// The initial margin of a new order leaves out the account's other positions.
    MarginForgetsOtherPositions = "margin_forgets_other_positions";
    /// A mark that a trade moved is held only against the parties of that trade.
    OnlyPartiesWatched = "only_parties_watched";
    /// A refused command moves the clock.
    RejectMovesClock = "reject_moves_clock";
    /// A stop order wakes one tick past its stop price.
    StopOneTickLate = "stop_one_tick_late";
    /// A snapshot forgets the event hash.
    SnapshotForgetsEventHash = "snapshot_forgets_event_hash";
    /// A snapshot forgets who stood first at a price.
    SnapshotForgetsQueue = "snapshot_forgets_queue";
    /// A refused command takes two sequence numbers.
    SequenceSkipsOnReject = "sequence_skips_on_reject";
    /// The next slice of an iceberg order shows more than its display quantity.
    IcebergShowsAll = "iceberg_shows_all";
    /// A reduce-only order trades past flat.
    ReduceOnlyTurnsOver = "reduce_only_turns_over";
    /// A fill-or-kill order counts what it may not trade with.
    FillOrKillFillsPartly = "fill_or_kill_fills_partly";
    /// An auction takes the highest of its equally good prices.
    AuctionTakesHighest = "auction_takes_highest";
    /// Day orders stay after the close.
    DayOrderOutlivesClose = "day_order_outlives_close";
    /// A command's bytes leave out that it only reduces.
    CodecForgetsReduceOnly = "codec_forgets_reduce_only";
    /// Settling a reference leaves its options alone.
    OptionsOutliveReference = "options_outlive_reference";
}

/// Whether a deliberate bug is awake.
#[cfg(not(feature = "canary"))]
#[inline(always)]
pub(crate) const fn canary(_: Bug) -> bool {
    false
}

/// Whether a deliberate bug is awake.
#[cfg(feature = "canary")]
pub(crate) fn canary(bug: Bug) -> bool {
    static AWAKE: std::sync::OnceLock<Option<Bug>> = std::sync::OnceLock::new();
    let read = || std::env::var("CROSSBOOK_CANARY").ok().as_deref().and_then(Bug::from_name);
    *AWAKE.get_or_init(read) == Some(bug)
}

/// The machine's time, which the core has no business to know; in a build without bugs, no time at all.
#[cfg(not(feature = "canary"))]
#[inline(always)]
pub(crate) const fn wall_clock_ns() -> i64 {
    0
}

/// The machine's time, which the core has no business to know.
#[cfg(feature = "canary")]
pub(crate) fn wall_clock_ns() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
