use super::*;

async fn fresh(dir: &tempfile::TempDir) -> Sqlite {
    Sqlite::open(&dir.path().join("hub.db")).await.unwrap()
}

#[tokio::test]
async fn a_database_of_a_newer_build_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let db = fresh(&dir).await;
    let mut work = db.write().await.unwrap();
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
    let mut work = db.write().await.unwrap();
    work.set("a", Some("1")).await.unwrap();
    drop(work);
    assert_eq!(db.read().await.unwrap().setting("a").await.unwrap(), None);
    let mut work = db.write().await.unwrap();
    assert_eq!(work.setting("a").await.unwrap(), None);
}

#[tokio::test]
async fn what_is_committed_is_fully_synced() {
    let dir = tempfile::tempdir().unwrap();
    let db = fresh(&dir).await;
    let of = |name: &'static str| {
        let writer = db.writer.clone();
        async move {
            let row =
                sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA {name}"))).fetch_one(&writer).await.unwrap();
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
        "WITH w (kind, id, seq) AS (VALUES ('a','b',1),('c','d',2)) UPDATE record_scopes AS s \
         SET gone = 1, seq = w.seq FROM w WHERE s.kind = w.kind AND s.id = w.id AND s.gone = 0 AND s.studio = 's'"
            .to_owned(),
    );
    for statement in statements {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")))
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
