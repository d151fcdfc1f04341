//! What a column is, by its name in three languages; and a mapping that a studio used before, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// What a column of a list can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The whole name.
    Name,
    /// The family name, when it stands alone.
    FamilyName,
    /// The given name, when it stands alone.
    GivenName,
    /// The sex.
    Sex,
    /// The birth date.
    BirthOn,
    /// The telephone number.
    Phone,
    /// The e-mail address.
    Email,
    /// The address.
    Address,
    /// The emergency contact's name.
    EmergencyName,
    /// The emergency contact's number.
    EmergencyPhone,
    /// The number of an identity card or passport.
    Document,
    /// Health notes.
    Health,
    /// Allergies.
    Allergies,
    /// Goals.
    Goals,
    /// The studio's own words.
    Tags,
    /// Indoor or outdoor.
    Sections,
    /// Since when a member.
    JoinedOn,
    /// The name of the plan.
    Plan,
    /// The last day of the pass.
    ValidUntil,
    /// Visits left on the pass.
    VisitsLeft,
    /// The card's number.
    Card,
}

impl Column {
    /// All of them, in the order a list shows them.
    pub const ALL: [Self; 21] = [
        Self::Name,
        Self::FamilyName,
        Self::GivenName,
        Self::Sex,
        Self::BirthOn,
        Self::Phone,
        Self::Email,
        Self::Address,
        Self::EmergencyName,
        Self::EmergencyPhone,
        Self::Document,
        Self::Health,
        Self::Allergies,
        Self::Goals,
        Self::Tags,
        Self::Sections,
        Self::JoinedOn,
        Self::Plan,
        Self::ValidUntil,
        Self::VisitsLeft,
        Self::Card,
    ];

    /// True for columns whose cells are dates.
    #[must_use]
    pub const fn is_date(self) -> bool {
        matches!(self, Self::BirthOn | Self::JoinedOn | Self::ValidUntil)
    }
}

/// Names under which lists carry a column, folded: lower case, no spaces and signs.
const NAMES: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "name",
            "fullname",
            "member",
            "membername",
            "client",
            "clientname",
            "customer",
            "customername",
            "displayname",
            "姓名",
            "名字",
            "会员",
            "会员姓名",
            "會員",
            "會員姓名",
            "学员",
            "学员姓名",
            "學員",
            "學員姓名",
            "客户姓名",
            "客戶姓名",
            "中文姓名",
        ],
    ),
    (Column::FamilyName, &["lastname", "surname", "familyname", "姓", "姓氏"]),
    (Column::GivenName, &["firstname", "givenname", "forename", "名"]),
    (Column::Sex, &["sex", "gender", "性别", "性別"]),
    (
        Column::BirthOn,
        &[
            "birthdate",
            "birthday",
            "dateofbirth",
            "dob",
            "born",
            "出生日期",
            "出生年月日",
            "出生年月",
            "生日",
        ],
    ),
    (
        Column::Phone,
        &[
            "phone",
            "phonenumber",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "cell",
            "cellphone",
            "telephone",
            "tel",
            "contactnumber",
            "phone1",
            "电话",
            "电话号码",
            "手机",
            "手机号",
            "手机号码",
            "联系电话",
            "联系方式",
            "電話",
            "電話號碼",
            "手機",
            "手機號碼",
            "行動電話",
            "聯絡電話",
        ],
    ),
    (
        Column::Email,
        &[
            "email",
            "emailaddress",
            "mail",
            "邮箱",
            "电子邮箱",
            "电子邮件",
            "郵箱",
            "電子郵件",
            "電子信箱",
            "信箱",
        ],
    ),
    (
        Column::Address,
        &[
            "address",
            "streetaddress",
            "homeaddress",
            "street",
            "address1",
            "地址",
            "住址",
            "家庭住址",
            "通讯地址",
            "通訊地址",
            "聯絡地址",
        ],
    ),
    (
        Column::EmergencyName,
        &[
            "emergencycontact",
            "emergencyname",
            "emergencycontactname",
            "紧急联系人",
            "紧急联系人姓名",
            "緊急聯絡人",
            "緊急聯絡人姓名",
        ],
    ),
    (
        Column::EmergencyPhone,
        &[
            "emergencyphone",
            "emergencycontactphone",
            "emergencynumber",
            "紧急联系电话",
            "紧急联系人电话",
            "紧急电话",
            "緊急聯絡電話",
            "緊急聯絡人電話",
            "緊急電話",
        ],
    ),
    (
        Column::Document,
        &[
            "id",
            "idnumber",
            "idno",
            "idcard",
            "passport",
            "passportnumber",
            "documentnumber",
            "身份证",
            "身份证号",
            "身份证号码",
            "证件号",
            "证件号码",
            "護照號碼",
            "护照号",
            "身分證",
            "身分證字號",
            "證件號碼",
        ],
    ),
    (
        Column::Health,
        &[
            "health",
            "healthnotes",
            "medical",
            "medicalnotes",
            "injuries",
            "健康状况",
            "健康",
            "伤病",
            "病史",
            "健康狀況",
            "傷病",
        ],
    ),
    (Column::Allergies, &["allergies", "allergy", "过敏", "过敏史", "過敏", "過敏史"]),
    (Column::Goals, &["goal", "goals", "目标", "健身目标", "训练目标", "目標", "健身目標", "訓練目標"]),
    (Column::Tags, &["tags", "tag", "labels", "groups", "标签", "分组", "標籤", "分組"]),
    (Column::Sections, &["section", "sections", "branch", "室内户外", "分部", "室內戶外"]),
    (
        Column::JoinedOn,
        &[
            "joined",
            "joinedon",
            "joindate",
            "membersince",
            "startdate",
            "registered",
            "registrationdate",
            "入会日期",
            "注册日期",
            "登记日期",
            "办卡日期",
            "加入日期",
            "入會日期",
            "註冊日期",
            "登記日期",
        ],
    ),
    (
        Column::Plan,
        &[
            "plan",
            "planname",
            "pass",
            "passname",
            "membership",
            "membershiptype",
            "package",
            "product",
            "卡种",
            "卡类型",
            "会员卡",
            "套餐",
            "卡名",
            "卡名称",
            "方案",
            "會員卡",
            "卡種",
            "課程方案",
            "已購方案",
        ],
    ),
    (
        Column::ValidUntil,
        &[
            "validuntil",
            "validto",
            "until",
            "expires",
            "expiry",
            "expirydate",
            "expirationdate",
            "enddate",
            "membershipend",
            "paidthrough",
            "paiduntil",
            "到期日",
            "到期日期",
            "有效期",
            "有效期至",
            "截止日期",
            "到期时间",
            "有效期限",
            "到期時間",
            "效期",
        ],
    ),
    (
        Column::VisitsLeft,
        &[
            "visitsleft",
            "visits",
            "visitsremaining",
            "remaining",
            "remainingvisits",
            "credits",
            "creditsleft",
            "creditsremaining",
            "classesleft",
            "sessionsleft",
            "balance",
            "剩余次数",
            "剩余",
            "余次",
            "次数",
            "剩余课时",
            "剩餘次數",
            "剩餘堂數",
            "剩餘",
            "堂數",
            "剩餘課堂",
        ],
    ),
    (
        Column::Card,
        &[
            "card",
            "cardno",
            "cardnumber",
            "membernumber",
            "memberid",
            "memberno",
            "membershipnumber",
            "barcode",
            "卡号",
            "会员卡号",
            "会员号",
            "会员编号",
            "卡號",
            "會員卡號",
            "會員編號",
            "會員號",
        ],
    ),
];

/// Which column is what: for each column of a file, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(pub Vec<Option<Column>>);

/// What a studio called its columns before: the folded name of a header and what somebody said it is. Nothing means "leave out".
pub type Remembered = BTreeMap<String, Option<Column>>;

impl Mapping {
    /// What each column of a header probably is; what somebody said before wins. No meaning is given twice.
    #[must_use]
    pub fn guess(header: &[String], remembered: &Remembered) -> Self {
        let mut columns: Vec<Option<Column>> = Vec::with_capacity(header.len());
        for name in header {
            let guess = remembered.get(&folded(name)).copied().unwrap_or_else(|| by_name(name));
            columns.push(guess.filter(|g| !columns.contains(&Some(*g))));
        }
        Self(columns)
    }

    /// The same with one column set; another column that meant the same means nothing any more.
    #[must_use]
    pub fn with(&self, at: usize, column: Option<Column>) -> Self {
        let mut columns = self.0.clone();
        for (other, value) in columns.iter_mut().enumerate() {
            if other == at {
                *value = column;
            } else if column.is_some() && *value == column {
                *value = None;
            }
        }
        Self(columns)
    }

    /// What to remember of it for the next file.
    #[must_use]
    pub fn remembered(&self, header: &[String]) -> Remembered {
        header.iter().zip(&self.0).map(|(name, column)| (folded(name), *column)).collect()
    }

    /// The place of a column in the file.
    #[must_use]
    pub fn place(&self, column: Column) -> Option<usize> {
        self.0.iter().position(|c| *c == Some(column))
    }

    /// True when the mapping says where the names are.
    #[must_use]
    pub fn names_people(&self) -> bool {
        self.place(Column::Name).is_some()
            || self.place(Column::GivenName).is_some()
            || self.place(Column::FamilyName).is_some()
    }
}

/// The column a header's name means.
#[must_use]
pub fn by_name(name: &str) -> Option<Column> {
    let name = folded(name);
    NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column)
}

/// A header's name without case, width, spaces and signs.
fn folded(name: &str) -> String {
    // What stands in brackets is a hint to the reader: "Birth date (YYYY-MM-DD)".
    let bare: String = name.nfkc().collect();
    let bare = bare.split(['(', '[']).next().unwrap_or_default();
    bare.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
