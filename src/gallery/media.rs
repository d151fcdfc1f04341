//! Photo, signature, QR code, camera and paper.

use leptos::prelude::*;

use crate::fmt;
use crate::tr::gallery as t;
use crate::ui::{
    Fact, Facts, Paper, PhotoField, PrintButton, PrintFrame, QrCode, ScanButton, Scanner, Section, Signature,
    SignaturePad, Strokes,
};

/// Two strokes that look like a name.
fn drawn() -> Strokes {
    vec![
        vec![(80, 640), (160, 300), (240, 700), (300, 420), (380, 640)],
        vec![(440, 560), (560, 420), (700, 620), (900, 380)],
    ]
}

#[component]
pub fn Media() -> impl IntoView {
    let strokes = RwSignal::new(drawn());
    let (camera, read) = (RwSignal::new(false), RwSignal::new(String::new()));
    view! {
        <Section title=t::media>
            <div class="columns">
                <PhotoField label=t::photo value=RwSignal::default() />
                <div class="stack">
                    <SignaturePad label=t::signature strokes typed_name=RwSignal::default() />
                    <Signature strokes label=t::signature />
                </div>
                <div class="stack"><QrCode data="RC1:204471" label=t::card /></div>
                <div class="stack">
                    <div><ScanButton open=camera /></div>
                    <Scanner open=camera on_read=move |text| read.set(text) />
                    <p>{move || read.get()}</p>
                </div>
                <div class="stack">
                    <PrintFrame paper=Paper::Receipt>
                        <h2>"Riverside Studio"</h2>
                        <Facts>
                            <Fact name=t::receipt>"A7-0098"</Fact>
                            <Fact name=t::plan>{t::plan_ten}</Fact>
                            <Fact name=t::paid>{move || fmt::money_exact(60_000, "CNY", 2)}</Fact>
                        </Facts>
                        <QrCode data="RC1:204471" label=t::card />
                    </PrintFrame>
                    <div><PrintButton /></div>
                </div>
            </div>
        </Section>
    }
}
