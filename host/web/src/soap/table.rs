//! The table of operations: by service and name, what reads a request, does it, writes the reply.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use lds_domain::access::Actor;
use lds_domain::service::Services;
use lds_domain::{Error, Result};
use lds_soap::operation::internal::GetServiceInfo;
use lds_soap::{Context, Envelope, Fault, Operation, Service, encode_reply};

use super::generator::Route;
use super::observe::Meter;
use crate::order_ids::WrongOrderIds;

/// Who calls what.
pub(super) struct Call {
    /// The domain.
    pub(super) services: Arc<Services>,
    /// The caller.
    pub(super) actor: Actor,
    /// How to answer.
    pub(super) context: Context,
    /// Who guesses.
    pub(super) wrong_order_ids: Arc<WrongOrderIds>,
    /// Which generators another license server means.
    pub(super) route: Route,
    /// Bytes that a request may have.
    pub(super) body_limit: usize,
}

/// A request that was read; awaiting it does it and gives the reply's bytes.
pub(super) type Running = BoxFuture<'static, Result<Vec<u8>>>;

type Start = Box<dyn Fn(Call, Envelope<'_>) -> Result<Running, Fault> + Send + Sync>;

/// An operation.
pub(super) struct Entry {
    /// Whether it needs no credentials.
    pub(super) is_open: bool,
    /// Counts its calls.
    pub(super) meter: Meter,
    start: Start,
}

impl Entry {
    /// Reads the request, to its end, and gets ready to do it.
    pub(super) fn start(&self, call: Call, envelope: Envelope<'_>) -> Result<Running, Fault> {
        (self.start)(call, envelope)
    }
}

/// All operations.
#[derive(Default)]
pub(super) struct Table(HashMap<Service, HashMap<&'static str, Entry>>);

impl Table {
    /// Adds an operation: a function from its request to something that becomes its reply.
    pub(super) fn add<O, F, Fut, R>(&mut self, run: F)
    where
        O: Operation,
        O::Reply: From<R>,
        F: Fn(Call, O::Request) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<R>> + Send + 'static,
        R: Send + 'static,
    {
        let start = move |call: Call, envelope: Envelope<'_>| -> Result<Running, Fault> {
            let request = envelope.read_request::<O>()?;
            let context = call.context.clone();
            Ok(Box::pin(async move {
                let reply = O::Reply::from(run(call, request).await?);
                encode_reply::<O>(&context, &reply).map_err(Error::internal)
            }))
        };
        let entry = Entry {
            is_open: O::SERVICE == Service::Activation || O::NAME == GetServiceInfo::NAME,
            meter: Meter::new(O::SERVICE, O::NAME),
            start: Box::new(start),
        };
        let operations = self.0.entry(O::SERVICE).or_default();
        operations.insert(O::REQUEST, entry);
    }

    /// Adds an operation of customers; `shown` is the Order ID in its request. Whoever shows too
    /// many that are unknown has to wait.
    pub(super) fn add_for_customers<O, F, Fut, R>(&mut self, shown: fn(&O::Request) -> &str, run: F)
    where
        O: Operation,
        O::Reply: From<R>,
        F: Fn(Call, O::Request) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<R>> + Send + 'static,
        R: Send + 'static,
    {
        self.add::<O, _, _, R>(move |call, request| {
            let wrong = Arc::clone(&call.wrong_order_ids);
            let attempt = wrong.attempt(call.actor.address, shown(&request));
            let work = run(call, request);
            async move { wrong.watch(attempt, work).await }
        });
    }

    /// The operation of a service by the name of its request.
    pub(super) fn find(&self, service: Service, name: &str) -> Option<&Entry> {
        self.0.get(&service)?.get(name)
    }
}

#[cfg(test)]
mod tests {
    use lds_soap::Visitor;
    use lds_soap::operation::{activation, generator, internal};

    use super::super::operations::table;
    use super::*;

    struct Check {
        table: Table,
        open: Vec<&'static str>,
        seen: usize,
    }

    impl Visitor for Check {
        fn visit<O: Operation>(&mut self) {
            let entry = self.table.find(O::SERVICE, O::REQUEST).expect(O::NAME);
            self.seen += 1;
            if entry.is_open && O::SERVICE != Service::Activation {
                self.open.push(O::NAME);
            }
        }
    }

    #[test]
    fn every_operation_of_the_services_is_served_and_one_is_open() {
        let mut check = Check {
            table: table(),
            open: Vec::new(),
            seen: 0,
        };
        internal::visit(&mut check);
        activation::visit(&mut check);
        generator::visit(&mut check);
        let served: usize = check.table.0.values().map(HashMap::len).sum();
        assert_eq!(check.seen, served);
        assert_eq!(check.open, ["getServiceInfo"]);
    }
}
