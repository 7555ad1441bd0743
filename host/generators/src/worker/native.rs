//! Loads one native library and serves calls to it, one at a time, always on
//! this thread.

use std::ffi::{OsStr, c_void};
use std::io;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::error::LoadError;

use super::harden;
use super::link::Link;

type LdsAbi = unsafe extern "C" fn() -> u32;
type LdsCall = unsafe extern "C" fn(*const LdsHost, u32, u32) -> i32;

/// `struct lds_host` of the C header.
#[repr(C)]
struct LdsHost {
    size: u32,
    abi: u32,
    ctx: *mut c_void,
    input_read: unsafe extern "C" fn(*mut c_void, u32, *mut u8, u32) -> u32,
    output_write: unsafe extern "C" fn(*mut c_void, *const u8, u32) -> i32,
    log: unsafe extern "C" fn(*mut c_void, u32, *const u8, u32),
}

/// Serves until the server closes the socket.
pub(super) fn serve(library: &OsStr, output: &str, memory: &str) -> Result<(), LoadError> {
    let bad = |_| LoadError::new("a limit is not a number");
    let output_limit = output.parse().map_err(bad)?;
    let memory = memory.parse().map_err(bad)?;
    let mut link = Link::take(output_limit).map_err(|e| failed(&e))?;
    match harden::before_loading(library.as_ref(), memory).and_then(|()| load(library)) {
        Ok((call, abi)) => {
            link.answer(abi).map_err(|e| failed(&e))?;
            answer(&mut link, call).map_err(|e| failed(&e))
        }
        Err(error) => {
            link.refuse(&error.to_string()).map_err(|e| failed(&e))?;
            Err(error)
        }
    }
}

fn failed(error: &io::Error) -> LoadError {
    LoadError::new(error.to_string())
}

fn answer(link: &mut Link, call: LdsCall) -> io::Result<()> {
    while let Some(op) = link.request()? {
        let status = enter(link, call, op)?;
        link.answer(status.cast_unsigned())?;
    }
    Ok(())
}

#[expect(
    unsafe_code,
    reason = "loading foreign code is what this process is for"
)]
fn load(path: &OsStr) -> Result<(LdsCall, u32), LoadError> {
    let missing = |name| move |_| LoadError::new(format!("the library exports no {name}"));
    // SAFETY: the library's initialisers run here; the operator named the file
    // in the configuration, and the process has given up its rights.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }
        .map_err(|error| reason(&error))?;
    // SAFETY: the ABI fixes the signatures of these two names.
    let (abi, call) = unsafe {
        let abi = *library
            .get::<LdsAbi>(b"lds_abi")
            .map_err(missing("lds_abi"))?;
        let call = *library
            .get::<LdsCall>(b"lds_call")
            .map_err(missing("lds_call"))?;
        (abi, call)
    };
    // A library is never unloaded.
    std::mem::forget(library);
    // SAFETY: the symbol was just resolved and stays loaded.
    let abi = unsafe { abi() };
    Ok((call, abi))
}

/// The loader's own words.
fn reason(error: &libloading::Error) -> LoadError {
    match std::error::Error::source(error) {
        Some(source) => LoadError::new(source.to_string()),
        None => LoadError::new(error.to_string()),
    }
}

#[expect(unsafe_code, reason = "calls the foreign library")]
fn enter(link: &mut Link, call: LdsCall, op: u32) -> io::Result<i32> {
    let len = u32::try_from(link.input()?.len()).unwrap_or(u32::MAX);
    let host = LdsHost {
        size: u32::try_from(size_of::<LdsHost>()).unwrap_or(u32::MAX),
        abi: crate::abi::HOST_ABI,
        ctx: std::ptr::from_mut(link).cast(),
        input_read,
        output_write,
        log,
    };
    // SAFETY: `host` and the link live until the call returns, and the ABI
    // forbids the library to keep them.
    Ok(unsafe { call(&raw const host, op, len) })
}

#[expect(unsafe_code, reason = "called by the foreign library")]
unsafe extern "C" fn input_read(ctx: *mut c_void, offset: u32, dst: *mut u8, len: u32) -> u32 {
    // SAFETY: `ctx` is the link that the library was entered with.
    let link = unsafe { &*ctx.cast::<Link>() };
    let input = link.input().unwrap_or_default();
    let rest = input.get(offset as usize..).unwrap_or_default();
    let count = rest.len().min(len as usize);
    if count > 0 {
        // SAFETY: the ABI has the library offer `len` writable bytes at `dst`.
        unsafe { std::ptr::copy_nonoverlapping(rest.as_ptr(), dst, count) };
    }
    u32::try_from(count).unwrap_or(len)
}

#[expect(unsafe_code, reason = "called by the foreign library")]
unsafe extern "C" fn output_write(ctx: *mut c_void, src: *const u8, len: u32) -> i32 {
    // SAFETY: as above; the library runs one call at a time on one thread.
    let link = unsafe { &mut *ctx.cast::<Link>() };
    // SAFETY: the ABI has the library offer `len` readable bytes at `src`.
    let written = link.write(unsafe { bytes(src, len) });
    if written.is_ok() { 0 } else { -1 }
}

#[expect(unsafe_code, reason = "called by the foreign library")]
unsafe extern "C" fn log(ctx: *mut c_void, level: u32, utf8: *const u8, len: u32) {
    // SAFETY: as above.
    let link = unsafe { &mut *ctx.cast::<Link>() };
    // SAFETY: the ABI has the library offer `len` readable bytes at `utf8`.
    link.log(level, unsafe { bytes(utf8, len) });
}

/// # Safety
/// `start` must point to `len` readable bytes unless `len` is 0.
#[expect(unsafe_code, reason = "memory of the foreign library")]
unsafe fn bytes<'a>(start: *const u8, len: u32) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    // SAFETY: what the caller promises.
    unsafe { std::slice::from_raw_parts(start, len as usize) }
}
