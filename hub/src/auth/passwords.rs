//! Signing in by name and password. Of a password only its argon2id hash is kept, beside the people and never among
//! records, commands or logs. A name nobody has costs the same work and gets the same answer as a wrong password.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use rollcall_domain::kernel::access::{MANAGERS, Role};
use rollcall_domain::kernel::ids::{Hash, PersonId, StudioId};
use rollcall_domain::kernel::{secret, text};
use rollcall_domain::sync::wire::{
    Joined, LOGIN_CHARS_MAX, LoginRow, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, ProblemCode, SetPassword,
    SignIn, session_message,
};
use tokio::sync::Semaphore;

use super::claim::joined;
use super::pairing::{self, Newcomer};
use super::{devices, keys, session};
use crate::http::fault::Fault;
use crate::http::limits::{Caller, Pace};
use crate::http::{Answer, Call, Session, json, no_content};
use crate::hub::Hub;
use crate::outside::random;
use crate::storage::{Device, Login, StorageError, Work};

/// Hashes made at the same time: each holds 19 MiB.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// What the password of a name nobody has is compared with: of the same shape, and fitting nothing.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                       AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A login name as it is compared: without case and spaces around it.
fn folded(login: &str) -> String {
    text::tidy_line(login).to_lowercase()
}

fn wrong() -> Fault {
    Fault::new(StatusCode::FORBIDDEN, ProblemCode::WrongPassword, "name and password do not fit")
}

/// Runs the slow part where it holds up nobody.
async fn hashing<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, secret::NoHash> + Send + 'static,
) -> Result<T, Fault> {
    let _one_of_few = AT_ONCE.acquire().await.map_err(|_| Fault::failed())?;
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) | Err(_) => Err(Fault::failed()),
    }
}

/// `POST /api/v1/sign-in`: a new device comes in as this person's; a known one has this person at it from now on.
pub(crate) async fn sign_in(mut call: Call) -> Answer {
    let wish: SignIn = call.json().await?;
    let hub = call.hub.clone();
    let name = keys::check(&wish.device)?;
    session::check(&hub, wish.device.device, &wish.nonce)?;
    let message = session_message(wish.device.device, &wish.nonce);
    if !keys::fits(&wish.device.public_key, &message, &wish.signature) {
        return Err(Fault::bad_signature());
    }
    let login = who(&hub, &wish).await?;
    let mut work = hub.storage.write(login.studio).await?;
    let (device, answer) = enter(&mut *work, &hub, &login, &wish, name).await?;
    let cookie = session::begin(&mut *work, &hub, &call.headers, (device.device, &wish.nonce)).await?;
    work.commit().await?;
    devices::introduce(&hub, login.studio).await;
    let mut response = json(&answer)?.into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Whose name and password these are.
async fn who(hub: &Hub, wish: &SignIn) -> Result<Login, Fault> {
    let login = folded(&wish.login);
    hub.limits.take(Pace::Account, Caller::account(&login))?;
    let found = hub.storage.read().await?.login(&login).await?;
    let kept = found.as_ref().map_or(NOBODYS.to_owned(), |login| login.hash.clone());
    // Longer ones were never set; they cost no more than others.
    let typed: String = wish.password.chars().take(PASSWORD_CHARS_MAX + 1).collect();
    let fits = hashing(move || secret::fits(&typed, &kept)).await?;
    found.filter(|_| fits).ok_or_else(wrong)
}

async fn enter(
    work: &mut dyn Work,
    hub: &Hub,
    login: &Login,
    wish: &SignIn,
    name: String,
) -> Result<(Device, Joined), Fault> {
    let studio = work.studio(login.studio).await?.ok_or_else(wrong)?;
    let role = role_of(work, login.studio, login.person).await?.ok_or_else(wrong)?;
    let known = work.device(wish.device.device).await?;
    // A device is of one studio for ever: another studio's is turned away like a stranger's.
    let same = |d: &&Device| d.public_key == wish.device.public_key && d.studio == login.studio;
    if let Some(device) = known.as_ref().filter(same) {
        if !device.is_in_use() {
            return Err(Fault::revoked());
        }
        let device = Device { person: login.person, role, seen_at: hub.now(), ..device.clone() };
        work.put_device(&device).await?;
        work.end_sessions(device.device).await?;
        let answer = joined(&device, studio.hub_epoch, hub.now());
        return Ok((device, answer));
    }
    let newcomer = Newcomer { studio: login.studio, person: login.person, role, key: &wish.device, name };
    pairing::let_in(work, hub, studio, newcomer, known).await
}

async fn role_of(work: &mut dyn Work, studio: StudioId, person: PersonId) -> Result<Option<Role>, Fault> {
    let people = work.people(studio).await?;
    Ok(people.into_iter().find(|(known, _)| *known == person).map(|(_, role)| role))
}

/// `POST /api/v1/password`: one's own, or somebody's by an owner or manager. Everybody's devices stay signed in: they
/// prove a key of their own.
pub(crate) async fn set(mut call: Call) -> Answer {
    let wish: SetPassword = call.json().await?;
    let session = call.session()?.clone();
    let hub = call.hub.clone();
    let login = folded(&wish.login);
    if login.is_empty() || !text::fits(&login, LOGIN_CHARS_MAX) {
        return Err(Fault::bad("a login name has 1 to 80 characters"));
    }
    let length = wish.password.chars().count();
    if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length) {
        return Err(Fault::bad("a password has 8 to 128 characters"));
    }
    let salt = random(&*hub.outside)?;
    let hash = hashing(move || secret::hash(&wish.password, salt)).await?;
    let mut work = hub.storage.write(session.studio).await?;
    let role = role_of(&mut *work, session.studio, wish.person).await?;
    may_set(&session, wish.person, role)?;
    let kept = Login { login, studio: session.studio, person: wish.person, hash, set_at: hub.now() };
    work.put_login(&kept).await.map_err(taken)?;
    work.commit().await?;
    Ok(no_content())
}

/// The storage knows best: two studios of one hub may want a name at the same time.
fn taken(error: StorageError) -> Fault {
    match error {
        StorageError::Claimed => {
            let detail = "somebody else has this login name";
            Fault::new(StatusCode::CONFLICT, ProblemCode::LoginTaken, detail)
        }
        other => other.into(),
    }
}

/// A manager's word does not reach owners and other managers, or a manager could become one of them.
fn may_set(session: &Session, person: PersonId, role: Option<Role>) -> Result<(), Fault> {
    let own = session.principal.person == person;
    let role = role.ok_or_else(Fault::not_found)?;
    let may = match session.principal.role {
        Role::Owner => true,
        Role::Manager => own || !MANAGERS.contains(&role),
        _ => own,
    };
    if may { Ok(()) } else { Err(Fault::not_allowed("this is for the person, or for whoever is above them")) }
}

/// `GET /api/v1/logins`: who can sign in, and by which name.
pub(crate) async fn list(call: Call) -> Answer {
    let studio = call.session()?.studio;
    let logins = call.hub.storage.read().await?.logins(studio).await?;
    let row = |l: Login| LoginRow { person: l.person, login: l.login };
    json(&logins.into_iter().map(row).collect::<Vec<_>>())
}

impl Caller {
    /// A login name, whether anybody has it or not.
    fn account(login: &str) -> Self {
        Self::Account(short(&Hash::of(login.as_bytes())))
    }
}

/// The first half of a hash: enough to tell names apart, and no name is kept in memory.
fn short(hash: &Hash) -> u128 {
    u128::from_str_radix(hash.0.get(..32).unwrap_or_default(), 16).unwrap_or_default()
}
