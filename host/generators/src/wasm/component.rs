//! One operation of one component: instantiate, call, throw away.

use std::time::Instant;

use async_trait::async_trait;
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, Instance, InstancePre, Lift, Linker,
    Lower, TypedFunc, WasmStr,
};
use wasmtime::{Engine, Store, StoreContextMut};

use crate::carrier::{CallOutcome, Carrier, LogBuffer};
use crate::error::LoadError;
use crate::limits::{Limits, MAX_LOG};
use crate::status::CallStatus;

use super::bounds::{self, Bounded, Bounds, Ended, explain, returned};
use super::world::{Exports, HOST, LOG, check};

/// Handles to resources of its own that a component may hold: they are the host's memory.
const HANDLES: usize = 10_000;
/// How the runtime tells that a text is too long to be copied.
const TOO_LONG: &str = "too much data is being copied";

/// A component that is ready to be called.
pub(crate) struct ComponentPlugin {
    engine: Engine,
    prepared: InstancePre<CallState>,
    exports: Exports,
}

/// What one call owns.
struct CallState {
    logs: LogBuffer,
    bounds: Bounds,
}

impl Bounded for CallState {
    fn bounds(&mut self) -> &mut Bounds {
        &mut self.bounds
    }
}

/// How a call ended, and what the host says of it.
type Ending = (CallStatus, String, Option<String>);

impl ComponentPlugin {
    /// Checks a compiled component and links it; `lds-abi` is still to be asked.
    pub(crate) fn new(component: &Component, limits: &Limits) -> Result<Self, LoadError> {
        let exports = check(component, limits)?;
        let prepared = linker(component.engine())
            .and_then(|linker| linker.instantiate_pre(component))
            .map_err(|error| {
                LoadError::new(format!("the component cannot be linked: {error:#}"))
            })?;
        Ok(Self {
            engine: component.engine().clone(),
            prepared,
            exports,
        })
    }

    /// What `lds-abi` answers in an instance of its own.
    pub(crate) async fn abi(&self, limits: &Limits) -> Result<u32, LoadError> {
        let mut store = self.store(limits);
        let answer = async {
            let instance = self.prepared.instantiate_async(&mut store).await?;
            let lds_abi: TypedFunc<(), (u32,)> =
                export(&mut store, instance, &self.exports.lds_abi)?;
            lds_abi.call_async(&mut store, ()).await
        };
        let (answer,) = answer.await.map_err(|error| {
            let (status, note) = explain(&error);
            LoadError::new(format!(
                "the component cannot be asked for its version: {status}, {note}"
            ))
        })?;
        Ok(answer)
    }

    fn store(&self, limits: &Limits) -> Store<CallState> {
        let state = CallState {
            logs: LogBuffer::default(),
            bounds: Bounds::new(limits),
        };
        let mut store = bounds::store(&self.engine, state);
        store.set_max_component_handles(HANDLES);
        store.set_hostcall_fuel(most_copied(limits));
        store
    }

    async fn run(
        &self,
        store: &mut Store<CallState>,
        op: u32,
        input: &str,
        limits: &Limits,
    ) -> Ending {
        let instance = match self.prepared.instantiate_async(&mut *store).await {
            Ok(instance) => instance,
            Err(error) => {
                let (status, note) = explain(&error);
                return failed(status, note);
            }
        };
        match self.ask(store, instance, op, input).await {
            Ok((_, output)) if output.len() > limits.output => over_the_limit(),
            Ok((code, output)) => {
                let (status, note) = returned(code);
                (status, output, note)
            }
            Err(error) => unanswered(&error),
        }
    }

    async fn ask(
        &self,
        store: &mut Store<CallState>,
        instance: Instance,
        op: u32,
        input: &str,
    ) -> wasmtime::Result<(i32, String)> {
        let lds_call: TypedFunc<(u32, &str), ((i32, String),)> =
            export(store, instance, &self.exports.lds_call)?;
        let (answer,) = lds_call.call_async(store, (op, input)).await?;
        Ok(answer)
    }
}

#[async_trait]
impl Carrier for ComponentPlugin {
    async fn call(&self, op: u32, input: &[u8], limits: &Limits) -> CallOutcome {
        let Ok(input) = std::str::from_utf8(input) else {
            let note = "a component takes text, and the request is not UTF-8";
            return CallOutcome::failed(CallStatus::Input, note);
        };
        let start = Instant::now();
        let mut store = self.store(limits);
        let (status, output, note) = self.run(&mut store, op, input, limits).await;
        let state = store.into_data();
        CallOutcome {
            logs: state.logs.into_lines(),
            note,
            micros: u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
            memory: state.bounds.memory_used(),
            ..CallOutcome::returned(status, output.into_bytes())
        }
    }
}

/// The longest text that is copied out of a component at once: an output that is not too long,
/// in two bytes for a sign, or all that it may log.
fn most_copied(limits: &Limits) -> usize {
    limits.output.saturating_mul(2).max(MAX_LOG)
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<CallState>> {
    let mut linker = Linker::new(engine);
    linker.instance(HOST)?.func_wrap(LOG, log)?;
    Ok(linker)
}

/// Keeps a message as long as there is room. One that is no text ends the call.
fn log(
    mut store: StoreContextMut<'_, CallState>,
    (level, text): (u32, WasmStr),
) -> wasmtime::Result<()> {
    let text = text.to_str(&store).map_err(|_| Ended::Text)?.into_owned();
    store.data_mut().logs.push(level, text.as_bytes());
    Ok(())
}

fn export<P, R>(
    store: &mut Store<CallState>,
    instance: Instance,
    place: &ComponentExportIndex,
) -> wasmtime::Result<TypedFunc<P, R>>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    instance.get_typed_func(store, place)
}

fn failed(status: CallStatus, note: impl Into<String>) -> Ending {
    (status, String::new(), Some(note.into()))
}

fn over_the_limit() -> Ending {
    failed(CallStatus::OutputLimit, "the output limit was reached")
}

/// How a call ended that began and gave no answer.
fn unanswered(error: &wasmtime::Error) -> Ending {
    if error.is::<std::str::Utf8Error>() {
        return failed(CallStatus::BadOutput, "the output is not UTF-8");
    }
    let words = format!("{error:#}");
    if words.contains(TOO_LONG) {
        return over_the_limit();
    }
    match explain(error) {
        // There was an instance: what it gave or asked is no value of the type.
        (CallStatus::Unavailable, _) => failed(CallStatus::Trap, words),
        (status, note) => failed(status, note),
    }
}
