//! Reading from memory: the same answers in the same order as a database gives.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use rollcall_domain::kernel::access::{Role, Scope};
use rollcall_domain::kernel::facts::Want;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::{KindName, Record};
use rollcall_domain::kernel::time::Timestamp;

use super::super::rows::{Device, Due, Lane, Link, Login, Pairing, ScopeRow, Stored, Studio, Token};
use super::super::{Look, Name, StorageError};
use super::Tx;
use super::house::House;

type Read<T> = Result<T, StorageError>;

fn rows(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

impl House {
    fn stored(&self, studio: StudioId, id: CommandId) -> Option<Stored> {
        self.commands.get(&(studio, id)).map(|stored| (**stored).clone())
    }

    fn record(&self, studio: StudioId, kind: &KindName, id: Id) -> Option<Arc<Record>> {
        self.records.get(&(studio, kind.clone(), id)).cloned()
    }

    fn answer(&self, studio: StudioId, want: &Want) -> Vec<Arc<Record>> {
        match want {
            Want::Id(kind, id) => self.record(studio, kind, *id).into_iter().collect(),
            Want::Key { kind, name, value } => {
                let first = (studio, kind.clone(), name.to_string(), value.0.clone(), Id::nil());
                self.keys
                    .from(&first)
                    .take_while(|(k, ())| k.0 == studio && k.1 == *kind && k.2 == *name && k.3 == value.0)
                    .filter_map(|(k, ())| self.record(studio, kind, k.4))
                    .collect()
            }
            Want::Range { kind, name, from, to, limit } => {
                let first = (studio, kind.clone(), name.to_string(), from.0.clone(), Id::nil());
                self.keys
                    .from(&first)
                    .take_while(|(k, ())| k.0 == studio && k.1 == *kind && k.2 == *name && k.3 <= to.0)
                    .filter_map(|(k, ())| self.record(studio, kind, k.4))
                    .take(rows(*limit))
                    .collect()
            }
        }
    }

    fn is_visible(&self, studio: StudioId, scopes: &[Scope], (kind, id): &Name) -> bool {
        let of = self.scopes.get(&(studio, kind.clone(), *id));
        of.is_some_and(|of| scopes.iter().any(|scope| of.get(scope).is_some_and(|(_, gone)| !gone)))
    }
}

#[async_trait]
impl Look for Tx {
    async fn setting(&mut self, key: &str) -> Read<Option<String>> {
        self.step()?;
        Ok(self.house.settings.get(&key.to_owned()).cloned())
    }

    async fn studio(&mut self, studio: StudioId) -> Read<Option<Studio>> {
        self.step()?;
        Ok(self.house.studios.get(&studio).cloned())
    }

    async fn studios_after(&mut self, after: Option<StudioId>, limit: u32) -> Read<Vec<Studio>> {
        self.step()?;
        let later = |studio: &StudioId| after.is_none_or(|after| *studio > after);
        let from = self.house.studios.from(&after.unwrap_or_default());
        Ok(from.filter(|(id, _)| later(id)).take(rows(limit)).map(|(_, s)| s.clone()).collect())
    }

    async fn heads(&mut self, studios: &[StudioId]) -> Read<Vec<(StudioId, u64)>> {
        self.step()?;
        Ok(studios.iter().filter_map(|id| self.house.studios.get(id).map(|s| (*id, s.head))).collect())
    }

    async fn device(&mut self, device: DeviceId) -> Read<Option<Device>> {
        self.step()?;
        Ok(self.house.devices.get(&device).cloned())
    }

    async fn devices(&mut self, studio: StudioId) -> Read<Vec<Device>> {
        self.step()?;
        let mut devices: Vec<Device> =
            self.house.devices.all().filter(|(_, d)| d.studio == studio).map(|(_, d)| d.clone()).collect();
        devices.sort_by_key(|d| (d.joined_at, d.device));
        Ok(devices)
    }

    async fn people(&mut self, studio: StudioId) -> Read<Vec<(PersonId, Role)>> {
        self.step()?;
        let people = self.house.people.from(&(studio, PersonId::default()));
        Ok(people
            .take_while(|((s, _), _)| *s == studio)
            .map(|((_, person), role)| (*person, *role))
            .collect())
    }

    async fn lanes(&mut self, device: DeviceId) -> Read<Vec<Lane>> {
        self.step()?;
        let lanes = self.house.lanes.from(&(device, 0));
        Ok(lanes.take_while(|((d, _), _)| *d == device).map(|(_, lane)| lane.clone()).collect())
    }

    async fn commands(&mut self, studio: StudioId, ids: &[CommandId]) -> Read<Vec<Stored>> {
        self.step()?;
        let ids: BTreeSet<CommandId> = ids.iter().copied().collect();
        Ok(ids.into_iter().filter_map(|id| self.house.stored(studio, id)).collect())
    }

    async fn told_of(&mut self, studio: StudioId, subject: Id) -> Read<Vec<CommandId>> {
        self.step()?;
        let told = self.house.told_of.from(&(studio, subject, CommandId::default()));
        Ok(told.take_while(|(k, ())| k.0 == studio && k.1 == subject).map(|(k, ())| k.2).collect())
    }

    async fn lane_of(&mut self, device: DeviceId, hash: &Hash) -> Read<Option<u32>> {
        self.step()?;
        let found = self.house.by_hash.get(&(device, hash.clone())).copied();
        Ok(found.and_then(|(studio, id)| self.house.stored(studio, id)).map(|stored| stored.lane))
    }

    async fn count_between(&mut self, device: DeviceId, epoch: u32, from_seq: u64, to_seq: u64) -> Read<u64> {
        self.step()?;
        let places = self.house.by_place.from(&(device, epoch, from_seq, CommandId::default()));
        let here = places.take_while(|((d, e, seq, _), _)| *d == device && *e == epoch && *seq <= to_seq);
        Ok(u64::try_from(here.filter(|(_, lane)| **lane == epoch).count()).unwrap_or(u64::MAX))
    }

    async fn held(&mut self, studio: StudioId, holds: &[&str]) -> Read<Vec<Stored>> {
        self.step()?;
        let held = self.house.held.from(&(studio, 0)).take_while(|((s, _), _)| *s == studio);
        let held = held.filter_map(|(_, id)| self.house.stored(studio, *id));
        Ok(held.filter(|c| c.hold.as_deref().is_some_and(|hold| holds.contains(&hold))).collect())
    }

    async fn count_held(&mut self, studio: StudioId) -> Read<u64> {
        self.step()?;
        let held = self.house.held.from(&(studio, 0)).take_while(|((s, _), _)| *s == studio);
        Ok(u64::try_from(held.count()).unwrap_or(u64::MAX))
    }

    async fn commands_after(&mut self, studio: StudioId, hub_seq: u64, limit: u32) -> Read<Vec<Stored>> {
        self.step()?;
        let later = self.house.by_seq.from(&(studio, hub_seq.saturating_add(1)));
        let ids = later.take_while(|((s, _), _)| *s == studio).take(rows(limit));
        Ok(ids.filter_map(|(_, id)| self.house.stored(studio, *id)).collect())
    }

    async fn late_answers(&mut self, device: DeviceId, after: u64, up_to: u64) -> Read<Vec<String>> {
        self.step()?;
        let late = self.house.late.from(&(device, after.saturating_add(1)));
        let late = late.take_while(|((d, seq), _)| *d == device && *seq <= up_to);
        let late = late.filter_map(|(_, (studio, id))| self.house.stored(*studio, *id));
        Ok(late.filter(|c| c.hold.is_none()).map(|c| c.answer).collect())
    }

    async fn links_after(&mut self, studio: StudioId, seq: u64, limit: u32) -> Read<Vec<Link>> {
        self.step()?;
        let links = self.house.links.from(&(studio, seq.saturating_add(1)));
        Ok(links.take_while(|((s, _), _)| *s == studio).take(rows(limit)).map(|(_, l)| l.clone()).collect())
    }

    async fn last_link(&mut self, studio: StudioId, seq: u64) -> Read<Option<Link>> {
        self.step()?;
        let last = self.house.links.last_to(&(studio, seq)).filter(|((s, _), _)| *s == studio);
        Ok(last.map(|(_, link)| link.clone()))
    }

    async fn answers(&mut self, studio: StudioId, wants: &[Want]) -> Read<Vec<Vec<Arc<Record>>>> {
        self.step()?;
        Ok(wants.iter().map(|want| self.house.answer(studio, want)).collect())
    }

    async fn records_after(
        &mut self,
        studio: StudioId,
        after: Option<&Name>,
        limit: u32,
    ) -> Read<Vec<Record>> {
        self.step()?;
        let (kind, id) = after.cloned().unwrap_or((KindName::Borrowed(""), Id::nil()));
        let first = (studio, kind, id);
        let records = self.house.records.from(&first).take_while(|((s, ..), _)| *s == studio);
        let later = records.filter(|(name, _)| after.is_none() || **name != first);
        Ok(later.take(rows(limit)).map(|(_, record)| (**record).clone()).collect())
    }

    async fn records_of(
        &mut self,
        studio: StudioId,
        kind: &str,
        after: u64,
        limit: u32,
    ) -> Read<Vec<Record>> {
        self.step()?;
        let first = (studio, KindName::Owned(kind.to_owned()), Id::nil());
        let of_kind = self.house.records.from(&first).take_while(|(k, _)| k.0 == studio && k.1 == kind);
        let mut found: Vec<Record> =
            of_kind.map(|(_, r)| (**r).clone()).filter(|r| r.version > after).collect();
        found.sort_by_key(|r| (r.version, r.id));
        found.truncate(rows(limit));
        Ok(found)
    }

    async fn scope_rows(
        &mut self,
        studio: StudioId,
        scope: &Scope,
        after: u64,
        limit: u32,
    ) -> Read<Vec<ScopeRow>> {
        self.step()?;
        let first = (studio, scope.clone(), after.saturating_add(1), KindName::Borrowed(""), Id::nil());
        let mut found: Vec<ScopeRow> = Vec::new();
        let of_scope = self.house.by_scope.from(&first).take_while(|(k, _)| k.0 == studio && k.1 == *scope);
        for ((_, _, seq, kind, id), gone) in of_scope {
            // Up to and with the change the limit falls into: a change is never cut.
            let full = found.len() >= rows(limit.max(1));
            if full && found.last().is_some_and(|last| last.seq < *seq) {
                break;
            }
            found.push(ScopeRow { kind: kind.clone(), id: *id, seq: *seq, gone: *gone });
        }
        Ok(found)
    }

    async fn visible(&mut self, studio: StudioId, scopes: &[Scope], names: &[Name]) -> Read<Vec<Record>> {
        self.step()?;
        let names: BTreeSet<&Name> = names.iter().collect();
        let visible = names.into_iter().filter(|name| self.house.is_visible(studio, scopes, name));
        Ok(visible
            .filter_map(|(kind, id)| self.house.record(studio, kind, *id))
            .map(|r| (*r).clone())
            .collect())
    }

    async fn blob(&mut self, studio: StudioId, scopes: &[Scope], blob: &Hash) -> Read<Option<Vec<u8>>> {
        self.step()?;
        let first = (studio, blob.clone(), KindName::Borrowed(""), Id::nil());
        let mut naming = self.house.refs_by.from(&first).take_while(|(k, ())| k.0 == studio && k.1 == *blob);
        if !naming.any(|((_, _, kind, id), ())| self.house.is_visible(studio, scopes, &(kind.clone(), *id))) {
            return Ok(None);
        }
        Ok(self.house.blobs.get(&(studio, blob.clone())).map(|bytes| bytes.to_vec()))
    }

    async fn blobs_after(
        &mut self,
        studio: StudioId,
        after: &Hash,
        limit: u32,
    ) -> Read<Vec<(Hash, Vec<u8>)>> {
        self.step()?;
        let blobs = self.house.blobs.from(&(studio, after.clone())).take_while(|((s, _), _)| *s == studio);
        let later = blobs.filter(|((_, hash), _)| hash > after).take(rows(limit));
        Ok(later.map(|((_, hash), bytes)| (hash.clone(), bytes.to_vec())).collect())
    }

    async fn token(&mut self, hash: &Hash, now: Timestamp) -> Read<Option<Token>> {
        self.step()?;
        Ok(self.house.tokens.get(hash).filter(|token| token.expires_at > now).cloned())
    }

    async fn tokens(&mut self, studio: StudioId) -> Read<Vec<Token>> {
        self.step()?;
        let here = |token: &Token| self.house.devices.get(&token.device).is_some_and(|d| d.studio == studio);
        Ok(self.house.tokens.all().map(|(_, token)| token).filter(|t| here(t)).cloned().collect())
    }

    async fn pairings(&mut self, studio: StudioId) -> Read<Vec<Pairing>> {
        self.step()?;
        Ok(self.house.pairings.all().map(|(_, p)| p).filter(|p| p.studio == studio).cloned().collect())
    }

    async fn login(&mut self, login: &str) -> Read<Option<Login>> {
        self.step()?;
        Ok(self.house.logins.get(&login.to_owned()).cloned())
    }

    async fn logins(&mut self, studio: StudioId) -> Read<Vec<Login>> {
        self.step()?;
        Ok(self.house.logins.all().map(|(_, l)| l).filter(|l| l.studio == studio).cloned().collect())
    }

    async fn due(&mut self, studio: StudioId, now: Timestamp, limit: u32) -> Read<Vec<Due>> {
        self.step()?;
        let first = (studio, Timestamp(i64::MIN), KindName::Borrowed(""), Id::nil());
        let due = self.house.due_at.from(&first).take_while(|((s, at, ..), ())| *s == studio && *at <= now);
        let record = |kind: &KindName, id: &Id| self.house.record(studio, kind, *id);
        let due = due.filter_map(|((_, at, kind, id), ())| {
            record(kind, id).map(|found| Due { record: (*found).clone(), due_at: *at })
        });
        Ok(due.take(rows(limit)).collect())
    }

    async fn due_studios(
        &mut self,
        now: Timestamp,
        after: Option<StudioId>,
        limit: u32,
    ) -> Read<Vec<StudioId>> {
        self.step()?;
        let mut studios = BTreeSet::new();
        for ((studio, at, ..), ()) in self.house.due_at.all() {
            if *at <= now && after.is_none_or(|after| *studio > after) {
                studios.insert(*studio);
            }
        }
        Ok(studios.into_iter().take(rows(limit)).collect())
    }

    async fn pairing(&mut self, hash: &Hash, now: Timestamp) -> Read<Option<Pairing>> {
        self.step()?;
        let fits = |p: &&Pairing| {
            (p.code_hash == *hash || p.secret_hash == *hash) && p.expires_at > now && p.tries_left > 0
        };
        Ok(self.house.pairings.all().map(|(_, p)| p).find(fits).cloned())
    }

    async fn kinds(&mut self, studio: StudioId) -> Read<Vec<(String, u16)>> {
        self.step()?;
        let kinds = self.house.kinds.from(&(studio, String::new()));
        Ok(kinds.take_while(|((s, _), _)| *s == studio).map(|((_, k), v)| (k.clone(), *v)).collect())
    }

    async fn counts(&mut self, studio: StudioId) -> Read<(u64, u64, u64)> {
        self.step()?;
        let first = (studio, KindName::Borrowed(""), Id::nil());
        let records = self.house.records.from(&first).take_while(|((s, ..), _)| *s == studio).count();
        let first = (studio, CommandId::default());
        let commands = self.house.commands.from(&first).take_while(|((s, _), _)| *s == studio).count();
        let blobs = self.house.blobs.from(&(studio, Hash::default())).take_while(|((s, _), _)| *s == studio);
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Ok((number(records), number(commands), number(blobs.count())))
    }

    async fn integrity(&mut self) -> Read<Vec<String>> {
        Ok(Vec::new())
    }
}
