//! A text given to a primitive: fixed, or made anew when the language changes.

use std::sync::Arc;

use leptos::oco::Oco;
use leptos::prelude::*;

type Make = Arc<dyn Fn() -> Oco<'static, str> + Send + Sync>;

/// What a primitive shows. `"fixed"`, a `String`, a signal, or a function such as `tr::members::title`.
#[derive(Debug, Clone, Copy)]
pub struct Text(Kind);

#[derive(Debug, Clone, Copy)]
enum Kind {
    Fixed(&'static str),
    Made(StoredValue<Make>),
}

impl Text {
    /// The text now; a view that calls it in a closure follows it.
    pub fn get(&self) -> Oco<'static, str> {
        match self.0 {
            Kind::Fixed(text) => Oco::Borrowed(text),
            // The maker lives as long as the component that made it; a view outliving it shows nothing.
            Kind::Made(make) => make.try_get_value().map_or(Oco::Borrowed(""), |make| make()),
        }
    }

    fn made(make: impl Fn() -> Oco<'static, str> + Send + Sync + 'static) -> Self {
        Self(Kind::Made(StoredValue::new(Arc::new(make))))
    }
}

impl Default for Text {
    fn default() -> Self {
        Self(Kind::Fixed(""))
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self(Kind::Fixed(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        let text: Oco<'static, str> = Oco::Counted(text.into());
        Self::made(move || text.clone())
    }
}

impl From<Signal<String>> for Text {
    fn from(text: Signal<String>) -> Self {
        Self::made(move || text.get().into())
    }
}

impl From<RwSignal<String>> for Text {
    fn from(text: RwSignal<String>) -> Self {
        Self::made(move || text.get().into())
    }
}

impl From<Memo<String>> for Text {
    fn from(text: Memo<String>) -> Self {
        Self::made(move || text.get().into())
    }
}

impl<F, S> From<F> for Text
where
    F: Fn() -> S + Send + Sync + 'static,
    S: Into<Oco<'static, str>>,
{
    fn from(make: F) -> Self {
        Self::made(move || make().into())
    }
}
