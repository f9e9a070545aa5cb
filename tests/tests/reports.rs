//! Reports through HTTP: by hour, day, operator and campaign, beside each other, as tables and as pictures (R94, R97).

use api::campaigns::ReportPart;
use api::reports::{AccountReport, Comparison};
use sendbox_tests::{Account, Fields, Platform};

fn figures(parts: &[ReportPart]) -> Vec<(&str, i64, i64)> {
    parts.iter().map(|part| (part.part.as_str(), part.counts.handed_over, part.counts.delivered)).collect()
}

/// R94, R97: what was sent, delivered, blocked and paid for, wherever somebody looks for it.
#[test]
fn a_campaign_stands_in_every_report() {
    let platform = Platform::fresh();
    let shop = Account::with_contacts(&platform, 5, 100_000);
    let first = shop.draft("Ready");
    first.start();
    shop.blacklist(&[shop.contacts()[0].text("/phone")]);
    first.send_all();
    platform.deliver();
    let report = first.report();
    // How many of the stand-in's messages arrive follows from their numbers.
    let delivered = report.delivered;
    assert_eq!((report.handed_over, report.awaiting_report, report.blocked), (4, 0, 1));
    assert!(delivered > 0, "nothing arrived");
    assert_eq!(report.by_hour.iter().map(|hour| hour.counts.handed_over).sum::<i64>(), 4);
    assert_eq!(report.by_hour.iter().filter_map(|hour| hour.counts.blocked).sum::<i64>(), 1);
    assert_eq!(figures(&report.by_operator), [("sandbox", 4, delivered)]);
    assert_eq!(report.by_operator[0].counts.charged, report.charged);

    let day = report.by_hour[0].part[..10].to_owned();
    let account =
        |query: &str| shop.browser.get(&format!("/v1/reports?{query}")).is(200).read::<AccountReport>();
    let by_day = account(&format!("from={day}&to={day}"));
    assert_eq!(figures(&by_day.parts), [(day.as_str(), 4, delivered)]);
    assert_eq!(by_day.total.charged, report.charged);
    let by_campaign = account("by=campaign");
    assert_eq!(figures(&by_campaign.parts), [(&*report.campaign, 4, delivered)]);
    assert_eq!(by_campaign.parts[0].name, Some(first.get().text("/name")));
    assert_eq!(account("by=operator").parts[0].counts.blocked, None, "what is blocked has no operator");
    assert_eq!(account("from=2020-01-01&to=2020-01-02").parts, []);
    assert_eq!(account("by=hour&from=2020-01-01&to=2020-01-31").total.handed_over, 0);

    let other = shop.draft("Again");
    other.start();
    let named = format!("/v1/reports/compare?campaigns={},{}", first.id, other.id);
    let compared = shop.browser.get(&named).is(200).read::<Comparison>();
    let shares: Vec<_> = compared.campaigns.iter().map(|one| one.shares.delivered).collect();
    assert_eq!(shares, [Some(delivered * 1000 / 4), None], "of nothing there is no share");
    assert_eq!(compared.campaigns[0].price_of_success.map(|price| price.0), Some(platform_price(&report)));
}

fn platform_price(report: &api::campaigns::Report) -> domain::money::Tiyn {
    domain::money::Tiyn(report.charged.total.0.0 / report.delivered)
}

/// What is not asked for rightly is refused with the field's name, and nobody sees another account's campaign.
#[test]
fn what_is_asked_for_wrongly_is_refused() {
    let platform = Platform::fresh();
    let shop = Account::with_contacts(&platform, 1, 100_000);
    let campaign = shop.draft("Ready");
    let id = campaign.id.clone();
    for (query, field) in [
        ("from=2026-13-01", "from"),
        ("from=2026-1-01", "from"),
        ("to=yesterday", "to"),
        ("from=2026-02-02&to=2026-02-01", "from"),
        ("from=2024-01-01&to=2026-01-01", "from"),
        ("by=hour&from=2026-01-01&to=2026-02-28", "from"),
        ("by=week", "by"),
    ] {
        shop.browser.get(&format!("/v1/reports?{query}")).refused_field(422, "invalid_field", field);
    }
    shop.browser.get("/v1/reports.svg?language=de").refused_field(422, "invalid_field", "language");
    shop.browser.get("/v1/reports/compare").refused_field(422, "missing_field", "campaigns");
    let many = [id.as_str(); 2].join(",");
    for named in ["", "cmp_x", many.as_str(), "a,b,c,d,e,f,g,h,i,j,k"] {
        let path = format!("/v1/reports/compare?campaigns={named}");
        shop.browser.get(&path).refused_field(422, "invalid_field", "campaigns");
    }
    let stranger = Account::sign_up(&platform);
    for path in [
        format!("/v1/campaigns/{id}/report.csv"),
        format!("/v1/campaigns/{id}/report.svg"),
        format!("/v1/reports/compare?campaigns={id}"),
        format!("/v1/reports/compare.svg?campaigns={id}"),
    ] {
        stranger.browser.get(&path).refused(404, "not_found");
    }
    platform.visitor().get("/v1/reports").refused(401, "unauthenticated");
}

/// R97: tables and pictures hold what the report holds, in the language that is asked for, and nothing that runs.
#[test]
fn reports_are_taken_away_as_tables_and_pictures() {
    let platform = Platform::fresh();
    let shop = Account::with_contacts(&platform, 3, 100_000);
    let mut body = shop.draft_body("Ready");
    body["name"] = "=1+1 <b>".into();
    let campaign = shop.campaign(&shop.browser.post("/v1/campaigns", &body).created().text("/id"));
    campaign.start();
    campaign.send_all();
    platform.deliver();
    let report = campaign.report();
    let paths = [
        format!("/v1/campaigns/{}/report", campaign.id),
        "/v1/reports".to_owned(),
        "/v1/reports/compare".to_owned(),
    ];
    for path in paths {
        let query = format!("by=campaign&campaigns={}&language=ru", campaign.id);
        let table = shop.browser.get(&format!("{path}.csv?{query}")).is(200);
        assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
        let text = table.text_body();
        assert!(text.starts_with('\u{feff}') && text.contains("Передано оператору"), "{text}");
        assert!(text.contains("'=1+1 <b>") && !text.contains(",=1+1"), "{text}");
        assert!(text.contains(&format!(",3,0,{},{},", report.delivered, report.undelivered)), "{text}");
        let picture = shop.browser.get(&format!("{path}.svg?{query}")).is(200);
        assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
        assert_eq!(picture.header("x-content-type-options"), Some("nosniff"));
        assert!(
            picture
                .header("content-security-policy")
                .is_some_and(|policy| policy.contains("default-src 'none'"))
        );
        let svg = picture.text_body();
        assert!(svg.contains("=1+1 &lt;b&gt;") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("lang=\"ru\""), "{svg}");
        // A program takes them too.
        shop.program().get(&format!("{path}.csv?{query}")).is(200);
    }
}
