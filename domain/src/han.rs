//! Folding of names and queries: width, case, accents, script and pinyin become one plain text on both sides.
//!
//! The table comes in by reference (`data/han.bin`); this module loads nothing and knows nothing of members.
//! Folding without a table is right too, it only finds less: a saved name says itself what it can be found by.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::decompose_canonical;

/// Bytes that the keys of one name may have.
pub const NAME_KEYS_BYTES_MAX: usize = 600;
/// Spellings kept of one name; the surname's readings come first.
const SPELLINGS_MAX: usize = 8;
/// Characters of a name that are spelt out; the rest still counts for the folded text.
const SPELT_CHARS_MAX: usize = 24;
const NONE: u8 = 255;

/// Readings and script pairs of Han characters, over the bytes of `han.bin`.
#[derive(Debug, Clone, Default)]
pub struct Han {
    initials: Vec<String>,
    finals: Vec<String>,
    first: u32,
    bytes: Cow<'static, [u8]>,
    count: usize,
    initials_at: usize,
    finals_at: usize,
    further: Vec<(char, u8, u8)>,
    pairs: Vec<(char, char)>,
}

/// Bytes that are not a table of this format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no table of Han characters")]
pub struct BadTable;

impl Han {
    /// Reads the table of `data/han.bin`; its format stands in `data/README.md`.
    pub fn read(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Self, BadTable> {
        let bytes = bytes.into();
        let mut reader = Reader { bytes: &bytes, at: 0 };
        if reader.take(4)? != b"HAN1" {
            return Err(BadTable);
        }
        let initials = reader.list()?;
        let finals = reader.list()?;
        let first = u32::from(reader.short()?);
        let count = usize::from(reader.short()?);
        let initials_at = reader.skip(count)?;
        let finals_at = reader.skip(count)?;
        let mut further = Vec::new();
        for _ in 0..reader.short()? {
            let c = reader.character()?;
            let halves = reader.take(2)?;
            further.push((c, halves[0], halves[1]));
        }
        let pairs = reader.pairs()?;
        Ok(Self { initials, finals, first, count, initials_at, finals_at, further, pairs, bytes })
    }

    /// True for the table before it was loaded.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The simplified form of a character, itself when it has none.
    #[must_use]
    pub fn simplified(&self, c: char) -> char {
        self.pairs.binary_search_by_key(&c, |p| p.0).ok().and_then(|at| self.pairs.get(at)).map_or(c, |p| p.1)
    }

    /// Every reading of a character, as it is typed (`lv` for 吕), the most common one first.
    fn readings(&self, c: char) -> Vec<String> {
        let mut readings = Vec::new();
        let offset = u32::from(c)
            .checked_sub(self.first)
            .and_then(|o| usize::try_from(o).ok())
            .filter(|o| *o < self.count);
        if let Some(offset) = offset {
            let half = |at: usize| self.bytes.get(at + offset).copied().unwrap_or(NONE);
            readings.extend(self.syllable(half(self.initials_at), half(self.finals_at)));
        }
        let from = self.further.partition_point(|f| f.0 < c);
        let further = self.further.iter().skip(from).take_while(|f| f.0 == c);
        readings.extend(further.filter_map(|f| self.syllable(f.1, f.2)));
        let also: Vec<String> = readings
            .iter()
            .filter(|r| r.starts_with("lv") || r.starts_with("nv"))
            .flat_map(|r| umlauts(r))
            .collect();
        readings.extend(also);
        readings
    }

    fn syllable(&self, initial: u8, last: u8) -> Option<String> {
        let initial = self.initials.get(usize::from(initial))?;
        let last = self.finals.get(usize::from(last))?;
        Some(format!("{initial}{last}"))
    }
}

/// How people without a `v` key write ü: 吕 is `lu` and, in a passport, `lyu`.
fn umlauts(reading: &str) -> [String; 2] {
    [reading.replacen('v', "u", 1), reading.replacen('v', "yu", 1)]
}

/// The one text under which two ways of writing the same name meet. Spaces, dots and dashes go; queries are folded the same way.
#[must_use]
pub fn fold(text: &str, han: &Han) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in words(text) {
        folded.extend(word.chars().map(|c| han.simplified(c)));
    }
    folded.nfc().collect()
}

/// What somebody typed into a search box, word by word: each must be found.
#[must_use]
pub fn fold_query(text: &str, han: &Han) -> String {
    let folded: Vec<String> = words(text).iter().map(|w| fold(w, han)).collect();
    folded.join(" ")
}

/// What a name can be found by: the folded text, then its spellings, the initials, and its words the other way round.
#[must_use]
pub fn name_keys(name: &str, han: &Han) -> String {
    let words = words(name);
    let mut keys = vec![fold(name, han)];
    let (spellings, initials) = spell(&words, han);
    keys.extend(spellings);
    keys.extend(initials);
    if words.len() > 1 {
        keys.push(words.iter().rev().flat_map(|w| w.chars()).map(|c| han.simplified(c)).collect());
    }
    let mut kept: Vec<String> = Vec::new();
    let mut bytes = 0;
    for key in keys.into_iter().filter(|k| !k.is_empty()) {
        if bytes + key.len() < NAME_KEYS_BYTES_MAX && !kept.contains(&key) {
            bytes += key.len() + 1;
            kept.push(key);
        }
    }
    kept.join(" ")
}

/// The folded name in what [`name_keys`] made: two people with the same one may be the same person.
#[must_use]
pub fn folded_of(name_keys: &str) -> &str {
    name_keys.split(' ').next().unwrap_or_default()
}

/// What orders names in a list: the first spelling, so that 张 stands between Young and Zoe; the folded name where there is none.
#[must_use]
pub fn sort_of(name_keys: &str) -> String {
    let mut keys = name_keys.split(' ');
    let folded = keys.next().unwrap_or_default();
    let spelling = if folded.is_ascii() { None } else { keys.next() };
    format!("{} {folded}", spelling.unwrap_or(folded))
}

/// The words of a text in lower case without accents; what is neither letter nor digit separates them.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.nfkc().flat_map(char::to_lowercase).flat_map(bare) {
        match words.last_mut() {
            Some(word) if c.is_alphanumeric() => word.push(c),
            Some(word) if is_accent(c) || word.is_empty() => {}
            _ => words.push(String::new()),
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

/// A Latin letter without its accent; every other character as it is.
fn bare(c: char) -> impl Iterator<Item = char> {
    let mut base = None;
    decompose_canonical(c, |part| {
        base.get_or_insert(part);
    });
    let (one, two) = match c {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' | 'ð' => ('d', None),
        'ı' => ('i', None),
        _ => (base.filter(char::is_ascii_alphabetic).unwrap_or(c), None),
    };
    std::iter::once(one).chain(two)
}

/// Marks that a keyboard may send on their own, and the middle dots inside a name.
const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\'' | '’' | 'ʻ' | 'ʼ')
}

/// All spellings and all initials of a name, bounded.
fn spell(words: &[String], han: &Han) -> (Vec<String>, Vec<String>) {
    let mut spellings = vec![String::new()];
    let mut initials = vec![String::new()];
    for word in words {
        let mut letter_starts_word = true;
        for c in word.chars().take(SPELT_CHARS_MAX) {
            let readings = han.readings(c);
            if readings.is_empty() {
                let c = han.simplified(c);
                spellings.iter_mut().for_each(|s| s.push(c));
                if letter_starts_word {
                    initials.iter_mut().for_each(|s| s.push(c));
                }
                letter_starts_word = false;
            } else {
                let mut heads: Vec<String> =
                    readings.iter().filter_map(|r| r.get(..1)).map(str::to_owned).collect();
                heads.dedup();
                spellings = branch(&spellings, &readings);
                initials = branch(&initials, &heads);
                letter_starts_word = true;
            }
        }
    }
    initials.retain(|i| i.chars().count() > 1);
    (spellings, initials)
}

/// Every beginning with every continuation; past the bound only the most common continuation.
fn branch(beginnings: &[String], options: &[String]) -> Vec<String> {
    let fits = beginnings.len() * options.len() <= SPELLINGS_MAX;
    let options = if fits { options } else { options.get(..1).unwrap_or(options) };
    let mut all = Vec::with_capacity(beginnings.len() * options.len());
    // The common reading of every beginning first: the first spelling also orders the list.
    for option in options {
        all.extend(beginnings.iter().map(|b| format!("{b}{option}")));
    }
    all
}

/// Reads little-endian fields, refusing to run past the end.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], BadTable> {
        let end = self.at.checked_add(count).ok_or(BadTable)?;
        let taken = self.bytes.get(self.at..end).ok_or(BadTable)?;
        self.at = end;
        Ok(taken)
    }
    fn skip(&mut self, count: usize) -> Result<usize, BadTable> {
        let at = self.at;
        self.take(count)?;
        Ok(at)
    }
    fn short(&mut self) -> Result<u16, BadTable> {
        self.take(2).map(|b| u16::from_le_bytes([b[0], b[1]]))
    }
    fn character(&mut self) -> Result<char, BadTable> {
        char::from_u32(u32::from(self.short()?)).ok_or(BadTable)
    }
    fn list(&mut self) -> Result<Vec<String>, BadTable> {
        let length = usize::from(self.short()?);
        let text = std::str::from_utf8(self.take(length)?).map_err(|_| BadTable)?;
        Ok(text.split(',').map(str::to_owned).collect())
    }
    fn pairs(&mut self) -> Result<Vec<(char, char)>, BadTable> {
        let count = usize::from(self.short()?);
        let mut codes = || -> Result<Vec<char>, BadTable> {
            let (high, low) = (self.take(count)?, self.take(count)?);
            high.iter()
                .zip(low)
                .map(|(h, l)| char::from_u32(u32::from(u16::from_be_bytes([*h, *l]))).ok_or(BadTable))
                .collect()
        };
        let (old, new) = (codes()?, codes()?);
        Ok(old.into_iter().zip(new).collect())
    }
}

#[cfg(test)]
pub(crate) mod tests;
