//! Pictures read back: every figure in one is the report's, every bar is as long as its figure says, and whatever a
//! campaign is called it stays a picture (R94, R97).

use std::collections::BTreeMap;

use api::campaigns::{CallCounts, Charged, Counts, Report, ReportPart};
use api::ids::CampaignId;
use api::reports::{AccountReport, ComparedCampaign, Comparison, ReportBy, Shares};
use domain::campaign::CampaignState;
use domain::language::Language;
use domain::money::{Money, Tiyn};
use domain::tariffs::Channel;
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use report_files::{account_picture, campaign_picture, campaign_table, comparison_picture, per_mille};

const DARK: &str = "#0b6b70";
const LIGHT: &str = "#9fd3d2";
/// As wide as a whole bar.
const INNER: i64 = 328;

/// A row of a picture.
#[derive(Debug, Default, PartialEq, Eq)]
struct Row {
    label: String,
    value: String,
    dark: i64,
    light: i64,
}

/// An element with its attributes and its text, without that of a title in it.
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
}

/// Every element of a picture in its order. Whatever is no XML breaks the test.
fn elements(svg: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(svg);
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        match reader.read_event().expect("XML") {
            Event::Eof => break,
            event @ (Event::Start(_) | Event::Empty(_)) => {
                let (tag, is_open) = match event {
                    Event::Start(tag) => (tag, true),
                    Event::Empty(tag) => (tag, false),
                    _ => continue,
                };
                let attribute = |attribute: quick_xml::events::attributes::Attribute<'_>| {
                    let key = attribute.key.as_ref().to_owned();
                    (key, attribute.value.to_string())
                };
                let attributes = tag.attributes().map(|one| attribute(one.expect("an attribute"))).collect();
                let name = tag.name().as_ref().to_owned();
                if is_open {
                    open.push(found.len());
                }
                found.push(Element { name, attributes, text: String::new() });
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) => {
                if let Some(place) = open.last() {
                    found[*place].text.push_str(&text);
                }
            }
            Event::GeneralRef(name) => {
                let letter = match &*name {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    other => panic!("an entity that no picture needs: {other}"),
                };
                if let Some(place) = open.last() {
                    found[*place].text.push(letter);
                }
            }
            other => panic!("nothing else stands in a picture: {other:?}"),
        }
    }
    found
}

fn rows(svg: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for element in elements(svg) {
        let has = |name: &str, value: &str| element.attributes.get(name).is_some_and(|found| found == value);
        let width = || element.attributes["width"].parse::<i64>().expect("a whole width");
        match element.name.as_str() {
            "text" if has("class", "label") => {
                rows.push(Row { label: element.text.clone(), ..Row::default() });
            }
            "text" if has("class", "value") => rows.last_mut().expect("a row").value = element.text.clone(),
            "rect" if has("fill", DARK) => rows.last_mut().expect("a row").dark = width(),
            "rect" if has("fill", LIGHT) => rows.last_mut().expect("a row").light = width(),
            _ => {}
        }
    }
    rows
}

/// The whole numbers of a text, whatever parts their groups.
fn numbers(text: &str) -> Vec<i64> {
    let parts =
        text.split(['/', '(', ')', '%']).map(|part| part.chars().filter(char::is_ascii_digit).collect());
    parts
        .filter(|digits: &String| !digits.is_empty())
        .map(|digits| digits.parse().expect("a number"))
        .collect()
}

fn money(tiyn: i64) -> Money {
    Money(Tiyn(tiyn))
}

fn counts(handed_over: i64, delivered: i64) -> Counts {
    Counts {
        handed_over,
        awaiting_report: 0,
        delivered,
        undelivered: handed_over - delivered,
        expired: 0,
        calls: CallCounts::default(),
        blocked: Some(0),
        blocked_by_reason: Some(BTreeMap::new()),
        visits: 0,
        visitors: 0,
        opt_outs: 0,
        charged: Charged {
            operator: money(handed_over * 1150),
            service: money(handed_over * 350),
            total: money(handed_over * 1500),
        },
    }
}

fn part(part: &str, handed_over: i64, delivered: i64) -> ReportPart {
    ReportPart { part: part.to_owned(), name: None, counts: counts(handed_over, delivered) }
}

fn campaign(number: u64) -> CampaignId {
    format!("cmp_019ad3b8f5a070008000{number:012x}").parse().expect("an id")
}

/// What handed over, delivered, visited, refused, of so many messages.
fn report(messages: i64, [handed_over, delivered, visitors, opt_outs]: [i64; 4]) -> Report {
    let total = counts(handed_over, delivered);
    Report {
        campaign: campaign(1),
        state: CampaignState::Completed,
        recipients: messages,
        messages,
        queued: 0,
        leased: 0,
        unknown: 0,
        undecided: 0,
        handed_over,
        awaiting_report: 0,
        delivered,
        undelivered: total.undelivered,
        expired: 0,
        blocked: messages - handed_over,
        blocked_by_reason: BTreeMap::new(),
        cancelled: 0,
        calls: None,
        links: Some(Vec::new()),
        visits: visitors,
        visitors,
        opt_outs,
        charged: total.charged,
        held: money(0),
        by_hour: vec![part("2026-12-03T12:00", handed_over, delivered)],
        by_operator: vec![part("sandbox", handed_over, delivered)],
    }
}

proptest! {
    /// Whatever happened, the funnel's texts are the report's figures, and its bars are as long as they say.
    #[test]
    fn a_funnel_says_what_the_report_says(
        messages in 0..20_000_000_i64, shares in proptest::array::uniform4(0..=1000_i64),
        language in proptest::sample::select(&Language::ALL[..]),
    ) {
        let mut figure = messages;
        let steps = shares.map(|share| { figure = figure * share / 1000; figure });
        let [handed_over, delivered, visitors, opt_outs] = steps;
        let svg = campaign_picture(language, "November", &report(messages, steps));
        let rows = rows(&svg);
        let figures = [messages, handed_over, delivered, visitors, opt_outs];
        for (row, figure) in rows.iter().zip(figures) {
            prop_assert_eq!(numbers(&row.value), vec![figure], "{:?}", row);
            let length = if messages > 0 { figure * INNER / messages } else { 0 };
            prop_assert_eq!(row.dark, length, "{:?}", row);
        }
        for row in &rows[5..] {
            prop_assert_eq!(numbers(&row.value), vec![delivered, handed_over], "{:?}", row);
            let length = if handed_over > 0 { delivered * INNER / handed_over } else { 0 };
            prop_assert_eq!((row.dark, row.light), (length, if handed_over > 0 { INNER } else { 0 }));
        }
        prop_assert_eq!(rows.len(), 7);
        prop_assert_eq!(svg, campaign_picture(language, "November", &report(messages, steps)), "the same bytes");
    }

    /// A name is what its owner writes: it is a text, cut where there is no room, and nothing else.
    #[test]
    fn a_name_stays_a_text(name in "\\PC{0,120}") {
        let svg = campaign_picture(Language::Ru, &name, &report(10, [9, 8, 1, 1]));
        let elements = elements(&svg);
        let title = elements.iter().find(|element| element.name == "title").expect("a title");
        let kept: String = name.chars().filter(|letter| !matches!(letter, '\u{fffe}' | '\u{ffff}')).collect();
        prop_assert_eq!(&title.text, &kept);
        for element in &elements {
            prop_assert!(["svg", "title", "desc", "rect", "text"].contains(&element.name.as_str()), "{}", element.name);
            prop_assert!(element.attributes.keys().all(|key| !key.starts_with("on") && !key.contains("href") && key != "style"));
        }
    }
}

/// More hours than a picture has room for are drawn by days, more days by months, and nothing gets lost on the way.
#[test]
fn what_is_too_long_is_folded_without_losing_anything() {
    let hours = |days: i64| {
        (0..days * 24).map(|hour| {
            let (day, hour) = (hour / 24, hour % 24);
            part(&format!("2026-{:02}-{:02}T{hour:02}:00", 1 + day / 28, 1 + day % 28), 10, 7)
        })
    };
    for (days, rows_wanted, first) in [(1, 24, "01.01.2026 00:00"), (2, 2, "01.01.2026"), (56, 2, "01.2026")]
    {
        let report = AccountReport {
            from: "2026-01-01".to_owned(),
            to: "2026-12-28".to_owned(),
            by: ReportBy::Hour,
            total: counts(days * 240, days * 168),
            parts: hours(days).collect(),
            more: false,
        };
        let rows = rows(&account_picture(Language::Kk, &report));
        assert_eq!((rows.len(), rows[0].label.as_str()), (rows_wanted, first), "{days} days");
        let sums = rows
            .iter()
            .map(|row| numbers(&row.value))
            .fold([0, 0], |[one, two], row| [one + row[0], two + row[1]]);
        assert_eq!(sums, [days * 168, days * 240], "{days} days");
    }
}

fn compared(number: u64, name: &str, channel: Channel, handed_over: i64, delivered: i64) -> ComparedCampaign {
    let mut counts = counts(handed_over, delivered);
    let is_text = channel == Channel::Text;
    // A call that a person took counts as delivered too.
    counts.calls.answered = if is_text { 0 } else { delivered };
    let of = |part| per_mille(part, handed_over);
    ComparedCampaign {
        campaign: campaign(number),
        name: name.to_owned(),
        channel,
        state: CampaignState::Completed,
        started_at: None,
        recipients: handed_over,
        messages: handed_over,
        shares: Shares {
            handed_over: of(handed_over),
            delivered: of(delivered),
            answered: if is_text { None } else { of(delivered) },
            visitors: if is_text { of(0) } else { None },
            opt_outs: if is_text { of(0) } else { None },
        },
        price_of_success: None,
        counts,
    }
}

#[test]
fn a_comparison_says_of_each_campaign_its_shares_and_its_cost() {
    let comparison = Comparison {
        campaigns: vec![
            compared(1, "Қараша", Channel::Text, 1000, 925),
            compared(2, "", Channel::Text, 0, 0),
            compared(3, "Звонки", Channel::Voice, 200, 50),
        ],
    };
    let rows = rows(&comparison_picture(Language::Ru, &comparison));
    let row = |place: usize| (rows[place].label.as_str(), rows[place].value.as_str(), rows[place].dark);
    assert_eq!(row(3), ("Қараша", "92,5\u{a0}% (925 / 1\u{a0}000)", 925 * INNER / 1000));
    assert_eq!((rows[4].value.as_str(), rows[4].dark), ("—", 0), "of nothing there is no share");
    assert!(rows[4].label.starts_with("cmp_"), "what has no name is called by its id");
    assert_eq!(row(5), ("Звонки", "25,0\u{a0}% (50 / 200)", 250 * INNER / 1000));
    assert_eq!(row(6).0, "Қараша", "only calls are answered, and only texts have links");
    let last = rows.len() - 3;
    assert_eq!(row(last), ("Қараша", "15\u{a0}000,00\u{a0}₸", INNER));
    assert_eq!(row(last + 2), ("Звонки", "3\u{a0}000,00\u{a0}₸", 200 * INNER / 1000));
}

/// What cannot be seen is read: the description holds every row, and texts are no smaller than 12 pixels on a telephone.
#[test]
fn a_picture_can_be_read_aloud_and_on_a_telephone() {
    let svg = campaign_picture(Language::En, "A name", &report(1000, [900, 800, 30, 4]));
    let elements = elements(&svg);
    let description = &elements.iter().find(|element| element.name == "desc").expect("a description").text;
    for row in rows(&svg) {
        assert!(description.contains(&format!("{}: {}", row.label, row.value)), "{row:?}");
    }
    assert_eq!(elements[0].attributes["width"], "360");
    for element in elements.iter().filter(|element| element.name == "text") {
        let size: i64 = element.attributes["font-size"].parse().expect("a size");
        assert!(size >= 12, "{}", element.text);
        assert!(contrast_to_white(&element.attributes["fill"]) >= 4.5, "{}", element.text);
    }
    assert!(contrast_to_white(DARK) >= 3.0);
}

/// WCAG 2, 1.4.3.
fn contrast_to_white(colour: &str) -> f64 {
    let part = |from: usize| {
        let value = f64::from(u8::from_str_radix(&colour[from..from + 2], 16).expect("a colour")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    1.05 / (0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) + 0.05)
}

/// A table holds the whole, the hours and the operators, each under the same columns.
#[test]
fn a_table_has_the_whole_and_its_parts() {
    let table = campaign_table(Language::Ru, "=HYPERLINK(\"x\")", &report(1000, [900, 800, 30, 4]));
    let lines: Vec<&str> = table.trim_start_matches('\u{feff}').split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 4);
    let columns = lines[0].split(',').count();
    assert!(lines[0].starts_with("Часть,Час,Оператор,Кампания,Название,Передано оператору,"), "{}", lines[0]);
    assert!(lines[1].contains("\"'=HYPERLINK(\"\"x\"\")\",900,0,800,100,"), "{}", lines[1]);
    assert!(lines[2].contains(",2026-12-03T12:00,,,,900,0,800,"), "{}", lines[2]);
    assert!(lines[3].contains(",,sandbox,,,900,0,800,"), "{}", lines[3]);
    assert!(lines[1].ends_with(",10350.00,3150.00,13500.00"), "{}", lines[1]);
    assert!(lines[2..].iter().all(|line| line.split(',').count() == columns), "each row has each column");
}
