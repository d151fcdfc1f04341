//! A member's own phone: let in from their file, by a code or a picture, by whoever is at the desk.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::Role;
use rollcall_domain::kernel::access::TILL;
use rollcall_domain::kernel::ids::PersonId;
use rollcall_domain::members::MemberId;

use super::pair::Code;
use crate::hub::{self, JoinError, Pairing, use_link};
use crate::parts::member_file::FileParts;
use crate::parts::members::{called, person};
use crate::studio::{Authority, use_studio};
use crate::tr::mine as t;
use crate::ui::{Answer, Banner, Button, Dialog, Progress, Section};

/// The panel of a member's file.
pub static FILE: FileParts = FileParts { panel: Some(panel), history: None, filters: &[] };

fn panel(member: MemberId) -> AnyView {
    let studio = use_studio();
    let may = studio.me_now().filter(|me| TILL.contains(&me.role));
    let Some(me) = may else { return ().into_any() };
    if me.authority != Authority::Hub {
        return view! { <Section title=t::phone><p class="quiet">{t::phone_needs_hub}</p></Section> }
            .into_any();
    }
    let open = RwSignal::new(false);
    let title = move || {
        person(&studio, member).map_or_else(|| t::phone().to_owned(), |one| t::phone_title(called(&one)))
    };
    view! {
        <Section title=t::phone>
            <p class="quiet">{t::phone_note}</p>
            <div class="cluster"><Button on_press=move |()| open.set(true)>{t::phone_let_in}</Button></div>
        </Section>
        <Dialog title open><LetIn member /></Dialog>
    }
    .into_any()
}

/// Asks the hub for a way in, as often as one ran out.
#[component]
fn LetIn(member: MemberId) -> impl IntoView {
    let (studio, link) = (use_studio(), use_link());
    let pairing = RwSignal::new(None::<Result<Pairing, JoinError>>);
    let ask = Callback::new(move |()| {
        pairing.set(None);
        let (studio, link) = (studio.clone(), link.clone());
        spawn_local(async move {
            let asked = hub::start_pairing(&studio, Role::Member, Some(PersonId(member.raw()))).await;
            link.ring();
            pairing.try_set(Some(asked));
        });
    });
    ask.run(());
    move || match pairing.get() {
        None => view! { <Progress label=crate::tr::ui::loading done=0_u64 of=0_u64 /> }.into_any(),
        Some(Ok(now)) => view! { <Code now on_again=move |()| ask.run(()) /> }.into_any(),
        Some(Err(error)) => {
            view! { <Banner answer=Answer::Stop text=hub::say(&error).to_owned() /> }.into_any()
        }
    }
}
