//! `rollcall-hub verify`: is what is here what was put here? Reads everything, changes nothing.

use rollcall_domain::kernel::ids::Hash;
use rollcall_domain::registry;
use rollcall_domain::sync::erasing;
use rollcall_domain::sync::wire::Answered;

use crate::accept::{is_ours, link_hash};
use crate::erasures::{self, List, ReconcileError};
use crate::hub::{SECRET, STUDIOS, Secret};
use crate::storage::{Look, Storage, StorageError, Studio};

const PAGE: u32 = 500;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Studios looked at.
    pub studios: u64,
    /// Records read.
    pub records: u64,
    /// Commands read.
    pub commands: u64,
    /// Links of the history followed.
    pub links: u64,
    /// People who were erased.
    pub erased: u64,
    /// What is wrong; empty when all is well.
    pub wrong: Vec<String>,
}

/// Looks at everything.
pub async fn verify(storage: &dyn Storage) -> Result<Report, StorageError> {
    let mut look = storage.read().await?;
    let mut report = Report { wrong: look.integrity().await?, ..Report::default() };
    let mut after = None;
    loop {
        let studios = look.studios_after(after, STUDIOS).await?;
        let Some(last) = studios.last() else { break };
        after = Some(last.studio);
        for studio in studios {
            report.studios += 1;
            chain(&mut *look, &studio, &mut report).await?;
            commands(&mut *look, &studio, &mut report).await?;
            records(&mut *look, &studio, &mut report).await?;
            erasures(&mut *look, &studio, &mut report).await?;
        }
    }
    Ok(report)
}

/// Looks whether everybody on the list is erased in the database: after an older state was put back they are not, until
/// a hub has started over it. Notes nothing.
pub async fn verify_list(
    storage: &dyn Storage,
    list: &dyn List,
    report: &mut Report,
) -> Result<(), ReconcileError> {
    let missing = erasures::missing(storage, list).await?.len();
    if missing > 0 {
        report.wrong.push(format!(
            "{missing} people who were erased are here again; a hub erases them when it starts"
        ));
    }
    Ok(())
}

/// Nothing tells anything any more about somebody who was erased: no record, and no command.
async fn erasures(look: &mut dyn Look, studio: &Studio, report: &mut Report) -> Result<(), StorageError> {
    let catalogue = registry::catalogue();
    for erased in erasures::erased_of(look, studio.studio).await? {
        report.erased += 1;
        let told = look.told_of(studio.studio, erased.subject).await?;
        for command in look.commands(studio.studio, &told).await? {
            if erasing::entry_without(catalogue, &command.entry, &[erased.subject]).is_some() {
                report.wrong.push(format!("command {} tells of somebody who was erased", command.id));
            }
        }
        let wants = catalogue.erasure_wants(erased.subject);
        for record in look.answers(studio.studio, &wants).await?.into_iter().flatten() {
            if catalogue.left_of(&record, &erased).is_some() {
                report
                    .wrong
                    .push(format!("the {} {} tells of somebody who was erased", record.kind, record.id));
            }
        }
    }
    Ok(())
}

/// Every link covers the one before it.
async fn chain(look: &mut dyn Look, studio: &Studio, report: &mut Report) -> Result<(), StorageError> {
    let (mut after, mut before) = (0, Hash::default());
    loop {
        let links = look.links_after(studio.studio, after, PAGE).await?;
        let Some(last) = links.last() else { break };
        after = last.seq;
        for link in links {
            report.links += 1;
            if link_hash(&before, link.seq, link.command, &link.digest) != link.hash {
                report.wrong.push(format!("the history does not hold together at {}", link.seq));
            }
            before = link.hash;
        }
    }
    if before != studio.hash || after > studio.head {
        report.wrong.push("the head is not the end of the history".to_owned());
    }
    Ok(())
}

/// Every command is the one its link and its receipt speak of.
async fn commands(look: &mut dyn Look, studio: &Studio, report: &mut Report) -> Result<(), StorageError> {
    let secret = look.setting(SECRET).await?.and_then(|text| Secret::read(&text));
    let mut after = 0;
    loop {
        let commands = look.commands_after(studio.studio, after, PAGE).await?;
        let Some(last) = commands.last() else { return Ok(()) };
        after = last.hub_seq;
        for command in commands {
            report.commands += 1;
            let id = command.id;
            if command.entry.hash() != command.hash {
                report.wrong.push(format!("command {id} was changed"));
            }
            let answered: Option<Answered> = serde_json::from_str(&command.answer).ok();
            let fits = |a: &Answered| a.id == id && secret.is_some_and(|s| is_ours(&s, &command.hash, a));
            if !answered.as_ref().is_some_and(fits) {
                report.wrong.push(format!("the answer to command {id} is not this hub's"));
            }
            let link = look.links_after(studio.studio, command.hub_seq.saturating_sub(1), 1).await?;
            let digest =
                Hash::of(format!("{}\n{}", command.hash.0, Hash::of(command.answer.as_bytes()).0).as_bytes());
            let linked = link
                .first()
                .is_some_and(|l| l.seq == command.hub_seq && l.command == id && l.digest == digest);
            if !linked {
                report.wrong.push(format!("command {id} is not in the history as it stands"));
            }
        }
    }
}

/// Every record can be read by this build.
async fn records(look: &mut dyn Look, studio: &Studio, report: &mut Report) -> Result<(), StorageError> {
    let mut after = None;
    loop {
        let records = look.records_after(studio.studio, after.as_ref(), PAGE).await?;
        let Some(last) = records.last() else { return Ok(()) };
        after = Some((last.kind.clone(), last.id));
        for record in records {
            report.records += 1;
            if let Err(fault) = registry::catalogue().describe(&record) {
                report.wrong.push(fault.to_string());
            }
        }
    }
}
