//! A device that works alone erases somebody: nothing of them is in any of its databases, nor in what it makes of them.

use leptos::prelude::Owner;
use rollcall::journal::Journal;
use rollcall::store::Store;
use rollcall::studio::{Databases, Order, Studio};
use rollcall::vault::{self, Vault};
use rollcall_domain::kernel::edit::FieldEdit;
use rollcall_domain::kernel::ids::Hash;
use rollcall_domain::kernel::{Currency, Zone};
use rollcall_domain::members::{
    Application, ChangeMember, EnrolMember, EraseMember, Member, MemberEdits, MemberId,
};
use rollcall_domain::registry;
use rollcall_domain::studio::{OpenStudio, OwnerName};
use wasm_bindgen_test::wasm_bindgen_test;

use super::support::fresh;

const CANARY: &str = "Quxlatte";
const PHOTO: &[u8] = b"her photo";

fn databases() -> Databases {
    let name = |of: &str| -> &'static str { Box::leak(fresh(of).into_boxed_str()) };
    Databases { journal: name("erase-journal"), store: name("erase-store") }
}

async fn founded(databases: Databases) -> Studio {
    // Whatever is mounted starts what runs the app's tasks; the test page has no other part of it.
    leptos::mount::mount_to_body(|| ());
    let studio = Studio::open(databases).await.unwrap();
    let open = OpenStudio {
        name: "Riverside".to_owned(),
        zone: Zone::default(),
        currency: Currency::Cny,
        language: "en".to_owned(),
        sections: Vec::new(),
        sample: false,
    };
    let owner = OwnerName { owner_name: "Lin".to_owned() };
    let order = Order::new(studio.intent(), &open, &owner);
    studio.found(order, "Desk").await.unwrap();
    studio
}

async fn enrol(studio: &Studio, name: &str, photo: Option<&[u8]>) -> MemberId {
    let member_id = MemberId(studio.mint());
    let command = EnrolMember {
        member_id,
        sections: Vec::new(),
        referrer: None,
        joined_on: None,
        different_from: Vec::new(),
    };
    let new = Application {
        name: name.to_owned(),
        name_keys: name.to_lowercase(),
        address: format!("{name} street"),
        photo: photo.map(Hash::of),
        ..Application::default()
    };
    let mut order = Order::new(studio.intent(), &command, &new);
    if let Some(bytes) = photo {
        order = order.blob(Hash::of(bytes), bytes.to_vec());
    }
    studio.run(order).await.unwrap();
    member_id
}

/// Everything both databases say, as text.
async fn everything(databases: Databases) -> String {
    let vault = Vault::open(vault::DATABASE).await.unwrap();
    assert!(vault.is_sealing());
    let journal = Journal::open(databases.journal, vault.journal()).await.unwrap();
    let mut text = String::new();
    for line in journal.lines_after(0, 1_000).await.unwrap() {
        text.push_str(&format!("{:?} {:?}\n", line.entry, line.decision));
    }
    for piece in journal.read_snapshot().await.unwrap().map(|(_, pieces)| pieces).unwrap_or_default() {
        text.push_str(&String::from_utf8_lossy(&piece));
    }
    for hash in journal.blobs().await.unwrap() {
        text.push_str(&format!("blob {}\n", hash.0));
    }
    journal.close();
    let (store, _, _) = Store::open(databases.store, registry::catalogue(), vault.records()).await.unwrap();
    store.all_records(|record| text.push_str(&format!("{} {}\n", record.kind, record.body))).await.unwrap();
    assert_eq!(store.unfolded(), 0, "the rows that were taken in have left the disk");
    store.close();
    text.to_lowercase()
}

#[wasm_bindgen_test]
async fn nothing_of_her_is_on_a_device_that_works_alone() {
    let owner = Owner::new();
    owner.set();
    let databases = databases();
    let studio = founded(databases).await;
    let her = enrol(&studio, CANARY, Some(PHOTO)).await;
    let other = enrol(&studio, "Ada", Some(b"another photo".as_slice())).await;
    let edit = FieldEdit { field: "name".to_owned(), was: CANARY.into(), now: format!("{CANARY} Li").into() };
    let edits = MemberEdits { member: vec![edit], ..MemberEdits::default() };
    studio.run(Order::new(studio.intent(), &ChangeMember { member_id: her }, &edits)).await.unwrap();
    studio
        .run(Order::new(studio.intent(), &EraseMember { member_id: her, also: Vec::new() }, &()))
        .await
        .unwrap();
    let backup = studio.backup_lines().await.unwrap().to_lowercase();
    let kept = everything(databases).await;
    for text in [&kept, &backup] {
        assert!(!text.contains(&CANARY.to_lowercase()), "{text}");
        assert!(!text.contains(&Hash::of(PHOTO).0), "{text}");
        assert!(text.contains("ada") && text.contains(&Hash::of(b"another photo").0));
    }
    studio.close();

    // Opened again it is the same studio.
    let again = Studio::open(databases).await.unwrap();
    assert!(again.live().get::<Member>(her).unwrap().erased);
    assert_eq!(again.live().get::<Member>(other).unwrap().name, "Ada");
    assert!(again.live().search(&CANARY.to_lowercase(), 10).is_empty());
    again.close();
}
