//! Refusing further messages by the link in one: what it says, what it does, what it never does (R65, R66,
//! R69).

use std::sync::{Arc, Mutex};

use sendbox_tests::operator::{PlayedOperator, Reply};
use sendbox_tests::{
    Account, Answer, Browser, Campaign, Fields, Platform, Request, Settings, csv_of, mobile,
};
use serde_json::{Value, json};

/// What a Kannel was asked to send: `(number, text)`.
type Sent = Arc<Mutex<Vec<(String, String)>>>;

/// A Kannel that takes everything and remembers it.
fn kannel() -> (PlayedOperator, Sent) {
    let sent = Sent::default();
    let noted = Arc::clone(&sent);
    let played = PlayedOperator::start(move |asked| {
        let message = (asked.parameter("to"), asked.parameter("text"));
        noted.lock().expect("no test panics while it holds this").push(message);
        Reply::Answer(202, "0: Accepted for delivery".to_owned())
    });
    (played, sent)
}

fn shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    Account::with_contacts(platform, contacts, 1_000_000)
}

fn draft<'b, 'a>(shop: &'b Account<'a>, text: &str, link: Option<bool>) -> Campaign<'b, 'a> {
    let mut body = shop.draft_body(text);
    body["opt_out_link"] = json!(link);
    shop.campaign(&shop.browser.post("/v1/campaigns", &body).created().text("/id"))
}

/// The path of the link in a sent text.
fn link_in(platform: &Platform, text: &str) -> String {
    let (_, link) = text.split_once("\nSTOP: ").unwrap_or_else(|| panic!("no link in `{text}`"));
    link.strip_prefix(platform.base()).unwrap_or_else(|| panic!("`{link}` is not ours")).to_owned()
}

fn texts_to(sent: &Sent) -> Vec<(String, String)> {
    sent.lock().expect("no test panics while it holds this").clone()
}

fn page(answer: &Answer, status: u16) -> String {
    let answer = answer.clone().is(status);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        answer.header("referrer-policy"),
        Some("no-referrer"),
        "the address is nobody else's business"
    );
    let policy = answer.header("content-security-policy").unwrap_or_default().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("script"), "{policy}");
    answer.text_body()
}

fn refuse(platform: &Platform, path: &str) -> Answer {
    platform.visitor().send(Request::new("POST", path))
}

fn blacklist(shop: &Account<'_>) -> Vec<Value> {
    shop.browser.list("/v1/blacklist")
}

/// R65: what nobody was sent opens nothing, and previews of links refuse nothing.
#[test]
fn only_the_button_refuses_and_only_with_a_link_that_was_sent() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 1);
    let campaign = draft(&shop, "Hello", Some(true));
    campaign.start();
    campaign.send_all();
    let path = link_in(&platform, &texts_to(&sent)[0].1);
    let visitor = platform.visitor();
    for _ in 0..3 {
        page(&visitor.get(&path), 200);
    }
    for unknown in ["/o/00000000000000", "/o/zzzzzzzzzzzzzz", "/o/x"] {
        page(&refuse(&platform, unknown), 404);
    }
    visitor.put(&path, &json!({})).refused(405, "method_not_allowed");
    visitor.get("/o").refused(404, "not_found");
    assert!(blacklist(&shop).is_empty(), "nobody has pressed the button");
}

/// R65, R66: one press, and this sender writes no more; the sender cannot undo it; nobody else is touched.
#[test]
fn one_press_stops_the_senders_messages_for_good() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 2);
    let campaign = draft(&shop, "Hello", Some(true));
    campaign.start();
    campaign.send_all();
    let (number, text) = texts_to(&sent)[0].clone();
    let path = link_in(&platform, &text);
    assert_eq!(path.len(), "/o/".len() + 14);
    let shown = page(&refuse(&platform, &path), 200);
    let digits = number.trim_start_matches('+');
    assert!(!shown.contains(&digits[1..]), "the page shows no number");
    let entries = blacklist(&shop);
    assert_eq!((entries.len(), entries[0].text("/source").as_str()), (1, "opt_out"));
    assert!(entries[0].text("/phone").ends_with(&digits[1..]), "{entries:?}");
    let entry = entries[0].text("/id");
    shop.browser.delete(&format!("/v1/blacklist/{entry}")).refused(404, "not_found");

    page(&refuse(&platform, &path), 200);
    assert_eq!(blacklist(&shop).len(), 1, "a second press changes nothing");
    let next = draft(&shop, "Hello again", None);
    assert_eq!(next.estimate().integer("/blacklisted"), 1);
    next.start();
    assert_eq!(next.send_all().handed_over, 1);
    assert!(texts_to(&sent).iter().all(|(to, text)| text != "Hello again" || *to != number));
}

/// R69: the link outlives the sender's contact.
#[test]
fn the_link_still_works_when_the_contact_is_deleted() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 1);
    let campaign = draft(&shop, "Hello", Some(true));
    campaign.start();
    campaign.send_all();
    shop.browser.delete("/v1/contacts").ok();
    let path = link_in(&platform, &texts_to(&sent)[0].1);
    page(&refuse(&platform, &path), 200);
    let imported = shop.upload(csv_of(&[mobile(0)]));
    assert_eq!(imported.integer("/blacklisted"), 1, "the number is known when it comes again: {imported}");
}

/// Each message has a link of its own, so that nobody refuses for somebody else.
#[test]
fn every_message_has_a_link_of_its_own() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 20);
    let campaign = draft(&shop, "Hello", Some(true));
    campaign.start();
    campaign.send_all();
    let links: std::collections::BTreeSet<String> =
        texts_to(&sent).iter().map(|(_, text)| link_in(&platform, text)).collect();
    assert_eq!(links.len(), 20);
}

/// R47, R50: the link is measured and priced before anybody agrees, and costs what was agreed to.
#[test]
fn the_link_is_measured_and_priced_with_the_text() {
    let platform = Platform::shared();
    let shop = shop_with(platform, 2);
    // One segment alone; with the link, two.
    let text = "ә".repeat(60);
    let measure = |link: bool| {
        let body = json!({"text": text, "opt_out_link": link});
        shop.browser.post("/v1/texts/measure", &body).ok().integer("/segments")
    };
    assert_eq!((measure(false), measure(true)), (1, 2));
    let (plain, linked) = (draft(&shop, &text, None), draft(&shop, &text, Some(true)));
    assert_eq!((plain.get().integer("/segments"), linked.get().integer("/segments")), (1, 2));
    assert_eq!(linked.get().text("/text"), text, "the text stays the owner's");
    assert_eq!(linked.estimate().money("/total"), 2 * plain.estimate().money("/total"));
    linked.start();
    assert_eq!(linked.send_all().charged(), 2 * 2 * 1500);
    let too_long = json!({
        "name": "A campaign", "text": "ә".repeat(10 * 67), "class": "informational", "opt_out_link": true,
        "attestation": shop.attestation("content_attestation"),
    });
    shop.browser.post("/v1/campaigns", &too_long).refused_field(422, "text_length_invalid", "text");
}

/// R79: whoever gets advertising can refuse it.
#[test]
fn advertising_always_carries_a_link() {
    let platform = Platform::shared();
    let shop = shop_with(platform, 1);
    let mut body = shop.draft_body("Sale!");
    body["class"] = json!("advertising");
    assert!(shop.browser.post("/v1/campaigns", &body).created().boolean("/opt_out_link"));
    body["opt_out_link"] = json!(false);
    let refused = shop.browser.post("/v1/campaigns", &body);
    refused.refused_field(422, "opt_out_link_needed", "opt_out_link");
    body["class"] = json!("informational");
    assert!(!shop.browser.post("/v1/campaigns", &body).created().boolean("/opt_out_link"));
}

/// Without an address of its own a deployment makes no links that lead nowhere.
#[test]
fn without_an_address_there_are_no_links() {
    let variables = vec![("public_url", String::new())];
    let platform = Platform::with(Settings { variables, ..Settings::default() });
    let shop = shop_with(&platform, 1);
    let mut body = shop.draft_body("Hello");
    body["opt_out_link"] = json!(true);
    shop.browser.post("/v1/campaigns", &body).refused(503, "public_url_not_configured");
    body["class"] = json!("advertising");
    shop.browser.post("/v1/campaigns", &body).refused(503, "public_url_not_configured");
    assert!(shop.browser.list("/v1/campaigns").is_empty());
}

/// The page speaks the person's language, and can be asked for in another.
#[test]
fn the_page_speaks_three_languages() {
    let visitor = Platform::shared().visitor();
    for (language, word) in [("kk", "тоқтату"), ("ru", "Остановить"), ("en", "Stop the messages")]
    {
        let asked = Request::new("GET", "/o/00000000000000").header("accept-language", language);
        let shown = page(&visitor.send(asked), 200);
        assert!(shown.contains(word) && shown.contains(&format!("<html lang=\"{language}\">")), "{shown}");
        let picked = page(&visitor.get(&format!("/o/00000000000000?language={language}")), 200);
        assert!(picked.contains(word), "{picked}");
        assert!(!shown.contains("opt_out."), "a text is missing: {shown}");
    }
}

/// R118: an invented link is refused without a look into the database, so it is not even counted; whoever goes on
/// pressing a real one is put off.
#[test]
fn invented_links_are_refused_and_many_presses_from_one_network_are_put_off() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 1);
    let campaign = draft(&shop, "Hello", Some(true));
    campaign.start();
    campaign.send_all();
    for invented in ["/o/x", "/o/00000000000000"] {
        assert!((0..70).all(|_| refuse(&platform, invented).status == 404), "{invented}");
    }
    let path = link_in(&platform, &texts_to(&sent)[0].1);
    let put_off = (0..70).filter(|_| refuse(&platform, &path).status == 429).count();
    assert!((1..=10).contains(&put_off), "{put_off} of 70 were put off");
}

/// R69: a person on a telephone opens the link of their message and presses the one button there.
#[test]
fn a_person_refuses_by_one_press_in_a_browser() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 1);
    let campaign = draft(&shop, "Hello", Some(true));
    campaign.start();
    campaign.send_all();
    let path = link_in(&platform, &texts_to(&sent)[0].1);
    let browser = Browser::start(&platform, "kk");
    browser.widen_to(390);
    browser.open(&format!("{path}?language=kk"));
    browser.see_word("opt_out.text");
    assert_eq!(browser.overflow_px(), 0, "the page runs off the side of a telephone");
    assert!(blacklist(&shop).is_empty(), "opening the page refuses nothing");
    browser.click("opt_out.button");
    browser.see_word("opt_out.done_text");
    assert_eq!(blacklist(&shop).len(), 1);
    assert_eq!(browser.faults(), Vec::<String>::new());
}
