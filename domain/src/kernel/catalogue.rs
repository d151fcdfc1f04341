//! The table of what the slices declared, as the plumbing sees it: look-ups by name, and nothing else.

use super::access::{PEOPLE, Reader, Role};
use super::command::{CommandDef, Input};
use super::erasure::{AboutErased, Erased, Fate, SUBJECT_KEY, Tells, subject_value};
use super::exceptions::{Exception, Settled};
use super::facts::{Facts, Want};
use super::feed::Feed;
use super::ids::{CommandId, Id, PersonId, StudioId};
use super::record::{
    Body, Change, Described, KindDef, KindName, Record, RecordBody, Temperature, Unreadable,
};
use super::time::Zone;

/// A pure consequence of changes: adds more of them without the first slice knowing. It sees the records as they were
/// before the decision, and at once all it listens to that the decision changed: one after the other each would take the
/// seats or the balance it found for the last word. What a reaction changes is not reacted to.
#[derive(Debug, Clone, Copy)]
pub struct Reaction {
    /// The kinds of record it listens to.
    pub on: &'static [&'static str],
    /// What it must see, as far as the facts so far can tell. Asked as often as a command's wants.
    pub wants: fn(&[&Change], &Facts) -> Vec<Want>,
    /// What it adds.
    pub react: fn(&[&Change], &Facts, &super::decide::Ctx) -> super::decide::Decision,
}

impl Reaction {
    /// What it hears of a decision, in its order.
    fn heard<'a>(&self, changes: &'a [Change]) -> Vec<&'a Change> {
        changes.iter().filter(|change| self.on.contains(&change.kind.as_ref())).collect()
    }
}

/// A kind that is cut from another one for those who may not read it: a hub writes it beside the record it is of,
/// under the same id, and no device ever does.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// The kind it is of.
    pub of: &'static str,
    /// The kind it is.
    pub kind: &'static str,
    /// The version of its shape.
    pub kind_version: u16,
    /// Its body; nothing where there is nothing to show.
    pub body: fn(&Record) -> Option<Body>,
}

/// One slice's block.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// The slice's name, the same in every wall.
    pub name: &'static str,
    /// Its kinds of record.
    pub kinds: &'static [KindDef],
    /// Its commands.
    pub commands: &'static [CommandDef],
    /// Its reactions to others.
    pub reactions: &'static [Reaction],
    /// What is cut from its records for others.
    pub views: &'static [View],
    /// What its exceptions tell about the people they are about.
    pub exceptions: Telling,
}

/// What a slice's exceptions tell about the people they are about: when one of them is erased, such items are emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Sums, dates, names of plans: they stay.
    Figures,
    /// Names, numbers, ages, who may be whom.
    People,
}

/// How much of a kind a role pulls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    All,
    /// What is for the desk; what is for managers not.
    Part,
    /// What is about the person at the device.
    Own,
    /// Nothing.
    Nothing,
}

impl Sight {
    /// As the table says it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Part => "the desk's",
            Self::Own => "own",
            Self::Nothing => "–",
        }
    }
}

/// Every slice's block, and where the studio's zone is found.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    /// The blocks.
    pub slices: &'static [Slice],
    /// The want under which the studio's zone is found.
    pub zone_want: fn(StudioId) -> Want,
    /// The zone in the answer.
    pub zone: fn(&Facts, StudioId) -> Zone,
    /// The person and their role, if a change is about that.
    pub person: fn(&Change) -> Option<(PersonId, Role)>,
}

impl Catalogue {
    /// The definition of a kind; nothing for a newer build's.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&'static KindDef> {
        self.kinds().find(|k| k.name == name)
    }

    /// The definition of a command; nothing for a newer build's.
    #[must_use]
    pub fn command(&self, kind: &str) -> Option<&'static CommandDef> {
        self.commands().find(|c| c.kind == kind)
    }

    /// All kinds.
    pub fn kinds(&self) -> impl Iterator<Item = &'static KindDef> + '_ {
        self.slices.iter().flat_map(|s| s.kinds)
    }

    /// All commands.
    pub fn commands(&self) -> impl Iterator<Item = &'static CommandDef> + '_ {
        self.slices.iter().flat_map(|s| s.commands)
    }

    /// How much of a kind a role pulls: one cell of the table.
    #[must_use]
    pub fn sight(&self, role: Role, kind: &KindDef) -> Sight {
        let shared = || kind.readers.iter().filter(|reader| **reader != Reader::Own);
        let some = shared().any(|reader| role.reads(*reader));
        let kept_from = kind.readers.contains(&Reader::Managers) && !role.reads(Reader::Managers);
        match (some, kept_from) {
            (true, false) => Sight::All,
            (true, true) => Sight::Part,
            (false, _) if kind.readers.contains(&Reader::Own) && role.reads(Reader::Own) => Sight::Own,
            (false, _) => Sight::Nothing,
        }
    }

    /// The table of roles as a document: what each may pull, and what each may give.
    #[must_use]
    pub fn roles_table(&self) -> String {
        let head = |first: &str| {
            let names: Vec<&str> = PEOPLE.into_iter().map(Role::name).collect();
            format!("| {first} | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()))
        };
        let row = |name: &str, cells: Vec<&str>| format!("| `{name}` | {} |\n", cells.join(" | "));
        let mut text = head("kind");
        for kind in self.kinds() {
            text.push_str(&row(kind.name, PEOPLE.map(|role| self.sight(role, kind).word()).to_vec()));
        }
        text.push('\n');
        text.push_str(&head("command"));
        for command in self.commands() {
            let cell = |role| if command.roles.contains(&role) { "yes" } else { "–" };
            text.push_str(&row(command.kind, PEOPLE.map(cell).to_vec()));
        }
        text
    }

    /// The reactions that a decision sets off, each with what it hears of it.
    pub fn reactions<'a>(
        &self,
        changes: &'a [Change],
    ) -> impl Iterator<Item = (&'static Reaction, Vec<&'a Change>)> + use<'a, '_> {
        let all = self.slices.iter().flat_map(|slice| slice.reactions);
        all.map(move |reaction| (reaction, reaction.heard(changes))).filter(|(_, heard)| !heard.is_empty())
    }

    /// What is shown to whoever holds a secret, with the kinds of record that say to whom.
    pub fn feeds(&self) -> impl Iterator<Item = (&'static KindDef, &'static Feed)> + '_ {
        self.kinds().filter_map(|kind| Some((kind, kind.feed.as_ref()?)))
    }

    /// True for a kind that is cut from another.
    #[must_use]
    pub fn is_view(&self, kind: &str) -> bool {
        self.slices.iter().flat_map(|s| s.views).any(|view| view.kind == kind)
    }

    /// What follows from a change for those who may not read the record itself.
    pub fn views(&self, change: &Change) -> Vec<Change> {
        let of = self.slices.iter().flat_map(|s| s.views).filter(|view| view.of == change.kind);
        let body = |view: &View| {
            let record = Record {
                kind: change.kind.clone(),
                kind_version: change.kind_version,
                id: change.id,
                version: 0,
                body: change.body.clone()?,
            };
            (view.body)(&record)
        };
        let cut = |view: &'static View| Change {
            kind: KindName::Borrowed(view.kind),
            kind_version: view.kind_version,
            id: change.id,
            body: body(view),
        };
        of.map(cut).collect()
    }

    /// What is to be looked for when somebody is erased: everything that tells something about them.
    #[must_use]
    pub fn erasure_wants(&self, subject: Id) -> Vec<Want> {
        let telling = self.kinds().filter(|kind| kind.tells == Tells::OfPeople && !self.is_view(kind.name));
        let want = |kind: &KindDef| Want::Key {
            kind: KindName::Borrowed(kind.name),
            name: KindName::Borrowed(SUBJECT_KEY),
            value: subject_value(subject),
        };
        telling.map(want).collect()
    }

    /// What is left of a record without somebody who was erased. One that this build cannot read stays as it is.
    #[must_use]
    pub fn without(&self, record: &Record, erased: &Erased) -> Fate<Body> {
        if record.kind == Exception::KIND {
            return self.exception_without(record, erased);
        }
        let Some(kind) = self.kind(&record.kind) else { return Fate::Stays };
        (kind.without)(record, erased).unwrap_or(Fate::Stays)
    }

    /// An item that told something is emptied and settled; it is never taken away, for answers name it.
    fn exception_without(&self, record: &Record, erased: &Erased) -> Fate<Body> {
        let Ok(item) = record.read::<Exception>() else { return Fate::Stays };
        let tells = self.slices.iter().any(|s| s.name == item.slice && s.exceptions == Telling::People);
        if !tells || !item.about.contains(&erased.subject) {
            return Fate::Stays;
        }
        let settled = Settled { choice: "erased".to_owned(), by: erased.by, at: erased.at, device: None };
        let emptied = Exception {
            slice: "kernel".to_owned(),
            what: serde_json::to_value(AboutErased::Erased).unwrap_or_default(),
            settled: item.settled.or(Some(settled)),
            ..item
        };
        serde_json::to_string(&emptied).map_or(Fate::Goes, |json| Fate::Becomes(json.into()))
    }

    /// A change without what it tells about somebody who was erased; nothing when there was nothing.
    #[must_use]
    pub fn change_without(&self, change: &Change, erased: &Erased) -> Option<Change> {
        let record = Record {
            kind: change.kind.clone(),
            kind_version: change.kind_version,
            id: change.id,
            version: 0,
            body: change.body.clone()?,
        };
        self.left_of(&record, erased)
    }

    /// What a record becomes with an erasure; nothing when it stays as it is.
    #[must_use]
    pub fn left_of(&self, record: &Record, erased: &Erased) -> Option<Change> {
        let body = match self.without(record, erased) {
            Fate::Stays => return None,
            Fate::Becomes(body) => Some(body),
            Fate::Goes => None,
        };
        // What is left was written in today's shape.
        let kind_version = self.kind(&record.kind).map_or(record.kind_version, |kind| kind.version);
        Some(Change { kind: record.kind.clone(), kind_version, id: record.id, body })
    }

    /// The people a command is about.
    #[must_use]
    pub fn subjects(&self, input: &Input, command: CommandId) -> Vec<Id> {
        self.command(&input.kind).map(|def| (def.subjects)(input, command)).unwrap_or_default()
    }

    /// A command without what its personal block tells about these people; nothing when there is
    /// nothing to leave out.
    #[must_use]
    pub fn input_without(&self, input: &Input, command: CommandId, gone: &[Id]) -> Option<Input> {
        let def = self.command(&input.kind).filter(|_| input.personal.is_some())?;
        if !(def.subjects)(input, command).iter().any(|id| gone.contains(id)) {
            return None;
        }
        let personal = (def.without)(input, command, gone);
        (personal != input.personal).then(|| Input { personal, ..input.clone() })
    }

    /// What a record says about itself. A kind of a newer build says nothing and is kept as it is.
    pub fn describe(&self, record: &Record) -> Result<Described, Unreadable> {
        match self.kind(&record.kind) {
            Some(def) => (def.describe)(record),
            None => Ok(Described::default()),
        }
    }

    /// Where a kind lives; a newer build's kind is history to us.
    #[must_use]
    pub fn temperature(&self, kind: &str) -> Temperature {
        self.kind(kind).map_or(Temperature::Cold, |k| k.temperature)
    }
}
