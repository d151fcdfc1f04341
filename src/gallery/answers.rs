//! Answers, faces, facts, emptiness, waiting and banners.

use leptos::prelude::*;

use super::fields::LONG_NAME;
use crate::shell::{SyncState, SyncWord};
use crate::tr::{common, gallery as t};
use crate::ui::{
    Answer, Banner, Button, ButtonKind, Choice, Empty, Face, FaceSize, Fact, Facts, Mark, Progress, Section,
    Skeleton, Tabs,
};

#[component]
pub fn Answers() -> impl IntoView {
    view! {
        <Section title=t::answers>
            <div class="cluster">
                <Mark answer=Answer::Ok text=t::active />
                <Mark answer=Answer::Warn text=t::expiring />
                <Mark answer=Answer::Stop text=t::expired />
                <Mark answer=Answer::Plain text=t::applicant />
                <Face name="Zhang Jiamin 张嘉敏" />
                <Face name="Lin Yue" />
                <Face name=LONG_NAME size=FaceSize::Big />
            </div>
        </Section>
        <Section title=t::sync>
            <div class="columns">
                {[
                    SyncWord::Starting,
                    SyncWord::SavedHere,
                    SyncWord::AllSynced { at_ms: 1_795_327_320_000 },
                    SyncWord::WorkingHere { since_ms: Some(1_795_303_860_000), waiting: 31 },
                    SyncWord::Sending { done: 3, total: 31 },
                    SyncWord::NeedsYou { count: 2 },
                    SyncWord::SignIn { waiting: 4 },
                ]
                    .map(|word| view! { <SyncState word=Signal::stored(word) /> })
                    .collect_view()}
            </div>
        </Section>
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    History,
    Passes,
    Files,
}

#[component]
pub fn Showing() -> impl IntoView {
    let tabs = vec![
        Choice::new(Tab::History, t::tab_history),
        Choice::new(Tab::Passes, t::tab_passes),
        Choice::new(Tab::Files, t::tab_files),
    ];
    let panel = |tab: Tab| match tab {
        Tab::History => view! { <p>{t::left_text}</p> }.into_any(),
        Tab::Passes => view! { <p>{t::plan_year_note}</p> }.into_any(),
        Tab::Files => view! { <p>{t::owes_text}</p> }.into_any(),
    };
    view! {
        <Section title=t::showing>
            <div class="stack stack--wide">
                <Facts>
                    <Fact name=t::left>{t::left_text}</Fact>
                    <Fact name=t::owes>{t::owes_text}</Fact>
                    <Fact name=t::long>{LONG_NAME}</Fact>
                </Facts>
                <Tabs label=t::members active=RwSignal::new(Tab::History) tabs panel />
                <div class="stack stack--tight">
                    <Banner text=t::banner_ok answer=Answer::Ok on_close=|()| {} />
                    <Banner text=t::banner_warn answer=Answer::Warn>
                        <Button kind=ButtonKind::Quiet>{common::save}</Button>
                    </Banner>
                    <Banner text=t::banner_stop answer=Answer::Stop />
                </div>
                <Progress label=t::importing done=Signal::stored(120) of=Signal::stored(200) />
                <div class="columns">
                    <Empty title=t::empty note=t::empty_note><Button kind=ButtonKind::Primary>{common::add}</Button></Empty>
                    <Empty title=t::filtered />
                    <Skeleton rows=3 />
                </div>
            </div>
        </Section>
    }
}
