//! A simulated disk for tests: it forgets what was not synced, and fails when told to.
//!
//! Every change is kept twice: as a running program sees it, and as far as a sync made it safe. [`FaultDisk::crash`]
//! returns the disk as it may be found after a loss of power: what was synced, and of the rest what [`Torn`] says.
//! After a sync that failed, what was unsynced stays visible and never becomes safe, whatever a later sync says: so
//! does Linux. Names are safe only after the directory was synced. It assumes that a sync makes safe the length of
//! the file too, and that bytes which are safe stay as they are.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::torn::Content;
pub use super::torn::{Scramble, Torn};
use super::{Access, Storage, StorageFile};

/// How a call fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// No room, and nothing written.
    Full,
    /// No room, after half of the bytes.
    ShortWrite,
    /// The device gives up, and for an append half of the bytes are written.
    Io,
}

#[derive(Clone, Copy, Debug)]
struct Fault {
    at_call: u64,
    failure: Failure,
    for_ever: bool,
}

#[derive(Default, Debug)]
struct State {
    files: BTreeMap<u64, Content>,
    names: BTreeMap<String, u64>,
    safe_names: BTreeMap<String, u64>,
    next_file: u64,
    locked: bool,
    calls: u64,
    fault: Option<Fault>,
    room_bytes: Option<usize>,
}

/// A disk in memory that can crash, fill up and fail.
#[derive(Clone, Default, Debug)]
pub struct FaultDisk {
    state: Arc<Mutex<State>>,
}

struct FaultFile {
    state: Arc<Mutex<State>>,
    file: u64,
    writable: bool,
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn missing(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("no file {name}"))
}

impl Failure {
    fn error(self) -> io::Error {
        match self {
            Self::Full | Self::ShortWrite => {
                io::Error::new(io::ErrorKind::StorageFull, "no room (simulated)")
            }
            Self::Io => io::Error::other("the device failed (simulated)"),
        }
    }
}

impl State {
    /// Counts a call, and fails it if it is the one.
    fn call(&mut self) -> Result<(), Failure> {
        self.calls += 1;
        match self.fault {
            Some(fault) if self.calls == fault.at_call || (fault.for_ever && self.calls > fault.at_call) => {
                Err(fault.failure)
            }
            _ => Ok(()),
        }
    }

    fn used_bytes(&self) -> usize {
        self.names.values().filter_map(|file| self.files.get(file)).map(|content| content.visible.len()).sum()
    }
}

impl FaultDisk {
    /// Returns an empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the call with this number fail, counted from 1 over all calls, and all after it if `for_ever`.
    pub fn fail_at(&self, at_call: u64, failure: Failure, for_ever: bool) {
        locked(&self.state).fault = Some(Fault { at_call, failure, for_ever });
    }

    /// Ends the failing.
    pub fn heal(&self) {
        locked(&self.state).fault = None;
    }

    /// Bounds all files together to so many bytes, or to none.
    pub fn set_room(&self, room_bytes: Option<usize>) {
        locked(&self.state).room_bytes = room_bytes;
    }

    /// Returns how many calls were made.
    pub fn calls(&self) -> u64 {
        locked(&self.state).calls
    }

    /// Returns how many bytes the files have together.
    pub fn used_bytes(&self) -> usize {
        locked(&self.state).used_bytes()
    }

    /// Returns the disk as it is when the process ends and the machine does not: nothing lost, nothing locked.
    pub fn restart(&self) -> Self {
        let state = locked(&self.state);
        let names = state.names.clone();
        let files = state.files.clone();
        let safe_names = state.safe_names.clone();
        let next_file = state.next_file;
        let state = State { files, names, safe_names, next_file, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Returns the disk as it may be found after a loss of power; all that is on it is safe.
    ///
    /// Unsynced names are kept or lost each by itself, all kept for [`Torn::Kept`], all lost for [`Torn::Lost`].
    pub fn crash(&self, torn: Torn, seed: u64) -> Self {
        let state = locked(&self.state);
        let mut scramble = Scramble::new(seed);
        let mut survives = || match torn {
            Torn::Kept => true,
            Torn::Lost => false,
            Torn::Cut(_) | Torn::Garbled(_) => scramble.below(2) == 0,
        };
        let mut names = state.safe_names.clone();
        for (name, file) in &state.names {
            if state.safe_names.get(name) != Some(file) && survives() {
                // A rename is one change: the file has its old name or its new one.
                names.retain(|old, other| other != file || state.names.contains_key(old));
                names.insert(name.clone(), *file);
            }
        }
        for name in state.safe_names.keys().filter(|name| !state.names.contains_key(*name)) {
            if survives() {
                names.remove(name);
            }
        }
        let mut files = BTreeMap::new();
        for (number, content) in &state.files {
            let bytes = content.torn(torn, &mut scramble);
            let content = Content { visible: bytes.clone(), safe: bytes, ..Content::default() };
            files.insert(*number, content);
        }
        let (safe_names, next_file) = (names.clone(), state.next_file);
        let state = State { files, names, safe_names, next_file, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Returns all files by name.
    pub fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let state = locked(&self.state);
        let bytes =
            |file: &u64| state.files.get(file).map(|content| content.visible.clone()).unwrap_or_default();
        state.names.iter().map(|(name, file)| (name.clone(), bytes(file))).collect()
    }

    /// Puts a file in place, safe at once.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        let mut state = locked(&self.state);
        let file = state.next_file;
        state.next_file += 1;
        let content = Content { visible: bytes.to_vec(), safe: bytes.to_vec(), ..Content::default() };
        state.files.insert(file, content);
        state.names.insert(name.to_owned(), file);
        state.safe_names.insert(name.to_owned(), file);
    }

    /// Takes a file away, safe at once.
    pub fn take(&self, name: &str) {
        let mut state = locked(&self.state);
        state.names.remove(name);
        state.safe_names.remove(name);
    }

    fn handle(&self, file: u64, access: Access) -> Box<dyn StorageFile> {
        let writable = access == Access::Write;
        Box::new(FaultFile { state: Arc::clone(&self.state), file, writable })
    }
}

impl Storage for FaultDisk {
    fn lock(&self) -> io::Result<bool> {
        let mut state = locked(&self.state);
        state.call().map_err(Failure::error)?;
        Ok(!std::mem::replace(&mut state.locked, true))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut state = locked(&self.state);
        state.call().map_err(Failure::error)?;
        Ok(state.names.keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn StorageFile>> {
        let mut state = locked(&self.state);
        state.call().map_err(Failure::error)?;
        if state.names.contains_key(name) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("there is a file {name}")));
        }
        let file = state.next_file;
        state.next_file += 1;
        state.files.insert(file, Content::default());
        state.names.insert(name.to_owned(), file);
        drop(state);
        Ok(self.handle(file, Access::Write))
    }

    fn open(&self, name: &str, access: Access) -> io::Result<Box<dyn StorageFile>> {
        let mut state = locked(&self.state);
        state.call().map_err(Failure::error)?;
        let file = *state.names.get(name).ok_or_else(|| missing(name))?;
        drop(state);
        Ok(self.handle(file, access))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = locked(&self.state);
        state.call().map_err(Failure::error)?;
        let file = state.names.remove(from).ok_or_else(|| missing(from))?;
        state.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = locked(&self.state);
        state.call().map_err(Failure::error)?;
        state.names.remove(name).map(|_| ()).ok_or_else(|| missing(name))
    }

    fn sync_directory(&self) -> io::Result<()> {
        let mut state = locked(&self.state);
        state.call().map_err(Failure::error)?;
        state.safe_names = state.names.clone();
        Ok(())
    }
}

impl FaultFile {
    fn with<T>(
        &self,
        failed: impl FnOnce(&mut Content, Failure) -> T,
        work: impl FnOnce(&mut Content) -> T,
    ) -> io::Result<T> {
        let mut state = locked(&self.state);
        let outcome = state.call();
        let content = state.files.get_mut(&self.file).ok_or_else(|| missing("with this handle"))?;
        match outcome {
            Ok(()) => Ok(work(content)),
            Err(failure) => {
                failed(content, failure);
                Err(failure.error())
            }
        }
    }

    fn check_writable(&self) -> io::Result<()> {
        let refused = || io::Error::new(io::ErrorKind::PermissionDenied, "opened for reading");
        if self.writable { Ok(()) } else { Err(refused()) }
    }
}

impl StorageFile for FaultFile {
    fn length(&self) -> io::Result<u64> {
        self.with(|_, _| 0, |content| content.visible.len() as u64)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        self.with(
            |_, _| 0,
            |content| {
                let from = usize::try_from(offset).unwrap_or(usize::MAX).min(content.visible.len());
                let bytes = content.visible.get(from..).unwrap_or_default();
                let count = bytes.len().min(into.len());
                for (place, byte) in into.iter_mut().zip(bytes) {
                    *place = *byte;
                }
                count
            },
        )
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.check_writable()?;
        let room = {
            let state = locked(&self.state);
            state.room_bytes.map(|room| room.saturating_sub(state.used_bytes()))
        };
        if let Some(room) = room.filter(|room| *room < bytes.len()) {
            let part = bytes.get(..room).unwrap_or_default();
            self.with(|_, _| (), |content| content.append(part))?;
            return Err(Failure::Full.error());
        }
        let half = bytes.get(..bytes.len() / 2).unwrap_or_default();
        self.with(
            |content, failure| match failure {
                Failure::Full => {}
                Failure::ShortWrite | Failure::Io => content.append(half),
            },
            |content| content.append(bytes),
        )
    }

    fn rewrite_at(&mut self, offset: u64, same_bytes: &[u8]) -> io::Result<()> {
        self.check_writable()?;
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let same = self.with(
            |_, _| true,
            |content| {
                let end = from.saturating_add(same_bytes.len());
                if content
                    .unsynced_from
                    .is_some_and(|unsynced| unsynced >= from && end >= content.visible.len())
                {
                    content.doomed = false;
                }
                content.visible.get(from..end) == Some(same_bytes)
            },
        )?;
        if same {
            Ok(())
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "other bytes stand there"))
        }
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.check_writable()?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        self.with(
            |_, _| (),
            |content| {
                content.visible.truncate(length);
                let from = content.unsynced_from.unwrap_or(length).min(length);
                content.unsynced_from = Some(from);
            },
        )
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.check_writable()?;
        self.with(
            |content, _| content.doomed = content.unsynced_from.is_some(),
            |content| {
                if !content.doomed {
                    content.safe = content.visible.clone();
                    content.unsynced_from = None;
                }
            },
        )
    }
}
