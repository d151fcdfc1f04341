//! What comes back to the hub under its own seal, and what devices sign: nobody else's bytes pass for it, and none of
//! them break anything.

use proptest::prelude::*;
use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::ids::{CommandId, DeviceId, Hash, StudioId, Uuid};
use rollcall_domain::kernel::time::Timestamp;
use rollcall_domain::sync::wire::{Answered, DeviceKey, Mark, OutcomeOrHold};

use crate::accept::{answered, is_ours};
use crate::auth::{codes, keys};
use crate::hub::Secret;
use crate::storage::{Link, Studio};
use crate::sync::history;

fn ours() -> Secret {
    Secret::read("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE").unwrap()
}

fn theirs() -> Secret {
    Secret::read("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI").unwrap()
}

fn studio(hub_epoch: u128) -> Studio {
    Studio {
        studio: StudioId(Uuid::from_u128(1)),
        hub_epoch: Uuid::from_u128(hub_epoch),
        head: 1,
        hash: Hash::default(),
        genesis: Hash::default(),
        series_next: 0,
        claimed_at: Timestamp(0),
    }
}

fn marked(secret: &Secret, hub_epoch: u128, seq: u64, link: u64) -> Mark {
    let hash = Hash::of(&link.to_le_bytes());
    let (command, digest) = (CommandId::default(), Hash::default());
    history::mark(secret, &studio(hub_epoch), Link { seq, command, digest, hash, at: Timestamp(0) })
}

fn told(secret: &Secret, id: u128, seq: u64) -> Answered {
    let answer = OutcomeOrHold::Outcome(Outcome::Accepted);
    let place = (Uuid::from_u128(5), seq, Timestamp(7));
    answered(secret, CommandId(Uuid::from_u128(id)), &Hash::of(b"envelope"), answer, place).unwrap()
}

/// A text with one sign changed to another.
fn changed(text: &str, at: usize, sign: char) -> String {
    text.chars().enumerate().map(|(n, c)| if n == at % text.len().max(1) { sign } else { c }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_mark_is_ours_only_as_it_was_given(epoch: u128, seq: u64, link: u64, other: u64, at: usize, sign in "[A-Za-z0-9_-]") {
        let mark = marked(&ours(), epoch, seq, link);
        let again: Mark = serde_json::from_str(&serde_json::to_string(&mark).unwrap()).unwrap();
        prop_assert_eq!(&again, &mark);
        prop_assert!(history::is_mark(&ours(), &again));
        prop_assert!(!history::is_mark(&theirs(), &again));
        let mut forged = vec![
            Mark { seq: seq ^ 1, ..mark.clone() },
            Mark { hub_epoch: Uuid::from_u128(!epoch), ..mark.clone() },
            Mark { mac: String::new(), ..mark.clone() },
            Mark { mac: format!("{}=", mark.mac), ..mark.clone() },
        ];
        if other != link {
            forged.push(Mark { hash: Hash::of(&other.to_le_bytes()), ..mark.clone() });
        }
        let sign = sign.chars().next().unwrap();
        let mac = changed(&mark.mac, at, sign);
        // The last sign of base64 carries bits that count for nothing and must be nothing.
        forged.extend((mac != mark.mac).then_some(Mark { mac, ..mark }));
        for mark in forged {
            prop_assert!(!history::is_mark(&ours(), &mark), "{mark:?}");
        }
    }

    #[test]
    fn a_receipt_is_ours_only_with_the_answer_it_was_given_for(id: u128, seq: u64, mac in "\\PC{0,60}") {
        let (envelope, answer) = (Hash::of(b"envelope"), told(&ours(), id, seq));
        let again: Answered = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
        prop_assert!(is_ours(&ours(), &envelope, &again));
        prop_assert!(!is_ours(&theirs(), &envelope, &again));
        prop_assert!(!is_ours(&ours(), &Hash::of(b"another"), &again));
        let mut other = again.clone();
        other.answer = OutcomeOrHold::Outcome(Outcome::Recorded { exceptions: Vec::new() });
        prop_assert!(!is_ours(&ours(), &envelope, &other));
        let mut other = again.clone();
        other.receipt.hub_seq ^= 1;
        prop_assert!(!is_ours(&ours(), &envelope, &other));
        let mut other = again;
        other.receipt.mac = mac;
        prop_assert!(!is_ours(&ours(), &envelope, &other));
    }

    #[test]
    fn keys_signatures_and_codes_nobody_made_are_nobodys(text in "\\PC{0,120}", bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        use base64::Engine as _;
        let encoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
        for public_key in [&text, &encoded] {
            for signature in [&text, &encoded] {
                prop_assert!(!keys::fits(public_key, &bytes, signature));
            }
            let device = DeviceId(Uuid::from_u128(9));
            let key = DeviceKey { device, public_key: public_key.clone(), name: text.clone() };
            prop_assert!(keys::check(&key).is_err());
        }
        let typed = codes::typed(&text);
        prop_assert_eq!(codes::typed(&typed), typed.clone());
        if let Some(secret) = Secret::read(&encoded) {
            prop_assert_eq!(bytes.len(), 32);
            prop_assert!(!history::is_mark(&secret, &marked(&ours(), 1, 2, 3)));
        }
    }
}
