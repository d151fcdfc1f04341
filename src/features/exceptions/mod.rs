//! The exceptions desk: what no rule could settle, one sentence with two buttons each, the evidence folded under it.
//!
//! It knows no slice: sentences and buttons come from whoever told `parts::exceptions`.

mod state;

use leptos::prelude::*;
use rollcall_domain::kernel::ids::Id;
use rollcall_domain::kernel::{Exception, RecordBody, Timestamp};

use crate::hub::use_link;
use crate::parts::odd::{OddItem, open_items};
use crate::parts::settings::{device_name, moment, person_name};
use crate::studio::{Studio, use_studio};
use crate::tr;
use crate::tr::exceptions as t;
use crate::ui::{Empty, Fact, Facts, Page, PageHead, PageWidth};

use state::{Told, settled_lately};

/// The desk.
#[component]
pub fn NeedsYou() -> impl IntoView {
    let studio = use_studio();
    let items = Memo::new(move |_| open_items(&studio));
    let none = move || items.with(Vec::is_empty);
    let item = |item: Exception| {
        let evidence = item.clone();
        view! { <OddItem item><Evidence item=evidence /></OddItem> }
    };
    view! {
        <Page width=PageWidth::Narrow>
            <PageHead title=t::title />
            <Show when=none>
                <Empty title=t::empty_title note=t::empty_note />
            </Show>
            <p class="quiet" hidden=none>{t::lead}</p>
            <ul class="list">
                <For each=move || items.get() key=|item| item.id children=item />
            </ul>
            <SettledLately />
        </Page>
    }
}

/// Who, when, on which device, as known at; folded.
#[component]
fn Evidence(item: Exception) -> impl IntoView {
    let (studio, link) = (use_studio(), use_link().state());
    let (for_who, for_when, for_device, for_known) = (studio.clone(), studio.clone(), studio.clone(), studio);
    let Exception { id, actor, device, raised_at, .. } = item;
    let who = move || person_name(&for_who, actor).unwrap_or_else(|| tr::studio::somebody().to_owned());
    let when = move || moment(&for_when, raised_at);
    let which = move || match for_device.me() {
        Some(me) if me.device == device => format!("{} ({})", me.device_name, t::evidence_this_device()),
        _ => device_name(&for_device, device).unwrap_or_else(|| t::evidence_other_device().to_owned()),
    };
    let known = move || known_at(&for_known, id, raised_at, link.get().synced_at);
    view! {
        <details class="odd__why">
            <summary>{t::evidence_title}</summary>
            <Facts>
                <Fact name=t::evidence_who>{who}</Fact>
                <Fact name=t::evidence_when>{when}</Fact>
                <Fact name=t::evidence_device>{which}</Fact>
                <Fact name=t::evidence_known>{known}</Fact>
            </Facts>
        </details>
    }
}

/// As of when the item says what it says.
fn known_at(studio: &Studio, id: Id, raised_at: Timestamp, synced_at: Option<Timestamp>) -> String {
    if studio.live().is_pending(Exception::KIND, id) {
        t::evidence_known_pending(moment(studio, raised_at))
    } else if let Some(at) = synced_at {
        t::evidence_known_hub(moment(studio, at))
    } else {
        t::evidence_known_here(moment(studio, raised_at))
    }
}

/// What was settled lately and by whom, folded.
#[component]
fn SettledLately() -> impl IntoView {
    let studio = use_studio();
    let for_items = studio.clone();
    let items = Memo::new(move |_| settled_lately(&for_items));
    let line = move |told: Told| {
        let studio = studio.clone();
        let by = move || {
            let who = person_name(&studio, told.by).unwrap_or_else(|| tr::studio::somebody().to_owned());
            let when = moment(&studio, told.at);
            match told.device.and_then(|device| device_name(&studio, device)) {
                Some(device) => t::settled_by_on(who, when, device),
                None => t::settled_by(who, when),
            }
        };
        view! { <li class="row"><div class="row__words">{told.sentence} <small>{told.choice} {by}</small></div></li> }
    };
    view! {
        <Show when=move || !items.with(Vec::is_empty)>
            <details class="odd__settled">
                <summary>{t::settled_title}</summary>
                <ul class="list">{let line = line.clone(); move || items.get().into_iter().map(line.clone()).collect_view()}</ul>
            </details>
        </Show>
    }
}
