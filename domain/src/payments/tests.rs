use super::*;
use crate::kernel::ids::Uuid;

fn tender(kind: TenderKind, amount_cents: i64) -> Tender {
    Tender { kind, amount_cents }
}

#[test]
fn tenders_make_sense_for_a_bill() {
    use TenderKind::{Alipay, Cash};
    let check = |tenders: &[Tender], total, given, want| {
        assert_eq!(tenders_well_formed(tenders, total, given), want, "{tenders:?} {total} {given:?}");
    };
    check(&[], 100, None, true);
    check(&[tender(Cash, 100)], 100, None, true);
    check(&[tender(Cash, 60), tender(Alipay, 40)], 100, Some(100), true);
    check(&[tender(Cash, 60), tender(Alipay, 41)], 100, None, false);
    check(&[tender(Cash, 0)], 100, None, false);
    check(&[tender(Cash, 50), tender(Cash, 50)], 100, None, false);
    check(&[tender(Cash, 100)], 100, Some(99), false);
    check(&[tender(Alipay, 100)], 100, Some(100), false);
    check(&[tender(Cash, i64::MAX)], i64::MAX, None, false);
}

fn payment() -> Payment {
    Payment {
        id: PaymentId(Uuid::from_u128(1)),
        number: Number { series: "B".to_owned(), n: 7 },
        number_mark: String::new(),
        member_id: MemberId(Uuid::from_u128(2)),
        lines: vec![Line {
            of: LineOf::Owed,
            name: String::new(),
            valid_from: None,
            valid_until: None,
            price_cents: 500,
        }],
        tenders: vec![tender(TenderKind::Cash, 300), tender(TenderKind::WechatPay, 100)],
        total_cents: 500,
        paid_cents: 400,
        given_cents: Some(350),
        currency: Currency::Cny,
        effects: Vec::new(),
        reverses: None,
        reason: String::new(),
        void: false,
        at: Timestamp(0),
        on: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        by: PersonId(Uuid::nil()),
        device: DeviceId(Uuid::nil()),
        command: CommandId(Uuid::nil()),
    }
}

#[test]
fn a_receipt_says_what_was_given_what_came_back_and_what_stays_owed() {
    let receipt = receipt(&payment(), None, None, "Riverside", "Lin Yue", "Desk");
    assert_eq!(
        (receipt.label.as_str(), receipt.given, receipt.owed_cents),
        ("B-000007", Some((350, 50)), 100)
    );
    assert_eq!((receipt.reverses, receipt.reversed_by), (None, None));
}

#[test]
fn receipts_name_each_other_when_one_takes_back_the_other() {
    let original = payment();
    let reversal = Payment {
        id: PaymentId(Uuid::from_u128(3)),
        number: Number { series: "B".to_owned(), n: 8 },
        reverses: Some(original.id),
        reason: "wrong".to_owned(),
        ..payment()
    };
    let old = receipt(&original, None, Some(&reversal), "", "", "");
    let new = receipt(&reversal, Some(&original), None, "", "", "");
    assert_eq!(
        (old.reversed_by.as_deref(), new.reverses),
        (Some("B-000008"), Some(("B-000007".to_owned(), "wrong".to_owned())))
    );
    let void = Payment { void: true, ..reversal };
    assert_eq!(receipt(&original, None, Some(&void), "", "", "").reversed_by, None);
}

#[test]
fn every_exception_has_two_buttons() {
    let all = [
        PaymentException::ReceiptNumberTaken { label: String::new() },
        PaymentException::StoredValueOverdrawn { short_cents: 1 },
        PaymentException::SpentHeldElsewhere { short_cents: 1 },
        PaymentException::SpentAfterLease { short_cents: 1 },
        PaymentException::PaidMoreThanOwed { over_cents: 1 },
        PaymentException::ReversedBefore { label: String::new() },
        PaymentException::NotReversible {},
        PaymentException::ReversedLater { label: String::new(), taken_on: NaiveDate::default() },
        PaymentException::VisitsUsedBefore { used: 1 },
        PaymentException::ValueSpentBefore { short_cents: 1 },
    ];
    for exception in all {
        let [first, second] = exception.choices();
        assert_ne!(first, second, "{exception:?}");
    }
}
