//! One transaction for a group of units: claim requests, lock, load, decide, write.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lds_domain::Error;
use lds_domain::audit::AuditEntry;
use lds_domain::unit::{Changes, Committed, Loaded, Unit, Wanted};

use super::audit::{Chain, Head, MOST_HEADS};
use super::batch::{Batch, Writing};
use super::locks;
use super::names::{Held, Names};
use super::queue::{Answer, Touch};
use super::requests;
use super::roll;
use crate::Shared;
use crate::connection::{Connection, ask};
use crate::failure::Failure;
use crate::load::load;
use crate::memory;
use crate::row::{Millis, Rows};

/// Bytes that the rows of one group may have; a unit that is larger by itself is a group of its
/// own.
const MOST_BYTES: usize = 4 << 20;

/// What a transaction did: an answer for each unit, `None` for those that must wait for the next
/// one, and where the chain stands after it.
pub(super) struct Done {
    pub(super) answers: Vec<Option<Answer>>,
    pub(super) chain: Chain,
}

/// A transaction at work.
pub(super) struct Group<'a> {
    pub(super) shared: &'a Shared,
    pub(super) connection: &'a mut dyn Connection,
    pub(super) chain: Chain,
}

impl Group<'_> {
    /// Runs the units in a transaction that was begun, and ends it.
    pub(super) async fn run(mut self, units: &[&Unit], touches: &[Touch]) -> Result<Done, Failure> {
        let worked = self.work(units, touches).await;
        match &worked {
            Ok((answers, true)) => {
                let memory = self.shared.memory.as_ref();
                let _committing = memory.map(|memory| memory.committing(written(answers)));
                self.connection.commit().await.map_err(Failure::at_commit)?;
            }
            // With the connection goes the transaction.
            Err(Failure::Lost(_) | Failure::Late(_)) => {}
            Ok((_, false)) | Err(_) => self.connection.rollback().await?,
        }
        let (answers, _) = worked?;
        Ok(Done {
            answers,
            chain: self.chain,
        })
    }

    /// The answers, and whether there is anything to commit.
    async fn work(
        &mut self,
        units: &[&Unit],
        touches: &[Touch],
    ) -> Result<(Vec<Option<Answer>>, bool), Failure> {
        let (shared, now) = (self.shared, Millis::number(self.shared.clock.now()));
        let mut answers = requests::claim(self.connection, &shared.statements, units, now).await?;
        let fresh: Vec<usize> = (0..units.len()).filter(|n| answers[*n].is_none()).collect();
        let wanted: Vec<&Wanted> = fresh.iter().map(|n| &units[*n].wanted).collect();
        if let Some(sql) = &shared.statements.locks {
            locks::lock(self.connection, sql, &wanted).await?;
        }
        let loaded = load(self.connection, &shared.statements.reads, &wanted).await?;
        let mut plan = Plan {
            beside_server: shared.beside_server,
            ..Plan::default()
        };
        for touch in touches {
            plan.batch.touch(*touch)?;
        }
        for (n, loaded) in fresh.into_iter().zip(loaded) {
            answers[n] = plan.decide(n, units[n], &loaded)?;
        }
        let writes = !plan.written.is_empty() || !touches.is_empty();
        if writes {
            self.write(plan, &answers).await?;
        }
        Ok((answers, writes))
    }

    async fn write(&mut self, plan: Plan, answers: &[Option<Answer>]) -> Result<(), Failure> {
        let sql = &self.shared.statements.writes;
        let changes = plan.written.iter().filter_map(|n| match &answers[*n] {
            Some(Ok(committed)) => Some(&committed.changes.audit),
            _ => None,
        });
        let entries: Vec<&AuditEntry> = changes.flatten().collect();
        let audit = self.audit(&entries).await?;
        plan.batch.write(self.connection, sql).await?;
        let mut writing = Writing {
            connection: self.connection,
        };
        writing.all(&sql.answer_requests, plan.answered).await?;
        writing.all(&sql.forget_requests, plan.unanswered).await?;
        writing.all(&sql.audit, audit).await
    }

    /// The chain's next entries, in the order of the units.
    async fn audit(&mut self, entries: &[&AuditEntry]) -> Result<Rows, Failure> {
        let mut heads = if self.chain.is_new() && !entries.is_empty() {
            Some(self.found_chain().await?)
        } else {
            None
        };
        let mut rows = Rows::default();
        for entry in entries {
            let row = self
                .chain
                .append(entry, &self.shared.keys, heads.take().as_deref())?;
            rows.push(&row)?;
        }
        Ok(rows)
    }

    /// Makes the chain known and tells where the others stand.
    async fn found_chain(&mut self) -> Result<Vec<Head>, Failure> {
        let statements = &self.shared.statements;
        let mut question = Rows::default();
        question.push(&(self.chain.id(), MOST_HEADS))?;
        let heads = ask(self.connection, &statements.reads.audit_heads, question).await?;
        let is_first = heads.is_empty();
        roll::enter(self.shared, self.connection, self.chain.id(), is_first).await?;
        let mut chain = Rows::default();
        chain.push(&(self.chain.id(),))?;
        let mut writing = Writing {
            connection: self.connection,
        };
        writing.all(&statements.writes.audit_chain, chain).await?;
        Ok(heads)
    }
}

/// What was written for the units with these answers.
fn written(answers: &[Option<Answer>]) -> impl Iterator<Item = &Changes> {
    let done = answers.iter().flatten().flatten();
    done.map(|committed| &committed.changes)
}

/// What the units of a group decided to write.
#[derive(Default)]
struct Plan {
    beside_server: bool,
    held: Held,
    batch: Batch,
    /// The units that write something, by their places.
    written: Vec<usize>,
    answered: Rows,
    /// Claimed requests of units that write nothing or must wait: a fault leaves no record.
    unanswered: Rows,
}

impl Plan {
    /// Decides on one unit; `None` if it must wait for the next transaction.
    fn decide(
        &mut self,
        n: usize,
        unit: &Unit,
        loaded: &Loaded,
    ) -> Result<Option<Answer>, Failure> {
        let full = !self.written.is_empty() && self.batch.bytes() >= MOST_BYTES;
        if full || !self.held.take(Names::found(&unit.wanted, loaded)) {
            self.unclaim(unit)?;
            return Ok(None);
        }
        let answer = decide(unit, loaded, self.beside_server);
        match &answer {
            Ok(committed) => self.add(n, unit, &committed.changes)?,
            Err(_) => self.unclaim(unit)?,
        }
        Ok(Some(answer))
    }

    fn add(&mut self, n: usize, unit: &Unit, changes: &Changes) -> Result<(), Failure> {
        if let Some(request) = &unit.request {
            requests::answer(&mut self.answered, request, &changes.outcomes)?;
        }
        if unit.request.is_some() || !changes.is_empty() {
            self.batch.add(changes)?;
            self.written.push(n);
        }
        Ok(())
    }

    fn unclaim(&mut self, unit: &Unit) -> Result<(), Failure> {
        if let Some(request) = &unit.request {
            self.unanswered.push(&(&request.caller, &request.id))?;
        }
        Ok(())
    }
}

/// What a unit comes to. A decision that panics harms nobody but its own caller.
pub(crate) fn decide(unit: &Unit, loaded: &Loaded, beside_server: bool) -> Answer {
    let changes = catch_unwind(AssertUnwindSafe(|| (unit.decide)(loaded)))
        .unwrap_or_else(|_| Err(Error::internal("the decision of a unit panicked").into()))?;
    // A server must not miss a change of what it keeps in memory.
    if beside_server && memory::changed(&changes).next().is_some() {
        let why = "a server may have the database open: only it can change what is there";
        return Err(Error::unavailable(why).into());
    }
    Ok(Committed {
        outcomes: changes.outcomes.clone(),
        replayed: false,
        changes,
    })
}
