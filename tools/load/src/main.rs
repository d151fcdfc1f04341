//! `rollcall-load`: many devices at real hub processes, with real signed pushes of real commands, hubs killed and
//! started meanwhile; then everything is pulled and compared. Knows the wire and the rules, and no database.
//!
//! The device is the very one of the hub's own tests.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a load that cannot go on has failed")]

mod bench;
mod desk;
#[path = "../../../hub/tests/it/device.rs"]
#[allow(dead_code, reason = "the hub's tests use more of it")]
mod device;
mod figures;
#[path = "../../../hub/tests/it/http.rs"]
#[allow(dead_code, reason = "the hub's tests use more of it")]
mod http;
mod hubs;
mod run;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
rollcall-load: devices at work at real hubs

  --hub FILE        the hub's program
  --server ADDRESS  a PostgreSQL server with an empty database `postgres`; without it a folder with SQLite
  --studios S       how many studios (4)
  --devices D       devices of each (3)
  --seconds N       how long they work (10)
  --processes P     hub processes; more than one needs a server (1)
  --kill            every two seconds one hub is killed and started again
";

/// What is wished for.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) hub: PathBuf,
    pub(crate) server: Option<String>,
    pub(crate) studios: u32,
    pub(crate) devices: u32,
    pub(crate) seconds: u64,
    pub(crate) processes: usize,
    pub(crate) kill: bool,
}

fn wish() -> Result<Wish, String> {
    let mut words = std::env::args().skip(1);
    let mut wish = Wish {
        hub: PathBuf::from("rollcall-hub"),
        server: None,
        studios: 4,
        devices: 3,
        seconds: 10,
        processes: 1,
        kill: false,
    };
    while let Some(word) = words.next() {
        if word == "--kill" {
            wish.kill = true;
            continue;
        }
        let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
        let number = || value.parse::<u32>().map_err(|_| format!("{word} wants a whole number"));
        match word.as_str() {
            "--hub" => wish.hub = PathBuf::from(&value),
            "--server" => wish.server = Some(value.clone()),
            "--studios" => wish.studios = number()?.max(1),
            "--devices" => wish.devices = number()?.max(1),
            "--seconds" => wish.seconds = u64::from(number()?.max(1)),
            "--processes" => wish.processes = number()?.max(1) as usize,
            _ => return Err(format!("`{word}` is not understood")),
        }
    }
    if wish.server.is_none() && wish.processes > 1 {
        return Err("a folder is held by one hub: --processes needs a server".to_owned());
    }
    Ok(wish)
}

#[tokio::main]
async fn main() -> ExitCode {
    let wish = match wish() {
        Ok(wish) => wish,
        Err(problem) => {
            eprintln!("rollcall-load: {problem}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    let lost = run::run(&wish).await;
    if wish.server.is_none() {
        bench::accepting().await;
        bench::waiting(&wish).await;
    }
    if lost == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
