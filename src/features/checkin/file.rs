//! What visits add to a member's file: lines in its history.

use leptos::prelude::*;
use rollcall_domain::attendance::{MEMBER_KEY, Visit};
use rollcall_domain::members::MemberId;
use rollcall_domain::passes::Pass;

use crate::parts::member_file::{FileParts, HistoryLine};
use crate::parts::members::kept_wants;
use crate::parts::passes::name_or_plain;
use crate::studio::{Studio, use_studio};
use crate::tr::attendance as t;

/// The slice's part of the file.
pub static FILE: FileParts =
    FileParts { panel: None, history: Some(history), filters: &[("visits", t::filter)] };

fn history(member: MemberId) -> Signal<Option<Vec<HistoryLine>>> {
    let studio = use_studio();
    let for_wants = studio.clone();
    let visits = studio.live().histories(move || kept_wants::<Visit>(&for_wants, member, MEMBER_KEY));
    Signal::derive(move || {
        visits.get().map(|all| all.iter().flat_map(|visit| lines(&studio, visit)).collect())
    })
}

fn lines(studio: &Studio, visit: &Visit) -> Vec<HistoryLine> {
    let line = |at, text| HistoryLine { at, text, filter: "visits", href: None };
    let pass =
        visit.pass_id.and_then(|id| studio.live().get::<Pass>(id)).map(|pass| name_or_plain(&pass.name));
    let text = match (&visit.let_in, pass, visit.counted) {
        (Some(reason), _, _) => t::history_let_in(reason),
        (None, Some(name), Some((before, after))) => t::history_counted(name, before, after),
        (None, Some(name), None) => t::history_visit_on(name),
        (None, None, _) => t::history_visit().to_owned(),
    };
    let undone = visit.undone.as_ref().map(|undone| line(undone.at, t::history_undone().to_owned()));
    std::iter::once(line(visit.at, text)).chain(undone).collect()
}
