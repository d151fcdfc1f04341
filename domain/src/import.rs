//! Members out of other people's lists: bytes, columns, dates and rows are read purely; the command writes them down with a result per row.
//!
//! It reads text only and never a file. What a row says of a pass is carried raw; `flow::import` makes a pass of it.

pub mod bytes;
pub mod columns;
pub mod command;
pub mod dates;
pub mod delimited;
pub mod rows;
pub mod words;

pub use bytes::{Encoding, Guess};
pub use columns::{Column, Mapping};
pub use command::{
    ImportBatch, ImportPersonal, ImportRows, RowOutcome, RowResult, UndoImport, UndoNote, UndoRefusal,
};
pub use dates::{DateOrder, OrderGuess};
pub use delimited::{Delimiter, Table, TableFlaw};
pub use rows::{BadRow, ImportRow, Plan, Preview, RowFlaw, RowProblem};

/// Rows one command carries.
pub const BATCH_ROWS_MAX: usize = 200;

#[cfg(test)]
mod tests;
