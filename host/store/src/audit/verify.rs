//! Following all chains through a span of time, and comparing them with what was signed: heads,
//! the heads that other chains name, and the roll of chains.

use std::collections::HashMap;

use lds_domain::records::{AuditFault, Span, Verdict};
use serde::Deserialize;

use super::follow::Follower;
use super::report;
use crate::connection::{Pool, ask};
use crate::dialect::Sql;
use crate::failure::Failure;
use crate::keys::Keys;
use crate::row::{Hex, Millis, RowId, Rows};
use crate::statements::Records;
use crate::write::audit::{AuditRow, Head, SignedHead};
use crate::write::roll::{self, Roll};

/// Entries that are read at once.
const PAGE: u32 = 1000;

/// A chain: whether it is known, its signed head, its first and last entry of the span, its last.
#[derive(Deserialize)]
struct Found(
    RowId,
    u8,
    Option<SignedHead>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

/// Verifies the log.
pub(crate) async fn verify(
    pool: &Pool,
    sql: &Records,
    keys: &Keys,
    span: Span,
) -> Result<Verdict, Failure> {
    let mut verifier = Verifier {
        pool,
        sql,
        keys,
        span,
        verdict: Verdict::default(),
    };
    verifier.roll().await?;
    let mut last = RowId::default();
    while let Some(found) = verifier.after(last).await? {
        last = found.0;
        verifier.chain(found).await?;
    }
    Ok(verifier.verdict)
}

struct Verifier<'a> {
    pool: &'a Pool,
    sql: &'a Records,
    keys: &'a Keys,
    span: Span,
    verdict: Verdict,
}

impl Verifier<'_> {
    /// That exactly those chains are there that were begun.
    async fn roll(&mut self) -> Result<(), Failure> {
        let mut question = Rows::default();
        question.push(&(roll::SETTING,))?;
        let answer: Vec<(Option<String>, Vec<RowId>)> =
            ask(&mut &*self.pool, &self.sql.roll, question).await?;
        let Some((text, chains)) = answer.into_iter().next() else {
            return Err(Failure::internal("a question without an answer"));
        };
        let fault = match text {
            None if chains.is_empty() => return Ok(()),
            None => AuditFault::ChainsDiffer,
            Some(text) => match Roll::open(&text, self.keys) {
                Some(roll) if roll == Roll::of(&chains, self.keys) => return Ok(()),
                Some(_) => AuditFault::ChainsDiffer,
                None => AuditFault::SignatureWrong,
            },
        };
        let message = match fault {
            AuditFault::SignatureWrong => "The signature of the roll of chains is not right.",
            _ => "The chains that are there are not those that were begun.",
        };
        report(&mut self.verdict, fault, (None, None), message.to_owned());
        Ok(())
    }

    async fn after(&self, last: RowId) -> Result<Option<Found>, Failure> {
        let edge = |at: Option<_>, open| at.map_or(open, Millis::number);
        let (from, until) = (
            edge(self.span.since, i64::MIN),
            edge(self.span.before, i64::MAX),
        );
        let answer = self.row(&self.sql.next_chain, &(last, from, until)).await?;
        Ok(serde_json::from_str::<Vec<Found>>(&answer)?.pop())
    }

    /// Asks with a parameter that is one row.
    async fn row(&self, sql: &Sql, row: &impl serde::Serialize) -> Result<String, Failure> {
        self.pool.fetch(sql, serde_json::to_string(row)?).await
    }

    async fn chain(&mut self, found: Found) -> Result<(), Failure> {
        let Found(chain, known, head, first, last, newest) = found;
        let (head, forged) = match head {
            Some(head) if head.is_signed(chain, self.keys) => (Some(head), None),
            forged => (None, forged),
        };
        if let Some(head) = forged {
            let message = format!(
                "The signature of the head of chain {} is not right.",
                chain.0
            );
            let place = (Some(chain), Some(head.0));
            report(
                &mut self.verdict,
                AuditFault::SignatureWrong,
                place,
                message,
            );
        }
        if known == 0 {
            let message = format!("Chain {} is not among those that were begun.", chain.0);
            let place = (Some(chain), None);
            report(&mut self.verdict, AuditFault::ChainsDiffer, place, message);
        }
        if let (Some(first), Some(last)) = (first, last) {
            let begin = if self.span.since.is_none() { 1 } else { first };
            self.follow(chain, head.as_ref(), (begin, last)).await?;
        }
        // A chain is begun together with its first entry.
        let signed = head.map_or(1, |head| head.0);
        let next = newest.map_or(1, |newest| newest.saturating_add(1));
        if next <= signed {
            Follower::new(&mut self.verdict, chain, None, next).missing(signed);
        }
        Ok(())
    }

    async fn follow(
        &mut self,
        chain: RowId,
        head: Option<&SignedHead>,
        (mut next, last): (i64, i64),
    ) -> Result<(), Failure> {
        let mut verdict = std::mem::take(&mut self.verdict);
        let mut follower = Follower::new(&mut verdict, chain, head, next);
        let mut named = Vec::new();
        while next <= last {
            let answer = self
                .row(&self.sql.entries, &(chain, next, last, PAGE))
                .await?;
            let rows: Vec<AuditRow<'_>> = serde_json::from_str(&answer)?;
            if rows.is_empty() {
                follower.missing(last);
                break;
            }
            for row in rows {
                if let Some(heads) = &row.heads {
                    // What can't be read was changed, which the entry's hash tells.
                    named = serde_json::from_str(heads).unwrap_or_default();
                }
                follower.take(row);
            }
            next = follower.next();
        }
        self.verdict = verdict;
        self.named(chain, named).await
    }

    /// That the entries that a chain's first one names are there.
    async fn named(&mut self, by: RowId, heads: Vec<Head>) -> Result<(), Failure> {
        let mut question = Rows::default();
        for Head(chain, seq, _) in &heads {
            question.push(&(chain, seq))?;
        }
        let found: Vec<Head> = ask(&mut &*self.pool, &self.sql.places, question).await?;
        let found: HashMap<(RowId, i64), Hex<'_>> = found
            .into_iter()
            .map(|Head(chain, seq, hash)| ((chain, seq), hash))
            .collect();
        for Head(chain, seq, hash) in heads {
            let (fault, what) = match found.get(&(chain, seq)) {
                Some(there) if *there == hash => continue,
                Some(_) => (AuditFault::EntryReplaced, "is another one"),
                None => (AuditFault::EntriesMissing, "is not there"),
            };
            let message = format!(
                "Entry {seq} of chain {}, which chain {} names, {what}.",
                chain.0, by.0
            );
            report(&mut self.verdict, fault, (Some(chain), Some(seq)), message);
        }
        Ok(())
    }
}
