//! The list of slices, one block each: the only place that names them all.

use crate::flow::{appointment, booking};
use crate::kernel::alias::Alias;
use crate::kernel::catalogue::{Catalogue, Reaction, Slice, Telling};
use crate::kernel::command::CommandDef;
use crate::kernel::devices::{Device, KnowDevice};
use crate::kernel::erasure::{EraseAgain, Erased};
use crate::kernel::exceptions::{Exception, SettleException};
use crate::kernel::ledger::{Balance, LedgerEntry};
use crate::kernel::record::KindDef;
use crate::passes::cards;
use crate::studio::{people, pins};
use crate::{
    appointments, attendance, bookings, classes, feeds, flow, import, members, passes, payments, plans,
    studio,
};

/// Everything the plumbing needs of all slices.
#[must_use]
pub const fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

static CATALOGUE: Catalogue =
    Catalogue { slices: SLICES, zone_want: studio::zone_want, zone: studio::zone, person: studio::person_of };

static SLICES: &[Slice] = &[
    Slice {
        name: "kernel",
        kinds: &[
            KindDef::of::<Exception>(),
            KindDef::of::<LedgerEntry>(),
            KindDef::of::<Balance>(),
            KindDef::of::<Device>(),
            KindDef::of::<Alias>(),
            KindDef::of::<Erased>(),
        ],
        commands: &[
            CommandDef::request::<SettleException>(),
            CommandDef::fact::<KnowDevice>(),
            CommandDef::fact::<EraseAgain>(),
        ],
        reactions: &[],
        views: &[],
        exceptions: Telling::Figures,
    },
    Slice {
        name: "studio",
        kinds: &[
            KindDef::of::<studio::Settings>(),
            KindDef::of::<studio::Person>(),
            KindDef::of::<pins::Pin>(),
        ],
        commands: &[
            CommandDef::fact::<studio::OpenStudio>(),
            CommandDef::request::<studio::ChangeSettings>(),
            CommandDef::fact::<studio::AddPerson>(),
            CommandDef::request::<people::ChangeRole>(),
            CommandDef::request::<pins::SetPin>(),
        ],
        reactions: &[],
        views: &[],
        exceptions: Telling::Figures,
    },
    Slice {
        name: "members",
        kinds: &[
            KindDef::of::<members::Member>(),
            KindDef::of::<members::Contact>(),
            KindDef::of::<members::Health>(),
            KindDef::of::<members::Document>(),
            KindDef::of::<members::Guardian>(),
            KindDef::of::<members::Different>(),
            KindDef::of::<members::Merge>(),
            KindDef::of::<members::Terms>(),
            KindDef::of::<members::Consent>(),
            KindDef::of::<members::Signature>(),
            KindDef::of::<members::FileEntry>(),
            KindDef::of::<members::cards::NameCard>(),
            KindDef::of::<members::cards::RosterCard>(),
            KindDef::of::<members::cards::Alert>(),
            KindDef::of::<import::ImportBatch>(),
        ],
        commands: &[
            CommandDef::fact::<members::EnrolMember>(),
            CommandDef::edit::<members::ChangeMember>(),
            CommandDef::request::<members::ArchiveMember>(),
            CommandDef::request::<members::RestoreMember>(),
            CommandDef::request::<members::EraseMember>(),
            CommandDef::fact::<members::NotSamePerson>(),
            CommandDef::request::<members::MergeMembers>(),
            CommandDef::request::<members::UnmergeMembers>(),
            CommandDef::fact::<members::RecordDocument>(),
            CommandDef::fact::<members::ShowDocument>(),
            CommandDef::request::<members::PublishTerms>(),
            CommandDef::fact::<members::SignTerms>(),
            CommandDef::fact::<import::ImportRows>(),
            CommandDef::request::<import::UndoImport>(),
        ],
        reactions: &[],
        views: &[members::cards::NAME_CARD, members::cards::ROSTER_CARD, members::cards::ALERT],
        exceptions: Telling::People,
    },
    Slice {
        name: "plans",
        kinds: &[KindDef::of::<plans::Plan>(), KindDef::of::<plans::PlanRevision>()],
        commands: &[
            CommandDef::request::<plans::OfferPlan>(),
            CommandDef::request::<plans::RevisePlan>(),
            CommandDef::request::<plans::RetirePlan>(),
            CommandDef::request::<plans::RestorePlan>(),
        ],
        reactions: &[Reaction { on: &["settings"], wants: |_, _| Vec::new(), react: plans::add_presets }],
        views: &[],
        exceptions: Telling::Figures,
    },
    Slice {
        name: "passes",
        kinds: &[KindDef::of::<passes::Pass>(), KindDef::of::<cards::Card>()],
        commands: &[
            CommandDef::fact::<flow::sell::SellPass>(),
            CommandDef::fact::<cards::IssueCard>(),
            CommandDef::fact::<cards::EndCard>(),
        ],
        reactions: &[],
        views: &[],
        exceptions: Telling::Figures,
    },
    Slice {
        name: "payments",
        kinds: &[
            KindDef::of::<payments::Payment>(),
            KindDef::of::<payments::MoneyLease>(),
            KindDef::of::<payments::OfflineSpending>(),
        ],
        commands: &[
            CommandDef::fact::<flow::take::TakePayment>(),
            CommandDef::fact::<flow::reverse::ReversePayment>(),
            CommandDef::request::<payments::SetOfflineSpending>(),
            CommandDef::request::<flow::money::LeaseMoney>(),
            CommandDef::request::<flow::money::HoldMoney>(),
            CommandDef::request::<flow::money::ReturnMoney>(),
            CommandDef::request::<flow::money::ReleaseMoney>(),
            CommandDef::request::<payments::EndMoneyLease>(),
        ],
        reactions: flow::money::REACTIONS,
        views: &[],
        exceptions: Telling::Figures,
    },
    Slice {
        name: "attendance",
        kinds: &[
            KindDef::of::<attendance::Visit>(),
            KindDef::of::<attendance::MemberVisits>(),
            KindDef::of::<attendance::LentCard>(),
        ],
        commands: &[
            CommandDef::fact::<flow::check_in::CheckIn>(),
            CommandDef::fact::<flow::check_in::UndoCheckIn>(),
            CommandDef::fact::<attendance::NotThePerson>(),
        ],
        reactions: &[],
        views: &[],
        exceptions: Telling::Figures,
    },
    Slice {
        name: "classes",
        kinds: &[
            KindDef::of::<classes::ClassType>(),
            KindDef::of::<classes::Place>(),
            KindDef::of::<classes::Coach>(),
            KindDef::of::<classes::Schedule>(),
            KindDef::of::<classes::SessionChange>(),
            KindDef::of::<classes::Closure>(),
            KindDef::of::<classes::CourtDay>(),
            KindDef::of::<classes::Hire>(),
            KindDef::of::<classes::HireMade>(),
        ],
        commands: &[
            CommandDef::request::<classes::DescribeClass>(),
            CommandDef::request::<classes::DescribePlace>(),
            CommandDef::request::<classes::IntroduceCoach>(),
            CommandDef::request::<classes::PlanSchedule>(),
            CommandDef::request::<classes::ChangeSchedule>(),
            CommandDef::request::<classes::RepeatSchedule>(),
            CommandDef::request::<classes::EndSchedule>(),
            CommandDef::request::<classes::AddSession>(),
            CommandDef::request::<classes::ChangeSession>(),
            CommandDef::request::<classes::CallOffSession>(),
            CommandDef::request::<classes::DeleteSession>(),
            CommandDef::request::<classes::DeclareClosure>(),
            CommandDef::request::<classes::LiftClosure>(),
            CommandDef::request::<classes::HireCourt>(),
            CommandDef::request::<classes::ReleaseCourt>(),
            CommandDef::request::<classes::import::ImportCalendar>(),
        ],
        reactions: &[],
        views: &[],
        exceptions: Telling::Figures,
    },
    Slice {
        name: "bookings",
        kinds: &[
            KindDef::of::<bookings::Booking>(),
            KindDef::of::<bookings::Attended>(),
            KindDef::of::<bookings::Seats>(),
            KindDef::of::<bookings::SeatLease>(),
            KindDef::of::<bookings::BookingRules>(),
        ],
        commands: &[
            CommandDef::request::<bookings::SetBookingRules>(),
            CommandDef::request::<booking::BookSeats>(),
            CommandDef::request::<booking::CancelBooking>(),
            CommandDef::request::<bookings::Promote>(),
            CommandDef::fact::<booking::MarkRoster>(),
            CommandDef::fact::<booking::WalkIn>(),
            CommandDef::fact::<booking::CloseSession>(),
            CommandDef::request::<booking::ForgiveBooking>(),
            CommandDef::fact::<booking::NoteBooking>(),
            CommandDef::request::<booking::LeaseSeats>(),
            CommandDef::request::<booking::ReturnSeats>(),
            CommandDef::request::<booking::ReleaseSeats>(),
            CommandDef::request::<bookings::EndLease>(),
            CommandDef::request::<bookings::Sweep>(),
            CommandDef::request::<bookings::CountPeople>(),
        ],
        reactions: booking::REACTIONS,
        views: &[],
        exceptions: Telling::Figures,
    },
    Slice {
        name: "feeds",
        kinds: &[KindDef::of::<feeds::CalendarFeed>().shown(flow::feed::FEED)],
        commands: &[CommandDef::request::<feeds::MakeFeed>(), CommandDef::request::<feeds::EndFeed>()],
        reactions: &[],
        views: &[],
        exceptions: Telling::Figures,
    },
    Slice {
        name: "appointments",
        kinds: &[
            KindDef::of::<appointments::CoachHours>(),
            KindDef::of::<appointments::CoachDay>(),
            KindDef::of::<appointments::Appointment>(),
            KindDef::of::<appointments::AppointmentCode>(),
        ],
        commands: &[
            CommandDef::request::<appointments::PublishHours>(),
            CommandDef::request::<appointment::BookAppointment>(),
            CommandDef::request::<appointment::CancelAppointment>(),
            CommandDef::fact::<appointment::MarkAppointment>(),
            CommandDef::fact::<appointment::ConfirmAppointment>(),
            CommandDef::request::<appointment::AgreeAppointment>(),
            CommandDef::request::<appointment::ForgiveAppointment>(),
            CommandDef::request::<appointments::RemindAppointment>(),
        ],
        reactions: flow::following::REACTIONS,
        views: &[],
        exceptions: Telling::Figures,
    },
];

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;
