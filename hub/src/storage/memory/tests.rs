use rollcall_domain::kernel::ids::Uuid;

use super::*;

const STUDIO: StudioId = StudioId(Uuid::from_u128(1));

async fn set(memory: &Memory, value: &str) -> Result<(), StorageError> {
    let mut work = memory.write(STUDIO).await?;
    work.set("a", Some(value)).await?;
    work.set("b", Some(value)).await?;
    work.commit().await
}

async fn got(memory: &Memory) -> (Option<String>, Option<String>) {
    let mut look = memory.read().await.unwrap();
    (look.setting("a").await.unwrap(), look.setting("b").await.unwrap())
}

fn both(value: &str) -> (Option<String>, Option<String>) {
    (Some(value.to_owned()), Some(value.to_owned()))
}

#[tokio::test]
async fn trouble_comes_at_the_operation_it_was_asked_for_once() {
    let memory = Memory::new();
    set(&memory, "0").await.unwrap();
    let operations = memory.operations();
    assert_eq!(operations, 4);
    for after in 0..operations {
        memory.trouble(Point::Operation(after), Trouble::Busy);
        assert!(matches!(set(&memory, "1").await, Err(StorageError::Busy(_))), "{after}");
        assert_eq!(got(&memory).await, both("0"));
    }
    memory.trouble(Point::Operation(operations), Trouble::Away);
    set(&memory, "1").await.unwrap();
    assert!(memory.calm() && !memory.calm());
}

#[tokio::test]
async fn a_failed_transaction_does_not_go_on() {
    let memory = Memory::new();
    memory.trouble(Point::Operation(1), Trouble::Full);
    let mut work = memory.write(STUDIO).await.unwrap();
    assert!(matches!(work.set("a", Some("1")).await, Err(StorageError::Full)));
    assert!(work.set("b", Some("1")).await.is_err());
    assert!(work.commit().await.is_err());
    assert_eq!(got(&memory).await, (None, None));
}

#[tokio::test]
async fn a_commit_fails_before_or_after_it_counts() {
    let memory = Memory::new();
    memory.trouble(Point::Commit, Trouble::Away);
    assert!(matches!(set(&memory, "1").await, Err(StorageError::Away(_))));
    assert_eq!(got(&memory).await, (None, None));
    memory.trouble(Point::AfterCommit, Trouble::Away);
    assert!(matches!(set(&memory, "2").await, Err(StorageError::Away(_))));
    assert_eq!(got(&memory).await, both("2"));
    assert_eq!(memory.commits(), 1);
}

#[tokio::test]
async fn a_moment_is_a_value_and_comes_back() {
    let memory = Memory::new();
    set(&memory, "1").await.unwrap();
    let moment = memory.snapshot();
    set(&memory, "2").await.unwrap();
    let under_way = memory.write(STUDIO).await.unwrap();
    memory.restore(&moment);
    assert_eq!(got(&memory).await, both("1"));
    assert!(matches!(under_way.commit().await, Err(StorageError::Away(_))));
    set(&memory, "3").await.unwrap();
    memory.restore(&moment);
    assert_eq!(got(&memory).await, both("1"));
}
