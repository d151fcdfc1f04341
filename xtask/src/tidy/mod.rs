//! `cargo xtask tidy`: what the compiler cannot see. Each rule is a pure function from text to findings; this file
//! only reads the tree and prints.

mod docs;
mod json;
mod locales;
mod longest;
mod manifests;
mod markup;
mod rust;
mod specs;
#[cfg(test)]
mod tests;
mod walls;

use std::collections::BTreeSet;
use std::path::Path;

use crate::args::Args;
use crate::fail::Fail;
use crate::files;
use rust::Source;

/// Something that must not stay, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) what: String,
}

impl Finding {
    fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, what: what.into() }
    }
}

/// Folders and files with Rust code that is ours.
const RUST: [&str; 7] = ["domain", "src", "hub", "tools", "xtask", "tests", "build.rs"];

pub(crate) fn command(args: Args) -> Result<(), Fail> {
    args.finish()?;
    check()
}

/// Prints what is longest, then what is wrong; fails if anything is.
pub(crate) fn check() -> Result<(), Fail> {
    let sources = rust_sources()?;
    print!("{}", longest::report(&sources));
    let findings = findings(&sources)?;
    for finding in &findings {
        println!("{}:{}: {}", finding.file, finding.line, finding.what);
    }
    if findings.is_empty() {
        println!("tidy: {} Rust files, nothing to find", sources.len());
        return Ok(());
    }
    Err(Fail::Found { count: findings.len(), what: "things are not tidy" })
}

fn rust_sources() -> Result<Vec<Source>, Fail> {
    let mut sources = Vec::new();
    for path in RUST {
        for file in files::walk(&files::root().join(path))? {
            if file.extension().is_some_and(|end| end == "rs") {
                sources.push(Source::new(files::shown(&file), files::read_text(&file)?));
            }
        }
    }
    Ok(sources)
}

fn findings(sources: &[Source]) -> Result<Vec<Finding>, Fail> {
    let slices = walls::slices(sources.iter().map(|source| source.path.as_str()));
    let mut found = BTreeSet::new();
    for source in sources {
        found.extend(walls::findings(source, &slices));
        found.extend(docs::findings(source));
        found.extend(markup::in_rust(source));
        found.extend(specs::in_rust(source));
    }
    found.extend(text_findings(
        &["Cargo.toml", "domain", "hub", "tools", "xtask"],
        "toml",
        manifests::findings,
    )?);
    found.extend(text_findings(&["style"], "css", markup::in_css)?);
    found.extend(text_findings(&["index.html", "bench.html"], "html", markup::in_html)?);
    found.extend(text_findings(&["public"], "js", markup::in_script)?);
    found.extend(text_findings(&["tests/e2e"], "ts", specs::in_script)?);
    found.extend(text_findings(&["tests/e2e"], "mjs", specs::in_script)?);
    found.extend(locales::findings(&locale_files()?));
    Ok(found.into_iter().collect())
}

/// Applies a rule to every file with an ending.
fn text_findings(
    places: &[&str],
    ending: &str,
    rule: fn(&str, &str) -> Vec<Finding>,
) -> Result<Vec<Finding>, Fail> {
    let mut found = Vec::new();
    for place in places {
        for file in files::walk(&files::root().join(place))? {
            if file.extension().is_some_and(|end| end == ending) {
                found.extend(rule(&files::shown(&file), &files::read_text(&file)?));
            }
        }
    }
    Ok(found)
}

fn locale_files() -> Result<Vec<locales::LocaleFile>, Fail> {
    let mut all = Vec::new();
    for file in files::walk(&files::root().join("locales"))? {
        let shown = files::shown(&file);
        let name = Path::new(&shown);
        let language =
            name.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let namespace = name.file_stem().map(|name| name.to_string_lossy().into_owned());
        if let (Some(language), Some(namespace)) = (language, namespace) {
            all.push(locales::LocaleFile {
                language,
                namespace,
                path: shown,
                text: files::read_text(&file)?,
            });
        }
    }
    Ok(all)
}
