//! Writing: batch after batch, each durable before the next, and going on where it stopped.

use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::import::{ImportPersonal, ImportRows};

use super::result::ImportResult;
use super::state::{Shipment, Stage, Wizard};
use crate::parts::han;
use crate::parts::refusals::say_run_error;
use crate::studio::{Order, RunError, Studio, use_studio};
use crate::tr::import as t;
use crate::ui::{Answer, Banner, Button, ButtonKind, ButtonLink, ButtonSize, Progress, Section};

/// The button, the progress, the result.
#[component]
pub fn Run(wizard: Wizard) -> impl IntoView {
    let studio = use_studio();
    let begin = Callback::new(move |()| run(studio.clone(), wizard));
    let done = Signal::derive(move || wizard.shipment.with(|s| s.as_ref().map_or(0, Shipment::rows_sent)));
    let of = Signal::derive(move || wizard.shipment.with(|s| s.as_ref().map_or(0, Shipment::rows)));
    let import_id = move || wizard.shipment.with(|s| s.as_ref().map(|s| s.import_id));
    move || {
        match wizard.stage.get() {
        Stage::Choosing => view! {
            <Show when=move || { wizard.ready() > 0 }>
                <div class="cluster">
                    <Button kind=ButtonKind::Primary size=ButtonSize::Large disabled=Signal::derive(move || !wizard.may_run()) on_press=begin>
                        {move || t::run(wizard.ready())}
                    </Button>
                </div>
            </Show>
        }
        .into_any(),
        Stage::Running => view! {
            <Section title=t::running><Progress label=t::running done of /> <p class="quiet">{t::running_note}</p></Section>
        }
        .into_any(),
        Stage::Stopped(why) => view! {
            <Banner answer=Answer::Stop text=move || t::stopped(&why)><Button on_press=begin>{t::go_on}</Button></Banner>
        }
        .into_any(),
        Stage::Done => view! {
            <Section title=t::done>
                {import_id().map(|import_id| view! { <ImportResult import_id /> })}
                <div class="cluster">
                    <ButtonLink href="/members" kind=ButtonKind::Primary>{t::to_members}</ButtonLink>
                    <Button on_press=move |()| again(wizard)>{t::choose_other}</Button>
                </div>
            </Section>
        }
        .into_any(),
    }
    }
}

fn again(wizard: Wizard) {
    wizard.source.set(None);
    wizard.shipment.set(None);
    wizard.stage.set(Stage::Choosing);
}

/// Begins or goes on. The page may be left meanwhile: the writing does not belong to it.
fn run(studio: Studio, wizard: Wizard) {
    if wizard.stage.get_untracked() == Stage::Running {
        return;
    }
    wizard.stage.set(Stage::Running);
    wizard.remember();
    spawn_local(async move {
        // Names are saved with what they are found by: the table belongs into the preview first.
        han::for_saving().await;
        let Some(shipment) = shipment(&studio, wizard) else { return };
        let ended = match send(&studio, wizard, shipment).await {
            Ok(()) => Stage::Done,
            Err(error) => Stage::Stopped(say_run_error(&error)),
        };
        wizard.stage.try_set(ended);
    });
}

/// The one that stopped, or a new one out of the preview.
fn shipment(studio: &Studio, wizard: Wizard) -> Option<Shipment> {
    if let Some(stopped) = wizard.shipment.try_get_untracked().flatten() {
        return Some(stopped);
    }
    let name = wizard.source.try_get_untracked().flatten()?.name;
    let rows = wizard.preview.try_get_untracked().flatten()?.ready;
    Some(Shipment::new(studio, name, &rows))
}

async fn send(studio: &Studio, wizard: Wizard, mut shipment: Shipment) -> Result<(), RunError> {
    wizard.shipment.try_set(Some(shipment.clone()));
    for at in shipment.sent..shipment.batches.len() {
        let Some((id, rows)) = shipment.batches.get(at).cloned() else { break };
        let command = ImportRows {
            import_id: shipment.import_id,
            part: u32::try_from(at).unwrap_or(u32::MAX),
            file_name: shipment.file_name.clone(),
        };
        studio.run(Order::new(id, &command, &ImportPersonal { rows }).group(shipment.import_id)).await?;
        shipment.sent = at + 1;
        wizard.shipment.try_set(Some(shipment.clone()));
    }
    Ok(())
}
