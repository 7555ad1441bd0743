//! Refuses modules that break the ABI, by name and before they run.

use wasmtime::{ExternType, FuncType, MemoryType, Module, ModuleExport, ValType};

use crate::error::LoadError;
use crate::limits::Limits;

use super::host::MODULE;
use super::wasi::{self, WASI};

/// Where the exports of a checked module are.
#[derive(Clone, Copy)]
pub(super) struct Exports {
    pub(super) memory: ModuleExport,
    pub(super) lds_abi: ModuleExport,
    pub(super) lds_call: ModuleExport,
    pub(super) initialize: Option<ModuleExport>,
}

/// Checks imports, exports and the first memory.
pub(super) fn check(module: &Module, limits: &Limits) -> Result<Exports, LoadError> {
    if module.get_export("_start").is_some() {
        return Err(LoadError::new(
            "the module exports _start, so it is a program: build it as a library (a reactor)",
        ));
    }
    for import in module.imports() {
        check_import(import.module(), import.name(), &import.ty())?;
    }
    check_memory(module, limits)?;
    Ok(Exports {
        memory: place(module, "memory")?,
        lds_abi: function(module, "lds_abi", "() -> i32")?,
        lds_call: function(module, "lds_call", "(i32, i32) -> i32")?,
        initialize: match module.get_export("_initialize") {
            Some(_) => Some(function(module, "_initialize", "()")?),
            None => None,
        },
    })
}

fn check_import(module: &str, name: &str, found: &ExternType) -> Result<(), LoadError> {
    let expected = match (module, name) {
        (MODULE, "input_read") => "(i32, i32, i32) -> i32",
        (MODULE, "output_write") => "(i32, i32) -> i32",
        (MODULE, "log") => "(i32, i32, i32)",
        (WASI, name) => match wasi::expected(name) {
            Some(signature) => signature,
            None if found.func().is_some_and(wasi::can_be_refused) => return Ok(()),
            None => "a function with the result i32",
        },
        _ => {
            return Err(LoadError::new(format!(
                "the module imports {module}.{name}, which is not offered: only input_read, \
                 output_write and log of {MODULE} are, and {WASI} without files or network"
            )));
        }
    };
    if signature(found) == expected {
        return Ok(());
    }
    Err(LoadError::new(format!(
        "the module imports {module}.{name} as {}, expected {expected}",
        signature(found)
    )))
}

fn check_memory(module: &Module, limits: &Limits) -> Result<(), LoadError> {
    let Some(ExternType::Memory(memory)) = module.get_export("memory") else {
        return Err(LoadError::new("the module exports no memory named memory"));
    };
    let first = first_size(&memory);
    if first > limits.memory as u64 {
        return Err(LoadError::new(format!(
            "the module's first memory is {first} bytes, the limit is {}: raise memory_mib or \
             link it with less",
            limits.memory
        )));
    }
    Ok(())
}

fn first_size(memory: &MemoryType) -> u64 {
    memory.minimum().saturating_mul(memory.page_size())
}

fn function(module: &Module, name: &str, expected: &str) -> Result<ModuleExport, LoadError> {
    let Some(found) = module.get_export(name) else {
        return Err(LoadError::new(format!(
            "the module exports no {name}, expected the function {expected}"
        )));
    };
    if signature(&found) != expected {
        return Err(LoadError::new(format!(
            "the module exports {name} as {}, expected the function {expected}",
            signature(&found)
        )));
    }
    place(module, name)
}

fn place(module: &Module, name: &str) -> Result<ModuleExport, LoadError> {
    module
        .get_export_index(name)
        .ok_or_else(|| LoadError::new(format!("the module exports no {name}")))
}

/// A type in the notation of the messages.
fn signature(found: &ExternType) -> String {
    match found {
        ExternType::Func(function) => function_signature(function),
        ExternType::Global(_) => "a global".into(),
        ExternType::Table(_) => "a table".into(),
        ExternType::Memory(_) => "a memory".into(),
        ExternType::Tag(_) => "a tag".into(),
    }
}

fn function_signature(function: &FuncType) -> String {
    let list = |types: Vec<ValType>| {
        let names: Vec<_> = types.iter().map(ToString::to_string).collect();
        names.join(", ")
    };
    let params = list(function.params().collect());
    let results = list(function.results().collect());
    if results.is_empty() {
        format!("({params})")
    } else {
        format!("({params}) -> {results}")
    }
}
