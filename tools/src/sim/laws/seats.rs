//! The laws of seats and of what is noted on them: they add up, none is given twice, and no note comes from nowhere.

use rollcall_domain::bookings::{Attended, Booking, SeatLease, Seats};
use rollcall_domain::flow::booking::NoteBooking;

use super::{Broken, Seen, broken, records};

/// Seats add up; one too many is a walk-in's, or a promise's of a lease that was taken away.
pub(super) fn seats(seen: &Seen) -> Result<(), Broken> {
    let bookings: Vec<Booking> = records(seen).collect();
    let leases: Vec<SeatLease> = records(seen).collect();
    for seats in records::<Seats>(seen).filter(|seats| !seats.is_closed()) {
        let roster = || bookings.iter().filter(|booking| booking.session == seats.key);
        let own = || leases.iter().filter(|lease| lease.session == seats.key);
        let (taken, waiting) =
            (roster().filter(|b| b.has_seat()).count(), roster().filter(|b| b.waits()).count());
        let held: u32 = own().filter(|lease| lease.runs()).map(SeatLease::left).sum();
        let says = [seats.taken, seats.waiting].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        if says != [taken, waiting] || seats.held != held {
            return broken(16, format!("{seats:?}: {taken} booked, {waiting} wait, {held} held"));
        }
        let taken_away = own().filter(|lease| !lease.runs()).map(|lease| lease.used).sum::<u32>();
        let walk_ins = u32::try_from(roster().filter(|booking| booking.walk_in).count()).unwrap_or(u32::MAX);
        if seats.taken + seats.held > seats.capacity + walk_ins + taken_away {
            return broken(16, format!("{seats:?}: {walk_ins} walked in, {taken_away} of leases taken away"));
        }
    }
    Ok(())
}

/// What stands on a booking somebody noted there, about whoever it is of.
pub(super) fn notes(seen: &Seen) -> Result<(), Broken> {
    let past = records::<Attended>(seen).map(|past| past.0);
    let noted: Vec<Booking> = records::<Booking>(seen).chain(past).filter(|one| one.note.is_some()).collect();
    if noted.is_empty() {
        return Ok(());
    }
    let said: Vec<_> = seen.of::<NoteBooking>().map(|(_, note, noted)| (note, noted)).collect();
    for one in noted {
        let is_it = |said: &(NoteBooking, Option<_>)| {
            said.0.booking_id == one.id && said.0.member_id == one.member_id
        };
        let mut all = said.iter().filter(|said| is_it(said));
        if !all.any(|(_, noted)| noted.as_ref().is_some_and(|noted| noted.note == one.note)) {
            return broken(25, format!("{:?} on {} of {}", one.note, one.id, one.member_id));
        }
    }
    Ok(())
}
