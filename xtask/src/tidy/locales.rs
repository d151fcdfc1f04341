//! Every language says everything: the same files, the same keys, the same arguments in each sentence.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, json};

pub(super) const LANGUAGES: [&str; 3] = ["en", "zh-Hans", "zh-Hant"];

/// One file, such as `locales/en/members.json`.
pub(super) struct LocaleFile {
    pub(super) language: String,
    pub(super) namespace: String,
    pub(super) path: String,
    pub(super) text: String,
}

type Sentences = BTreeMap<String, String>;

pub(super) fn findings(files: &[LocaleFile]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut read: BTreeMap<&str, BTreeMap<&str, (&str, Sentences)>> = BTreeMap::new();
    for file in files {
        match json::sentences(&file.text) {
            Ok(sentences) => {
                found.extend(empty(&file.path, &sentences));
                let languages = read.entry(file.namespace.as_str()).or_default();
                languages.insert(file.language.as_str(), (file.path.as_str(), sentences));
            }
            Err(why) => found.push(Finding::new(&file.path, why.line, why.what)),
        }
        if !LANGUAGES.contains(&file.language.as_str()) {
            found.push(Finding::new(&file.path, 1, "is in a language the app does not offer"));
        }
    }
    for (namespace, languages) in &read {
        found.extend(compare(namespace, languages));
    }
    found
}

fn empty(path: &str, sentences: &Sentences) -> Vec<Finding> {
    let blank = sentences.iter().filter(|(_, text)| text.trim().is_empty());
    blank.map(|(key, _)| Finding::new(path, 1, format!("`{key}` says nothing"))).collect()
}

/// Compares each language with all others of a namespace.
fn compare(namespace: &str, languages: &BTreeMap<&str, (&str, Sentences)>) -> Vec<Finding> {
    let mut found = Vec::new();
    let all: BTreeSet<&String> = languages.values().flat_map(|(_, sentences)| sentences.keys()).collect();
    for language in LANGUAGES {
        let Some((path, sentences)) = languages.get(language) else {
            let path = format!("locales/{language}/{namespace}.json");
            found.push(Finding::new(&path, 1, "is missing; other languages have it"));
            continue;
        };
        for key in &all {
            if !sentences.contains_key(*key) && !is_singular(key, sentences) {
                found.push(Finding::new(path, 1, format!("`{key}` is missing; other languages have it")));
            }
        }
    }
    found.extend(all.into_iter().flat_map(|key| unequal_arguments(key, languages)));
    found
}

/// English has a form for one; Chinese says it with the same words as for many.
fn is_singular(key: &str, sentences: &Sentences) -> bool {
    key.strip_suffix("_one").is_some_and(|base| sentences.contains_key(&format!("{base}_other")))
}

/// Two languages whose sentence for one key takes different arguments.
fn unequal_arguments(key: &str, languages: &BTreeMap<&str, (&str, Sentences)>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut first: Option<(&str, BTreeSet<String>)> = None;
    for language in LANGUAGES {
        let Some((path, sentences)) = languages.get(language) else {
            continue;
        };
        let Some(text) = sentences.get(key) else {
            continue;
        };
        let mut names = arguments(text);
        if key.ends_with("_one") {
            // "One visit" need not say the number, another language may.
            names.remove("count");
        }
        match &first {
            None => first = Some((language, names)),
            Some((other, wanted)) if *wanted != names => {
                let what = format!("`{key}` takes {names:?}, in {other} it takes {wanted:?}");
                found.push(Finding::new(path, 1, what));
            }
            Some(_) => {}
        }
    }
    found
}

/// The names in `{{ name }}`.
fn arguments(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        rest = &rest[start + 2..];
        let Some(end) = rest.find("}}") else { break };
        names.insert(rest[..end].trim().to_owned());
        rest = &rest[end + 2..];
    }
    names
}
