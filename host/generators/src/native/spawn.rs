//! The thread that starts worker processes and buries them.
//!
//! A child is told to die with the *thread* that started it, so that thread
//! must live as long as the server: no thread of the async runtime does.

use std::io;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, Sender, channel};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::sync::oneshot;

use crate::error::LoadError;

/// A handle on the thread; it ends with the last handle.
#[derive(Clone)]
pub(crate) struct Spawner(Sender<Job>);

enum Job {
    Start(Command, oneshot::Sender<io::Result<Child>>),
    End(Child),
}

impl Spawner {
    /// Starts the thread.
    pub(crate) fn start() -> Result<Self, LoadError> {
        let (sender, jobs) = channel();
        std::thread::Builder::new()
            .name("lds-spawner".into())
            .spawn(move || work(&jobs))
            .map_err(|error| LoadError::new(format!("the spawner cannot start: {error}")))?;
        Ok(Self(sender))
    }

    /// Starts a process that leads its own process group.
    pub(crate) async fn spawn(&self, command: Command) -> io::Result<Process> {
        let (answer, child) = oneshot::channel();
        self.0
            .send(Job::Start(command, answer))
            .map_err(|_| gone())?;
        let child = child.await.map_err(|_| gone())??;
        Ok(Process {
            child: Some(child),
            spawner: self.clone(),
        })
    }
}

/// A child process, killed with its group when dropped.
pub(crate) struct Process {
    child: Option<Child>,
    spawner: Spawner,
}

impl Process {
    /// The child, for taking its pipes.
    pub(crate) fn child(&mut self) -> Option<&mut Child> {
        self.child.as_mut()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            // Without the thread the child has died with it.
            let _ = self.spawner.0.send(Job::End(child));
        }
    }
}

fn work(jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        match job {
            Job::Start(mut command, answer) => {
                if let Err(Ok(child)) = answer.send(command.spawn()) {
                    end(child);
                }
            }
            Job::End(child) => end(child),
        }
    }
}

/// Kills what is left of the group and takes the exit status.
fn end(mut child: Child) {
    let pid = child.id();
    if let Some(group) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // The leader is not reaped yet, so the number is still its own.
        let _ = kill_process_group(group, Signal::KILL);
    }
    match child.wait() {
        Ok(status) => tracing::debug!(pid, %status, "worker process ended"),
        Err(error) => tracing::warn!(pid, %error, "worker process cannot be reaped"),
    }
}

fn gone() -> io::Error {
    io::Error::other("the spawner thread is gone")
}
