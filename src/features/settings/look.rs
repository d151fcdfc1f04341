//! Language, appearance and sound: choices of this device, in force at once.

use leptos::prelude::*;

use crate::parts::sound;
use crate::shell::{Theme, use_shell};
use crate::tr;
use crate::tr::settings as t;
use crate::ui::{Choice, RadioGroup, RadioLook, Toggle};

/// The page.
#[component]
pub fn LookPage() -> impl IntoView {
    let shell = use_shell();
    let language = RwSignal::new(Some(tr::lang()));
    let theme = RwSignal::new(Some(shell.theme.get_untracked()));
    let sounds = RwSignal::new(sound::is_on());
    Effect::new(move |_| {
        // The menu above changes the same thing.
        let lang = tr::lang();
        if language.get_untracked() != Some(lang) {
            language.set(Some(lang));
        }
    });
    Effect::new(move |_| {
        if let Some(lang) = language.get().filter(|lang| *lang != untrack(tr::lang)) {
            tr::set_lang(lang);
        }
    });
    Effect::new(move |_| {
        let now = shell.theme.get();
        if theme.get_untracked() != Some(now) {
            theme.set(Some(now));
        }
    });
    Effect::new(move |_| {
        if let Some(picked) = theme.get().filter(|picked| *picked != shell.theme.get_untracked()) {
            shell.theme.set(picked);
            picked.apply();
        }
    });
    Effect::new(move |_| sound::set(sounds.get()));
    let languages: Vec<Choice<tr::Lang>> =
        tr::Lang::ALL.into_iter().map(|lang| Choice::new(lang, lang.own_name())).collect();
    let themes: Vec<Choice<Theme>> =
        Theme::ALL.into_iter().map(|theme| Choice::new(theme, move || theme.label())).collect();
    view! {
        <div class="form">
            <RadioGroup label=t::look_language value=language choices=languages look=RadioLook::Segments />
            <RadioGroup label=t::look_theme value=theme choices=themes look=RadioLook::Segments />
            <Toggle label=t::look_sound value=sounds hint=t::look_sound_hint />
        </div>
    }
}
