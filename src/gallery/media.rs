//! Photo, signature, QR code and paper.

use leptos::prelude::*;

use crate::fmt;
use crate::tr::gallery as t;
use crate::ui::{
    Fact, Facts, Paper, PhotoField, PrintButton, PrintFrame, QrCode, Section, Signature, SignaturePad,
    Strokes,
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
