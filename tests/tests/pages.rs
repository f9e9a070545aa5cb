//! The pages in a real browser: the whole job by clicks, and what a browser can hold against them.

use std::collections::BTreeSet;

use sendbox_tests::workbooks::{Sheet, workbook_of};
use sendbox_tests::{Account, Browser, Fields, PASSWORD, Platform, SignUp, csv_of, mobiles, verifies, wav};
use serde_json::json;

const LANGUAGES: [(&str, &str); 3] = [("kz", "kk"), ("ru", "ru"), ("en", "en")];
const PUBLIC_PAGES: [&str; 7] = [
    "/",
    "/documents",
    "/documents/offer",
    "/cookies",
    "/developers",
    "/cabinet#/sign-in",
    "/cabinet#/sign-up",
];
const VIEWS: [(&str, &str); 8] = [
    ("", "cabinet.overview"),
    ("contacts", "cabinet.contacts"),
    ("blacklist", "cabinet.blacklist"),
    ("recordings", "cabinet.recordings"),
    ("campaigns", "cabinet.campaigns"),
    ("reports", "cabinet.reports"),
    ("history", "history.heading"),
    ("account", "cabinet.account"),
];

/// R1, R3, R5, R9, R45, R50, R62, R86, R89, R91, R168, R169: from the first visit to the proof, by clicks and in
/// Kazakh. Afterwards every view fits a telephone, nothing was asked of another host, and no page broke
/// its own security policy.
#[test]
fn the_whole_job_is_done_by_clicks_in_kazakh() {
    let platform = Platform::fresh();
    let browser = Browser::start(&platform, "kk");
    browser.open("/kz/");
    browser.click("cookies.only_necessary");
    sign_up(&browser, "duken-1");

    Account::sign_in(&platform, "duken-1").top_up("100.00");
    browser.reload();
    browser.see("100,00 ₸");

    let mut rows = csv_of(&mobiles(0, 5));
    rows.push_str("12345,A slip\n");
    upload(&browser, &rows);
    let campaign = start_campaign(&browser);

    browser.click("campaign.pause");
    browser.see_word("campaign.state.paused");
    assert_eq!(platform.dispatch(), 0, "a paused campaign is not sent");
    browser.click("campaign.resume");
    browser.see_word("campaign.pause");
    assert_eq!(platform.dispatch(), 5);
    platform.deliver();
    browser.see_word("campaign.state.completed");
    browser.see("шешілді: 5 / 5");

    platform.sign_log();
    let evidence = browser.download("evidence.download");
    assert!(evidence.contains(&campaign), "the proof of another campaign");
    let verified = verifies(&evidence, None);
    assert!(verified.success, "{verified:?}");

    browser.widen_to(390);
    for (view, heading) in VIEWS {
        browser.open(&format!("/kz/cabinet#/{view}"));
        browser.wait(&format!(
            "document.querySelector('.view h1')?.innerText === {}",
            json!(browser.word(heading))
        ));
        assert_eq!(browser.overflow_px(), 0, "the view `{view}` runs off the side of a telephone");
    }
    browser.click("cabinet.sign_out");
    browser.see_word("sign_in.heading");

    assert_eq!(browser.hosts_asked(), own_host(&platform));
    assert_eq!(browser.faults(), Vec::<String>::new());
}

/// R21, R163, R168: nothing is ticked for the person; the two acts are separate.
fn sign_up(browser: &Browser<'_>, login: &str) {
    browser.click("front.start");
    browser.fill("name", "Асель Мысалова");
    browser.fill("phone", "+77015559999");
    browser.fill("email", "duken@example.com");
    browser.fill("login", login);
    browser.fill("password", PASSWORD);
    for act in ["truth_declared", "offer", "pd_consent"] {
        browser.tick(act);
    }
    browser.click("sign_up.button");
    browser.see_word("top_up.heading");
}

fn upload(browser: &Browser<'_>, rows: &str) {
    browser.click("cabinet.contacts");
    browser.choose_file("file", "clients.csv", rows);
    browser.see("clients.csv");
    browser.click("contacts.upload_button");
    assert_eq!(browser.complaint_beside("attestation"), browser.word("statement.needed"));
    browser.tick("attestation");
    browser.click("contacts.upload_button");
    browser.see("Қосылған контакт: 5");
    browser.see("+77015550004");
    browser.see_word("contacts.problems");
}

/// Answers the campaign's id.
fn start_campaign(browser: &Browser<'_>) -> String {
    browser.click("cabinet.campaigns");
    browser.click("campaigns.new");
    browser.fill("name", "Тапсырыс");
    browser.fill("text", "Тапсырысыңыз дайын.");
    browser.see("UCS-2");
    browser.tick("attestation");
    browser.click("campaigns.create");
    // Five messages at 11.00 for the operator and 4.00 for the service.
    browser.see("75,00 ₸");
    browser.click("campaign.start");
    browser.see_word("campaign.state.preparing");
    let id = browser.wait("location.hash.match(/cmp_[0-9a-f]+/)?.[0]");
    id.as_str().expect("a campaign's id").to_owned()
}

/// R68, R70: the page says which columns were taken, and in the list that it saves no name is a formula, whatever
/// sign it begins with.
#[test]
fn the_saved_list_of_contacts_holds_no_formula() {
    let platform = Platform::fresh();
    let browser = Browser::start(&platform, "ru");
    let shop = Account::sign_up(&platform);
    let names = ["+77+1", "=1+1", "-2+3", "@SUM(1)", "+cmd|' /C calc'!A0", " =1", "Асель"];
    let rows: String =
        names.iter().zip(mobiles(0, 7)).map(|(name, phone)| format!("{phone};{name}\n")).collect();
    shop.upload(format!("Телефон;ФИО\n{rows}"));
    browser.open("/ru/");
    browser.click("cookies.only_necessary");
    browser.open("/ru/cabinet#/sign-in");
    browser.fill("login", &shop.login);
    browser.fill("password", PASSWORD);
    browser.click("sign_in.button");
    browser.see_word("top_up.heading");
    browser.click("cabinet.contacts");
    browser.see("+77015550006");
    let saved = browser.download("contacts.save_list");
    for line in saved.lines().skip(1) {
        let name = line.split_once(",\"").expect("a name").1;
        assert!(name.starts_with('\'') || name.starts_with("Асель"), "{line}");
    }
    assert_eq!(saved.lines().count(), names.len() + 1);
}

/// R70: a person sees how a workbook is understood, takes another sheet and another column, and has it read, by clicks on
/// a telephone; what Kazakh letters were lost from a list is told.
#[test]
fn a_workbook_is_looked_at_before_it_is_read() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let browser = Browser::start(&platform, "kk");
    browser.open("/kz/");
    browser.click("cookies.only_necessary");
    browser.open("/kz/cabinet#/sign-in");
    browser.fill("login", &shop.login);
    browser.fill("password", PASSWORD);
    browser.click("sign_in.button");
    browser.see_word("top_up.heading");
    browser.click("cabinet.contacts");
    let sheets = [
        Sheet::of("Ескі", &[&["Телефон"], &["87015559999"]]),
        Sheet::of("Жаңа", &[&["Телефон", "Аты", "Қала"], &["87015550000", "Әсем", "Семей"]]),
    ];
    browser.choose_file("file", "clients.xlsx", workbook_of(&sheets));
    browser.tick("confirm");
    browser.tick("attestation");
    browser.click("contacts.upload_button");
    browser.see("87015559999");
    browser.choose("sheet", "Жаңа");
    browser.see("Семей");
    assert_eq!(browser.overflow_px(), 0, "wide rows move within their own frame");
    browser.choose("column_3", "field");
    browser.click("format.read");
    browser.see("Қосылған контакт: 1");
    browser.see_word("contacts.fields");
    assert_eq!(shop.contacts()[0].at("/fields"), &json!({"Қала": "Семей"}));

    let lost = "Телефон;Аты\n87015550001;?сем\n87015550002;Н?рлан\n";
    browser.choose_file("file", "lost.csv", lost);
    browser.tick("attestation");
    browser.click("contacts.upload_button");
    browser.see("Қосылған контакт: 2");
    browser.see("XLSX ретінде");
    assert_eq!(browser.faults(), [] as [String; 0]);
}

/// R71, R74, R78, R94: a recording is uploaded, heard and played to everybody, by clicks; a file that is none is
/// refused beside its field.
#[test]
fn people_are_called_by_clicks_in_russian() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    shop.upload(csv_of(&mobiles(0, 12)));
    shop.top_up("540.00");
    let browser = Browser::start(&platform, "ru");
    browser.open("/ru/");
    browser.click("cookies.only_necessary");
    browser.open("/ru/cabinet#/sign-in");
    browser.fill("login", &shop.login);
    browser.fill("password", PASSWORD);
    browser.click("sign_in.button");
    browser.see_word("top_up.heading");

    browser.click("cabinet.recordings");
    browser.see_word("recordings.none");
    browser.fill("name", "Заказ готов");
    browser.choose_file("file", "order.mp3", "not a sound");
    browser.click("recordings.upload_button");
    let refusal = shop.send_recording("audio/mpeg", "not a sound").is(422).json().text("/messages/ru");
    assert_eq!(browser.complaint_beside("file"), refusal);
    browser.choose_file("file", "order.wav", wav(4_000));
    browser.click("recordings.upload_button");
    browser.see("Запись загружена: Заказ готов, 4 с.");
    // The browser itself can play it: it is whole, and the page's policy lets it in.
    browser.wait("document.querySelector('audio')");
    browser.value("document.querySelector('audio').preload = 'auto'");
    browser.wait(
        "document.querySelector('audio').readyState === 4 && document.querySelector('audio').duration === 4",
    );

    browser.click("cabinet.campaigns");
    browser.click("campaigns.new");
    browser.fill("name", "Звонки");
    browser.choose("channel", "voice");
    browser.see("Заказ готов (4 с)");
    browser.choose("plan.attempts", "3");
    browser.fill("plan.ring_seconds", "5");
    browser.tick("attestation");
    browser.click("campaigns.create");
    browser.wait("person.complaintBeside('plan.ring_seconds')");
    browser.fill("plan.ring_seconds", "20");
    browser.click("campaigns.create");
    // Three attempts to twelve people, at 9.00 for the operator and 6.00 for the service.
    browser.see("540,00 ₸");
    browser.see("до 3 раз, по 20 с, перерыв 10 мин");
    browser.click("campaign.start");
    browser.see_word("campaign.state.preparing");
    for _ in 0..3 {
        platform.dispatch();
        platform.deliver();
        platform.pass(chrono::Duration::seconds(601));
    }
    platform.dispatch();
    browser.see_word("campaign.state.completed");
    browser.widen_to(390);
    assert_eq!(browser.overflow_px(), 0, "the report runs off the side of a telephone");
    browser.click("cabinet.history");
    browser.see("+77015550011");
    browser.see_word("call.answered");
    assert_eq!(browser.overflow_px(), 0, "the history runs off the side of a telephone");
    assert_eq!(browser.faults(), Vec::<String>::new());
    assert_eq!(browser.hosts_asked(), own_host(&platform));
}

/// R163, R168, R169: who has not chosen has nothing optional, and no other host hears of the visit, neither
/// before the choice nor after agreement to everything.
#[test]
fn nothing_optional_is_kept_before_the_choice_and_no_other_host_is_ever_asked() {
    let platform = Platform::shared();
    let browser = Browser::start(platform, "kk");
    visit_all(&browser);
    assert_eq!(browser.cookies(), BTreeSet::new(), "cookies before the choice");
    assert_eq!(browser.kept(), json!([]), "something else is kept before the choice");
    assert_eq!(browser.hosts_asked(), own_host(platform));

    browser.open("/kz/");
    browser.click("cookies.accept_all");
    browser.wait("!document.querySelector('.banner') && document.cookie.includes('language=kk')");
    visit_all(&browser);
    let agreed_to = ["language", "sendbox_cookie_choice"].map(str::to_owned);
    assert_eq!(browser.cookies(), BTreeSet::from(agreed_to));
    assert_eq!(browser.kept(), json!([]));
    assert_eq!(browser.hosts_asked(), own_host(platform));
}

/// R169, R192: no page breaks the policy that it is sent with, and the policy would stop a foreign picture.
#[test]
fn the_pages_keep_their_own_security_policy() {
    let browser = Browser::start(Platform::shared(), "en");
    visit_all(&browser);
    assert_eq!(browser.faults(), Vec::<String>::new());

    browser.value("document.body.append(Object.assign(new Image(), {src: 'http://tracker.example/pixel'}))");
    browser.wait("[...document.images].some((image) => image.complete && !image.naturalWidth)");
    let faults = browser.faults();
    assert!(faults.iter().any(|fault| fault.contains("tracker.example")), "{faults:?}");
}

/// R4, R192: a refusal of the service stands beside the field that it is about, in the page's language,
/// and the person's other answers stay.
#[test]
fn a_refusal_stands_beside_its_field() {
    let platform = Platform::shared();
    let refusal = SignUp::new(platform).with("/login", json!("ab")).send(&platform.visitor());
    let expected = refusal.is(422).json().text("/messages/kk");

    let browser = Browser::start(platform, "kk");
    browser.open("/kz/");
    browser.click("cookies.only_necessary");
    browser.open("/kz/cabinet#/sign-up");
    browser.click("sign_up.button");
    assert_eq!(browser.complaint_beside("name"), browser.word("error.required"));
    browser.fill("name", "Асель Мысалова");
    browser.fill("phone", "+77015559999");
    browser.fill("email", "duken@example.com");
    browser.fill("login", "ab");
    browser.fill("password", PASSWORD);
    browser.click("sign_up.button");
    assert_eq!(browser.complaint_beside("truth_declared"), browser.word("sign_up.truth_needed"));
    browser.tick("truth_declared");
    browser.click("sign_up.button");
    assert_eq!(browser.complaint_beside("offer"), browser.word("sign_up.offer_needed"));
    browser.tick("offer");
    browser.click("sign_up.button");
    assert_eq!(browser.complaint_beside("pd_consent"), browser.word("sign_up.pd_consent_needed"));
    browser.tick("pd_consent");
    browser.click("sign_up.button");
    assert_eq!(browser.complaint_beside("login"), expected);
    assert_eq!(browser.value("person.field('name').value"), json!("Асель Мысалова"));
}

/// Every page that needs no account, in every language.
fn visit_all(browser: &Browser<'_>) {
    for (path, language) in LANGUAGES {
        for page in PUBLIC_PAGES {
            browser.open(&format!("/{path}{page}"));
            browser.wait(&format!(
                "document.documentElement.lang === '{language}' && person.text().length > 200"
            ));
        }
    }
}

fn own_host(platform: &Platform) -> BTreeSet<String> {
    BTreeSet::from([platform.base().trim_start_matches("http://").to_owned()])
}

/// R94, R97: the figures of a report stand in its page and in its picture; campaigns are put beside each other by clicks;
/// nothing runs off the side of a telephone, and the page keeps its own security policy.
#[test]
fn reports_are_read_and_campaigns_compared_by_clicks() {
    let platform = Platform::fresh();
    let browser = Browser::start(&platform, "ru");
    let shop = Account::with_contacts(&platform, 3, 100_000);
    let ids: Vec<String> = ["Ready", "Again"]
        .map(|text| {
            let campaign = shop.draft(text);
            campaign.start();
            campaign.send_all();
            campaign.id
        })
        .into();
    platform.deliver();
    browser.open("/ru/");
    browser.click("cookies.only_necessary");
    browser.open("/ru/cabinet#/sign-in");
    browser.fill("login", &shop.login);
    browser.fill("password", PASSWORD);
    browser.click("sign_in.button");
    browser.see_word("top_up.heading");
    // Its picture, and not one of the view before.
    let is_drawn = |path: &str| {
        let image = format!("[...document.images].find((image) => image.src.includes({}))", json!(path));
        browser.wait(&format!("{image}?.naturalWidth === 360"));
    };
    browser.open(&format!("/ru/cabinet#/campaigns/{}/report", ids[0]));
    is_drawn(&ids[0]);
    browser.see("45,00 ₸");
    browser.click("cabinet.reports");
    browser.wait(&format!(
        "document.querySelector('.view h1')?.innerText === {}",
        json!(browser.word("cabinet.reports"))
    ));
    is_drawn("/v1/reports.svg");
    browser.see("90,00 ₸");
    browser.wait("document.querySelectorAll('.choices input').length === 2");
    browser.wait(
        "document.querySelectorAll('.choices input').forEach((box) => { box.checked = true; }) === undefined",
    );
    browser.click("report.compare");
    browser.wait("location.hash.startsWith('#/reports/compare')");
    is_drawn("/v1/reports/compare.svg");
    browser.see_word("report.price_of_success");
    browser.widen_to(390);
    for (view, picture) in [
        (format!("campaigns/{}/report", ids[1]), ids[1].as_str()),
        ("reports".to_owned(), "/v1/reports.svg"),
        (format!("reports/compare?campaigns={}", ids.join(",")), "/v1/reports/compare.svg"),
    ] {
        browser.open(&format!("/ru/cabinet#/{view}"));
        is_drawn(picture);
        assert_eq!(browser.overflow_px(), 0, "the view `{view}` runs off the side of a telephone");
    }
    assert_eq!(browser.hosts_asked(), own_host(&platform));
    assert_eq!(browser.faults(), Vec::<String>::new());
}
