use super::*;

fn view(subject: u128, sort: &'static str, words: &'static str) -> (Origin, SearchView<'static>) {
    ((0, Id::from_u128(subject + 100)), SearchView { subject: Id::from_u128(subject), sort, words })
}

fn found(search: &Search, words: &str) -> Vec<u128> {
    search.find(words, 50).into_iter().map(|h| h.subject.as_u128()).collect()
}

#[test]
fn hits_come_once_per_subject_in_sort_order() {
    let search = Search::build(&[
        view(1, "lin", "lin yue"),
        view(2, "chen", "chen lin"),
        view(1, "", "13800138000 lin"),
        view(3, "", "lin"),
    ]);
    assert_eq!(found(&search, "lin"), [2, 1, 3]);
    assert_eq!(found(&search, "8000"), [1]);
    assert_eq!(found(&search, ""), [2, 1, 3]);
    assert_eq!(found(&search, "y"), [1]);
    assert_eq!(found(&search, "138 yue"), [1]);
    assert!(found(&search, "chen 138").is_empty());
    assert!(found(&search, "yue1").is_empty());
}

#[test]
fn a_changed_subject_is_found_by_its_new_words_only() {
    let mut search = Search::build(&[view(1, "a", "anna"), view(2, "b", "bert"), view(3, "c", "cleo")]);
    search.replace(Id::from_u128(2), &[SearchView { subject: Id::from_u128(2), sort: "z", words: "zoe" }]);
    assert!(found(&search, "bert").is_empty());
    assert_eq!(found(&search, "e"), [3, 2]);
    search.replace(Id::from_u128(2), &[]);
    assert_eq!(found(&search, "e"), [3]);
}

#[test]
fn the_limit_counts_subjects() {
    let search = Search::build(&[view(1, "a", "x one"), view(2, "b", "x two"), view(3, "c", "x three")]);
    assert_eq!(search.find("x", 2).len(), 2);
    assert!(search.find("x", 0).is_empty());
}
