//! The three kinds of command and how a slice's command becomes data the plumbing can carry.
//!
//! A Fact happened in the room and cannot be refused; a Request claims something scarce; an Edit describes.
//! The difference is a difference of traits: a Fact's `decide` has no way to say no.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::access::Role;
use super::decide::{Ctx, Decision, RefusalBody, Ruled};
use super::erasure::{Erased, Tells};
use super::facts::{Facts, Want};
use super::ids::{CommandId, Id};
use super::json::lifted;

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It happened: the authority may only record it, and raise an exception beside it.
    Fact,
    /// A claim: accepted, accepted changed, or refused with a reason.
    Request,
    /// Descriptive fields: applied, merged per field, or in conflict.
    Edit,
}

/// What all commands share.
pub trait Command: Serialize + DeserializeOwned + 'static {
    /// `slice.verb`; never changes once released.
    const KIND: &'static str;
    /// The version of the payload's shape. Every released version stays readable for ever.
    const VERSION: u16 = 1;
    /// Who may give it.
    const ROLES: &'static [Role];
    /// What erasure must be able to blank: names, numbers, strokes. `()` where nothing is personal.
    type Personal: Serialize + DeserializeOwned + Default + 'static;
    /// Whether somebody must hear of it when the hub refuses what a device had granted. Only of what nobody misses it is not.
    const REFUSAL_IS_NEWS: bool = true;
    /// Whether it is about people who can be erased. Every command of the registry answers.
    const TELLS: Tells = Tells::Unsaid;

    /// The people it is about; `command` is its id, out of which it may make theirs.
    fn subjects(&self, _personal: &Self::Personal, _command: CommandId) -> Vec<Id> {
        Vec::new()
    }

    /// What is left of the personal block without these people; nothing where it was about nobody else.
    fn without(
        &self,
        _personal: Self::Personal,
        _command: CommandId,
        _gone: &[Id],
    ) -> Option<Self::Personal> {
        None
    }

    /// What must be seen first, as far as the facts so far can tell. Asked up to four times.
    fn wants(&self, personal: &Self::Personal, facts: &Facts) -> Vec<Want>;

    /// Those of the people it is about of whom it means all ids, should they have been joined with another one since: the
    /// runner finds out what stands for them, and notes beside the decision that a command named one that does not
    /// stand for itself any more.
    fn circles(&self) -> Vec<Id> {
        Vec::new()
    }

    /// False for what no form of ours would ever send (sums that do not add up, a text of a megabyte).
    /// Such a command is quarantined, not decided; a person's typing errors are the form's matter.
    fn is_well_formed(&self, _personal: &Self::Personal) -> bool {
        true
    }

    /// Lifts an older payload to today's shape.
    fn upcast(_from_version: u16, payload: serde_json::Value) -> serde_json::Value {
        payload
    }
}

/// A command that can only be recorded.
pub trait Fact: Command {
    /// What it means for the records. There is no "no".
    fn decide(&self, personal: &Self::Personal, facts: &Facts, ctx: &Ctx) -> Decision;
}

/// A command that can be refused.
pub trait Request: Command {
    /// The slice's reasons.
    type Refusal: Serialize + 'static;
    /// The slice whose words tell the refusal.
    const SLICE: &'static str;
    /// What it means for the records, or why not.
    fn decide(&self, personal: &Self::Personal, facts: &Facts, ctx: &Ctx) -> Result<Decision, Self::Refusal>;
}

/// A command over descriptive fields; see [`super::edit`].
pub trait Edit: Command {
    /// Applies field by field; conflicts become exceptions in the decision.
    fn decide(&self, personal: &Self::Personal, facts: &Facts, ctx: &Ctx) -> Decision;
}

/// A command as it is carried: kind, version and two JSON texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// `slice.verb`.
    pub kind: String,
    /// Of the payload's shape.
    pub kind_version: u16,
    /// The payload's JSON, byte for byte.
    pub payload: String,
    /// The personal block's JSON; nothing when there is none or it has been erased.
    pub personal: Option<String>,
}

impl Input {
    /// Encodes a slice's command.
    pub fn encode<C: Command>(payload: &C, personal: &C::Personal) -> Result<Self, Undecodable> {
        let personal = serde_json::to_string(personal).map_err(undecodable)?;
        Ok(Self {
            kind: C::KIND.to_owned(),
            kind_version: C::VERSION,
            payload: serde_json::to_string(payload).map_err(undecodable)?,
            personal: (personal != "null").then_some(personal),
        })
    }

    fn payload<C: Command>(&self) -> Result<C, Undecodable> {
        let payload = match self.kind_version == C::VERSION {
            true => serde_json::from_str(&self.payload),
            false => lifted(self.kind_version, &self.payload, C::upcast)
                .and_then(|text| serde_json::from_str(&text)),
        };
        payload.map_err(undecodable)
    }

    fn decode<C: Command>(&self) -> Result<(C, C::Personal), Undecodable> {
        let personal = match &self.personal {
            Some(json) => serde_json::from_str(json),
            None => Ok(C::Personal::default()),
        };
        Ok((self.payload()?, personal.map_err(undecodable)?))
    }
}

/// Whether a personal block is as somebody wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// As it was written.
    Written,
    /// What an erasure left of it: no form would send it, and it is right all the same.
    Erased,
}

/// A payload that this build cannot read. The command is kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the payload does not fit its kind: {0}")]
pub struct Undecodable(pub String);

fn undecodable(why: serde_json::Error) -> Undecodable {
    Undecodable(why.to_string())
}

/// Everything the plumbing needs of a command, without its type.
#[derive(Debug, Clone, Copy)]
pub struct CommandDef {
    /// `slice.verb`.
    pub kind: &'static str,
    /// The newest version of its payload.
    pub version: u16,
    /// Which of the three.
    pub class: Class,
    /// Who may give it.
    pub roles: &'static [Role],
    /// Whether its refusal by the hub is told to somebody.
    pub refusal_is_news: bool,
    /// Whether it is about people who can be erased.
    pub tells: Tells,
    /// True when it has a personal block.
    pub has_personal: bool,
    /// The people it is about.
    pub subjects: fn(&Input, CommandId) -> Vec<Id>,
    /// What is left of its personal block without these people.
    pub without: fn(&Input, CommandId, &[Id]) -> Option<String>,
    /// What must be seen first, the erasures of those it is about among it.
    pub wants: fn(&Input, CommandId, &Facts) -> Result<Vec<Want>, Undecodable>,
    /// Those of whom it means all ids.
    pub circles: fn(&Input) -> Result<Vec<Id>, Undecodable>,
    /// The rule.
    pub decide: fn(&Input, Block, &Facts, &Ctx) -> Result<Ruled, Undecodable>,
}

impl CommandDef {
    const fn of<C: Command>(
        class: Class,
        decide: fn(&Input, Block, &Facts, &Ctx) -> Result<Ruled, Undecodable>,
    ) -> Self {
        Self {
            kind: C::KIND,
            version: C::VERSION,
            class,
            roles: C::ROLES,
            refusal_is_news: C::REFUSAL_IS_NEWS,
            tells: C::TELLS,
            has_personal: size_of::<C::Personal>() > 0,
            subjects: subjects::<C>,
            without: without::<C>,
            wants: wants::<C>,
            circles: circles::<C>,
            decide,
        }
    }
    /// The definition of a Fact.
    #[must_use]
    pub const fn fact<C: Fact>() -> Self {
        Self::of::<C>(Class::Fact, decide_fact::<C>)
    }
    /// The definition of a Request.
    #[must_use]
    pub const fn request<C: Request>() -> Self {
        Self::of::<C>(Class::Request, decide_request::<C>)
    }
    /// The definition of an Edit.
    #[must_use]
    pub const fn edit<C: Edit>() -> Self {
        Self::of::<C>(Class::Edit, decide_edit::<C>)
    }
}

/// A personal block that cannot be read hides nobody the payload names.
fn subjects<C: Command>(input: &Input, command: CommandId) -> Vec<Id> {
    if C::TELLS != Tells::OfPeople {
        return Vec::new();
    }
    let read = input.decode::<C>().or_else(|_| {
        let payload_alone = Input { personal: None, ..input.clone() };
        payload_alone.decode::<C>()
    });
    read.map(|(payload, personal)| payload.subjects(&personal, command)).unwrap_or_default()
}

fn without<C: Command>(input: &Input, command: CommandId, gone: &[Id]) -> Option<String> {
    let (payload, personal) = input.decode::<C>().ok()?;
    let rest = payload.without(personal, command, gone)?;
    serde_json::to_string(&rest).ok()
}

fn wants<C: Command>(input: &Input, command: CommandId, facts: &Facts) -> Result<Vec<Want>, Undecodable> {
    let (payload, personal) = input.decode::<C>()?;
    let mut wants = payload.wants(&personal, facts);
    if C::TELLS == Tells::OfPeople {
        wants.extend(payload.subjects(&personal, command).into_iter().map(Erased::want));
    }
    Ok(wants)
}

/// True for what no form of ours would send and no erasure would leave.
fn is_malformed<C: Command>(command: &C, personal: &C::Personal, input: &Input, block: Block) -> bool {
    let emptied = block == Block::Erased && size_of::<C::Personal>() > 0 && input.personal.is_none();
    !emptied && !command.is_well_formed(personal)
}

fn circles<C: Command>(input: &Input) -> Result<Vec<Id>, Undecodable> {
    input.payload::<C>().map(|command| command.circles())
}

fn decide_fact<C: Fact>(input: &Input, block: Block, facts: &Facts, ctx: &Ctx) -> Result<Ruled, Undecodable> {
    let (command, personal) = input.decode::<C>()?;
    if is_malformed(&command, &personal, input, block) {
        return Ok(Ruled::Malformed);
    }
    Ok(Ruled::Granted(command.decide(&personal, facts, ctx)))
}

fn decide_request<C: Request>(
    input: &Input,
    block: Block,
    facts: &Facts,
    ctx: &Ctx,
) -> Result<Ruled, Undecodable> {
    let (command, personal) = input.decode::<C>()?;
    if is_malformed(&command, &personal, input, block) {
        return Ok(Ruled::Malformed);
    }
    match command.decide(&personal, facts, ctx) {
        Ok(decision) => Ok(Ruled::Granted(decision)),
        Err(why) => {
            let body = serde_json::to_value(&why).map_err(undecodable)?;
            Ok(Ruled::Refused(RefusalBody { slice: C::SLICE.to_owned(), why: body }))
        }
    }
}

fn decide_edit<C: Edit>(input: &Input, block: Block, facts: &Facts, ctx: &Ctx) -> Result<Ruled, Undecodable> {
    let (command, personal) = input.decode::<C>()?;
    if is_malformed(&command, &personal, input, block) {
        return Ok(Ruled::Malformed);
    }
    Ok(Ruled::Granted(command.decide(&personal, facts, ctx)))
}
