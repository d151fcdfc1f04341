//! No test is skipped, focused, ignored, or waits for time to pass.

use super::Finding;
use super::rust::Source;

pub(super) fn in_script(path: &str, text: &str) -> Vec<Finding> {
    let bad = [".skip(", ".only(", ".fixme(", "waitForTimeout("];
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        if let Some(word) = bad.iter().find(|word| line.contains(**word)) {
            found.push(Finding::new(
                path,
                number + 1,
                format!("`{word}…)`: every test runs, and waits for what it means"),
            ));
        }
    }
    found
}

pub(super) fn in_rust(source: &Source) -> Vec<Finding> {
    let lines = source.code.lines().enumerate().filter(|(_, line)| line.contains("#[ignore"));
    lines.map(|(number, _)| Finding::new(&source.path, number + 1, "an ignored test tests nothing")).collect()
}
