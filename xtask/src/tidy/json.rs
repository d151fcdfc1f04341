//! Reads a locale file: nested objects of strings, flattened with `_`. xtask has no dependencies, and a key written
//! twice, which other readers pass over, is a mistake here.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// Where a file stops making sense.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) line: usize,
    pub(super) what: String,
}

/// Key to sentence.
pub(super) fn sentences(text: &str) -> Result<BTreeMap<String, String>, Broken> {
    let mut reader = Reader { rest: text.chars().peekable(), line: 1, found: BTreeMap::new() };
    reader.object("")?;
    match reader.next_solid() {
        None => Ok(reader.found),
        Some(c) => Err(reader.broken(format!("`{c}` after the end"))),
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
    found: BTreeMap<String, String>,
}

impl Reader<'_> {
    fn object(&mut self, prefix: &str) -> Result<(), Broken> {
        self.want('{')?;
        if self.peek_solid() == Some('}') {
            self.next_solid();
            return Ok(());
        }
        loop {
            let name = self.string()?;
            let key = if prefix.is_empty() { name } else { format!("{prefix}_{name}") };
            self.want(':')?;
            self.value(key)?;
            match self.next_solid() {
                Some(',') => {}
                Some('}') => return Ok(()),
                other => return Err(self.unexpected(other, "`,` or `}`")),
            }
        }
    }

    fn value(&mut self, key: String) -> Result<(), Broken> {
        if self.peek_solid() == Some('{') {
            return self.object(&key);
        }
        let text = self.string()?;
        if self.found.insert(key.clone(), text).is_some() {
            return Err(self.broken(format!("`{key}` is there twice")));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, Broken> {
        self.want('"')?;
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escaped()?),
                Some('\n') | None => return Err(self.broken("a string does not end".into())),
                Some(c) => text.push(c),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Broken> {
        match self.next() {
            Some('n') => Ok('\n'),
            Some('t') => Ok('\t'),
            Some(c @ ('"' | '\\' | '/')) => Ok(c),
            Some('u') => {
                let digits: String = (0..4).filter_map(|_| self.next()).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                code.ok_or_else(|| self.broken(format!("`\\u{digits}` is no character: write it as itself")))
            }
            other => Err(self.unexpected(other, "an escape")),
        }
    }

    fn want(&mut self, wanted: char) -> Result<(), Broken> {
        match self.next_solid() {
            Some(c) if c == wanted => Ok(()),
            other => Err(self.unexpected(other, &format!("`{wanted}`"))),
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn peek_solid(&mut self) -> Option<char> {
        while self.rest.peek().is_some_and(|c| c.is_whitespace()) {
            self.next();
        }
        self.rest.peek().copied()
    }

    fn next_solid(&mut self) -> Option<char> {
        self.peek_solid();
        self.next()
    }

    fn unexpected(&self, found: Option<char>, wanted: &str) -> Broken {
        let found = found.map_or("the end".to_owned(), |c| format!("`{c}`"));
        self.broken(format!("{found} where {wanted} should be"))
    }

    fn broken(&self, what: String) -> Broken {
        Broken { line: self.line, what }
    }
}
