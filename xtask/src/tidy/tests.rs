use super::*;

/// What the walls say of one line of code in a file.
#[track_caller]
fn check_wall(path: &str, code: &str, breaches: usize) {
    let slices = walls::slices(["domain/src/members.rs", "domain/src/passes/sell.rs"].into_iter());
    let found = walls::findings(&Source::new(path, code), &slices);
    assert_eq!(found.len(), breaches, "{path}: {code}: {found:?}");
}

#[test]
fn the_kernel_names_no_slice() {
    check_wall("domain/src/kernel/facts.rs", "use crate::members::Member;", 1);
    check_wall("domain/src/kernel/facts.rs", "use super::super::members::Member;", 1);
    check_wall("domain/src/kernel/facts.rs", "use crate::registry::keys;", 1);
    check_wall("domain/src/kernel/facts.rs", "use crate::kernel::{ids::Id, record::Record};", 0);
    check_wall("domain/src/kernel/facts.rs", "use super::ids::Id; // not crate::members::Member", 0);
}

#[test]
fn the_sync_machine_names_no_slice() {
    check_wall("domain/src/sync/device.rs", "fn f(m: crate::passes::Pass) {}", 1);
    check_wall("domain/src/sync/device.rs", "use crate::{kernel::ids::Id, registry};", 0);
}

#[test]
fn a_slice_takes_types_of_another_and_never_its_decide() {
    check_wall("domain/src/passes/sell.rs", "let d = crate::members::edit::decide(&f, &c);", 1);
    check_wall("domain/src/passes/sell.rs", "use crate::flow::door::decide;", 1);
    check_wall("domain/src/passes/sell.rs", "use crate::members::Member; use crate::passes::decide;", 0);
}

#[test]
fn the_hub_names_no_slice() {
    check_wall("hub/src/accept.rs", "use rollcall_domain::members::Member;", 1);
    check_wall("hub/src/accept.rs", "use rollcall_domain::{kernel::ids::Id, passes as p};", 1);
    check_wall("hub/src/accept.rs", "use rollcall_domain::*;", 1);
    check_wall("hub/src/accept.rs", "use rollcall_domain as domain;", 1);
    check_wall("hub/src/accept.rs", "use rollcall_domain::{kernel, sync, registry, flow};", 0);
    check_wall("hub/src/accept/tests.rs", "use rollcall_domain::members::Member;", 0);
}

#[test]
fn journal_store_and_sync_know_neither_slices_nor_views() {
    check_wall("src/store/pages.rs", "use rollcall_domain::members::Member;", 1);
    check_wall("src/journal/mod.rs", "use leptos::prelude::*;", 1);
    check_wall("src/store.rs", "crate::live::Live::apply(x);", 1);
    check_wall("src/sync/mod.rs", "use crate::ui::toast;", 1);
    check_wall("src/sync/mod.rs", "fn f() { view! { <p/> } }", 1);
    check_wall("src/sync/mod.rs", "use crate::studio::Studio; use rollcall_domain::passes::Pass;", 1);
    check_wall("src/sync/mod.rs", "use crate::studio::Studio; use leptos::task::spawn_local;", 0);
    check_wall(
        "src/store.rs",
        "use rollcall_domain::{kernel::record::Record, registry}; use rexie::Rexie;",
        0,
    );
}

#[test]
fn studio_overlay_and_live_know_no_slice_and_no_screen() {
    check_wall("src/live/mod.rs", "use rollcall_domain::passes::Pass;", 1);
    check_wall("src/studio.rs", "use crate::features::members::Draft;", 1);
    check_wall("src/live/mod.rs", "#[component] fn f() {}", 1);
    check_wall("src/overlay.rs", "use crate::journal::Journal; use leptos::prelude::*;", 0);
}

#[test]
fn a_primitive_gets_its_text_and_data_as_props() {
    check_wall("src/ui/button.rs", "let a = crate::tr::common::save();", 1);
    check_wall("src/ui/button.rs", "use crate::tr;", 1);
    check_wall("src/ui/money.rs", "use rollcall_domain::kernel::money::Money;", 1);
    check_wall("src/ui/list.rs", "use crate::live::Live;", 1);
    check_wall("src/ui/list.rs", "use super::button::Button; use leptos::prelude::*;", 0);
}

#[test]
fn the_vault_knows_no_row_and_no_view() {
    check_wall("src/vault/drawer.rs", "use crate::journal::Line;", 1);
    check_wall("src/vault/mod.rs", "use crate::store::Store; use leptos::prelude::*;", 2);
    check_wall(
        "src/vault/mod.rs",
        "use rollcall_domain::kernel::lease::Lease; use super::sealer::Sealer;",
        0,
    );
    check_wall("src/journal/line.rs", "use crate::vault::Sealer;", 0);
}

#[test]
fn parts_know_no_feature() {
    check_wall("src/parts/picker.rs", "use crate::features::members::Row;", 1);
    check_wall("src/parts/picker.rs", "use crate::vault::Sealer;", 1);
    check_wall("src/parts/picker.rs", "use crate::store::Store;", 1);
    check_wall(
        "src/parts/picker.rs",
        "use crate::{ui::Button, live::Live}; use rollcall_domain::members::Member;",
        0,
    );
}

#[test]
fn a_feature_knows_no_other_feature_and_no_store() {
    check_wall("src/features/members/list.rs", "use crate::features::passes::Chip;", 1);
    check_wall("src/features/members/list.rs", "use super::super::passes::Chip;", 1);
    check_wall("src/features/members/list.rs", "use crate::journal::Journal;", 1);
    check_wall(
        "src/features/members/list.rs",
        "use super::state::Draft; use crate::features::members::file;",
        0,
    );
    check_wall("src/features/members.rs", "mod tests { use super::*; }", 0);
}

#[test]
fn comments_strings_and_characters_are_not_code() {
    let code = rust::blank("a /* b /* c */ d */ \"e\\\"f\" r#\"g\"h\"# 'i' '\\'' b\"j\" k<'l> // m\nn");
    let left: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(left, ["a", "b", "k<'l>", "n"]);
    assert_eq!(code.lines().count(), 2);
}

#[test]
fn a_crate_depends_on_nothing_beyond_its_wall() {
    let count = |path: &str, text: &str| manifests::findings(path, text).len();
    assert_eq!(count("domain/Cargo.toml", "[dependencies]\nserde.workspace = true\ntokio = \"1\"\n"), 1);
    assert_eq!(count("domain/Cargo.toml", "[dependencies.sqlx]\nversion = \"1\"\n"), 1);
    assert_eq!(count("domain/Cargo.toml", "[target.'cfg(x)'.dependencies]\nrand = \"1\"\n"), 1);
    assert_eq!(count("domain/Cargo.toml", "[dev-dependencies]\nproptest = \"1\"\n"), 0);
    assert_eq!(count("hub/Cargo.toml", "[dependencies]\nleptos = \"0.8\"\naxum = \"0.8\"\n"), 1);
    assert_eq!(count("Cargo.toml", "[dependencies]\nregex = \"1\"\nleptos = \"0.8\"\n"), 1);
    assert_eq!(count("xtask/Cargo.toml", "[dependencies]\nanything = \"1\"\n"), 1);
}

#[test]
fn a_module_begins_with_a_sentence() {
    let count = |path: &str, text: &str| docs::findings(&Source::new(path, text)).len();
    assert_eq!(count("src/a.rs", "use b;\n"), 1);
    assert_eq!(count("src/a.rs", "//!\nuse b;\n"), 1);
    assert_eq!(count("src/a.rs", "//! things\nuse b;\n"), 1);
    assert_eq!(count("src/a.rs", "//! What it is: it never\n//! knows views.\n\nuse b;\n"), 0);
    assert_eq!(count("src/a/tests.rs", "use b;\n"), 0);
}

#[test]
fn style_and_html_are_never_inline() {
    let rust = |text: &str| markup::in_rust(&Source::new("src/a.rs", text)).len();
    assert_eq!(rust("view! { <p style=\"x\"> }"), 1);
    assert_eq!(rust("view! { <p attr:style=move || x> }"), 1);
    assert_eq!(rust("view! { <p inner_html=x> }"), 1);
    assert_eq!(
        rust("let style = 1; if style== 2 {} view! { <p style:--x=y font-style=z> } // style=\"\""),
        0
    );
    assert_eq!(markup::in_html("index.html", "<p class=\"a\" style=\"b\">").len(), 1);
    assert_eq!(markup::in_html("index.html", "<script>alert()</script>").len(), 1);
    assert_eq!(markup::in_html("index.html", "<link rel=\"stylesheet\" href=\"style/main.css\">").len(), 0);
    assert_eq!(markup::in_script("public/start.js", "tag.innerHTML = x").len(), 1);
}

#[test]
fn layers_decide_not_important() {
    assert_eq!(markup::in_css("a.css", "a { b: c !important }").len(), 1);
    assert_eq!(markup::in_css("a.css", "/* never\n!important */ a { b: c }").len(), 0);
}

#[test]
fn no_test_is_skipped_or_sleeps() {
    for line in
        ["test.skip('x')", "test.only('x')", "test.describe.fixme('x')", "await page.waitForTimeout(5)"]
    {
        assert_eq!(specs::in_script("a.spec.ts", line).len(), 1, "{line}");
    }
    assert_eq!(specs::in_script("a.spec.ts", "// test.skip('x')\ntest('x')").len(), 0);
    assert_eq!(specs::in_rust(&Source::new("domain/src/a/tests.rs", "#[ignore = \"slow\"]")).len(), 1);
}

fn locale(language: &str, text: &str) -> locales::LocaleFile {
    let path = format!("locales/{language}/a.json");
    locales::LocaleFile { language: language.into(), namespace: "a".into(), path, text: text.into() }
}

#[track_caller]
fn check_locales(en: &str, hans: &str, hant: &str, want: &[&str]) {
    let files = [locale("en", en), locale("zh-Hans", hans), locale("zh-Hant", hant)];
    let found: Vec<String> = locales::findings(&files).into_iter().map(|one| one.what).collect();
    assert_eq!(found.len(), want.len(), "{found:?}");
    for (found, want) in found.iter().zip(want) {
        assert!(found.contains(want), "{found}");
    }
}

#[test]
fn languages_have_equal_keys_and_arguments() {
    let one = r#"{"x": {"y": "{{ n }} visits"}}"#;
    check_locales(one, r#"{"x_y": "{{n}} 次"}"#, r#"{"x": {"y": "{{ n }} 堂"}}"#, &[]);
    check_locales(one, one, r#"{"x": {}}"#, &["`x_y` is missing"]);
    check_locales(one, one, r#"{"x": {"y": "{{ m }} 堂"}}"#, &["`x_y` takes"]);
    check_locales(one, one, r#"{"x": {"y": " "}}"#, &["says nothing", "`x_y` takes"]);
    check_locales(r#"{"v_one": "One"}"#, r#"{"v_one": "{{ count }} 次"}"#, r#"{"v_one": "一堂"}"#, &[]);
}

#[test]
fn only_a_plural_may_lack_its_form_for_one() {
    let en = r#"{"v_one": "One visit", "v_other": "{{ count }} visits"}"#;
    let zh = r#"{"v_other": "{{ count }} 次"}"#;
    check_locales(en, zh, zh, &[]);
    check_locales(en, zh, "{}", &["`v_one` is missing", "`v_other` is missing"]);
}

#[test]
fn a_missing_file_and_a_broken_one_are_found() {
    let found = locales::findings(&[locale("en", "{}"), locale("zh-Hans", "{}")]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].file, "locales/zh-Hant/a.json");
    check_locales("{\"a\": \"b\"\n \"c\": \"d\"}", "{}", "{}", &["where `,` or `}` should be", "is missing"]);
    check_locales(r#"{"a": "b", "a": "c"}"#, "{}", "{}", &["is there twice", "is missing"]);
    check_locales("{}", "{}", "{} x", &["after the end", "is missing"]);
}

#[test]
fn a_language_that_is_not_offered_is_found() {
    let files = [locale("en", "{}"), locale("zh-Hans", "{}"), locale("zh-Hant", "{}"), locale("fr", "{}")];
    assert_eq!(locales::findings(&files).len(), 1);
}
