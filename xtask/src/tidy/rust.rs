//! Rust source as rules need it: the text, the same text without comments and strings, and the paths it names. Not a
//! parser: it knows just enough not to be fooled by a comment.

/// A file and what was learned from it once.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text with comments, strings and characters blanked; lines stay where they are.
    pub(crate) code: String,
}

impl Source {
    pub(crate) fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let code = blank(&text);
        Self { path: path.into(), text, code }
    }

    /// Test code may do what the product may not: `tests.rs`, anything below a `tests` folder.
    pub(crate) fn is_test(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.any(|part| part == "tests" || part == "tests.rs")
    }

    pub(crate) fn paths(&self) -> Vec<Named> {
        let tokens = tokens(&self.code);
        named(&tokens)
    }
}

/// A path such as `crate::kernel::ids::Id`; each leaf of a `use` tree is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) line: usize,
    pub(crate) parts: Vec<String>,
}

/// Replaces what is not code by spaces.
pub(crate) fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = skip_end(&chars, at);
        if end > at {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment, string or character that begins at `at` ends; `at` itself if none does.
fn skip_end(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    match rest {
        ['/', '/', ..] => at + rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => comment_end(chars, at),
        ['"', ..] => string_end(chars, at + 1),
        ['\'', '\\', ..] => char_end(chars, at + 3),
        ['\'', _, '\'', ..] => at + 3,
        ['r', ..] if !in_word(chars, at) => raw_end(chars, at + 1).unwrap_or(at),
        ['b' | 'c', 'r', ..] if !in_word(chars, at) => raw_end(chars, at + 2).unwrap_or(at),
        _ => at,
    }
}

fn in_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn comment_end(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0usize);
    while at < chars.len() {
        match &chars[at..] {
            ['/', '*', ..] => (at, depth) = (at + 2, depth + 1),
            ['*', '/', ..] => {
                (at, depth) = (at + 2, depth - 1);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// The end of `'\n'`, `'\''` or `'\u{1F600}'`; `at` is past the escaped character.
fn char_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '\'' && chars[at] != '\n' {
        at += 1;
    }
    (at + 1).min(chars.len())
}

/// The end of a raw string whose `#` or quote is at `at`.
fn raw_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
    let start = at + hashes;
    if chars.get(start) != Some(&'"') {
        return None;
    }
    let closes = |end: &usize| {
        chars[*end] == '"'
            && chars.len() > end + hashes
            && chars[end + 1..=end + hashes].iter().all(|c| *c == '#')
    };
    Some((start + 1..chars.len()).find(closes).map_or(chars.len(), |end| end + 1 + hashes))
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Word(String),
    /// `::`
    Join,
    Mark(char),
}

/// Words and marks of blanked code, with their lines.
pub(crate) fn tokens(code: &str) -> Vec<(usize, Token)> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (token, length) = if word > 0 {
                (Some(Token::Word(rest[..word].to_owned())), word)
            } else if rest.starts_with("::") {
                (Some(Token::Join), 2)
            } else if first.is_whitespace() {
                (None, first.len_utf8())
            } else {
                (Some(Token::Mark(first)), first.len_utf8())
            };
            found.extend(token.map(|token| (number + 1, token)));
            rest = &rest[length..];
        }
    }
    found
}

/// Every path of two parts or more, and `use x as y` as the path `x, as`.
fn named(tokens: &[(usize, Token)]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_word = matches!(tokens[at].1, Token::Word(_));
        let joined = matches!(tokens.get(at + 1), Some((_, Token::Join)));
        if is_word && joined {
            at = tree(tokens, at, &[], &mut found);
        } else if let [(line, Token::Word(word)), (_, Token::Word(next)), ..] = &tokens[at..]
            && next == "as"
            && at > 0
            && matches!(&tokens[at - 1].1, Token::Word(before) if before == "use")
        {
            found.push(Named { line: *line, parts: vec![word.clone(), next.clone()] });
            at += 2;
        } else {
            at += 1;
        }
    }
    found
}

/// Reads one path with its `{…}` and returns where it ends. It always moves on.
fn tree(tokens: &[(usize, Token)], start: usize, prefix: &[String], found: &mut Vec<Named>) -> usize {
    let mut parts = prefix.to_vec();
    let (mut at, line) = (start, tokens[start].0);
    while let Some((_, token)) = tokens.get(at) {
        match token {
            Token::Word(word) => parts.push(word.clone()),
            Token::Mark('*') => {
                parts.push("*".to_owned());
                at += 1;
                break;
            }
            Token::Mark('{') => return group(tokens, at + 1, &parts, found),
            _ => break,
        }
        at += 1;
        if !matches!(tokens.get(at), Some((_, Token::Join))) {
            break;
        }
        at += 1;
    }
    if parts.len() > 1 {
        found.push(Named { line, parts });
    }
    at.max(start + 1)
}

fn group(tokens: &[(usize, Token)], start: usize, prefix: &[String], found: &mut Vec<Named>) -> usize {
    let mut at = start;
    while let Some((_, token)) = tokens.get(at) {
        match token {
            Token::Mark('}') => return at + 1,
            Token::Mark(',') => at += 1,
            // `as` and the new name: the old one was read already.
            Token::Word(word) if word == "as" => at += 2,
            _ => at = tree(tokens, at, prefix, found),
        }
    }
    at
}
