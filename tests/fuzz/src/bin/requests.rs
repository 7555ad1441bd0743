//! Gives what the fuzzer makes up to `lds_fuzz::requests`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lds_fuzz::requests(bytes));
