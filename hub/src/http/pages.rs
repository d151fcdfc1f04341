//! The app's files: from a folder, or out of the binary. Compressed beforehand (pack.rs) or once,
//! cached by name, never guessed.
//!
//! A navigation gets `index.html`; a missing file is a 404, so that an old page never takes HTML for code.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rollcall_domain::kernel::ids::Hash;

use crate::pack::{self, compress};

/// A file as it is sent.
#[derive(Debug)]
struct Asset {
    plain: Vec<u8>,
    brotli: Option<Vec<u8>>,
    tag: String,
    changed: Option<SystemTime>,
}

/// Where the app's files come from.
#[derive(Debug, Clone)]
enum Source {
    Folder(PathBuf),
    #[cfg(feature = "embed")]
    Binary,
}

/// The app's files.
#[derive(Debug, Clone)]
pub struct Pages {
    source: Source,
    ready: Arc<Mutex<BTreeMap<String, Arc<Asset>>>>,
}

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../dist"]
struct Embedded;

impl Pages {
    /// Files of a folder; it may come into being later.
    #[must_use]
    pub fn folder(folder: PathBuf) -> Self {
        Self { source: Source::Folder(folder), ready: Arc::default() }
    }

    /// Files in the binary.
    #[cfg(feature = "embed")]
    #[must_use]
    pub fn embedded() -> Self {
        Self { source: Source::Binary, ready: Arc::default() }
    }

    /// Answers a request for a page or a file.
    pub(super) async fn serve(&self, request: Request) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return StatusCode::METHOD_NOT_ALLOWED.into_response();
        }
        let path = request.uri().path().trim_start_matches('/');
        let Some(name) = safe(path) else { return missing() };
        let name = if name.is_empty() { "index.html".to_owned() } else { name };
        let found = match self.asset(&name).await {
            None if is_navigation(request.headers(), &name) => {
                self.asset("index.html").await.map(|asset| ("index.html".to_owned(), asset))
            }
            found => found.map(|asset| (name, asset)),
        };
        match found {
            Some((name, asset)) => send(&name, &asset, request.headers()),
            None => missing(),
        }
    }

    async fn asset(&self, name: &str) -> Option<Arc<Asset>> {
        let pages = self.clone();
        let name = name.to_owned();
        // Reading and compressing are no work for the thread that serves everybody.
        tokio::task::spawn_blocking(move || pages.load(&name)).await.ok().flatten()
    }

    fn load(&self, name: &str) -> Option<Arc<Asset>> {
        let (changed, read) = match &self.source {
            Source::Folder(folder) => {
                let file = folder.join(name);
                let about = std::fs::metadata(&file).ok().filter(std::fs::Metadata::is_file)?;
                (about.modified().ok(), file)
            }
            #[cfg(feature = "embed")]
            Source::Binary => (None, PathBuf::from(name)),
        };
        let kept = self.ready.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(asset) = kept.filter(|asset| asset.changed == changed) {
            return Some(asset);
        }
        let plain = self.read(&read)?;
        let small =
            self.packed(&read, changed).or_else(|| compress(name, &plain, pack::WHILE_SOMEBODY_WAITS));
        let asset = Arc::new(Asset::new(plain, small, changed));
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), asset.clone());
        Some(asset)
    }

    fn read(&self, file: &Path) -> Option<Vec<u8>> {
        match &self.source {
            Source::Folder(_) => std::fs::read(file).ok(),
            #[cfg(feature = "embed")]
            Source::Binary => Embedded::get(file.to_str()?).map(|file| file.data.into_owned()),
        }
    }

    /// What `rollcall-hub pack` made of the file beforehand, unless the file was changed since.
    fn packed(&self, file: &Path, changed: Option<SystemTime>) -> Option<Vec<u8>> {
        let beside = pack::beside(file);
        match &self.source {
            Source::Folder(_) => {
                let packed = std::fs::metadata(&beside).ok()?.modified().ok()?;
                (packed >= changed?).then(|| std::fs::read(&beside).ok()).flatten()
            }
            #[cfg(feature = "embed")]
            Source::Binary => self.read(&beside),
        }
    }
}

impl Asset {
    fn new(plain: Vec<u8>, brotli: Option<Vec<u8>>, changed: Option<SystemTime>) -> Self {
        Self { tag: format!("\"{}\"", &Hash::of(&plain).0[..32]), plain, brotli, changed }
    }
}

/// A path inside the folder and nothing else: no dots, no absolute paths, no hidden files.
fn safe(path: &str) -> Option<String> {
    if path.contains(['\\', '%', '\0', ':']) {
        return None;
    }
    let plain =
        |c: Component<'_>| matches!(c, Component::Normal(part) if !part.to_string_lossy().starts_with('.'));
    Path::new(path).components().all(plain).then(|| path.trim_end_matches('/').to_owned())
}

/// A person opening an address, not code asking for a file.
fn is_navigation(headers: &HeaderMap, name: &str) -> bool {
    let has_extension = name.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let html = headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|value| value.to_str().is_ok_and(|text| text.contains("text/html")));
    !has_extension && html
}

/// True for names that carry a hash of the content: `app-0123456789abcdef.js`, `app-0123456789abcdef_bg.wasm`.
fn is_hashed(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let digits = |part: &str| part.len() >= 16 && part.bytes().all(|b| b.is_ascii_hexdigit());
    last.split(['-', '.', '_']).any(digits)
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "csv" | "ndjson" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn send(name: &str, asset: &Asset, headers: &HeaderMap) -> Response {
    let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok()).unwrap_or_default();
    let takes_brotli =
        text(header::ACCEPT_ENCODING).split(',').any(|e| e.trim().split(';').next() == Some("br"));
    let fresh =
        text(header::IF_NONE_MATCH).split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.tag);
    let mut response = if fresh {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match asset.brotli.as_ref().filter(|_| takes_brotli) {
            Some(small) => {
                let encoding = [(header::CONTENT_ENCODING, "br")];
                (encoding, Body::from(small.clone())).into_response()
            }
            None => Body::from(asset.plain.clone()).into_response(),
        }
    };
    let cache = if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind_of(name)));
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&asset.tag) {
        out.insert(header::ETAG, tag);
    }
    response
}

fn missing() -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::NOT_FOUND, headers, "not found\n").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_inside_the_folder_are_read() {
        for bad in ["../x", "a/../../x", "/etc/passwd", "a/.git/config", ".env", "a\\b", "%2e%2e/x", "c:/x"] {
            assert_eq!(safe(bad), None, "{bad}");
        }
        assert_eq!(safe("a/b.js").as_deref(), Some("a/b.js"));
        assert_eq!(safe("members/").as_deref(), Some("members"));
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for name in
            ["rollcall-3f2a9c0d11223344.js", "rollcall-3f2a9c0d11223344_bg.wasm", "main-00112233aabbccdd.css"]
        {
            assert!(is_hashed(name), "{name}");
        }
        for name in
            ["index.html", "sw.js", "start.js", "manifest.webmanifest", "icon-192.png", "folding-v3.json"]
        {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
