//! Grouped reads: what waits when a reader is free goes as one query.
//!
//! An activation that meets a stored license is one lookup of an order; a call of a program is one
//! of a token. Together they cost a fraction of what they cost one by one, and there is nothing to
//! invalidate as a cache would have.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use lds_domain::Error;
use lds_domain::id::{Key, LicenseId};
use lds_domain::license::License;
use lds_domain::order::{OrderLookup, OrderView};
use lds_domain::token::{Token, TokenKey};
use lds_domain::unit::UserKey;
use lds_domain::user::User;
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

use crate::PATIENCE;
use crate::connection::{Pool, ask};
use crate::failure::Failure;
use crate::keyed;
use crate::row::{Hex, RowId, Rows};
use crate::rows::license::WholeLicense;
use crate::rows::token::TokenRow;
use crate::rows::user::UserRow;
use crate::statements::{Reads, Statements};
use crate::view::{self, ViewRow};

/// Lookups of one query.
const MOST_TOGETHER: usize = 64;
/// Lookups of a kind that may wait.
const MOST_WAITING: usize = 20_000;

/// A kind of lookup.
#[async_trait]
pub(crate) trait Lookup: Sized + Send + 'static {
    /// What is looked up.
    type Found: Send + 'static;
    /// Writes the question; `n` comes back with what was found.
    fn question(&self, rows: &mut Rows, n: usize) -> Result<(), Failure>;
    /// Asks.
    async fn find(
        pool: &Pool,
        sql: &Reads,
        rows: Rows,
    ) -> Result<Vec<(usize, Self::Found)>, Failure>;
}

type Answer<T> = Result<Option<T>, Error>;

/// Lookups of one kind that wait.
pub(crate) struct Line<L: Lookup> {
    waiting: Mutex<Waiting<L>>,
    news: Notify,
}

struct Waiting<L: Lookup> {
    asked: VecDeque<(L, oneshot::Sender<Answer<L::Found>>)>,
    closed: bool,
}

impl<L: Lookup> Default for Line<L> {
    fn default() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                asked: VecDeque::new(),
                closed: false,
            }),
            news: Notify::new(),
        }
    }
}

impl<L: Lookup> Line<L> {
    /// Looks up, together with what waits.
    pub(crate) async fn ask(&self, lookup: L) -> Answer<L::Found> {
        let (reply, answer) = oneshot::channel();
        {
            let mut waiting = self.lock();
            if waiting.closed || waiting.asked.len() >= MOST_WAITING {
                return Err(Error::unavailable("the store takes no more reads"));
            }
            waiting.asked.push_back((lookup, reply));
        }
        self.news.notify_one();
        match timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Error::unavailable("the store was closed")),
            Err(_) => Err(Error::unavailable(
                "a lookup waited too long for the database",
            )),
        }
    }

    /// Answers nobody any more.
    pub(crate) fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.asked.clear();
        drop(waiting);
        self.news.notify_waiters();
        self.news.notify_one();
    }

    /// Answers until the line is closed.
    pub(crate) async fn serve(self: Arc<Self>, pool: Arc<Pool>, sql: Arc<Statements>) {
        while let Some(asked) = self.take().await {
            let (lookups, replies): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
            let answers = answers(&pool, &sql.reads, &lookups).await;
            for (reply, answer) in replies.into_iter().zip(answers) {
                // Nobody may wait any more.
                let _ = reply.send(answer);
            }
        }
    }

    async fn take(&self) -> Option<Vec<(L, oneshot::Sender<Answer<L::Found>>)>> {
        loop {
            let news = self.news.notified();
            {
                let mut waiting = self.lock();
                let most = waiting.asked.len().min(MOST_TOGETHER);
                if waiting.closed || waiting.asked.len() > most {
                    // The next reader must hear it too.
                    self.news.notify_one();
                }
                if waiting.closed {
                    return None;
                }
                if most > 0 {
                    return Some(waiting.asked.drain(..most).collect());
                }
            }
            news.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<L>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer for each lookup; a failure is the answer to all of them.
async fn answers<L: Lookup>(pool: &Pool, sql: &Reads, lookups: &[L]) -> Vec<Answer<L::Found>> {
    match found(pool, sql, lookups).await {
        Ok(found) => {
            let mut answers: Vec<_> = lookups.iter().map(|_| Ok(None)).collect();
            for (n, item) in found {
                if let Some(answer) = answers.get_mut(n) {
                    *answer = Ok(Some(item));
                }
            }
            answers
        }
        Err(failure) => {
            tracing::warn!(lookups = lookups.len(), %failure, "lookups failed");
            lookups.iter().map(|_| Err(Error::from(&failure))).collect()
        }
    }
}

async fn found<L: Lookup>(
    pool: &Pool,
    sql: &Reads,
    lookups: &[L],
) -> Result<Vec<(usize, L::Found)>, Failure> {
    let mut rows = Rows::default();
    for (n, lookup) in lookups.iter().enumerate() {
        lookup.question(&mut rows, n)?;
    }
    L::find(pool, sql, rows).await
}

#[async_trait]
impl Lookup for OrderLookup {
    type Found = OrderView;

    fn question(&self, rows: &mut Rows, n: usize) -> Result<(), Failure> {
        view::question(rows, n, self)
    }

    async fn find(
        mut pool: &Pool,
        sql: &Reads,
        rows: Rows,
    ) -> Result<Vec<(usize, OrderView)>, Failure> {
        let found: Vec<(usize, ViewRow)> = ask(&mut pool, &sql.orders, rows).await?;
        found
            .into_iter()
            .map(|(n, row)| Ok((n, row.try_into()?)))
            .collect()
    }
}

#[async_trait]
impl Lookup for Key<LicenseId> {
    type Found = License;

    fn question(&self, rows: &mut Rows, n: usize) -> Result<(), Failure> {
        let (id, reference) = keyed::entity(self);
        Ok(rows.push(&(n, id, reference))?)
    }

    async fn find(
        mut pool: &Pool,
        sql: &Reads,
        rows: Rows,
    ) -> Result<Vec<(usize, License)>, Failure> {
        let found: Vec<(usize, WholeLicense)> = ask(&mut pool, &sql.licenses, rows).await?;
        found
            .into_iter()
            .map(|(n, row)| Ok((n, row.try_into()?)))
            .collect()
    }
}

#[async_trait]
impl Lookup for UserKey {
    type Found = Arc<User>;

    fn question(&self, rows: &mut Rows, n: usize) -> Result<(), Failure> {
        let (id, reference, login) = keyed::user(self);
        Ok(rows.push(&(n, id, reference, login))?)
    }

    async fn find(
        mut pool: &Pool,
        sql: &Reads,
        rows: Rows,
    ) -> Result<Vec<(usize, Arc<User>)>, Failure> {
        let found: Vec<(usize, UserRow<'_>)> = ask(&mut pool, &sql.users, rows).await?;
        Ok(found
            .into_iter()
            .map(|(n, row)| (n, Arc::new(row.into())))
            .collect())
    }
}

#[async_trait]
impl Lookup for TokenKey {
    type Found = (Token, Arc<User>);

    fn question(&self, rows: &mut Rows, n: usize) -> Result<(), Failure> {
        let (id, digest) = match self {
            Self::Id(id) => (Some(RowId::of(*id)), None),
            Self::Digest(digest) => (None, Some(Hex::from(digest))),
        };
        Ok(rows.push(&(n, id, digest))?)
    }

    async fn find(
        mut pool: &Pool,
        sql: &Reads,
        rows: Rows,
    ) -> Result<Vec<(usize, Self::Found)>, Failure> {
        let found: Vec<(usize, TokenRow<'_>, UserRow<'_>)> =
            ask(&mut pool, &sql.tokens, rows).await?;
        let both = |(n, token, user): (usize, TokenRow<'_>, UserRow<'_>)| {
            Ok((n, (token.try_into()?, Arc::new(user.into()))))
        };
        found.into_iter().map(both).collect()
    }
}
