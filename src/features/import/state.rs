//! What the import knows: the file, how it is read, what its columns are, what every row would become. No markup.

use std::sync::Arc;

use leptos::prelude::*;
use rollcall_domain::import::bytes::guess_encoding;
use rollcall_domain::import::columns::Remembered;
use rollcall_domain::import::dates::guess_order;
use rollcall_domain::import::delimited::{guess_delimiter, read};
use rollcall_domain::import::rows::preview;
use rollcall_domain::import::{
    BATCH_ROWS_MAX, Column, DateOrder, Delimiter, Encoding, ImportRow, Mapping, OrderGuess, Plan, Preview,
    Table, TableFlaw,
};
use rollcall_domain::kernel::ids::{CommandId, Id};
use rollcall_domain::members::application::Rules;
use rollcall_domain::studio::Section;

use crate::parts::{han, settings};
use crate::remember;
use crate::studio::Studio;

/// What the columns of earlier files were; names of columns only, nobody's data.
const REMEMBERED_KEY: &str = "rollcall.import.columns";

/// A file as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub name: String,
    pub bytes: Arc<[u8]>,
}

/// Why a file was not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFlaw {
    Unreadable,
    TooLarge,
}

/// How far the writing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is written yet.
    Choosing,
    /// Being written.
    Running,
    /// Not all was written; the sentence says why.
    Stopped(String),
    /// Everything is written.
    Done,
}

/// One import as it will be sent: fixed when it begins, so that going on writes nobody twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Shipment {
    pub import_id: Id,
    pub file_name: String,
    pub batches: Vec<(CommandId, Vec<ImportRow>)>,
    pub sent: usize,
}

impl Shipment {
    /// Cuts the rows into commands.
    #[must_use]
    pub fn new(studio: &Studio, file_name: String, rows: &[ImportRow]) -> Self {
        let batches = rows.chunks(BATCH_ROWS_MAX).map(|rows| (studio.intent(), rows.to_vec())).collect();
        Self { import_id: studio.mint(), file_name, batches, sent: 0 }
    }

    /// Rows in the batches up to here.
    #[must_use]
    pub fn rows_sent(&self) -> u64 {
        count(self.batches.iter().take(self.sent).map(|(_, rows)| rows.len()).sum())
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        count(self.batches.iter().map(|(_, rows)| rows.len()).sum())
    }
}

/// The state of the page.
#[derive(Clone, Copy)]
pub struct Wizard {
    pub source: RwSignal<Option<Source>>,
    pub file_flaw: RwSignal<Option<FileFlaw>>,
    pub reading: RwSignal<bool>,
    pub encoding: RwSignal<Option<Encoding>>,
    pub delimiter: RwSignal<Option<Delimiter>>,
    pub mapping: RwSignal<Mapping>,
    pub order: RwSignal<Option<DateOrder>>,
    pub indoor: RwSignal<bool>,
    pub outdoor: RwSignal<bool>,
    pub table: Memo<Option<Result<Table, TableFlaw>>>,
    pub order_guess: Memo<OrderGuess>,
    pub preview: Memo<Option<Preview>>,
    pub stage: RwSignal<Stage>,
    pub shipment: RwSignal<Option<Shipment>>,
}

impl Wizard {
    /// Nothing chosen yet.
    #[must_use]
    pub fn new(studio: Studio) -> Self {
        let sections = untrack(|| settings::studio_settings(&studio)).map(|s| s.sections).unwrap_or_default();
        let (source, encoding) = (RwSignal::new(None::<Source>), RwSignal::new(None::<Encoding>));
        let (delimiter, mapping) = (RwSignal::new(None::<Delimiter>), RwSignal::new(Mapping::default()));
        let order = RwSignal::new(None::<DateOrder>);
        let (indoor, outdoor) =
            (RwSignal::new(sections == [Section::Indoor]), RwSignal::new(sections == [Section::Outdoor]));
        let table = Memo::new(move |_| {
            let text = source.with(|source| {
                source.as_ref().zip(encoding.get()).and_then(|(s, e)| super::files::decode(&s.bytes, e))
            })?;
            Some(read(&text, delimiter.get()?))
        });
        let order_guess =
            Memo::new(move |_| table.with(|table| mapping.with(|mapping| orders(table.as_ref(), mapping))));
        let preview = Memo::new(move |_| {
            let rules = Rules::of(settings::studio_settings(&studio).as_ref(), studio.today());
            let sections = ticked(indoor, outdoor);
            let han = han::table();
            table.with(|table| {
                let Some(Ok(table)) = table else { return None };
                let order = order.get().unwrap_or(DateOrder::DayFirst);
                mapping.with(|mapping| {
                    mapping.names_people().then(|| {
                        preview(table, &Plan { mapping, order, rules, sections: &sections, han: &han })
                    })
                })
            })
        });
        let wizard = Self {
            source,
            file_flaw: RwSignal::default(),
            reading: RwSignal::default(),
            encoding,
            delimiter,
            mapping,
            order,
            indoor,
            outdoor,
            table,
            order_guess,
            preview,
            stage: RwSignal::new(Stage::Choosing),
            shipment: RwSignal::default(),
        };
        wizard.follow();
        wizard
    }

    /// Another header brings another mapping, other dates another guess.
    fn follow(self) {
        Effect::new(move |before: Option<Vec<String>>| {
            let header = self.table.with(|table| match table {
                Some(Ok(table)) => table.header.clone(),
                _ => Vec::new(),
            });
            if before.as_ref() != Some(&header) {
                self.mapping.set(Mapping::guess(&header, &remembered()));
            }
            header
        });
        Effect::new(move |_| {
            self.order.set(match self.order_guess.get() {
                OrderGuess::Clear(order) => Some(order),
                OrderGuess::Ambiguous => None,
                OrderGuess::Mixed => Some(DateOrder::DayFirst),
            });
        });
    }

    /// Takes a file: guesses how it is to be read.
    pub fn take(self, source: Source) {
        let guess = guess_encoding(&source.bytes);
        let text = super::files::decode(&source.bytes, guess.encoding).unwrap_or_default();
        self.delimiter.set(Some(guess_delimiter(&text)));
        self.encoding.set(Some(guess.encoding));
        self.source.set(Some(source));
    }

    /// True while nothing is written.
    pub fn is_choosing(self) -> bool {
        self.stage.get() == Stage::Choosing
    }

    /// True when the file is a table.
    pub fn has_table(self) -> bool {
        self.table.with(|table| matches!(table, Some(Ok(_))))
    }

    /// True when the encoding could be another one.
    pub fn encoding_is_a_guess(self) -> bool {
        self.source.with(|source| source.as_ref().is_some_and(|s| !guess_encoding(&s.bytes).is_sure))
    }

    /// Sets what a column means.
    pub fn name_column(self, at: usize, column: Option<Column>) {
        self.mapping.update(|mapping| *mapping = mapping.with(at, column));
    }

    /// People that can be written down.
    pub fn ready(self) -> u64 {
        self.preview.with(|preview| count(preview.as_ref().map_or(0, |p| p.ready.len())))
    }

    /// True when nothing is left to ask.
    pub fn may_run(self) -> bool {
        self.ready() > 0 && self.order.get().is_some()
    }

    /// Keeps what the columns were for the next file.
    pub fn remember(self) {
        let header = self.table.with_untracked(|table| match table {
            Some(Ok(table)) => table.header.clone(),
            _ => Vec::new(),
        });
        let mut all = remembered();
        all.extend(self.mapping.with_untracked(|mapping| mapping.remembered(&header)));
        if let Ok(json) = serde_json::to_string(&all) {
            remember::write(REMEMBERED_KEY, &json);
        }
    }
}

fn remembered() -> Remembered {
    remember::read(REMEMBERED_KEY).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

fn ticked(indoor: RwSignal<bool>, outdoor: RwSignal<bool>) -> Vec<Section> {
    [(indoor.get(), Section::Indoor), (outdoor.get(), Section::Outdoor)]
        .into_iter()
        .filter_map(|(on, section)| on.then_some(section))
        .collect()
}

fn orders(table: Option<&Result<Table, TableFlaw>>, mapping: &Mapping) -> OrderGuess {
    let Some(Ok(table)) = table else { return OrderGuess::Clear(DateOrder::DayFirst) };
    let places: Vec<usize> = mapping
        .0
        .iter()
        .enumerate()
        .filter(|(_, c)| c.is_some_and(Column::is_date))
        .map(|(at, _)| at)
        .collect();
    guess_order(
        table
            .rows
            .iter()
            .flat_map(|row| places.iter().filter_map(|at| row.cells.get(*at)))
            .map(String::as_str),
    )
}

/// A length as texts count it.
#[must_use]
pub fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
