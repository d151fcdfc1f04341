//! Which pass an appointment is on: one with counted credits that opens it and runs on its day, the one that ends first.

use chrono::NaiveDate;

use super::refusal::AppointmentRefusal;
use crate::classes::ClassType;
use crate::kernel::order;
use crate::passes::stand::{Stand, stand};
use crate::passes::{Holding, Moment, PassId, PassKind};

/// The pass an appointment is on, or why there is none.
pub(crate) fn pack_for(
    holdings: &[Holding],
    service: &ClassType,
    on: NaiveDate,
) -> Result<PassId, AppointmentRefusal> {
    let opened_by = &service.draft.opened_by;
    let fits = |holding: &&Holding| {
        let pass = &holding.pass;
        pass.opens_doors()
            && pass.kind == PassKind::Count
            && (opened_by.is_empty() || pass.plan_id.is_some_and(|plan| opened_by.contains(&plan)))
    };
    let mut all: Vec<&Holding> = holdings.iter().filter(fits).collect();
    order::by_key(&mut all, |holding| {
        let pass = &holding.pass;
        (pass.valid_until.unwrap_or(NaiveDate::MAX), pass.sold_at, pass.id)
    });
    let stands: Vec<(&Holding, Stand)> =
        all.iter().map(|holding| (*holding, stand(holding, Moment::day(on)))).collect();
    let mut running = stands.iter().filter(|(_, stand)| matches!(stand, Stand::Runs));
    if let Some((holding, _)) = running.clone().find(|(holding, _)| holding.visits_free() > 0) {
        return Ok(holding.pass.id);
    }
    if running.next().is_some() {
        return Err(AppointmentRefusal::NoCredits);
    }
    let has_credits = stands.iter().filter(|(holding, _)| holding.visits_free() > 0);
    let ended = has_credits.clone().filter_map(|(_, stand)| match stand {
        Stand::Over(until) | Stand::Grace(until) => Some(*until),
        _ => None,
    });
    match (stands.is_empty(), ended.max(), has_credits.count()) {
        (true, ..) => Err(AppointmentRefusal::NoPack),
        (_, Some(until), _) => Err(AppointmentRefusal::PackEnds { until }),
        (_, None, 0) => Err(AppointmentRefusal::NoCredits),
        (_, None, _) => Err(AppointmentRefusal::PackRests),
    }
}
