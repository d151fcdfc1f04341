//! What the page of two entries knows: both files, what they bring, what was picked, and the commands that follow. No markup.

use leptos::prelude::*;
use rollcall_domain::kernel::Exception;
use rollcall_domain::kernel::exceptions::{OPEN_KEY, SettleException};
use rollcall_domain::kernel::ids::{CommandId, Id};
use rollcall_domain::members::document::MEMBER_KEY as DOCUMENT_MEMBER;
use rollcall_domain::members::merge::{Differing, Pick, Side, differing, edits};
use rollcall_domain::members::{
    Contact, Document, Guardian, Health, Member, MemberId, MembersException, MergeMembers, NotSamePerson,
};
use rollcall_domain::passes::cards::CardState;
use serde_json::Value;

use crate::fmt;
use crate::hub;
use crate::parts::exceptions::read;
use crate::parts::{members, passes, settings, visits};
use crate::studio::{Authority, Order, RunError, Studio};
use crate::tr::members as t;

/// Items of the exceptions desk that one word settles.
const ITEMS_MAX: usize = 20;

/// The address of a pair.
pub(super) fn href(stays: MemberId, goes: MemberId) -> String {
    format!("/members/{stays}/merge/{goes}")
}

/// Two entries.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    pub(super) survivor: Side,
    pub(super) absorbed: Side,
}

impl Pair {
    /// Both as they are known by now. Follows changes.
    pub(super) fn look(studio: &Studio, stays: MemberId, goes: MemberId) -> Option<Self> {
        let side = |id| side(studio, members::stands(studio, id));
        Some(Self { survivor: side(stays)?, absorbed: side(goes)? })
    }

    /// True when there is nothing to merge any more.
    pub(super) fn is_one(&self) -> bool {
        self.survivor.member.id == self.absorbed.member.id
    }

    /// The fields in which they differ, with what is offered.
    pub(super) fn rows(&self) -> Vec<Row> {
        let row = |of: Differing| Row { pick: RwSignal::new(Some(of.pick)), of };
        differing(&self.survivor, &self.absorbed).into_iter().map(row).collect()
    }

    /// The command that joins them.
    pub(super) fn merge(&self, rows: &[Row], intents: &Intents) -> Order {
        let all: Vec<Differing> = rows.iter().map(|row| row.of.clone()).collect();
        let picked = |of: &Differing| {
            let row = rows.iter().find(|row| row.of.part == of.part && row.of.field == of.field);
            row.and_then(|row| row.pick.get_untracked()).unwrap_or(Pick::Survivor)
        };
        let (survivor, absorbed) = (self.survivor.member.id, self.absorbed.member.id);
        let chosen = edits(&all, picked, &self.absorbed.member);
        Order::new(intents.same, &MergeMembers { survivor, absorbed }, &chosen).group(intents.group)
    }

    /// The command that remembers that they are two.
    pub(super) fn tell_apart(&self, intents: &Intents) -> Order {
        let (one, other) = (self.absorbed.member.id, self.survivor.member.id);
        Order::new(intents.different, &NotSamePerson { one, other }, &()).group(intents.group)
    }

    /// The open items that ask about these two.
    fn items(&self, studio: &Studio) -> Vec<Id> {
        let asks = |item: &Exception| {
            let Some(MembersException::PossibleDuplicate { known, .. }) = read(item) else { return false };
            let new = item.about.first().copied().map(MemberId);
            let own = |id: MemberId| {
                let stands = members::stands(studio, id);
                stands == self.survivor.member.id || stands == self.absorbed.member.id
            };
            own(known) && new.is_some_and(own)
        };
        let open = studio.live().by_key::<Exception>(OPEN_KEY, Exception::open_value());
        open.iter().filter(|item| asks(item)).map(|item| item.id).take(ITEMS_MAX).collect()
    }
}

/// One entry's records. Follows changes.
fn side(studio: &Studio, id: MemberId) -> Option<Side> {
    let live = studio.live();
    Some(Side {
        member: live.get::<Member>(id)?,
        contact: live.get::<Contact>(Contact::id_of(id)).unwrap_or_else(|| Contact::empty(id)),
        health: live.get::<Health>(Health::id_of(id)).unwrap_or_else(|| Health::empty(id)),
        guardian: live.get::<Guardian>(Guardian::id_of(id)).unwrap_or_else(|| Guardian::empty(id)),
    })
}

/// A field and what is picked for it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) of: Differing,
    pub(super) pick: RwSignal<Option<Pick>>,
}

/// What a pick is called.
pub(super) enum Word<'a> {
    /// The picture of that entry.
    Photo,
    /// A value people can read.
    Value(&'a Value),
}

impl Row {
    pub(super) fn word(&self, pick: Pick) -> Word<'_> {
        let value = self.of.value(pick);
        if self.of.field == "photo" && !value.is_null() { Word::Photo } else { Word::Value(value) }
    }
}

/// The ids of one answer: minted when the page opens, so that pressing twice is one answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Intents {
    same: CommandId,
    different: CommandId,
    group: Id,
}

impl Intents {
    pub(super) fn mint(studio: &Studio) -> Self {
        Self { same: studio.intent(), different: studio.intent(), group: studio.mint() }
    }
}

/// True when whoever decides can be asked now: the hub, or this device where there is none.
pub(super) async fn hub_in_reach(studio: &Studio) -> bool {
    let alone = studio.me_now().is_none_or(|me| me.authority == Authority::Solo);
    alone || hub::status().await.is_some()
}

/// What somebody said of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Same,
    Different,
}

/// Gives the answer, then settles what asked for it.
pub(super) async fn give(studio: &Studio, pair: Pair, said: Said, answer: Order) -> Result<(), RunError> {
    let (items, group) = (untrack(|| pair.items(studio)), studio.mint());
    studio.run(answer).await?;
    let choice = match said {
        Said::Same => "same_person",
        Said::Different => "different",
    };
    for exception_id in items {
        let settle = SettleException { exception_id, choice: choice.to_owned() };
        studio.run(Order::new(studio.intent(), &settle, &()).group(group)).await?;
    }
    Ok(())
}

/// One line of what is joined.
pub(super) struct Joined {
    pub(super) what: String,
    pub(super) survivor: String,
    pub(super) absorbed: String,
    pub(super) together: String,
}

/// What both bring. Follows changes.
pub(super) fn joined(studio: &Studio, stays: MemberId, goes: MemberId) -> Vec<Joined> {
    let both = |read: &dyn Fn(MemberId) -> i64| (read(stays), read(goes));
    let counted = |what: &str, (one, other): (i64, i64)| {
        let count = |n: i64| fmt::count(n);
        Joined {
            what: what.to_owned(),
            survivor: count(one),
            absorbed: count(other),
            together: count(one + other),
        }
    };
    let amounts = |what: &str, (one, other): (i64, i64)| {
        let money = |cents| settings::money(studio, cents);
        Joined {
            what: what.to_owned(),
            survivor: money(one),
            absorbed: money(other),
            together: money(one + other),
        }
    };
    let named = |what: &str, one: Vec<String>, other: Vec<String>| {
        let together = fmt::count(whole(one.len() + other.len()));
        let list = |words: Vec<String>| if words.is_empty() { "–".to_owned() } else { fmt::list(&words) };
        Joined { what: what.to_owned(), survivor: list(one), absorbed: list(other), together }
    };
    let mut lines = vec![
        named(t::merge_passes(), passes_of(studio, stays), passes_of(studio, goes)),
        counted(
            t::merge_visits(),
            both(&|id| visits::visits_of(studio, id).map_or(0, |v| i64::from(v.count))),
        ),
        named(t::merge_cards(), cards_of(studio, stays), cards_of(studio, goes)),
        amounts(t::merge_balance(), both(&|id| passes::stored_value_cents(&passes::held(studio, id)))),
        amounts(t::merge_owed(), both(&|id| passes::owed_cents(studio, id))),
        counted(
            t::merge_documents(),
            both(&|id| whole(members::kept::<Document>(studio, id, DOCUMENT_MEMBER).len())),
        ),
    ];
    lines.push(signed(studio, stays, goes));
    lines
}

fn whole(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn passes_of(studio: &Studio, id: MemberId) -> Vec<String> {
    let held = passes::held(studio, id).into_iter().filter(|h| h.pass.reversed_at.is_none());
    held.map(|h| passes::words(studio, &h)).collect()
}

fn cards_of(studio: &Studio, id: MemberId) -> Vec<String> {
    let cards = passes::cards_of(studio, id).into_iter().filter(|card| card.state == CardState::Active);
    cards.map(|card| card.number).collect()
}

fn signed(studio: &Studio, stays: MemberId, goes: MemberId) -> Joined {
    let version = |id| studio.live().get::<Member>(id).and_then(|m| m.signed).map(|s| s.version);
    let word = |version: Option<u32>| version.map_or_else(|| "–".to_owned(), t::merge_version);
    let (one, other) = (version(stays), version(goes));
    Joined {
        what: t::file_terms().to_owned(),
        survivor: word(one),
        absorbed: word(other),
        together: word(one.max(other)),
    }
}
