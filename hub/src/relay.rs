//! Between hubs over one database: what one commits the streams of the others tell, and who was shut out by one is
//! gone from all. Knows no database, and nothing here is needed for anything to be right: it is needed to be quick.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::hub::{Hub, Inner};
use crate::storage::{Ear, StorageError, Word};

/// What was told within this time goes out together.
const GATHER: Duration = Duration::from_millis(15);
/// How often heads are asked for: what was not heard is known after this long at the latest.
const POLL: Duration = Duration::from_secs(2);

/// Tells the other hubs what this one commits.
pub(crate) async fn speak(hub: Weak<Inner>) {
    loop {
        let Some(inner) = hub.upgrade() else { return };
        let words = inner.news.outgoing().await;
        if let Err(fault) = inner.storage.tell(&words).await {
            // The others ask by themselves now and then.
            tracing::warn!(%fault, "the other hubs could not be told");
        }
        drop(inner);
        tokio::time::sleep(GATHER).await;
    }
}

/// Hears the other hubs, and asks where hearing is not possible.
pub(crate) async fn hear(hub: Weak<Inner>) {
    let mut ear = None;
    let mut period = tokio::time::interval(POLL);
    loop {
        let heard = tokio::select! {
            heard = next(&mut ear) => Some(heard),
            _ = period.tick() => None,
        };
        let Some(inner) = hub.upgrade() else { return };
        let hub = Hub::of(inner);
        match heard {
            Some(Ok(words)) => words.into_iter().for_each(|word| take(&hub, word)),
            Some(Err(fault)) => {
                tracing::warn!(%fault, "the other hubs are not heard");
                ear = None;
            }
            None => {
                if let Err(fault) = round(&hub, &mut ear).await {
                    tracing::warn!(%fault, "the other hubs' changes could not be asked for");
                }
            }
        }
    }
}

async fn next(ear: &mut Option<Box<dyn Ear>>) -> Result<Vec<Word>, StorageError> {
    match ear {
        Some(ear) => ear.next().await,
        None => std::future::pending().await,
    }
}

fn take(hub: &Hub, word: Word) {
    match word {
        Word::Head(studio, head) => hub.news.heard(studio, head),
        Word::Ended => hub.news.look_again(),
    }
}

/// Asks what those who listen here have not heard of yet, and whether they may still listen where nobody would say so.
async fn round(hub: &Hub, ear: &mut Option<Box<dyn Ear>>) -> Result<(), StorageError> {
    let deaf = ear.is_none();
    if deaf {
        *ear = hub.storage.listen().await?;
    }
    let studios = hub.news.listened();
    if studios.is_empty() {
        return Ok(());
    }
    for (studio, head) in hub.storage.read().await?.heads(&studios).await? {
        hub.news.heard(studio, head);
    }
    if deaf {
        hub.news.look_again();
    }
    Ok(())
}

/// Begins both, where there can be other hubs.
pub(crate) async fn start(hub: &Hub) -> Result<Vec<tokio::task::JoinHandle<()>>, StorageError> {
    // Asked once: a storage of one process has nobody to hear.
    if hub.storage.listen().await?.is_none() {
        return Ok(Vec::new());
    }
    hub.news.relay();
    let weak = Arc::downgrade(&hub.inner());
    Ok(vec![tokio::spawn(speak(weak.clone())), tokio::spawn(hear(weak))])
}
