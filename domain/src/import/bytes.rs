//! Which encoding a file is in, guessed from its bytes. The decoding itself is the shell's: browsers bring the tables.

use serde::{Deserialize, Serialize};

/// Bytes of a file that are looked at.
const SAMPLE_BYTES_MAX: usize = 256 * 1024;
/// Pairs below which a guess between the two Chinese encodings is only a guess.
const PAIRS_SURE: usize = 12;

/// The encodings that lists of members come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// With or without a byte order mark.
    Utf8,
    /// Excel's "Unicode text".
    Utf16Le,
    /// The same, the other way round.
    Utf16Be,
    /// Mainland China.
    Gb18030,
    /// Taiwan and Hong Kong.
    Big5,
}

impl Encoding {
    /// All of them, in the order a list shows them.
    pub const ALL: [Self; 5] = [Self::Utf8, Self::Gb18030, Self::Big5, Self::Utf16Le, Self::Utf16Be];

    /// The label under which every browser knows it (WHATWG Encoding).
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Gb18030 => "gb18030",
            Self::Big5 => "big5",
        }
    }
}

/// A guess, and whether a person should be asked to look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// The likeliest.
    pub encoding: Encoding,
    /// True when nothing else fits.
    pub is_sure: bool,
}

/// Guesses the encoding of a file.
#[must_use]
pub fn guess_encoding(bytes: &[u8]) -> Guess {
    let sure = |encoding| Guess { encoding, is_sure: true };
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => return sure(Encoding::Utf8),
        [0xFF, 0xFE, ..] => return sure(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => return sure(Encoding::Utf16Be),
        _ => {}
    }
    let sample = bytes.get(..SAMPLE_BYTES_MAX).unwrap_or(bytes);
    match std::str::from_utf8(sample) {
        Ok(_) => return sure(Encoding::Utf8),
        // The sample may have been cut inside a character.
        Err(error) if error.error_len().is_none() && sample.len() < bytes.len() => {
            return sure(Encoding::Utf8);
        }
        Err(_) => {}
    }
    chinese(&Pairs::count(sample))
}

/// How the double bytes of a text are spread.
#[derive(Debug, Default)]
struct Pairs {
    /// All of them.
    all: usize,
    /// Those that look like the common characters of GB 2312.
    common_gb: usize,
    /// Those that look like the common characters of Big5.
    common_big5: usize,
    /// Those whose second byte GB 2312 never uses: two fifths of a Big5 text.
    low_second: usize,
    /// Four-byte forms, which only GB 18030 has.
    four: usize,
}

impl Pairs {
    fn count(bytes: &[u8]) -> Self {
        let mut pairs = Self::default();
        let mut at = 0;
        while let Some(first) = bytes.get(at).copied() {
            let second = bytes.get(at + 1).copied().unwrap_or(0);
            at += if first < 0x80 {
                1
            } else if second.is_ascii_digit()
                && bytes.get(at + 2).is_some_and(|b| *b >= 0x81)
                && bytes.get(at + 3).is_some_and(u8::is_ascii_digit)
            {
                pairs.four += 1;
                4
            } else {
                pairs.add(first, second);
                2
            };
        }
        pairs
    }

    fn add(&mut self, first: u8, second: u8) {
        self.all += 1;
        let high = second >= 0xA1;
        let low = (0x40..=0x7E).contains(&second);
        self.common_gb += usize::from((0xB0..=0xD7).contains(&first) && high);
        self.common_big5 += usize::from((0xA4..=0xC6).contains(&first) && (high || low));
        self.low_second += usize::from(low);
    }
}

fn chinese(pairs: &Pairs) -> Guess {
    if pairs.four > 0 {
        return Guess { encoding: Encoding::Gb18030, is_sure: true };
    }
    let big5_by_second = pairs.low_second * 10 >= pairs.all.max(1);
    let big5_by_first = pairs.common_big5 > pairs.common_gb;
    let encoding = if big5_by_second && big5_by_first { Encoding::Big5 } else { Encoding::Gb18030 };
    Guess { encoding, is_sure: pairs.all >= PAIRS_SURE && big5_by_second == big5_by_first }
}
