//! Answers about a person or a sync, and the person's face.

use leptos::prelude::*;

use super::text::Text;

/// The answer. Each has its colour and its shape, and always a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Answer {
    /// Disc: yes.
    Ok,
    /// Triangle: yes, but look.
    Warn,
    /// Octagon: no.
    Stop,
    /// Ring: neither; nothing to do.
    #[default]
    Plain,
}

impl Answer {
    /// The class that carries colour and shape.
    pub fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Stop => "stop",
            Self::Plain => "plain",
        }
    }
}

/// A shape and a word.
#[component]
pub fn Mark(#[prop(into)] answer: Signal<Answer>, #[prop(into)] text: Text) -> impl IntoView {
    view! { <span class=move || format!("mark mark--{}", answer.get().class())>{move || text.get()}</span> }
}

/// How large a face is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FaceSize {
    #[default]
    Row,
    Big,
}

/// A photo, or the first letter of the name. The name stands beside it, so it is silent for readers.
#[component]
pub fn Face(
    #[prop(into)] name: Signal<String>,
    #[prop(optional, into)] photo_url: Signal<Option<String>>,
    #[prop(optional)] size: FaceSize,
) -> impl IntoView {
    let class = match size {
        FaceSize::Row => "face",
        FaceSize::Big => "face face--big",
    };
    let inside = move || match photo_url.get() {
        Some(url) => {
            view! { <img class="face__photo" src=url alt="" loading="lazy" decoding="async" /> }.into_any()
        }
        None => initial(&name.read()).into_any(),
    };
    view! { <span class=class aria-hidden="true">{inside}</span> }
}

/// The letter that stands for a name: the first Han character, else the first letter.
fn initial(name: &str) -> String {
    let letters = || name.chars().filter(|c| c.is_alphanumeric());
    let han = letters().find(|c| ('\u{3400}'..='\u{9fff}').contains(c));
    let first = han.or_else(|| letters().next());
    first.map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
}

#[cfg(test)]
mod tests;
