//! Turns `locales/<lang>/<namespace>.json` into Rust functions, so that a missing text cannot compile.
//!
//! It knows nothing of what the texts say. Every language must have the same keys and the same
//! `{{ arguments }}`; otherwise the build stops and names the key and the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;

/// English first: it decides which keys, arguments and plurals exist.
const LANGS: [&str; 3] = ["en", "zh-Hans", "zh-Hant"];

/// Words that need `r#`, and those that may not even have it.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "where", "while", "yield",
];
const NEVER_NAMES: [&str; 3] = ["self", "super", "crate"];

/// Why the texts cannot be used.
enum Fault {
    Unreadable { file: PathBuf, why: String },
    NotText { file: PathBuf, key: String },
    BadKey { file: PathBuf, key: String },
    BadArgument { file: PathBuf, key: String },
    Empty { file: PathBuf, key: String },
    Twice { file: PathBuf, key: String },
    MissingFile { file: PathBuf },
    MissingKey { file: PathBuf, key: String },
    ExtraKey { file: PathBuf, key: String },
    OtherArguments { file: PathBuf, key: String, want: Vec<String>, have: Vec<String> },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { file, why } => write!(f, "{}: {why}", file.display()),
            Self::NotText { file, key } => {
                write!(f, "{}: `{key}` is neither a text nor a group", file.display())
            }
            Self::BadKey { file, key } => {
                write!(f, "{}: `{key}` must be lower case letters, digits and _", file.display())
            }
            Self::BadArgument { file, key } => {
                write!(f, "{}: `{key}` has a broken {{{{ argument }}}}", file.display())
            }
            Self::Empty { file, key } => write!(f, "{}: `{key}` is empty", file.display()),
            Self::Twice { file, key } => {
                write!(f, "{}: `{key}` appears twice once groups are joined", file.display())
            }
            Self::MissingFile { file } => write!(f, "{}: the file is missing", file.display()),
            Self::MissingKey { file, key } => write!(f, "{}: `{key}` is missing", file.display()),
            Self::ExtraKey { file, key } => write!(f, "{}: `{key}` does not exist in en", file.display()),
            Self::OtherArguments { file, key, want, have } => {
                write!(f, "{}: `{key}` has the arguments {have:?}, en has {want:?}", file.display())
            }
        }
    }
}

/// One text, split at its arguments.
#[derive(Clone, Default)]
struct Template {
    /// Text pieces and argument names in turn; `true` marks an argument.
    parts: Vec<(bool, String)>,
}

impl Template {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let end = start + rest[start..].find("}}")?;
            let name = rest[start + 2..end].trim();
            if !is_name(name) {
                return None;
            }
            if start > 0 {
                parts.push((false, rest[..start].to_owned()));
            }
            parts.push((true, name.to_owned()));
            rest = &rest[end + 2..];
        }
        if rest.contains("}}") {
            return None;
        }
        if !rest.is_empty() {
            parts.push((false, rest.to_owned()));
        }
        Some(Self { parts })
    }

    fn args(&self) -> impl Iterator<Item = &String> {
        self.parts.iter().filter(|(is_arg, _)| *is_arg).map(|(_, name)| name)
    }

    /// The text as the app stores it: an argument is U+0001 and its place in `order`.
    fn packed(&self, order: &[String]) -> String {
        let mut out = String::new();
        for (is_arg, part) in &self.parts {
            match order.iter().position(|name| is_arg & (name == part)) {
                Some(place) => {
                    out.push('\u{1}');
                    out.push(char::from(b'0' + u8::try_from(place).unwrap_or(0)));
                }
                None => out.push_str(part),
            }
        }
        out
    }
}

/// The keys of one file, flat.
type Texts = BTreeMap<String, Template>;

/// One function to write: its name, its arguments, and its text in each language.
struct Entry {
    name: String,
    plural: bool,
    args: Vec<String>,
    english: String,
    /// Per language: (when one, otherwise). The same where the language knows no plural.
    texts: Vec<(String, String)>,
}

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build.rs");
    match generate(Path::new("locales")) {
        Ok(code) => {
            let Some(out) = std::env::var_os("OUT_DIR") else { return ExitCode::FAILURE };
            match fs::write(Path::new(&out).join("tr.rs"), code) {
                Ok(()) => ExitCode::SUCCESS,
                Err(why) => {
                    println!("cargo::error=tr.rs: {why}");
                    ExitCode::FAILURE
                }
            }
        }
        Err(faults) => {
            for fault in faults {
                println!("cargo::error={fault}");
            }
            ExitCode::FAILURE
        }
    }
}

fn generate(root: &Path) -> Result<String, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut namespaces: BTreeSet<String> = BTreeSet::new();
    for lang in LANGS {
        match json_names(&root.join(lang)) {
            Ok(names) => namespaces.extend(names),
            Err(fault) => faults.push(fault),
        }
    }
    let mut modules = Vec::new();
    for namespace in namespaces {
        match read_namespace(root, &namespace) {
            Ok(entries) => modules.push((namespace, entries)),
            Err(mut more) => faults.append(&mut more),
        }
    }
    if faults.is_empty() { Ok(write_code(&modules)) } else { Err(faults) }
}

fn json_names(folder: &Path) -> Result<Vec<String>, Fault> {
    let unreadable =
        |why: std::io::Error| Fault::Unreadable { file: folder.to_owned(), why: why.to_string() };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|ext| ext == "json")
            && let Some(stem) = path.file_stem().and_then(|stem| stem.to_str())
        {
            if !is_name(stem) {
                return Err(Fault::BadKey { key: stem.to_owned(), file: path });
            }
            names.push(stem.to_owned());
        }
    }
    Ok(names)
}

fn read_namespace(root: &Path, namespace: &str) -> Result<Vec<Entry>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut files = Vec::new();
    for lang in LANGS {
        let file = root.join(lang).join(format!("{namespace}.json"));
        match read_texts(&file) {
            Ok(texts) => files.push((file, texts)),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let entries = entries_of(&files, &mut faults);
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

fn read_texts(file: &Path) -> Result<Texts, Fault> {
    if !file.exists() {
        return Err(Fault::MissingFile { file: file.to_owned() });
    }
    let unreadable = |why: String| Fault::Unreadable { file: file.to_owned(), why };
    let bytes = fs::read(file).map_err(|why| unreadable(why.to_string()))?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|why| unreadable(why.to_string()))?;
    let mut texts = Texts::new();
    flatten(file, "", &value, &mut texts)?;
    Ok(texts)
}

fn flatten(file: &Path, key: &str, value: &Value, texts: &mut Texts) -> Result<(), Fault> {
    let (file_of, key_of) = (|| file.to_owned(), || key.to_owned());
    match value {
        Value::Object(group) => {
            for (name, inner) in group {
                let joined = if key.is_empty() { name.clone() } else { format!("{key}_{name}") };
                flatten(file, &joined, inner, texts)?;
            }
            Ok(())
        }
        Value::String(_) if !is_name(key) => Err(Fault::BadKey { file: file_of(), key: key_of() }),
        Value::String(text) if text.trim().is_empty() => Err(Fault::Empty { file: file_of(), key: key_of() }),
        Value::String(text) => {
            let template =
                Template::parse(text).ok_or_else(|| Fault::BadArgument { file: file_of(), key: key_of() })?;
            match texts.insert(key_of(), template) {
                Some(_) => Err(Fault::Twice { file: file_of(), key: key_of() }),
                None => Ok(()),
            }
        }
        _ => Err(Fault::NotText { file: file_of(), key: key_of() }),
    }
}

/// Pairs the languages key by key. English decides what is a plural: both `x_one` and `x_other`.
fn entries_of(files: &[(PathBuf, Texts)], faults: &mut Vec<Fault>) -> Vec<Entry> {
    let Some((_, english)) = files.first() else { return Vec::new() };
    let plurals: BTreeSet<&str> = english
        .keys()
        .filter_map(|key| key.strip_suffix("_one"))
        .filter(|base| english.contains_key(&format!("{base}_other")))
        .collect();
    let mut entries = Vec::new();
    for base in &plurals {
        entries.extend(plural_entry(files, base, faults));
    }
    let is_plural_form = |key: &str| {
        ["_one", "_other"]
            .iter()
            .any(|form| key.strip_suffix(form).is_some_and(|base| plurals.contains(base)))
    };
    for key in english.keys().filter(|key| !is_plural_form(key)) {
        entries.extend(plain_entry(files, key, faults));
    }
    for (file, texts) in &files[1..] {
        for key in texts.keys().filter(|key| !english.contains_key(*key)) {
            faults.push(Fault::ExtraKey { file: file.clone(), key: key.clone() });
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    entries
}

fn plain_entry(files: &[(PathBuf, Texts)], key: &str, faults: &mut Vec<Fault>) -> Option<Entry> {
    let english = files.first()?.1.get(key)?;
    let order = in_order(english.args());
    let mut texts = Vec::new();
    for (file, all) in files {
        let Some(template) = all.get(key) else {
            faults.push(Fault::MissingKey { file: file.clone(), key: key.to_owned() });
            continue;
        };
        check_args(file, key, &order, template.args(), faults);
        let packed = template.packed(&order);
        texts.push((packed.clone(), packed));
    }
    Some(Entry { name: key.to_owned(), plural: false, english: plain(english), args: order, texts })
}

fn plural_entry(files: &[(PathBuf, Texts)], base: &str, faults: &mut Vec<Fault>) -> Option<Entry> {
    let (one_key, other_key) = (format!("{base}_one"), format!("{base}_other"));
    let (_, english) = files.first()?;
    let (english_one, english_other) = (english.get(&one_key)?, english.get(&other_key)?);
    let count = "count".to_owned();
    let order = in_order(std::iter::once(&count).chain(english_other.args()).chain(english_one.args()));
    let mut texts = Vec::new();
    for (index, (file, all)) in files.iter().enumerate() {
        let Some(other) = all.get(&other_key) else {
            faults.push(Fault::MissingKey { file: file.clone(), key: other_key.clone() });
            continue;
        };
        // Only English has a form of its own for one; Chinese files may leave it out.
        let one = if index == 0 { english_one } else { other };
        let used = std::iter::once(&count).chain(other.args()).chain(one.args());
        check_args(file, &other_key, &order, used, faults);
        texts.push((one.packed(&order), other.packed(&order)));
    }
    Some(Entry { name: base.to_owned(), plural: true, english: plain(english_other), args: order, texts })
}

fn check_args<'a>(
    file: &Path,
    key: &str,
    order: &[String],
    used: impl Iterator<Item = &'a String>,
    faults: &mut Vec<Fault>,
) {
    let want: BTreeSet<&String> = order.iter().collect();
    let have: BTreeSet<&String> = used.collect();
    if want != have {
        faults.push(Fault::OtherArguments {
            file: file.to_owned(),
            key: key.to_owned(),
            want: want.into_iter().cloned().collect(),
            have: have.into_iter().cloned().collect(),
        });
    }
}

fn in_order<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for name in names {
        if !order.contains(name) {
            order.push(name.clone());
        }
    }
    order
}

fn plain(template: &Template) -> String {
    template
        .parts
        .iter()
        .map(|(is_arg, part)| if *is_arg { format!("‹{part}›") } else { part.clone() })
        .collect()
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn ident(name: &str) -> String {
    if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else if NEVER_NAMES.contains(&name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

/// One table of texts per language, and functions that only know a place in it. Those without arguments are all of one
/// type, a function pointer: a view builds the code that follows a text once, not once per text.
fn write_code(modules: &[(String, Vec<Entry>)]) -> String {
    let mut tables = vec![String::new(); LANGS.len()];
    let mut functions = String::new();
    let mut place = 0;
    for (namespace, entries) in modules {
        let _ = writeln!(
            functions,
            "#[allow(non_upper_case_globals, reason = \"read like the functions beside them\")]"
        );
        let _ = writeln!(functions, "pub mod {} {{", ident(namespace));
        for entry in entries {
            for (table, (one, other)) in tables.iter_mut().zip(&entry.texts) {
                let _ = writeln!(table, "        {other:?},");
                if entry.plural {
                    let _ = writeln!(table, "        {one:?},");
                }
            }
            write_function(&mut functions, entry, place);
            place += if entry.plural { 2 } else { 1 };
        }
        functions.push_str("}\n\n");
    }
    let mut code = String::from("static TEXTS: [&[&str]; 3] = [\n");
    for table in tables {
        let _ = writeln!(code, "    &[\n{table}    ],");
    }
    code.push_str("];\n\n");
    code.push_str(&functions);
    code
}

/// The helpers are called by their path: an argument may be called `text` too.
fn write_function(code: &mut String, entry: &Entry, place: usize) {
    let name = ident(&entry.name);
    let _ = writeln!(code, "    #[doc = {:?}]", entry.english);
    if entry.args.is_empty() {
        let _ = writeln!(code, "    pub const {name}: super::Plain = || super::text({place});");
        return;
    }
    let mut params = Vec::new();
    let mut values = Vec::new();
    for arg in &entry.args {
        // A bare name could be that of a text in the same module.
        let arg = format!("the_{arg}");
        if entry.plural && arg == "the_count" {
            params.push("the_count: u64".to_owned());
            values.push("&super::count_text(the_count)".to_owned());
        } else {
            params.push(format!("{arg}: impl std::fmt::Display"));
            values.push(format!("&{arg}"));
        }
    }
    let (params, values) = (params.join(", "), values.join(", "));
    let template = if entry.plural {
        format!("super::plural({place}, the_count)")
    } else {
        format!("super::text({place})")
    };
    let _ =
        writeln!(code, "    pub fn {name}({params}) -> String {{ super::fill({template}, &[{values}]) }}");
}
