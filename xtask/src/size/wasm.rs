//! Reads of a wasm module what its size is made of: function bodies, their names, data. Everything else is passed over.

use std::collections::BTreeMap;
use std::fmt;

pub(super) struct Module {
    pub(super) functions: Vec<Function>,
    pub(super) data_bytes: u64,
}

pub(super) struct Function {
    pub(super) name: String,
    pub(super) bytes: u64,
}

/// The module ends early or is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    at: usize,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is no whole wasm module (at byte {})", self.at)
    }
}

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
const DATA: u8 = 11;

pub(super) fn read(bytes: &[u8]) -> Result<Module, Broken> {
    let mut reader = Reader { bytes, at: 0, end: bytes.len() };
    if reader.take(8)? != b"\0asm\x01\0\0\0" {
        return Err(Broken { at: 0 });
    }
    let (mut imported, mut bodies, mut names, mut data_bytes) = (0, Vec::new(), BTreeMap::new(), 0);
    while !reader.is_done() {
        let id = reader.byte()?;
        let size = reader.number()?;
        let mut section = reader.part(size)?;
        match id {
            CUSTOM if section.text()? == "name" => names = read_names(&mut section)?,
            IMPORT => imported = imported_functions(&mut section)?,
            CODE => bodies = body_sizes(&mut section)?,
            DATA => data_bytes = size as u64,
            _ => {}
        }
    }
    let named = bodies
        .into_iter()
        .enumerate()
        .map(|(at, bytes)| Function { name: names.remove(&(imported + at)).unwrap_or_default(), bytes });
    Ok(Module { functions: named.collect(), data_bytes })
}

fn body_sizes(section: &mut Reader<'_>) -> Result<Vec<u64>, Broken> {
    let count = section.number()?;
    let mut sizes = Vec::new();
    for _ in 0..count {
        let size = section.number()?;
        section.take(size)?;
        sizes.push(size as u64);
    }
    Ok(sizes)
}

/// Imported functions take the first indices.
fn imported_functions(section: &mut Reader<'_>) -> Result<usize, Broken> {
    let count = section.number()?;
    let mut functions = 0;
    for _ in 0..count {
        section.text()?;
        section.text()?;
        match section.byte()? {
            0 => {
                functions += 1;
                section.number()?;
            }
            1 => {
                section.byte()?;
                section.limits()?;
            }
            2 => section.limits()?,
            3 => {
                section.take(2)?;
            }
            4 => {
                section.byte()?;
                section.number()?;
            }
            _ => return Err(Broken { at: section.at }),
        }
    }
    Ok(functions)
}

fn read_names(section: &mut Reader<'_>) -> Result<BTreeMap<usize, String>, Broken> {
    const FUNCTIONS: u8 = 1;
    let mut names = BTreeMap::new();
    while !section.is_done() {
        let id = section.byte()?;
        let size = section.number()?;
        let mut part = section.part(size)?;
        if id == FUNCTIONS {
            for _ in 0..part.number()? {
                let index = part.number()?;
                names.insert(index, part.text()?.to_owned());
            }
        }
    }
    Ok(names)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    fn is_done(&self) -> bool {
        self.at >= self.end
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Broken> {
        let until = self.at.checked_add(count).filter(|until| *until <= self.end);
        let Some(until) = until else {
            return Err(Broken { at: self.at });
        };
        let taken = &self.bytes[self.at..until];
        self.at = until;
        Ok(taken)
    }

    fn part(&mut self, count: usize) -> Result<Self, Broken> {
        let start = self.at;
        self.take(count)?;
        Ok(Self { bytes: self.bytes, at: start, end: self.at })
    }

    fn byte(&mut self) -> Result<u8, Broken> {
        Ok(self.take(1)?[0])
    }

    /// LEB128, at most five bytes for what stands here.
    fn number(&mut self) -> Result<usize, Broken> {
        let mut value = 0usize;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Broken { at: self.at })
    }

    fn text(&mut self) -> Result<&'a str, Broken> {
        let size = self.number()?;
        let at = self.at;
        std::str::from_utf8(self.take(size)?).map_err(|_| Broken { at })
    }

    fn limits(&mut self) -> Result<(), Broken> {
        let has_max = self.byte()? & 1 == 1;
        self.number()?;
        if has_max {
            self.number()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One imported function, one of three bytes named `a::b`, and two bytes of data.
    const SMALL: &[u8] = b"\0asm\x01\0\0\0\
        \x02\x07\x01\x01e\x01f\x00\x00\
        \x0a\x05\x01\x03\x00\x01\x0b\
        \x0b\x02\xaa\xbb\
        \x00\x10\x04name\x01\x09\x01\x01\x06a::b.1";

    #[test]
    fn bodies_get_their_names_past_the_imports() {
        let bytes = SMALL.to_vec();
        let module = read(&bytes).unwrap();
        assert_eq!(module.functions.len(), 1);
        assert_eq!((module.functions[0].name.as_str(), module.functions[0].bytes), ("a::b.1", 3));
        assert_eq!(module.data_bytes, 2);
    }

    #[test]
    fn a_module_cut_short_is_refused_and_never_panics() {
        for end in 0..SMALL.len() {
            let _ = read(&SMALL[..end]);
        }
        assert!(read(&SMALL[..SMALL.len() - 1]).is_err());
        assert!(read(b"not wasm at all").is_err());
    }
}
