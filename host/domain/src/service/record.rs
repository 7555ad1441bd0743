//! What a service writes down of each change: audit entry and event, with one actor, one moment
//! and one reason for the whole command.

use std::fmt::Display;

use time::OffsetDateTime;

use crate::access::{Actor, Who};
use crate::audit::{AuditEntry, Change, Event};
use crate::command::WriteOptions;
use crate::id::{EventId, Id, OrderRef, UserId};
use crate::service::Services;
use crate::unit::Changes;
use crate::user::Stamps;

/// The who, when and why of one command. Kept by the pure function of its unit.
#[derive(Clone, Debug)]
pub(super) struct Record {
    template: AuditEntry,
    /// When.
    pub(super) at: OffsetDateTime,
    /// Who, as stamps and audit log name him.
    pub(super) by: String,
    /// Which user, if one.
    pub(super) user: Option<UserId>,
    event_seed: uuid::Uuid,
}

impl Services {
    /// The record of a command that begins now.
    pub(super) fn record(
        &self,
        actor: &Actor,
        action: &'static str,
        options: &WriteOptions,
        reason: Option<&str>,
    ) -> Record {
        let at = self.clock.now();
        let template = AuditEntry {
            request_id: options.request_id.clone(),
            reason: reason.map(str::to_owned),
            ..AuditEntry::new(actor, at, action, &"")
        };
        let event_seed = EventId::generate(&*self.clock, &*self.random).uuid();
        let user = match actor.who {
            Who::User(user, _) => Some(user),
            _ => None,
        };
        Record {
            template,
            at,
            by: actor.name(),
            user,
            event_seed,
        }
    }
}

impl Record {
    /// Writes down one change: an entry and an event of this kind.
    pub(super) fn add(
        &self,
        changes: &mut Changes,
        kind: &'static str,
        subject: &dyn Display,
        order: Option<OrderRef>,
        members: Vec<Change>,
    ) {
        let subject = subject.to_string();
        let id = self.event_id(changes.events.len());
        changes.events.push(Event {
            id,
            time: self.at,
            kind,
            subject: subject.clone(),
            order,
        });
        changes.audit.push(AuditEntry {
            subject,
            changes: members,
            ..self.template.clone()
        });
    }

    /// Why, if the caller told.
    pub(super) fn reason(&self) -> Option<&str> {
        self.template.reason.as_deref()
    }

    /// The stamps of something made now.
    pub(super) fn stamps(&self) -> Stamps {
        Stamps::new(self.at, &self.by)
    }

    /// The stamps of something changed now.
    pub(super) fn touch(&self, stamps: &Stamps) -> Stamps {
        stamps.touched(self.at, &self.by)
    }

    /// The ids of one command's events follow one drawn id, so that deciding again gives the same.
    fn event_id(&self, index: usize) -> EventId {
        EventId::from_uuid(uuid::Uuid::from_u128(
            self.event_seed.as_u128().wrapping_add(index as u128),
        ))
    }
}
