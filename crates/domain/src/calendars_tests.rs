//! Tests of the calendars: the published ones day by day, made-up ones for what the published never do.

use chrono::{Duration, NaiveDate, TimeDelta, Timelike};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::campaign::MessageClass::{Advertising, Informational, OneTimeCode};
use crate::tariffs::Channel::{Text, Voice};

fn published() -> Calendars {
    Calendars::parse(&published_json()).expect("the published calendars keep their own rules")
}

fn published_json() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static/documents/calendars.json");
    std::fs::read_to_string(path).expect("the calendars' file")
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn agreed(decision: &str, from: &str, to: &str, opens: &str, closes: &str) -> WindowOverride {
    let hours = DayHours::parse(opens, closes).expect("hours");
    let days = Weekdays::ALL;
    WindowOverride::new(decision.to_owned(), date(from), date(to), days, hours).expect("agreed")
}

/// What the published calendars say to a notice by a telecom operator.
fn notice(at: &str) -> WindowVerdict {
    published().judge(utc(at), "kannel", Text, Informational, &[])
}

fn why(at: &str) -> Option<&'static str> {
    notice(at).why.map(WhyShut::as_str)
}

/// Section L: notices and advertising only on weekdays; a Saturday and a Sunday are shut all day.
#[test]
fn on_weekends_telecom_operators_take_neither_notices_nor_advertising() {
    let calendars = published();
    for operator in ["kannel", "jasmin", "smsc", "mobizon", "twilio", "an-operator-of-tomorrow"] {
        for class in [Informational, Advertising] {
            for at in ["2026-11-21T12:00:00+05:00", "2026-11-22T12:00:00+05:00"] {
                let verdict = calendars.judge(utc(at), operator, Text, class, &[]);
                assert_eq!((verdict.open, verdict.why), (false, Some(WhyShut::Weekend)), "{operator} {at}");
                assert_eq!(verdict.opens_at, Some(utc("2026-11-23T09:00:00+05:00")));
                assert_eq!((verdict.hours, verdict.open_for), (None, TimeDelta::zero()));
            }
            assert!(calendars.judge(utc("2026-11-20T12:00:00+05:00"), operator, Text, class, &[]).open);
        }
    }
}

/// R80, X31: calls have the offer's seven days, holidays included, by whichever operator; and no more than that.
#[test]
fn calls_have_the_offers_seven_days_by_every_operator() {
    let calendars = published();
    for operator in ["smsc", "twilio", "sandbox", "an-operator-of-tomorrow"] {
        for class in MessageClass::ALL {
            for day in ["2026-11-20", "2026-11-21", "2026-11-22", "2026-12-16", "2027-01-01", "2031-05-09"] {
                let judge = |time: &str| {
                    calendars.judge(utc(&format!("{day}T{time}+05:00")), operator, Voice, class, &[])
                };
                let verdict = judge("12:00:00");
                assert!(verdict.open, "{operator} {day}: {:?}", verdict.why);
                assert_eq!(verdict.hours, Some(DayHours::OFFER));
                assert_eq!(judge("20:00:00").why, Some(WhyShut::OutsideHours));
                assert_eq!(judge("08:59:59").why, Some(WhyShut::OutsideHours));
            }
        }
    }
    // A text by the same operator on the same Saturday is another matter.
    let text = calendars.judge(utc("2026-11-21T12:00:00+05:00"), "smsc", Text, Informational, &[]);
    assert_eq!(text.why, Some(WhyShut::Weekend));
}

/// X31: a contract that says otherwise of calls is a calendar of its own.
#[test]
fn an_operators_contract_can_narrow_its_calls() {
    let mut file = file();
    let mut calls = file["versions"][0]["calendars"][3].clone();
    calls["operators"] = json!(["smsc"]);
    calls["days"] = json!(["mon", "tue", "wed", "thu", "fri"]);
    file["versions"][0]["calendars"].as_array_mut().expect("a list").push(calls);
    let calendars = Calendars::parse(&file.to_string()).expect("calendars");
    let open = |operator: &str| {
        calendars.judge(utc("2026-11-21T12:00:00+05:00"), operator, Voice, Informational, &[]).open
    };
    assert!(!open("smsc") && open("twilio"));
}

/// Section L: one-time codes are excepted, inside the offer's hours (R80).
#[test]
fn one_time_codes_pass_on_any_day_inside_the_offers_hours() {
    let calendars = published();
    for (at, open) in [
        ("2026-11-21T12:00:00+05:00", true),
        ("2026-12-16T19:59:59+05:00", true),
        ("2026-12-16T20:00:00+05:00", false),
        ("2026-11-22T08:59:59+05:00", false),
    ] {
        assert_eq!(calendars.judge(utc(at), "kannel", Text, OneTimeCode, &[]).open, open, "{at}");
    }
}

/// The stand-in operator has no contract that narrows the offer's seven days (R80).
#[test]
fn the_sandbox_is_open_seven_days_holidays_included_whatever_the_year() {
    let calendars = published();
    for class in MessageClass::ALL {
        for day in ["2026-11-21", "2026-12-16", "2027-01-01", "2031-05-09"] {
            let verdict = calendars.judge(utc(&format!("{day}T12:00:00+05:00")), "sandbox", Text, class, &[]);
            assert!(verdict.open, "{day}");
            assert_eq!(verdict.hours, Some(DayHours::OFFER));
        }
    }
}

/// R80: the operator's calendar runs to nine in the evening; the offer ends at eight.
#[test]
fn the_narrowest_open_window_decides() {
    assert!(notice("2026-11-20T19:59:59+05:00").open);
    assert_eq!(why("2026-11-20T20:00:00+05:00"), Some("outside_hours"));
    assert_eq!(notice("2026-11-20T12:00:00+05:00").hours, Some(DayHours::OFFER));
}

/// After closing on the eve of days of rest it opens behind all of them.
#[test]
fn it_opens_on_the_first_working_day_behind_weekends_and_holidays() {
    for (at, opens) in [
        // A Friday evening.
        ("2026-11-20T20:00:00+05:00", "2026-11-23T09:00:00+05:00"),
        // The eve of Independence Day, a Wednesday.
        ("2026-12-15T21:00:00+05:00", "2026-12-17T09:00:00+05:00"),
        // New Year's Eve: two holidays, a Sunday, and the day for the holiday that fell on a Saturday.
        ("2026-12-31T20:00:00+05:00", "2027-01-05T09:00:00+05:00"),
        // Nauryz of 2027: Saturday to Wednesday.
        ("2027-03-19T20:00:00+05:00", "2027-03-25T09:00:00+05:00"),
    ] {
        assert_eq!(notice(at).opens_at, Some(utc(opens)), "{at}");
    }
}

#[test]
fn on_a_public_holiday_it_is_shut_and_says_so() {
    for day in ["2026-12-16", "2027-01-07", "2027-03-15", "2027-05-10", "2027-10-25"] {
        assert_eq!(why(&format!("{day}T12:00:00+05:00")), Some("public_holiday"), "{day}");
    }
    let name = published().holiday(utc("2026-12-15T19:00:00Z")).expect("midnight has passed").name.clone();
    assert_eq!(name.en, "Independence Day");
}

/// The Constitution of 2026 moved its day: 30 August is a working day again.
#[test]
fn constitution_day_is_in_march_from_2027_on() {
    assert!(notice("2027-08-30T12:00:00+05:00").open);
    assert!(notice("2026-08-31T12:00:00+05:00").open);
    assert_eq!(why("2027-03-15T12:00:00+05:00"), Some("public_holiday"));
}

/// The law on holidays: each year has its fixed days; one that falls on a day of rest frees the next
/// working day, except the two religious ones.
#[test]
fn every_published_year_has_its_fixed_days_and_moves_those_that_fall_on_days_of_rest() {
    let calendars = published();
    let holidays = &calendars.versions.last().expect("a version").holidays;
    let fixed =
        ["01-01", "01-02", "03-08", "03-21", "03-22", "03-23", "05-01", "05-07", "05-09", "07-06", "10-25"];
    for year in &holidays.years {
        let mut state_days: Vec<NaiveDate> = fixed.iter().map(|day| date(&format!("{year}-{day}"))).collect();
        state_days.push(date(&format!("{year}-12-16")));
        if *year >= 2027 {
            state_days.push(date(&format!("{year}-03-15")));
        }
        assert!(holidays.days.contains_key(&date(&format!("{year}-01-07"))), "Christmas of {year}");
        let kurban = |day: &&Holiday| day.date.year() == *year && day.name.en.contains("Kurban");
        assert_eq!(holidays.days.values().filter(kurban).count(), 1, "Kurban Ait of {year}");
        for day in state_days {
            assert!(holidays.days.contains_key(&day), "{day}");
            let moved: Vec<NaiveDate> = holidays
                .days
                .values()
                .filter(|one| one.moved_from == Some(day))
                .map(|one| one.date)
                .collect();
            assert_eq!(moved.len(), usize::from(is_weekend(day)), "{day} moves to {moved:?}");
            assert!(moved.iter().all(|moved| *moved > day && !is_weekend(*moved)), "{day} to {moved:?}");
        }
    }
}

/// Nobody has published the holidays of such a year: it is shut, and does not guess.
#[test]
fn in_a_year_without_holidays_a_calendar_that_minds_them_is_shut() {
    let verdict = notice("2028-03-01T12:00:00+05:00");
    assert_eq!((verdict.open, verdict.why), (false, Some(WhyShut::OutsideCalendar)));
    assert_eq!(verdict.opens_at, None);
    assert_eq!(notice("2027-12-31T20:00:00+05:00").opens_at, None);
}

/// R90: a verdict names every rule that made it.
#[test]
fn a_verdict_names_the_offset_the_calendar_and_the_agreement() {
    assert_eq!(notice("2026-11-20T12:00:00+05:00").rule, "hours kz-2024-03-01; calendar 2026-11-20");
    let one = agreed("dcn_7", "2026-11-20", "2026-11-20", "08:00", "21:00");
    let rule =
        |at| published().judge(utc(at), "sandbox", Text, Informational, std::slice::from_ref(&one)).rule;
    let with = "hours kz-2024-03-01; calendar 2026-11-20; override dcn_7";
    assert_eq!(rule("2026-11-20T08:00:00+05:00"), with);
    assert_eq!(rule("2026-11-21T08:00:00+05:00"), "hours kz-2024-03-01; calendar 2026-11-20");
}

/// R82: agreed hours widen the offer's for that account, to the second.
#[test]
fn an_agreement_takes_the_place_of_the_offers_hours_on_its_days() {
    let agreed = [agreed("dcn_1", "2026-11-20", "2026-11-20", "08:00", "21:00")];
    let calendars = published();
    for (at, open) in [
        ("2026-11-20T07:59:59+05:00", false),
        ("2026-11-20T08:00:00+05:00", true),
        ("2026-11-20T20:59:59+05:00", true),
        ("2026-11-20T21:00:00+05:00", false),
        ("2026-11-21T08:30:00+05:00", false),
    ] {
        assert_eq!(calendars.judge(utc(at), "sandbox", Text, Informational, &agreed).open, open, "{at}");
    }
}

/// Section L: an account's agreement does not change the contract with an operator.
#[test]
fn an_agreement_opens_no_operators_calendar() {
    let agreed = [agreed("dcn_1", "2026-11-01", "2026-12-31", "07:00", "22:00")];
    let calendars = published();
    let judge = |at| calendars.judge(utc(at), "kannel", Text, Informational, &agreed);
    assert_eq!(judge("2026-11-20T08:59:59+05:00").why, Some(WhyShut::OutsideCalendar));
    assert!(judge("2026-11-20T20:59:59+05:00").open);
    assert_eq!(judge("2026-11-20T21:00:00+05:00").why, Some(WhyShut::OutsideCalendar));
    assert_eq!(judge("2026-11-21T12:00:00+05:00").why, Some(WhyShut::Weekend));
}

#[test]
fn of_two_agreements_on_a_day_the_later_decides() {
    let both = [
        agreed("dcn_1", "2026-11-20", "2026-11-30", "07:00", "22:00"),
        agreed("dcn_2", "2026-11-20", "2026-11-20", "10:00", "12:00"),
    ];
    let calendars = published();
    assert!(!calendars.judge(utc("2026-11-20T09:30:00+05:00"), "sandbox", Text, Informational, &both).open);
    assert!(calendars.judge(utc("2026-11-21T07:30:00+05:00"), "sandbox", Text, Informational, &both).open);
}

fn file() -> Value {
    serde_json::from_str(&published_json()).expect("JSON")
}

#[track_caller]
fn refused(file: &Value) -> String {
    Calendars::parse(&file.to_string()).expect_err("it contradicts itself").to_string()
}

/// Which rule applies must never be a matter of the file's order.
#[test]
fn calendars_that_contradict_themselves_are_refused() {
    let mut twice = file();
    let one = twice["versions"][0]["calendars"][1].clone();
    twice["versions"][0]["calendars"].as_array_mut().expect("a list").push(one);
    assert!(refused(&twice).contains("two calendars"));

    let mut without = file();
    without["versions"][0]["calendars"].as_array_mut().expect("a list").remove(2);
    assert!(refused(&without).contains("one_time_code"));
    let mut without = file();
    without["versions"][0]["calendars"].as_array_mut().expect("a list").remove(3);
    assert!(refused(&without).contains("voice"));

    let mut holiday = file();
    let one = holiday["versions"][0]["holidays"]["days"][3].clone();
    holiday["versions"][0]["holidays"]["days"].as_array_mut().expect("a list").push(one);
    assert!(refused(&holiday).contains("twice"));

    let mut years = file();
    years["versions"][0]["holidays"]["years"] = json!([2027]);
    assert!(refused(&years).contains("outside the years"));

    let mut versions = file();
    let one = versions["versions"][0].clone();
    versions["versions"].as_array_mut().expect("a list").push(one);
    assert!(refused(&versions).contains("does not follow"));

    let mut hours = file();
    hours["versions"][0]["calendars"][1]["closes"] = json!("08:00");
    assert!(refused(&hours).contains("hours"));
}

/// A version in force since January is not what a later one says.
#[test]
fn each_day_is_judged_by_the_version_of_that_day() {
    let mut file = file();
    let mut later = file["versions"][0].clone();
    later["version"] = json!("2026-12-10");
    later["from"] = json!("2026-12-10");
    later["calendars"][1]["closes"] = json!("18:00");
    file["versions"].as_array_mut().expect("a list").push(later);
    let calendars = Calendars::parse(&file.to_string()).expect("calendars");
    let judge = |at| calendars.judge(utc(at), "kannel", Text, Informational, &[]);
    assert!(judge("2026-12-09T18:00:00+05:00").open);
    let then = judge("2026-12-10T18:00:00+05:00");
    assert_eq!(then.why, Some(WhyShut::OutsideCalendar));
    assert!(then.rule.ends_with("calendar 2026-12-10"));
}

fn any_override() -> impl Strategy<Value = WindowOverride> {
    let from = 0i64..700;
    (from, 0i64..60, 6u32..22, 1u32..16, proptest::collection::vec(0usize..7, 1..7)).prop_map(
        |(from, length, opens, hours, days)| {
            let first = date("2026-01-01") + Duration::days(from);
            let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
            let hours =
                DayHours::parse(&format!("{opens:02}:00"), &format!("{:02}:00", (opens + hours).min(22)));
            WindowOverride::new(
                "dcn_1".to_owned(),
                first,
                first + Duration::days(length),
                Weekdays::parse(days.into_iter().map(|day| names[day])).expect("days"),
                hours.expect("hours"),
            )
            .expect("agreed")
        },
    )
}

fn any_class() -> impl Strategy<Value = MessageClass> {
    proptest::sample::select(MessageClass::ALL.to_vec())
}

fn any_channel() -> impl Strategy<Value = Channel> {
    proptest::sample::select(Channel::ALL.to_vec())
}

fn any_operator() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["sandbox", "kannel", "twilio"])
}

/// Seconds of 2026 and 2027, and a little of the years beside them.
const SECONDS: std::ops::Range<i64> = 1_767_000_000..1_830_500_000;

proptest! {
    /// R83: whatever was agreed, whoever carries it, never in the statutory night.
    #[test]
    fn never_open_in_the_statutory_night(
        second in SECONDS,
        channel in any_channel(), class in any_class(),
        operator in any_operator(),
        agreed in proptest::collection::vec(any_override(), 0..4),
    ) {
        let verdict = published().judge(DateTime::from_timestamp(second, 0).expect("in range"), operator, channel, class, &agreed);
        let hour = verdict.local.hour();
        prop_assert!(!verdict.open || (6..22).contains(&hour), "{}", verdict.local_text());
        prop_assert_eq!(verdict.open, verdict.why.is_none());
    }

    /// R80: without an agreement nothing is open that the offer's window is not.
    #[test]
    fn without_an_agreement_never_outside_the_offers_hours(
        second in SECONDS, channel in any_channel(), class in any_class(), operator in any_operator(),
    ) {
        let at = DateTime::from_timestamp(second, 0).expect("in range");
        let calendar = published().judge(at, operator, channel, class, &[]);
        let offer = hours::window_at(at);
        prop_assert!(!calendar.open || offer.open);
        prop_assert!(calendar.open_for <= offer.open_for);
    }

    /// R81: the promised instant is open, and no instant between now and then is.
    #[test]
    fn the_opening_instant_is_the_first_open_instant(
        second in SECONDS,
        channel in any_channel(), class in any_class(),
        operator in any_operator(),
        agreed in proptest::collection::vec(any_override(), 0..3),
        part in 0.0f64..1.0,
    ) {
        let calendars = published();
        let at = DateTime::from_timestamp(second, 0).expect("in range");
        let judge = |at| calendars.judge(at, operator, channel, class, &agreed);
        let Some(opens_at) = judge(at).opens_at else { return Ok(()) };
        prop_assert!(judge(opens_at).open);
        if opens_at > at {
            prop_assert!(!judge(opens_at - Duration::milliseconds(1)).open);
            let between = Duration::milliseconds(((opens_at - at).num_milliseconds() as f64 * part) as i64);
            prop_assert!(!judge(at + between).open, "{}", at + between);
        }
    }

    /// R81: what is left of the hours is left to the very end, and not a moment longer.
    #[test]
    fn open_for_ends_where_the_window_shuts(
        second in SECONDS,
        channel in any_channel(), class in any_class(),
        operator in any_operator(),
        agreed in proptest::collection::vec(any_override(), 0..3),
    ) {
        let calendars = published();
        let at = DateTime::from_timestamp(second, 0).expect("in range");
        let verdict = calendars.judge(at, operator, channel, class, &agreed);
        if verdict.open {
            let end = at + verdict.open_for;
            prop_assert!(calendars.judge(end - Duration::milliseconds(1), operator, channel, class, &agreed).open);
            prop_assert!(!calendars.judge(end, operator, channel, class, &agreed).open);
        } else {
            prop_assert_eq!(verdict.open_for, TimeDelta::zero());
        }
    }
}
