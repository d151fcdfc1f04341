//! `cargo xtask size`: what a first visit loads, compressed, and which crates the wasm is made of. Measures; it does
//! not judge.

mod crate_of;
mod wasm;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::fail::Fail;
use crate::files;
use crate::house::{self, App};
use crate::shell::{Program, which};
use crate::toolchain::{self, apt, node};

/// The goal for the first four slices.
const GOAL_BYTES: u64 = 350 * 1024;
/// Crates below this share are summed up in one line.
const CRATES_SHOWN: usize = 25;

pub(crate) fn command(args: Args) -> Result<(), Fail> {
    args.finish()?;
    house::app(App::Release)?;
    print()
}

/// Prints the figures of the app as it is built.
pub(crate) fn print() -> Result<(), Fail> {
    let dist = files::root().join(App::Release.folder());
    let loaded = first_visit(&dist)?;
    print_files(&dist, &loaded)?;
    print_crates()
}

/// The page and every file of ours that it, or what it starts, asks for before anything is tapped.
fn first_visit(dist: &Path) -> Result<Vec<PathBuf>, Fail> {
    let page = dist.join("index.html");
    let mut wanted: BTreeSet<PathBuf> = [page.clone()].into();
    for name in referenced(&files::read_text(&page)?) {
        let file = dist.join(&name);
        if file.is_file() {
            wanted.insert(file);
        }
    }
    // Scripts of the app's own that the glue imports.
    wanted.extend(files::walk(&dist.join("snippets"))?);
    Ok(wanted.into_iter().collect())
}

/// Relative file names in `href`, `src`, `data-js` and `data-wasm`.
fn referenced(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in ["href=", "src=", "data-js=", "data-wasm="] {
        for (at, _) in page.match_indices(attribute) {
            let rest = &page[at + attribute.len()..];
            let quoted = rest.strip_prefix(['"', '\'']);
            let end = |c: char| {
                if quoted.is_some() { c == '"' || c == '\'' } else { c.is_whitespace() || c == '>' }
            };
            let value = quoted.unwrap_or(rest).split(end).next().unwrap_or_default();
            let name = value.trim_start_matches('/').split(['?', '#']).next().unwrap_or_default();
            if !name.is_empty() && !name.contains("://") {
                found.push(name.to_owned());
            }
        }
    }
    found
}

fn print_files(dist: &Path, loaded: &[PathBuf]) -> Result<(), Fail> {
    let packed = brotli(loaded)?;
    println!("first visit                                       raw    brotli");
    let (mut raw_bytes, mut packed_bytes) = (0u64, 0u64);
    for (file, packed) in loaded.iter().zip(packed) {
        let raw = files::read(file)?.len() as u64;
        let name = file.strip_prefix(dist).unwrap_or(file).display().to_string();
        println!("  {name:<40} {raw:>10} {packed:>9}");
        raw_bytes += raw;
        packed_bytes += packed;
    }
    println!("  {:<40} {raw_bytes:>10} {packed_bytes:>9}", "total");
    let word = if packed_bytes <= GOAL_BYTES { "within" } else { "over" };
    println!("  {:.1} KB brotli, {word} the goal of {} KB", packed_bytes as f64 / 1024.0, GOAL_BYTES / 1024);
    Ok(())
}

/// Compressed sizes at the best level, by Node or by the brotli program.
fn brotli(list: &[PathBuf]) -> Result<Vec<u64>, Fail> {
    if let Some(node) = node::find() {
        let script = "const z=require('zlib'),f=require('fs');for(const p of process.argv.slice(1))\
                      console.log(z.brotliCompressSync(f.readFileSync(p),{params:{[z.constants.BROTLI_PARAM_QUALITY]:11}}).length)";
        let text = Program::new(node).args(["-e", script, "--"]).args(list).output()?;
        return text.lines().map(|line| number(line, "Node's brotli")).collect();
    }
    if which("brotli", &[]).is_none() {
        apt::install(&["brotli"], "brotli")?;
    }
    let into = toolchain::native_target_dir().join("xtask").join("packed.br");
    let mut sizes = Vec::new();
    for file in list {
        Program::new("brotli").args(["-q", "11", "-f", "-o"]).arg(&into).arg(file).run()?;
        sizes.push(files::read(&into)?.len() as u64);
    }
    Ok(sizes)
}

fn number(text: &str, what: &str) -> Result<u64, Fail> {
    text.trim().parse().map_err(|_| Fail::Invalid { what: what.into(), why: format!("says `{text}`") })
}

/// Bytes of code per crate, read from the module as the compiler left it: what is shipped has no names any more.
fn print_crates() -> Result<(), Fail> {
    let below = "wasm32-unknown-unknown/web-release/rollcall-app.wasm";
    let native = toolchain::native_target_dir();
    // The overlay's compiler has a folder of its own; the newest build is the one that was shipped.
    let places = [native.join(below), files::root().join("target/overlay").join(below)];
    let newest =
        places.iter().filter_map(|place| Some((place.metadata().ok()?.modified().ok()?, place))).max();
    let Some((_, path)) = newest else {
        return Err(Fail::Missing {
            what: files::shown(&places[0]),
            hint: "remove dist/ and build again".into(),
        });
    };
    let module = wasm::read(&files::read(path)?)
        .map_err(|broken| Fail::Invalid { what: files::shown(path), why: broken.to_string() })?;
    let mut crates: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for function in &module.functions {
        let sum = crates.entry(crate_of::crate_of(&function.name)).or_default();
        *sum = (sum.0 + function.bytes, sum.1 + 1);
    }
    let mut rows: Vec<(u64, u64, String)> =
        crates.into_iter().map(|(name, (bytes, n))| (bytes, n, name)).collect();
    rows.sort_by(|a, b| b.cmp(a));
    let code: u64 = rows.iter().map(|row| row.0).sum();
    println!("\nwasm before wasm-opt, by crate                  bytes     %  functions");
    for (bytes, count, name) in rows.iter().take(CRATES_SHOWN) {
        println!("  {name:<40} {bytes:>10} {:>5.1} {count:>10}", *bytes as f64 * 100.0 / code.max(1) as f64);
    }
    let rest: u64 = rows.iter().skip(CRATES_SHOWN).map(|row| row.0).sum();
    println!("  {:<40} {rest:>10}", format!("{} more", rows.len().saturating_sub(CRATES_SHOWN)));
    println!("  {:<40} {code:>10}", "all code");
    println!("  {:<40} {:>10}", "data", module.data_bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_s_own_files_are_found_with_and_without_quotes() {
        let page = "<link rel=stylesheet href=/main-1.css><script src=\"/start.js\" data-js='/app.js?v=1'></script>\
                    <a href=\"https://elsewhere\">x</a><link href=\"\">";
        assert_eq!(referenced(page), ["main-1.css", "start.js", "app.js"]);
    }
}
