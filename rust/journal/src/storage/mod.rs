//! Everything that the journal does to a disk, as a trait: a real directory, or one that fails on purpose.

mod disk;
pub mod fault;
mod torn;

use std::io;

pub use disk::Disk;

/// What a file is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Looking only.
    Read,
    /// Looking, appending and cutting.
    Write,
}

/// A directory of files.
pub trait Storage: Send + Sync {
    /// Takes the directory for one writer, for as long as this value lives; false where another has it.
    ///
    /// # Errors
    /// Those of the machine.
    fn lock(&self) -> io::Result<bool>;

    /// Returns the names of the files, in no order.
    ///
    /// # Errors
    /// Those of the machine.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Creates a file that must not exist, empty, open for writing.
    ///
    /// # Errors
    /// Those of the machine.
    fn create(&self, name: &str) -> io::Result<Box<dyn StorageFile>>;

    /// Opens a file.
    ///
    /// # Errors
    /// Those of the machine.
    fn open(&self, name: &str, access: Access) -> io::Result<Box<dyn StorageFile>>;

    /// Gives a file another name, in place of any file that has it.
    ///
    /// # Errors
    /// Those of the machine.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// Those of the machine.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes names that were created, changed and removed survive a loss of power.
    ///
    /// # Errors
    /// Those of the machine.
    fn sync_directory(&self) -> io::Result<()>;
}

/// An open file, which keeps to its bytes when its name changes.
pub trait StorageFile: Send {
    /// Returns its length in bytes.
    ///
    /// # Errors
    /// Those of the machine.
    fn length(&self) -> io::Result<u64>;

    /// Reads bytes from an offset on and returns how many; 0 only at the end.
    ///
    /// # Errors
    /// Those of the machine.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize>;

    /// Adds bytes at the end; after an error any part of them may be there.
    ///
    /// # Errors
    /// Those of the machine.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Writes bytes over the same bytes, so that the next sync writes them to the disk whatever one before it did.
    ///
    /// # Errors
    /// Those of the machine; the bytes are still as they were.
    fn rewrite_at(&mut self, offset: u64, same_bytes: &[u8]) -> io::Result<()>;

    /// Cuts it to a length.
    ///
    /// # Errors
    /// Those of the machine.
    fn truncate(&mut self, length: u64) -> io::Result<()>;

    /// Makes its bytes and its length survive a loss of power.
    ///
    /// # Errors
    /// Those of the machine; what was not safe before is lost then, whatever a second try says.
    fn sync_data(&mut self) -> io::Result<()>;
}
