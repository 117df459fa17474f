//! The transport of the C interface: a table of functions over an opaque queue of reports.

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use exchange::matcher::Report;

use crate::guard::guarded;
use crate::ring::{Consumer, Producer, channel};

/// A table of functions that carry reports from the engine's thread to another (`me_transport_t`).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Transport {
    /// Makes a queue with room for at least so many reports; null on failure.
    pub create: Option<unsafe extern "C" fn(u32) -> *mut c_void>,
    /// Puts a report in; zero where the queue is full.
    pub push: Option<unsafe extern "C" fn(*mut c_void, *const Report) -> c_int>,
    /// Takes up to so many reports out; returns how many.
    pub drain: Option<unsafe extern "C" fn(*mut c_void, *mut Report, u32) -> u32>,
    /// Publishes what was put in and held back.
    pub flush: Option<unsafe extern "C" fn(*mut c_void)>,
    /// Unmakes a queue.
    pub destroy: Option<unsafe extern "C" fn(*mut c_void)>,
}

/// Our own ring as a transport.
pub(crate) static RING: Transport = Transport {
    create: Some(create),
    push: Some(push),
    drain: Some(drain),
    flush: Some(flush),
    destroy: Some(destroy),
};

/// Both ends of a ring behind one handle. The writing thread touches only the one cell, the reading thread
/// only the other.
pub(crate) struct Ends {
    producer: UnsafeCell<Producer>,
    consumer: UnsafeCell<Consumer>,
}

/// The writing end behind a handle that [`create`] gave.
pub(crate) fn producer_of(handle: *mut c_void) -> *mut Producer {
    let ends = handle.cast::<Ends>();
    if ends.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: the handle came from `create` and was not destroyed, which the interface asks of its caller.
    unsafe { (*ends).producer.get() }
}

unsafe extern "C" fn create(capacity: u32) -> *mut c_void {
    guarded(ptr::null_mut(), || match channel(capacity as usize) {
        Some((producer, consumer)) => {
            let ends = Ends { producer: UnsafeCell::new(producer), consumer: UnsafeCell::new(consumer) };
            Box::into_raw(Box::new(ends)).cast()
        }
        None => ptr::null_mut(),
    })
}

unsafe extern "C" fn push(handle: *mut c_void, report: *const Report) -> c_int {
    guarded(0, || {
        // SAFETY: the handle is from `create`, only the writing thread pushes, and the report may be read.
        match unsafe { (producer_of(handle).as_mut(), report.as_ref()) } {
            (Some(producer), Some(report)) => c_int::from(producer.try_push(*report)),
            _ => 0,
        }
    })
}

unsafe extern "C" fn drain(handle: *mut c_void, out: *mut Report, max: u32) -> u32 {
    guarded(0, || {
        let ends = handle.cast::<Ends>();
        if ends.is_null() || out.is_null() {
            return 0;
        }
        // SAFETY: the handle is from `create`, and only the reading thread drains.
        let consumer = unsafe { &mut *(*ends).consumer.get() };
        // SAFETY: the caller gives room for `max` reports; what stands in it is not read.
        let room = unsafe { std::slice::from_raw_parts_mut(out.cast::<MaybeUninit<Report>>(), max as usize) };
        u32::try_from(consumer.drain(room)).unwrap_or(max)
    })
}

unsafe extern "C" fn flush(handle: *mut c_void) {
    guarded((), || {
        // SAFETY: the handle is from `create`, and only the writing thread flushes.
        if let Some(producer) = unsafe { producer_of(handle).as_mut() } {
            producer.flush();
        }
    });
}

unsafe extern "C" fn destroy(handle: *mut c_void) {
    guarded((), || {
        if !handle.is_null() {
            // SAFETY: the handle is from `create`, which boxed it, and the caller lets go of it here.
            drop(unsafe { Box::from_raw(handle.cast::<Ends>()) });
        }
    });
}
