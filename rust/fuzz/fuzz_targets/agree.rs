//! The fuzzer's way into [`crossbook_fuzz::agree`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| crossbook_fuzz::agree(data));
