//! What the frame says: the studio's name, who is at the desk, how the sync stands, how much needs somebody.

use std::collections::BTreeMap;

use leptos::prelude::*;
use rollcall_domain::kernel::Role;

use crate::hub::{Link, Phase, SyncState};
use crate::parts::odd::open_count;
use crate::parts::settings::{person_name, studio_settings, zone_name};
use crate::parts::{han, members};
use crate::shell::{Found, Go, ShellState, SyncWord};
use crate::studio::Studio;

/// Members named in the answers of the one search.
const FOUND_MAX: usize = 20;

/// Ties the frame to studio and sync, for as long as the app runs.
pub(super) fn tie(studio: &Studio, link: &Link, shell: ShellState) {
    name(studio.clone(), shell);
    desk(studio.clone(), shell);
    needs(studio.clone(), link.state(), shell);
    find(studio.clone(), shell);
}

/// Members answer in the one search.
fn find(studio: Studio, shell: ShellState) {
    // What names are found by is fetched now, so that it is there when somebody types.
    han::load();
    shell.add_finder(move |typed| {
        let found = members::find_members(&studio, typed, FOUND_MAX);
        found
            .into_iter()
            .map(|member| Found {
                id: member.id.to_string(),
                note: members::phone_of(&studio, member.id)
                    .unwrap_or_else(|| crate::tr::shell::palette_member().to_owned()),
                go: Go::To(members::href(member.id)),
                title: member.name,
            })
            .collect()
    });
}

fn name(studio: Studio, shell: ShellState) {
    let settings = {
        let studio = studio.clone();
        Memo::new(move |_| studio_settings(&studio).map(|settings| settings.name))
    };
    Effect::new(move |_| {
        if let Some(name) = settings.get() {
            shell.set_studio_name(name);
        }
    });
    let zone = Memo::new(move |_| studio.me().map(|_| zone_name(&studio)));
    Effect::new(move |_| {
        if let Some(zone) = zone.get() {
            shell.zone.set(zone);
        }
    });
}

fn desk(studio: Studio, shell: ShellState) {
    let for_name = studio.clone();
    let who = Memo::new(move |_| for_name.me().and_then(|me| person_name(&for_name, me.person)));
    Effect::new(move |_| shell.desk.set(who.get()));
    let role = Memo::new(move |_| studio.me().map(|me| me.role));
    Effect::new(move |_| {
        if let Some(role) = role.get() {
            shell.role.set(role);
        }
    });
}

fn needs(studio: Studio, state: Signal<SyncState>, shell: ShellState) {
    let count = Memo::new(move |_| open_count(&studio));
    let word = Memo::new(move |_| sync_word(state.get(), count.get()));
    Effect::new(move |_| shell.badges.set(BTreeMap::from([("/", count.get())])));
    Effect::new(move |_| {
        let word = word.get();
        // What a member was told stands on their first screen.
        let needs = if shell.role.get() == Role::Member { "/" } else { "/needs-you" };
        let is_needed = matches!(word, SyncWord::NeedsYou { .. });
        shell.sync_href.set(if is_needed { needs } else { "/settings/hub" });
        shell.sync.set(word);
    });
}

/// The state of the sync as the one word of the frame. What is on its way or stuck is said before what needs somebody.
fn sync_word(state: SyncState, needs: u64) -> SyncWord {
    let SyncState { phase, waiting, alone_since, synced_at, .. } = state;
    let alone = SyncWord::WorkingHere { since_ms: alone_since.map(|at| at.0), waiting };
    match phase {
        Phase::Sending { done, total } => SyncWord::Sending { done, total },
        Phase::ShutOut => SyncWord::SignIn { waiting },
        Phase::Offline | Phase::Trouble => alone,
        Phase::Solo | Phase::UpToDate if needs > 0 => SyncWord::NeedsYou { count: needs },
        Phase::Solo => SyncWord::SavedHere,
        Phase::UpToDate => synced_at.map_or(SyncWord::Starting, |at| SyncWord::AllSynced { at_ms: at.0 }),
    }
}

#[cfg(test)]
mod tests;
