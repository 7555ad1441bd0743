//! The memory that the server and one worker share: where requests, answers
//! and messages lie, so that a call costs no system call while both are awake.
//!
//! The worker's library may write here at any time whatever it likes. So the
//! server checks every number that it reads, copies before it looks at bytes,
//! and makes the memory such that it cannot be taken away again. It knows
//! nothing of sockets and of waiting.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicUsize};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use crate::limits::{MAX_INPUT, MAX_LOG};

/// Bytes of the page that holds [`Shared`]; the areas follow it.
const HEAD: usize = 4096;
/// Messages with their heads; many short ones need more room than their text.
const LOG_AREA: usize = 2 * MAX_LOG;

/// What one side tells the other. Each side has cache lines of its own.
#[repr(C, align(128))]
pub(crate) struct Side {
    /// The number of the last request, or of the last one answered.
    pub(crate) turn: AtomicU32,
    /// Whether this side must be woken when it is its turn.
    pub(crate) asleep: AtomicU32,
    /// The operation, or the status that the library returned.
    pub(crate) code: AtomicU32,
    /// How the call ended, a number of [`Ending`]; the server has none.
    pub(crate) ending: AtomicU32,
    /// Bytes of the input or the output.
    pub(crate) len: AtomicUsize,
    /// Bytes of the messages so far; the server has none.
    pub(crate) logged: AtomicUsize,
}

/// Both sides.
#[repr(C)]
pub(crate) struct Shared {
    pub(crate) server: Side,
    pub(crate) worker: Side,
}

/// How a worker's turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The library has returned, or is loaded.
    Complete,
    /// It has returned and wanted to write more than the limit.
    Overflow,
    /// It cannot be loaded; a message says why.
    Refused,
}

impl Ending {
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Complete => 0,
            Self::Overflow => 1,
            Self::Refused => 2,
        }
    }

    pub(crate) fn from_number(number: u32) -> io::Result<Self> {
        [Self::Complete, Self::Overflow, Self::Refused]
            .into_iter()
            .find(|ending| ending.number() == number)
            .ok_or_else(|| invalid("an ending that does not exist"))
    }
}

/// A part of the memory behind [`Shared`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Area {
    /// What the server writes.
    Input,
    /// The library's messages.
    Log,
    /// The library's output.
    Output,
}

/// The memory, mapped into this process.
pub(crate) struct Memory {
    start: NonNull<u8>,
    output: usize,
}

#[expect(unsafe_code, reason = "the mapping belongs to no thread")]
// SAFETY: it lives until it is dropped, and whoever owns it may unmap it.
unsafe impl Send for Memory {}
#[expect(
    unsafe_code,
    reason = "shared references only load atomically or copy out"
)]
// SAFETY: what changes bytes in this process takes the memory by `&mut`.
unsafe impl Sync for Memory {}

impl Memory {
    /// New memory for outputs of this size, and the descriptor by which a
    /// worker gets it. Its size is sealed: a worker that could cut it would
    /// end the server by its next access.
    pub(crate) fn create(output: usize) -> io::Result<(Self, OwnedFd)> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let fd = memfd_create("lds-worker", flags)?;
        ftruncate(&fd, size(output)? as u64)?;
        fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Ok((Self::open(&fd, output)?, fd))
    }

    /// The memory of a server that has [created](Self::create) it for outputs
    /// of the same size.
    #[expect(unsafe_code, reason = "memory of two processes")]
    pub(crate) fn open(fd: impl AsFd, output: usize) -> io::Result<Self> {
        let (len, access) = (size(output)?, ProtFlags::READ | ProtFlags::WRITE);
        // SAFETY: a new mapping at a place that the kernel chooses.
        let start = unsafe { mmap(std::ptr::null_mut(), len, access, MapFlags::SHARED, fd, 0) }?;
        let start = NonNull::new(start.cast()).ok_or_else(|| invalid("memory at address 0"))?;
        Ok(Self { start, output })
    }

    /// What the sides tell each other.
    #[expect(unsafe_code, reason = "memory of two processes")]
    pub(crate) fn shared(&self) -> &Shared {
        // SAFETY: the mapping starts with a page for it, was zero, which is a
        // value of it, and both processes access it by atomics alone.
        unsafe { self.start.cast::<Shared>().as_ref() }
    }

    /// Writes into an area if there is room.
    #[expect(unsafe_code, reason = "memory of two processes")]
    pub(crate) fn write(&mut self, area: Area, at: usize, bytes: &[u8]) -> io::Result<()> {
        let target = self.place(area, at, bytes.len())?;
        // SAFETY: the place lies within the mapping, of which no reference
        // but that to `Shared` is ever made.
        unsafe { target.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len()) };
        Ok(())
    }

    /// Copies out of an area, which the other side may change meanwhile: the
    /// copy is what counts.
    #[expect(unsafe_code, reason = "memory of two processes")]
    pub(crate) fn copy(&self, area: Area, len: usize) -> io::Result<Vec<u8>> {
        let source = self.place(area, 0, len)?;
        let mut copy = Vec::with_capacity(len);
        // SAFETY: the place lies within the mapping and the vector has room
        // for as much; any bytes are valid.
        unsafe {
            source.copy_to_nonoverlapping(NonNull::from(copy.spare_capacity_mut()).cast(), len);
            copy.set_len(len);
        }
        Ok(copy)
    }

    /// Where an area holds `len` bytes from `at` on.
    #[expect(unsafe_code, reason = "memory of two processes")]
    pub(crate) fn place(&self, area: Area, at: usize, len: usize) -> io::Result<NonNull<u8>> {
        let (start, room) = match area {
            Area::Input => (HEAD, MAX_INPUT),
            Area::Log => (HEAD + MAX_INPUT, LOG_AREA),
            Area::Output => (HEAD + MAX_INPUT + LOG_AREA, self.output),
        };
        if at > room || len > room - at {
            return Err(invalid("more bytes than there is room for"));
        }
        // SAFETY: the areas lie within the mapping, see `size`.
        Ok(unsafe { self.start.add(start + at) })
    }
}

impl Drop for Memory {
    #[expect(unsafe_code, reason = "memory of two processes")]
    fn drop(&mut self) {
        if let Ok(len) = size(self.output) {
            // SAFETY: nothing that was borrowed from the mapping outlives it.
            // Failing would leave it mapped, which harms nobody.
            let _ = unsafe { munmap(self.start.as_ptr().cast(), len) };
        }
    }
}

/// All of it; what is never written takes no memory.
fn size(output: usize) -> io::Result<usize> {
    (HEAD + MAX_INPUT + LOG_AREA)
        .checked_add(output)
        .filter(|size| isize::try_from(*size).is_ok())
        .ok_or_else(|| invalid("more output than there can be memory"))
}

pub(crate) fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use rustix::fs::ftruncate;

    use super::{Area, LOG_AREA, MAX_INPUT, Memory};

    #[test]
    fn both_sides_see_what_is_written() {
        let (mut ours, fd) = Memory::create(5).unwrap();
        let theirs = Memory::open(&fd, 5).unwrap();
        ours.write(Area::Output, 0, b"ab").unwrap();
        ours.write(Area::Output, 2, b"cde").unwrap();
        assert_eq!(theirs.copy(Area::Output, 5).unwrap(), b"abcde");
    }

    #[test]
    fn nothing_goes_beyond_its_area() {
        let (mut memory, _fd) = Memory::create(5).unwrap();
        for (area, room) in [
            (Area::Input, MAX_INPUT),
            (Area::Log, LOG_AREA),
            (Area::Output, 5),
        ] {
            memory.write(area, 0, &vec![1; room]).unwrap();
            assert!(memory.write(area, 0, &vec![2; room + 1]).is_err());
            assert!(memory.write(area, room, b"2").is_err());
            assert!(memory.write(area, usize::MAX, b"2").is_err());
            assert!(memory.copy(area, room + 1).is_err());
            assert!(memory.copy(area, usize::MAX).is_err());
        }
        for (area, room) in [(Area::Input, MAX_INPUT), (Area::Output, 5)] {
            assert_eq!(memory.copy(area, room).unwrap(), vec![1; room]);
        }
        assert!(Memory::create(usize::MAX).is_err());
    }

    #[test]
    fn the_size_is_sealed() {
        let (memory, fd) = Memory::create(5).unwrap();
        assert!(ftruncate(&fd, 0).is_err());
        assert!(ftruncate(&fd, 1 << 30).is_err());
        assert_eq!(memory.copy(Area::Output, 5).unwrap(), [0; 5]);
    }
}
