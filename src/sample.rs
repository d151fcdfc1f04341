//! The sample studio on this device: made by the rules themselves out of a seed, then kept like any other.
//!
//! It knows no slice: what is in the sample is the domain's matter.

use rollcall_domain::demo::{self, Wish};
use rollcall_domain::kernel::number;

use crate::parts::han;
use crate::studio::{Arrival, RunError, Studio};
use crate::tr::Lang;

/// Everybody who looks around sees the same people.
const SEED: u64 = 7;
/// Enough for lists to be lists, little enough to be made in a moment.
const MEMBERS: u32 = 200;

/// Makes it, with papers and plans in `lang`.
pub async fn make(studio: &Studio, lang: Lang) -> Result<(), RunError> {
    let table = han::for_saving().await;
    let sample = demo::sample(&Wish {
        seed: SEED,
        members: MEMBERS,
        now: studio.now(),
        language: lang.tag(),
        han: &table,
    });
    let arrival = Arrival {
        studio: sample.studio,
        owner: sample.owner,
        records: sample.records,
        blobs: Vec::new(),
        sample: true,
        series: number::series(0),
    };
    studio.take_over(arrival).await?;
    Ok(studio.rename_device(crate::tr::start::join_device_guess()).await?)
}
