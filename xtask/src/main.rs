//! `cargo xtask <command>`: finds the command and runs it; each command is a module of its own and knows no other
//! command's flags.

mod args;
mod bench;
mod demo;
mod fail;
mod files;
mod frames;
mod help;
mod house;
mod load;
mod postgres;
mod precache;
mod run;
mod screens;
mod sha256;
mod shell;
mod sim;
mod size;
mod soak;
mod test;
mod tidy;
mod toolchain;

use std::process::ExitCode;

use args::Args;
use fail::Fail;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_else(|| "help".to_owned());
    match dispatch(&command, Args::new(words)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => {
            eprintln!("xtask {command}: {fail}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, args: Args) -> Result<(), Fail> {
    match command {
        "run" => run::command(args),
        "watch" => args.finish().and_then(|()| house::watch()),
        "test" => test::command(args),
        "tidy" => tidy::command(args),
        "size" => size::command(args),
        "demo" => demo::command(args),
        "screens" => screens::command(args),
        "bench" => bench::command(args),
        "frames" => frames::command(args),
        "sim" => sim::command(args),
        "load" => load::command(args),
        "soak" => soak::command(args),
        "precache" => precache::command(args),
        "help" | "--help" | "-h" => {
            println!("{}", help::TEXT);
            Ok(())
        }
        other => {
            Err(Fail::Usage { problem: format!("there is no command `{other}`; see `cargo xtask help`") })
        }
    }
}
