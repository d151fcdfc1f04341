use super::*;

async fn fresh(dir: &tempfile::TempDir) -> Sqlite {
    Sqlite::open(&dir.path().join("hub.db")).await.unwrap()
}

#[tokio::test]
async fn a_database_of_a_newer_build_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let db = fresh(&dir).await;
    let mut work = db.write_house().await.unwrap();
    work.set("written_by", Some("999.0.0")).await.unwrap();
    work.commit().await.unwrap();
    db.close().await;
    let again = Sqlite::open(&dir.path().join("hub.db")).await;
    assert!(matches!(again, Err(StorageError::Newer { .. })));
}

#[tokio::test]
async fn newer_tables_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let db = fresh(&dir).await;
    sqlx::query("PRAGMA user_version = 99").execute(&db.writer).await.unwrap();
    db.close().await;
    assert!(matches!(Sqlite::open(&dir.path().join("hub.db")).await, Err(StorageError::Newer { .. })));
}

#[tokio::test]
async fn a_writer_that_is_dropped_leaves_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let db = fresh(&dir).await;
    let mut work = db.write_house().await.unwrap();
    work.set("a", Some("1")).await.unwrap();
    drop(work);
    assert_eq!(db.read().await.unwrap().setting("a").await.unwrap(), None);
    let mut work = db.write_house().await.unwrap();
    assert_eq!(work.setting("a").await.unwrap(), None);
}

#[tokio::test]
async fn what_is_committed_is_fully_synced() {
    let dir = tempfile::tempdir().unwrap();
    let db = fresh(&dir).await;
    let of = |name: &'static str| {
        let writer = db.writer.clone();
        async move {
            let row = sqlx::query(AssertSqlSafe(format!("PRAGMA {name}"))).fetch_one(&writer).await.unwrap();
            row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string())).unwrap()
        }
    };
    assert_eq!(of("journal_mode").await, "wal");
    assert_eq!(of("synchronous").await, "2");
    assert_eq!(of("foreign_keys").await, "1");
}

/// Bulk statements must find their rows by index: without that each batch would cost as much as the studio is large.
#[tokio::test]
async fn no_bulk_statement_walks_through_a_studio() {
    let dir = tempfile::tempdir().unwrap();
    let db = fresh(&dir).await;
    let delete = |table: &str| {
        format!(
            "WITH w (studio, kind, id) AS (VALUES ('s','a','b'),('s','c','d')) \
             DELETE FROM {table} WHERE (studio, kind, id) IN (SELECT studio, kind, id FROM w)"
        )
    };
    let mut statements: Vec<String> =
        ["records", "record_keys", "record_claims", "due", "blob_refs"].map(delete).to_vec();
    statements.push(
        "WITH w (kind, id) AS (VALUES ('a','b'),('c','d')) SELECT s.kind, s.id, s.scope FROM w \
         CROSS JOIN record_scopes s ON s.kind = w.kind AND s.id = w.id AND s.gone = 0 AND s.studio = 's'"
            .to_owned(),
    );
    for statement in statements {
        let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")))
            .fetch_all(&db.writer)
            .await
            .unwrap();
        let plan: Vec<String> = rows.iter().map(|r| r.try_get("detail").unwrap()).collect();
        assert!(
            plan.iter().any(|line| line.contains("studio=? AND kind=? AND id=?")),
            "{statement}: {plan:?}"
        );
    }
}

#[tokio::test]
async fn tables_of_the_first_version_are_brought_up_with_what_is_in_them() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("hub.db");
    let old = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(SqliteConnectOptions::new().filename(&file).create_if_missing(true))
        .await
        .unwrap();
    old.execute(STEPS[0]).await.unwrap();
    old.execute(
        "INSERT INTO studios VALUES ('00000000-0000-0000-0000-00000000000a', \
             '00000000-0000-0000-0000-000000000001', 1, 'h', '', 3, 5); \
         INSERT INTO hub VALUES ('uploaded', 'x'); \
         INSERT INTO commands VALUES ('00000000-0000-0000-0000-000000000002', \
             '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000003', \
             1, 1, 1, 'hash', 'e', 'p', 'q', 7, 8, 1, 'answer', NULL, 0); \
         PRAGMA user_version = 1",
    )
    .await
    .unwrap();
    old.close().await;
    let db = Sqlite::open(&file).await.unwrap();
    let mut look = db.read().await.unwrap();
    let studio = look.studios_after(None, 10).await.unwrap()[0].studio;
    let command = look.commands_after(studio, 0, 10).await.unwrap().remove(0);
    assert_eq!((command.answer.as_str(), command.entry.personal.as_deref()), ("answer", Some("q")));
    assert_eq!(look.setting(&format!("uploaded {studio}")).await.unwrap().as_deref(), Some("x"));
}
