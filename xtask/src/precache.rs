//! Writes the list of built files and their common version into the service worker, so that a browser takes a whole
//! build or none of it; and, apart from it, the list of what is fetched later. Runs as Trunk's hook, inside the staging
//! folder.

use std::env;
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::fail::Fail;
use crate::files;
use crate::sha256;

/// The line in public/sw.js that stands for the list.
const PLACEHOLDER: &str =
    r#"const BUILD = {"version":"dev","files":[],"later":{"version":"dev","files":[]}};"#;
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
    let (later, first): (Vec<_>, Vec<_>) = hashed.into_iter().partition(|(url, _)| is_later(url));
    let Some(filled) = filled(&worker, &first, &later) else {
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
        || last.ends_with(".br")
        // Licences and notes beside what others wrote: they are served, and nobody needs them without a network.
        || (name.starts_with("vendor/") && !last.ends_with(".js"));
    (!left_out).then(|| format!("/{name}"))
}

/// What a screen needs only now and then: kept once nobody waits, and never a reason not to take a build.
fn is_later(url: &str) -> bool {
    url == "/scan.js" || url.starts_with("/vendor/")
}

/// The worker's text with both lists in it. The version follows from every byte that is kept and from the worker's own,
/// so two builds have one version only if they are the same; what is fetched later has a version of its own.
fn filled(worker: &str, first: &[(String, String)], later: &[(String, String)]) -> Option<String> {
    if worker.matches(PLACEHOLDER).count() != 1 {
        return None;
    }
    let worker_hash = sha256::hex(worker.as_bytes());
    let all: Vec<&(String, String)> = first.iter().chain(later).collect();
    let line = format!(
        "const BUILD = {{\"version\":\"{}\",\"files\":[{}],\"later\":{{\"version\":\"{}\",\"files\":[{}]}}}};",
        version_of(worker_hash, all),
        urls(first),
        version_of(String::new(), later),
        urls(later),
    );
    Some(worker.replace(PLACEHOLDER, &line))
}

/// A version that follows from names and hashes.
fn version_of<'a>(start: String, hashed: impl IntoIterator<Item = &'a (String, String)>) -> String {
    let all = hashed.into_iter().fold(start, |mut all, (url, hash)| {
        all.push_str(&format!("\n{url} {hash}"));
        all
    });
    sha256::hex(all.as_bytes())[..16].to_owned()
}

fn urls(hashed: &[(String, String)]) -> String {
    hashed.iter().map(|(url, _)| format!("{url:?}")).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "// head\n";
    const TAIL: &str = "\nrest();\n";

    fn worker() -> String {
        format!("{HEAD}{PLACEHOLDER}{TAIL}")
    }

    fn rows(hash: &str) -> Vec<(String, String)> {
        vec![("/a.css".into(), hash.into()), ("/index.html".into(), "2".into())]
    }

    fn late(hash: &str) -> Vec<(String, String)> {
        vec![("/scan.js".into(), hash.into())]
    }

    /// The two versions in a filled worker.
    fn versions(text: &str) -> Vec<String> {
        let after = |(at, mark): (usize, &str)| text[at + mark.len()..][..16].to_owned();
        text.match_indices("\"version\":\"").map(after).collect()
    }

    #[test]
    fn the_lists_replace_the_placeholder_and_nothing_else() {
        let text = filled(&worker(), &rows("1"), &late("1")).unwrap();
        assert!(text.starts_with("// head\nconst BUILD = {\"version\":\""));
        assert!(text.contains("\"files\":[\"/a.css\",\"/index.html\"],\"later\":{\"version\":\""));
        assert!(text.ends_with("\"files\":[\"/scan.js\"]}};\nrest();\n"));
    }

    #[test]
    fn the_version_follows_every_byte() {
        let build = |worker: &str, hash: &str, later: &str| {
            versions(&filled(worker, &rows(hash), &late(later)).unwrap())[0].clone()
        };
        let one = build(&worker(), "1", "1");
        assert_eq!(one, build(&worker(), "1", "1"));
        assert_ne!(one, build(&worker(), "3", "1"));
        assert_ne!(one, build(&worker(), "1", "3"));
        assert_ne!(one, build(&worker().replace("rest", "test"), "1", "1"));
    }

    #[test]
    fn what_is_fetched_later_keeps_its_version_while_it_stays_the_same() {
        let later = |hash: &str, later: &str| {
            versions(&filled(&worker(), &rows(hash), &late(later)).unwrap())[1].clone()
        };
        assert_eq!(later("1", "1"), later("2", "1"));
        assert_ne!(later("1", "1"), later("1", "2"));
    }

    #[test]
    fn a_worker_without_the_placeholder_is_refused() {
        assert_eq!(filled("const BUILD = 1;", &rows("1"), &[]), None);
        assert_eq!(filled(&worker().repeat(2), &rows("1"), &[]), None);
    }

    #[test]
    fn what_is_never_kept_has_no_address() {
        let url = |name: &str| url_of(Path::new("dist"), &Path::new("dist").join(name));
        assert_eq!(url("snippets/a/inline0.js").as_deref(), Some("/snippets/a/inline0.js"));
        assert_eq!(url("index.html").as_deref(), Some("/index.html"));
        for never in ["sw.js", "bench.html", "bench-1a.js", "app.js.map", ".gitkeep", "vendor/qr/LICENSE-MIT"]
        {
            assert_eq!(url(never), None, "{never}");
        }
    }

    #[test]
    fn the_reader_of_camera_pictures_comes_later() {
        assert!(is_later("/scan.js") && is_later("/vendor/qr/decode.min.js"));
        assert!(!is_later("/start.js") && !is_later("/han.bin"));
    }
}
