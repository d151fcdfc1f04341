//! Signatures under the terms: which version, when, on which device, who stood by. The strokes lie apart, so that they can be erased.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::application::NAME_CHARS_MAX;
use super::exception::MembersException;
use super::person::{Member, MemberId, SignedTerms};
use super::terms::{Terms, TermsId};
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::alias::Circle;
use crate::kernel::command::{Command, Fact};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::{Erased, Fate, Tells};
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{CommandId, DeviceId, Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::{RecordBody, Temperature};
use crate::kernel::text;
use crate::kernel::time::Timestamp;

/// The key of one member's consents.
pub const MEMBER_KEY: &str = "consent.member";
/// Points a signature may have.
pub const POINTS_MAX: usize = 4_000;
/// Strokes a signature may have.
pub const STROKES_MAX: usize = 200;

/// A finger's way over the glass: points on a field of 1000 × 1000, whatever the glass measured.
pub type Stroke = Vec<(u16, u16)>;

/// Who held the finger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// The member.
    Member,
    /// Who signs for a member under age.
    Guardian,
}

/// One person's signature under one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Which one.
    pub id: Id,
    /// Whose consent.
    pub member: MemberId,
    /// Under these terms.
    pub terms: TermsId,
    /// Of this version; 0 when they are not known here.
    pub version: u32,
    /// Who signed.
    pub signer: Signer,
    /// Their name as it was that day.
    pub signer_name: String,
    /// The strokes; nothing when the name was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Id>,
    /// When.
    pub signed_at: Timestamp,
    /// On which device.
    pub device: DeviceId,
    /// Who stood by.
    pub witness: PersonId,
}

impl RecordBody for Consent {
    const KIND: &'static str = "consent";
    const KEYS_VERSION: u16 = 3;
    const TEMPERATURE: Temperature = Temperature::Cold;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id
    }
    fn subjects(&self) -> Vec<Id> {
        let tells = !self.signer_name.is_empty() || self.signature.is_some();
        tells.then(|| self.member.raw()).into_iter().collect()
    }
    fn without(self, _: &Erased) -> Fate<Self> {
        // That somebody agreed, to what and when, stays under their number.
        Fate::Becomes(Self { signer_name: String::new(), signature: None, ..self })
    }
    fn about(&self) -> Vec<Id> {
        vec![self.member.raw()]
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(MEMBER_KEY, KeyValue::of(self.member.raw()));
    }
    fn happened_at(&self) -> Timestamp {
        self.signed_at
    }
}

/// The strokes of a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Which one.
    pub id: Id,
    /// Of the strokes, in order.
    pub strokes: Vec<Stroke>,
    /// When.
    pub signed_at: Timestamp,
    /// For whom; nothing in what earlier builds wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
}

impl RecordBody for Signature {
    const KIND: &'static str = "signature";
    const KEYS_VERSION: u16 = 3;
    const TEMPERATURE: Temperature = Temperature::Cold;
    const READERS: &'static [Reader] = &[Reader::Desk, Reader::Own];
    const TELLS: Tells = Tells::OfPeople;
    fn id(&self) -> Id {
        self.id
    }
    fn subjects(&self) -> Vec<Id> {
        self.member.iter().map(|member| member.raw()).collect()
    }
    fn about(&self) -> Vec<Id> {
        self.member.iter().map(|member| member.raw()).collect()
    }
    fn happened_at(&self) -> Timestamp {
        self.signed_at
    }
}

/// Somebody signed the terms on the glass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignTerms {
    /// Whose consent.
    pub member_id: MemberId,
    /// Under these terms.
    pub terms_id: TermsId,
    /// Who signed.
    pub signer: Signer,
}

/// The signature itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SignedBy {
    /// The signer's name.
    pub name: String,
    /// The strokes; none when the name was typed instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strokes: Vec<Stroke>,
    /// True when somebody who cannot draw signed by typing the name.
    #[serde(default)]
    pub is_typed: bool,
}

impl SignedBy {
    /// True for strokes that a finger could have drawn, or a typed name without any.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        let points: usize = self.strokes.iter().map(Vec::len).sum();
        let is_drawn = (2..=POINTS_MAX).contains(&points) && self.strokes.len() <= STROKES_MAX;
        if self.is_typed { self.strokes.is_empty() } else { is_drawn }
    }
}

impl Command for SignTerms {
    const KIND: &'static str = "members.sign_terms";
    const ROLES: &'static [Role] = access::ROOM;
    const TELLS: Tells = Tells::OfPeople;
    type Personal = SignedBy;
    fn subjects(&self, _: &SignedBy, _: CommandId) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn wants(&self, _: &SignedBy, facts: &Facts) -> Vec<Want> {
        let circle = Circle::so_far(self.member_id.raw(), facts);
        let named = [self.member_id.raw(), circle.root()];
        named.into_iter().map(Want::id::<Member>).chain([Terms::all()]).collect()
    }
    fn circles(&self) -> Vec<Id> {
        vec![self.member_id.raw()]
    }
    fn is_well_formed(&self, signed: &SignedBy) -> bool {
        !signed.name.trim().is_empty() && text::fits(&signed.name, NAME_CHARS_MAX) && signed.is_signed()
    }
}

impl Fact for SignTerms {
    fn decide(&self, signed: &SignedBy, facts: &Facts, ctx: &Ctx) -> Decision {
        let mut decision = Decision::nothing();
        let versions: Vec<Terms> = facts.all(&Terms::all());
        let version = versions.iter().find(|t| t.id == self.terms_id).map_or(0, |t| t.version);
        let in_force = versions.iter().map(|t| t.version).max().unwrap_or(0);
        let signature = (!signed.is_typed).then(|| Signature {
            id: ctx.id(1),
            strokes: signed.strokes.clone(),
            signed_at: ctx.effective_at,
            member: Some(self.member_id),
        });
        if let Some(signature) = &signature {
            decision.put(signature);
        }
        decision.put(&Consent {
            id: ctx.id(0),
            member: self.member_id,
            terms: self.terms_id,
            version,
            signer: self.signer,
            signer_name: text::tidy_line(&signed.name),
            signature: signature.map(|s| s.id),
            signed_at: ctx.effective_at,
            device: ctx.device,
            witness: ctx.actor,
        });
        if version == 0 || version < in_force {
            decision.raise(
                MembersException::SignedOldTerms { signed: version, in_force }
                    .draft(vec![self.member_id.raw()]),
            );
        }
        if facts.get::<Member>(self.member_id).is_none() {
            decision.raise(MembersException::UnknownMember.draft(vec![self.member_id.raw()]));
        }
        let stands = Circle::of(self.member_id.raw(), facts).root();
        for id in BTreeSet::from([self.member_id.raw(), stands]) {
            note_signed(&mut decision, facts, id, SignedTerms { version, at: ctx.effective_at });
        }
        decision
    }
}

/// The lists and the till see the newest terms. Signing belongs to being written down: it is no later change.
fn note_signed(decision: &mut Decision, facts: &Facts, id: Id, signed: SignedTerms) {
    let newer = |m: &Member| m.signed.is_none_or(|s| s.version <= signed.version);
    if let Some(member) = facts.get::<Member>(id).filter(newer) {
        decision.replace(facts.record::<Member>(id), &Member { signed: Some(signed), ..member });
    }
}
