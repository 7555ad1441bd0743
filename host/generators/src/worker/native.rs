//! Loads one native library and serves calls to it, one at a time, always on
//! this thread.

use std::ffi::{OsStr, c_void};
use std::io::{self, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

use crate::error::LoadError;
use crate::limits::MAX_LOG;
use crate::native::Patience;
use crate::native::frame::{HEAD, Kind, RESULT_HEAD, answer_head, parse_request};

use super::harden;

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

/// The state behind `ctx` for the length of one call.
struct Call<'a> {
    input: &'a [u8],
    /// The frame of the result as it grows: room for the heads, then output.
    frame: &'a mut Vec<u8>,
    output_limit: usize,
    log_left: usize,
    overflowed: bool,
    socket: &'a UnixStream,
}

struct Plugin {
    call: LdsCall,
    output_limit: usize,
}

/// Serves until the server closes the socket.
pub(super) fn serve(library: &OsStr, output: &str, memory: &str) -> Result<(), LoadError> {
    let bad = |_| LoadError::new("a limit is not a number");
    let output_limit = output.parse().map_err(bad)?;
    let memory = memory.parse().map_err(bad)?;
    let socket = take_socket().map_err(|error| LoadError::new(error.to_string()))?;
    let loaded = harden::before_loading(memory).and_then(|()| load(library));
    let answer = match &loaded {
        Ok((_, abi)) => send(&socket, Kind::Ready, &abi.to_le_bytes()),
        Err(error) => send(&socket, Kind::Refused, error.to_string().as_bytes()),
    };
    let (call, _) = loaded?;
    let plugin = Plugin { call, output_limit };
    answer
        .and_then(|()| plugin.serve(&socket))
        .map_err(|error| LoadError::new(error.to_string()))
}

/// The socket came as standard input; the library finds nothing there.
fn take_socket() -> io::Result<UnixStream> {
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    Ok(UnixStream::from(socket))
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

impl Plugin {
    fn serve(&self, socket: &UnixStream) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(64 << 10, Eager::new(socket));
        let mut input = Vec::new();
        let mut frame = Vec::new();
        loop {
            let mut head = [0; HEAD];
            match reader.read_exact(&mut head) {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                other => other?,
            }
            let (op, len) = parse_request(head);
            input.resize(len, 0);
            reader.read_exact(&mut input)?;
            self.answer(socket, op, &input, &mut frame)?;
            let mut writer = socket;
            writer.write_all(&frame)?;
        }
    }

    /// Makes the call and leaves the whole answer in `frame`.
    fn answer(
        &self,
        socket: &UnixStream,
        op: u32,
        input: &[u8],
        frame: &mut Vec<u8>,
    ) -> io::Result<()> {
        frame.clear();
        frame.resize(HEAD + RESULT_HEAD, 0);
        let mut call = Call {
            input,
            frame,
            output_limit: self.output_limit,
            log_left: MAX_LOG,
            overflowed: false,
            socket,
        };
        let status = self.enter(&mut call, op);
        let overflowed = u32::from(call.overflowed);
        let head = answer_head(Kind::Result, frame.len() - HEAD)?;
        frame[..HEAD].copy_from_slice(&head);
        frame[HEAD..HEAD + 4].copy_from_slice(&status.to_le_bytes());
        frame[HEAD + 4..HEAD + 8].copy_from_slice(&overflowed.to_le_bytes());
        Ok(())
    }

    #[expect(unsafe_code, reason = "calls the foreign library")]
    fn enter(&self, call: &mut Call<'_>, op: u32) -> i32 {
        let len = u32::try_from(call.input.len()).unwrap_or(u32::MAX);
        let host = LdsHost {
            size: u32::try_from(size_of::<LdsHost>()).unwrap_or(u32::MAX),
            abi: crate::abi::HOST_ABI,
            ctx: std::ptr::from_mut(call).cast(),
            input_read,
            output_write,
            log,
        };
        // SAFETY: `host` and what `ctx` points to live until the call returns,
        // and the ABI forbids the library to keep them.
        unsafe { (self.call)(&raw const host, op, len) }
    }
}

/// The socket, whose next request is first waited for awake.
struct Eager<'a> {
    socket: &'a UnixStream,
    patience: Patience,
}

impl<'a> Eager<'a> {
    fn new(socket: &'a UnixStream) -> Self {
        let patience = Patience::default();
        Self { socket, patience }
    }
}

impl Read for Eager<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let socket = self.socket;
        let soon = self
            .patience
            .wait(|| match recv(socket, &mut *buffer, RecvFlags::DONTWAIT) {
                Err(Errno::AGAIN | Errno::INTR) => None,
                result => Some(result.map(|(_, count)| count)),
            });
        match soon {
            Some(result) => Ok(result?),
            None => (&mut &*socket).read(buffer),
        }
    }
}

impl Call<'_> {
    fn write(&mut self, src: &[u8]) -> i32 {
        let written = self.frame.len() - HEAD - RESULT_HEAD;
        if src.len() > self.output_limit - written {
            self.overflowed = true;
            return -1;
        }
        self.frame.extend_from_slice(src);
        0
    }

    fn log(&mut self, level: u32, text: &[u8]) {
        if text.len() > self.log_left {
            self.log_left = 0;
            return;
        }
        self.log_left -= text.len();
        let body = [&level.to_le_bytes(), text].concat();
        // A server that is gone ends the worker at its next read.
        let _ = send(self.socket, Kind::Log, &body);
    }
}

fn send(mut socket: &UnixStream, kind: Kind, body: &[u8]) -> io::Result<()> {
    socket.write_all(&[answer_head(kind, body.len())?.as_slice(), body].concat())
}

#[expect(unsafe_code, reason = "called by the foreign library")]
unsafe extern "C" fn input_read(ctx: *mut c_void, offset: u32, dst: *mut u8, len: u32) -> u32 {
    // SAFETY: `ctx` is the call that the library was entered with.
    let call = unsafe { &*ctx.cast::<Call<'_>>() };
    let rest = call.input.get(offset as usize..).unwrap_or_default();
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
    let call = unsafe { &mut *ctx.cast::<Call<'_>>() };
    // SAFETY: the ABI has the library offer `len` readable bytes at `src`.
    call.write(unsafe { bytes(src, len) })
}

#[expect(unsafe_code, reason = "called by the foreign library")]
unsafe extern "C" fn log(ctx: *mut c_void, level: u32, utf8: *const u8, len: u32) {
    // SAFETY: as above.
    let call = unsafe { &mut *ctx.cast::<Call<'_>>() };
    // SAFETY: the ABI has the library offer `len` readable bytes at `utf8`.
    call.log(level, unsafe { bytes(utf8, len) });
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
