//! One member's file: the four questions first, then contact, documents, what other slices add, and the history.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::access::MANAGERS;
use rollcall_domain::members::{
    ArchiveMember, Contact, Guardian, Health, Member, MemberId, RestoreMember, Signer,
};

use super::documents::Documents;
use super::erase::{EraseDialog, ErasedFile};
use super::history::History;
use super::merge::MergedEntries;
use crate::fmt;
use crate::parts::member_file::file_parts;
use crate::parts::passes::{self, PassChip};
use crate::parts::refusals::say_run_error;
use crate::parts::signing::{SignDialog, WhoSigns, terms_in_force};
use crate::parts::{members, settings};
use crate::shell::use_shell;
use crate::studio::{Order, Studio, use_studio};
use crate::tr::members as t;
use crate::ui::{
    Answer, Banner, Button, ButtonKind, ButtonLink, Empty, Face, FaceSize, Fact, Facts, Mark, Menu, MenuItem,
    Section,
};

/// The records a file shows, followed.
#[derive(Clone, Copy)]
struct File {
    id: MemberId,
    member: Memo<Option<Member>>,
    contact: Memo<Option<Contact>>,
    health: Memo<Option<Health>>,
    guardian: Memo<Option<Guardian>>,
}

impl File {
    fn new(studio: &Studio, id: MemberId) -> Self {
        let (a, b, c, d) = (studio.clone(), studio.clone(), studio.clone(), studio.clone());
        Self {
            id,
            member: Memo::new(move |_| a.live().get(id)),
            contact: Memo::new(move |_| b.live().get(Contact::id_of(id))),
            health: Memo::new(move |_| c.live().get(Health::id_of(id))),
            guardian: Memo::new(move |_| d.live().get(Guardian::id_of(id))),
        }
    }

    fn of<T>(self, read: impl Fn(&Member) -> Option<T>) -> Option<T> {
        self.member.with(|member| member.as_ref().and_then(read))
    }

    fn name(self) -> String {
        self.of(|m| Some(members::called(m))).unwrap_or_default()
    }

    /// Who would sign for this member today.
    fn who_signs(self, studio: &Studio) -> Option<WhoSigns> {
        let member = self.member.get()?;
        let guardian = self.guardian.get().map(|g| g.name).filter(|name| !name.is_empty());
        let is_minor =
            member.age_on(studio.today()).is_some_and(|years| years < rollcall_domain::members::ADULT_YEARS);
        let (signer, signer_name) = match guardian {
            Some(name) if is_minor => (Signer::Guardian, name),
            _ => (Signer::Member, member.name.clone()),
        };
        Some(WhoSigns { member_id: member.id, member_name: member.name, signer, signer_name })
    }
}

/// The inside of the sheet.
#[component]
pub fn FileView(id: MemberId) -> impl IntoView {
    let studio = use_studio();
    let file = File::new(&studio, id);
    let is_erased = Memo::new(move |_| file.member.with(|m| m.as_ref().is_some_and(|m| m.erased)));
    view! {
        <Show when=move || file.member.with(Option::is_some) fallback=|| view! { <Empty title=t::not_here /> }>
            <article class="file stack stack--wide">
                <Head file />
                <Show when=move || !is_erased.get() fallback=move || view! { <ErasedFile id /><Answers file /> }>
                    <Answers file />
                    <Acts file />
                    <MergedEntries id />
                    {file_parts().iter().filter_map(|part| part.panel).map(|panel| panel(id)).collect_view()}
                    <ContactFacts file />
                    <PersonFacts file />
                    <Documents id />
                </Show>
                <History id />
            </article>
        </Show>
    }
}

#[component]
fn Head(file: File) -> impl IntoView {
    let studio = use_studio();
    let name = Signal::derive(move || file.name());
    let for_photo = studio.clone();
    let photo = Signal::derive(move || {
        file.member.with(|m| m.as_ref().and_then(|m| members::photo_of(&for_photo, m).get()))
    });
    let phone = move || members::phone_of(&studio, file.id);
    view! {
        <header class="file__head">
            <Face name photo_url=photo size=FaceSize::Big />
            <div class="grow">
                <h2 class="file__name" data-testid="member-name">{name}</h2>
                <p class="quiet">{move || phone().map(|phone| view! { <a href=format!("tel:{phone}")>{phone.clone()}</a> })}</p>
            </div>
        </header>
        {move || file.of(|m| m.archived.clone().filter(|_| !m.erased)).map(|_| view! { <Banner answer=Answer::Plain text=t::file_archived_banner /> })}
    }
}

/// May they train, what is left, what must I know, what do we owe each other.
#[component]
fn Answers(file: File) -> impl IntoView {
    let studio = use_studio();
    let (for_status, for_held, for_owed) = (studio.clone(), studio.clone(), studio.clone());
    let status = move || {
        let explained = passes::explanation(&for_status, &file.member.get()?);
        Some(
            view! { <Mark answer=passes::status_answer(explained.status) text=passes::because(&explained.because) /> },
        )
    };
    let held = move || {
        passes::held(&for_held, file.id)
            .into_iter()
            .filter(|h| h.pass.reversed_at.is_none())
            .collect::<Vec<_>>()
    };
    let left = move || {
        let chips = held().into_iter().map(|holding| view! { <li><PassChip holding /></li> }).collect_view();
        if chips.is_empty() {
            view! { <span class="quiet">{t::file_no_pass}</span> }.into_any()
        } else {
            view! { <ul class="file__know">{chips}</ul> }.into_any()
        }
    };
    let owed = move || match passes::owed_cents(&for_owed, file.id) {
        0 => view! { <span class="quiet">{t::file_owes_nothing}</span> }.into_any(),
        cents if cents > 0 => {
            view! { <Mark answer=Answer::Warn text=t::file_owes(settings::money(&for_owed, cents)) /> }
                .into_any()
        }
        cents => {
            view! { <Mark answer=Answer::Plain text=t::file_we_owe(settings::money(&for_owed, -cents)) /> }
                .into_any()
        }
    };
    let know = Memo::new(move |_| must_know(&studio, file));
    view! {
        <div class="file__answers" data-testid="answers">
            <Facts>
                <Fact name=t::file_may_train>{status}</Fact>
                <Fact name=t::file_left>{left}</Fact>
                <Fact name=t::file_must_know>
                    <Show when=move || !know.with(Vec::is_empty) fallback=|| view! { <span class="quiet">{t::file_nothing_known}</span> }>
                        <ul class="file__know">
                            <For each=move || know.get() key=|line| line.clone() children=|line| view! { <li>{line}</li> } />
                        </ul>
                    </Show>
                </Fact>
                <Fact name=t::file_between>{owed}</Fact>
            </Facts>
        </div>
    }
}

/// What somebody at the desk must know, the gravest first. Follows language, day and records.
fn must_know(studio: &Studio, file: File) -> Vec<String> {
    let Some(member) = file.member.get() else { return Vec::new() };
    let today = studio.today();
    let mut lines = Vec::new();
    let health = file.health.get();
    if let Some(health) = &health {
        lines.extend((!health.notes.is_empty()).then(|| t::file_health(&health.notes)));
        lines.extend((!health.allergies.is_empty()).then(|| t::file_allergies(&health.allergies)));
    }
    if let Some(years) = member.age_on(today).filter(|years| *years < rollcall_domain::members::ADULT_YEARS) {
        let name = file.guardian.get().map(|g| g.name).filter(|name| !name.is_empty());
        lines.push(name.map_or_else(|| t::file_minor_alone(years), |name| t::file_minor(years, name)));
    }
    if member.has_birthday_on(today) {
        lines.extend(member.age_on(today).map(t::file_birthday));
    }
    if health.is_none_or(|h| h.declared_on.is_none()) {
        lines.push(t::file_not_declared().to_owned());
    }
    match (member.signed, terms_in_force(studio)) {
        (None, Some(_)) => lines.push(t::file_not_signed().to_owned()),
        (Some(signed), Some(terms)) if signed.version < terms.version => {
            lines.push(t::file_signed_old(signed.version, terms.version));
        }
        _ => {}
    }
    lines
}

#[component]
fn Acts(file: File) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let signing = RwSignal::new(false);
    let for_who = studio.clone();
    let who = Signal::derive(move || file.who_signs(&for_who));
    let trouble = RwSignal::new(None::<String>);
    let is_archived = Memo::new(move |_| file.of(|m| m.archived.clone()).is_some());
    let for_terms = studio.clone();
    let erasing = RwSignal::new(false);
    let for_role = studio.clone();
    // Who may not erase does not see that it could be done.
    let may_erase = Memo::new(move |_| for_role.me().is_some_and(|me| MANAGERS.contains(&me.role)));
    let may_sign = Memo::new(move |_| terms_in_force(&for_terms).is_some());
    let switch = move |()| {
        let (studio, id, name) = (studio.clone(), file.id, untrack(|| file.name()));
        let archive = !is_archived.get_untracked();
        spawn_local(async move {
            match set_archived(&studio, id, archive).await {
                Ok(()) if archive => shell.say_undo(t::file_archived_said(name), move || {
                    let studio = studio.clone();
                    spawn_local(async move {
                        if let Err(why) = set_archived(&studio, id, false).await {
                            shell.say(why);
                        }
                    });
                }),
                Ok(()) => shell.say(t::file_restored_said(name)),
                Err(why) => {
                    trouble.try_set(Some(why));
                }
            }
        });
    };
    view! {
        <div class="cluster">
            <ButtonLink href=format!("{}/edit", members::href(file.id))>{t::file_edit}</ButtonLink>
            <Show when=move || may_sign.get()>
                <Button on_press=move |()| signing.set(true)>{t::file_sign}</Button>
            </Show>
            <Button kind=ButtonKind::Quiet on_press=switch>
                {move || if is_archived.get() { t::file_restore() } else { t::file_archive() }}
            </Button>
            <Show when=move || may_erase.get()>
                <Menu label=t::file_more items=vec![MenuItem::new(t::file_erase, move || erasing.set(true))] />
            </Show>
        </div>
        {move || trouble.get().map(|why| view! { <Banner answer=Answer::Stop text=why /> })}
        <SignDialog open=signing who />
        <EraseDialog id=file.id name=Signal::derive(move || file.name()) open=erasing />
    }
}

async fn set_archived(studio: &Studio, member_id: MemberId, archive: bool) -> Result<(), String> {
    let order = if archive {
        Order::new(studio.intent(), &ArchiveMember { member_id }, &())
    } else {
        Order::new(studio.intent(), &RestoreMember { member_id }, &())
    };
    studio.run(order).await.map(|_| ()).map_err(|error| say_run_error(&error))
}

#[component]
fn ContactFacts(file: File) -> impl IntoView {
    let studio = use_studio();
    let contact = move || file.contact.get().unwrap_or_else(|| Contact::empty(file.id));
    let empty = move || contact() == Contact::empty(file.id);
    let shown = move |number: &str| rollcall_domain::members::phone::shown(number, members::home(&studio));
    let emergency = Signal::derive(move || {
        let called = contact().emergency?;
        Some(fmt::list(
            &[called.name, called.relation, shown(&called.phone)]
                .into_iter()
                .filter(|t| !t.is_empty())
                .collect::<Vec<_>>(),
        ))
    });
    view! {
        <Section title=t::file_contact>
            <Show when=move || !empty() fallback=|| view! { <p class="quiet">{t::file_no_contact}</p> }>
                <Facts>
                    {move || contact().email.map(|email| view! { <Fact name=t::form_email><a href=format!("mailto:{email}")>{email.clone()}</a></Fact> })}
                    {move || Some(contact().address).filter(|a| !a.is_empty()).map(|address| view! { <Fact name=t::form_address>{address}</Fact> })}
                    {move || emergency.get().map(|words| view! { <Fact name=t::file_emergency>{words}</Fact> })}
                </Facts>
            </Show>
        </Section>
    }
}

#[component]
fn PersonFacts(file: File) -> impl IntoView {
    let studio = use_studio();
    let (for_age, for_signed, for_referrer) = (studio.clone(), studio.clone(), studio);
    let born = move || {
        let born = file.of(|m| m.birth_on)?;
        let years = file.of(|m| m.age_on(for_age.today()))?;
        Some(t::file_age(fmt::day(born), years))
    };
    let signed = move || {
        let signed = file.of(|m| m.signed)?;
        Some(t::file_terms_signed(signed.version, settings::moment(&for_signed, signed.at)))
    };
    let referrer = move || {
        let id = file.of(|m| m.referrer)?;
        let person = members::person(&for_referrer, id)?;
        Some((members::href(person.id), members::called(&person)))
    };
    let text = move |read: fn(&Member) -> &String| {
        file.of(|m| Some(read(m).clone())).filter(|text| !text.is_empty())
    };
    let tags = move || {
        file.of(|m| Some(m.tags.clone())).filter(|tags| !tags.is_empty()).map(|tags| fmt::list(&tags))
    };
    let guardian = move || {
        file.guardian.get().filter(|g| !g.name.is_empty()).map(|g| {
            fmt::list(
                &[g.name, g.relation, g.phone].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>(),
            )
        })
    };
    view! {
        <Section title=t::file_person>
            <Facts>
                <Fact name=t::file_joined>{move || file.of(|m| Some(fmt::day(m.joined_on)))}</Fact>
                {move || born().map(|words| view! { <Fact name=t::file_born>{words}</Fact> })}
                {move || signed().map(|words| view! { <Fact name=t::file_terms>{words}</Fact> })}
                {move || guardian().map(|words| view! { <Fact name=t::file_guardian>{words}</Fact> })}
                {move || referrer().map(|(href, name)| view! { <Fact name=t::file_referrer><a href=href>{name}</a></Fact> })}
                {move || text(|m| &m.goals).map(|words| view! { <Fact name=t::form_goals>{words}</Fact> })}
                {move || text(|m| &m.preferences).map(|words| view! { <Fact name=t::form_preferences>{words}</Fact> })}
                {move || tags().map(|words| view! { <Fact name=t::form_tags>{words}</Fact> })}
            </Facts>
        </Section>
    }
}
