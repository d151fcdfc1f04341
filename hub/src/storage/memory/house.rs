//! The tables, and what each of them holds for one studio. Knows no kind of record.

use std::collections::BTreeMap;
use std::sync::Arc;

use rollcall_domain::kernel::access::{Role, Scope};
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::{KindName, Record};
use rollcall_domain::kernel::time::Timestamp;

use super::super::StorageError;
use super::super::rows::{Device, Lane, Link, Login, Pairing, Stored, Studio, Token, Writes, Written};
use super::map::Map;

/// A record of a studio.
pub(super) type NameOf = (StudioId, KindName, Id);
/// What a record is looked up by: name, value, and whether it alone may hold it.
type KeysOf = Arc<Vec<(String, String, bool)>>;

macro_rules! house {
    ($($table:ident: $key:ty => $value:ty,)+) => {
        /// All there is.
        #[derive(Debug, Clone, Default)]
        pub(super) struct House {
            $(pub(super) $table: Map<$key, $value>,)+
        }
        impl House {
            /// Takes in what a transaction changed.
            pub(super) fn absorb(&mut self, changed: Self) {
                $(self.$table.absorb(changed.$table.into_changes());)+
            }
        }
    };
}

house! {
    settings: String => String,
    studios: StudioId => Studio,
    people: (StudioId, PersonId) => Role,
    devices: DeviceId => Device,
    lanes: (DeviceId, u32) => Lane,
    commands: (StudioId, CommandId) => Arc<Stored>,
    by_seq: (StudioId, u64) => CommandId,
    by_hash: (DeviceId, Hash) => (StudioId, CommandId),
    by_place: (DeviceId, u32, u64, CommandId) => u32,
    held: (StudioId, u64) => CommandId,
    late: (DeviceId, u64) => (StudioId, CommandId),
    told_of: (StudioId, Id, CommandId) => (),
    links: (StudioId, u64) => Link,
    records: NameOf => Arc<Record>,
    keys: (StudioId, KindName, String, String, Id) => (),
    keys_of: NameOf => KeysOf,
    claims: (StudioId, String, String) => (KindName, Id),
    scopes: NameOf => Arc<BTreeMap<Scope, (u64, bool)>>,
    by_scope: (StudioId, Scope, u64, KindName, Id) => bool,
    kinds: (StudioId, String) => u16,
    due: NameOf => (Timestamp, bool),
    due_at: (StudioId, Timestamp, KindName, Id) => (),
    blobs: (StudioId, Hash) => Arc<[u8]>,
    refs: NameOf => Arc<Vec<Hash>>,
    refs_by: (StudioId, Hash, KindName, Id) => (),
    tokens: Hash => Token,
    pairings: Hash => Pairing,
    logins: String => Login,
}

impl House {
    pub(super) fn put(&mut self, studio: StudioId, writes: &Writes) -> Result<(), StorageError> {
        for command in &writes.commands {
            self.put_command(studio, command);
        }
        for (subject, command) in &writes.subjects {
            self.told_of.put((studio, *subject, *command), ());
        }
        for link in &writes.links {
            self.links.put((studio, link.seq), link.clone());
        }
        // All let go before any takes: a value may change hands within a batch.
        for written in &writes.records {
            self.unlook(&name_of(studio, written));
        }
        for written in &writes.records {
            self.put_record(studio, written)?;
        }
        Ok(())
    }

    /// A command that was held gets its outcome; nothing else of it ever changes.
    fn put_command(&mut self, studio: StudioId, fresh: &Stored) {
        let mut stored = fresh.clone();
        if let Some(before) = self.commands.get(&(studio, fresh.id)).cloned() {
            if before.hold.is_none() {
                return;
            }
            self.by_seq.remove(&(studio, before.hub_seq));
            self.held.remove(&(studio, before.hub_seq));
            self.late.remove(&(before.device, before.hub_seq));
            let Stored { hub_seq, answer, hold, was_held, .. } = stored;
            stored = Stored { hub_seq, answer, hold, was_held, ..(*before).clone() };
        }
        self.by_seq.put((studio, stored.hub_seq), stored.id);
        self.by_hash.put((stored.device, stored.hash.clone()), (studio, stored.id));
        self.by_place.put((stored.device, stored.epoch, stored.seq, stored.id), stored.lane);
        if stored.hold.is_some() {
            self.held.put((studio, stored.hub_seq), stored.id);
        }
        if stored.was_held {
            self.late.put((stored.device, stored.hub_seq), (studio, stored.id));
        }
        self.commands.put((studio, stored.id), Arc::new(stored));
    }

    fn put_record(&mut self, studio: StudioId, written: &Written) -> Result<(), StorageError> {
        let name = name_of(studio, written);
        self.put_scopes(&name, written);
        let Some(record) = &written.record else {
            self.records.remove(&name);
            return Ok(());
        };
        let (_, kind, id) = name.clone();
        self.records.put(name.clone(), Arc::new(Record { version: written.version, ..record.clone() }));
        let described = &written.described;
        for key in &described.keys.0 {
            self.keys.put((studio, kind.clone(), key.name.clone(), key.value.0.clone(), id), ());
            let claim = (studio, key.name.clone(), key.value.0.clone());
            if key.unique {
                if self.claims.get(&claim).is_some() {
                    return Err(StorageError::Claimed);
                }
                self.claims.put(claim, (kind.clone(), id));
            }
        }
        let keys = described.keys.0.iter().map(|k| (k.name.clone(), k.value.0.clone(), k.unique)).collect();
        self.keys_of.put(name.clone(), Arc::new(keys));
        if let Some(at) = described.due_at {
            self.due.put(name.clone(), (at, false));
            self.due_at.put((studio, at, kind.clone(), id), ());
        }
        for blob in &described.blobs {
            self.refs_by.put((studio, blob.clone(), kind.clone(), id), ());
        }
        self.refs.put(name, Arc::new(described.blobs.clone()));
        Ok(())
    }

    /// Forgets what a record is found by: keys, claims, due time, blobs.
    fn unlook(&mut self, name: &NameOf) {
        let (studio, kind, id) = name.clone();
        for (key, value, unique) in self.keys_of.get(name).cloned().iter().flat_map(|keys| keys.iter()) {
            self.keys.remove(&(studio, kind.clone(), key.clone(), value.clone(), id));
            if *unique {
                self.claims.remove(&(studio, key.clone(), value.clone()));
            }
        }
        self.keys_of.remove(name);
        if let Some((at, _)) = self.due.get(name).copied() {
            self.due_at.remove(&(studio, at, kind.clone(), id));
        }
        self.due.remove(name);
        for blob in self.refs.get(name).cloned().iter().flat_map(|blobs| blobs.iter()) {
            self.refs_by.remove(&(studio, blob.clone(), kind.clone(), id));
        }
        self.refs.remove(name);
    }

    /// First gone everywhere, then back where it belongs: what stays gone is what it left.
    fn put_scopes(&mut self, name: &NameOf, written: &Written) {
        let (studio, kind, id) = name.clone();
        let before = self.scopes.get(name).cloned().unwrap_or_default();
        let mut after = (*before).clone();
        for (_, gone) in after.values_mut().filter(|(_, gone)| !gone) {
            *gone = true;
        }
        for (scope, (seq, was_gone)) in &*before {
            if !was_gone {
                self.by_scope.remove(&(studio, scope.clone(), *seq, kind.clone(), id));
                after.insert(scope.clone(), (written.version, true));
            }
        }
        let live = written.record.iter().flat_map(|_| &written.described.scopes);
        for scope in live {
            if let Some((seq, true)) = before.get(scope) {
                self.by_scope.remove(&(studio, scope.clone(), *seq, kind.clone(), id));
            }
            after.insert(scope.clone(), (written.version, false));
        }
        for (scope, (seq, gone)) in &after {
            self.by_scope.put((studio, scope.clone(), *seq, kind.clone(), id), *gone);
        }
        self.scopes.put(name.clone(), Arc::new(after));
    }

    /// Forgets a studio's history.
    pub(super) fn clear(&mut self, studio: StudioId) {
        let commands: Vec<Arc<Stored>> = self
            .commands
            .from(&(studio, CommandId::default()))
            .take_while(|((s, _), _)| *s == studio)
            .map(|(_, c)| c.clone())
            .collect();
        for c in commands {
            self.commands.remove(&(studio, c.id));
            self.by_seq.remove(&(studio, c.hub_seq));
            self.by_hash.remove(&(c.device, c.hash.clone()));
            self.by_place.remove(&(c.device, c.epoch, c.seq, c.id));
            self.held.remove(&(studio, c.hub_seq));
            self.late.remove(&(c.device, c.hub_seq));
        }
        let told: Vec<_> = self
            .told_of
            .from(&(studio, Id::nil(), CommandId::default()))
            .take_while(|((s, ..), ())| *s == studio)
            .map(|(key, ())| *key)
            .collect();
        told.iter().for_each(|key| self.told_of.remove(key));
        let links: Vec<u64> = self
            .links
            .from(&(studio, 0))
            .take_while(|((s, _), _)| *s == studio)
            .map(|((_, seq), _)| *seq)
            .collect();
        for seq in links {
            self.links.remove(&(studio, seq));
        }
        let first = (studio, KindName::Borrowed(""), Id::nil());
        // A record that is gone has its scopes still.
        let names: Vec<NameOf> = self
            .scopes
            .from(&first)
            .take_while(|((s, ..), _)| *s == studio)
            .map(|(name, _)| name.clone())
            .collect();
        for name in names {
            self.unlook(&name);
            self.records.remove(&name);
            let (_, kind, id) = name.clone();
            for (scope, (seq, _)) in self.scopes.get(&name).cloned().iter().flat_map(|scopes| scopes.iter()) {
                self.by_scope.remove(&(studio, scope.clone(), *seq, kind.clone(), id));
            }
            self.scopes.remove(&name);
        }
    }

    /// Forgets a studio with all it has.
    pub(super) fn forget(&mut self, studio: StudioId) {
        self.clear(studio);
        let devices: Vec<DeviceId> =
            self.devices.all().filter(|(_, d)| d.studio == studio).map(|(id, _)| *id).collect();
        let lanes: Vec<_> =
            self.lanes.all().filter(|((d, _), _)| devices.contains(d)).map(|(k, _)| *k).collect();
        lanes.iter().for_each(|key| self.lanes.remove(key));
        let tokens: Vec<Hash> =
            self.tokens.all().filter(|(_, t)| devices.contains(&t.device)).map(|(k, _)| k.clone()).collect();
        tokens.iter().for_each(|key| self.tokens.remove(key));
        devices.iter().for_each(|key| self.devices.remove(key));
        let pairings: Vec<Hash> =
            self.pairings.all().filter(|(_, p)| p.studio == studio).map(|(k, _)| k.clone()).collect();
        pairings.iter().for_each(|key| self.pairings.remove(key));
        let logins: Vec<String> =
            self.logins.all().filter(|(_, l)| l.studio == studio).map(|(k, _)| k.clone()).collect();
        logins.iter().for_each(|key| self.logins.remove(key));
        let blobs: Vec<_> =
            self.blobs.all().filter(|((s, _), _)| *s == studio).map(|(k, _)| k.clone()).collect();
        blobs.iter().for_each(|key| self.blobs.remove(key));
        let kinds: Vec<_> =
            self.kinds.all().filter(|((s, _), _)| *s == studio).map(|(k, _)| k.clone()).collect();
        kinds.iter().for_each(|key| self.kinds.remove(key));
        let people: Vec<_> = self.people.all().filter(|((s, _), _)| *s == studio).map(|(k, _)| *k).collect();
        people.iter().for_each(|key| self.people.remove(key));
        self.studios.remove(&studio);
    }
}

fn name_of(studio: StudioId, written: &Written) -> NameOf {
    (studio, written.kind.clone(), written.id)
}
