//! Who may name whom: the table of walls as code. A rule says what a room may use or must never name, and is applied
//! to every path in it.

use std::collections::BTreeSet;

use super::Finding;
use super::rust::{Named, Source};

const DOMAIN: &str = "rollcall_domain";

/// Modules of the domain that are not a slice: what plumbing may know.
const DOMAIN_PLUMBING: [&str; 6] = ["kernel", "sync", "registry", "flow", "lib", "tests"];

/// Modules of the app that are about what is seen.
const SCREEN: [&str; 6] = ["features", "parts", "ui", "tr", "routes", "shell"];

/// The domain's slices, read from the tree: files and folders beside the plumbing.
pub(super) fn slices<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let names = paths.filter_map(|path| {
        let rest = path.strip_prefix("domain/src/")?;
        let name = rest.split('/').next()?.trim_end_matches(".rs");
        (!DOMAIN_PLUMBING.contains(&name)).then(|| name.to_owned())
    });
    names.collect()
}

/// What is wrong with the paths in one file.
pub(super) fn findings(source: &Source, slices: &BTreeSet<String>) -> Vec<Finding> {
    if source.is_test() {
        return Vec::new();
    }
    let Some(room) = room_of(&source.path) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if matches!(room, Room::Keeping(_) | Room::Middle) {
        found.extend(views(source));
    }
    for named in source.paths() {
        let parts = absolute(&source.path, &named);
        if let Some(why) = breach(&room, &parts, slices) {
            found.push(Finding::new(
                &source.path,
                named.line,
                format!("`{}`: {why}", named.parts.join("::")),
            ));
        }
    }
    found
}

/// Markup where only records belong.
fn views(source: &Source) -> Vec<Finding> {
    let is_view = |line: &str| line.contains("view!") || line.contains("#[component]");
    let lines = source.code.lines().enumerate().filter(|(_, line)| is_view(line));
    lines
        .map(|(number, _)| Finding::new(&source.path, number + 1, "a view: this room knows records only"))
        .collect()
}

/// The part of the house that a file belongs to.
#[derive(Debug, PartialEq, Eq)]
enum Room<'a> {
    DomainKernel,
    DomainSync,
    DomainSlice(&'a str),
    Hub,
    /// journal, store, sync, vault
    Keeping(&'a str),
    /// studio, overlay, live
    Middle,
    Ui,
    Parts,
    Feature(&'a str),
}

fn room_of(path: &str) -> Option<Room<'_>> {
    if let Some(rest) = path.strip_prefix("domain/src/") {
        return match first(rest) {
            "kernel" => Some(Room::DomainKernel),
            "sync" => Some(Room::DomainSync),
            name if DOMAIN_PLUMBING.contains(&name) => None,
            name => Some(Room::DomainSlice(name)),
        };
    }
    if path.starts_with("hub/src/") {
        return Some(Room::Hub);
    }
    let rest = path.strip_prefix("src/")?;
    match first(rest) {
        name @ ("journal" | "store" | "sync" | "vault") => Some(Room::Keeping(name)),
        "studio" | "overlay" | "live" => Some(Room::Middle),
        "ui" => Some(Room::Ui),
        "parts" => Some(Room::Parts),
        "features" => {
            let name = first(rest.strip_prefix("features/")?);
            (name != "mod").then_some(Room::Feature(name))
        }
        _ => None,
    }
}

fn first(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// Turns `self` and `super` into a path from the crate's root, as seen from the file's own module.
fn absolute(file: &str, named: &Named) -> Vec<String> {
    let mut parts = named.parts.iter().map(String::as_str).peekable();
    let Some("self" | "super") = parts.peek().copied() else {
        return named.parts.clone();
    };
    let below = file.split_once("src/").map_or(file, |(_, below)| below).trim_end_matches(".rs");
    let below = below.trim_end_matches("/mod").trim_end_matches("lib").trim_end_matches("main");
    let mut place: Vec<&str> = below.split('/').filter(|part| !part.is_empty()).collect();
    while let Some(word @ ("self" | "super")) = parts.peek().copied() {
        if word == "super" {
            place.pop();
        }
        parts.next();
    }
    ["crate"].into_iter().chain(place).chain(parts).map(str::to_owned).collect()
}

/// Why a room may not name a path; nothing if it may.
fn breach(room: &Room<'_>, parts: &[String], slices: &BTreeSet<String>) -> Option<String> {
    let (root, next) = (parts[0].as_str(), parts[1].as_str());
    if root == DOMAIN && next == "as" {
        return Some("another name for the domain hides what is used of it".into());
    }
    match room {
        Room::DomainKernel => {
            let foreign = root == "crate" && slices.contains(next);
            let above = root == "crate" && matches!(next, "registry" | "flow" | "sync");
            (foreign || above).then(|| "the kernel names neither a slice nor what lies above it".into())
        }
        Room::DomainSync => {
            (root == "crate" && slices.contains(next)).then(|| "the sync machine names no slice".into())
        }
        Room::DomainSlice(own) => slice_breach(own, parts, slices),
        Room::Hub => {
            domain_breach(root, next, &["kernel", "sync", "registry", "flow"], "the hub names no slice")
        }
        Room::Keeping(own) => keeping_breach(own, root, next),
        Room::Middle => middle_breach(root, next),
        Room::Ui => ui_breach(root, next),
        Room::Parts => {
            let never = ["features", "journal", "store", "sync", "vault"];
            (root == "crate" && never.contains(&next)).then(|| format!("parts never use {next}"))
        }
        Room::Feature(own) => feature_breach(own, parts),
    }
}

fn domain_breach(root: &str, next: &str, may: &[&str], why: &str) -> Option<String> {
    (root == DOMAIN && !may.contains(&next))
        .then(|| format!("{why}; of the domain it may use {}", may.join(", ")))
}

fn slice_breach(own: &str, parts: &[String], slices: &BTreeSet<String>) -> Option<String> {
    if parts[0] != "crate" {
        return None;
    }
    let next = parts[1].as_str();
    let decides = parts[2..].iter().any(|part| part == "decide" || part.starts_with("decide_"));
    let other = next != own && (slices.contains(next) || next == "flow");
    (other && decides)
        .then(|| "a slice uses another slice's types, never its decide: that is what flow is for".into())
}

fn keeping_breach(own: &str, root: &str, next: &str) -> Option<String> {
    // The sync loop runs in the app and hands what it got to the studio; what keeps records knows neither.
    if own != "sync" && root.starts_with("leptos") {
        return Some("journal and store know no framework".into());
    }
    if own != "sync" && root == "crate" && matches!(next, "studio" | "overlay" | "live" | "sync") {
        return Some(format!("journal and store never use {next}"));
    }
    if own == "vault" && root == "crate" && matches!(next, "journal" | "store" | "sync") {
        return Some(format!("the vault keeps keys and never knows what they seal: not {next}"));
    }
    if root == "crate" && SCREEN.contains(&next) {
        return Some(format!("journal, store and sync never use {next}"));
    }
    domain_breach(root, next, &["kernel", "sync", "registry"], "journal, store and sync name no slice")
}

fn middle_breach(root: &str, next: &str) -> Option<String> {
    if root == "crate" && SCREEN.contains(&next) {
        return Some(format!("studio, overlay and live never use {next}"));
    }
    domain_breach(root, next, &["kernel", "sync", "registry"], "studio, overlay and live name no slice")
}

fn ui_breach(root: &str, next: &str) -> Option<String> {
    if root == DOMAIN {
        return Some("a primitive knows nothing of the domain".into());
    }
    let never = [
        "journal", "store", "sync", "vault", "overlay", "live", "studio", "tr", "parts", "features", "routes",
    ];
    (root == "crate" && never.contains(&next))
        .then(|| format!("a primitive never uses {next}: it comes in as a prop"))
}

fn feature_breach(own: &str, parts: &[String]) -> Option<String> {
    if parts[0] != "crate" {
        return None;
    }
    let next = parts[1].as_str();
    if matches!(next, "store" | "journal" | "sync" | "vault") {
        return Some(format!("a feature goes through the studio, never to {next}"));
    }
    let other = parts.get(2).map(String::as_str).filter(|name| *name != own && *name != "*");
    match other {
        Some(name) if next == "features" => {
            Some(format!("a feature never uses another one ({name}): see parts"))
        }
        _ => None,
    }
}
