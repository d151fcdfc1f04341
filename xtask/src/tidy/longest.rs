//! The longest files, functions and components, printed for a look. Numbers guide; they never fail a build.

use super::rust::{Source, Token, tokens};

const SHOWN: usize = 10;

struct Function {
    place: String,
    lines: usize,
    component: bool,
}

/// Three short tables.
pub(super) fn report(sources: &[Source]) -> String {
    let files = sources.iter().map(|source| (source.text.lines().count(), source.path.clone())).collect();
    let functions: Vec<Function> = sources.iter().flat_map(functions).collect();
    let rows = |component: bool| {
        let chosen = functions.iter().filter(|function| function.component == component);
        chosen.map(|function| (function.lines, function.place.clone())).collect()
    };
    [table("files", files), table("functions", rows(false)), table("components", rows(true))].concat()
}

fn table(title: &str, mut rows: Vec<(usize, String)>) -> String {
    rows.sort_by(|a, b| b.cmp(a));
    let mut text = format!("longest {title} (lines)\n");
    for (lines, place) in rows.into_iter().take(SHOWN) {
        text.push_str(&format!("  {lines:>5}  {place}\n"));
    }
    text
}

/// Every function with a body, and how many lines it takes.
fn functions(source: &Source) -> Vec<Function> {
    let tokens = tokens(&source.code);
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let [(line, Token::Word(word)), (_, Token::Word(name)), ..] = &tokens[at..] else {
            continue;
        };
        if word != "fn" {
            continue;
        }
        let Some(end) = body_end(&tokens[at..]) else {
            continue;
        };
        found.push(Function {
            place: format!("{}:{line} {name}", source.path),
            lines: end + 1 - line,
            component: is_component(&tokens[..at]),
        });
    }
    found
}

/// The line of a body's last brace; none for a declaration without a body.
fn body_end(tokens: &[(usize, Token)]) -> Option<usize> {
    let (mut round, mut curly) = (0i32, 0i32);
    for (line, token) in tokens {
        match token {
            Token::Mark('(' | '[') => round += 1,
            Token::Mark(')' | ']') => round -= 1,
            Token::Mark(';') if round == 0 && curly == 0 => return None,
            Token::Mark('{') => curly += 1,
            Token::Mark('}') => {
                curly -= 1;
                if curly == 0 {
                    return Some(*line);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether `#[component]` stands before a function, with nothing but `pub` and other attributes between.
fn is_component(before: &[(usize, Token)]) -> bool {
    let mut rest = before;
    while let Some((_, token)) = rest.last() {
        match token {
            Token::Mark(';' | '}' | '{') => return false,
            Token::Word(word) if word == "component" => return true,
            _ => rest = &rest[..rest.len() - 1],
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_measured_and_components_told_apart() {
        let text = "#[component]\npub fn View() -> impl IntoView {\n  view! { <p>{x}</p> }\n}\nfn a([x; 2]: T) {}\ntrait T { fn b(); }\n";
        let found = functions(&Source::new("src/a.rs", text));
        let short: Vec<_> = found.iter().map(|one| (one.place.as_str(), one.lines, one.component)).collect();
        assert_eq!(short, [("src/a.rs:2 View", 3, true), ("src/a.rs:5 a", 1, false)]);
    }
}
