//! What happened to a class that was called off or moved, as a text in each language, to be pasted where its people read.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::classes::{Days, Session, Standing};

use crate::parts::sessions::Naming;
use crate::parts::settings::studio_settings;
use crate::shell::use_shell;
use crate::studio::{Studio, use_studio};
use crate::tr::bookings as t;
use crate::tr::{Lang, in_lang};
use crate::ui::{Button, time_text};
use crate::{device, fmt};

/// True for a session of which its people should hear something.
pub(super) fn has_news(session: &Session) -> bool {
    !session.takes_place() || is_moved(session)
}

fn is_moved(session: &Session) -> bool {
    let (on, start_minute) = (session.key.on, session.key.start_minute);
    session.revision > 0 && (session.on != on || session.terms.start_minute != start_minute)
}

/// The text in one language. Follows changes.
fn text(studio: &Studio, session: &Session, lang: Lang) -> String {
    let named = Naming::of(studio, Days { first: session.on, last: session.on });
    let key = session.key;
    let from = studio_settings(studio).map(|settings| settings.name).unwrap_or_default();
    in_lang(lang, || {
        let title = named.title(session);
        let (was_on, was_at) = (fmt::day_heading(key.on), time_text(key.start_minute));
        let (on, at) = (fmt::day_heading(session.on), time_text(session.terms.start_minute));
        let what = match &session.standing {
            Standing::CalledOff { why } if !why.is_empty() => t::tell_off_why(title, on, at, why),
            Standing::CalledOff { .. } | Standing::Closed { .. } => t::tell_off(title, on, at),
            Standing::Planned => match named.place(session) {
                Some(place) => t::tell_moved_to(title, was_on, was_at, on, at, place),
                None => t::tell_moved(title, was_on, was_at, on, at),
            },
        };
        t::tell_signed(what, from)
    })
}

/// The texts, each with a button that copies it.
#[component]
pub(super) fn Tell(session: Session) -> impl IntoView {
    let one = |lang: Lang| view! { <OneText session=session.clone() lang /> };
    view! {
        <section class="tell stack" data-testid="tell">
            <h2 class="session__part">{t::tell}</h2>
            {Lang::ALL.map(one).collect_view()}
        </section>
    }
}

#[component]
fn OneText(session: Session, lang: Lang) -> impl IntoView {
    let (studio, shell) = (use_studio(), use_shell());
    let words = Memo::new(move |_| text(&studio, &session, lang));
    let copy = move |()| {
        let words = words.get_untracked();
        spawn_local(async move {
            // Where the browser refuses, the text stands there to be taken by hand.
            if device::copy(&words).await {
                shell.say(t::tell_copied());
            }
        });
    };
    let label = format!("{}: {}", untrack(t::tell_copy), lang.own_name());
    view! {
        <div class="tell__one">
            <p class="tell__text" lang=lang.tag()>{words}</p>
            <span title=label><Button on_press=copy>{t::tell_copy}</Button></span>
        </div>
    }
}
