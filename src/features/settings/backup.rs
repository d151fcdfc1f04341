//! The whole studio in one file.

use leptos::prelude::*;

use crate::parts::backup::SaveBackup;
use crate::tr::settings as t;

/// The page.
#[component]
pub fn BackupPage() -> impl IntoView {
    view! {
        <div class="stack">
            <p>{t::backup_lead}</p>
            <SaveBackup />
        </div>
    }
}
