//! Every module says in its first line what it is, so that a reader knows whether to go on.

use super::Finding;
use super::rust::Source;

pub(super) fn findings(source: &Source) -> Vec<Finding> {
    if source.is_test() || says_what_it_is(&source.text) {
        return Vec::new();
    }
    vec![Finding::new(
        &source.path,
        1,
        "begins without `//!` and a sentence: what it is, what it must never know",
    )]
}

/// The first paragraph of `//!` lines is a sentence.
fn says_what_it_is(text: &str) -> bool {
    let lines = text.lines().skip_while(|line| line.trim().is_empty());
    let paragraph: Vec<&str> = lines
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let words: usize = paragraph.iter().map(|line| line.split_whitespace().count()).sum();
    let ends = paragraph.last().is_some_and(|line| line.ends_with(['.', '?', '!', ':', ')']));
    words >= 3 && ends
}
