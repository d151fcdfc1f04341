use proptest::prelude::*;

use super::*;

/// The table as the app fetches it.
pub(crate) fn table() -> Han {
    Han::read(&include_bytes!("../../data/han.bin")[..]).unwrap()
}

#[track_caller]
fn finds(name: &str, queries: &[&str]) {
    let han = table();
    let keys = name_keys(name, &han);
    for query in queries {
        let folded = fold(query, &han);
        assert!(!folded.is_empty() && keys.contains(&folded), "{query} does not find {name} by {keys}");
    }
}

#[test]
fn a_name_is_found_by_pinyin_initials_and_part() {
    finds("张三", &["zs", "ZS", "zhang", "zhang san", "张", "張三", "ｚｓ"]);
    finds("欧阳雪", &["ouyang", "oyx", "欧阳 雪", "歐陽雪"]);
    finds("林悦", &["linyue", "ly", "悦"]);
}

#[test]
fn surnames_are_found_by_every_reading() {
    finds("曾国强", &["zeng", "zgq", "cengguoqiang"]);
    finds("单雄信", &["shan", "sxx", "danxiongxin"]);
    finds("解缙", &["xie", "jie"]);
    finds("仇英", &["qiu", "qy"]);
    finds("單小雲", &["shanxiaoyun", "单小云", "sxy"]);
    finds("吕布", &["lvbu", "lübu", "lyubu", "lb"]);
    finds("尉迟恭", &["yuchi", "ycg"]);
    finds("乐乐", &["yuele", "lele"]);
}

#[test]
fn long_names_with_dots_are_found() {
    finds("阿卜杜勒·热合曼", &["abudule", "rehe", "abdl", "阿卜杜勒热合曼", "阿卜杜勒•热"]);
    finds("欧阳·阿卜杜勒-热合曼 伊斯马伊力", &["ouyang", "yisimayili", "伊斯马"]);
}

#[test]
fn latin_names_are_found_without_accents_and_in_both_orders() {
    finds("José Ñuñez", &["jose", "nunez", "jose nunez", "nunez jose", "jn"]);
    finds("Müller, Jörg", &["muller", "jörg müller", "Jorg"]);
    finds("O'Brien", &["obrien", "o’brien"]);
    finds("王Tony", &["wangtony", "tony", "王to"]);
}

#[test]
fn a_query_is_folded_word_by_word() {
    assert_eq!(fold_query(" 張 San-138 ", &table()), "张 san 138");
    assert_eq!(fold_query("·", &table()), "");
}

#[test]
fn both_scripts_fold_to_one_text() {
    let han = table();
    assert_eq!(fold("張學友", &han), fold("张学友", &han));
    assert_eq!(fold("臺灣", &han), "台湾");
}

#[test]
fn lists_are_ordered_by_the_first_spelling() {
    let han = table();
    let mut names = ["张三", "Young", "Zoe", "安娜", "Bea"];
    names.sort_by_key(|n| sort_of(&name_keys(n, &han)));
    assert_eq!(names, ["安娜", "Bea", "Young", "张三", "Zoe"]);
}

#[test]
fn without_a_table_the_text_itself_still_works() {
    let han = Han::default();
    assert!(han.is_empty());
    assert_eq!(name_keys("张三", &han), "张三");
    assert_eq!(name_keys("Lin Yue", &han), "linyue ly yuelin");
}

#[test]
fn damaged_tables_are_refused() {
    let good = include_bytes!("../../data/han.bin");
    assert_eq!(Han::read(&b"nonsense"[..]).unwrap_err(), BadTable);
    for cut in [0, 3, 4, 50, 1_000, 50_000, good.len() - 1] {
        assert_eq!(Han::read(&good[..cut]).unwrap_err(), BadTable, "cut at {cut}");
    }
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in "\\PC{0,24}") {
        let han = table();
        let once = fold(&text, &han);
        prop_assert_eq!(fold(&once, &han), once);
    }

    #[test]
    fn keys_stay_small_and_hold_the_folded_name(text in "[\u{4e00}-\u{9fa5}]{1,40}|\\PC{0,60}") {
        let han = table();
        let keys = name_keys(&text, &han);
        prop_assert!(keys.len() <= NAME_KEYS_BYTES_MAX);
        prop_assert!(keys.starts_with(&fold(&text, &han)));
    }
}
