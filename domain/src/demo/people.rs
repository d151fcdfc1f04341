//! Names, numbers and small remarks of people who do not exist. Data, not words of the app.

use chrono::{Datelike as _, Days, NaiveDate};

use super::dice::Dice;
use crate::members::{Application, HealthEntry, Sex};
use crate::studio::Section;

/// Somebody new.
pub(super) struct Person {
    pub(super) application: Application,
    pub(super) sections: Vec<Section>,
}

const HANS: ([&str; 24], [&str; 40]) = (
    [
        "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
        "郭", "马", "罗", "欧阳", "司马", "上官", "诸葛",
    ],
    [
        "嘉敏", "静", "宁", "维", "雪", "子轩", "浩然", "欣怡", "梓涵", "宇航", "思远", "雅婷", "文博",
        "晓梅", "建国", "丽华", "俊杰", "志强", "晨曦", "诗涵", "一诺", "佳琪", "伟", "芳", "娜", "磊", "洋",
        "艳", "勇", "军", "杰", "娟", "涛", "超", "秀兰", "霞", "平", "刚", "桂英", "悦",
    ],
);
const HANT: ([&str; 20], [&str; 30]) = (
    [
        "陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡", "楊", "許", "鄭", "謝", "洪", "郭", "邱", "曾",
        "廖", "賴", "歐陽",
    ],
    [
        "怡君", "雅雯", "志明", "家豪", "淑芬", "美玲", "俊宏", "冠宇", "承恩", "品妤", "宥廷", "詠晴",
        "子晴", "柏翰", "語彤", "靜怡", "建宏", "佩珊", "宗翰", "欣儀", "郁婷", "彥廷", "思妤", "麗華",
        "國榮", "書豪", "筱涵", "雅婷", "偉倫", "曉雯",
    ],
);
const LATIN: ([&str; 30], [&str; 30]) = (
    [
        "Emma", "Liam", "Olivia", "Noah", "Ava", "Lucas", "Mia", "Hugo", "Chloé", "Jonas", "Sofia", "Mateo",
        "Zoë", "Oskar", "Aino", "Björn", "Aisha", "Omar", "Priya", "Arjun", "Yuki", "Haruto", "Siobhán",
        "Łukasz", "Ana", "João", "Nguyễn", "Minh", "Fatima", "Daniel",
    ],
    [
        "Smith",
        "Müller",
        "García",
        "O'Brien",
        "Nowak",
        "Silva",
        "Rossi",
        "Dubois",
        "Jensen",
        "Ivanov",
        "Kim",
        "Tanaka",
        "Patel",
        "Haddad",
        "van der Berg",
        "Andersson",
        "Costa",
        "Novák",
        "Walker",
        "Fischer",
        "Moreau",
        "Lehtinen",
        "Papadopoulos",
        "Yılmaz",
        "Tran",
        "Okafor",
        "Schmidt",
        "Evans",
        "Wright",
        "Lindqvist",
    ],
);
/// Names that break narrow rows and careless folding; every sample has them.
const HARD: [&str; 5] = [
    "欧阳·阿卜杜勒-热合曼 伊斯马伊力",
    "𠮷野家 一郎",
    "Nguyễn Thị Minh Khai",
    "María del Carmen Fernández-Rodríguez",
    "司徒 Élodie 曉雯",
];

const NOTES: [[&str; 3]; 4] = [
    ["left knee, old injury", "左膝旧伤", "左膝舊傷"],
    ["asthma, carries an inhaler", "哮喘，随身带吸入剂", "氣喘，隨身帶吸入劑"],
    ["lower back, no deadlifts", "腰肌劳损，不做硬拉", "下背痠痛，不做硬舉"],
    ["high blood pressure", "高血压", "高血壓"],
];
const LET_IN: [[&str; 3]; 3] = [
    ["pays today after training", "练完今天补款", "練完今天補款"],
    ["card machine was down", "刷卡机故障", "刷卡機故障"],
    ["guest of the owner", "店主的客人", "老闆的客人"],
];

fn place(language: &str) -> usize {
    match language {
        "zh-Hans" => 1,
        "zh-Hant" => 2,
        _ => 0,
    }
}

/// The studio and its owner.
pub(super) fn studio_names(language: &str) -> (&'static str, &'static str) {
    [("Riverside Fitness", "Lin Yue"), ("河畔健身", "林越"), ("河畔健身", "林越")][place(language)]
}

/// A pass for life and a prepaid card.
pub(super) fn plan_names(language: &str) -> [&'static str; 2] {
    [["Lifetime", "Stored value 1,000"], ["终身卡", "储值卡 1000"], ["終身會籍", "儲值金 1000"]]
        [place(language)]
}

pub(super) fn let_in_reason(dice: &mut Dice, language: &str) -> &'static str {
    dice.pick(&LET_IN)[place(language)]
}

pub(super) fn reversal_reason(language: &str) -> &'static str {
    ["wrong plan picked", "选错卡种", "選錯方案"][place(language)]
}

/// The `who`-th member. Phone numbers differ by construction.
pub(super) fn person(dice: &mut Dice, who: u32, today: NaiveDate, language: &str) -> Person {
    let (name, phone) = match who {
        3..=7 => (HARD[usize::try_from(who - 3).unwrap_or(0)].to_owned(), mainland(who)),
        _ => match dice.between(0, 100) {
            0..=54 => (joined(dice, &HANS.0, &HANS.1, ""), mainland(who)),
            55..=79 => (joined(dice, &HANT.0, &HANT.1, ""), format!("+8869{:08}", 10_000_000 + who)),
            _ => (latin(dice), mainland(who)),
        },
    };
    let health = HealthEntry {
        declared: true,
        notes: if dice.chance(6) { dice.pick(&NOTES)[place(language)].to_owned() } else { String::new() },
        allergies: String::new(),
    };
    let application = Application {
        name,
        sex: Some(if dice.chance(52) { Sex::Female } else { Sex::Male }),
        birth_on: Some(birth(dice, who, today)),
        phone: (!dice.chance(3)).then_some(phone),
        email: dice.chance(30).then(|| format!("member{who}@example.org")),
        health,
        ..Application::default()
    };
    let sections = match dice.between(0, 10) {
        0..=6 => vec![Section::Indoor],
        7..=8 => vec![Section::Outdoor],
        _ => vec![Section::Indoor, Section::Outdoor],
    };
    Person { application, sections }
}

fn joined(dice: &mut Dice, family: &[&str], given: &[&str], between: &str) -> String {
    format!("{}{between}{}", dice.pick(family), dice.pick(given))
}

fn latin(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(&LATIN.0), dice.pick(&LATIN.1))
}

fn mainland(who: u32) -> String {
    format!("+86138{:08}", 10_000_000 + who)
}

/// Grown up, and for one in forty born on a day like today.
fn birth(dice: &mut Dice, who: u32, today: NaiveDate) -> NaiveDate {
    let age = i32::try_from(dice.between(19, 66)).unwrap_or(30);
    let year = today.year() - age;
    if who % 40 == 11 {
        return NaiveDate::from_ymd_opt(year, today.month(), today.day()).unwrap_or(today);
    }
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(today);
    first + Days::new(u64::from(dice.between(0, 365)))
}
