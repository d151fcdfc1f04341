//! The table of what the slices declared, as the plumbing sees it: look-ups by name, and nothing else.

use super::access::{PEOPLE, Reader, Role};
use super::command::CommandDef;
use super::facts::{Facts, Want};
use super::ids::{PersonId, StudioId};
use super::record::{Body, Change, Described, KindDef, KindName, Record, Temperature, Unreadable};
use super::time::Zone;

/// A pure consequence of a change: adds changes without the first slice knowing. It sees the records as they were before
/// the decision, and the change itself; what a reaction changes is not reacted to.
#[derive(Debug, Clone, Copy)]
pub struct Reaction {
    /// The kind of record it listens to.
    pub on: &'static str,
    /// What it must see, as far as the facts so far can tell. Asked as often as a command's wants.
    pub wants: fn(&Change, &Facts) -> Vec<Want>,
    /// What it adds.
    pub react: fn(&Change, &Facts, &super::decide::Ctx) -> super::decide::Decision,
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

    /// The reactions to a kind.
    pub fn reactions(&self, kind: &str) -> impl Iterator<Item = &'static Reaction> + '_ {
        let kind = kind.to_owned();
        self.slices.iter().flat_map(|s| s.reactions).filter(move |r| r.on == kind)
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
