//! What hubs over one database tell each other. Never more than "look again": what is so is in the tables.

use async_trait::async_trait;
use rollcall_domain::kernel::ids::{Id, StudioId};
use sqlx::postgres::{PgListener, PgPool};

use super::super::{Ear, Word};
use super::StorageError;

/// The channel: all hubs of a database are one house.
const CHANNEL: &str = "rollcall";
/// Bytes of a notification; the server's own limit is 8,000.
const BYTES_MAX: usize = 7_000;

struct Listening(PgListener);

pub(super) async fn listen(pool: &PgPool) -> Result<Box<dyn Ear>, StorageError> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(Box::new(Listening(listener)))
}

#[async_trait]
impl Ear for Listening {
    async fn next(&mut self) -> Result<Vec<Word>, StorageError> {
        // Nothing means that the line broke: what was said meanwhile was not heard.
        match self.0.try_recv().await? {
            Some(heard) => Ok(heard.payload().split(' ').filter_map(read).collect()),
            None => Err(StorageError::Away(sqlx::Error::WorkerCrashed)),
        }
    }
}

/// Says it at once, in no transaction of anybody's: notifications that are part of a commit make all commits of the
/// database wait for each other.
pub(super) async fn tell(pool: &PgPool, words: &[Word]) -> Result<(), StorageError> {
    let mut text = String::new();
    for word in words {
        let one = write(word);
        if !text.is_empty() && text.len() + one.len() >= BYTES_MAX {
            notify(pool, &std::mem::take(&mut text)).await?;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&one);
    }
    if text.is_empty() { Ok(()) } else { notify(pool, &text).await }
}

async fn notify(pool: &PgPool, text: &str) -> Result<(), StorageError> {
    sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(text).execute(pool).await?;
    Ok(())
}

/// The statement that says within a transaction that somebody must go: it must not be lost when this process is.
pub(super) fn ended() -> (&'static str, String) {
    (CHANNEL, write(&Word::Ended))
}

fn write(word: &Word) -> String {
    match word {
        Word::Head(studio, head) => format!("{studio}:{head}"),
        Word::Ended => "ended".to_owned(),
    }
}

/// A word; nothing for one of a newer build.
fn read(text: &str) -> Option<Word> {
    if text == "ended" {
        return Some(Word::Ended);
    }
    let (studio, head) = text.split_once(':')?;
    Some(Word::Head(StudioId(Id::parse_str(studio).ok()?), head.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_what_is_heard_and_a_newer_builds_word_is_passed_over() {
        for word in [Word::Ended, Word::Head(StudioId(Id::from_u128(7)), 99)] {
            assert_eq!(read(&write(&word)), Some(word));
        }
        assert_eq!(read("moved:now:here"), None);
    }
}
