//! The WebAssembly runtime of the process: which features modules may use, how
//! memory is laid out, and the clock that ends calls.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use wasmtime::{
    Config, Enabled, Engine, EngineWeak, InstanceAllocationStrategy, PoolingAllocationConfig,
};

use crate::error::LoadError;
use crate::limits::{MAX_STACK, MAX_TABLE, TICK};

/// Instances that can exist at once, of all plugins.
const INSTANCES: u32 = 512;
/// Space for host functions above a module's own stack.
const HOST_STACK: usize = 512 << 10;
/// Core instances that one component may consist of: interpreters bring their libraries as some.
const PARTS: u32 = 64;
/// Memories and tables that one component may have.
const PARTS_WITH_MEMORY: u32 = 8;
/// Memory of a slot that is zeroed in place instead of given back.
const KEEP_RESIDENT: usize = 2 << 20;

/// How instances get their memory. Code compiled for one layout does not fit
/// another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// A pool of 4 GiB reservations: no bounds checks in the code.
    Pool4G,
    /// A pool of 64 MiB reservations, where address space is scarce.
    Pool64M,
    /// Memory mapped for each call.
    OnDemand,
}

impl PoolMode {
    /// The modes in the order in which they are tried.
    const ALL: [Self; 3] = [Self::Pool4G, Self::Pool64M, Self::OnDemand];

    fn reservation(self) -> u64 {
        match self {
            Self::Pool4G => 4 << 30,
            Self::Pool64M | Self::OnDemand => 64 << 20,
        }
    }
}

impl fmt::Display for PoolMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pool4G => "pool-4g",
            Self::Pool64M => "pool-64m",
            Self::OnDemand => "on-demand",
        })
    }
}

impl FromStr for PoolMode {
    type Err = LoadError;

    fn from_str(text: &str) -> Result<Self, LoadError> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.to_string() == text)
            .ok_or_else(|| LoadError::new(format!("{text} is not a memory layout")))
    }
}

/// The runtime, shared by all modules.
#[derive(Clone)]
pub(crate) struct WasmEngine {
    pub(crate) engine: Engine,
    pub(crate) mode: PoolMode,
}

impl WasmEngine {
    /// Starts the runtime with the best layout that can be mapped, and its clock.
    pub(crate) fn start() -> Result<Self, LoadError> {
        let mut last = LoadError::new("no memory layout is known");
        for mode in PoolMode::ALL {
            match Engine::new(&config(mode, &allocation(mode))) {
                Ok(engine) => {
                    tracing::debug!(%mode, "WebAssembly runtime started");
                    start_clock(engine.weak(), TICK)?;
                    return Ok(Self { engine, mode });
                }
                Err(error) => {
                    tracing::warn!(%mode, %error, "instance memory cannot be laid out in this way, trying the next");
                    last = LoadError::new(format!("the WebAssembly runtime cannot start: {error}"));
                }
            }
        }
        Err(last)
    }

    /// A runtime that only compiles, for the layout of another process.
    pub(crate) fn for_compiling(mode: PoolMode) -> Result<Self, LoadError> {
        Engine::new(&config(mode, &InstanceAllocationStrategy::OnDemand))
            .map(|engine| Self { engine, mode })
            .map_err(|error| LoadError::new(format!("the compiler cannot start: {error}")))
    }
}

/// Everything that compiled code depends on.
fn config(mode: PoolMode, allocation: &InstanceAllocationStrategy) -> Config {
    let mut config = Config::new();
    config
        .allocation_strategy(allocation.clone())
        .memory_reservation(mode.reservation())
        .memory_reservation_for_growth(0)
        .memory_guard_size(32 << 20)
        .memory_may_move(mode == PoolMode::OnDemand)
        .memory_init_cow(true)
        .epoch_interruption(true)
        .max_wasm_stack(MAX_STACK)
        .async_stack_size(MAX_STACK + HOST_STACK)
        .concurrency_support(false)
        .cranelift_nan_canonicalization(true)
        .native_unwind_info(false)
        .generate_address_map(false)
        .wasm_backtrace_max_frames(None);
    allow_features(&mut config);
    config
}

/// WebAssembly 2.0, extended constants and components, nothing younger.
fn allow_features(config: &mut Config) {
    config
        .wasm_bulk_memory(true)
        .wasm_multi_value(true)
        .wasm_reference_types(true)
        .wasm_simd(true)
        .wasm_extended_const(true)
        .wasm_relaxed_simd(false)
        .wasm_tail_call(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_custom_page_sizes(false)
        .wasm_function_references(false)
        .wasm_gc(false)
        .wasm_exceptions(false)
        .wasm_wide_arithmetic(false)
        .wasm_component_model(true);
}

fn allocation(mode: PoolMode) -> InstanceAllocationStrategy {
    if mode == PoolMode::OnDemand {
        return InstanceAllocationStrategy::OnDemand;
    }
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(INSTANCES * PARTS)
        .total_component_instances(INSTANCES)
        .max_core_instances_per_component(PARTS)
        .max_memories_per_component(PARTS_WITH_MEMORY)
        .max_tables_per_component(PARTS_WITH_MEMORY)
        .total_memories(INSTANCES)
        .total_tables(INSTANCES)
        .total_stacks(INSTANCES)
        .table_elements(MAX_TABLE)
        .max_memory_size(usize::try_from(mode.reservation()).unwrap_or(usize::MAX))
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .table_keep_resident(KEEP_RESIDENT)
        .pagemap_scan(Enabled::Auto);
    InstanceAllocationStrategy::Pooling(pool)
}

/// Advances the epoch until the runtime is gone.
fn start_clock(engine: EngineWeak, tick: Duration) -> Result<(), LoadError> {
    std::thread::Builder::new()
        .name("lds-wasm-clock".into())
        .stack_size(64 << 10)
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(tick);
            }
        })
        .map(drop)
        .map_err(|error| LoadError::new(format!("the clock thread cannot start: {error}")))
}

#[cfg(test)]
mod tests {
    use wasmtime::Engine;

    use super::super::cache::{Code, deserialize};
    use super::{PoolMode, WasmEngine, allocation, config};

    fn running(mode: PoolMode) -> Engine {
        Engine::new(&config(mode, &allocation(mode))).unwrap()
    }

    const MODULE: &str = r#"(module (memory (export "memory") 1))"#;
    const COMPONENT: &str = r"(component (core module $m (memory 1))
        (core instance (instantiate $m)) (core instance (instantiate $m)))";

    /// The code of a module and of a component.
    fn compiled(mode: PoolMode) -> [Vec<u8>; 2] {
        let compiler = WasmEngine::for_compiling(mode).unwrap().engine;
        let component = compiler.precompile_component(COMPONENT.as_bytes());
        let module = compiler.precompile_module(MODULE.as_bytes());
        [module.unwrap(), component.unwrap()]
    }

    fn fits(engine: &Engine, [module, component]: &[Vec<u8>; 2]) -> [bool; 2] {
        [
            matches!(deserialize(engine, module), Ok(Code::Module(_))),
            matches!(deserialize(engine, component), Ok(Code::Component(_))),
        ]
    }

    #[test]
    fn code_compiled_apart_fits_every_layout_and_only_its_own() {
        for mode in PoolMode::ALL {
            let engine = running(mode);
            assert_eq!(fits(&engine, &compiled(mode)), [true; 2], "{mode}");
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
        let (engine, other) = (running(PoolMode::Pool4G), compiled(PoolMode::Pool64M));
        assert_eq!(fits(&engine, &other), [false; 2]);
        assert!("elsewhere".parse::<PoolMode>().is_err());
    }
}
