//! Editing a file with the same fields as the application; what changed meanwhile is merged field by field by the rule.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use rollcall_domain::han;
use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::ids::{CommandId, Hash};
use rollcall_domain::members::{ChangeMember, Contact, Guardian, Health, Member, MemberEdits, MemberId};

use super::fields::{Checked, GuardianGroup, HealthGroup, MoreGroup, Reach, Who};
use super::state::{Form, Seen, rules};
use crate::parts::members;
use crate::parts::refusals::say_run_error;
use crate::shell::use_shell;
use crate::studio::{Order, RunError, Studio, use_studio};
use crate::tr::common;
use crate::tr::members as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonLink, ButtonRole, ButtonSize, Empty, Page, PageHead,
    PageWidth,
};

/// The page of `/members/:id/edit`.
#[component]
pub fn EditMember() -> impl IntoView {
    let studio = use_studio();
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .and_then(|id| id.parse().ok())
        .map(MemberId);
    match id.and_then(|id| untrack(|| seen(&studio, id))) {
        Some(seen) => view! { <Inside seen /> }.into_any(),
        None => {
            view! { <Empty heading=true title=t::not_here><ButtonLink href="/members">{t::title}</ButtonLink></Empty> }
                .into_any()
        }
    }
}

/// What the records say when the form opens.
fn seen(studio: &Studio, id: MemberId) -> Option<Seen> {
    let live = studio.live();
    let id = members::stands(studio, id);
    Some(Seen {
        member: live.get::<Member>(id)?,
        contact: live.get::<Contact>(Contact::id_of(id)).unwrap_or_else(|| Contact::empty(id)),
        health: live.get::<Health>(Health::id_of(id)).unwrap_or_else(|| Health::empty(id)),
        guardian: live.get::<Guardian>(Guardian::id_of(id)).unwrap_or_else(|| Guardian::empty(id)),
    })
}

#[component]
fn Inside(seen: Seen) -> impl IntoView {
    let studio = use_studio();
    let (id, name) = (seen.member.id, seen.member.name.clone());
    let for_rules = studio.clone();
    let rules = Memo::new(move |_| rules(&for_rules));
    let home = rules.with_untracked(|rules| rules.home);
    let form = Form::new(home, &[]);
    form.fill(&seen.application(), &seen.member.sections, seen.member.referrer, home);
    let of = Checked::new(form, rules);
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=move || t::form_edit_title(&name) />
            <EditForm of seen=StoredValue::new(seen) id intent=studio.intent() />
        </Page>
    }
}

#[component]
fn EditForm(of: Checked, seen: StoredValue<Seen>, id: MemberId, intent: CommandId) -> impl IntoView {
    let (studio, shell, navigate) = (use_studio(), use_shell(), use_navigate());
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<RunError>));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let flaws = of.flaws.get_untracked();
        of.form.leave_all(&flaws);
        if !flaws.is_empty() || busy.get_untracked() {
            return;
        }
        let photo = of.form.photo.get_untracked().map(|bytes| (Hash::of(&bytes), bytes));
        let edits = seen.with_value(|seen| edits(of, seen, photo.as_ref().map(|(hash, _)| hash.clone())));
        if edits.is_empty() {
            shell.say(t::form_nothing_changed());
            navigate(&members::href(id), NavigateOptions::default());
            return;
        }
        busy.set(true);
        let (studio, navigate) = (studio.clone(), navigate.clone());
        spawn_local(async move {
            match save(&studio, intent, id, edits, photo).await {
                Ok(has_conflict) => {
                    shell.say(if has_conflict { t::form_conflict_said() } else { t::form_changed_said() });
                    navigate(&members::href(id), NavigateOptions::default());
                }
                Err(error) => {
                    busy.try_set(false);
                    trouble.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <Who of photo_label=t::form_photo_new />
            <Reach of />
            <GuardianGroup of />
            <HealthGroup of />
            <MoreGroup of own=Some(id) />
            {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say_run_error(&error) /> })}
            <Actions>
                <ButtonLink href=members::href(id)>{common::cancel}</ButtonLink>
                <Button kind=ButtonKind::Primary size=ButtonSize::Large role=ButtonRole::Submit busy>{t::form_save_changes}</Button>
            </Actions>
        </form>
    }
}

fn edits(of: Checked, seen: &Seen, photo: Option<Hash>) -> MemberEdits {
    let rules = of.rules.get_untracked();
    let new = untrack(|| of.form.application()).tidied(&rules);
    seen.edits(&new, untrack(|| of.form.sections()), of.form.referrer.get_untracked(), photo, rules.today)
}

/// True when somebody else had changed a guarded field meanwhile.
async fn save(
    studio: &Studio,
    intent: CommandId,
    member_id: MemberId,
    mut edits: MemberEdits,
    photo: Option<(Hash, Vec<u8>)>,
) -> Result<bool, RunError> {
    if let Some(name) = edits.member.iter().find(|e| e.field == "name").and_then(|e| e.now.as_str()) {
        let table = crate::parts::han::for_saving().await;
        edits.name_keys = han::name_keys(name, &table);
    }
    let mut order = Order::new(intent, &ChangeMember { member_id }, &edits);
    if let Some((hash, bytes)) = photo {
        order = order.blob(hash, bytes);
    }
    let done = studio.run(order).await?;
    Ok(matches!(done.outcome, Some(Outcome::Recorded { .. })))
}
