//! The boundary itself: the imports of a WebAssembly module, the table of functions of a native
//! library, and the exports that [`macro@crate::generator`] adds to a plugin. All that is unsafe in
//! the SDK is here and in the allocator.

use crate::{Generator, Level, call};

/// Reads the document into `destination` from `offset` on, and tells how many bytes there were; 0
/// from the end on and outside a call.
pub fn input_read(offset: u32, destination: &mut [u8]) -> usize {
    carrier::input_read(offset, destination)
}

/// Appends to the output; false: it passes the limit, and the call has failed.
pub fn output_write(source: &[u8]) -> bool {
    carrier::output_write(source)
}

/// Writes a line to the server's log. No license text in it.
pub fn log(level: Level, message: &str) {
    carrier::log(level, message);
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Serves a call whose document waits at the host.
#[cfg_attr(
    not(any(target_family = "wasm", feature = "native")),
    expect(dead_code, reason = "only exports call it")
)]
fn serve<G: Generator>(op: u32, input_len: u32) -> i32 {
    let mut input = vec![0; input_len as usize];
    let read = input_read(0, &mut input);
    let (status, output) = call::<G>(op, &input[..read]);
    output_write(&output);
    status.number()
}

/// Adds the exports of a plugin; [`macro@crate::generator`] is the way to call it.
#[macro_export]
macro_rules! export_generator {
    ($generator:ty) => {
        $crate::wasm_symbols! { $generator }
        $crate::native_symbols! { $generator }
    };
}

#[cfg(target_family = "wasm")]
pub use wasm::serve_wasm;

#[cfg(target_family = "wasm")]
use wasm as carrier;

#[cfg(target_family = "wasm")]
mod wasm {
    #![expect(unsafe_code, reason = "imports of the module")]

    use super::length;
    use crate::{Generator, Level};

    mod host {
        #[link(wasm_import_module = "lds_v1")]
        unsafe extern "C" {
            pub(super) fn input_read(offset: u32, destination: *mut u8, len: u32) -> u32;
            pub(super) fn output_write(source: *const u8, len: u32) -> i32;
            pub(super) fn log(level: u32, utf8: *const u8, len: u32);
        }
    }

    pub(super) fn input_read(offset: u32, destination: &mut [u8]) -> usize {
        // SAFETY: the host writes at most `len` bytes at `destination`.
        unsafe { host::input_read(offset, destination.as_mut_ptr(), length(destination)) as usize }
    }

    pub(super) fn output_write(source: &[u8]) -> bool {
        // SAFETY: the host reads `len` bytes at `source`.
        unsafe { host::output_write(source.as_ptr(), length(source)) == 0 }
    }

    pub(super) fn log(level: Level, message: &str) {
        // SAFETY: the host reads `len` bytes at `message`.
        unsafe { host::log(level.number(), message.as_ptr(), length(message.as_bytes())) };
    }

    /// What the export `lds_call` does.
    pub fn serve_wasm<G: Generator>(op: u32, input_len: u32) -> i32 {
        super::serve::<G>(op, input_len)
    }
}

/// The exports of a WebAssembly module.
#[doc(hidden)]
#[macro_export]
#[cfg(target_family = "wasm")]
macro_rules! wasm_symbols {
    ($generator:ty) => {
        const _: () = {
            #[expect(unsafe_code, reason = "the ABI fixes the symbol")]
            #[unsafe(no_mangle)]
            extern "C" fn lds_abi() -> u32 {
                $crate::ABI
            }

            #[expect(unsafe_code, reason = "the ABI fixes the symbol")]
            #[unsafe(no_mangle)]
            extern "C" fn lds_call(op: u32, input_len: u32) -> i32 {
                $crate::abi::serve_wasm::<$generator>(op, input_len)
            }
        };
    };
}

/// Elsewhere there are none.
#[doc(hidden)]
#[macro_export]
#[cfg(not(target_family = "wasm"))]
macro_rules! wasm_symbols {
    ($generator:ty) => {};
}

#[cfg(not(target_family = "wasm"))]
pub use native::Host;
#[cfg(all(not(target_family = "wasm"), feature = "native"))]
pub use native::serve_native;

#[cfg(not(target_family = "wasm"))]
use native as carrier;

#[cfg(not(target_family = "wasm"))]
mod native {
    #![expect(unsafe_code, reason = "functions of the host")]

    use core::cell::Cell;
    use core::ffi::c_void;

    use super::length;
    use crate::Level;

    /// `struct lds_host` of the C header. It dies when the call returns.
    #[repr(C)]
    pub struct Host {
        size: u32,
        abi: u32,
        ctx: *mut c_void,
        input_read: unsafe extern "C" fn(*mut c_void, u32, *mut u8, u32) -> u32,
        output_write: unsafe extern "C" fn(*mut c_void, *const u8, u32) -> i32,
        log: unsafe extern "C" fn(*mut c_void, u32, *const u8, u32),
    }

    thread_local! {
        /// The host of the call that runs on this thread.
        static HOST: Cell<*const Host> = const { Cell::new(core::ptr::null()) };
    }

    fn host() -> Option<&'static Host> {
        // SAFETY: set only while a call runs, by `serve_native`, whose caller keeps it alive; no
        // caller of this function holds the reference for longer than one use.
        unsafe { HOST.get().as_ref() }
    }

    pub(super) fn input_read(offset: u32, destination: &mut [u8]) -> usize {
        let Some(host) = host() else { return 0 };
        let len = length(destination);
        // SAFETY: the host writes at most `len` bytes at `destination`.
        unsafe { (host.input_read)(host.ctx, offset, destination.as_mut_ptr(), len) as usize }
    }

    pub(super) fn output_write(source: &[u8]) -> bool {
        // SAFETY: the host reads `len` bytes at `source`.
        host().is_some_and(|host| unsafe {
            (host.output_write)(host.ctx, source.as_ptr(), length(source)) == 0
        })
    }

    pub(super) fn log(level: Level, message: &str) {
        let Some(host) = host() else { return };
        // SAFETY: the host reads `len` bytes at `message`.
        unsafe {
            (host.log)(
                host.ctx,
                level.number(),
                message.as_ptr(),
                length(message.as_bytes()),
            );
        }
    }

    /// What the export `lds_call` does.
    ///
    /// # Safety
    /// `host` must be the host's table, alive until this returns.
    #[cfg(feature = "native")]
    pub unsafe fn serve_native<G: crate::Generator>(
        host: *const Host,
        op: u32,
        input_len: u32,
    ) -> i32 {
        HOST.set(host);
        let status = super::serve::<G>(op, input_len);
        HOST.set(core::ptr::null());
        status
    }
}

/// The exports of a native library.
#[doc(hidden)]
#[macro_export]
#[cfg(all(not(target_family = "wasm"), feature = "native"))]
macro_rules! native_symbols {
    ($generator:ty) => {
        const _: () = {
            #[expect(unsafe_code, reason = "the ABI fixes the symbol")]
            #[unsafe(no_mangle)]
            extern "C" fn lds_abi() -> u32 {
                $crate::ABI
            }

            #[expect(unsafe_code, reason = "the ABI fixes the symbol")]
            #[unsafe(no_mangle)]
            unsafe extern "C" fn lds_call(
                host: *const $crate::abi::Host,
                op: u32,
                input_len: u32,
            ) -> i32 {
                // SAFETY: the host keeps its table alive for the call.
                unsafe { $crate::abi::serve_native::<$generator>(host, op, input_len) }
            }
        };
    };
}

/// Without the feature there are none, so that several plugins link into one program.
#[doc(hidden)]
#[macro_export]
#[cfg(not(all(not(target_family = "wasm"), feature = "native")))]
macro_rules! native_symbols {
    ($generator:ty) => {};
}
