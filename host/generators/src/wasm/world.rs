//! Refuses components that do not fit the world `lds:generator`, by name and before they run.

use wasmtime::Engine;
use wasmtime::component::types::{ComponentFunc, ComponentInstance, ComponentItem, Type};
use wasmtime::component::{Component, ComponentExportIndex};

use crate::error::LoadError;
use crate::limits::Limits;

/// The only import that is offered.
pub(super) const HOST: &str = "lds:generator/host@1.0.0";
/// The function in it.
pub(super) const LOG: &str = "log";
const LOG_TYPE: &str = "func(u32, string)";
/// Bytes of a page of memory.
const PAGE: u64 = 64 << 10;
/// What programs export instead of operations.
const PROGRAM: &str = "wasi:cli/run@";

/// Where the exports of a checked component are.
pub(super) struct Exports {
    pub(super) lds_abi: ComponentExportIndex,
    pub(super) lds_call: ComponentExportIndex,
}

/// Checks imports, exports and first memories.
pub(super) fn check(component: &Component, limits: &Limits) -> Result<Exports, LoadError> {
    let (engine, world) = (component.engine(), component.component_type());
    if let Some((name, _)) = world
        .exports(engine)
        .find(|(name, _)| name.starts_with(PROGRAM))
    {
        return Err(LoadError::new(format!(
            "the component exports {name}, so it is a program: build it for the world generator \
             of lds:generator"
        )));
    }
    for (name, import) in world.imports(engine) {
        check_import(engine, name, &import.ty)?;
    }
    check_memory(component, limits)?;
    Ok(Exports {
        lds_abi: function(component, "lds-abi", "func() -> u32")?,
        lds_call: function(
            component,
            "lds-call",
            "func(u32, string) -> tuple<s32, string>",
        )?,
    })
}

fn check_import(engine: &Engine, name: &str, found: &ComponentItem) -> Result<(), LoadError> {
    match found {
        ComponentItem::ComponentInstance(host) if name == HOST => check_host(engine, host),
        _ => Err(LoadError::new(format!(
            "the component imports {name}, which is not offered: only {HOST} is; build it \
             without the features of the system"
        ))),
    }
}

fn check_host(engine: &Engine, host: &ComponentInstance) -> Result<(), LoadError> {
    for (name, export) in host.exports(engine) {
        let found = signature(&export.ty);
        if name != LOG {
            return Err(LoadError::new(format!(
                "the component imports {name} of {HOST}, which is not offered: only {LOG} is"
            )));
        }
        if found != LOG_TYPE {
            return Err(LoadError::new(format!(
                "the component imports {LOG} of {HOST} as {found}, expected {LOG_TYPE}"
            )));
        }
    }
    Ok(())
}

fn check_memory(component: &Component, limits: &Limits) -> Result<(), LoadError> {
    let resources = component.resources_required();
    let first = resources.and_then(|resources| resources.max_initial_memory_size);
    match first.map(|pages| pages.saturating_mul(PAGE)) {
        Some(first) if first > limits.memory as u64 => Err(LoadError::new(format!(
            "the component's first memory is {first} bytes, the limit is {}: raise memory_mib or \
             build it with less",
            limits.memory
        ))),
        _ => Ok(()),
    }
}

fn function(
    component: &Component,
    name: &str,
    expected: &str,
) -> Result<ComponentExportIndex, LoadError> {
    let Some((found, place)) = component.get_export(None, name) else {
        return Err(LoadError::new(format!(
            "the component exports no {name}, expected {expected}"
        )));
    };
    let found = signature(&found);
    if found != expected {
        return Err(LoadError::new(format!(
            "the component exports {name} as {found}, expected {expected}"
        )));
    }
    Ok(place)
}

/// A type in the notation of the messages.
fn signature(found: &ComponentItem) -> String {
    match found {
        ComponentItem::ComponentFunc(function) => function_signature(function),
        ComponentItem::CoreFunc(_) => "a core function".into(),
        ComponentItem::Module(_) => "a module".into(),
        ComponentItem::Component(_) => "a component".into(),
        ComponentItem::ComponentInstance(_) => "an interface".into(),
        ComponentItem::Type(_) => "a type".into(),
        ComponentItem::Resource(_) => "a resource".into(),
    }
}

fn function_signature(function: &ComponentFunc) -> String {
    let params: Vec<_> = function.params().map(|(_, param)| word(&param)).collect();
    let result: Vec<_> = function.results().map(|result| word(&result)).collect();
    let kind = if function.async_() {
        "async func"
    } else {
        "func"
    };
    let params = params.join(", ");
    if result.is_empty() {
        format!("{kind}({params})")
    } else {
        format!("{kind}({params}) -> {}", result.join(", "))
    }
}

/// A type as WIT writes it, as far as the world has it.
fn word(found: &Type) -> String {
    match found {
        Type::Bool => "bool".into(),
        Type::S32 => "s32".into(),
        Type::U32 => "u32".into(),
        Type::S64 => "s64".into(),
        Type::U64 => "u64".into(),
        Type::String => "string".into(),
        Type::List(list) => format!("list<{}>", word(&list.ty())),
        Type::Tuple(tuple) => {
            let words: Vec<_> = tuple.types().map(|part| word(&part)).collect();
            format!("tuple<{}>", words.join(", "))
        }
        _ => "another type".into(),
    }
}
