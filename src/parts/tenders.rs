//! The words for ways to pay.

use rollcall_domain::payments::TenderKind;

use crate::tr::payments as t;

/// What a way to pay is called.
#[must_use]
pub fn tender_word(kind: TenderKind) -> &'static str {
    match kind {
        TenderKind::Cash => t::tender_cash(),
        TenderKind::BankCard => t::tender_bank_card(),
        TenderKind::WechatPay => t::tender_wechat_pay(),
        TenderKind::Alipay => t::tender_alipay(),
        TenderKind::Transfer => t::tender_transfer(),
        TenderKind::StoredValue => t::tender_stored_value(),
    }
}
