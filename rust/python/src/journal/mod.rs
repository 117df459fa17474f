//! Journals: an exchange and what is kept of it on disk. The disk's part is the crate `journal`, which knows nothing
//! of what it keeps; here its bytes get their meaning.

mod entries;
pub(crate) mod facts;
mod faults;
pub(crate) mod follower;
mod replay;
pub(crate) mod tap;
mod wake;
pub(crate) mod writing;
