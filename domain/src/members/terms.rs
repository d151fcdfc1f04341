//! The studio's terms: versioned texts. A published version never changes; whoever signed it keeps it.

use serde::{Deserialize, Serialize};

use super::SLICE;
use super::region::Region;
use crate::kernel::access::{self, Reader, Role};
use crate::kernel::command::{Command, Request};
use crate::kernel::decide::{Ctx, Decision};
use crate::kernel::erasure::Tells;
use crate::kernel::facts::{Facts, Want};
use crate::kernel::ids::{Id, PersonId};
use crate::kernel::keys::{KeyValue, Keys};
use crate::kernel::record::RecordBody;
use crate::kernel::text;
use crate::kernel::time::Timestamp;
use crate::typed_id;

/// The key of all versions.
pub const ALL_KEY: &str = "terms.all";
/// Characters one text of the terms may have.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Days a term may promise.
pub const DAYS_MAX: u32 = 3_650;

typed_id! {
    /// One published version of the terms.
    TermsId,
}

/// What the law or the studio gives beyond the text: data, so that rules can count with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Statutory {
    /// Days somebody may read the terms before signing.
    pub review_days: u32,
    /// Days after signing within which an unused pass is given back in full.
    pub cooling_off_days: u32,
    /// Days a year a pass may be frozen.
    pub freeze_days: u32,
    /// Days within which a refund is paid out.
    pub refund_days: u32,
}

/// The texts of one version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TermsText {
    /// The region whose presets they began with.
    pub region: Region,
    /// What they are called.
    pub title: String,
    /// What is paid, for what.
    pub fees: String,
    /// What is given for it.
    pub services: String,
    /// When money comes back, and how much.
    pub refund_policy: String,
    /// House rules, risks, the rest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rules: String,
    /// A club's charter, signed in the same step.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub charter: String,
    /// The counted promises.
    pub statutory: Statutory,
}

/// One published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Which one.
    pub id: TermsId,
    /// Counts up, from 1.
    pub version: u32,
    /// The texts.
    pub text: TermsText,
    /// By whom.
    pub published_by: PersonId,
    /// When.
    pub published_at: Timestamp,
}

impl Terms {
    /// The value under [`ALL_KEY`].
    #[must_use]
    pub fn all_value() -> KeyValue {
        KeyValue::of("all")
    }

    /// The want for all versions.
    #[must_use]
    pub fn all() -> Want {
        Want::key::<Self>(ALL_KEY, Self::all_value())
    }

    /// The version in force among all of them.
    #[must_use]
    pub fn in_force(versions: Vec<Self>) -> Option<Self> {
        versions.into_iter().max_by_key(|t| t.version)
    }
}

impl RecordBody for Terms {
    const KIND: &'static str = "terms";
    const READERS: &'static [Reader] = &[Reader::Everyone];
    const TELLS: Tells = Tells::OfNobody;
    fn id(&self) -> Id {
        self.id.raw()
    }
    fn keys(&self, keys: &mut Keys) {
        keys.shared(ALL_KEY, Self::all_value());
    }
    fn happened_at(&self) -> Timestamp {
        self.published_at
    }
}

/// The owner publishes a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishTerms {
    /// The version in force when the form opened; 0 for none.
    pub seen_version: u32,
    /// The texts.
    pub text: TermsText,
}

/// Why a version is not published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PublishRefusal {
    /// No title.
    #[error("the terms need a title")]
    TitleMissing,
    /// No word about fees.
    #[error("the terms must say what is paid")]
    FeesMissing,
    /// No word about what is given.
    #[error("the terms must say what is given for it")]
    ServicesMissing,
    /// No word about refunds.
    #[error("the terms must say when money comes back")]
    RefundPolicyMissing,
    /// Somebody published meanwhile.
    #[error("version {version} was published meanwhile")]
    PublishedMeanwhile {
        /// That version.
        version: u32,
    },
    /// Nothing differs from the version in force.
    #[error("nothing differs from version {version}")]
    NothingChanged {
        /// That version.
        version: u32,
    },
}

impl Command for PublishTerms {
    const KIND: &'static str = "members.publish_terms";
    const ROLES: &'static [Role] = access::MANAGERS;
    const TELLS: Tells = Tells::OfNobody;
    type Personal = ();
    fn wants(&self, (): &(), _: &Facts) -> Vec<Want> {
        vec![Terms::all()]
    }
    fn is_well_formed(&self, (): &()) -> bool {
        let t = &self.text;
        let texts = [&t.title, &t.fees, &t.services, &t.refund_policy, &t.rules, &t.charter];
        let days = [
            t.statutory.review_days,
            t.statutory.cooling_off_days,
            t.statutory.freeze_days,
            t.statutory.refund_days,
        ];
        texts.into_iter().all(|t| text::fits(t, TEXT_CHARS_MAX)) && days.into_iter().all(|d| d <= DAYS_MAX)
    }
}

impl Request for PublishTerms {
    type Refusal = PublishRefusal;
    const SLICE: &'static str = SLICE;
    fn decide(&self, (): &(), facts: &Facts, ctx: &Ctx) -> Result<Decision, PublishRefusal> {
        let text = &self.text;
        let needed = [
            (&text.title, PublishRefusal::TitleMissing),
            (&text.fees, PublishRefusal::FeesMissing),
            (&text.services, PublishRefusal::ServicesMissing),
            (&text.refund_policy, PublishRefusal::RefundPolicyMissing),
        ];
        for (part, refusal) in needed {
            if part.trim().is_empty() {
                return Err(refusal);
            }
        }
        let in_force = Terms::in_force(facts.all(&Terms::all()));
        let version = in_force.as_ref().map_or(0, |t| t.version);
        if version != self.seen_version {
            return Err(PublishRefusal::PublishedMeanwhile { version });
        }
        if in_force.is_some_and(|t| t.text == *text) {
            return Err(PublishRefusal::NothingChanged { version });
        }
        let mut decision = Decision::nothing();
        decision.put(&Terms {
            id: TermsId(ctx.id(0)),
            version: version + 1,
            text: text.clone(),
            published_by: ctx.actor,
            published_at: ctx.effective_at,
        });
        Ok(decision)
    }
}
