//! The text of an .ics file: lines, folding, parameters, escapes, components. What a property means is told elsewhere.

use std::fmt::Write as _;

/// Bytes of a file that is read at most.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The component that is an event.
pub const EVENT: &str = "VEVENT";
/// Octets of a written line, as RFC 5545 wants it.
const LINE_BYTES_MAX: usize = 75;

/// One property: `NAME;PARAM=value:value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// In capitals.
    pub name: String,
    /// Names in capitals, values without their quotes.
    pub params: Vec<(String, String)>,
    /// As it stands there.
    pub value: String,
    /// The line it begins on, from 1.
    pub line: usize,
}

impl Property {
    /// The value of a parameter.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// A component: `BEGIN:VEVENT` to `END:VEVENT`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Component {
    /// In capitals.
    pub name: String,
    /// The line it begins on, from 1.
    pub line: usize,
    /// Its properties, in their order.
    pub properties: Vec<Property>,
    /// What stands inside it.
    pub inside: Vec<Self>,
    /// The file ended, or something else ended, before it did.
    pub cut_off: bool,
}

impl Component {
    /// The first property of a name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// All properties of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> + 'a {
        self.properties.iter().filter(move |property| property.name == name)
    }

    /// The text of the first property of a name, without escapes.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.first(name).map(|property| plain(&property.value))
    }
}

/// Why a text is no calendar at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCalendar {
    /// More than anybody's calendar.
    #[error("the file is larger than {} MiB", FILE_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    /// Nothing that begins a calendar.
    #[error("this is no calendar: there is no BEGIN:VCALENDAR in it")]
    NoBegin,
}

/// The calendars of a file: usually one.
pub fn calendars(file: &[u8]) -> Result<Vec<Component>, NoCalendar> {
    if file.len() > FILE_BYTES_MAX {
        return Err(NoCalendar::TooLarge);
    }
    let mut open: Vec<Component> = Vec::new();
    let mut done = Vec::new();
    for (line, text) in unfolded(file) {
        let Some(property) = property(text.trim_start_matches('\u{feff}'), line) else { continue };
        let word = property.value.trim().to_ascii_uppercase();
        match property.name.as_str() {
            // Outside of a calendar nothing counts.
            "BEGIN" if !open.is_empty() || word == "VCALENDAR" => {
                open.push(Component { name: word, line, ..Component::default() });
            }
            "END" => end(&mut open, &mut done, &word),
            _ => {
                if let Some(inner) = open.last_mut() {
                    inner.properties.push(property);
                }
            }
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut done, Whole::No);
    }
    if done.is_empty() { Err(NoCalendar::NoBegin) } else { Ok(done) }
}

#[derive(Clone, Copy, PartialEq)]
enum Whole {
    Yes,
    No,
}

fn end(open: &mut Vec<Component>, done: &mut Vec<Component>, word: &str) {
    // An END that nothing began says nothing.
    if !open.iter().any(|component| component.name == word) {
        return;
    }
    while let Some(name) = open.last().map(|component| component.name.clone()) {
        let whole = if name == word { Whole::Yes } else { Whole::No };
        close(open, done, whole);
        if whole == Whole::Yes {
            return;
        }
    }
}

fn close(open: &mut Vec<Component>, done: &mut Vec<Component>, whole: Whole) {
    let Some(mut component) = open.pop() else { return };
    component.cut_off = whole == Whole::No;
    match open.last_mut() {
        Some(outer) => outer.inside.push(component),
        None => done.push(component),
    }
}

/// Lines without their folds, each with the number of its first line. Folds are taken out before the bytes become text:
/// a line may be folded inside a character.
fn unfolded(file: &[u8]) -> Vec<(usize, String)> {
    let end = if file.contains(&b'\n') { b'\n' } else { b'\r' };
    let mut lines: Vec<(usize, Vec<u8>)> = Vec::new();
    for (index, line) in file.split(|byte| *byte == end).enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line.split_first(), lines.last_mut()) {
            (Some((b' ' | b'\t', rest)), Some((_, last))) => last.extend_from_slice(rest),
            _ => lines.push((index + 1, line.to_vec())),
        }
    }
    lines.into_iter().map(|(number, line)| (number, String::from_utf8_lossy(&line).into_owned())).collect()
}

/// A line as a property; nothing for what is none.
fn property(line: &str, number: usize) -> Option<Property> {
    let split = line.find([';', ':'])?;
    let name = line[..split].trim().to_ascii_uppercase();
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let mut rest = &line[split..];
    let mut params = Vec::new();
    while let Some(param) = rest.strip_prefix(';') {
        let end = outside_quotes(param)?;
        let (key, value) = param[..end].split_once('=')?;
        params.push((key.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()));
        rest = &param[end..];
    }
    let value = rest.strip_prefix(':')?.to_owned();
    named.then_some(Property { name, params, value, line: number })
}

/// Where a parameter ends.
fn outside_quotes(text: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ';' | ':' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// A text without its escapes.
#[must_use]
pub fn plain(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n' | 'N') => out.push('\n'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

/// A text with the escapes it needs.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes lines, folded at 75 octets and never inside a character.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// One property; the name may carry parameters.
    pub fn line(&mut self, name: &str, value: &str) {
        let mut room = LINE_BYTES_MAX;
        for c in name.chars().chain([':']).chain(value.chars()) {
            if c.len_utf8() > room {
                self.text.push_str("\r\n ");
                room = LINE_BYTES_MAX - 1;
            }
            room -= c.len_utf8();
            self.text.push(c);
        }
        self.text.push_str("\r\n");
    }

    /// One property whose value is text.
    pub fn words(&mut self, name: &str, text: &str) {
        self.line(name, &escaped(text));
    }

    /// One property whose value is shown by a format.
    pub fn shown(&mut self, name: &str, value: impl std::fmt::Display) {
        let mut text = String::new();
        // Writing to a text does not fail; a Display that does has nothing to show.
        let _ = write!(text, "{value}");
        self.line(name, &text);
    }

    /// All of it.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}
