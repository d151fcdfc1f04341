//! The simulator: many small worlds of devices, faults and one real hub, each out of a seed, and every law after each step.
//!
//! `--seeds N` runs seeds 1..=N; `--planted` builds nothing in and asks of each planted bug whether it is found; a failing
//! seed is shrunk and printed as a line to run again. It must never know a rule: commands come from forms like people's.

mod classes;
mod deeds;
mod disk;
mod house;
mod laws;
mod money;
mod net;
mod one_to_one;
mod report;
mod seldom;
mod steps;
mod tab;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    match report::run(std::env::args().skip(1)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            report::say(&problem.to_string());
            ExitCode::from(2)
        }
    }
}
