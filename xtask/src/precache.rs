//! Writes the list of built files and their common version into the service worker, so that a browser takes a whole
//! build or none of it. Runs as Trunk's hook, inside the staging folder.

use std::env;
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::fail::Fail;
use crate::files;
use crate::sha256;

/// The line in public/sw.js that stands for the list.
const PLACEHOLDER: &str = r#"const BUILD = {"version":"dev","files":[]};"#;
const WORKER: &str = "sw.js";

pub(crate) fn command(mut args: Args) -> Result<(), Fail> {
    let named = args.value("--folder")?.map(PathBuf::from);
    args.finish()?;
    let folder = named.or_else(|| env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from)).ok_or_else(|| {
        Fail::Usage { problem: "name the built folder with --folder, or let Trunk call this".into() }
    })?;
    if !folder.join(WORKER).is_file() {
        // The measuring page has no service worker; `check` makes sure that the app has one.
        return Ok(());
    }
    fill(&folder)
}

/// Puts version and list into the worker of a built folder.
fn fill(folder: &Path) -> Result<(), Fail> {
    let path = folder.join(WORKER);
    let worker = files::read_text(&path)?;
    let mut hashed = Vec::new();
    for file in files::walk(folder)? {
        let Some(url) = url_of(folder, &file) else {
            continue;
        };
        hashed.push((url, sha256::hex(&files::read(&file)?)));
    }
    let Some(filled) = filled(&worker, &hashed) else {
        return Err(Fail::Invalid {
            what: path.display().to_string(),
            why: format!("does not have the line `{PLACEHOLDER}` exactly once"),
        });
    };
    files::write(&path, filled.as_bytes())
}

/// Fails when a built folder has no worker, or one whose list was never filled.
pub(crate) fn check(folder: &Path) -> Result<(), Fail> {
    let path = folder.join(WORKER);
    let worker = files::read_text(&path)?;
    if worker.contains(PLACEHOLDER) || !worker.contains("const BUILD = {\"version\":\"") {
        return Err(Fail::Invalid { what: files::shown(&path), why: "has no list of files to keep".into() });
    }
    Ok(())
}

/// The address under which a file is asked for; none for what is never kept: the worker itself (the browser keeps it),
/// the measuring page, source maps, what only says the same in less bytes, and hidden files.
fn url_of(folder: &Path, file: &Path) -> Option<String> {
    let name = file.strip_prefix(folder).ok()?.to_string_lossy().replace('\\', "/");
    let last = name.rsplit('/').next()?;
    let left_out = name == WORKER
        || last.starts_with("bench")
        || last.starts_with('.')
        || last.ends_with(".map")
        || last.ends_with(".br");
    (!left_out).then(|| format!("/{name}"))
}

/// The worker's text with the list in it. The version follows from every byte that is kept and from the worker's own,
/// so two builds have one version only if they are the same.
fn filled(worker: &str, hashed: &[(String, String)]) -> Option<String> {
    if worker.matches(PLACEHOLDER).count() != 1 {
        return None;
    }
    let mut all = sha256::hex(worker.as_bytes());
    for (url, hash) in hashed {
        all.push_str(&format!("\n{url} {hash}"));
    }
    let version = &sha256::hex(all.as_bytes())[..16];
    let urls: Vec<String> = hashed.iter().map(|(url, _)| format!("{url:?}")).collect();
    let line = format!("const BUILD = {{\"version\":\"{version}\",\"files\":[{}]}};", urls.join(","));
    Some(worker.replace(PLACEHOLDER, &line))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKER_TEXT: &str = "// head\nconst BUILD = {\"version\":\"dev\",\"files\":[]};\nrest();\n";

    fn rows(hash: &str) -> Vec<(String, String)> {
        vec![("/a.css".into(), hash.into()), ("/index.html".into(), "2".into())]
    }

    #[test]
    fn the_list_replaces_the_placeholder_and_nothing_else() {
        let text = filled(WORKER_TEXT, &rows("1")).unwrap();
        assert!(text.starts_with("// head\nconst BUILD = {\"version\":\""));
        assert!(text.ends_with("\",\"files\":[\"/a.css\",\"/index.html\"]};\nrest();\n"));
    }

    #[test]
    fn the_version_follows_every_byte() {
        let version = |text: &str, hash: &str| filled(text, &rows(hash)).unwrap()[30..60].to_owned();
        assert_eq!(version(WORKER_TEXT, "1"), version(WORKER_TEXT, "1"));
        assert_ne!(version(WORKER_TEXT, "1"), version(WORKER_TEXT, "3"));
        let other_worker = WORKER_TEXT.replace("rest", "test");
        assert_ne!(version(WORKER_TEXT, "1"), version(&other_worker, "1"));
    }

    #[test]
    fn a_worker_without_the_placeholder_is_refused() {
        assert_eq!(filled("const BUILD = 1;", &rows("1")), None);
        assert_eq!(filled(&WORKER_TEXT.repeat(2), &rows("1")), None);
    }

    #[test]
    fn what_is_never_kept_has_no_address() {
        let url = |name: &str| url_of(Path::new("dist"), &Path::new("dist").join(name));
        assert_eq!(url("snippets/a/inline0.js").as_deref(), Some("/snippets/a/inline0.js"));
        assert_eq!(url("index.html").as_deref(), Some("/index.html"));
        for never in ["sw.js", "bench.html", "bench-1a.js", "app.js.map", ".gitkeep"] {
            assert_eq!(url(never), None, "{never}");
        }
    }
}
