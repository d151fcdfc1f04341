//! A desk for the tests of flows: an open studio with plans and members, and short words for what happens at it.

use crate::attendance::{
    DoorAnswer, DoorReason, Found, Light, MemberVisits, Visit, VisitId, member_visits_id,
};
use crate::flow::check_in::{AtDoor, CheckIn, LetIn, SeenAtDoor, UndoCheckIn};
use crate::flow::reverse::{Reason, ReversePayment};
use crate::flow::sell::SellPass;
use crate::flow::take::TakePayment;
use crate::kernel::alias::{Alias, Circle};
use crate::kernel::command::Input;
use crate::kernel::exceptions::Exception;
use crate::kernel::facts::Want;
use crate::kernel::ids::{Id, Uuid};
use crate::kernel::keys::KeyValue;
use crate::kernel::ledger::{ACCOUNT_KEY, Balance, LedgerEntry, balance_id};
use crate::kernel::money::{Currency, Money};
use crate::kernel::number::Number;
use crate::kernel::time::Zone;
use crate::kernel::{Change, Timestamp};
use crate::members::{Application, EnrolMember, Member, MemberId};
use crate::passes::cards::NewCard;
use crate::passes::{Holding, Pass, PassId, QuoteOption, StartChoice, VISITS, quote};
use crate::payments::{OWED_CENTS, Payment, PaymentId, Tender, TenderKind};
use crate::plans::{ALL_KEY, Grant, OfferPlan, Plan, PlanDraft, PlanRevision, PlanRules, Starts};
use crate::studio::{OpenStudio, OwnerName, Settings, settings_id};
use crate::testing::Room;

/// A price of the tests.
pub(crate) const PRICE: Money = Money::new(50_000, Currency::Cny);
/// Minutes in milliseconds.
pub(crate) const MINUTE_MS: i64 = 60_000;

/// A room with a studio in it.
pub(crate) struct Desk {
    pub(crate) room: Room,
    receipts: u64,
    members: u128,
}

/// Rules that grant and say nothing else.
pub(crate) fn rules(grant: Grant) -> PlanRules {
    PlanRules {
        grant,
        starts: Starts::AtPurchase,
        sections: Vec::new(),
        freeze_days: 0,
        grace_days: 0,
        shareable: false,
        transferable: false,
    }
}

/// A tender.
pub(crate) fn tender(kind: TenderKind, amount_cents: i64) -> Tender {
    Tender { kind, amount_cents }
}

/// The codes of exceptions.
pub(crate) fn codes(exceptions: &[Exception]) -> Vec<String> {
    exceptions.iter().map(|e| e.what["code"].as_str().unwrap_or_default().to_owned()).collect()
}

impl Desk {
    /// An open studio; window 180 minutes, no time after midnight.
    pub(crate) fn open() -> Self {
        let mut room = Room::empty();
        let open = OpenStudio {
            name: "Riverside".to_owned(),
            zone: Zone::default(),
            currency: Currency::Cny,
            language: "en".to_owned(),
            sections: Vec::new(),
            sample: false,
        };
        room.fact(&open, &OwnerName { owner_name: "Owner".to_owned() });
        Self { room, receipts: 0, members: 0xE000 }
    }

    pub(crate) fn later_minutes(&mut self, minutes: i64) {
        self.room.now = self.room.now.plus_ms(minutes * MINUTE_MS);
    }

    pub(crate) fn later_days(&mut self, days: i64) {
        self.room.now = self.room.now.plus_ms(days * Timestamp::DAY_MS);
    }

    pub(crate) fn today(&self) -> chrono::NaiveDate {
        Zone::default().day(self.room.now)
    }

    pub(crate) fn member(&mut self) -> MemberId {
        self.members += 1;
        let member_id = MemberId(Uuid::from_u128(self.members));
        let name = format!("Member {}", self.members);
        let enrol = EnrolMember {
            member_id,
            sections: Vec::new(),
            referrer: None,
            joined_on: None,
            different_from: Vec::new(),
        };
        self.room.fact(
            &enrol,
            &Application { name, name_keys: format!("m{}", self.members), ..Application::default() },
        );
        member_id
    }

    pub(crate) fn plan(&mut self, rules: PlanRules) -> PlanRevision {
        self.plan_at(rules, PRICE)
    }

    pub(crate) fn plan_at(&mut self, rules: PlanRules, price: Money) -> PlanRevision {
        let name = format!("Plan {}", self.plans().len());
        self.room.granted(&OfferPlan { draft: PlanDraft { name: name.clone(), price, rules } }, &());
        let plan = self.plans().into_iter().find(|p| p.name == name).unwrap();
        self.room.get(plan.revision_id)
    }

    pub(crate) fn plans(&self) -> Vec<Plan> {
        self.room.all(&Want::range::<Plan>(
            ALL_KEY,
            KeyValue::of(Timestamp(i64::MIN)),
            KeyValue::of(Timestamp(i64::MAX)),
            100,
        ))
    }

    pub(crate) fn receipt(&mut self) -> Number {
        self.receipts += 1;
        Number { series: "A".to_owned(), n: self.receipts }
    }

    /// The sale a desk would make: the first way to begin, all of it in cash, no card.
    pub(crate) fn sale(&mut self, member_id: MemberId, revision: &PlanRevision) -> SellPass {
        let option = quote(revision, &self.holdings(member_id), self.today()).options.remove(0);
        self.sale_as(member_id, revision, &option)
    }

    pub(crate) fn sale_as(
        &mut self,
        member_id: MemberId,
        revision: &PlanRevision,
        option: &QuoteOption,
    ) -> SellPass {
        let tenders = if revision.price.cents > 0 {
            vec![tender(TenderKind::Cash, revision.price.cents)]
        } else {
            Vec::new()
        };
        SellPass {
            member_id,
            plan_id: revision.plan_id,
            revision_id: revision.id,
            start: option.start,
            valid_from: option.valid_from,
            price: revision.price,
            tenders,
            given_cents: None,
            receipt: self.receipt(),
            card: None,
            lease_id: None,
        }
    }

    pub(crate) fn sell(&mut self, member_id: MemberId, revision: &PlanRevision) -> (Pass, Payment) {
        let sale = self.sale(member_id, revision);
        let exceptions = self.room.fact(&sale, &());
        assert_eq!(codes(&exceptions), Vec::<String>::new());
        (self.changed(), self.changed())
    }

    pub(crate) fn sell_today(&mut self, member_id: MemberId, revision: &PlanRevision) -> Pass {
        let from = self.today();
        let sale = self.sale_as(
            member_id,
            revision,
            &QuoteOption { start: StartChoice::Today, valid_from: Some(from), valid_until: None },
        );
        self.room.fact(&sale, &());
        self.changed()
    }

    /// The last body of a kind that the last decision wrote.
    #[track_caller]
    pub(crate) fn changed<T: crate::kernel::RecordBody>(&self) -> T {
        let change: &Change = self
            .room
            .changes
            .iter()
            .rev()
            .find(|c| c.kind == T::KIND)
            .unwrap_or_else(|| panic!("no {} was written", T::KIND));
        serde_json::from_str(change.body.as_deref().unwrap()).unwrap()
    }

    pub(crate) fn holdings(&self, member_id: MemberId) -> Vec<Holding> {
        let passes = self.circle(member_id).into_iter().flat_map(|id| self.passes_of(id));
        passes.map(|p| Holding::new(p, |id| self.room.find::<Balance>(id))).collect()
    }

    /// The passes of one id, whatever it was joined with.
    pub(crate) fn passes_of(&self, id: MemberId) -> Vec<Pass> {
        self.room.all(&Want::key::<Pass>(crate::passes::MEMBER_KEY, KeyValue::of(id.raw())))
    }

    /// All ids of a person, the one they go by first.
    pub(crate) fn circle(&self, member_id: MemberId) -> Vec<MemberId> {
        let alias = self.room.find::<Alias>(member_id);
        Circle::from_alias(member_id.raw(), alias.as_ref()).ids().iter().copied().map(MemberId).collect()
    }

    pub(crate) fn visits(&self, member_id: MemberId) -> Option<MemberVisits> {
        let all = self.circle(member_id);
        MemberVisits::joined(all.into_iter().filter_map(|id| self.room.find(member_visits_id(id))).collect())
    }

    /// What the screen shows.
    pub(crate) fn door(&self, member_id: MemberId) -> DoorAnswer {
        let ids = self.circle(member_id);
        let (member, settings) =
            (self.room.find::<Member>(ids[0]), self.room.find::<Settings>(settings_id(self.room.studio)));
        let (holdings, visits) = (self.holdings(member_id), self.visits(member_id));
        let owed_cents = ids.iter().map(|id| self.balance(id.raw(), OWED_CENTS)).sum();
        let at_door = AtDoor {
            member: member.as_ref(),
            settings: settings.as_ref(),
            holdings: &holdings,
            visits: visits.as_ref(),
            owed_cents,
            card: None,
        };
        at_door.answer(self.room.now)
    }

    /// Looks, then confirms what the screen shows.
    pub(crate) fn check_in(&mut self, member_id: MemberId) -> Vec<Exception> {
        let seen = SeenAtDoor::from(&self.door(member_id));
        self.check_in_seeing(member_id, seen)
    }

    pub(crate) fn check_in_seeing(&mut self, member_id: MemberId, seen: SeenAtDoor) -> Vec<Exception> {
        let reason = if seen.light == Light::Red { "pays tomorrow".to_owned() } else { String::new() };
        self.room.fact(&CheckIn { member_id, found: Found::Search, card_id: None, seen }, &LetIn { reason })
    }

    /// Green on a pass, whatever is true by now: what a device shows that has not heard the news.
    pub(crate) fn in_good_faith(pass: &Pass) -> SeenAtDoor {
        let reason = DoorReason::Runs { name: pass.name.clone(), until: pass.valid_until };
        SeenAtDoor { light: Light::Green, reason, pass_id: Some(pass.id) }
    }

    pub(crate) fn undo(&mut self, member_id: MemberId, visit_id: VisitId) -> Vec<Exception> {
        self.room.fact(&UndoCheckIn { visit_id, member_id }, &())
    }

    pub(crate) fn last_visit(&self, member_id: MemberId) -> Visit {
        self.visits(member_id).and_then(|v| v.last).unwrap()
    }

    pub(crate) fn reverse(&mut self, payment: &Payment) -> Vec<Exception> {
        let receipt = self.receipt();
        let reverse = ReversePayment { payment_id: payment.id, member_id: payment.member_id, receipt };
        self.room.fact(&reverse, &Reason { reason: " wrong person ".to_owned() })
    }

    pub(crate) fn take(&mut self, member_id: MemberId, cents: i64) -> Vec<Exception> {
        let receipt = self.receipt();
        let take = TakePayment {
            member_id,
            amount: Money::new(cents, Currency::Cny),
            tenders: vec![tender(TenderKind::Cash, cents)],
            given_cents: None,
            receipt,
            lease_id: None,
        };
        self.room.fact(&take, &())
    }

    pub(crate) fn balance(&self, account: Id, unit: &str) -> i64 {
        self.room.find::<Balance>(balance_id(account, unit)).map_or(0, |b| b.sum)
    }

    pub(crate) fn visits_left(&self, pass_id: PassId) -> i64 {
        self.balance(pass_id.raw(), VISITS)
    }

    /// Σ of the lines of an account in a unit, from the lines themselves.
    pub(crate) fn lines_sum(&self, account: Id, unit: &str) -> i64 {
        let lines: Vec<LedgerEntry> =
            self.room.all(&Want::key::<LedgerEntry>(ACCOUNT_KEY, KeyValue::of(account)));
        lines.iter().filter(|l| l.unit == unit).map(|l| l.amount).sum()
    }

    pub(crate) fn payment(&self, id: PaymentId) -> Payment {
        self.room.get(id)
    }

    /// The input of a command, for deciding it twice.
    pub(crate) fn input<C: crate::kernel::Command>(command: &C, personal: &C::Personal) -> Input {
        Input::encode(command, personal).unwrap()
    }

    pub(crate) fn counted(n: u64) -> NewCard {
        NewCard::Counted(Number { series: "A".to_owned(), n })
    }
}
