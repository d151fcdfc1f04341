//! The app's files: navigation, caching, compression, and what is not there.

use rollcall_hub::pack::pack;

use crate::http::{Call, Reply};
use crate::world::World;

async fn with_app() -> World {
    let world = World::new().await;
    let app = world.dir.path().join("app");
    std::fs::create_dir_all(app.join("icons")).unwrap();
    let script = "console.log('a long line that compresses well');\n".repeat(200);
    for (name, content) in [
        ("index.html", "<!doctype html><title>Rollcall</title>"),
        ("sw.js", "// worker"),
        ("rollcall-0123456789abcdef.js", script.as_str()),
        ("rollcall-0123456789abcdef_bg.wasm", "\0asm"),
        ("icons/icon.svg", "<svg/>"),
        (".secret", "no"),
    ] {
        std::fs::write(app.join(name), content).unwrap();
    }
    std::fs::write(world.dir.path().join("outside.txt"), "no").unwrap();
    world
}

async fn get(world: &World, path: &str) -> Reply {
    Call::get(world.at(), path).header("accept", "text/html,application/xhtml+xml").send().await
}

#[tokio::test]
async fn a_navigation_gets_the_page_and_a_missing_file_a_404() {
    let world = with_app().await;
    for path in ["/", "/index.html", "/members", "/members/0190/edit", "/members/", "/?a=b"] {
        let reply = get(&world, path).await;
        assert_eq!((reply.status.as_u16(), reply.header("cache-control")), (200, Some("no-cache")), "{path}");
        assert!(reply.text().contains("<title>Rollcall"));
    }
    for path in [
        "/rollcall-ffffffffffffffff.js",
        "/missing.wasm",
        "/.secret",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/icons/../../outside.txt",
    ] {
        assert_eq!(get(&world, path).await.status, 404, "{path}");
    }
    let script = Call::get(world.at(), "/members").header("accept", "*/*").send().await;
    assert_eq!(script.status, 404);
    assert_eq!(Call::post(world.at(), "/members", &()).send().await.status, 405);
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever_and_others_asked_for_again() {
    let world = with_app().await;
    let script = get(&world, "/rollcall-0123456789abcdef.js").await;
    assert_eq!(script.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(
        get(&world, "/rollcall-0123456789abcdef_bg.wasm").await.header("content-type"),
        Some("application/wasm")
    );
    let worker = get(&world, "/sw.js").await;
    assert_eq!(worker.header("cache-control"), Some("no-cache"));
    let again =
        Call::get(world.at(), "/sw.js").header("if-none-match", worker.header("etag").unwrap()).send().await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    // A new build in the same folder is served at once.
    let file = world.dir.path().join("app/sw.js");
    std::fs::write(&file, "// another worker").unwrap();
    std::fs::File::options()
        .write(true)
        .open(&file)
        .unwrap()
        .set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    assert_eq!(get(&world, "/sw.js").await.text(), "// another worker");
}

#[tokio::test]
async fn files_are_compressed_for_those_who_ask() {
    let world = with_app().await;
    let plain = get(&world, "/rollcall-0123456789abcdef.js").await;
    let small = Call::get(world.at(), "/rollcall-0123456789abcdef.js")
        .header("accept-encoding", "gzip, br")
        .send()
        .await;
    assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), (None, Some("br")));
    assert!(small.body.len() * 10 < plain.body.len());
    assert_eq!(small.header("vary"), Some("Accept-Encoding"));
}

#[tokio::test]
async fn what_was_packed_is_sent_as_it_lies_there() {
    let world = with_app().await;
    let app = world.dir.path().join("app");
    assert_eq!(pack(&app).unwrap(), pack(&app).unwrap(), "a second time changes nothing");
    let (name, hour) = ("rollcall-0123456789abcdef.js", std::time::Duration::from_secs(3_600));
    let packed = app.join(format!("{name}.br"));
    let file = std::fs::File::options().append(true).open(&packed).unwrap();
    std::io::Write::write_all(&mut &file, b"mark").unwrap();
    assert!(asked_small(&world, name).await.ends_with(b"mark"), "the packed one was not taken");

    // Older than the file it stands for: made of something else.
    std::fs::File::options()
        .write(true)
        .open(app.join(name))
        .unwrap()
        .set_modified(std::time::SystemTime::now() + hour)
        .unwrap();
    let fresh = asked_small(&world, name).await;
    assert!(!fresh.is_empty() && !fresh.ends_with(b"mark"), "a stale one was taken");
}

/// The bytes of a file as a browser gets them.
async fn asked_small(world: &World, name: &str) -> Vec<u8> {
    let reply = Call::get(world.at(), &format!("/{name}")).header("accept-encoding", "br").send().await;
    assert_eq!(reply.header("content-encoding"), Some("br"));
    reply.body.to_vec()
}

#[tokio::test]
async fn every_page_says_what_it_may_load() {
    let world = with_app().await;
    for path in ["/", "/api/v1/status", "/missing.js"] {
        let reply = get(&world, path).await;
        let csp = reply.header("content-security-policy").unwrap();
        assert!(
            csp.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';")
                && !csp.contains("unsafe-inline")
        );
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    }
}
