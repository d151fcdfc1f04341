//! Running seeds, shrinking what fails, and the last line.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use rollcall_domain::registry;

use super::laws::{Broken, LAWS, Laws};
use super::steps::{Step, history};
use super::world::World;

/// Steps of a history.
const STEPS: usize = 300;
/// Seeds a planted bug may take.
const PLANTED_SEEDS: u64 = 5_000;
/// Runs spent on shrinking one failure.
const SHRINK_RUNS: u32 = 400;

/// A line on the output, at once.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A closed output is nobody listening.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// What was asked for and cannot be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Usage {
    /// An unknown word.
    #[error(
        "rollcall-sim [--seeds N] [--from N] [--steps N] [--replay SEED:i,i,…] [--trace] [--commands] [--planted]; not `{0}`"
    )]
    Unknown(String),
    /// No runtime.
    #[error("no runtime: {0}")]
    Runtime(#[from] std::io::Error),
    /// The other build.
    #[cfg(not(feature = "planted"))]
    #[error("planted bugs are in a build of their own: cargo xtask sim --planted")]
    NoneBuiltIn,
}

/// What to run.
#[derive(Debug, Clone)]
struct Wish {
    from: u64,
    seeds: u64,
    steps: usize,
    replay: Option<(u64, Option<Vec<usize>>)>,
    trace: bool,
    commands: bool,
    planted: bool,
}

fn parse(args: impl Iterator<Item = String>) -> Result<Wish, Usage> {
    let mut wish = Wish {
        from: 1,
        seeds: 200,
        steps: STEPS,
        replay: None,
        trace: false,
        commands: false,
        planted: false,
    };
    let mut args = args;
    while let Some(arg) = args.next() {
        let mut number = || {
            let text = args.next().unwrap_or_default();
            text.parse::<u64>().map_err(|_| Usage::Unknown(text))
        };
        match arg.as_str() {
            "--seeds" => wish.seeds = number()?,
            "--from" => wish.from = number()?,
            "--steps" => wish.steps = usize::try_from(number()?).unwrap_or(STEPS),
            "--trace" => wish.trace = true,
            "--commands" => wish.commands = true,
            "--planted" => {
                wish.planted = true;
                wish.seeds = PLANTED_SEEDS;
            }
            "--replay" => wish.replay = Some(replay(&args.next().unwrap_or_default())?),
            other => return Err(Usage::Unknown(other.to_owned())),
        }
    }
    Ok(wish)
}

/// `17` for all steps of seed 17, `17:3,9,12` for some of them.
fn replay(text: &str) -> Result<(u64, Option<Vec<usize>>), Usage> {
    let bad = || Usage::Unknown(text.to_owned());
    let (seed, steps) = text.split_once(':').map_or((text, None), |(seed, steps)| (seed, Some(steps)));
    let steps = steps.map(|list| list.split(',').map(|n| n.parse::<usize>().map_err(|_| bad())).collect());
    Ok((seed.parse().map_err(|_| bad())?, steps.transpose()?))
}

/// A history that broke a law, and where.
#[derive(Debug, Clone)]
struct Failure {
    seed: u64,
    at: usize,
    broken: Broken,
}

/// What came of a history.
#[derive(Debug, Default)]
struct Ran {
    steps: u64,
    hash: String,
    /// The kinds of commands that came up.
    given: BTreeMap<String, u64>,
    failure: Option<(usize, Broken)>,
}

/// Seeds after which every command of the registry must have come up: a command that no world gives is tried by nobody.
const GIVEN_AFTER: u64 = 1_000;

fn play(seed: u64, steps: &[(usize, Step)], trace: bool) -> Result<Ran, std::io::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    Ok(runtime.block_on(async {
        let mut ran = Ran::default();
        let mut world = match World::new(seed).await {
            Ok(world) => world,
            Err(broken) => return Ran { failure: Some((0, broken)), ..ran },
        };
        for (at, step) in steps {
            if trace {
                say(&format!("{at:>4} {:?} of device {}", step.what, step.who));
            }
            ran.steps += 1;
            if let Err(broken) = world.step(*step).await {
                ran.failure = Some((*at, broken));
                return ran;
            }
        }
        if let Err(broken) = world.heal().await {
            ran.failure = Some((steps.len(), broken));
            return ran;
        }
        ran.given = world.laws.given().clone();
        match Laws::state_hash(&world.house).await {
            Ok(hash) => ran.hash = hash,
            Err(broken) => ran.failure = Some((steps.len(), broken)),
        }
        ran
    }))
}

fn whole(seed: u64, steps: usize) -> Vec<(usize, Step)> {
    history(seed, steps).into_iter().enumerate().collect()
}

/// Leaves out whatever is not needed for the same law to break.
fn shrink(failure: &Failure, steps: usize) -> Result<Vec<(usize, Step)>, std::io::Error> {
    let mut kept: Vec<(usize, Step)> =
        whole(failure.seed, steps).into_iter().filter(|(at, _)| *at <= failure.at).collect();
    let breaks = |steps: &[(usize, Step)]| -> Result<bool, std::io::Error> {
        let ran = play(failure.seed, steps, false)?;
        Ok(ran.failure.is_some_and(|(_, broken)| broken.law == failure.broken.law))
    };
    let (mut size, mut runs) = (kept.len().div_ceil(2), 0);
    while size > 0 && runs < SHRINK_RUNS {
        let mut at = 0;
        while at < kept.len() && runs < SHRINK_RUNS {
            let mut less = kept.clone();
            less.drain(at..(at + size).min(kept.len()));
            runs += 1;
            if breaks(&less)? { kept = less } else { at += size }
        }
        size /= 2;
    }
    Ok(kept)
}

fn tell(failure: &Failure, steps: usize) -> Result<(), std::io::Error> {
    say(&format!(
        "seed {} breaks “{}” at step {}: {}",
        failure.seed, failure.broken.law, failure.at, failure.broken.what
    ));
    let kept = shrink(failure, steps)?;
    let list: Vec<String> = kept.iter().map(|(at, _)| at.to_string()).collect();
    for (at, step) in &kept {
        say(&format!("  {at:>4} {:?} of device {}", step.what, step.who));
    }
    say(&format!("replay: cargo xtask sim --replay {}:{}", failure.seed, list.join(",")));
    Ok(())
}

/// Runs what the command line asks for; false when a law was broken.
pub(crate) fn run(args: impl Iterator<Item = String>) -> Result<bool, Usage> {
    let wish = parse(args)?;
    if wish.planted {
        return planted(&wish);
    }
    if let Some((seed, some)) = &wish.replay {
        let mut steps = whole(*seed, wish.steps);
        if let Some(some) = some {
            steps.retain(|(at, _)| some.contains(at));
        }
        let ran = play(*seed, &steps, true)?;
        match &ran.failure {
            Some((at, broken)) => say(&format!("breaks “{}” at step {at}: {}", broken.law, broken.what)),
            None => say(&format!("holds; state {}", ran.hash)),
        }
        return Ok(ran.failure.is_none());
    }
    let swept = sweep(wish.from, wish.seeds, wish.steps, usize::MAX)?;
    for failure in swept.failures.iter().take(3) {
        tell(failure, wish.steps)?;
    }
    if wish.commands {
        swept.given.iter().for_each(|(kind, times)| say(&format!("{times:>8} {kind}")));
    }
    let all_given = tell_given(&swept.given);
    say(&format!(
        "{} seeds, {} steps, {} invariants, {} violations",
        wish.seeds,
        swept.steps,
        LAWS.len(),
        swept.failures.len()
    ));
    Ok(swept.failures.is_empty() && (all_given || wish.seeds < GIVEN_AFTER))
}

/// Says which commands of the registry came up; true when none is missing.
fn tell_given(given: &BTreeMap<String, u64>) -> bool {
    let kinds: Vec<&str> = registry::catalogue().commands().map(|def| def.kind).collect();
    let missing: Vec<&str> = kinds.iter().copied().filter(|kind| !given.contains_key(*kind)).collect();
    let told = if missing.is_empty() { String::new() } else { format!("; missing: {}", missing.join(", ")) };
    say(&format!("{} of {} kinds of commands given{told}", kinds.len() - missing.len(), kinds.len()));
    missing.is_empty()
}

/// What came of many seeds.
struct Swept {
    failures: Vec<Failure>,
    steps: u64,
    given: BTreeMap<String, u64>,
}

/// Runs seeds on every core, each on one thread; stops early after so many failures.
fn sweep(from: u64, seeds: u64, steps: usize, enough: usize) -> Result<Swept, Usage> {
    let next = Arc::new(AtomicU64::new(from));
    let done = Arc::new(AtomicU64::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let found: Arc<Mutex<(BTreeMap<u64, Failure>, BTreeMap<String, u64>)>> = Arc::default();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let work: Vec<_> = (0..threads)
        .map(|_| {
            let (next, done, stop, found) = (next.clone(), done.clone(), stop.clone(), found.clone());
            std::thread::spawn(move || -> Result<(), std::io::Error> {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from.saturating_add(seeds) {
                        break;
                    }
                    let ran = play(seed, &whole(seed, steps), false)?;
                    done.fetch_add(ran.steps, Ordering::Relaxed);
                    let mut found = found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    for (kind, times) in ran.given {
                        *found.1.entry(kind).or_default() += times;
                    }
                    if let Some((at, broken)) = ran.failure {
                        found.0.insert(seed, Failure { seed, at, broken });
                        stop.store(found.0.len() >= enough, Ordering::Relaxed);
                    }
                }
                Ok(())
            })
        })
        .collect();
    for one in work {
        one.join().map_err(|_| std::io::Error::other("a world panicked"))??;
    }
    let found = found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let failures = found.0.values().cloned().collect();
    Ok(Swept { failures, steps: done.load(Ordering::Relaxed), given: found.1.clone() })
}

/// Asks of each planted bug how many seeds it takes to find it.
#[cfg(feature = "planted")]
fn planted(wish: &Wish) -> Result<bool, Usage> {
    use rollcall_domain::kernel::planted::{Planted, plant};
    let mut caught = 0;
    for bug in Planted::ALL {
        plant(Some(bug));
        let swept = sweep(1, wish.seeds, wish.steps, 1)?;
        match swept.failures.first() {
            Some(failure) => {
                caught += 1;
                say(&format!("{bug:?}: caught at seed {} by “{}”", failure.seed, failure.broken.law));
            }
            None => say(&format!("{bug:?}: NOT caught in {} seeds", wish.seeds)),
        }
    }
    plant(None);
    say(&format!("{caught} of {} planted bugs caught", Planted::ALL.len()));
    Ok(caught == Planted::ALL.len())
}

#[cfg(not(feature = "planted"))]
fn planted(_: &Wish) -> Result<bool, Usage> {
    Err(Usage::NoneBuiltIn)
}
