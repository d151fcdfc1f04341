//! The laws of money: every balance is its lines, prepaid money goes no further than somebody said, numbers are given once.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_domain::flow::money::there;
use rollcall_domain::kernel::exceptions::Exception;
use rollcall_domain::kernel::ids::{CommandId, Id};
use rollcall_domain::kernel::ledger::{Balance, LedgerEntry};
use rollcall_domain::kernel::record::RecordBody as _;
use rollcall_domain::members::Merge;
use rollcall_domain::passes::{Holding, Pass};
use rollcall_domain::payments::{MoneyLease, Payment, PaymentException};
use rollcall_hub::storage::Stored;

use super::{Broken, Laws, Seen, broken, records};

impl Laws {
    /// A line never changes, a balance is the sum of its lines, and both are there with the outcome they came with.
    pub(super) fn ledgers(&mut self, seen: &Seen) -> Result<(), Broken> {
        let mut sums: BTreeMap<(Id, String), (i64, u64)> = BTreeMap::new();
        let mut of_command: BTreeSet<CommandId> = BTreeSet::new();
        for record in seen.records.iter().filter(|r| r.kind == LedgerEntry::KIND) {
            let Ok(line) = record.read::<LedgerEntry>() else { continue };
            let first = self.lines.entry(line.id).or_insert_with(|| record.body.to_string());
            if **first != *record.body {
                return broken(2, format!("line {} changed", line.id));
            }
            of_command.insert(line.command);
            let sum = sums.entry((line.account, line.unit)).or_default();
            *sum = (sum.0 + line.amount, sum.1 + 1);
        }
        for record in seen.records.iter().filter(|r| r.kind == Balance::KIND) {
            let Ok(balance) = record.read::<Balance>() else { continue };
            let is = sums.remove(&(balance.account, balance.unit.clone())).unwrap_or_default();
            if is != (balance.sum, balance.count) {
                return broken(
                    6,
                    format!("{} {} says {}, lines say {is:?}", balance.account, balance.unit, balance.sum),
                );
            }
        }
        let decided: BTreeSet<CommandId> =
            seen.commands.iter().filter(|c| c.hold.is_none()).map(|c| c.id).collect();
        match of_command.difference(&decided).next() {
            Some(id) => broken(3, format!("{id} has lines and no outcome")),
            None => Ok(()),
        }
    }

    /// What was spent of prepaid money beyond what is there has a name each time, is no more than what leases had left
    /// that were taken away, and never comes from a bill within a lease that ran. What is kept for bills is there.
    pub(super) fn money(&self, seen: &Seen) -> Result<(), Broken> {
        let leases: BTreeMap<Id, MoneyLease> =
            records::<MoneyLease>(seen).map(|lease| (lease.id.raw(), lease)).collect();
        if leases.values().filter(|lease| lease.runs() && lease.is_for_all()).count() > 1 {
            return broken(18, "two devices may spend everybody's money");
        }
        let named = |command: &Stored| {
            let payload: serde_json::Value = serde_json::from_str(&command.entry.payload).ok()?;
            let lease_id: Id = serde_json::from_value(payload.get("lease_id")?.clone()).ok()?;
            Some((command.id, lease_id))
        };
        let bills: BTreeMap<CommandId, Id> = seen.commands.iter().filter_map(named).collect();
        let (overdrawn, unclear) = (overdrawn(seen), self.unclear(seen));
        let (mut said, mut after_cents) = (BTreeMap::<CommandId, i64>::new(), 0);
        for item in records::<Exception>(seen) {
            let Ok(what) = serde_json::from_value::<PaymentException>(item.what.clone()) else { continue };
            let short_cents = match what {
                PaymentException::SpentAfterLease { short_cents } => {
                    after_cents += short_cents;
                    short_cents
                }
                PaymentException::StoredValueOverdrawn { short_cents }
                | PaymentException::SpentHeldElsewhere { short_cents } => {
                    let whose = item.about.first().copied().unwrap_or_default();
                    let lease = bills.get(&item.command).and_then(|id| leases.get(id));
                    if lease.is_some() && !self.copies && !self.put_back && !unclear.contains(&whose) {
                        return broken(18, format!("{} within {lease:?}: {what:?}", item.command));
                    }
                    short_cents
                }
                _ => continue,
            };
            *said.entry(item.command).or_default() += short_cents;
        }
        if let Some((command, cents)) = overdrawn.iter().find(|(id, cents)| said.get(id) != Some(cents))
            && !self.put_back
        {
            return broken(18, format!("{command} overdrew {cents}, said is {:?}", said.get(command)));
        }
        let taken = leases.values().filter(|lease| lease.was_taken());
        let bound: i64 = taken.map(|lease| lease.in_all_cents).sum();
        if after_cents > bound && !self.put_back {
            return broken(18, format!("{after_cents} missing after leases of {bound}"));
        }
        self.kept_is_there(seen, &leases, &unclear)
    }

    /// What is kept for bills that are not paid yet is there to be spent.
    fn kept_is_there(
        &self,
        seen: &Seen,
        leases: &BTreeMap<Id, MoneyLease>,
        unclear: &BTreeSet<Id>,
    ) -> Result<(), Broken> {
        if self.copies || self.put_back {
            return Ok(());
        }
        let balances: BTreeMap<Id, Balance> = records::<Balance>(seen).map(|one| (one.id, one)).collect();
        let mut held: BTreeMap<Id, Vec<Holding>> = BTreeMap::new();
        for pass in records::<Pass>(seen) {
            let whose = pass.member_id.raw();
            held.entry(whose).or_default().push(Holding::new(pass, |id| balances.get(&id).cloned()));
        }
        let mut kept: BTreeMap<Id, i64> = BTreeMap::new();
        for lease in leases.values().filter(|lease| lease.runs()) {
            let Some(member) = lease.member_id else { continue };
            *kept.entry(member.raw()).or_default() += lease.kept_of(&[member.raw()]);
        }
        for (member, kept) in kept.into_iter().filter(|(member, _)| !unclear.contains(member)) {
            let there = held.get(&member).map_or(0, |held| there(held).cents());
            if kept > there {
                return broken(18, format!("{kept} kept of {there} that {member} has"));
            }
        }
        Ok(())
    }

    /// Those of whom a device may rightly have thought otherwise: joined with somebody or parted, or a top-up of theirs
    /// was taken back.
    fn unclear(&self, seen: &Seen) -> BTreeSet<Id> {
        let merged = records::<Merge>(seen).flat_map(|one| [one.survivor.raw(), one.absorbed.raw()]);
        let meant = self.joined.iter().flat_map(|join| [join.absorbed, join.into]);
        let back = records::<Pass>(seen).filter(|pass| pass.reversed_at.is_some());
        let back: BTreeSet<Id> = back.map(|pass| pass.member_id.raw()).collect();
        merged.chain(meant).chain(back).collect()
    }

    /// No receipt has the number of another one.
    pub(super) fn numbers(&self, seen: &Seen) -> Result<(), Broken> {
        let mut given = BTreeSet::new();
        for record in seen.records.iter().filter(|r| r.kind == Payment::KIND) {
            let Ok(payment) = record.read::<Payment>() else { continue };
            if !given.insert((payment.number.clone(), payment.number_mark.clone()))
                || (!payment.number_mark.is_empty() && !self.copies)
            {
                return broken(13, format!("receipt {} twice", payment.number.label()));
            }
        }
        Ok(())
    }
}

/// What each command took beyond what was there.
fn overdrawn(seen: &Seen) -> BTreeMap<CommandId, i64> {
    let mut all = BTreeMap::new();
    for line in records::<LedgerEntry>(seen).filter(|line| line.why == "overdrawn") {
        *all.entry(line.command).or_default() -= line.amount;
    }
    all
}
