//! The thread that starts plugin processes and buries them.
//!
//! A child is told to die with the *thread* that started it, so that thread
//! must live as long as the server: no thread of the async runtime does.

use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use tempfile::TempDir;
use tokio::io::unix::AsyncFd;
use tokio::sync::oneshot;

use crate::error::LoadError;

use super::attempt::Failure;

/// A handle on the thread; with the last one it ends what it has still to end,
/// then itself.
#[derive(Clone)]
pub(crate) struct Spawner(Arc<Thread>);

struct Thread {
    jobs: Option<Sender<Job>>,
    running: Option<JoinHandle<()>>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(running) = self.running.take() {
            // A thread that panicked has nothing left to do.
            let _ = running.join();
        }
    }
}

enum Job {
    Start(Command, oneshot::Sender<io::Result<Child>>),
    End(Child, Leftovers),
}

/// What is done when a process has ended.
#[derive(Default)]
struct Leftovers {
    /// Removed.
    folder: Option<TempDir>,
    /// Told how it ended.
    tell: Option<oneshot::Sender<io::Result<ExitStatus>>>,
}

impl Spawner {
    /// Starts the thread.
    pub(crate) fn start() -> Result<Self, LoadError> {
        let (sender, jobs) = channel();
        let running = std::thread::Builder::new()
            .name("lds-spawner".into())
            .spawn(move || work(&jobs))
            .map_err(|error| LoadError::new(format!("the spawner cannot start: {error}")))?;
        Ok(Self(Arc::new(Thread {
            jobs: Some(sender),
            running: Some(running),
        })))
    }

    fn ask(&self, job: Job) -> io::Result<()> {
        let jobs = self.0.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(job).map_err(|_| gone())
    }

    /// Starts a process that leads its own process group. A folder that belongs
    /// to it is removed after its end.
    pub(crate) async fn spawn(
        &self,
        command: Command,
        folder: Option<TempDir>,
    ) -> io::Result<Process> {
        let (answer, child) = oneshot::channel();
        self.ask(Job::Start(command, answer))?;
        let child = child.await.map_err(|_| gone())??;
        Ok(Process {
            child: Some(child),
            folder,
            spawner: self.clone(),
        })
    }
}

/// A child process, killed with its group when dropped.
pub(crate) struct Process {
    child: Option<Child>,
    folder: Option<TempDir>,
    spawner: Spawner,
}

impl Process {
    /// The child, for taking its pipes.
    pub(crate) fn child(&mut self) -> Option<&mut Child> {
        self.child.as_mut()
    }

    /// Its number, which is its own as long as this lives.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Waits until it ends by itself. What it has started then ends too, and with
    /// that its streams; it is left to be buried.
    pub(crate) async fn ended(&self) -> Result<(), Failure> {
        let ended = self.watch().await;
        ended.map_err(|error| Failure::crash(&error))?;
        if let Some(group) = self.id().and_then(group) {
            // Not reaped yet, so the number is still its own.
            let _ = kill_process_group(group, Signal::KILL);
        }
        Ok(())
    }

    #[expect(unsafe_code, reason = "the runtime watches a descriptor")]
    async fn watch(&self) -> io::Result<()> {
        let pid = self.id().and_then(group).ok_or_else(gone)?;
        let handle: OwnedFd = pidfd_open(pid, PidfdFlags::empty())?;
        // SAFETY: the descriptor is open until what watches it, and owns it, is dropped.
        let watched = unsafe { AsyncFd::register(handle) }?;
        watched.readable().await.map(drop)
    }

    /// Kills what is left of its group, and tells how it ended.
    pub(crate) async fn end(mut self) -> io::Result<ExitStatus> {
        let (tell, told) = oneshot::channel();
        self.bury(Some(tell));
        told.await.map_err(|_| gone())?
    }

    fn bury(&mut self, tell: Option<oneshot::Sender<io::Result<ExitStatus>>>) {
        let folder = self.folder.take();
        if let Some(child) = self.child.take() {
            // Without the thread the child has died with it.
            let leftovers = Leftovers { folder, tell };
            let _ = self.spawner.ask(Job::End(child, leftovers));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.bury(None);
    }
}

fn work(jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        match job {
            Job::Start(mut command, answer) => {
                if let Err(Ok(child)) = answer.send(command.spawn()) {
                    end(child, Leftovers::default());
                }
            }
            Job::End(child, leftovers) => end(child, leftovers),
        }
    }
}

/// Kills what is left of the group and takes the exit status.
fn end(mut child: Child, leftovers: Leftovers) {
    let pid = child.id();
    if let Some(group) = group(pid) {
        // The leader is not reaped yet, so the number is still its own.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let status = child.wait();
    match &status {
        Ok(status) => tracing::debug!(pid, %status, "plugin process ended"),
        Err(error) => tracing::warn!(pid, %error, "plugin process cannot be reaped"),
    }
    drop(leftovers.folder);
    if let Some(tell) = leftovers.tell {
        // Nobody waits any more.
        let _ = tell.send(status);
    }
}

fn group(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

fn gone() -> io::Error {
    io::Error::other("the spawner thread is gone")
}
