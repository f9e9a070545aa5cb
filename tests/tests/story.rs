//! The main story, from sign-up to proof: at every step the figures add up.

use std::collections::BTreeSet;

use chrono::Duration;
use sendbox_tests::{Account, Fields, Platform, instant, mobile, sendbox, tenge, verifies, workspace};

/// Eight recipients in order, one of them blacklisted besides, one twice, one slip, one abroad.
fn clients() -> String {
    let mut file = String::from("phone,name\n");
    for index in 0..9 {
        file.push_str(&format!("{},Recipient {index}\n", mobile(index)));
    }
    file.push_str("8 (701) 555-00-03,Recipient 3 again\n");
    file.push_str("12345,A slip\n");
    file.push_str("+1 202 555 0143,Abroad\n");
    file
}

/// The blacklisted one of them.
fn listed() -> String {
    mobile(8)
}

/// 11.00 for the operator and 4.00 for the service, for a text of one segment.
const PRICE: i64 = 1500;

/// R43, R46, R48, R66, R70, R80, R89, R91, R94: what was uploaded is accounted for row by row, what
/// was sent message by message, and what was paid tiyn by tiyn; and the proof of it holds offline.
#[test]
fn from_sign_up_to_proof_every_figure_adds_up() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    shop.top_up("1000.00");
    assert_eq!(shop.available(), 100_000);

    let import = shop.upload(clients());
    assert_eq!(import.integer("/rows"), 12);
    assert_eq!(import.integer("/imported"), 9);
    assert_eq!(import.integer("/duplicates"), 1);
    assert_eq!(import.integer("/rejected"), 2);
    assert_eq!(shop.contacts().len(), 9);
    shop.blacklist(&[listed()]);

    let campaign = shop.draft("Your order is ready");
    let estimate = campaign.estimate();
    assert_eq!(estimate.integer("/contacts"), 9);
    assert_eq!(estimate.integer("/blacklisted"), 1);
    assert_eq!(estimate.integer("/messages"), 8);
    assert_eq!(estimate.money("/price_per_message"), PRICE);
    assert_eq!(estimate.money("/total"), 8 * PRICE);
    assert!(estimate.boolean("/sufficient") && estimate.boolean("/window/open"), "{estimate}");

    let began = platform.now();
    campaign.start();
    let report = campaign.send_all();
    assert_eq!(report.messages, report.handed_over + report.blocked);
    assert_eq!(report.handed_over, 8);
    assert_eq!(report.charged(), 8 * PRICE);
    assert_eq!(report.charged.operator.0.0, 8 * 1100);
    assert_eq!(report.charged.service.0.0, 8 * 400);
    assert_eq!(report.held.0.0, 0);
    assert_eq!(campaign.state(), "completed");

    platform.deliver();
    let report = campaign.report();
    assert_eq!(report.awaiting_report, 0);
    assert_eq!(report.charged(), 8 * PRICE, "a report changes no charge (R48)");

    let balance = shop.balance();
    assert_eq!(balance.available.0.0, 100_000 - 8 * PRICE);
    assert_eq!(balance.held.0.0, 0);
    assert_eq!(balance.ledger_sum.0.0, 0);

    every_transfer_adds_up_to_zero(&shop);
    every_message_tells_its_own_story(&campaign.messages(), began);
    the_proof_holds_offline(&shop, &campaign.id, 8);
}

/// R43: the ledger is double-entry, and the balance is what its entries say.
fn every_transfer_adds_up_to_zero(shop: &Account<'_>) {
    let mut available = 0;
    let mut captured = 0;
    for transfer in shop.ledger() {
        let entries = transfer.list("/entries");
        let amounts = |book: Option<&str>| -> i64 {
            let wanted = entries.iter().filter(|entry| book.is_none_or(|book| entry.text("/book") == book));
            wanted.map(|entry| sendbox_tests::tiyn(&entry.text("/amount"))).sum()
        };
        assert_eq!(amounts(None), 0, "{transfer}");
        available += amounts(Some("available"));
        if transfer.text("/kind") == "capture" {
            captured += transfer.integer("/messages");
        }
    }
    assert_eq!(available, shop.available());
    assert_eq!(captured, 8, "messages that were written off");
}

/// R85, R89, R90: number, time, local time, the rule that allowed it, result and price.
fn every_message_tells_its_own_story(messages: &[serde_json::Value], began: chrono::DateTime<chrono::Utc>) {
    let mut reached = Vec::new();
    for message in messages {
        let phone = message.text("/phone");
        if message.text("/state") == "blocked" {
            assert_eq!(phone, listed());
            assert_eq!(message.text("/reason"), "blacklisted");
            assert!(message.is_null_at("/charged") && message.is_null_at("/handed_over_at"));
            continue;
        }
        assert_eq!(message.money("/charged"), PRICE);
        assert_eq!(message.integer("/segments"), 1);
        let at = instant(&message.text("/handed_over_at"));
        let since = at - began;
        assert!(since >= -Duration::seconds(1) && since < Duration::minutes(10), "{message}");
        let local = message.text("/handed_over_local");
        assert!(local.ends_with("+05:00") && instant(&local) == at, "{message}");
        assert!(!message.text("/window_rule").is_empty());
        assert!(instant(&message.text("/result_at")) >= at, "{message}");
        reached.push(phone);
    }
    reached.sort();
    assert_eq!(reached, sendbox_tests::mobiles(0, 8));
}

/// R91, R93: every hand-over is proven offline by the command alone, all of them by all pages together; with one
/// page left out, or one letter changed, nothing is.
fn the_proof_holds_offline(shop: &Account<'_>, campaign: &str, handed_over: usize) {
    shop.platform().sign_log();
    let key = shop.platform().visitor().get("/v1/log/key").is(200).text_body();
    let folder = shop.platform().state_folder();
    let mut proven = BTreeSet::new();
    let mut pages = Vec::new();
    for (number, file) in shop.evidence(&format!("campaign={campaign}")).iter().enumerate() {
        let page: serde_json::Value = serde_json::from_str(file).expect("an evidence file");
        for event in page.list("/events") {
            if event.text("/event/kind") == "handed_over" {
                assert!(proven.insert(event.text("/event/message")), "proven twice: {event}");
            }
        }
        let forged = file.replacen("handed_over_at", "handed_over_aT", 1);
        assert!(!verifies(&forged, None).success, "a forged file was believed");
        let path = folder.with_file_name(format!("page-{number}.json"));
        std::fs::write(&path, file).expect("written");
        pages.push(path.display().to_string());
    }
    assert_eq!(proven.len(), handed_over);
    let verify = |pages: &[String]| {
        let words = ["verify", "--key", key.trim()].into_iter().chain(pages.iter().map(String::as_str));
        sendbox(&words.collect::<Vec<_>>(), "")
    };
    let verified = verify(&pages);
    assert!(verified.success, "{verified:?}");
    if pages.len() > 1 {
        assert!(!verify(&pages[1..]).success && !verify(&pages[..1]).success, "a page was left out");
    }
}

/// R45, R48, R66, R70, R87: the same with ten thousand rows as people keep them: many spellings,
/// doubles, foreign numbers, slips, fixed lines.
#[test]
fn ten_thousand_rows_are_accounted_for_to_the_last() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let file = std::fs::read(workspace().join("tests/data/contacts-10000.csv")).expect("the list");
    let import = shop.upload(file);
    assert_eq!(import.integer("/rows"), 10_000);
    assert_eq!(import.integer("/duplicates"), 380);
    assert_eq!(import.integer("/imported"), 9_120, "mobile numbers only: a fixed line takes no text");
    assert_eq!(import.integer("/rejected"), 500);

    let campaign = shop.draft("Your order is ready");
    let messages = campaign.estimate().integer("/messages");
    shop.top_up(&tenge(messages * PRICE));
    campaign.start();
    let report = campaign.send_all();
    assert_eq!(report.handed_over, messages);
    assert_eq!(report.messages, report.handed_over + report.blocked);
    assert_eq!(report.charged(), messages * PRICE);
    let balance = shop.balance();
    assert_eq!((balance.available.0.0, balance.held.0.0), (0, 0));
    assert_eq!(balance.ledger_sum.0.0, 0);
    let phones: BTreeSet<String> = campaign.messages().iter().map(|message| message.text("/phone")).collect();
    assert_eq!(i64::try_from(phones.len()).expect("few"), report.messages, "somebody twice");
    the_proof_holds_offline(&shop, &campaign.id, usize::try_from(messages).expect("few"));
}
