//! What somebody is greeted by where strangers stand around: their first name and no more of it.
//!
//! A guess out of how names are written, for the eye alone: nothing is found, sorted or compared by it.

/// Surnames of two characters; all others have one.
const LONG_SURNAMES: &[&str] = &[
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "皇甫", "令狐", "司徒", "慕容", "尉迟", "尉遲",
    "长孙", "長孫", "夏侯", "端木", "南宫", "南宮", "东方",
];

/// Surnames as Latin letters write them, where they stand in front.
const LATIN_SURNAMES: &[&str] = &[
    "wang", "li", "lee", "zhang", "chang", "liu", "lau", "chen", "chan", "yang", "huang", "wong", "zhao",
    "wu", "zhou", "chow", "xu", "hsu", "sun", "ma", "zhu", "hu", "guo", "kuo", "he", "ho", "lin", "lam",
    "gao", "kao", "luo", "lo", "zheng", "cheng", "liang", "leung", "xie", "hsieh", "song", "tang", "han",
    "feng", "deng", "teng", "cao", "tsao", "peng", "zeng", "tseng", "xiao", "hsiao", "tian", "dong", "pan",
    "yuan", "yu", "jiang", "chiang", "cai", "tsai", "jia", "ding", "wei", "xue", "ye", "yeh", "yan", "du",
    "dai", "xia", "zhong", "chung", "wan", "cui", "fan", "fang", "shi", "yao", "tan", "liao", "zou", "xiong",
    "jin", "lu", "hao", "kong", "bai", "qin",
];

/// The first name out of a whole one: `张三丰` gives `三丰`, `Anna Schmidt` gives `Anna`, `Zhang Jiamin` gives `Jiamin`.
#[must_use]
pub fn first_name(name: &str) -> String {
    let name = name.trim();
    // 买买提·艾力: the own name stands in front.
    if let Some((first, _)) = name.split_once(['·', '‧', '•', '・']) {
        return first.trim().to_owned();
    }
    if let Some((_, first)) = name.split_once([',', '，']) {
        return first.trim().to_owned();
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    match words.as_slice() {
        [] => String::new(),
        [word] => without_surname(word).to_owned(),
        [surname, rest @ ..] if stands_in_front(surname) => rest.join(" "),
        [first, ..] => (*first).to_owned(),
    }
}

/// True for a surname that stands before the own name.
fn stands_in_front(word: &str) -> bool {
    word.chars().all(is_ideograph) || LATIN_SURNAMES.contains(&word.to_lowercase().as_str())
}

/// One word in signs begins with the surname; one in letters is what somebody goes by.
fn without_surname(word: &str) -> &str {
    if !word.chars().all(is_ideograph) {
        return word;
    }
    let signs = word.chars().count();
    let long = signs > 2 && LONG_SURNAMES.iter().any(|surname| word.starts_with(surname));
    let skip = usize::from(signs > 1) + usize::from(long);
    word.char_indices().nth(skip).map_or(word, |(at, _)| &word[at..])
}

/// Han signs and Korean syllables: both write the surname first.
const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_as_people_write_them() {
        for (name, first) in [
            ("张三", "三"),
            ("张三丰", "三丰"),
            ("欧阳锋", "锋"),
            ("欧阳", "阳"),
            ("歐陽 菲菲", "菲菲"),
            ("김철수", "철수"),
            ("买买提·艾力", "买买提"),
            ("Zhang Jiamin", "Jiamin"),
            ("Ada Wong", "Ada"),
            ("Anna Maria Schmidt", "Anna"),
            ("Schmidt, Anna", "Anna"),
            ("Madonna", "Madonna"),
            ("たなか", "たなか"),
            ("  ", ""),
        ] {
            assert_eq!(first_name(name), first, "{name}");
        }
    }

    proptest! {
        #[test]
        fn it_is_a_part_of_the_name(name in "\\PC{0,12}") {
            let words: Vec<&str> = name.split_whitespace().collect();
            prop_assert!(name.contains(&first_name(&name)) || words.join(" ").contains(&first_name(&name)));
        }
    }
}
