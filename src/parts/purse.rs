//! Paying with prepaid money, as every till shows it: what is left, what a bill would take of it, whether this device may
//! spend it now, and the asking where it has to ask.

use std::cell::RefCell;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rollcall_domain::flow::money::{
    HoldMoney, LeaseMoney, NotNow, Reach, ReturnMoney, Spender, There, Way, draw, there,
};
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::decide;
use rollcall_domain::kernel::ids::{Id, derived};
use rollcall_domain::members::MemberId;
use rollcall_domain::payments::{
    MoneyLease, MoneyLeaseId, OfflineSpending, lease_for_all, money_leases_of, offline_id,
};

use super::{members, passes, refusals, settings};
use crate::hub::{Link, Phase, use_link};
use crate::remember;
use crate::studio::{Authority, Order, Studio, use_studio};
use crate::tr::balance as t;
use crate::ui::{Answer, Mark};

/// How long the hub's answer is waited for.
const ANSWER_MS_MAX: u32 = 6_000;
/// Between two looks at it.
const LOOK_MS: u32 = 100;

/// What the studio says about spending where nobody can be asked. Follows changes.
#[must_use]
pub fn offline_rules(studio: &Studio) -> OfflineSpending {
    studio.live().get::<OfflineSpending>(offline_id()).unwrap_or_else(OfflineSpending::usual)
}

/// The lease that runs for everybody's money. Follows changes.
#[must_use]
pub fn running_lease(studio: &Studio) -> Option<MoneyLease> {
    studio.live().all::<MoneyLease>(&lease_for_all()).pop()
}

/// Under which lease this browser has read all that was there when it was given.
pub const WHOLE_KEY: &str = "rollcall.money_lease";

thread_local! {
    static WHOLE: RefCell<Option<ArcRwSignal<Option<String>>>> = const { RefCell::new(None) };
}

/// The same as a signal.
fn whole() -> ArcRwSignal<Option<String>> {
    WHOLE.with_borrow_mut(|whole| {
        whole.get_or_insert_with(|| ArcRwSignal::new(remember::read(WHOLE_KEY))).clone()
    })
}

/// The lease of this device for everybody's money, given by the hub. Follows changes.
fn own_lease(studio: &Studio) -> Option<MoneyLease> {
    let device = studio.me()?.device;
    running_lease(studio).filter(|lease| lease.device == device && !lease.guessed)
}

/// Notes when this device has read everything beside its lease: balances it had not heard of are another device's to spend,
/// and a meeting can break off between a lease and the next row.
pub fn watch_right() {
    let (studio, link) = (use_studio(), use_link());
    let seen = StoredValue::new(None::<(MoneyLeaseId, Timestamp)>);
    Effect::new(move |_| {
        let synced_at = link.state().get().synced_at;
        let Some(lease) = own_lease(&studio) else { return };
        let known = seen.get_value().filter(|(id, _)| *id == lease.id);
        let (id, since) = known.unwrap_or_else(|| (lease.id, studio.now()));
        seen.set_value(Some((id, since)));
        if synced_at.is_some_and(|at| at >= since) {
            remember::write(WHOLE_KEY, &id.to_string());
            whole().set(Some(id.to_string()));
        }
    });
}

/// True for a lease that may be used: the right to everybody's money not before everything is read. Follows changes.
#[must_use]
pub fn is_read(lease: &MoneyLease) -> bool {
    !lease.is_for_all() || whole().get() == Some(lease.id.to_string())
}

/// Whether the hub answered when it was last asked. Follows changes.
#[must_use]
pub fn reach(link: &Link) -> Reach {
    match link.state().get().phase {
        // Right after the start nobody knows: whoever asks will hear, or hear nothing.
        Phase::Solo | Phase::UpToDate | Phase::Sending { .. } => Reach::InReach,
        Phase::Offline | Phase::ShutOut | Phase::Trouble => Reach::OutOfReach,
    }
}

/// One member's prepaid money at one till.
#[derive(Clone, Copy)]
pub struct Purse {
    member: MemberId,
    studio: StoredValue<Studio>,
    link: StoredValue<Link>,
    busy: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
}

impl Purse {
    /// Opens it, and has this device's right to spend without asking begin anew where half of it is over.
    #[must_use]
    pub fn open(member: MemberId) -> Self {
        let (studio, link) = (use_studio(), use_link());
        renew(&studio, &link);
        watch_right();
        Self {
            member,
            studio: StoredValue::new(studio),
            link: StoredValue::new(link),
            busy: RwSignal::new(false),
            trouble: RwSignal::new(None),
        }
    }

    /// What is left. Follows changes.
    #[must_use]
    pub fn there(self) -> There {
        self.studio.with_value(|studio| there(&passes::held(studio, self.member)))
    }

    /// True while the hub is asked.
    #[must_use]
    pub fn busy(self) -> bool {
        self.busy.get()
    }

    fn ask<R>(self, of: impl FnOnce(&Spender<'_>) -> R) -> Option<R> {
        let (studio, link) = (self.studio.get_value(), self.link.get_value());
        let me = studio.me()?;
        let circle = members::circle(&studio, self.member);
        let ids: &[Id] = circle.ids();
        let mut leases: Vec<MoneyLease> =
            money_leases_of(ids).iter().flat_map(|want| studio.live().all::<MoneyLease>(want)).collect();
        leases.retain(|lease| lease.device != me.device || is_read(lease));
        Some(of(&Spender {
            device: me.device,
            authority: match me.authority {
                Authority::Solo => decide::Authority::Solo,
                Authority::Hub => decide::Authority::Prediction,
            },
            reach: reach(&link),
            rules: offline_rules(&studio),
            ids,
            there_cents: self.there().cents(),
            leases: &leases,
            now: studio.now(),
        }))
    }

    /// May this device spend that now, and how? Follows changes.
    #[must_use]
    pub fn way(self, cents: i64) -> Way {
        self.ask(|spender| spender.way(cents)).unwrap_or(Way::Not(NotNow::NoLease))
    }

    /// The most this device may spend of it now. Follows changes.
    #[must_use]
    pub fn most_cents(self) -> i64 {
        self.ask(|spender| spender.most_cents()).unwrap_or(0)
    }

    /// Why a sum cannot be spent now. Follows changes.
    #[must_use]
    pub fn why_not(self, cents: i64) -> Option<NotNow> {
        match self.way(cents) {
            Way::Not(why) if cents > 0 => Some(why),
            _ => None,
        }
    }

    /// Goes on as soon as this sum may be spent: at once, or when the hub has kept it for this bill. Where it may not,
    /// nothing happens but a sentence.
    pub fn when_free(self, cents: i64, go_on: impl FnOnce(Option<MoneyLeaseId>) + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.trouble.set(None);
        if cents <= 0 {
            go_on(None);
            return;
        }
        match untrack(|| self.way(cents)) {
            Way::Freely => go_on(None),
            Way::Leased(id) => go_on(Some(id)),
            // The sentence stands below the tenders already.
            Way::Not(_) => {}
            Way::AskFirst => {
                self.busy.set(true);
                let (studio, link, member) = (self.studio.get_value(), self.link.get_value(), self.member);
                spawn_local(async move {
                    let kept = keep(&studio, &link, member, cents).await;
                    if self.busy.try_set(false).is_some() {
                        // The till is closed: nobody pays this bill any more.
                        if let Ok(lease_id) = kept {
                            give_up(&studio, lease_id).await;
                        }
                        return;
                    }
                    match kept {
                        Ok(lease_id) => go_on(Some(lease_id)),
                        Err(why) => self.trouble.set(Some(why)),
                    }
                });
            }
        }
    }
}

/// Has the hub keep a sum for one bill, and waits for its word.
async fn keep(studio: &Studio, link: &Link, member_id: MemberId, cents: i64) -> Result<MoneyLeaseId, String> {
    let Some(me) = studio.me_now() else { return Err(t::no_answer().to_owned()) };
    let id = studio.intent();
    let lease_id = MoneyLeaseId(derived(id, 0));
    let command = HoldMoney { device: me.device, member_id, cents };
    if let Err(error) = studio.run(Order::new(id, &command, &())).await {
        return Err(refusals::say_run_error(&error));
    }
    link.ring();
    let mut waited_ms = 0;
    while waited_ms < ANSWER_MS_MAX {
        match untrack(|| studio.live().get::<MoneyLease>(lease_id)) {
            Some(lease) if !lease.guessed => return Ok(lease_id),
            Some(_) => {}
            // Predicted, and there no more: the hub knew better.
            None => return Err(t::kept_by_others().to_owned()),
        }
        TimeoutFuture::new(LOOK_MS).await;
        waited_ms += LOOK_MS;
    }
    give_up(studio, lease_id).await;
    Err(t::no_answer().to_owned())
}

/// The bill comes to nothing: whatever the hub kept for it is given back when it hears.
async fn give_up(studio: &Studio, lease_id: MoneyLeaseId) {
    let order = Order::new(studio.intent(), &ReturnMoney { lease_id }, &());
    // What could not be saved is left to the clock, which ends every lease.
    if let Err(error) = studio.run(order).await {
        leptos::logging::warn!("money stays kept for a bill until its time is over: {error:?}");
    }
}

/// A device that holds the right to everybody's money begins it anew in time, so that it holds it when the network goes.
fn renew(studio: &Studio, link: &Link) {
    let Some(me) = studio.me_now().filter(|me| me.authority == Authority::Hub) else { return };
    let (Some(lease), Reach::InReach) = (untrack(|| own_lease(studio)), untrack(|| reach(link))) else {
        return;
    };
    let half = lease.from.plus_ms(lease.not_after.0.saturating_sub(lease.from.0) / 2);
    if studio.now() < half || !untrack(|| offline_rules(studio)).allowed {
        return;
    }
    let (studio, id) = (studio.clone(), studio.intent());
    spawn_local(async move {
        let command = LeaseMoney { device: me.device, not_after: None };
        // The old one goes on where this one is refused.
        if let Err(error) = studio.run(Order::new(id, &command, &())).await {
            leptos::logging::warn!("the right to spend without asking was not begun anew: {error:?}");
        }
    });
}

/// "320 left: 300 paid in, 20 bonus".
fn left_words(studio: &Studio, left: There) -> String {
    let money = |cents| settings::money(studio, cents);
    if left.gift_cents == 0 {
        return t::left(money(left.cents()));
    }
    t::left_parts(money(left.cents()), money(left.principal_cents), money(left.gift_cents))
}

/// What a sum would take, in its order.
fn spends_words(studio: &Studio, member: MemberId, cents: i64) -> String {
    let money = |cents| settings::money(studio, cents);
    let takes = There::of(&draw(&passes::held(studio, member), cents));
    match (takes.principal_cents, takes.gift_cents) {
        (principal, 0) => t::spends_paid(money(principal)),
        (0, gift) => t::spends_bonus(money(gift)),
        (principal, gift) => t::spends_both(money(principal), money(gift)),
    }
}

/// Why not, and what can be done about it.
fn why_words(studio: &Studio, why: NotNow) -> String {
    let money = |cents| settings::money(studio, cents);
    match why {
        NotNow::TooLittle { there_cents } => t::too_little(money(there_cents)),
        NotNow::KeptElsewhere { free_cents: 0 } => t::kept_elsewhere_all().to_owned(),
        NotNow::KeptElsewhere { free_cents } => t::kept_elsewhere(money(free_cents)),
        NotNow::OfflineOff => t::offline_off().to_owned(),
        NotNow::NoLease => t::no_lease().to_owned(),
        NotNow::LeaseOver => t::lease_over().to_owned(),
        NotNow::CapReached { left_cents: 0 } => t::cap_reached_all().to_owned(),
        NotNow::CapReached { left_cents } => t::cap_reached(money(left_cents)),
    }
}

/// Below the tenders: what is left, what this bill takes of it, and what stands in the way.
#[component]
pub fn PurseNote(
    purse: Purse,
    /// How much of the bill is prepaid money.
    #[prop(into)]
    cents: Signal<i64>,
) -> impl IntoView {
    let studio = StoredValue::new(purse.studio.get_value());
    let some = Memo::new(move |_| purse.there().cents() > 0);
    let left = move || studio.with_value(|studio| left_words(studio, purse.there()));
    let rest = move || {
        let wanted = cents.get();
        // Before anything is asked for: could anything be spent at all?
        if let Some(why) = purse.why_not(wanted.max(1)) {
            let answer = if wanted > 0 { Answer::Stop } else { Answer::Warn };
            return Some((answer, studio.with_value(|studio| why_words(studio, why))));
        }
        let spends = || studio.with_value(|studio| spends_words(studio, purse.member, wanted));
        (wanted > 0).then(|| (Answer::Plain, spends()))
    };
    view! {
        <Show when=move || some.get()>
            <div class="stack" data-testid="purse">
                <p>{left}</p>
                {move || rest().map(|(answer, text)| view! { <Mark answer=Signal::stored(answer) text /> })}
                {move || purse.busy.get().then(|| view! { <p class="quiet" role="status">{t::asking}</p> })}
                {move || purse.trouble.get().map(|text| view! { <Mark answer=Signal::stored(Answer::Stop) text /> })}
            </div>
        </Show>
    }
}
