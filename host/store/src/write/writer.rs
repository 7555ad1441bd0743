//! The task that writes: one for `SQLite`, a few for `PostgreSQL`, each with a connection and an
//! audit chain of its own.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use lds_domain::Error;
use lds_domain::unit::Unit;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::audit::Chain;
use super::group::{Done, Group};
use super::names::{Held, Names};
use super::queue::{Job, Taken, Touch};
use crate::Shared;
use crate::connection::{Connection, Purpose};
use crate::failure::Failure;
use crate::row::{Millis, Rows};

/// How often a transaction is repeated where the database asks for it or a unique value was taken.
const MOST_REPEATS: usize = 5;
/// Units that are put back because they touch what their group touches.
const MOST_BACKLOG: usize = 256;
/// How often heads are signed and old records of requests forgotten.
const UPKEEP: Duration = Duration::from_mins(1);
/// How long records of requests are kept, in milliseconds.
const KEEP_REQUESTS: i64 = 8 * 24 * 60 * 60 * 1000;
/// Old records that are forgotten at once.
const MOST_PRUNED: u32 = 10_000;
/// Proofs that are too old to be taken, likewise: more than come in that time.
const MOST_PROOFS_PRUNED: u32 = 500_000;

/// The task.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    connection: Option<Box<dyn Connection>>,
    chain: Chain,
    /// The entry up to which the chain was signed.
    signed: u64,
    backlog: VecDeque<Job>,
}

impl Writer {
    /// Writes until the queue is closed and empty. Should a writer panic, those whose units it had
    /// in hand are told, and another one goes on with a connection and a chain of its own.
    pub(crate) async fn run(shared: Arc<Shared>, connection: Box<dyn Connection>) {
        let mut connection = Some(connection);
        loop {
            let (shared, connection) = (Arc::clone(&shared), connection.take());
            let serving = async move { Self::new(shared, connection).serve().await };
            match tokio::spawn(serving).await {
                Ok(mut writer) => return writer.keep_up().await,
                Err(error) if error.is_cancelled() => return,
                Err(error) => tracing::error!(%error, "a writer panicked and starts anew"),
            }
        }
    }

    fn new(shared: Arc<Shared>, connection: Option<Box<dyn Connection>>) -> Self {
        let chain = Chain::new(&*shared.clock, &*shared.random);
        Self {
            shared,
            connection,
            chain,
            signed: 0,
            backlog: VecDeque::new(),
        }
    }

    async fn serve(mut self) -> Self {
        let mut upkeep = upkeep();
        loop {
            let touches = if self.backlog.is_empty() {
                let shared = Arc::clone(&self.shared);
                tokio::select! {
                    taken = shared.queue.take() => match taken {
                        Taken::Work(touches) => touches,
                        Taken::Closed => return self,
                    },
                    _ = upkeep.tick() => {
                        self.keep_up().await;
                        continue;
                    }
                }
            } else {
                Vec::new()
            };
            let jobs = self.pick();
            self.together(jobs, &touches).await;
        }
    }

    /// The next group: what was put back first, then what waits, without two units that touch the
    /// same.
    fn pick(&mut self) -> Vec<Job> {
        let size = self.shared.group_size;
        let (mut held, mut jobs, mut back) = (Held::default(), Vec::new(), VecDeque::new());
        let mut sort = |job: Job| {
            if held.take(Names::asked(&job.unit)) {
                jobs.push(job);
            } else {
                back.push_back(job);
            }
            jobs.len() < size && back.len() < MOST_BACKLOG
        };
        let mut more = true;
        while let Some(job) = more.then(|| self.backlog.pop_front()).flatten() {
            more = sort(job);
        }
        if more {
            self.shared.queue.pick(sort);
        }
        back.append(&mut self.backlog);
        self.backlog = back;
        jobs
    }

    /// Commits a group; if that fails, each unit alone.
    async fn together(&mut self, jobs: Vec<Job>, touches: &[Touch]) {
        if jobs.is_empty() && touches.is_empty() {
            return;
        }
        let units: Vec<&Unit> = jobs.iter().map(|job| &job.unit).collect();
        match self.attempt(&units, touches).await {
            Ok(done) => self.answer(jobs, done),
            Err(Trouble::Database(failure)) => fail(jobs, &failure),
            Err(Trouble::Group(failure)) => {
                tracing::debug!(units = jobs.len(), %failure, "a group failed, each unit runs alone");
                for job in jobs {
                    self.alone(job).await;
                }
            }
        }
    }

    async fn alone(&mut self, job: Job) {
        for _ in 0..MOST_REPEATS {
            match self.attempt(&[&job.unit], &[]).await {
                Ok(done) => return self.answer(vec![job], done),
                Err(Trouble::Group(Failure::Unique(_) | Failure::Repeat(_))) => {}
                Err(Trouble::Group(failure) | Trouble::Database(failure)) => {
                    return fail(vec![job], &failure);
                }
            }
        }
        let cause = Failure::Unavailable("a unit met others at every attempt".to_owned());
        fail(vec![job], &cause);
    }

    async fn attempt(&mut self, units: &[&Unit], touches: &[Touch]) -> Result<Done, Trouble> {
        let mut connection = self.begin().await.map_err(Trouble::Database)?;
        let group = Group {
            shared: &self.shared,
            connection: &mut *connection,
            chain: self.chain.clone(),
        };
        match group.run(units, touches).await {
            Ok(done) => {
                measure(units.len());
                self.connection = Some(connection);
                self.chain = done.chain.clone();
                Ok(done)
            }
            Err(failure @ Failure::Unknown(_)) => {
                // The entries may be there or not: nothing can follow them.
                self.chain = Chain::new(&*self.shared.clock, &*self.shared.random);
                self.signed = 0;
                Err(Trouble::Database(failure))
            }
            // Units alone would wait as long for nothing.
            Err(failure @ (Failure::Lost(_) | Failure::Late(_))) => Err(Trouble::Database(failure)),
            // The connection may be broken: the next attempt has a new one.
            Err(failure @ Failure::Unavailable(_)) => Err(Trouble::Group(failure)),
            Err(failure) => {
                self.connection = Some(connection);
                Err(Trouble::Group(failure))
            }
        }
    }

    /// An open transaction. A connection that was idle may have been cut off: once it is tried
    /// anew.
    async fn begin(&mut self) -> Result<Box<dyn Connection>, Failure> {
        if let Some(mut connection) = self.connection.take() {
            match connection.begin().await {
                Ok(()) => return Ok(connection),
                Err(failure) => tracing::debug!(%failure, "a connection is opened anew"),
            }
        }
        let mut connection = self.shared.connector.connect(Purpose::Writing).await?;
        connection.begin().await?;
        Ok(connection)
    }

    fn answer(&mut self, jobs: Vec<Job>, done: Done) {
        for (job, answer) in jobs.into_iter().zip(done.answers).rev() {
            match answer {
                Some(answer) => job.answer(answer),
                None => self.backlog.push_front(job),
            }
        }
    }

    /// Signs the head of the chain and forgets old requests. What fails is done next time.
    async fn keep_up(&mut self) {
        if let Err(failure) = self.try_keep_up().await {
            tracing::warn!(%failure, "heads of the audit log could not be signed");
        }
    }

    async fn try_keep_up(&mut self) -> Result<(), Failure> {
        let mut connection = self.begin().await?;
        let sql = &self.shared.statements.writes;
        let now = Millis::number(self.shared.clock.now());
        let mut prune = Rows::default();
        prune.push(&(now - KEEP_REQUESTS, MOST_PRUNED))?;
        let mut prune_proofs = Rows::default();
        prune_proofs.push(&(now, MOST_PROOFS_PRUNED))?;
        let mut work = vec![
            (&sql.prune_requests, prune),
            (&sql.prune_proofs, prune_proofs),
        ];
        if self.chain.seq() > self.signed {
            let mut head = Rows::default();
            let (chain, signed) = self.chain.signed(&self.shared.keys, now);
            head.push(&(chain, signed))?;
            work.push((&sql.audit_head, head));
        }
        for (sql, rows) in work {
            if let Some(parameter) = rows.parameter() {
                connection.execute(sql, parameter).await?;
            }
        }
        connection.commit().await?;
        self.signed = self.chain.seq();
        self.connection = Some(connection);
        Ok(())
    }
}

/// Whose failure it is.
enum Trouble {
    /// The database's: running units alone would not help.
    Database(Failure),
    /// One of the units', perhaps.
    Group(Failure),
}

fn measure(units: usize) {
    if let Some(units) = u32::try_from(units).ok().filter(|units| *units > 0) {
        metrics::histogram!("lds_store_group_units").record(units);
    }
}

fn fail(jobs: Vec<Job>, failure: &Failure) {
    tracing::warn!(units = jobs.len(), %failure, "units of work failed");
    for job in jobs {
        job.answer(Err(Error::from(failure).into()));
    }
}

fn upkeep() -> Interval {
    let mut upkeep = interval(UPKEEP);
    upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick is at once.
    upkeep.reset();
    upkeep
}
