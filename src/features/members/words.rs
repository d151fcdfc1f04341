//! This slice's sentences: every flaw, refusal and exception has one, by exhaustive match, in the language of the moment.

use rollcall_domain::import::{UndoNote, UndoRefusal};
use rollcall_domain::kernel::Exception;
use rollcall_domain::kernel::alias::{self, AliasNote};
use rollcall_domain::kernel::edit::FieldEdit;
use rollcall_domain::kernel::ids::{Id, PersonId};
use rollcall_domain::members::identity::NumberFlaw;
use rollcall_domain::members::{
    ArchiveRefusal, ChangeMember, DocumentKind, EraseRefusal, Flaw, Member, MemberEdits, MemberId,
    MembersException, MergeRefusal, NotSamePerson, Part, PublishRefusal, Reason, Region, Sex, ShowReason,
    UnmergeRefusal,
};
use serde_json::Value;

use super::erase;
use super::merge::{is_one, merge_href};
use crate::fmt;
use crate::parts::exceptions::{Choice, Telling, read};
use crate::parts::refusals::{self, Saying};
use crate::parts::{answers, members, settings};
use crate::studio::{Order, Studio};
use crate::tr::members as t;

/// How this slice tells what it could not settle.
pub static TELLING: Telling = Telling { slice: "members", sentence, choices };

/// How this slice says its refusals.
pub static SAYING: Saying = Saying { slice: "members", say };

/// What is wrong with a field, and what to do.
#[must_use]
pub fn flaw(why: Flaw) -> String {
    match why {
        Flaw::Missing => t::flaw_missing().to_owned(),
        Flaw::TooLong { chars_max } => t::flaw_too_long(chars_max),
        Flaw::Unprintable => t::flaw_unprintable().to_owned(),
        Flaw::NotAPhone => t::flaw_not_a_phone().to_owned(),
        Flaw::NotAnEmail => t::flaw_not_an_email().to_owned(),
        Flaw::InFuture => t::flaw_in_future().to_owned(),
        Flaw::TooLongAgo => t::flaw_too_long_ago().to_owned(),
        Flaw::NeedsGuardian { years } => t::flaw_needs_guardian(years),
        Flaw::TooYoung { years } => t::flaw_too_young(years),
        Flaw::BadNumber { why: NumberFlaw::BadFormat } => t::flaw_bad_format().to_owned(),
        Flaw::BadNumber { why: NumberFlaw::BadCheckDigit } => t::flaw_bad_check_digit().to_owned(),
        Flaw::BadNumber { why: NumberFlaw::ImpossibleDate } => t::flaw_impossible_date().to_owned(),
        Flaw::BirthDiffers { says } => t::flaw_birth_differs(fmt::day(says)),
        Flaw::SexDiffers { says: Sex::Male } => t::flaw_sex_differs_male().to_owned(),
        Flaw::SexDiffers { says: Sex::Female | Sex::Other } => t::flaw_sex_differs_female().to_owned(),
        Flaw::BadPhoto => t::flaw_bad_photo().to_owned(),
    }
}

fn say(why: &Value) -> Option<String> {
    archive(why)
        .or_else(|| erasing(why))
        .or_else(|| publish(why))
        .or_else(|| undo(why))
        .or_else(|| left_behind(why))
        .or_else(|| merge(why))
        .or_else(|| unmerge(why))
}

fn merge(why: &Value) -> Option<String> {
    Some(match refusals::read::<MergeRefusal>(why)? {
        MergeRefusal::NobodyToMerge => t::refused_unknown().to_owned(),
        MergeRefusal::OneAlready => t::refused_one_already().to_owned(),
        MergeRefusal::MergedMeanwhile { .. } => t::refused_merged_meanwhile().to_owned(),
        MergeRefusal::TooManyEntries { ids_max } => t::refused_too_many_entries(ids_max),
        MergeRefusal::ChangedMeanwhile { part, field } => {
            t::refused_changed_meanwhile(field_name(part, &field))
        }
    })
}

fn unmerge(why: &Value) -> Option<String> {
    Some(
        match refusals::read::<UnmergeRefusal>(why)? {
            UnmergeRefusal::NoSuchMerge => t::refused_no_such_merge(),
            UnmergeRefusal::UnmergedBefore { .. } => t::refused_unmerged_before(),
            UnmergeRefusal::ErasedSince { .. } => t::refused_erased_since(),
            UnmergeRefusal::MergedTooLongAgo { .. } => t::refused_merged_too_long_ago(),
        }
        .to_owned(),
    )
}

fn archive(why: &Value) -> Option<String> {
    Some(
        match refusals::read::<ArchiveRefusal>(why)? {
            ArchiveRefusal::Unknown => t::refused_unknown(),
            ArchiveRefusal::ArchivedBefore { .. } => t::refused_archived_before(),
            ArchiveRefusal::NotArchived => t::refused_not_archived(),
            ArchiveRefusal::MergedInto { .. } => t::refused_merged_into(),
        }
        .to_owned(),
    )
}

fn erasing(why: &Value) -> Option<String> {
    Some(
        match refusals::read::<EraseRefusal>(why)? {
            EraseRefusal::Unknown => t::refused_unknown(),
            EraseRefusal::ErasedBefore { .. } => t::refused_erased_before(),
            EraseRefusal::EntriesChanged => t::refused_entries_changed(),
        }
        .to_owned(),
    )
}

fn publish(why: &Value) -> Option<String> {
    Some(match refusals::read::<PublishRefusal>(why)? {
        PublishRefusal::TitleMissing => t::refused_title_missing().to_owned(),
        PublishRefusal::FeesMissing => t::refused_fees_missing().to_owned(),
        PublishRefusal::ServicesMissing => t::refused_services_missing().to_owned(),
        PublishRefusal::RefundPolicyMissing => t::refused_refund_missing().to_owned(),
        PublishRefusal::PublishedMeanwhile { version } => t::refused_published_meanwhile(version),
        PublishRefusal::NothingChanged { version } => t::refused_nothing_changed(version),
    })
}

fn undo(why: &Value) -> Option<String> {
    Some(
        match refusals::read::<UndoRefusal>(why)? {
            UndoRefusal::UnknownImport => t::refused_unknown_import(),
            UndoRefusal::UndoneBefore { .. } => t::refused_undone_before(),
        }
        .to_owned(),
    )
}

fn left_behind(why: &Value) -> Option<String> {
    let UndoNote::LeftBehind { count } = refusals::read(why)?;
    Some(t::refused_left_behind(u64::from(count)))
}

/// What somebody is called; a plain word when they are not on this device.
#[must_use]
pub fn name_of(studio: &Studio, id: impl Into<Id>) -> String {
    members::person(studio, MemberId(id.into()))
        .map_or_else(|| t::odd_somebody().to_owned(), |member| members::called(&member))
}

/// What one entry says, whoever stands for it by now.
#[must_use]
pub fn own_name(studio: &Studio, id: MemberId) -> String {
    studio
        .live()
        .get::<Member>(id)
        .map_or_else(|| t::odd_somebody().to_owned(), |member| members::called(&member))
}

/// Who works here, or a plain word.
#[must_use]
pub fn staff_name(studio: &Studio, person: PersonId) -> String {
    settings::person_name(studio, person).unwrap_or_else(|| t::line_somebody().to_owned())
}

fn about(item: &Exception) -> Option<MemberId> {
    item.about.first().copied().map(MemberId)
}

fn sentence(studio: &Studio, item: &Exception) -> Option<String> {
    let name = about(item).map_or_else(|| t::odd_somebody().to_owned(), |id| name_of(studio, id));
    Some(match read::<MembersException>(item)? {
        MembersException::PossibleDuplicate { known, reasons } => {
            let reasons: Vec<String> = reasons.into_iter().map(|r| reason(r).to_owned()).collect();
            let own = about(item).map_or(name, |id| own_name(studio, id));
            t::odd_duplicate(own, own_name(studio, known), fmt::list(&reasons))
        }
        MembersException::MinorWithoutGuardian { years } => t::odd_minor(name, years),
        MembersException::Conflict { part, field, theirs, mine, .. } => {
            t::odd_conflict(name, field_name(part, &field), value(studio, &theirs), value(studio, &mine))
        }
        MembersException::UnknownMember => t::odd_unknown().to_owned(),
        MembersException::SignedOldTerms { signed: 0, in_force } => t::odd_signed_unknown(name, in_force),
        MembersException::SignedOldTerms { signed, in_force } => t::odd_signed_old(name, signed, in_force),
        MembersException::ImportedLookalikes { count } => t::odd_lookalikes(u64::from(count)),
    })
}

fn choices(studio: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let what: MembersException = read(item)?;
    let [first, second] = what.choices();
    let file = about(item).map(members::href).unwrap_or_default();
    Some(match what {
        MembersException::PossibleDuplicate { known, .. } => [
            same_person(studio, first, known, about(item)),
            Choice::new(second, t::odd_different()).then(tell_apart),
        ],
        MembersException::MinorWithoutGuardian { .. } => [
            Choice::new(first, t::odd_add_guardian()).go(format!("{file}/edit")),
            Choice::new(second, t::odd_leave()),
        ],
        MembersException::Conflict { theirs, mine, .. } => [
            Choice::new(first, t::odd_take_mine(value(studio, &mine))).then(take_mine),
            Choice::new(second, t::odd_keep_theirs(value(studio, &theirs))),
        ],
        MembersException::UnknownMember => {
            [Choice::new(first, t::odd_look()).go(file), Choice::new(second, t::odd_leave())]
        }
        MembersException::SignedOldTerms { .. } => {
            [Choice::new(first, t::odd_sign_again()).go(file), Choice::new(second, t::odd_leave())]
        }
        MembersException::ImportedLookalikes { .. } => {
            [Choice::new(first, t::odd_look()).go("/members/import"), Choice::new(second, t::odd_leave())]
        }
    })
}

/// Leads to where both are looked at; the item waits until something was said there. Where they are one already there is
/// nothing left to look at.
fn same_person(studio: &Studio, code: &'static str, known: MemberId, new: Option<MemberId>) -> Choice {
    match new {
        Some(new) if !is_one(studio, known, new) => {
            Choice::new(code, t::odd_same_person()).lead(merge_href(known, new))
        }
        _ => Choice::new(code, t::odd_merged_already()),
    }
}

/// How the kernel's own items are told: something came for an entry that another one stands for, for somebody who had
/// been erased, or could not be done any more.
pub static KERNEL_TELLING: Telling =
    Telling { slice: alias::SLICE, sentence: kernel_sentence, choices: kernel_choices };

fn kernel_sentence(studio: &Studio, item: &Exception) -> Option<String> {
    let ours = alias_sentence(studio, item).or_else(|| erase::sentence(studio, item));
    ours.or_else(|| answers::sentence(studio, item))
}

fn kernel_choices(studio: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let ours = alias_choices(studio, item).or_else(|| erase::choices(studio, item));
    ours.or_else(|| answers::choices(studio, item))
}

fn alias_sentence(studio: &Studio, item: &Exception) -> Option<String> {
    let AliasNote::CameForAbsorbed { named, stands, command } = read(item)?;
    let name = name_of(studio, stands);
    Some(t::odd_came_for_absorbed(name, came(&command), own_name(studio, MemberId(named))))
}

fn alias_choices(_: &Studio, item: &Exception) -> Option<[Choice; 2]> {
    let what: AliasNote = read(item)?;
    let AliasNote::CameForAbsorbed { stands, .. } = &what;
    let [first, second] = what.choices();
    let file = members::href(MemberId(*stands));
    Some([Choice::new(first, t::odd_look()).go(file), Choice::new(second, t::odd_seen())])
}

/// What came, in a word or two.
fn came(command: &str) -> &'static str {
    match command {
        "attendance.check_in" => t::came_check_in(),
        "passes.sell" => t::came_sale(),
        "payments.take" => t::came_payment(),
        "passes.issue_card" => t::came_card(),
        "members.change" => t::came_change(),
        "members.sign_terms" => t::came_signature(),
        "members.record_document" => t::came_document(),
        // A command of a newer build: that something came is told all the same.
        _ => t::came_something(),
    }
}

fn tell_apart(studio: &Studio, item: &Exception) -> Vec<Order> {
    let Some(MembersException::PossibleDuplicate { known, .. }) = read(item) else { return Vec::new() };
    about(item)
        .map(|one| Order::new(studio.intent(), &NotSamePerson { one, other: known }, &()))
        .into_iter()
        .collect()
}

/// The later change once more, now seeing what the earlier one wrote.
fn take_mine(studio: &Studio, item: &Exception) -> Vec<Order> {
    let (Some(MembersException::Conflict { part, field, theirs, mine, mine_keys }), Some(member_id)) =
        (read(item), about(item))
    else {
        return Vec::new();
    };
    let mut edits = MemberEdits { name_keys: mine_keys, ..MemberEdits::default() };
    edits.part_mut(part).push(FieldEdit { field, was: theirs, now: mine });
    vec![Order::new(studio.intent(), &ChangeMember { member_id }, &edits)]
}

/// What speaks for two entries being one person.
#[must_use]
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::SameDocument => t::twin_same_document(),
        Reason::SamePhone => t::twin_same_phone(),
        Reason::NameAndBirth => t::twin_name_and_birth(),
        Reason::SameName => t::twin_same_name(),
    }
}

/// A document's name.
#[must_use]
pub fn document_kind(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::ResidentId => t::doc_kind_resident_id(),
        DocumentKind::HongKongId => t::doc_kind_hong_kong_id(),
        DocumentKind::MacauId => t::doc_kind_macau_id(),
        DocumentKind::TaiwanId => t::doc_kind_taiwan_id(),
        DocumentKind::HkMacauPermit => t::doc_kind_hk_macau_permit(),
        DocumentKind::TaiwanPermit => t::doc_kind_taiwan_permit(),
        DocumentKind::Passport => t::doc_kind_passport(),
        DocumentKind::Other => t::doc_kind_something(),
    }
}

/// Why a number was shown.
#[must_use]
pub fn show_reason(reason: ShowReason) -> &'static str {
    match reason {
        ShowReason::Compare => t::doc_reasons_compare(),
        ShowReason::Report => t::doc_reasons_report(),
        ShowReason::MemberAsked => t::doc_reasons_member_asked(),
        ShowReason::Other => t::doc_reasons_something(),
    }
}

/// A sex.
#[must_use]
pub fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => t::form_female(),
        Sex::Male => t::form_male(),
        Sex::Other => t::form_neither(),
    }
}

/// A region's name.
#[must_use]
pub fn region(region: Region) -> &'static str {
    match region {
        Region::Mainland => t::terms_regions_mainland(),
        Region::HongKong => t::terms_regions_hong_kong(),
        Region::Macau => t::terms_regions_macau(),
        Region::Taiwan => t::terms_regions_taiwan(),
        Region::Singapore => t::terms_regions_singapore(),
        Region::Elsewhere => t::terms_regions_elsewhere(),
    }
}

/// What a field of a record is called.
#[must_use]
pub fn field_name(part: Part, field: &str) -> &'static str {
    match (part, field) {
        (Part::Guardian, "name") => t::field_guardian_name(),
        (Part::Guardian, "phone") => t::field_guardian_phone(),
        (Part::Guardian, "relation") => t::field_guardian_relation(),
        (_, "name") => t::field_name(),
        (_, "birth_on") => t::field_birth_on(),
        (_, "sex") => t::field_sex(),
        (_, "photo") => t::field_photo(),
        (_, "sections") => t::field_sections(),
        (_, "referrer") => t::field_referrer(),
        (_, "tags") => t::field_tags(),
        (_, "joined_on") => t::field_joined_on(),
        (_, "goals") => t::field_goals(),
        (_, "preferences") => t::field_preferences(),
        (_, "phone") => t::field_phone(),
        (_, "email") => t::field_email(),
        (_, "address") => t::field_address(),
        (_, "emergency") => t::field_emergency(),
        (_, "declared_on") => t::field_declared_on(),
        (_, "notes") => t::field_notes(),
        (_, "allergies") => t::field_allergies(),
        // A field of a newer build: its change is still told.
        _ => t::field_unknown(),
    }
}

/// A field's value as people read it.
#[must_use]
pub fn value(studio: &Studio, value: &Value) -> String {
    match value {
        Value::Null => t::odd_empty().to_owned(),
        Value::String(text) => word(studio, text),
        Value::Array(items) => {
            fmt::list(&items.iter().map(|item| self::value(studio, item)).collect::<Vec<_>>())
        }
        Value::Object(fields) => fields
            .values()
            .filter_map(Value::as_str)
            .map(|text| word(studio, text))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

fn word(studio: &Studio, text: &str) -> String {
    if let Ok(day) = text.parse() {
        return fmt::day(day);
    }
    if text.starts_with('+') {
        return rollcall_domain::members::phone::shown(text, members::home(studio));
    }
    match text {
        "" => t::odd_empty().to_owned(),
        "female" => t::form_female().to_owned(),
        "male" => t::form_male().to_owned(),
        "indoor" => crate::tr::studio::indoor().to_owned(),
        "outdoor" => crate::tr::studio::outdoor().to_owned(),
        other => other.parse::<Id>().map_or_else(|_| other.to_owned(), |id| name_of(studio, id)),
    }
}
