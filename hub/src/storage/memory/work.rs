//! Writing to memory. Nothing is there before the commit, and then all of it.

use std::sync::Arc;

use async_trait::async_trait;
use rollcall_domain::kernel::access::Role;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, Id, PersonId, StudioId};
use rollcall_domain::kernel::record::KindName;
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::Entry;

use super::super::rows::{Device, Due, Lane, Login, Pairing, SESSION, Stored, Studio, Token, Writes};
use super::super::{StorageError, Work};
use super::{Point, Tx};

type Wrote = Result<(), StorageError>;

#[async_trait]
impl Work for Tx {
    async fn set(&mut self, key: &str, value: Option<&str>) -> Wrote {
        self.step()?;
        match value {
            Some(value) => self.house.settings.put(key.to_owned(), value.to_owned()),
            None => self.house.settings.remove(&key.to_owned()),
        }
        Ok(())
    }

    async fn put_studio(&mut self, studio: &Studio) -> Wrote {
        self.step()?;
        self.house.studios.put(studio.studio, studio.clone());
        Ok(())
    }

    async fn put_person(&mut self, studio: StudioId, person: PersonId, role: Role) -> Wrote {
        self.step()?;
        self.house.people.put((studio, person), role);
        Ok(())
    }

    async fn put_device(&mut self, device: &Device) -> Wrote {
        self.step()?;
        // A device is of one studio for ever: another studio's is never written over.
        if self.house.devices.get(&device.device).is_some_and(|before| before.studio != device.studio) {
            return self.failed(StorageError::Claimed);
        }
        self.house.devices.put(device.device, device.clone());
        Ok(())
    }

    async fn seen(&mut self, device: DeviceId, at: Timestamp, waiting: Option<u32>) -> Wrote {
        self.step()?;
        if let Some(before) = self.house.devices.get(&device).cloned() {
            let waiting = waiting.or(before.waiting);
            self.house.devices.put(device, Device { seen_at: at, waiting, ..before });
        }
        Ok(())
    }

    async fn put_lane(&mut self, lane: &Lane) -> Wrote {
        self.step()?;
        self.house.lanes.put((lane.device, lane.epoch), lane.clone());
        Ok(())
    }

    async fn put(&mut self, studio: StudioId, writes: &Writes) -> Wrote {
        self.step()?;
        match self.house.put(studio, writes) {
            Ok(()) => Ok(()),
            Err(fault) => self.failed(fault),
        }
    }

    async fn blank(&mut self, studio: StudioId, command: CommandId, rest: Option<&str>) -> Wrote {
        self.step()?;
        if let Some(before) = self.house.commands.get(&(studio, command)).cloned() {
            let entry = Entry { personal: rest.map(str::to_owned), ..before.entry.clone() };
            self.house.commands.put((studio, command), Arc::new(Stored { entry, ..(*before).clone() }));
        }
        Ok(())
    }

    async fn drop_blobs(&mut self, studio: StudioId, blobs: &[Hash]) -> Wrote {
        self.step()?;
        for blob in blobs {
            let first = (studio, blob.clone(), KindName::Borrowed(""), Id::nil());
            let naming = self.house.refs_by.from(&first).next();
            if !naming.is_some_and(|(key, ())| key.0 == studio && key.1 == *blob) {
                self.house.blobs.remove(&(studio, blob.clone()));
            }
        }
        Ok(())
    }

    async fn drop_login(&mut self, studio: StudioId, person: PersonId) -> Wrote {
        self.step()?;
        let theirs = |l: &Login| (l.studio, l.person) == (studio, person);
        let names: Vec<String> =
            self.house.logins.all().filter(|(_, l)| theirs(l)).map(|(name, _)| name.clone()).collect();
        names.iter().for_each(|name| self.house.logins.remove(name));
        Ok(())
    }

    async fn clear(&mut self, studio: StudioId) -> Wrote {
        self.step()?;
        self.house.clear(studio);
        Ok(())
    }

    async fn forget(&mut self, studio: StudioId) -> Wrote {
        self.step()?;
        self.house.forget(studio);
        Ok(())
    }

    async fn put_kind(&mut self, studio: StudioId, kind: &str, keys_version: u16) -> Wrote {
        self.step()?;
        self.house.kinds.put((studio, kind.to_owned()), keys_version);
        Ok(())
    }

    async fn fired(&mut self, studio: StudioId, due: &Due) -> Wrote {
        self.step()?;
        let name = (studio, due.record.kind.clone(), due.record.id);
        if self.house.due.get(&name).is_some_and(|(at, _)| *at == due.due_at) {
            self.house.due.put(name.clone(), (due.due_at, true));
            self.house.due_at.remove(&(studio, due.due_at, name.1, name.2));
        }
        Ok(())
    }

    async fn put_blob(&mut self, studio: StudioId, blob: &Hash, bytes: &[u8], _: Timestamp) -> Wrote {
        self.step()?;
        if self.house.blobs.get(&(studio, blob.clone())).is_none() {
            self.house.blobs.put((studio, blob.clone()), bytes.into());
        }
        Ok(())
    }

    async fn put_token(&mut self, token: &Token) -> Result<bool, StorageError> {
        self.step()?;
        let fresh = self.house.tokens.get(&token.hash).is_none();
        if fresh {
            self.house.tokens.put(token.hash.clone(), token.clone());
        }
        Ok(fresh)
    }

    async fn end_sessions(&mut self, device: DeviceId) -> Wrote {
        self.step()?;
        let ended = |t: &Token| t.device == device && t.purpose == SESSION;
        let tokens: Vec<Hash> =
            self.house.tokens.all().filter(|(_, t)| ended(t)).map(|(hash, _)| hash.clone()).collect();
        tokens.iter().for_each(|hash| self.house.tokens.remove(hash));
        Ok(())
    }

    async fn put_login(&mut self, login: &Login) -> Wrote {
        self.step()?;
        let same = |l: &Login| (l.studio, l.person) == (login.studio, login.person);
        if self.house.logins.get(&login.login).is_some_and(|l| !same(l)) {
            return self.failed(StorageError::Claimed);
        }
        let before: Vec<String> =
            self.house.logins.all().filter(|(_, l)| same(l)).map(|(name, _)| name.clone()).collect();
        before.iter().for_each(|name| self.house.logins.remove(name));
        self.house.logins.put(login.login.clone(), login.clone());
        Ok(())
    }

    async fn sweep(&mut self, now: Timestamp) -> Wrote {
        self.step()?;
        let tokens = self.house.tokens.all().filter(|(_, t)| t.expires_at <= now);
        let tokens: Vec<Hash> = tokens.map(|(hash, _)| hash.clone()).collect();
        tokens.iter().for_each(|hash| self.house.tokens.remove(hash));
        // A used pairing stays for a day: the answer to it may have been lost.
        let old = now.plus_ms(-Timestamp::DAY_MS);
        let pairings = self.house.pairings.all().filter(|(_, p)| p.expires_at <= old);
        let pairings: Vec<Hash> = pairings.map(|(hash, _)| hash.clone()).collect();
        pairings.iter().for_each(|hash| self.house.pairings.remove(hash));
        Ok(())
    }

    async fn put_pairing(&mut self, pairing: &Pairing) -> Wrote {
        self.step()?;
        let other = |p: &Pairing| {
            let same = p.studio == pairing.studio
                && p.code_hash == pairing.code_hash
                && p.secret_hash == pairing.secret_hash;
            !same && (p.code_hash == pairing.code_hash || p.secret_hash == pairing.secret_hash)
        };
        if self.house.pairings.all().any(|(_, p)| other(p)) {
            return self.failed(StorageError::Claimed);
        }
        self.house.pairings.put(pairing.code_hash.clone(), pairing.clone());
        Ok(())
    }

    async fn wrong_code(&mut self, studio: StudioId, now: Timestamp) -> Wrote {
        self.step()?;
        let open = |p: &Pairing| p.studio == studio && p.used_by.is_none() && p.expires_at > now;
        let pairings: Vec<Pairing> =
            self.house.pairings.all().map(|(_, p)| p).filter(|p| open(p)).cloned().collect();
        for pairing in pairings {
            let tries_left = pairing.tries_left - 1;
            self.house.pairings.put(pairing.code_hash.clone(), Pairing { tries_left, ..pairing });
        }
        Ok(())
    }

    async fn commit(mut self: Box<Self>) -> Wrote {
        self.step()?;
        let Some(memory) = self.memory.take() else { return Ok(()) };
        let mut state = memory.state();
        let trouble = state.trouble.filter(|(at, _)| !matches!(at, Point::Operation(_)));
        if trouble.is_some() {
            state.trouble = None;
        }
        if let Some((Point::Commit, trouble)) = trouble {
            return Err(trouble.fault());
        }
        if state.life != self.life {
            return Err(super::Trouble::Away.fault());
        }
        // What was read is let go first, so that nothing has to be copied that nobody else looks at.
        let changed = std::mem::take(&mut self.house);
        state.house.absorb(changed);
        state.commits += 1;
        match trouble {
            Some((_, trouble)) => Err(trouble.fault()),
            None => Ok(()),
        }
    }
}
