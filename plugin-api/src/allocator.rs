//! Memory of a WebAssembly plugin: taken and never given back, since the instance ends with the
//! call. Cheaper to start than a general allocator, and the working set stays in few pages.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;

const PAGE: usize = 64 << 10;

#[global_allocator]
static BUMP: Bump = Bump {
    next: Cell::new(0),
    end: Cell::new(0),
};

#[expect(unsafe_code, reason = "a symbol of the linker")]
// SAFETY: nothing is read or written there, only its address is taken.
unsafe extern "C" {
    static __heap_base: u8;
}

struct Bump {
    next: Cell<usize>,
    end: Cell<usize>,
}

#[expect(unsafe_code, reason = "a global allocator is shared by its nature")]
// SAFETY: the ABI has no threads in WebAssembly.
unsafe impl Sync for Bump {}

impl Bump {
    fn take(&self, size: usize, align: usize) -> Option<usize> {
        if self.end.get() == 0 {
            self.begin();
        }
        let start = self.next.get().checked_next_multiple_of(align)?;
        let next = start.checked_add(size)?;
        if next > self.end.get() {
            self.grow(next - self.end.get())?;
        }
        self.next.set(next);
        Some(start)
    }

    /// The linker leaves the rest of the first memory behind the data to the heap.
    fn begin(&self) {
        let base = (&raw const __heap_base).addr();
        self.next.set(base);
        self.end.set(core::arch::wasm32::memory_size(0) * PAGE);
    }

    fn grow(&self, missing: usize) -> Option<()> {
        let pages = missing.div_ceil(PAGE);
        let old = core::arch::wasm32::memory_grow(0, pages);
        (old != usize::MAX).then(|| self.end.set((old + pages) * PAGE))
    }
}

#[expect(unsafe_code, reason = "the trait is unsafe")]
// SAFETY: every block is cut from memory that no other block holds, and is never given out twice.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match self.take(layout.size(), layout.align()) {
            Some(start) => core::ptr::with_exposed_provenance_mut(start),
            None => core::ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // The newest block is given back, so that short-lived texts cost nothing.
        if block.addr() + layout.size() == self.next.get() {
            self.next.set(block.addr());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let newest = block.addr() + layout.size() == self.next.get();
        if newest && self.take(size - layout.size().min(size), 1).is_some() {
            return block;
        }
        if size <= layout.size() {
            return block;
        }
        let Some(start) = self.take(size, layout.align()) else {
            return core::ptr::null_mut();
        };
        let moved: *mut u8 = core::ptr::with_exposed_provenance_mut(start);
        // SAFETY: both blocks are at least as long as the old layout and do not overlap.
        unsafe { core::ptr::copy_nonoverlapping(block, moved, layout.size()) };
        moved
    }
}
