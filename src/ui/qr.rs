//! A QR code as one path of an SVG.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder, QRCode};
use leptos::prelude::*;

use super::text::Text;

/// White around the code, in modules: the standard asks for four.
const QUIET_MODULES: usize = 4;

/// A QR code of `data`. Too much data for one code shows nothing.
#[component]
pub fn QrCode(
    #[prop(into)] data: Signal<String>,
    /// What the code is, for readers who cannot see it.
    #[prop(into)]
    label: Text,
) -> impl IntoView {
    move || {
        let code = QRBuilder::new(data.get()).ecl(ECL::M).build().ok()?;
        let side = code.size + 2 * QUIET_MODULES;
        Some(view! {
            <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" shape-rendering="crispEdges"
                aria-label=move || label.get()>
                <path class="qr__paper" d=format!("M0 0h{side}v{side}h-{side}z") />
                <path class="qr__ink" d=path(&code) />
            </svg>
        })
    }
}

/// Dark modules row by row, each run as one rectangle.
fn path(code: &QRCode) -> String {
    let mut path = String::new();
    for y in 0..code.size {
        let mut x = 0;
        while x < code.size {
            let from = x;
            while x < code.size && code[y][x].value() {
                x += 1;
            }
            let run = x - from;
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", from + QUIET_MODULES, y + QUIET_MODULES);
            } else {
                x += 1;
            }
        }
    }
    path
}
