//! The binary `kavach`.

use std::process::ExitCode;

fn main() -> ExitCode {
    kavach_server::cli::run()
}
