//! The program itself: what it prints, how it stops, and that a kill takes nothing that was answered.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use rollcall_domain::sync::wire::PushAnswer;

use crate::agree::enrol;
use crate::device::Device;
use crate::world::World;

pub(crate) struct Process {
    pub(crate) child: Child,
    out: BufReader<ChildStdout>,
}

impl Process {
    pub(crate) fn start(world: &World) -> Self {
        let mut child = program()
            .args(["serve", "--listen", "127.0.0.1:0", "--trust-clock"])
            .args(world.place())
            .arg("--app")
            .arg(world.dir.path().join("app"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// The rest of the first line that begins like this.
    pub(crate) fn line(&mut self, start: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.out.read_line(&mut line).unwrap() > 0, "no line begins with {start}");
            if let Some(rest) = line.strip_prefix(start) {
                return rest.trim().to_owned();
            }
        }
    }

    pub(crate) fn terminate(&mut self) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_rollcall-hub"))
}

fn run(args: &[&str], world: &World) -> Output {
    let mut command = program();
    command.args(args).args(world.place()).env("ROLLCALL_PASSPHRASE", "correct horse");
    command.output().unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn it_says_where_it_listens_and_how_to_claim_it_and_stops_when_told() {
    let mut world = World::in_folder().await;
    let code = world.code().await;
    world.stop().await;
    let mut process = Process::start(&world);
    assert!(process.line("no app in").ends_with("serving the API only until there is one"));
    let at = process.line("listening on http://");
    assert_eq!(process.line("claim code: "), code);
    assert!(said(&run(&["claim-code"], &world)).contains(&code));
    let second = run(&["serve", "--listen", "127.0.0.1:0"], &world);
    assert!(!second.status.success() && said(&second).contains("another hub runs over"));
    let status = crate::http::Call::get(at.parse().unwrap(), "/api/v1/status").send().await;
    assert_eq!(status.status, 200);
    assert_eq!(process.terminate(), 0);
    assert!(process.line("stopping").contains("finished"));
}

#[tokio::test]
async fn a_killed_hub_has_everything_it_answered() {
    let (mut world, mut owner) = World::claimed().await;
    world.stop().await;
    let mut sent = Vec::new();
    for round in 0..3 {
        let mut process = Process::start(&world);
        owner.at = process.line("listening on http://").parse().unwrap();
        for n in 0..5 {
            enrol(&mut owner, &format!("Member {round} {n}"), &format!("+86138{:08}", round * 10 + n));
        }
        let push = owner.next_push();
        let answer: PushAnswer = owner.send(&push).await.json();
        process.child.kill().unwrap();
        process.child.wait().unwrap();
        sent.push((push, answer.answers.clone()));
        owner.hear(&answer);
    }
    let mut process = Process::start(&world);
    owner.at = process.line("listening on http://").parse().unwrap();
    for (push, answers) in &sent {
        let again: PushAnswer = owner.send(push).await.json();
        assert_eq!((&again.answers, &again.fork), (answers, &None));
    }
    assert_eq!(process.terminate(), 0);
    let report = run(&["verify"], &world);
    assert!(report.status.success() && said(&report).contains("16 commands"), "{}", said(&report));
}

#[tokio::test]
async fn backup_restore_and_verify_speak_plainly() {
    let (mut world, _owner): (World, Device) = World::claimed().await;
    world.stop().await;
    let file = world.dir.path().join("a.rollcall").display().to_string();
    let saved = run(&["backup", "--out", &file], &world);
    assert!(saved.status.success() && said(&saved).contains("1 commands"), "{}", said(&saved));
    let again = run(&["backup", "--out", &file], &world);
    assert!(!again.status.success() && said(&again).contains("exists already"));
    let restored = run(&["restore", "--from", &file], &world);
    assert!(restored.status.success() && said(&restored).contains("new life"), "{}", said(&restored));
    assert!(run(&["verify"], &world).status.success());
    let nowhere = program().args(["verify", "--data", "/nonexistent"]).output().unwrap();
    assert!(!nowhere.status.success() && said(&nowhere).contains("there is no hub in"));
    let help = program().arg("--help").output().unwrap();
    for word in ["serve", "backup", "restore", "verify", "claim-code", "First steps"] {
        assert!(said(&help).contains(word), "{word}");
    }
}
