//! One operation of one module: instantiate, initialise, call, throw away.

use std::time::Instant;

use async_trait::async_trait;
use wasmtime::{
    Engine, Instance, InstancePre, Module, ModuleExport, Store, TypedFunc, WasmParams, WasmResults,
};

use crate::carrier::{CallOutcome, Carrier};
use crate::error::LoadError;
use crate::limits::Limits;
use crate::status::CallStatus;

use super::bounds::{self, Ended, explain, returned};
use super::check::{Exports, check};
use super::host::{CallState, linker};

/// A module that is ready to be called.
pub(crate) struct WasmPlugin {
    engine: Engine,
    prepared: InstancePre<CallState>,
    exports: Exports,
}

impl WasmPlugin {
    /// Checks a compiled module and links it; `lds_abi` is still to be asked.
    pub(crate) fn new(module: &Module, limits: &Limits) -> Result<Self, LoadError> {
        let exports = check(module, limits)?;
        let prepared = linker(module)
            .and_then(|linker| linker.instantiate_pre(module))
            .map_err(|error| LoadError::new(format!("the module cannot be linked: {error}")))?;
        Ok(Self {
            engine: module.engine().clone(),
            prepared,
            exports,
        })
    }

    /// What `lds_abi` answers in an instance of its own.
    pub(crate) async fn abi(&self, limits: &Limits) -> Result<u32, LoadError> {
        let mut store = self.store(&[], limits);
        let answer = async {
            let instance = self.instantiate(&mut store).await?;
            let lds_abi: TypedFunc<(), u32> = export(&mut store, instance, &self.exports.lds_abi)?;
            lds_abi.call_async(&mut store, ()).await
        };
        answer.await.map_err(|error| {
            let (status, note) = explain(&error);
            let said = said(store.into_data());
            LoadError::new(format!(
                "the module cannot be asked for its version: {status}, {note}{said}"
            ))
        })
    }

    fn store(&self, input: &[u8], limits: &Limits) -> Store<CallState> {
        let state = CallState::new(self.exports.memory, input, limits);
        bounds::store(&self.engine, state)
    }

    async fn instantiate(&self, store: &mut Store<CallState>) -> wasmtime::Result<Instance> {
        let instance = self.prepared.instantiate_async(&mut *store).await?;
        if let Some(initialize) = &self.exports.initialize {
            let initialize: TypedFunc<(), ()> = export(store, instance, initialize)?;
            initialize.call_async(&mut *store, ()).await?;
        }
        Ok(instance)
    }

    async fn run(&self, store: &mut Store<CallState>, op: u32) -> wasmtime::Result<i32> {
        let instance = self.instantiate(store).await?;
        let lds_call: TypedFunc<(u32, u32), i32> = export(store, instance, &self.exports.lds_call)?;
        let state = store.data_mut();
        state.calling = true;
        let len = u32::try_from(state.input.len())?;
        lds_call.call_async(store, (op, len)).await
    }
}

#[async_trait]
impl Carrier for WasmPlugin {
    async fn call(&self, op: u32, input: &[u8], limits: &Limits) -> CallOutcome {
        let start = Instant::now();
        let mut store = self.store(input, limits);
        let result = self.run(&mut store, op).await;
        let mut state = store.into_data();
        state.end_lines();
        let (status, note) = conclude(&result, state.overflowed);
        CallOutcome {
            status,
            output: if status.keeps_output() {
                state.output
            } else {
                Vec::new()
            },
            logs: state.logs.into_lines(),
            note,
            micros: u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
            memory: state.bounds.memory_used(),
        }
    }
}

/// The last words of a module, which tell its author more than the trap does.
fn said(mut state: CallState) -> String {
    state.end_lines();
    let lines = state.logs.into_lines().into_iter().map(|line| line.text);
    let words: Vec<_> = lines.filter(|text| !text.is_empty()).take(3).collect();
    if words.is_empty() {
        return String::new();
    }
    format!("; it says: {}", words.join("; "))
}

fn export<P: WasmParams, R: WasmResults>(
    store: &mut Store<CallState>,
    instance: Instance,
    place: &ModuleExport,
) -> wasmtime::Result<TypedFunc<P, R>> {
    instance
        .get_module_export(&mut *store, place)
        .and_then(wasmtime::Extern::into_func)
        .ok_or(Ended::Range)?
        .typed(&*store)
}

fn conclude(result: &wasmtime::Result<i32>, overflowed: bool) -> (CallStatus, Option<String>) {
    if overflowed {
        let note = "the output limit was reached".to_owned();
        return (CallStatus::OutputLimit, Some(note));
    }
    match result {
        Ok(code) => returned(*code),
        Err(error) => {
            let (status, note) = explain(error);
            (status, Some(note))
        }
    }
}
