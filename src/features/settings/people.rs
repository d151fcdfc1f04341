//! The people who work here: what each of them is, and how they sign in. Roles are the owner's to give.

use leptos::prelude::*;
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::access::{MANAGERS, STAFF};
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::studio::Person;
use rollcall_domain::studio::people::ChangeRole;

use super::me::PasswordForm;
use super::studio::role_name;
use crate::parts::doing::{Doing, Trouble};
use crate::parts::settings::people;
use crate::shell::use_shell;
use crate::studio::{Authority, Order, use_studio};
use crate::tr::people as t;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonRole, ButtonSize, Choice, Dialog, List, RadioGroup, RadioLook, Row,
};

/// The page.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let studio = use_studio();
    let everybody = {
        let studio = studio.clone();
        Memo::new(move |_| people(&studio))
    };
    let my_role = Memo::new(move |_| {
        studio.me().filter(|me| me.authority == Authority::Hub).map_or(Role::Unknown, |me| me.role)
    });
    view! {
        <div class="stack">
            <Show when=move || my_role.get() != Role::Owner><p class="quiet">{t::only_owner}</p></Show>
            <List label=t::title>
                {move || {
                    let mine = my_role.get();
                    everybody.get().into_iter().map(|person| view! { <One person mine /> }).collect_view()
                }}
            </List>
        </div>
    }
}

#[component]
fn One(person: Person, mine: Role) -> impl IntoView {
    let (role_open, password_open) = (RwSignal::new(false), RwSignal::new(false));
    let role = person.role;
    let may_set = mine == Role::Owner || (mine == Role::Manager && !MANAGERS.contains(&role));
    let name = StoredValue::new(person.name.clone());
    let id = PersonId(person.id);
    let after = view! {
        <div class="cluster">
            <span>{move || role_name(role)}</span>
            {(mine == Role::Owner).then(|| view! {
                <Button kind=ButtonKind::Quiet size=ButtonSize::Small on_press=move |()| role_open.set(true)>{t::role_change}</Button>
            })}
            {may_set.then(|| view! {
                <Button kind=ButtonKind::Quiet size=ButtonSize::Small on_press=move |()| password_open.set(true)>{t::password_set}</Button>
            })}
        </div>
    }
    .into_any();
    view! {
        <Row after><b>{person.name}</b></Row>
        <Dialog title=move || t::role_title(name.get_value()) open=role_open>
            <GiveRole person=id seen=role on_done=move |()| role_open.set(false) />
        </Dialog>
        <Dialog title=move || t::password_for(name.get_value()) open=password_open>
            <p class="quiet">{t::password_for_lead}</p>
            <PasswordForm person=id on_done=move |()| password_open.set(false) />
        </Dialog>
    }
}

/// What a role may, in one line.
fn note(role: Role) -> &'static str {
    match role {
        Role::Owner => t::role_owner_note(),
        Role::Manager => t::role_manager_note(),
        Role::Desk => t::role_desk_note(),
        Role::Coach => t::role_coach_note(),
        Role::Accountant => t::role_accountant_note(),
        Role::Member | Role::System | Role::Unknown => "",
    }
}

/// The roles somebody who works here can have, each with what it may.
pub fn role_choices() -> Vec<Choice<Role>> {
    STAFF.iter().map(|role| Choice::new(*role, move || role_name(*role)).note(move || note(*role))).collect()
}

#[component]
fn GiveRole(person: PersonId, seen: Role, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let role = RwSignal::new(Some(seen));
    let doing = Doing::new(&studio);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(role) = role.get_untracked().filter(|role| *role != seen) else {
            on_done.try_run(());
            return;
        };
        let make = |id| Order::new(id, &ChangeRole { person_id: person, seen, role }, &());
        doing.run(&studio, make, move |_| {
            shell.say(t::role_saved());
            on_done.try_run(());
        });
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <RadioGroup label=t::role_label value=role choices=role_choices() look=RadioLook::Tiles />
            <Trouble doing />
            <Actions><Button kind=ButtonKind::Primary role=ButtonRole::Submit busy=doing.busy()>{t::role_save}</Button></Actions>
        </form>
    }
}
