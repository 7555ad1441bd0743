//! A timer of the kernel's, because the runtime's tell milliseconds and requests come at distances
//! of microseconds. The thread sleeps meanwhile: the server can have its core.

use std::os::fd::OwnedFd;
use std::time::Instant;

use anyhow::Result;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;

/// One for each that waits.
pub(crate) struct Alarm {
    timer: OwnedFd,
    /// The same, which can be read as a pipe can.
    rings: Receiver,
}

impl Alarm {
    pub(crate) fn new() -> Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        let rings = Receiver::from_owned_fd_unchecked(timer.try_clone()?)?;
        Ok(Self { timer, rings })
    }

    /// Comes back at that moment, or at once if it is over.
    pub(crate) async fn wait(&mut self, until: Instant) -> Result<()> {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value: left.try_into()?,
        };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once)?;
        self.rings.read_u64_le().await?;
        Ok(())
    }
}
