//! Style lives in `style/`, text in `locales/`: no inline style, no raw HTML, no `!important`. The page starts under a
//! policy that forbids the first two, so they would fail in the browser only.

use super::Finding;
use super::rust::Source;

const NO_STYLE: &str = "inline style: give it a class, or set a property with style:--name";
const NO_HTML: &str = "raw HTML: build it from elements";

pub(super) fn in_rust(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with("src/") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in source.code.lines().enumerate() {
        if has_style_attribute(line) {
            found.push(Finding::new(&source.path, number + 1, NO_STYLE));
        }
        if line.contains("inner_html") || line.contains("insert_adjacent_html") {
            found.push(Finding::new(&source.path, number + 1, NO_HTML));
        }
    }
    found
}

/// `style=` as an attribute: a whole word with the sign right behind it, which `let style = …` and `==` are not.
fn has_style_attribute(line: &str) -> bool {
    let mut rest = line;
    let mut before = ' ';
    while let Some(at) = rest.find("style=") {
        before = rest[..at].chars().next_back().unwrap_or(before);
        let after = &rest[at + "style=".len()..];
        let whole = !before.is_alphanumeric() && !matches!(before, '_' | '-' | '.');
        if whole && !after.starts_with(['=', '>']) {
            return true;
        }
        before = '=';
        rest = after;
    }
    false
}

pub(super) fn in_html(path: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if has_style_attribute(line) || line.contains("<style") {
            found.push(Finding::new(path, number + 1, NO_STYLE));
        }
        if line.contains("<script>") {
            found.push(Finding::new(path, number + 1, "inline script: the page's policy forbids it"));
        }
    }
    found
}

pub(super) fn in_script(path: &str, text: &str) -> Vec<Finding> {
    let bad = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"];
    let lines = text.lines().enumerate().filter(|(_, line)| bad.iter().any(|word| line.contains(word)));
    lines.map(|(number, _)| Finding::new(path, number + 1, NO_HTML)).collect()
}

pub(super) fn in_css(path: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in without_comments(text).lines().enumerate() {
        if line.contains("!important") {
            found.push(Finding::new(path, number + 1, "!important: the layers decide who wins"));
        }
    }
    found
}

fn without_comments(css: &str) -> String {
    let mut out = String::new();
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        let end = rest[start..].find("*/").map_or(rest.len(), |end| start + end + 2);
        out.extend(rest[start..end].chars().filter(|c| *c == '\n'));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}
