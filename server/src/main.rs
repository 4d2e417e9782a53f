//! The binary `kavach`.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A decision is some hundred small allocations, half of them freed on another thread.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    kavach_server::cli::run()
}
