//! Deliberate bugs, one at a time, that show whether the tests would notice a real one.
//!
//! They exist only in a build with the feature `canary`; in every other build [`canary`] is the constant
//! `false`, and nothing of them is left. `CROSSBOOK_CANARY` names the one that is awake; `scripts/canary.py`
//! knows which test must catch which.

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
    /// A ticket is published before its batch is on the disk.
    AcknowledgedBeforeSync = "acknowledged_before_sync";
    /// A frame is believed whatever its checksum says.
    ChecksumSkipped = "checksum_skipped";
    /// A sync that failed is tried again, and its second answer believed.
    SyncRetried = "sync_retried";
    /// A tail that does not read is cut even where it was safe once.
    SafeBatchesCut = "safe_batches_cut";
    /// A snapshot gets its name before its bytes are on the disk.
    SnapshotNamedBeforeSync = "snapshot_named_before_sync";
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
