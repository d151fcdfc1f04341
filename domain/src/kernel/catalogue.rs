//! The table of what the slices declared, as the plumbing sees it: look-ups by name, and nothing else.

use super::command::CommandDef;
use super::facts::{Facts, Want};
use super::ids::StudioId;
use super::record::{Change, Described, KindDef, Record, Temperature, Unreadable};
use super::time::Zone;

/// A pure consequence of a change: adds changes without the first slice knowing.
#[derive(Debug, Clone, Copy)]
pub struct Reaction {
    /// The kind of record it listens to.
    pub on: &'static str,
    /// What it must see.
    pub wants: fn(&Change) -> Vec<Want>,
    /// What it adds.
    pub react: fn(&Change, &Facts, &super::decide::Ctx) -> super::decide::Decision,
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

    /// The reactions to a kind.
    pub fn reactions(&self, kind: &str) -> impl Iterator<Item = &'static Reaction> + '_ {
        let kind = kind.to_owned();
        self.slices.iter().flat_map(|s| s.reactions).filter(move |r| r.on == kind)
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
