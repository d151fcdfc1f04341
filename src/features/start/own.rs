//! A link to join was opened on a device that keeps a studio: save it first, then empty the device, then join.

use leptos::prelude::*;

use crate::hub::use_link;
use crate::parts::backup::SaveBackup;
use crate::parts::empty::EmptyDevice;
use crate::parts::settings::studio_settings;
use crate::studio::{Authority, use_studio};
use crate::tr::start as t;
use crate::ui::{Button, ButtonKind, Page, PageHead, PageWidth, Section};

/// The page. `secret` is carried through the emptying, so that the link need not be opened again.
#[component]
pub fn OwnStudio(secret: String, #[prop(into)] on_stay: Callback<()>) -> impl IntoView {
    let studio = use_studio();
    let waiting = use_link().state();
    let name = {
        let studio = studio.clone();
        Memo::new(move |_| studio_settings(&studio).map(|settings| settings.name).unwrap_or_default())
    };
    let has_hub = move || studio.me().is_some_and(|me| me.authority == Authority::Hub);
    let lead = move || if has_hub() { t::own_lead_hub(name.get()) } else { t::own_lead(name.get()) };
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::own_title>
                <Button kind=ButtonKind::Primary on_press=move |()| on_stay.run(())>{move || t::own_stay(name.get())}</Button>
            </PageHead>
            <div class="stack stack--wide">
                <p>{lead}</p>
                <Section title=t::own_step_save><SaveBackup /></Section>
                <Section title=t::own_step_empty>
                    <EmptyDevice waiting=Signal::derive(move || waiting.get().waiting) then_to=format!("/#join={secret}") />
                </Section>
            </div>
        </Page>
    }
}
