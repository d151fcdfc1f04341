//! One intent on its way: busy while it is being saved, told when it was not, and the same command however often it is pressed.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::kernel::ids::CommandId;

use super::refusals::say_run_error;
use crate::studio::{Done, Order, RunError, Studio};
use crate::ui::{Answer, Banner};

/// An intent, from the opening of a dialog to its end.
#[derive(Debug, Clone, Copy)]
pub struct Doing {
    intent: StoredValue<CommandId>,
    busy: RwSignal<bool>,
    trouble: RwSignal<Option<RunError>>,
}

impl Doing {
    /// Mints the intent.
    #[must_use]
    pub fn new(studio: &Studio) -> Self {
        Self {
            intent: StoredValue::new(studio.intent()),
            busy: RwSignal::new(false),
            trouble: RwSignal::new(None),
        }
    }

    /// True while it is being saved.
    #[must_use]
    pub fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Gives the command; `then` runs once it is durable. While one is on its way nothing else is.
    pub fn run(
        self,
        studio: &Studio,
        make: impl FnOnce(CommandId) -> Order,
        then: impl FnOnce(Done) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.trouble.set(None);
        let (studio, order) = (studio.clone(), make(self.intent.get_value()));
        spawn_local(async move {
            let result = studio.run(order).await;
            // Answered either way: what is pressed next is another intent. The view may be gone by now.
            let _ = self.intent.try_set_value(studio.intent());
            self.busy.try_set(false);
            match result {
                Ok(done) => then(done),
                Err(error) => {
                    self.trouble.try_set(Some(error));
                }
            }
        });
    }
}

/// Why it was not saved, where it was pressed.
#[component]
pub fn Trouble(doing: Doing) -> impl IntoView {
    move || {
        doing.trouble.get().map(|error| view! { <Banner answer=Answer::Stop text=say_run_error(&error) /> })
    }
}
