//! Who does what on which day: one short story per member, all of them told in the order of time.

use crate::kernel::order;
use chrono::{Days, NaiveDate};

use super::dice::Dice;
use crate::kernel::time::{Timestamp, Zone};
use crate::payments::TenderKind;

/// Days of history a sample may reach back.
pub(super) const HISTORY_DAYS: u64 = 800;
/// Days whose visits are told.
const VISIT_DAYS: u32 = 60;
/// Above so many members everybody comes less often, so that a large sample stays a file one can open.
const BUSY_MEMBERS: u32 = 3_500;

/// The places of plans in the catalogue of the sample.
mod plan {
    pub(super) const MONTH: usize = 0;
    pub(super) const QUARTER: usize = 1;
    pub(super) const YEAR: usize = 2;
    pub(super) const TEN: usize = 3;
    pub(super) const SINGLE: usize = 4;
    pub(super) const LIFETIME: usize = 5;
    pub(super) const PURSE: usize = 6;
}

/// A sale to be.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) plan: usize,
    pub(super) tender: TenderKind,
    pub(super) paid_percent: u32,
}

/// What happens.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Enrol,
    Sell(Offer),
    Visit,
    Reverse,
    Archive,
}

/// When, to whom.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) at: Timestamp,
    pub(super) who: u32,
    pub(super) deed: Deed,
}

/// The story of one member.
struct Story<'a> {
    dice: &'a mut Dice,
    events: &'a mut Vec<Event>,
    who: u32,
    today: NaiveDate,
    zone: Zone,
}

/// All stories, in the order of time and nothing after `now`.
pub(super) fn events(dice: &mut Dice, members: u32, now: Timestamp, zone: Zone) -> Vec<Event> {
    let mut events = Vec::new();
    let often_permille = (BUSY_MEMBERS * 1_000 / members.max(1)).min(1_000);
    for who in 0..members {
        let mut story = Story { dice, events: &mut events, who, today: zone.day(now), zone };
        let per_week = story.tell();
        story.visits(per_week, often_permille);
    }
    // Stable: what one member does in one minute stays in its order.
    order::by_key(&mut events, |event| event.at);
    events.retain(|event| event.at < now);
    events
}

impl Story<'_> {
    fn ago(&self, days: u32) -> NaiveDate {
        self.today - Days::new(u64::from(days))
    }

    fn at(&mut self, on: NaiveDate, deed: Deed) {
        let minute = self.dice.between(9 * 60, 20 * 60);
        self.minute(on, minute, deed);
    }

    fn minute(&mut self, on: NaiveDate, minute: u32, deed: Deed) {
        let at = self.zone.instant(on, minute).plus_ms(i64::from(self.dice.between(0, 60_000)));
        self.events.push(Event { at, who: self.who, deed });
    }

    fn enrol(&mut self, days_ago: u32) {
        let on = self.ago(days_ago);
        // Before any sale of the same day.
        self.minute(on, 8 * 60, Deed::Enrol);
    }

    fn sell(&mut self, days_ago: u32, plan: usize) {
        let tender = *self.dice.pick(&[
            TenderKind::WechatPay,
            TenderKind::WechatPay,
            TenderKind::WechatPay,
            TenderKind::Alipay,
            TenderKind::Alipay,
            TenderKind::Cash,
            TenderKind::BankCard,
            TenderKind::Transfer,
        ]);
        self.sell_by(days_ago, plan, tender, 100);
    }

    fn sell_by(&mut self, days_ago: u32, plan: usize, tender: TenderKind, paid_percent: u32) {
        let on = self.ago(days_ago);
        self.at(on, Deed::Sell(Offer { plan, tender, paid_percent }));
    }

    /// Tells it; returns how often they come in a week.
    fn tell(&mut self) -> u32 {
        match self.dice.between(0, 100) {
            0..=44 => self.trains(),
            45..=59 => self.counts(),
            60..=65 => self.ends_in_days(),
            66..=73 => self.ended(2, 40),
            74..=79 => self.ended(60, 300),
            80..=83 => self.ended(400, 700),
            84..=86 => self.once(plan::LIFETIME, 30, 700, 2),
            87..=90 => self.prepaid(),
            91..=92 => self.once(plan::SINGLE, 1, 25, 2),
            93..=94 => self.owes(),
            95..=96 => self.only_enrolled(),
            97..=98 => self.left(),
            _ => self.bought_by_mistake(),
        }
    }

    /// A pass of time that runs, renewed before it ended.
    fn trains(&mut self) -> u32 {
        let (plan, days) =
            *self.dice.pick(&[(plan::MONTH, 30), (plan::MONTH, 30), (plan::QUARTER, 91), (plan::YEAR, 365)]);
        let bought = self.dice.between(0, days - 9);
        let renewals = if plan == plan::YEAR { 0 } else { self.dice.between(0, 3) };
        self.enrol(bought + renewals * days + 2);
        for earlier in (1..=renewals).rev() {
            self.sell(bought + earlier * days + 1, plan);
        }
        self.sell(bought, plan);
        self.dice.between(1, 5)
    }

    fn counts(&mut self) -> u32 {
        let bought = self.dice.between(3, 90);
        let before = self.dice_days();
        self.enrol(bought + before);
        self.sell(bought, plan::TEN);
        1
    }

    fn ends_in_days(&mut self) -> u32 {
        let bought = 29 - self.dice.between(0, 6);
        self.enrol(bought);
        self.sell(bought, plan::MONTH);
        3
    }

    fn ended(&mut self, from: u32, to: u32) -> u32 {
        let bought = self.dice.between(from, to) + 30;
        let before = self.dice_days();
        self.enrol(bought + before);
        self.sell(bought, plan::MONTH);
        2
    }

    fn once(&mut self, plan: usize, from: u32, to: u32, per_week: u32) -> u32 {
        let bought = self.dice.between(from, to);
        self.enrol(bought);
        self.sell(bought, plan);
        per_week
    }

    fn prepaid(&mut self) -> u32 {
        let bought = self.dice.between(5, 25);
        self.enrol(bought + 1);
        self.sell(bought + 1, plan::PURSE);
        self.sell_by(bought, plan::MONTH, TenderKind::StoredValue, 100);
        2
    }

    fn owes(&mut self) -> u32 {
        let bought = self.dice.between(1, 40);
        self.enrol(bought);
        self.sell_by(bought, plan::QUARTER, TenderKind::Cash, 50);
        2
    }

    fn only_enrolled(&mut self) -> u32 {
        let days = self.dice.between(0, 14);
        self.enrol(days);
        0
    }

    fn left(&mut self) -> u32 {
        self.ended(100, 300);
        let on = self.ago(self.who % 90);
        self.at(on, Deed::Archive);
        0
    }

    fn bought_by_mistake(&mut self) -> u32 {
        let bought = self.dice.between(1, 60);
        self.enrol(bought);
        let on = self.ago(bought);
        self.minute(
            on,
            10 * 60,
            Deed::Sell(Offer { plan: plan::YEAR, tender: TenderKind::BankCard, paid_percent: 100 }),
        );
        self.minute(on, 10 * 60 + 4, Deed::Reverse);
        self.minute(
            on,
            10 * 60 + 6,
            Deed::Sell(Offer { plan: plan::QUARTER, tender: TenderKind::BankCard, paid_percent: 100 }),
        );
        2
    }

    fn dice_days(&mut self) -> u32 {
        self.dice.between(0, 20)
    }

    /// Comes so often, before work, at noon or after it. Who has no pass yet or any more is mostly sent away at the door.
    fn visits(&mut self, per_week: u32, often_permille: u32) {
        for days_ago in (0..VISIT_DAYS).rev() {
            if self.dice.between(0, 7_000) >= per_week * often_permille {
                continue;
            }
            let hour = *self.dice.pick(&[6, 7, 7, 12, 17, 18, 18, 19, 19, 20]);
            let minute = hour * 60 + self.dice.between(0, 60);
            let on = self.ago(days_ago);
            self.minute(on, minute, Deed::Visit);
        }
    }
}
