//! A field for a time of day by the wall clock, in the browser's own way of asking for it.

use leptos::prelude::*;

use super::dom::tell_left;
use super::field::{FieldParts, Need, framed};
use super::text::Text;

/// A time of day as minutes after midnight: 0..=1439.
#[component]
pub fn TimeField(
    #[prop(into)] label: Text,
    value: RwSignal<Option<u32>>,
    #[prop(optional)] need: Need,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let parts = FieldParts::new(label, hint, error, need);
    let control = view! {
        <input
            id=parts.id()
            class="input input--figures"
            type="time"
            autocomplete="off"
            step="300"
            prop:value=move || value.get().map(time_text).unwrap_or_default()
            aria-required=parts.required()
            aria-invalid=parts.invalid()
            aria-describedby=parts.described_by()
            on:input:target=move |event| {
                let minute = parse_time(&event.target().value());
                if value.get_untracked() != minute {
                    value.set(minute);
                }
            }
            on:blur=move |_| tell_left(on_leave)
        />
    };
    framed(parts, control)
}

/// As the browser wants it: `07:05`.
pub fn time_text(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

/// As the browser gives it, with or without seconds.
pub fn parse_time(text: &str) -> Option<u32> {
    let mut parts = text.split(':').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(hour @ 0..=23)), Some(Ok(minute @ 0..=59))) => Some(hour * 60 + minute),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_is_written() {
        for minute in [0, 5, 425, 1_439] {
            assert_eq!(parse_time(&time_text(minute)), Some(minute));
        }
        assert_eq!(parse_time("18:30:00"), Some(1_110));
        for text in ["", "24:00", "7", "aa:bb", "12:60"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
