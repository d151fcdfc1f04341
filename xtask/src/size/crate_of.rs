//! Which crate a function's name belongs to: names as rustc mangles them (v0, legacy) or as a linker writes them out.

const UNKNOWN: &str = "(no name)";

pub(super) fn crate_of(name: &str) -> String {
    let found = if let Some(rest) = name.strip_prefix("_R") {
        v0(rest)
    } else if let Some(rest) = name.strip_prefix("_ZN") {
        legacy(rest)
    } else {
        plain(name)
    };
    found.unwrap_or_else(|| if name.is_empty() { UNKNOWN.to_owned() } else { "(runtime)".to_owned() })
}

/// v0 (RFC 2603): the crate is the innermost root of the path. An impl belongs to the crate it is written in, an
/// instance of a generic to the generic's.
fn v0(rest: &str) -> Option<String> {
    let bytes = rest.as_bytes();
    let mut at = 0;
    // A back reference points at an earlier byte, so each step either moves on or goes back once; this bounds both.
    for _ in 0..64 {
        match *bytes.get(at)? {
            b'N' => at += 2,
            b'I' => at += 1,
            b'M' | b'X' => at = past_disambiguator(bytes, at + 1)?,
            b'C' => return identifier(rest, past_disambiguator(bytes, at + 1)?),
            b'B' => at = base62(bytes, at + 1)?.0,
            // A trait's own item on some type: the first crate named in it is the type's, else the trait's.
            b'Y' => at += bytes[at..].iter().position(|byte| *byte == b'C')?,
            _ => return None,
        }
    }
    None
}

fn past_disambiguator(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) == Some(&b's') { base62(bytes, at + 1).map(|(_, next)| next) } else { Some(at) }
}

/// Digits up to `_`; the empty one is 0, all others are one more than they say.
fn base62(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut value: Option<usize> = None;
    loop {
        let digit = match *bytes.get(at)? {
            b'_' => return Some((value.map_or(0, |value| value.saturating_add(1)), at + 1)),
            byte @ b'0'..=b'9' => byte - b'0',
            byte @ b'a'..=b'z' => byte - b'a' + 10,
            byte @ b'A'..=b'Z' => byte - b'A' + 36,
            _ => return None,
        };
        value = Some(value.unwrap_or(0).saturating_mul(62).saturating_add(usize::from(digit)));
        at += 1;
    }
}

fn identifier(text: &str, at: usize) -> Option<String> {
    let rest = text.get(at..)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit())?;
    let length: usize = rest[..digits].parse().ok()?;
    let name = rest[digits..].strip_prefix('_').unwrap_or(&rest[digits..]);
    name.get(..length).map(str::to_owned)
}

/// Legacy: length and text of each part; `<A as B>` stands in the first one with its marks spelled out.
fn legacy(rest: &str) -> Option<String> {
    let first = identifier(rest, 0)?;
    if !first.starts_with("_$LT$") && !first.starts_with("$LT$") {
        return Some(first);
    }
    let marks = [
        ("$LT$", "<"),
        ("$GT$", ">"),
        ("$RF$", "&"),
        ("$BP$", "*"),
        ("$u20$", " "),
        ("$C$", ","),
        ("..", "::"),
    ];
    let spelled = marks.iter().fold(first, |text, (from, to)| text.replace(from, to));
    plain(spelled.trim_start_matches('_'))
}

/// As written out: `core::fmt::write`, `<a::B as c::D>::e`. Of two crates the type's counts, unless the type has none.
fn plain(name: &str) -> Option<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = name;
    while let Some(at) = rest.find("::") {
        let start = rest[..at].rfind(|c: char| !is_part(c)).map_or(0, |before| before + 1);
        let word = &rest[start..at];
        if !word.is_empty() && word != "_" && !word.starts_with(|c: char| c.is_ascii_digit()) {
            return Some(word.to_owned());
        }
        rest = &rest[at + 2..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, want: &str) {
        assert_eq!(crate_of(name), want, "{name}");
    }

    #[test]
    fn v0_names() {
        check("_RNvNtCs1234_7mycrate3foo3bar", "mycrate");
        check("_RNvC6_123foo3bar", "123foo");
        check("_RINvNtC3std3mem8align_ofjE", "std");
        check("_RNvMs_NtCs4fqI2P2rA04_4core3fmtNtB4_9Formatter9write_str", "core");
        check("_RNvXs_C3appNtC4core4Copy1f", "app");
        check("_RNvYNtC4type1TNtC5trait1U1f", "type");
    }

    #[test]
    fn legacy_names() {
        check("_ZN4core3fmt5write17h0123456789abcdefE", "core");
        check(
            "_ZN62_$LT$rollcall..live..Live$u20$as$u20$core..clone..Clone$GT$5clone17h0123456789abcdefE",
            "rollcall",
        );
        check("_ZN45_$LT$$RF$T$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE", "core");
    }

    #[test]
    fn written_out_names() {
        check("core::fmt::write", "core");
        check("<rollcall_domain::kernel::Id as serde::ser::Serialize>::serialize", "rollcall_domain");
        check("<&T as core::fmt::Debug>::fmt", "core");
        check("memcpy", "(runtime)");
        check("", "(no name)");
    }

    #[test]
    fn hostile_names_end() {
        for name in
            ["_RB_", "_RBB_", "_RN", "_R", "_ZN", "_ZN99999999999999999999a", "_RIIIII", "::::", "_RY"]
        {
            let _ = crate_of(name);
        }
    }
}
