//! Delimited text: which character separates, whether the first line is a header, and the cells. Never panics, whatever the bytes were.

use super::columns;

/// Rows one file may have.
pub const ROWS_MAX: usize = 50_000;
/// Columns one file may have.
pub const COLUMNS_MAX: usize = 200;
/// Lines that are looked at to find the delimiter.
const SAMPLE_LINES: usize = 20;

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// A tab.
    Tab,
    /// `;`
    Semicolon,
    /// `|`
    Pipe,
}

impl Delimiter {
    /// All of them, the usual one first.
    pub const ALL: [Self; 4] = [Self::Comma, Self::Tab, Self::Semicolon, Self::Pipe];

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Tab => b'\t',
            Self::Semicolon => b';',
            Self::Pipe => b'|',
        }
    }
}

/// Whether the first line names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstLine {
    /// It names them.
    Header,
    /// It is a row like the others.
    Row,
}

/// One row with the line of the file it began on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    /// Counted from 1, as an editor shows it.
    pub line: u32,
    /// The cells, trimmed.
    pub cells: Vec<String>,
}

/// A file as cells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The names of the columns; `1`, `2`, … when the file has none.
    pub header: Vec<String>,
    /// The rows that are not blank.
    pub rows: Vec<Cells>,
}

/// Why a file is no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableFlaw {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Too many rows.
    #[error("more than {rows_max} rows")]
    TooManyRows {
        /// Rows it may have.
        rows_max: usize,
    },
    /// Too many columns.
    #[error("more than {columns_max} columns")]
    TooManyColumns {
        /// Columns it may have.
        columns_max: usize,
    },
    /// Not text at all: a spreadsheet's own format, a picture.
    #[error("this is no text file")]
    NotText,
}

/// The delimiter under which the first lines have the same number of cells, the most of them.
#[must_use]
pub fn guess_delimiter(text: &str) -> Delimiter {
    let score = |delimiter: Delimiter| {
        let widths: Vec<usize> = records(text, delimiter).take(SAMPLE_LINES).map(|r| r.cells.len()).collect();
        let first = widths.first().copied().unwrap_or(0);
        let alike = widths.iter().filter(|w| **w == first).count();
        if first < 2 { (0, 0) } else { (alike * 100 / widths.len().max(1), first) }
    };
    // `max_by_key` keeps the last of equals: the usual one must come last.
    Delimiter::ALL.into_iter().rev().max_by_key(|d| score(*d)).unwrap_or(Delimiter::Comma)
}

/// True for a spreadsheet's own format, a picture, a program: a list has no zero characters, or the odd one by accident.
fn is_binary(text: &str) -> bool {
    let looked_at = text.chars().take(4_096).count();
    let zeros = text.chars().take(4_096).filter(|c| *c == '\0').count();
    text.starts_with("PK\u{3}\u{4}") || zeros > 8 || zeros * 20 > looked_at
}

/// Reads a file's cells.
pub fn read(text: &str, delimiter: Delimiter) -> Result<Table, TableFlaw> {
    if is_binary(text) {
        return Err(TableFlaw::NotText);
    }
    let mut rows: Vec<Cells> = records(text, delimiter)
        .filter(|r| r.cells.iter().any(|c| !c.is_empty()))
        .take(ROWS_MAX + 2)
        .collect();
    let columns = rows.iter().map(|r| r.cells.len()).max().unwrap_or(0);
    if columns > COLUMNS_MAX {
        return Err(TableFlaw::TooManyColumns { columns_max: COLUMNS_MAX });
    }
    let header = match rows.first() {
        None => return Err(TableFlaw::Empty),
        Some(first) if first_line(&first.cells) == FirstLine::Header => rows.remove(0).cells,
        Some(_) => (1..=columns).map(|n| n.to_string()).collect(),
    };
    if rows.len() > ROWS_MAX {
        return Err(TableFlaw::TooManyRows { rows_max: ROWS_MAX });
    }
    Ok(Table { header, rows })
}

/// A header holds names of columns, and no figures.
fn first_line(cells: &[String]) -> FirstLine {
    let known = cells.iter().filter(|c| columns::by_name(c).is_some()).count();
    let figures = cells.iter().filter(|c| c.chars().filter(char::is_ascii_digit).count() > 3).count();
    if known > 0 && known >= figures || figures == 0 && cells.len() > 1 {
        FirstLine::Header
    } else {
        FirstLine::Row
    }
}

fn records(text: &str, delimiter: Delimiter) -> impl Iterator<Item = Cells> + '_ {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    // Excel's own first line says which delimiter follows; it is no row.
    let text =
        text.strip_prefix("sep=").map_or(text, |rest| rest.split_once('\n').map_or("", |(_, rest)| rest));
    let reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.byte())
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    // Reading valid UTF-8 from memory cannot fail; a record that still would is left out.
    reader.into_records().filter_map(Result::ok).map(|record| Cells {
        line: record.position().map_or(0, |p| u32::try_from(p.line()).unwrap_or(u32::MAX)),
        cells: record.iter().map(|cell| cell.trim_matches(is_space).to_owned()).collect(),
    })
}

/// White space of all scripts; Excel also leaves a no-break space behind.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{A0}' | '\u{3000}' | '\u{200B}' | '\u{FEFF}')
}
