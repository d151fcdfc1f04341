//! Files of the work tree: walking, reading, writing, and a fingerprint of inputs. Knows paths, not what they mean.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::fail::Fail;
use crate::sha256;

/// The root of the work tree.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A path from the root, with forward slashes, as a reader would type it.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Every file below `start` (or `start` itself), sorted, without following links. A path that is not there has none.
pub(crate) fn walk(start: &Path) -> Result<Vec<PathBuf>, Fail> {
    let mut found = Vec::new();
    let mut waiting = vec![start.to_path_buf()];
    while let Some(path) = waiting.pop() {
        let Ok(kind) = fs::symlink_metadata(&path) else {
            continue;
        };
        if kind.is_file() {
            found.push(path);
        } else if kind.is_dir() {
            if path.file_name().is_some_and(|name| name == "node_modules" || name == "target") {
                continue;
            }
            let entries = fs::read_dir(&path).map_err(Fail::io(format!("reading {}", path.display())))?;
            for entry in entries {
                waiting.push(entry.map_err(Fail::io(format!("reading {}", path.display())))?.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Fail> {
    fs::read(path).map_err(Fail::io(format!("reading {}", path.display())))
}

pub(crate) fn read_text(path: &Path) -> Result<String, Fail> {
    fs::read_to_string(path).map_err(Fail::io(format!("reading {}", path.display())))
}

/// Writes a file beside its place and moves it there, so that no reader sees half of it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Fail> {
    let doing = || format!("writing {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Fail::io(doing()))?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, bytes).map_err(Fail::io(doing()))?;
    fs::rename(&beside, path).map_err(Fail::io(doing()))
}

/// Changes when a file below one of `inputs` is added, removed or written to. Times and sizes, not contents: it is
/// asked at every start.
pub(crate) fn fingerprint(inputs: &[&str], extra: &str) -> Result<String, Fail> {
    let mut lines = format!("{extra}\n");
    for input in inputs {
        for file in walk(&root().join(input))? {
            let doing = || format!("reading {}", file.display());
            let about = fs::metadata(&file).map_err(Fail::io(doing()))?;
            let at = about.modified().map_err(Fail::io(doing()))?;
            let at_ns = at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
            lines.push_str(&format!("{} {} {at_ns}\n", shown(&file), about.len()));
        }
    }
    Ok(sha256::hex(lines.as_bytes()))
}

/// The files directly in a folder; none if it is not there.
pub(crate) fn walk_plain(folder: &Path) -> Result<Vec<PathBuf>, Fail> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(Fail::io(format!("reading {}", folder.display())))?.path();
        if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(unix)]
pub(crate) fn make_executable(path: &Path) -> Result<(), Fail> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .map_err(Fail::io(format!("making {} executable", path.display())))
}

#[cfg(not(unix))]
pub(crate) fn make_executable(_path: &Path) -> Result<(), Fail> {
    Ok(())
}
