//! What an account has, as files: what was put in comes out, nothing of anybody else's does, and a file is made
//! while it is sent (R68).

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use api::exports::ExportFile;
use sendbox_tests::operator::{PlayedOperator, Reply};
use sendbox_tests::state_bytes::files_containing;
use sendbox_tests::{Account, Caller, Fields, Platform, Settings, csv_of, events, mobile, mobiles};
use serde_json::{Value, json};

fn file(of: &Caller<'_>, name: &str) -> String {
    of.get(&format!("/v1/exports/{name}")).is(200).text_body()
}

/// The rows of a file of lines, whose last line says that they are all of them.
#[track_caller]
fn lines(of: &Caller<'_>, what: &str) -> Vec<Value> {
    let text = file(of, &format!("{what}.jsonl"));
    let mut rows: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    let end = rows.pop().expect("an end");
    assert_eq!(end, json!({"end": true, "rows": rows.len()}), "{what}");
    rows
}

/// A shop with clients, a list, a tag, messages that were paid for, and what two people said and asked for.
fn busy(platform: &Platform) -> Account<'_> {
    let shop = Account::sign_up(platform);
    let list = shop.browser.post("/v1/lists", &json!({"name": "VIP"})).created().text("/id");
    let body = json!({
        "name": "by hand", "attestation": shop.attestation("recipients_attestation"), "lists": [list],
        "tags": ["spring"],
        "contacts": [
            {"phone": mobile(0), "name": "Әсем", "fields": {"city": "Семей"}, "consent_source": "a form",
             "consent_date": "2026-01-02"},
            {"phone": mobile(1), "name": "=HYPERLINK(\"http://x\")"},
        ],
    });
    shop.browser.post("/v1/contacts", &body).ok();
    platform.finish_jobs("marks");
    shop.top_up("1000.00");
    shop.blacklist(&[mobile(9)]);
    shop.draft("Your order is ready.").start().send_all();
    let consent =
        json!({"word": "consents", "phones": [mobile(0), mobile(8)], "said": "a form of 2 January"});
    shop.browser.post("/v1/decision-stances", &consent).ok();
    let appeal = json!({"kind": "review", "phone": mobile(1), "said": "I want a human to look at it"});
    shop.browser.post("/v1/appeals", &appeal).created();
    shop.browser
        .post("/v1/audiences", &json!({"name": "Mine", "audience": {"include": {"lists": [list]}}}))
        .created();
    for phone in [mobile(0), mobile(7)] {
        shop.browser.post("/v1/people/block", &json!({"phone": phone, "said": "by telephone"})).ok();
    }
    shop
}

#[test]
fn only_the_account_itself_is_given_its_files() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    for nobody in [platform.visitor(), platform.staff(), platform.scheduler()] {
        nobody.get("/v1/exports/contacts.csv").refused(401, "unauthenticated");
    }
    let key = shop.new_api_key();
    let program = Caller::with_bearer(platform, &key.text("/key"));
    assert!(file(&program, "contacts.csv").starts_with('\u{feff}'));
    shop.browser.delete(&format!("/v1/api-keys/{}", key.text("/id"))).no_content();
    program.get("/v1/exports/contacts.csv").refused(401, "unauthenticated");
    for name in ["contacts", "contacts.xlsx", "people.csv", "contacts.CSV"] {
        shop.browser.get(&format!("/v1/exports/{name}")).refused(404, "not_found");
    }
}

/// R68, R182: of another account there is nothing in any file, and each says its columns or its end all the same.
#[test]
fn no_file_holds_anything_of_another_account() {
    let platform = Platform::fresh();
    let shop = busy(&platform);
    let stranger = Account::sign_up(&platform);
    for name in ExportFile::all().map(|file| file.to_string()) {
        let (own, others) = (file(&shop.browser, &name), file(&stranger.browser, &name));
        assert!(
            !others.contains(&shop.id) && !others.contains(&mobile(0)) && !others.contains(&mobile(9)),
            "{name}"
        );
        assert!(!others.is_empty(), "{name}");
        // There was neither a run of scores nor a look-up.
        let is_empty = name.starts_with("scores") || name.starts_with("lookups");
        assert_eq!(own.lines().count() == 1, is_empty, "{name}: {own}");
    }
}

/// R68: the files hold what the lists of the interface hold.
#[test]
fn what_is_exported_is_what_there_is() {
    let platform = Platform::fresh();
    let shop = busy(&platform);
    let mut contacts = lines(&shop.browser, "contacts");
    let beside: Vec<Value> = contacts
        .iter_mut()
        .map(|contact| {
            let contact = contact.as_object_mut().expect("an object");
            let beside = ["lists", "tags", "consent", "decision_consent"].map(|name| contact.remove(name));
            json!(beside)
        })
        .collect();
    assert_eq!(contacts, shop.contacts());
    assert_eq!(beside[0], json!([["VIP"], ["spring"], {"source": "a form", "date": "2026-01-02"}, true]));
    assert_eq!(beside[1], json!([["VIP"], ["spring"], null, false]));
    for (what, path) in [
        ("blacklist", "/v1/blacklist"),
        ("consents", "/v1/consents"),
        ("ledger", "/v1/ledger"),
        ("imports", "/v1/contacts/imports"),
        ("appeals", "/v1/appeals"),
        ("audiences", "/v1/audiences"),
    ] {
        assert_eq!(lines(&shop.browser, what), shop.browser.list(path), "{what}");
    }
    let mut messages = lines(&shop.browser, "messages");
    for message in &mut messages {
        assert_eq!(
            message.as_object_mut().and_then(|message| message.remove("channel")),
            Some(json!("text"))
        );
    }
    assert_eq!(messages, shop.browser.list("/v1/messages"));
    let mut campaigns = shop.browser.list("/v1/campaigns");
    for campaign in &mut campaigns {
        let campaign = campaign.as_object_mut().expect("an object");
        assert!(campaign.remove("window").is_some() && campaign.remove("stalled_by").is_some());
    }
    assert_eq!(lines(&shop.browser, "campaigns"), campaigns, "but for how they are at the moment");
    let acts = lines(&shop.browser, "acts");
    assert!(acts.iter().any(|act| act.text("/event/kind") == "top_up"));
}

/// R68, R69, R99: what people said and asked for is there as it is shown of one of them; who is in no base is nobody.
#[test]
fn what_people_said_and_asked_for_is_exported() {
    let platform = Platform::fresh();
    let shop = busy(&platform);
    let (named, nameless): (Vec<Value>, Vec<Value>) =
        lines(&shop.browser, "stances").into_iter().partition(|one| !one.is_null_at("/phone"));
    assert_eq!((named.len(), nameless.len()), (2, 1));
    for stance in named {
        let asked = json!({"phone": stance.text("/phone")});
        assert_eq!(shop.browser.post("/v1/decision-stances/lookup", &asked).ok(), stance);
    }
    assert_eq!(
        (nameless[0].text("/stance"), nameless[0].text("/said")),
        ("consented".to_owned(), "a form of 2 January".to_owned())
    );
    let requests = lines(&shop.browser, "requests");
    let person = shop.browser.post("/v1/people/find", &json!({"phone": mobile(0)})).ok();
    assert!(requests[0].is_null_at("/phone") && requests[0].text("/said") == "by telephone");
    assert_eq!(&requests[1..], &person.list("/requests")[..]);
}

/// R68: a file goes on behind its first page, whether ids or numbers lead on.
#[test]
fn files_of_several_pages_are_whole() {
    let platform = Platform::fresh();
    let shop = Account::with_contacts(&platform, 600, 10_000_000);
    shop.blacklist(&mobiles(1_000, 1_100));
    shop.draft("Your order is ready.").start().send_all();
    for (what, path, rows) in [("blacklist", "/v1/blacklist", 1_100), ("messages", "/v1/messages", 600)] {
        let ids = |rows: Vec<Value>| rows.iter().map(|row| row.text("/id")).collect::<Vec<_>>();
        let exported = ids(lines(&shop.browser, what));
        assert_eq!((exported.len(), exported), (rows, ids(shop.browser.list(path))), "{what}");
    }
}

/// R68, R95: what networks said of numbers, with the look-up that it is of.
#[test]
fn answers_about_numbers_are_exported() {
    let smsc = PlayedOperator::start(|asked| {
        let answer = match asked.path.ends_with("/status.php") {
            true => json!({"status": 1, "err": 0, "mcc": 401, "mnc": "2", "net": "Kcell"}),
            false => json!({"id": 1, "cnt": 1}),
        };
        Reply::Answer(200, answer.to_string())
    });
    let variables = vec![
        ("operators", "smsc".to_owned()),
        ("smsc_url", smsc.url.clone()),
        ("smsc_api_key", "made-up".to_owned()),
    ];
    let platform = Platform::with(Settings { variables, ..Settings::default() });
    let shop = Account::with_contacts(&platform, 2, 10_000);
    let consent = json!({"word": "consents", "phones": mobiles(0, 2), "said": "a form"});
    shop.browser.post("/v1/decision-stances", &consent).ok();
    let mut wanted = Vec::new();
    for _ in 0..2 {
        let asked = json!({"phones": mobiles(0, 2), "agreed_total": {"amount": "8.00", "currency": "KZT"}});
        let lookup = shop.browser.post("/v1/number-lookups", &asked).created().text("/lookup/id");
        for _ in 0..4 {
            platform.tick("jobs").ok();
            platform.pass(chrono::Duration::minutes(1));
        }
        let mut answers = shop.browser.list(&format!("/v1/number-lookups/{lookup}/results"));
        assert_eq!(answers.len(), 2);
        answers.iter_mut().for_each(|answer| answer["lookup"] = json!(lookup));
        answers.append(&mut wanted);
        wanted = answers;
    }
    assert_eq!(lines(&shop.browser, "lookups"), wanted, "the newest look-up first");
    assert!(file(&shop.browser, "lookups.csv").contains(",Kcell,"));
}

/// R10, R68: who took what out, and when, is known.
#[test]
fn each_file_is_an_act_of_the_log() {
    let platform = Platform::fresh();
    let shop = busy(&platform);
    file(&shop.browser, "messages.csv");
    let program = shop.program();
    file(&program, "contacts.jsonl");
    let exported = events(&shop.browser, "exported");
    let said: Vec<Value> =
        exported.iter().map(|event| json!([event["what"], event["format"], event["channel"]])).collect();
    assert_eq!(said, [json!(["messages", "csv", "cabinet"]), json!(["contacts", "jsonl", "api"])]);
}

/// R68: the file of contacts is one that any account can take in; a formula comes as a text.
#[test]
fn exported_contacts_can_be_uploaded_and_are_the_same() {
    let platform = Platform::fresh();
    let shop = busy(&platform);
    let table = file(&shop.browser, "contacts.csv");
    let header: Vec<&str> =
        table.trim_start_matches('\u{feff}').lines().next().expect("a header").split(',').collect();
    assert!(table.contains(r#""'=HYPERLINK(""http://x"")""#), "{table}");

    let other = Account::sign_up(&platform);
    let import = other.upload(table.clone());
    let said = |name: &str| import.integer(&format!("/decision_{name}"));
    assert_eq!((import.integer("/imported"), said("consents"), said("refusals")), (2, 1, 1));
    let stance = other.browser.post("/v1/decision-stances/lookup", &json!({"phone": mobile(0)})).ok();
    assert_eq!(stance.text("/stance"), "consented", "R99: a consent comes along");
    let kept = |contact: &Value| json!([contact["phone"], contact["name"]]);
    let of_shop: Vec<Value> = shop.contacts().iter().map(kept).collect();
    let mut of_other: Vec<Value> = other.contacts().iter().map(kept).collect();
    assert_eq!(of_other[1][1], json!("'=HYPERLINK(\"http://x\")"));
    of_other[1][1] = of_shop[1][1].clone();
    assert_eq!(of_other, of_shop, "phone and name are known by their columns");

    let third = Account::sign_up(&platform);
    let import = third.announce_confirmed_upload();
    third.send_file(&import, table.clone()).any_of(&[200, 202]);
    let number = |name: &str| header.iter().position(|column| *column == name).expect("a column") + 1;
    let choice = json!({"columns": [
        {"number": number("mobile_phone"), "kept_as": "phone"},
        {"number": number("full_name"), "kept_as": "name"},
        {"number": number("consent_source"), "kept_as": "consent_source"},
        {"number": number("consent_date"), "kept_as": "consent_date"},
        {"number": number("city"), "kept_as": "field", "field": "city"},
    ]});
    third.browser.put(&format!("/v1/contacts/imports/{import}/format"), &choice).any_of(&[200, 202]);
    third.completed(&import);
    let asem = &third.contacts()[0];
    assert_eq!((asem.text("/name"), asem.at("/fields")), ("Әсем".to_owned(), &json!({"city": "Семей"})));
    let proof = third.browser.get(&format!("/v1/contacts/{}/consent", asem.text("/id"))).ok();
    assert_eq!((proof.text("/source"), proof.text("/date")), ("a form".to_owned(), "2026-01-02".to_owned()));
}

/// R68, R128: until its day an account that is to be deleted takes its data along; nothing of it lies on the disk (R158).
#[test]
fn an_account_that_is_leaving_takes_its_data_along() {
    let platform = Platform::fresh();
    let shop = busy(&platform);
    let available = shop.browser.get("/v1/balance").ok()["available"].clone();
    let body = json!({"forfeits": available, "recipients_duty_acknowledged": true});
    shop.browser.post("/v1/account/deletion", &body).created();
    assert_eq!(lines(&shop.browser, "contacts").len(), 2);
    assert!(file(&shop.browser, "contacts.csv").contains(&mobile(0)));
    let found = files_containing(&platform.kept_in(), mobile(0).trim_start_matches('+'));
    assert!(found.is_empty(), "{found:?}");
}

/// R13, R18, R68: a file is made while it is taken. So whoever's key is revoked in the middle gets no more of it, and can
/// see that it is not whole; and nobody holds what is not taken yet.
#[test]
fn a_file_breaks_off_when_the_key_ends_and_shows_that_it_did() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    shop.top_up("10.00");
    let contacts = 50_000;
    shop.upload(csv_of(&mobiles(0, contacts)));
    let key = shop.new_api_key();
    let (whole, rows) = taken(&platform, &key.text("/key"), || {});
    assert!(whole, "the last chunk is there");
    assert_eq!(rows, contacts as usize + 1);
    let revoke = || shop.browser.delete(&format!("/v1/api-keys/{}", key.text("/id"))).no_content();
    let (whole, rows) = taken(&platform, &key.text("/key"), revoke);
    assert!(!whole, "{rows} rows, and the last chunk");
    assert!(rows > 0 && rows < contacts as usize, "{rows}");
}

/// Takes the contacts line by line; `meanwhile` happens after the first. Answers whether the file came to its end, as
/// HTTP says it, and how many lines there were.
fn taken(platform: &Platform, key: &str, meanwhile: impl FnOnce()) -> (bool, usize) {
    let address = platform.base().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the platform listens");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket takes a time-out");
    let head = format!(
        "GET /v1/exports/contacts.jsonl HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("the request is written");
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    stream.read_until(b'{', &mut line).expect("a first row");
    let beginning = String::from_utf8_lossy(&line).to_lowercase();
    assert!(
        beginning.starts_with("http/1.1 200") && beginning.contains("transfer-encoding: chunked"),
        "{beginning}"
    );
    assert!(!beginning.contains("content-length"), "{beginning}");
    meanwhile();
    let mut rest = Vec::new();
    // A connection that is cut may end by an error too, but nobody is kept waiting.
    let end = stream.read_to_end(&mut rest).map_err(|error| error.kind());
    assert!(!matches!(end, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "it neither goes on nor ends");
    let rows = rest.split(|byte| *byte == b'\n').filter(|line| line.ends_with(b"}")).count();
    (rest.ends_with(b"0\r\n\r\n"), rows)
}
