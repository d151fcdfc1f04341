//! Dialog, sheet, menu and the bar that can undo.

use leptos::prelude::*;

use crate::shell::use_shell;
use crate::tr::{common, gallery as t};
use crate::ui::{
    Actions, Button, ButtonKind, Dialog, Fact, Facts, Menu, MenuItem, Need, Section, Sheet, TextField,
};

#[component]
pub fn Floats() -> impl IntoView {
    let shell = use_shell();
    let (dialog, sheet) = (RwSignal::new(false), RwSignal::new(false));
    let act = move |()| shell.say_undo(t::checked_in("He Jing 何静"), move || shell.say(t::undone()));
    let items = vec![
        MenuItem::new(common::edit, || {}),
        MenuItem::new(common::print, || {}),
        MenuItem::new(common::delete, || {}),
    ];
    view! {
        <Section title=t::floats>
            <div class="cluster">
                <Button on_press=move |()| dialog.set(true)>{t::open_dialog}</Button>
                <Button on_press=move |()| sheet.update(|open| *open = !*open)>{t::open_sheet}</Button>
                <Button on_press=act>{t::try_undo}</Button>
                <Menu label=t::menu items />
            </div>
            <Example open=dialog />
            <div class="split gallery__split">
                <p class="quiet">{t::dialog_text}</p>
                <Sheet label=t::sheet open=sheet on_close=move |()| sheet.set(false)>
                    <h2>"Zhang Jiamin 张嘉敏"</h2>
                    <Facts><Fact name=t::left>{t::left_text}</Fact></Facts>
                </Sheet>
            </div>
        </Section>
    }
}

#[component]
fn Example(open: RwSignal<bool>) -> impl IntoView {
    let close = move |()| open.set(false);
    view! {
        <Dialog title=t::dialog_title open>
            <div class="stack">
                <p>{t::dialog_text}</p>
                <TextField label=t::name value=RwSignal::default() need=Need::Required />
            </div>
            <Actions>
                <Button on_press=close>{common::cancel}</Button>
                <Button kind=ButtonKind::Primary on_press=close>{common::save}</Button>
            </Actions>
        </Dialog>
    }
}
