//! The import of members: a file is looked at, its columns are named, every row is checked, and only then anything is written.
//!
//! Reading is `domain::import`; here are the browser's file, its decoder, and the screen.

mod columns;
mod files;
mod reading;
mod result;
mod run;
mod state;
mod words;

use leptos::prelude::*;

use crate::studio::use_studio;
use crate::tr::import as t;
use crate::ui::{Page, PageHead, PageWidth};

use columns::Columns;
use files::ChooseFile;
use reading::{HowItIsRead, Rows};
use result::Earlier;
use run::Run;
use state::Wizard;

/// The page of `/members/import`.
#[component]
pub fn ImportMembers() -> impl IntoView {
    let wizard = Wizard::new(use_studio());
    view! {
        <Page width=PageWidth::Normal>
            <PageHead title=t::title />
            <div class="stack stack--wide">
                <p>{t::lead}</p>
                <Show when=move || wizard.is_choosing()>
                    <ChooseFile wizard />
                    <Show when=move || wizard.has_table()>
                        <HowItIsRead wizard />
                        <Columns wizard />
                        <Rows wizard />
                    </Show>
                </Show>
                <Run wizard />
                <Earlier wizard />
            </div>
        </Page>
    }
}
