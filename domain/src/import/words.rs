//! Words that lists use for the same thing, in three languages: sex, sections, numbers of visits.

use crate::kernel::text::tidy_line;
use crate::members::Sex;
use crate::studio::Section;

/// The sex a cell names.
#[must_use]
pub fn sex(cell: &str) -> Option<Sex> {
    match cell.trim().to_lowercase().as_str() {
        "f" | "female" | "woman" | "girl" | "w" | "女" | "女性" | "女士" | "小姐" | "ms" | "mrs" => {
            Some(Sex::Female)
        }
        "m" | "male" | "man" | "boy" | "男" | "男性" | "先生" | "mr" => Some(Sex::Male),
        "other" | "x" | "diverse" | "其他" | "其它" | "不便透露" => Some(Sex::Other),
        _ => None,
    }
}

/// The sections a cell names; nothing when a word is not one.
#[must_use]
pub fn sections(cell: &str) -> Option<Vec<Section>> {
    let mut sections = Vec::new();
    for word in
        cell.to_lowercase().split(['/', ',', ';', '+', '、', '，', '；', '／', ' ']).filter(|w| !w.is_empty())
    {
        match word {
            "indoor" | "inside" | "室内" | "室內" => sections.push(Section::Indoor),
            "outdoor" | "outside" | "室外" | "户外" | "戶外" => sections.push(Section::Outdoor),
            "both" | "all" | "全部" | "both sections" => {
                sections.extend([Section::Indoor, Section::Outdoor]);
            }
            _ => return None,
        }
    }
    sections.sort();
    sections.dedup();
    Some(sections)
}

/// Visits in a cell: `8`, `8次`, `8 visits`, `8.0` as spreadsheets write it.
#[must_use]
pub fn visits(cell: &str) -> Option<u32> {
    let text = tidy_line(cell).to_lowercase();
    let text = ["次", "节", "節", "堂", "visits", "visit", "classes", "credits"]
        .iter()
        .find_map(|unit| text.strip_suffix(unit))
        .unwrap_or(&text);
    let text = text.trim();
    let whole = text
        .split_once('.')
        .filter(|(_, rest)| rest.bytes().all(|b| b == b'0'))
        .map_or(text, |(whole, _)| whole);
    whole.parse().ok().filter(|n| *n <= 100_000)
}

/// The tags in a cell.
#[must_use]
pub fn tags(cell: &str) -> Vec<String> {
    cell.split([',', ';', '、', '，', '；', '|']).map(tidy_line).filter(|t| !t.is_empty()).collect()
}
