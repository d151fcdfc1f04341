//! The queue's other end: what waits is posted, batch after batch, and marked as sent.

use gloo_net::http::Request;
use rollcall::journal::Line;
use rollcall_domain::kernel::Timestamp;
use rollcall_domain::kernel::decide::Outcome;
use rollcall_domain::kernel::ids::Uuid;
use rollcall_domain::sync::wire::{Answered, OutcomeOrHold, Receipt};

use super::desk::Desk;
use super::js::Fault;

const ALL: u32 = 100_000;

impl Desk {
    /// Posts everything that waits as JSON arrays of commands; returns how many.
    pub(super) async fn drain(&self, url: &str, batch: f64) -> Result<f64, Fault> {
        let opened = self.open().await?;
        let mut sent = 0.0;
        loop {
            let lines = opened.journal.waiting(count(batch)).await?;
            if lines.is_empty() {
                return Ok(sent);
            }
            let response = Request::post(url)
                .header("content-type", "application/json")
                .body(body(&lines))?
                .send()
                .await?;
            if !response.ok() {
                return Err(Fault::new("the server did not take a batch"));
            }
            opened.journal.answered(&lines.iter().map(accepted).collect::<Vec<_>>()).await?;
            sent += lines.iter().map(|_| 1.0).sum::<f64>();
        }
    }

    /// Nothing waits any more.
    pub(super) async fn outbox_clear(&self) -> Result<(), Fault> {
        let opened = self.open().await?;
        let lines = opened.journal.waiting(ALL).await?;
        Ok(opened.journal.answered(&lines.iter().map(accepted).collect::<Vec<_>>()).await?)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a batch is a small whole number"
)]
fn count(batch: f64) -> u32 {
    batch.max(1.0) as u32
}

fn body(lines: &[Line]) -> String {
    let payloads: Vec<&str> = lines.iter().map(|l| l.entry.payload.as_str()).collect();
    format!("[{}]", payloads.join(","))
}

fn accepted(line: &Line) -> Answered {
    let receipt =
        Receipt { hub_epoch: Uuid::nil(), hub_seq: line.at, effective_at: Timestamp(0), mac: String::new() };
    Answered { id: line.id, answer: OutcomeOrHold::Outcome(Outcome::Accepted), receipt }
}
