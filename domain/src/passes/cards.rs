//! Cards: the number a member shows at the door. A number belongs to one card of the club for ever, dead ones included.
//!
//! Must never know what the holder may do: that is what passes are for.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Origin, PassException};
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::exceptions::ExceptionDraft;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, Id, StudioId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::number::{Number, damm};
use crate::kernel::record::{RecordBody, SearchRow};
use crate::kernel::text;
use crate::kernel::time::Timestamp;
use crate::members::MemberId;
use crate::typed_id;

/// Characters a card's number may have.
pub const NUMBER_CHARS_MAX: usize = 40;
/// What every code of ours begins with.
const CODE_PREFIX: &str = "RC1";
/// Characters of a code's check.
const CHECK_CHARS: usize = 4;

typed_id! {
    /// One card, alive or dead.
    CardId,
}

/// Whether a card still opens anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardState {
    /// In use.
    Active,
    /// Reported lost.
    Lost,
    /// Given back for another one.
    Replaced,
    /// Unusable: misprinted, broken.
    Spoiled,
}

/// A number somebody shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Which one.
    pub id: CardId,
    /// As it is printed.
    pub number: String,
    /// Whose.
    pub member_id: MemberId,
    /// Whether it is in use.
    pub state: CardState,
    /// True when another card had this number first; both work, a scan asks whose it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shares_number: bool,
    /// Since when it is the member's.
    pub issued_at: Timestamp,
    /// Where it came from.
    #[serde(default)]
    pub origin: Origin,
    /// Since when it is dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// The key under which a number has one card.
pub const NUMBER_KEY: &str = "card.number";
/// The key of cards whose number another card had first.
pub const SHARED_KEY: &str = "card.shared_number";
/// The key of a member's cards.
pub const MEMBER_KEY: &str = "card.member";

impl RecordBody for Card {
    const KIND: &'static str = "card";
    const KEYS_VERSION: u16 = 3;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn subjects(&self) -> Vec<Id> {
        (self.state == CardState::Active).then(|| self.member_id.raw()).into_iter().collect()
    }
    fn without(self, erased: &Erased) -> Fate<Self> {
        // The number stays taken for ever, and opens nothing any more.
        Fate::Becomes(Self { state: CardState::Spoiled, ended_at: Some(erased.at), ..self })
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        let number = number_value(&self.number);
        if self.shares_number {
            keys.shared(SHARED_KEY, number);
        } else {
            keys.unique(NUMBER_KEY, number);
        }
        keys.shared(MEMBER_KEY, KeyValue::of(self.member_id.raw()));
    }
    fn search(&self) -> Option<SearchRow> {
        let words = text::tidy_code(&self.number).to_lowercase();
        Some(SearchRow { subject: self.member_id.raw(), sort: String::new(), words })
    }
    fn happened_at(&self) -> Timestamp {
        self.issued_at
    }
}

/// The value of a number under [`NUMBER_KEY`] and [`SHARED_KEY`]: width, case, spaces and dashes do not count.
#[must_use]
pub fn number_value(number: &str) -> KeyValue {
    KeyValue::of(text::tidy_code(number))
}

/// The wants that show whether a number is taken.
#[must_use]
pub fn number_want(number: &str) -> Want {
    Want::key::<Card>(NUMBER_KEY, number_value(number))
}

/// A number for a new card: counted by the device, or one that is printed on it already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewCard {
    /// The device's next number.
    Counted(Number),
    /// What the blank says.
    Printed(String),
}

impl NewCard {
    /// The number as it is printed.
    #[must_use]
    pub fn number(&self) -> String {
        match self {
            Self::Counted(number) => number.digits(),
            Self::Printed(text) => text::tidy_line(text),
        }
    }

    /// True for what a device of ours would count or scan.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        match self {
            Self::Counted(number) => number.is_well_formed(),
            Self::Printed(text) => text::fits(text, NUMBER_CHARS_MAX) && !text::tidy_code(text).is_empty(),
        }
    }
}

/// Writes a new card. A number that is taken is given out all the same, with an exception beside it: the card is in the
/// member's hand already.
pub fn issue(
    decision: &mut Decision,
    facts: &Facts,
    ctx: &Ctx,
    id: CardId,
    member_id: MemberId,
    number: &str,
    origin: Origin,
) {
    let taken_by =
        facts.by_key::<Card>(NUMBER_KEY, number_value(number)).into_iter().find(|card| card.id != id);
    write(
        decision,
        Card { shares_number: taken_by.is_some(), ..fresh(ctx, id, member_id, number, origin) },
        taken_by.map(|c| c.member_id),
    );
}

/// Writes a card whose number another card of the same command has.
pub fn issue_twin(
    decision: &mut Decision,
    ctx: &Ctx,
    id: CardId,
    member_id: MemberId,
    number: &str,
    origin: Origin,
) {
    write(decision, Card { shares_number: true, ..fresh(ctx, id, member_id, number, origin) }, None);
}

fn fresh(ctx: &Ctx, id: CardId, member_id: MemberId, number: &str, origin: Origin) -> Card {
    Card {
        id,
        number: number.to_owned(),
        member_id,
        state: CardState::Active,
        shares_number: false,
        issued_at: ctx.effective_at,
        origin,
        ended_at: None,
    }
}

fn write(decision: &mut Decision, card: Card, other: Option<MemberId>) {
    if card.shares_number {
        let about = std::iter::once(card.member_id).chain(other).map(MemberId::raw).collect();
        decision.raise(ExceptionDraft::new(
            "passes",
            &PassException::CardNumberTaken { number: card.number.clone() },
            about,
        ));
    }
    decision.put(&card);
}

/// A card is handed out to somebody who has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueCard {
    /// To whom.
    pub member_id: MemberId,
    /// Which one.
    pub card: NewCard,
}

impl Command for IssueCard {
    const KIND: &'static str = "passes.issue_card";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![number_want(&self.card.number())]
    }
    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.card.is_well_formed()
    }
}

impl Fact for IssueCard {
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        issue(
            &mut decision,
            facts,
            ctx,
            CardId(ctx.id(0)),
            self.member_id,
            &self.card.number(),
            Origin::Sold,
        );
        decision
    }
}

/// Why a card is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardEnd {
    /// Nobody knows where it is.
    Lost,
    /// Handed in for another one.
    Replaced,
    /// Unusable.
    Spoiled,
}

/// A card is dead from now on; perhaps the member holds a new one. Passes are the member's, so the new card keeps everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndCard {
    /// Which one.
    pub card_id: CardId,
    /// Whose.
    pub member_id: MemberId,
    /// Why.
    pub why: CardEnd,
    /// The new one, if one was handed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_card: Option<NewCard>,
}

impl Command for EndCard {
    const KIND: &'static str = "passes.end_card";
    const ROLES: &'static [Role] = access::TILL;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = ();
    fn subjects(&self, (): &(), _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        let number = self.new_card.as_ref().map(|card| number_want(&card.number()));
        std::iter::once(Want::id::<Card>(self.card_id)).chain(number).collect()
    }
    fn is_well_formed(&self, (): &()) -> bool {
        self.new_card.as_ref().is_none_or(NewCard::is_well_formed)
    }
}

impl Fact for EndCard {
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        match facts.get::<Card>(self.card_id) {
            Some(card) if card.state == CardState::Active => {
                let state = match self.why {
                    CardEnd::Lost => CardState::Lost,
                    CardEnd::Replaced => CardState::Replaced,
                    CardEnd::Spoiled => CardState::Spoiled,
                };
                decision.replace(
                    facts.record::<Card>(self.card_id),
                    &Card { state, ended_at: Some(ctx.effective_at), ..card },
                );
            }
            other => {
                let number = other.map(|card| card.number).unwrap_or_default();
                decision.raise(ExceptionDraft::new(
                    "passes",
                    &PassException::CardNotActive { number },
                    vec![self.member_id.raw()],
                ));
            }
        }
        if let Some(new_card) = &self.new_card {
            issue(
                &mut decision,
                facts,
                ctx,
                CardId(ctx.id(0)),
                self.member_id,
                &new_card.number(),
                Origin::Sold,
            );
        }
        decision
    }
}

/// The text of a card's QR code: `RC1:`, the number, and a check that only this studio's codes pass.
#[must_use]
pub fn code(studio: StudioId, number: &str) -> String {
    let number = text::tidy_code(number);
    format!("{CODE_PREFIX}:{number}-{}", check(studio, &number))
}

fn check(studio: StudioId, number: &str) -> String {
    let digest = Sha256::new_with_prefix(studio.raw().as_bytes()).chain_update(number.as_bytes()).finalize();
    format!("{:02X}{:02X}", digest[0], digest[1])
}

/// What somebody typed or a scanner read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// A code of this studio.
    Ours {
        /// The card's number, folded.
        number: String,
    },
    /// A code like ours that does not pass this studio's check: another club's, or damaged.
    Foreign,
    /// Anything else: a number off the card, a name, a phone number.
    Typed(String),
}

/// Reads what came in. A scanner set to another keyboard layout garbles signs, not letters and digits: only those count.
#[must_use]
pub fn read_scan(studio: StudioId, input: &str) -> Scan {
    let folded = text::tidy_code(input);
    let Some(rest) =
        folded.strip_prefix(CODE_PREFIX).filter(|rest| rest.is_ascii() && rest.len() > CHECK_CHARS)
    else {
        return Scan::Typed(text::tidy_line(input));
    };
    let (number, given) = rest.split_at(rest.len() - CHECK_CHARS);
    if check(studio, number) == given { Scan::Ours { number: number.to_owned() } } else { Scan::Foreign }
}

/// True for digits as long as a number of ours whose check digit is wrong: a slip of the finger.
#[must_use]
pub fn looks_mistyped(input: &str) -> bool {
    let folded = text::tidy_code(input);
    folded.len() == 10 && damm(&folded).is_some_and(|check| check != 0)
}

/// What is printed on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFace {
    /// The studio.
    pub studio_name: String,
    /// Whose it is.
    pub member_name: String,
    /// The number.
    pub number: String,
    /// The text of its QR code.
    pub code: String,
}

/// The face of a card, ready to print.
#[must_use]
pub fn face(card: &Card, studio: StudioId, studio_name: &str, member_name: &str) -> CardFace {
    CardFace {
        studio_name: studio_name.to_owned(),
        member_name: member_name.to_owned(),
        number: card.number.clone(),
        code: code(studio, &card.number),
    }
}
