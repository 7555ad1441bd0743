//! What waits to be written.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lds_domain::Error;
use lds_domain::unit::{Committed, Stop, Unit};
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

use crate::PATIENCE;
use crate::row::RowId;

/// Units that may wait; more are told to come again.
const MOST_WAITING: usize = 20_000;

/// What became of a unit.
pub(crate) type Answer = Result<Committed, Stop>;

/// A unit and who waits for it.
pub(crate) struct Job {
    /// The unit.
    pub(super) unit: Unit,
    /// Who waits; he may have gone.
    pub(super) reply: oneshot::Sender<Answer>,
}

impl Job {
    /// Answers.
    pub(super) fn answer(self, answer: Answer) {
        // Nobody may wait any more; what was done is done.
        let _ = self.reply.send(answer);
    }
}

/// A use to be remembered some time soon.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Touch {
    /// A token was used at these milliseconds.
    Token(RowId, i64),
    /// A user signed in.
    User(RowId, i64),
}

/// What waits, for all writers of a store.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    touches: Vec<Touch>,
    closed: bool,
}

/// What a writer gets.
pub(super) enum Taken {
    /// Something to do; jobs are picked with [`Queue::pick`].
    Work(Vec<Touch>),
    /// Nothing is left and nothing will come.
    Closed,
}

impl Queue {
    /// Queues a unit and waits for what becomes of it.
    pub(crate) async fn commit(&self, unit: Unit) -> Answer {
        let (reply, answer) = oneshot::channel();
        {
            let mut waiting = self.lock();
            if waiting.closed || waiting.jobs.len() >= MOST_WAITING {
                return Err(Error::unavailable("the store takes no more writes").into());
            }
            waiting.jobs.push_back(Job { unit, reply });
        }
        self.news.notify_one();
        match timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Error::unavailable("a writer ended with a unit in hand").into()),
            // It may still be written: who repeats the request finds it.
            Err(_) => Err(Error::unavailable("a unit waited too long for the database").into()),
        }
    }

    /// Queues a use.
    pub(crate) fn touch(&self, touch: Touch) {
        let mut waiting = self.lock();
        if !waiting.closed && waiting.touches.len() < MOST_WAITING {
            waiting.touches.push(touch);
            drop(waiting);
            self.news.notify_one();
        }
    }

    /// Takes no more; writers end when all is done.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.news.notify_waiters();
        self.news.notify_one();
    }

    /// Waits until there is something to do.
    pub(super) async fn take(&self) -> Taken {
        loop {
            let news = self.news.notified();
            {
                let mut waiting = self.lock();
                if !waiting.jobs.is_empty() || !waiting.touches.is_empty() {
                    return Taken::Work(std::mem::take(&mut waiting.touches));
                }
                if waiting.closed {
                    // The next writer must hear it too.
                    self.news.notify_one();
                    return Taken::Closed;
                }
            }
            news.await;
        }
    }

    /// Hands out waiting jobs, oldest first, as long as they are wanted.
    pub(super) fn pick(&self, mut wanted: impl FnMut(Job) -> bool) {
        let mut waiting = self.lock();
        while let Some(job) = waiting.jobs.pop_front() {
            if !wanted(job) {
                break;
            }
        }
        let more = !waiting.jobs.is_empty();
        drop(waiting);
        if more {
            self.news.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
