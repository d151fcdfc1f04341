//! The import's sentences, by exhaustive match.

use rollcall_domain::import::{Column, Delimiter, Encoding, RowFlaw, RowProblem, TableFlaw};
use rollcall_domain::members::Flaw;
use rollcall_domain::members::Sex;
use rollcall_domain::members::identity::NumberFlaw;

use super::files::FILE_MB_MAX;
use super::state::FileFlaw;
use crate::fmt;
use crate::tr::import as t;
use crate::tr::members;

/// What an encoding is called.
pub fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => t::encodings_utf8(),
        Encoding::Gb18030 => t::encodings_gb18030(),
        Encoding::Big5 => t::encodings_big5(),
        Encoding::Utf16Le => t::encodings_utf16_le(),
        Encoding::Utf16Be => t::encodings_utf16_be(),
    }
}

/// What a delimiter is called.
pub fn delimiter(delimiter: Delimiter) -> &'static str {
    match delimiter {
        Delimiter::Comma => t::delimiters_comma(),
        Delimiter::Tab => t::delimiters_tab(),
        Delimiter::Semicolon => t::delimiters_semicolon(),
        Delimiter::Pipe => t::delimiters_pipe(),
    }
}

/// What a column means.
pub fn column(column: Column) -> &'static str {
    match column {
        Column::Name => t::column_name(),
        Column::FamilyName => t::column_family_name(),
        Column::GivenName => t::column_given_name(),
        Column::Sex => t::column_sex(),
        Column::BirthOn => t::column_birth_on(),
        Column::Phone => t::column_phone(),
        Column::Email => t::column_email(),
        Column::Address => t::column_address(),
        Column::EmergencyName => t::column_emergency_name(),
        Column::EmergencyPhone => t::column_emergency_phone(),
        Column::Document => t::column_document(),
        Column::Health => t::column_health(),
        Column::Allergies => t::column_allergies(),
        Column::Goals => t::column_goals(),
        Column::Tags => t::column_tags(),
        Column::Sections => t::column_sections(),
        Column::JoinedOn => t::column_joined_on(),
        Column::Plan => t::column_plan(),
        Column::ValidUntil => t::column_valid_until(),
        Column::VisitsLeft => t::column_visits_left(),
        Column::Card => t::column_card(),
    }
}

/// Why a file was not looked at.
pub fn file_flaw(flaw: FileFlaw) -> String {
    match flaw {
        FileFlaw::Unreadable => t::flaw_unreadable().to_owned(),
        FileFlaw::TooLarge => t::flaw_too_large(FILE_MB_MAX),
    }
}

/// Why a file is no table.
pub fn table_flaw(flaw: &TableFlaw) -> String {
    match flaw {
        TableFlaw::Empty => t::flaw_empty().to_owned(),
        TableFlaw::TooManyRows { rows_max } => t::flaw_too_many_rows(rows_max),
        TableFlaw::TooManyColumns { columns_max } => t::flaw_too_many_columns(columns_max),
        TableFlaw::NotText => t::flaw_not_text().to_owned(),
    }
}

/// One reason of one row, with its column and cell.
pub fn problem(problem: &RowProblem) -> String {
    let why = row_flaw(&problem.why);
    match problem.column {
        None => why,
        Some(of) if problem.cell.is_empty() => t::reason_empty(column(of), why),
        Some(of) => t::reason_cell(column(of), &problem.cell, why),
    }
}

fn row_flaw(flaw: &RowFlaw) -> String {
    match flaw {
        RowFlaw::Person { why, .. } => person(*why),
        RowFlaw::NotADate => t::why_not_a_date().to_owned(),
        RowFlaw::UnknownSex => t::why_unknown_sex().to_owned(),
        RowFlaw::UnknownSection => t::why_unknown_section().to_owned(),
        RowFlaw::NotVisits => t::why_not_visits().to_owned(),
        RowFlaw::TooLong { chars_max } => t::why_too_long(chars_max),
        RowFlaw::PlanMissing => t::why_plan_missing().to_owned(),
        RowFlaw::CellsShifted { expected, found } => t::why_cells_shifted(found, expected),
        RowFlaw::Unreadable => t::why_unreadable().to_owned(),
        RowFlaw::SameAsLine { line } => t::why_same_as_line(line),
    }
}

/// A person's flaw, in the words of the form.
fn person(why: Flaw) -> String {
    match why {
        Flaw::Missing => members::flaw_missing().to_owned(),
        Flaw::TooLong { chars_max } => members::flaw_too_long(chars_max),
        Flaw::Unprintable => members::flaw_unprintable().to_owned(),
        Flaw::NotAPhone => members::flaw_not_a_phone().to_owned(),
        Flaw::NotAnEmail => members::flaw_not_an_email().to_owned(),
        Flaw::InFuture => members::flaw_in_future().to_owned(),
        Flaw::TooLongAgo => members::flaw_too_long_ago().to_owned(),
        Flaw::NeedsGuardian { years } => members::flaw_needs_guardian(years),
        Flaw::TooYoung { years } => members::flaw_too_young(years),
        Flaw::BadNumber { why: NumberFlaw::BadFormat } => members::flaw_bad_format().to_owned(),
        Flaw::BadNumber { why: NumberFlaw::BadCheckDigit } => members::flaw_bad_check_digit().to_owned(),
        Flaw::BadNumber { why: NumberFlaw::ImpossibleDate } => members::flaw_impossible_date().to_owned(),
        Flaw::BirthDiffers { says } => members::flaw_birth_differs(fmt::day(says)),
        Flaw::SexDiffers { says: Sex::Male } => members::flaw_sex_differs_male().to_owned(),
        Flaw::SexDiffers { says: Sex::Female | Sex::Other } => members::flaw_sex_differs_female().to_owned(),
        Flaw::BadPhoto => members::flaw_bad_photo().to_owned(),
    }
}
