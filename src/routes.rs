//! Which address shows which screen, and which screens have a place in whose rail.

use leptos::prelude::*;
use leptos_router::components::{Route, Routes};
use leptos_router::path;
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::access::{MEMBER, PEOPLE, STAFF, TILL};

use crate::features::appointments::{AppointmentDesk, BookDesk};
use crate::features::bookings::{CoachDay, FreeCourts, MyClasses, PickClass, RosterDesk, RosterPaper};
use crate::features::checkin::CheckInDesk;
use crate::features::exceptions::NeedsYou;
use crate::features::import::ImportMembers;
use crate::features::members::{EditMember, Members, MergeDesk, Register};
use crate::features::receipts::{CardDesk, PayDesk, ReceiptDesk};
use crate::features::sell::SellDesk;
use crate::features::settings::Settings;
use crate::features::timetable::{CourtsDesk, Timetable};
use crate::features::today::Today;
use crate::gallery::Gallery;
use crate::studio::use_studio;
use crate::tr;
use crate::ui::{ButtonKind, ButtonLink, Empty};

/// A screen with a place in the rail and, the first five, in the bar of a phone.
#[derive(Debug, Clone, Copy)]
pub struct NavEntry {
    pub path: &'static str,
    /// Pressed after `g`, it goes there.
    pub key: char,
    pub label: fn() -> &'static str,
    /// The path of a 20 × 20 line drawing for the bar.
    pub icon: &'static str,
    /// Whose rail it is in.
    pub roles: &'static [Role],
}

/// The rail, from top to bottom. A new area is one line here and one `Route` below.
pub const NAV: &[NavEntry] = &[
    NavEntry {
        path: "/",
        key: 't',
        label: tr::shell::nav_today,
        icon: "M4 5.5h12v11H4zM4 9h12M7 3.5v3M13 3.5v3",
        roles: STAFF,
    },
    NavEntry {
        path: "/",
        key: 't',
        label: tr::shell::nav_mine,
        icon: "M3 5.5h14v9.5H3zM3 8.5h14M6 12h3.5",
        roles: MEMBER,
    },
    NavEntry {
        path: "/check-in",
        key: 'c',
        label: tr::shell::nav_check_in,
        icon: "M3.5 7V3.5H7M13 3.5h3.5V7M16.5 13v3.5H13M7 16.5H3.5V13M6.5 10.5l2.5 2.5 4.5-5.5",
        roles: TILL,
    },
    NavEntry {
        path: "/members",
        key: 'm',
        label: tr::shell::nav_members,
        icon: "M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM3.5 17c.6-3.2 3.2-5 6.5-5s5.9 1.8 6.5 5",
        roles: TILL,
    },
    NavEntry {
        path: "/classes",
        key: 'w',
        label: tr::shell::nav_classes,
        icon: "M3.5 4.5h13v12h-13zM3.5 8h13M8 8v8.5M12.5 8v8.5",
        roles: &PEOPLE,
    },
    NavEntry {
        path: "/settings",
        key: 's',
        label: tr::shell::nav_settings,
        icon: "M3 6h7M14 6h3M3 14h3M10 14h7M12 4v4M8 12v4",
        roles: &PEOPLE,
    },
];

/// The entries of a role's rail.
pub fn nav_of(role: Role) -> impl Iterator<Item = &'static NavEntry> {
    NAV.iter().filter(move |entry| entry.roles.contains(&role))
}

/// The entry whose screen an address belongs to.
pub fn entry_of(role: Role, path: &str) -> Option<&'static NavEntry> {
    nav_of(role).find(|entry| is_within(path, entry.path))
}

/// Whether an address lies in the area of a path.
pub fn is_within(path: &str, area: &str) -> bool {
    if area == "/" {
        path == "/"
    } else {
        path.strip_prefix(area).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Every screen of those who work here, or of a member on a phone of their own.
#[component]
pub fn Screens(role: Role) -> impl IntoView {
    if MEMBER.contains(&role) { view! { <OfMembers /> }.into_any() } else { view! { <OfStaff /> }.into_any() }
}

#[component]
fn OfMembers() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/") view=MyClasses />
            <Route path=path!("/classes") view=PickClass />
            <Route path=path!("/classes/courts") view=FreeCourts />
            <Route path=path!("/appointments") view=BookDesk />
            <Route path=path!("/settings/:page?") view=Settings />
        </Routes>
    }
}

#[component]
fn OfStaff() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/") view=Home />
            <Route path=path!("/check-in") view=CheckInDesk />
            <Route path=path!("/sell/:member?") view=SellDesk />
            <Route path=path!("/receipts/:id") view=ReceiptDesk />
            <Route path=path!("/card/:member") view=CardDesk />
            <Route path=path!("/pay/:member") view=PayDesk />
            <Route path=path!("/members/new") view=Register />
            <Route path=path!("/members/import") view=ImportMembers />
            <Route path=path!("/members/:id/edit") view=EditMember />
            <Route path=path!("/members/:id/merge/:other") view=MergeDesk />
            <Route path=path!("/members/:id?") view=Members />
            <Route path=path!("/classes") view=Timetable />
            <Route path=path!("/classes/courts") view=CourtsDesk />
            <Route path=path!("/appointments") view=BookDesk />
            <Route path=path!("/appointments/:id") view=AppointmentDesk />
            <Route path=path!("/roster/:session") view=RosterDesk />
            <Route path=path!("/roster/:session/paper") view=RosterPaper />
            <Route path=path!("/needs-you") view=NeedsYou />
            <Route path=path!("/settings/:page?") view=Settings />
            <Route path=path!("/gallery") view=Gallery />
        </Routes>
    }
}

/// The day: the desk's, or a coach's own classes.
#[component]
fn Home() -> impl IntoView {
    let studio = use_studio();
    let is_coach = Memo::new(move |_| studio.me().is_some_and(|me| me.role == Role::Coach));
    move || if is_coach.get() { view! { <CoachDay /> }.into_any() } else { view! { <Today /> }.into_any() }
}

/// What is shown for an address that leads nowhere.
#[component]
fn NotFound() -> impl IntoView {
    view! {
        <Empty heading=true title=tr::common::not_found_title note=tr::common::not_found_note>
            <ButtonLink href="/" kind=ButtonKind::Primary>{tr::common::not_found_home}</ButtonLink>
        </Empty>
    }
}

#[cfg(test)]
mod tests;
