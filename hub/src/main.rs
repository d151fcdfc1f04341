//! The program: reads the command line and hands it on.

use std::process::ExitCode;

use clap::Parser as _;
use rollcall_hub::cli::{Cli, run};

#[tokio::main]
async fn main() -> ExitCode {
    run(Cli::parse()).await
}
