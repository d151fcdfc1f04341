//! What each crate may depend on: the walls as they stand in Cargo.toml.

use super::Finding;

/// The domain runs in a browser, in the hub and in a simulator: only what is pure, or can be kept from its clock.
const DOMAIN_MAY: [&str; 14] = [
    "serde",
    "serde_json",
    "chrono",
    "chrono-tz",
    "uuid",
    "sha2",
    "thiserror",
    "csv",
    "unicode-normalization",
    "memchr",
    // The seals of backups and rows, one code for device and hub; salt and nonce come in from outside.
    "aes-gcm",
    "argon2",
    "base64",
    "hmac",
];
const HUB_NEVER: [&str; 8] =
    ["leptos", "leptos_router", "rexie", "wasm-bindgen", "web-sys", "js-sys", "gloo-net", "gloo-storage"];
/// Too large for a first visit, or no business of a browser.
const APP_NEVER: [&str; 8] = ["tokio", "sqlx", "axum", "regex", "rrule", "phonenumber", "jiff", "reqwest"];

pub(super) fn findings(path: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (line, name) in dependencies(text) {
        let name = name.as_str();
        let why = match path {
            "domain/Cargo.toml" if !DOMAIN_MAY.contains(&name) => "the domain is pure and small",
            "hub/Cargo.toml" if HUB_NEVER.contains(&name) => "the hub has no browser",
            "Cargo.toml" if APP_NEVER.contains(&name) => "the app is for a browser, and small",
            "xtask/Cargo.toml" => "xtask builds before anything else: the standard library only",
            _ => continue,
        };
        found.push(Finding::new(path, line, format!("dependency `{name}`: {why}")));
    }
    found
}

/// Names in `[dependencies]`, also for one target only; not those for tests and build scripts.
fn dependencies(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            inside = section == "dependencies"
                || (section.starts_with("target.") && section.ends_with(".dependencies"));
            if let Some(name) = section.strip_prefix("dependencies.") {
                found.push((number + 1, name.to_owned()));
            }
            continue;
        }
        let name: String =
            line.chars().take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect();
        if inside && !name.is_empty() {
            found.push((number + 1, name));
        }
    }
    found
}
