//! Becoming part of a studio: claiming a hub for the studio on this device, or joining one by code.

use rollcall_domain::kernel::ids::{DeviceId, Hash, PersonId};
use rollcall_domain::kernel::{Role, Timestamp};
use rollcall_domain::sync::meeting::{self, Trouble};
use rollcall_domain::sync::wire::{
    About, AskChallenge, Challenge, Claim, DeviceKey, DeviceRow, GoOn, Join, Joined, LoginRow, Pairing,
    ProblemCode, Recovering, SetPassword, SignIn, StartPairing, Status, Uploaded, session_message,
};

use super::keys::{DeviceKeys, KeyError};
use super::side::{Ended, Here, OwnError};
use super::transport::{self, TransportError};
use crate::journal::Head;
use crate::studio::{Authority, Failure, Me, Studio};

/// Why this device is not part of a studio now. What it holds is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// The hub could not be reached.
    #[error("the hub cannot be reached")]
    Offline,
    /// The code is wrong, used up, or too old.
    #[error("the code does not open this hub")]
    WrongCode,
    /// Name and password do not fit.
    #[error("name and password do not fit")]
    WrongPassword,
    /// Another studio lives on this hub.
    #[error("another studio lives on this hub")]
    AlreadyClaimed,
    /// No studio lives on this hub.
    #[error("no studio lives on this hub")]
    NotClaimed,
    /// This device has a studio of its own: export that and join empty.
    #[error("this device has a studio of its own")]
    HasStudio,
    /// The page is not secure, so the browser offers no key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The device cannot save.
    #[error(transparent)]
    Storage(#[from] Failure),
    /// The hub said something else.
    #[error("the hub refused: {0:?}")]
    Refused(ProblemCode),
}

impl From<TransportError> for JoinError {
    fn from(error: TransportError) -> Self {
        match error.code() {
            None => Self::Offline,
            Some(ProblemCode::WrongCode) => Self::WrongCode,
            Some(ProblemCode::WrongPassword) => Self::WrongPassword,
            Some(ProblemCode::AlreadyClaimed) => Self::AlreadyClaimed,
            Some(ProblemCode::NotClaimed) => Self::NotClaimed,
            Some(code) => Self::Refused(code),
        }
    }
}

impl From<Ended> for JoinError {
    fn from(ended: Ended) -> Self {
        match ended {
            Trouble::Own(OwnError::Key(e)) => e.into(),
            Trouble::Own(OwnError::Storage(e)) => e.into(),
            Trouble::Offline | Trouble::Stuck => Self::Offline,
            Trouble::Later { .. } => Self::Refused(ProblemCode::TooOften),
            Trouble::ShutOut | Trouble::Forget(_) => Self::Refused(ProblemCode::Revoked),
            Trouble::Unknown => Self::NotClaimed,
            Trouble::Refused(problem) => Self::Refused(problem.code),
        }
    }
}

/// Nobody watches how many are sent while a device comes in.
const fn unwatched(_done: u64, _total: u64) {}

/// What the hub of this origin says of itself.
pub async fn hub_status() -> Result<Status, TransportError> {
    let status: Status = transport::get("/api/v1/status").await?;
    // A captive portal may speak JSON too.
    if status.product == "rollcall" { Ok(status) } else { Err(TransportError::Offline) }
}

/// Makes the hub of this origin the studio's: it takes over everything this device holds, as already decided.
///
/// Safe to repeat: until the upload is complete this device stays its own authority.
pub async fn claim(studio: &Studio, code: &str) -> Result<(), JoinError> {
    let me = studio.me_now().ok_or(Failure::NoStudio)?;
    let keys = DeviceKeys::load().await?;
    let device =
        DeviceKey { device: me.device, public_key: keys.public_key().await?, name: me.device_name.clone() };
    let claim = Claim {
        code: code.trim().to_uppercase(),
        device,
        studio: me.studio,
        person: me.person,
        epoch: studio.journal.head().epoch,
        used_series: vec![me.series.clone()],
    };
    let joined: Joined = transport::post("/api/v1/claim", &claim).await?;
    meeting::open_session(&Here::new(studio, me.clone(), &unwatched).await?).await?;
    let turn = studio.gate.lock().await;
    let backup = studio.backup_lines().await?;
    let uploaded: Uploaded = transport::upload("/api/v1/upload", backup).await?;
    studio.clock.hear(joined.hub_time);
    for hash in studio.journal.blobs_waiting().await.map_err(Failure::from)? {
        // The photos were part of the upload.
        studio.journal.blob_sent(&hash).await.map_err(Failure::from)?;
    }
    let counters = studio.journal.head().counters;
    studio
        .journal
        .restart(Head { epoch: joined.epoch, seq: 0, hash: Hash::default(), counters })
        .await
        .map_err(Failure::from)?;
    studio.set_me(&Me { series: joined.series, authority: Authority::Hub, ..me.clone() }).await?;
    drop(turn);
    leptos::logging::log!("the hub took over {} records and {} commands", uploaded.records, uploaded.entries);
    studio.forget_records().await?;
    Ok(meeting::read(&Here::new(studio, me, &unwatched).await?).await?)
}

/// Joins the studio of this origin's hub. A device that has a studio of its own is refused.
pub async fn join(studio: &Studio, code: &str, device_name: &str) -> Result<(), JoinError> {
    if studio.me_now().is_some() {
        return Err(JoinError::HasStudio);
    }
    let keys = DeviceKeys::load().await?;
    let device = DeviceId(studio.mint());
    let key = DeviceKey { device, public_key: keys.public_key().await?, name: device_name.to_owned() };
    let joined: Joined =
        transport::post("/api/v1/join", &Join { code: code.trim().to_owned(), device: key }).await?;
    let me = settle(studio, &joined, device_name.to_owned()).await?;
    let here = Here::new(studio, me, &unwatched).await?;
    meeting::open_session(&here).await?;
    Ok(meeting::read(&here).await?)
}

/// The device is in: it keeps who it is, and begins its first life.
async fn settle(studio: &Studio, joined: &Joined, device_name: String) -> Result<Me, JoinError> {
    // A first start that was cut short may have left records without an owner.
    studio.forget_records().await?;
    studio.clock.hear(joined.hub_time);
    let me = Me {
        studio: joined.studio,
        device: joined.device,
        device_name,
        person: joined.person,
        role: joined.role,
        session: studio.mint(),
        series: joined.series.clone(),
        authority: Authority::Hub,
        sample: false,
        own: None,
    };
    studio.journal.restart(Head { epoch: joined.epoch, ..Head::default() }).await.map_err(Failure::from)?;
    studio.set_me(&me).await?;
    Ok(me)
}

/// A way in for another device.
pub async fn start_pairing(
    studio: &Studio,
    role: Role,
    person: Option<PersonId>,
) -> Result<Pairing, JoinError> {
    let ask = StartPairing { role, person };
    with_session(studio, || transport::post("/api/v1/pairing", &ask)).await
}

/// The studio's devices as the hub knows them.
pub async fn devices(studio: &Studio) -> Result<Vec<DeviceRow>, JoinError> {
    with_session(studio, || transport::get("/api/v1/devices")).await
}

/// Shuts a device out.
pub async fn revoke(studio: &Studio, device: DeviceId) -> Result<(), JoinError> {
    let path = format!("/api/v1/devices/{device}/revoke");
    let nothing = serde_json::json!({});
    with_session(studio, || transport::post_quiet(&path, &nothing)).await
}

/// Takes a device out of use because another one takes its place: what it still drops off counts.
pub async fn retire(studio: &Studio, device: DeviceId) -> Result<(), JoinError> {
    let path = format!("/api/v1/devices/{device}/retire");
    let nothing = serde_json::json!({});
    with_session(studio, || transport::post_quiet(&path, &nothing)).await
}

/// Who the hub still waits for since it was put back; nothing in ordinary times.
pub async fn recovering(studio: &Studio) -> Result<Option<Recovering>, JoinError> {
    let about: About = with_session(studio, || transport::get("/api/v1/hub")).await?;
    Ok(about.recovering)
}

/// Waits no longer for them; for good when they will never come.
pub async fn go_on(studio: &Studio, since: Timestamp, for_good: bool) -> Result<(), JoinError> {
    let wish = GoOn { since, for_good };
    with_session(studio, || transport::post_quiet("/api/v1/hub/continue", &wish)).await
}

/// Sets a login name and a password: one's own, or somebody's who is below.
pub async fn set_password(
    studio: &Studio,
    person: PersonId,
    login: &str,
    password: &str,
) -> Result<(), JoinError> {
    let wish = SetPassword { person, login: login.to_owned(), password: password.to_owned() };
    with_session(studio, || transport::post_quiet("/api/v1/password", &wish)).await
}

/// Who can sign in, and by which name.
pub async fn logins(studio: &Studio) -> Result<Vec<LoginRow>, JoinError> {
    with_session(studio, || transport::get("/api/v1/logins")).await
}

/// Comes in by name and password: a new device joins as that person's, a known one has that person at it from now on.
pub async fn sign_in(
    studio: &Studio,
    login: &str,
    password: &str,
    device_name: &str,
) -> Result<(), JoinError> {
    let known = studio.me_now();
    if known.as_ref().is_some_and(|me| me.authority == Authority::Solo) {
        return Err(JoinError::HasStudio);
    }
    let keys = DeviceKeys::load().await?;
    let (device, name) = match &known {
        Some(me) => (me.device, me.device_name.clone()),
        None => (DeviceId(studio.mint()), device_name.to_owned()),
    };
    let ask = AskChallenge { device };
    let challenge: Challenge = transport::post("/api/v1/challenge", &ask).await?;
    let signature = keys.sign(&session_message(device, &challenge.nonce)).await?;
    let wish = SignIn {
        login: login.to_owned(),
        password: password.to_owned(),
        device: DeviceKey { device, public_key: keys.public_key().await?, name: name.clone() },
        nonce: challenge.nonce,
        signature,
    };
    let joined: Joined = transport::post("/api/v1/sign-in", &wish).await?;
    let me = match known {
        Some(me) => {
            studio.clock.hear(joined.hub_time);
            let session = studio.mint();
            let me = Me { person: joined.person, role: joined.role, session, own: None, ..me };
            studio.set_me(&me).await?;
            me
        }
        None => settle(studio, &joined, name).await?,
    };
    Ok(meeting::read(&Here::new(studio, me, &unwatched).await?).await?)
}

/// Asks, and asks once more with a fresh session when the old one has ended.
async fn with_session<A, F>(studio: &Studio, ask: impl Fn() -> F) -> Result<A, JoinError>
where
    F: Future<Output = Result<A, TransportError>>,
{
    match ask().await {
        Err(error) if error.code() == Some(ProblemCode::SignIn) => {
            let me = studio.me_now().ok_or(Failure::NoStudio)?;
            meeting::open_session(&Here::new(studio, me, &unwatched).await?).await?;
            Ok(ask().await?)
        }
        other => Ok(other?),
    }
}
