//! Two entries side by side: what would be joined, what differs, and the word of whoever knows them. And the way back,
//! on the member's file, for as long as there is one.

mod state;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use rollcall_domain::kernel::order;
use rollcall_domain::members::merge::{Pick, Side, undoable};
use rollcall_domain::members::{MemberId, Merge, UnmergeMembers};

use super::words;
use crate::fmt;
use crate::hub::{Phase, use_link};
use crate::parts::doing::{Doing, Trouble};
use crate::parts::members;
use crate::parts::refusals::say_run_error;
use crate::parts::settings::moment;
use crate::shell::use_shell;
use crate::studio::{Order, RunError, Studio, use_studio};
use crate::tr::common;
use crate::tr::members as t;
use crate::ui::{
    Actions, Answer, Banner, Button, ButtonKind, ButtonLink, ButtonSize, Choice, Column, Dialog, Empty, Face,
    Page, PageHead, RadioGroup, RadioLook, Section, Table,
};

use state::{Joined, Pair, Row, Said, Word};

/// The page of `/members/:id/merge/:other`: the first one stays, the other one joins it.
#[component]
pub fn MergeDesk() -> impl IntoView {
    let (studio, params) = (use_studio(), use_params_map());
    let pair = Memo::new(move |_| {
        let id = |name: &str| params.with(|p| p.get(name)).and_then(|text| text.parse().ok()).map(MemberId);
        Pair::look(&studio, id("id")?, id("other")?)
    });
    view! {
        <Page>
            <PageHead title=t::merge_title />
            {move || match pair.get() {
                Some(pair) if pair.is_one() => view! {
                    <Empty title=t::merge_one_already><ButtonLink href=members::href(pair.survivor.member.id)>{pair.survivor.member.name.clone()}</ButtonLink></Empty>
                }.into_any(),
                Some(pair) => view! { <Inside pair /> }.into_any(),
                None => view! { <Empty title=t::not_here><ButtonLink href="/members">{t::title}</ButtonLink></Empty> }.into_any(),
            }}
        </Page>
    }
}

#[component]
fn Inside(pair: Pair) -> impl IntoView {
    let studio = use_studio();
    let (stays, goes) = (pair.survivor.member.id, pair.absorbed.member.id);
    let rows: Vec<Row> = pair.rows();
    let names = [pair.survivor.member.name.clone(), pair.absorbed.member.name.clone()];
    let joined = untrack(|| state::joined(&studio, stays, goes));
    let fields =
        rows.iter().map(|row| view! { <Differs row=row.clone() names=names.clone() /> }).collect_view();
    let same = rows.is_empty();
    view! {
        <div class="stack stack--wide">
            <p class="quiet">{t::merge_lead}</p>
            <div class="pair">
                <Entry side=pair.survivor.clone() label=t::merge_stays />
                <Entry side=pair.absorbed.clone() label=t::merge_goes />
            </div>
            <div class="cluster">
                <ButtonLink href=state::href(goes, stays) size=ButtonSize::Small>{t::merge_swap}</ButtonLink>
            </div>
            <Section title=t::merge_joined><JoinedTable joined names=names.clone() /></Section>
            <Section title=t::merge_differ>
                <div class="form">{fields}</div>
                {same.then(|| view! { <p class="quiet">{t::merge_differ_none}</p> })}
            </Section>
            <Acts pair rows />
        </div>
    }
}

/// One of the two, as the desk knows them.
#[component]
fn Entry(side: Side, label: fn() -> &'static str) -> impl IntoView {
    let studio = use_studio();
    let member = side.member;
    let id = member.id;
    let photo = members::photo_of(&studio, &member);
    let phone = untrack(|| members::phone_of(&studio, id));
    let at = member.enrolled_at;
    let since = move || t::merge_since(moment(&studio, at));
    view! {
        <section class="pair__one" aria-label=label>
            <p class="quiet">{label}</p>
            <div class="file__head">
                <Face name=member.name.clone() photo_url=photo />
                <div class="row__words"><b><a href=members::href(id)>{member.name}</a></b> <small>{phone} " " {since}</small></div>
            </div>
        </section>
    }
}

/// What the two bring, and what there is together.
#[component]
fn JoinedTable(joined: Vec<Joined>, names: [String; 2]) -> impl IntoView {
    let [stays, goes] = names;
    let head = vec![
        Column::words(t::merge_what),
        Column::words(move || stays.clone()),
        Column::words(move || goes.clone()),
        Column::words(t::merge_together),
    ];
    let row = |line: Joined| {
        view! { <tr><th scope="row">{line.what}</th><td>{line.survivor}</td><td>{line.absorbed}</td><td class="strong">{line.together}</td></tr> }
    };
    view! { <Table caption=t::merge_joined head>{joined.into_iter().map(row).collect_view()}</Table> }
}

/// One field in which they differ.
#[component]
fn Differs(row: Row, names: [String; 2]) -> impl IntoView {
    let studio = use_studio();
    let [stays, goes] = names;
    let (part, field) = (row.of.part, row.of.field);
    let (for_words, shown) = (studio, row.clone());
    let word = move |pick: Pick| match shown.word(pick) {
        Word::Photo => t::merge_photo(if pick == Pick::Survivor { &stays } else { &goes }),
        Word::Value(value) => words::value(&for_words, value),
    };
    let word = StoredValue::new(word);
    let choice = |pick: Pick, note: fn() -> &'static str| {
        Choice::new(pick, move || word.with_value(|word| word(pick))).note(note)
    };
    let mut choices = vec![choice(Pick::Survivor, t::merge_stays), choice(Pick::Absorbed, t::merge_goes)];
    if row.of.both.is_some() {
        choices.push(choice(Pick::Both, t::merge_both));
    }
    view! { <RadioGroup label=move || words::field_name(part, field) value=row.pick choices look=RadioLook::Tiles /> }
}

/// The two words that end it.
#[component]
fn Acts(pair: Pair, rows: Vec<Row>) -> impl IntoView {
    let (studio, shell, navigate) = (use_studio(), use_shell(), use_navigate());
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(None::<RunError>));
    let link = use_link().state();
    let away = Memo::new(move |_| {
        !matches!(link.get().phase, Phase::Solo | Phase::UpToDate | Phase::Sending { .. })
    });
    let unreached = RwSignal::new(false);
    let intents = state::Intents::mint(&studio);
    let stays = pair.survivor.member.id;
    let name = pair.survivor.member.name.clone();
    let pair = StoredValue::new(pair);
    let finish = Callback::new(move |said: Said| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        unreached.set(false);
        let answer = pair.with_value(|pair| match said {
            Said::Same => pair.merge(&rows, &intents),
            Said::Different => pair.tell_apart(&intents),
        });
        let (studio, navigate, name) = (studio.clone(), navigate.clone(), name.clone());
        spawn_local(async move {
            // The screen may not have noticed yet that the hub is away: what needs it asks first.
            if said == Said::Same && !state::hub_in_reach(&studio).await {
                unreached.try_set(true);
                busy.try_set(false);
                return;
            }
            let result = state::give(&studio, pair.get_value(), said, answer).await;
            // The page may be gone by now; what was saved is saved.
            busy.try_set(false);
            match result {
                Ok(()) if said == Said::Same => {
                    shell.say(t::merge_said(name));
                    navigate(&members::href(stays), NavigateOptions::default());
                }
                Ok(()) => {
                    shell.say(t::merge_different_said());
                    navigate("/needs-you", NavigateOptions::default());
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
        });
    });
    let cannot = Signal::derive(move || away.get());
    view! {
        <Show when=move || away.get() || unreached.get()><Banner answer=Answer::Warn text=t::merge_needs_hub /></Show>
        {move || trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say_run_error(&error) /> })}
        <Actions>
            <Button size=ButtonSize::Large busy on_press=move |()| finish.run(Said::Different)>{t::odd_different}</Button>
            <Button kind=ButtonKind::Primary size=ButtonSize::Large busy disabled=cannot on_press=move |()| finish.run(Said::Same)>{t::odd_same_person}</Button>
        </Actions>
    }
}

/// On a file: the entries that joined it and can still be parted.
#[component]
pub fn MergedEntries(id: MemberId) -> impl IntoView {
    let studio = use_studio();
    let merges = Memo::new(move |_| {
        let _ = studio.today();
        let mut all = undoable(
            members::kept::<Merge>(&studio, id, rollcall_domain::members::merge::MEMBER_KEY),
            studio.now(),
        );
        order::by_key(&mut all, |m| std::cmp::Reverse(m.at));
        all
    });
    view! {
        <Show when=move || !merges.with(Vec::is_empty)>
            <Section title=t::merge_section>
                <ul class="list">
                    <For each=move || merges.get() key=|merge| merge.id children=|merge| view! { <OneMerge merge /> } />
                </ul>
            </Section>
        </Show>
    }
}

#[component]
fn OneMerge(merge: Merge) -> impl IntoView {
    let studio = use_studio();
    let open = RwSignal::new(false);
    let (for_said, for_until, for_title, for_press) =
        (studio.clone(), studio.clone(), studio.clone(), studio.clone());
    let (stays, goes, by, at, until) =
        (merge.survivor, merge.absorbed, merge.by, merge.at, merge.undoable_until());
    let said = move || {
        t::merge_with(
            words::own_name(&for_said, goes),
            words::staff_name(&for_said, by),
            moment(&for_said, at),
        )
    };
    let last = move || t::merge_until(fmt::day(for_until.zone().day(until)));
    let title =
        move || t::merge_undo_title(words::own_name(&for_title, stays), words::own_name(&for_title, goes));
    let (doing, shell) = (Doing::new(&studio), use_shell());
    let part = Callback::new(move |()| {
        let undo = UnmergeMembers { merge_id: merge.id };
        doing.run(
            &for_press,
            move |id| Order::new(id, &undo, &()),
            move |_| {
                open.try_set(false);
                shell.say(t::merge_undone_said());
            },
        );
    });
    view! {
        <li class="row">
            <div class="row__words">{said} <small>{last}</small></div>
            <div class="row__after"><Button size=ButtonSize::Small on_press=move |()| open.set(true)>{t::merge_undo}</Button></div>
            <Dialog title open>
                <div class="stack">
                    <p>{t::merge_undo_note}</p>
                    <Trouble doing />
                    <Actions>
                        <Button on_press=move |()| open.set(false)>{common::cancel}</Button>
                        <Button kind=ButtonKind::Primary busy=doing.busy() on_press=part>{t::merge_undo}</Button>
                    </Actions>
                </div>
            </Dialog>
        </li>
    }
}

/// Two entries that somebody may find to be one.
#[must_use]
pub fn merge_href(stays: MemberId, goes: MemberId) -> String {
    state::href(stays, goes)
}

/// True when two entries are one by now. Follows changes.
#[must_use]
pub fn is_one(studio: &Studio, one: MemberId, other: MemberId) -> bool {
    members::stands(studio, one) == members::stands(studio, other)
}
