//! What a feature hands to the studio: a command, and what goes with it.

use std::collections::BTreeMap;

use rollcall_domain::kernel::command::{Command, Input, Undecodable};
use rollcall_domain::kernel::ids::{CommandId, Hash, Id};

/// A number people read out: the device's letters and a count without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The device's letters.
    pub series: String,
    /// From 1.
    pub n: u64,
}

impl Number {
    /// `A-000123`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}-{:06}", self.series, self.n)
    }
}

/// The numbers an order asked for. They are used up in the very transaction that saves the command, or not at all.
#[derive(Debug, Clone, Default)]
pub struct Numbers(pub(super) BTreeMap<&'static str, Number>);

impl Numbers {
    /// The number of this counter; the first of an empty series when the order did not ask for it.
    #[must_use]
    pub fn get(&self, counter: &str) -> Number {
        self.0.get(counter).cloned().unwrap_or(Number { series: String::new(), n: 0 })
    }
}

type Make = dyn Fn(&Numbers) -> Result<Input, Undecodable>;

/// A command on its way to the studio.
pub struct Order {
    pub(super) id: CommandId,
    pub(super) counters: Vec<&'static str>,
    pub(super) make: Box<Make>,
    pub(super) group: Option<Id>,
    pub(super) seen: Option<String>,
    pub(super) after: Vec<CommandId>,
    pub(super) blobs: Vec<(Hash, Vec<u8>)>,
}

impl Order {
    /// A command without human numbers.
    pub fn new<C: Command>(id: CommandId, command: &C, personal: &C::Personal) -> Self {
        let input = Input::encode(command, personal);
        Self::made(id, Vec::new(), Box::new(move |_| input.clone()))
    }

    /// A command that carries numbers: `make` may be called again when another tab took them.
    pub fn numbered<C: Command>(
        id: CommandId,
        counters: &[&'static str],
        make: impl Fn(&Numbers) -> (C, C::Personal) + 'static,
    ) -> Self {
        Self::made(
            id,
            counters.to_vec(),
            Box::new(move |numbers| {
                let (command, personal) = make(numbers);
                Input::encode(&command, &personal)
            }),
        )
    }

    fn made(id: CommandId, counters: Vec<&'static str>, make: Box<Make>) -> Self {
        Self { id, counters, make, group: None, seen: None, after: Vec::new(), blobs: Vec::new() }
    }

    /// Belongs to one intent with others.
    #[must_use]
    pub fn group(mut self, group: Id) -> Self {
        self.group = Some(group);
        self
    }

    /// What the person saw, as JSON.
    #[must_use]
    pub fn seen(mut self, json: String) -> Self {
        self.seen = Some(json);
        self
    }

    /// Makes sense only after another command.
    #[must_use]
    pub fn after(mut self, command: CommandId) -> Self {
        self.after.push(command);
        self
    }

    /// Saves these bytes in the same transaction; the command names them by their hash.
    #[must_use]
    pub fn blob(mut self, hash: Hash, bytes: Vec<u8>) -> Self {
        self.blobs.push((hash, bytes));
        self
    }
}
