//! Records shared with NumPy without copying. All unsafe code of the binding is in this file.
//!
//! The core writes records into a plain vector. [`Pool::lend`] hands that vector to a [`RecordBuffer`], which
//! NumPy reads in place; the core goes on in another vector. A vector comes back into use once no array looks
//! at it any more, so a caller may keep what he was given as long as he likes, and a caller who keeps nothing
//! makes the core run in the same two vectors for ever.

use std::os::raw::{c_int, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use exchange::codec::CommandRecord;
use exchange::event::EventRecord;
use exchange::matcher::{Message, Report};
use feeds::Row as FeedRow;
use kernel::{QuoteRecord, SampleRecord, ScriptRow, TapeRow};
use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::errors::UsageError;

/// Most records of one call.
pub(crate) const BATCH_RECORDS_MAX: usize = 1 << 20;
/// A vector with more bytes than this is given back to the system rather than kept.
const KEPT_BYTES_MAX: usize = 64 << 20;
/// How many buffers a core keeps for further use.
const KEPT_BUFFERS_MAX: usize = 4;

/// A price level as a row of a structured array.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(crate) struct LevelRecord {
    pub(crate) price: i64,
    pub(crate) quantity: u64,
}

/// An order in its queue as a row of a structured array.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(crate) struct QueuedRecord {
    pub(crate) order_id: u64,
    pub(crate) price: i64,
    pub(crate) quantity: u64,
    pub(crate) account: u32,
    pub(crate) reserved: u32,
}

/// Types whose every byte is initialised and means something by itself.
///
/// # Safety
/// The type is `repr(C)`, has no padding, and every bit pattern of it is a valid value.
pub(crate) unsafe trait Record: Copy + Default + Send + 'static {
    /// Its name in `crossbook.core.records`.
    const NAME: &'static str;
    /// Where its dtype is remembered.
    fn dtype_cell() -> &'static PyOnceLock<Py<PyAny>>;
}

macro_rules! records {
    ($($type:ident $name:literal $size:literal)*) => {$(
        const _: () = assert!(size_of::<$type>() == $size && align_of::<$type>() == 8);
        // SAFETY: repr(C), integer fields only, and the size above is the sum of the fields' sizes.
        unsafe impl Record for $type {
            const NAME: &'static str = $name;
            fn dtype_cell() -> &'static PyOnceLock<Py<PyAny>> {
                static DTYPE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                &DTYPE
            }
        }
    )*};
}

records! {
    CommandRecord "COMMAND" 80
    EventRecord "EVENT" 96
    Message "MESSAGE" 40
    Report "REPORT" 64
    LevelRecord "LEVEL" 16
    QueuedRecord "QUEUED" 32
    FeedRow "L2_ROW" 40
    QuoteRecord "QUOTE" 48
    SampleRecord "SAMPLE" 32
    ScriptRow "SCRIPT_ROW" 32
    TapeRow "TAPE_ROW" 40
}

fn dtype<'py, T: Record>(py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
    let found = T::dtype_cell().get_or_try_init(py, || {
        PyResult::Ok(py.import("crossbook.core.records")?.getattr(T::NAME)?.unbind())
    })?;
    Ok(found.bind(py).clone())
}

/// Bytes of records that NumPy may look at.
#[pyclass(frozen, module = "crossbook.core._native")]
pub(crate) struct RecordBuffer {
    storage: Mutex<Box<dyn Storage>>,
    exports: AtomicUsize,
}

/// A vector of records of any type.
trait Storage: Send {
    fn bytes(&self) -> (*const u8, usize);
    fn as_any(&mut self) -> &mut dyn std::any::Any;
}

impl<T: Record> Storage for Vec<T> {
    fn bytes(&self) -> (*const u8, usize) {
        (self.as_ptr().cast(), self.len() * size_of::<T>())
    }
    fn as_any(&mut self) -> &mut dyn std::any::Any {
        self
    }
}

#[pymethods]
impl RecordBuffer {
    /// Shows the records read-only.
    ///
    /// # Safety
    /// Called by the interpreter with a view to fill.
    unsafe fn __getbuffer__(slf: &Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let this = slf.get();
        let storage = this.storage.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, length) = storage.bytes();
        let length = isize::try_from(length).map_err(|_| PyBufferError::new_err("too long"))?;
        // SAFETY: the vector is neither moved nor changed while `exports` is above zero, and the view keeps
        // this object alive. The call fills the view, or sets an exception and returns -1.
        let status = unsafe {
            ffi::PyBuffer_FillInfo(view, slf.as_ptr(), start.cast_mut().cast::<c_void>(), length, 1, flags)
        };
        if status != 0 {
            return Err(PyErr::fetch(slf.py()));
        }
        this.exports.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// Takes note that one looker is gone.
    ///
    /// # Safety
    /// Called by the interpreter once for each filled view.
    unsafe fn __releasebuffer__(&self, _view: *mut ffi::Py_buffer) {
        self.exports.fetch_sub(1, Ordering::AcqRel);
    }
}

impl RecordBuffer {
    fn holding<T: Record>(records: Vec<T>) -> Self {
        Self { storage: Mutex::new(Box::new(records)), exports: AtomicUsize::new(0) }
    }

    /// Takes the vector out if nobody looks at it.
    fn reclaim<T: Record>(&self) -> Option<Vec<T>> {
        let mut storage = self.storage.lock().unwrap_or_else(PoisonError::into_inner);
        if self.exports.load(Ordering::Acquire) != 0 {
            return None;
        }
        let records = storage.as_any().downcast_mut::<Vec<T>>()?;
        (records.capacity() != 0).then(|| std::mem::take(records))
    }

    /// Puts a vector in, if there is none and nobody looks.
    fn refill<T: Record>(&self, records: Vec<T>) -> Result<(), Vec<T>> {
        let mut storage = self.storage.lock().unwrap_or_else(PoisonError::into_inner);
        match storage.as_any().downcast_mut::<Vec<T>>() {
            Some(held) if held.capacity() == 0 && self.exports.load(Ordering::Acquire) == 0 => {
                *held = records;
                Ok(())
            }
            _ => Err(records),
        }
    }
}

/// The buffers that one core lends.
#[derive(Default)]
pub(crate) struct Pool(Vec<Py<RecordBuffer>>);

impl Pool {
    /// An empty vector, with memory from an earlier call where there is some.
    pub(crate) fn vector<T: Record>(&self) -> Vec<T> {
        let mut records = self.0.iter().find_map(|buffer| buffer.get().reclaim::<T>()).unwrap_or_default();
        records.clear();
        records
    }

    /// Shows records to Python as a read-only structured array, without copying them.
    pub(crate) fn lend<'py, T: Record>(
        &mut self,
        py: Python<'py>,
        records: Vec<T>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let keep = records.capacity() * size_of::<T>() <= KEPT_BYTES_MAX;
        let mut left = Some(records);
        for buffer in &self.0 {
            let Some(records) = left.take() else { break };
            match buffer.get().refill(records) {
                Ok(()) => return array_over::<T>(py, buffer.bind(py)),
                Err(back) => left = Some(back),
            }
        }
        let buffer = Bound::new(py, RecordBuffer::holding(left.unwrap_or_default()))?;
        if keep && self.0.len() < KEPT_BUFFERS_MAX {
            self.0.push(buffer.clone().unbind());
        }
        array_over::<T>(py, &buffer)
    }
}

/// Shows records that nobody will use again.
pub(crate) fn array_of<T: Record>(py: Python<'_>, records: Vec<T>) -> PyResult<Bound<'_, PyAny>> {
    array_over::<T>(py, &Bound::new(py, RecordBuffer::holding(records))?)
}

/// `numpy.frombuffer`: it holds the buffer as long as the array or a view of it lives.
fn array_over<'py, T: Record>(
    py: Python<'py>,
    buffer: &Bound<'py, RecordBuffer>,
) -> PyResult<Bound<'py, PyAny>> {
    static FROM_BUFFER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    FROM_BUFFER.import(py, "numpy", "frombuffer")?.call1((buffer, dtype::<T>(py)?))
}

/// An array of the caller's, looked at in place.
pub(crate) struct Rows<T> {
    view: Box<ffi::Py_buffer>,
    records: core::marker::PhantomData<T>,
}

impl<T: Record> Rows<T> {
    /// Looks at a one-dimensional, contiguous array of exactly the record's dtype.
    pub(crate) fn of(array: &Bound<'_, PyAny>) -> PyResult<Self> {
        Self::up_to(array, BATCH_RECORDS_MAX)
    }

    /// As [`of`](Self::of), with so many rows at most.
    pub(crate) fn up_to(array: &Bound<'_, PyAny>, most: usize) -> PyResult<Self> {
        let py = array.py();
        let wanted = dtype::<T>(py)?;
        let fits = array
            .getattr(pyo3::intern!(py, "dtype"))
            .is_ok_and(|given| given.is(&wanted) || given.eq(&wanted).unwrap_or(false));
        if !fits {
            return Err(unfit::<T>("has another dtype"));
        }
        let mut view = Box::new(ffi::Py_buffer::new());
        // SAFETY: the view is filled, or an exception is set; it stays in place (boxed) until it is released.
        if unsafe { ffi::PyObject_GetBuffer(array.as_ptr(), &raw mut *view, ffi::PyBUF_C_CONTIGUOUS) } != 0 {
            drop(PyErr::take(py));
            return Err(unfit::<T>("is not contiguous"));
        }
        let rows = Self { view, records: core::marker::PhantomData };
        if rows.view.buf.cast::<T>().align_offset(align_of::<T>()) != 0 {
            return Err(unfit::<T>("is not aligned"));
        }
        if rows.view.ndim != 1 {
            return Err(unfit::<T>("has not one dimension"));
        }
        if rows.get().len() > most {
            return Err(UsageError::new_err(format!(
                "one call takes at most {most} rows, not {}",
                rows.get().len()
            )));
        }
        Ok(rows)
    }

    /// The records.
    pub(crate) fn get(&self) -> &[T] {
        let length = self.view.len.unsigned_abs() / size_of::<T>();
        if length == 0 {
            return &[];
        }
        // SAFETY: the exporter keeps `len` bytes at `buf` in place until the view is released; the dtype fits,
        // the start is aligned, and every bit pattern is a record. The interpreter lock is held by every
        // caller of this function, so no other Python code writes while the slice is read.
        unsafe { std::slice::from_raw_parts(self.view.buf.cast(), length) }
    }
}

/// The bytes of a record.
pub(crate) fn bytes_of<T: Record>(record: &T) -> &[u8] {
    // SAFETY: a record has no padding, so every byte is initialised, and the slice lives no longer than it.
    unsafe { std::slice::from_raw_parts(std::ptr::from_ref(record).cast(), size_of::<T>()) }
}

impl<T> Drop for Rows<T> {
    fn drop(&mut self) {
        // SAFETY: the view was filled by `PyObject_GetBuffer`, and is released once, with the lock held.
        unsafe { ffi::PyBuffer_Release(&raw mut *self.view) }
    }
}

#[cold]
fn unfit<T: Record>(why: &str) -> PyErr {
    UsageError::new_err(format!(
        "the rows must be a contiguous one-dimensional array of crossbook.core.{}; this one {why}",
        T::NAME
    ))
}
