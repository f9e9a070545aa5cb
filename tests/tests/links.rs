//! Short links in texts: where they lead, what they cost, and who of those that open them is a person (R50, R96).

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sendbox_tests::operator::{PlayedOperator, Reply};
use sendbox_tests::{Account, Answer, Campaign, Fields, Platform, Request, Settings};
use serde_json::{Value, json};

const SHOP: &str = "https://shop.kz/sale?id=7";
const TELEPHONE: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36";

/// What a Kannel was asked to send.
type Sent = Arc<Mutex<Vec<String>>>;

/// A Kannel that takes everything and remembers the texts.
fn kannel() -> (PlayedOperator, Sent) {
    let sent = Sent::default();
    let noted = Arc::clone(&sent);
    let played = PlayedOperator::start(move |asked| {
        noted.lock().expect("no test panics while it holds this").push(asked.parameter("text"));
        Reply::Answer(202, "0: Accepted for delivery".to_owned())
    });
    (played, sent)
}

fn shop_with(platform: &Platform, contacts: u32) -> Account<'_> {
    Account::with_contacts(platform, contacts, 1_000_000)
}

fn body(shop: &Account<'_>, text: &str, links: Value) -> Value {
    let mut body = shop.draft_body(text);
    body["links"] = links;
    body
}

fn draft<'b, 'a>(shop: &'b Account<'a>, text: &str, links: Value) -> Campaign<'b, 'a> {
    shop.campaign(&shop.browser.post("/v1/campaigns", &body(shop, text, links)).created().text("/id"))
}

fn shop_link() -> Value {
    json!([{"name": "shop", "url": SHOP}])
}

/// The paths of the links in the texts that were sent, each of the form `Sale: <link> today`.
fn paths(platform: &Platform, sent: &Sent) -> Vec<String> {
    let path = |text: &String| {
        let link = text.strip_prefix("Sale: ").and_then(|text| text.strip_suffix(" today"));
        let path = link.and_then(|link| link.strip_prefix(platform.base()));
        path.unwrap_or_else(|| panic!("no link of ours in `{text}`")).to_owned()
    };
    sent.lock().expect("no test panics while it holds this").iter().map(path).collect()
}

/// A campaign with one link that went to so many people; with the paths of their links.
fn gone_out<'b, 'a>(shop: &'b Account<'a>, sent: &Sent) -> (Campaign<'b, 'a>, Vec<String>) {
    let campaign = draft(shop, "Sale: {link:shop} today", shop_link());
    campaign.start();
    campaign.send_all();
    let paths = paths(shop.platform(), sent);
    (campaign, paths)
}

/// As a person's telephone opens a link.
fn by_a_person(path: &str) -> Request {
    Request::new("GET", path)
        .header("user-agent", TELEPHONE)
        .header("accept", "text/html,application/xhtml+xml")
        .header("accept-language", "ru-RU")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document")
}

fn leads_to_the_shop(answer: &Answer) {
    let answer = answer.clone().is(302);
    for (name, value) in
        [("location", SHOP), ("cache-control", "no-store"), ("referrer-policy", "no-referrer")]
    {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert_eq!(answer.text_body(), "");
}

/// `visits`, `visitors`, `previews` and `unknown` of a campaign's only link.
fn opened(campaign: &Campaign<'_, '_>) -> [i64; 4] {
    let links = campaign.report().links.clone().expect("a campaign of texts");
    let [link] = &links[..] else { panic!("one link: {links:?}") };
    assert_eq!(link.name, "shop");
    [link.visits, link.visitors, link.previews, link.unknown]
}

/// R96: no address that leads to a script, into a network, or back to us; and no link that works for ever.
#[test]
fn a_link_that_leads_elsewhere_than_to_the_web_is_refused() {
    let shop = Account::sign_up(Platform::shared());
    let refused = |link: Value, code: &str, field: &str| {
        let body = body(&shop, "Sale: {link:shop}", json!([link]));
        shop.browser.post("/v1/campaigns", &body).refused_field(422, code, field);
    };
    let url = "links[0].url";
    for address in ["javascript:alert(1)", "shop.kz", "https://user@shop.kz", "http://127.0.0.1/", ""] {
        refused(json!({"name": "shop", "url": address}), "link_address_invalid", url);
    }
    refused(json!({"name": "shop", "url": "http://localhost/"}), "link_address_not_public", url);
    for end in ["2020-01-01T00:00:00Z", "2036-01-01T00:00:00Z"] {
        let link = json!({"name": "shop", "url": SHOP, "expires_at": end});
        refused(link, "link_expiry_out_of_bounds", "links[0].expires_at");
    }
    assert!(shop.browser.list("/v1/campaigns").is_empty());
}

/// R96: a link to a link of ours would lead in a circle.
#[test]
fn a_link_to_ourselves_is_refused() {
    let variables = vec![("public_url", "https://sms.example.kz".to_owned())];
    let platform = Platform::with(Settings { variables, ..Settings::default() });
    let shop = Account::sign_up(&platform);
    let links = json!([{"name": "shop", "url": "http://SMS.example.kz/l/00000000000000"}]);
    let answer = shop.browser.post("/v1/campaigns", &body(&shop, "Sale: {link:shop}", links));
    answer.refused_field(422, "link_address_ours", "links[0].url");
}

/// Nobody gets a text with a hole in it, a code with a link in it, or a link that leads nowhere.
#[test]
fn texts_and_links_that_do_not_go_together_are_refused() {
    let shop = Account::sign_up(Platform::shared());
    let post = |text: &str, links: Value| shop.browser.post("/v1/campaigns", &body(&shop, text, links));
    post("Sale: {link:shop}", json!([])).refused_field(422, "link_not_given", "text");
    post("Sale", shop_link()).refused_field(422, "link_not_in_text", "links[0].name");
    let named = |name: &str| json!({"name": name, "url": SHOP});
    post("{link:A}", json!([named("A")])).refused_field(422, "link_name_invalid", "links[0].name");
    let four = json!(["a", "b", "c", "d"].map(named));
    post("{link:a}{link:b}{link:c}{link:d}", four).refused_field(422, "too_many_links", "links");
    let mut code = body(&shop, "Code 123456 {link:shop}", shop_link());
    code["class"] = json!("one_time_code");
    shop.browser.post("/v1/campaigns", &code).refused_field(422, "invalid_field", "links");
    let platform =
        Platform::with(Settings { variables: vec![("public_url", String::new())], ..Settings::default() });
    let shop = Account::sign_up(&platform);
    let answer = shop.browser.post("/v1/campaigns", &body(&shop, "Sale: {link:shop}", shop_link()));
    answer.refused(503, "public_url_not_configured");
}

/// R50: a text is priced as long as it is sent, with the link in the place of its name.
#[test]
fn a_text_is_measured_and_priced_with_its_links() {
    let platform = Platform::shared();
    let shop = shop_with(platform, 1);
    // One segment as it is written; with a link of 35 characters and more, two.
    let text = format!("{} {{link:shop}}", "ә".repeat(50));
    let measured = shop.browser.post("/v1/texts/measure", &json!({"text": text})).ok();
    assert_eq!(measured.integer("/units"), 51 + (platform.base().len() + "/l/".len() + 14) as i64);
    assert_eq!(measured.integer("/segments"), 2);
    let campaign = draft(&shop, &text, shop_link());
    let shown = campaign.get();
    assert_eq!((shown.integer("/segments"), shown.text("/text")), (2, text));
    assert_eq!(
        (shown.text("/links/0/name"), shown.text("/links/0/url")),
        ("shop".to_owned(), SHOP.to_owned())
    );
    assert_eq!(campaign.estimate().integer("/segments"), 2);
}

/// R96: each recipient's own link leads where the account said, and to nobody else's.
#[test]
fn every_recipient_gets_a_link_of_their_own_that_leads_to_the_shop() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 20);
    let (campaign, paths) = gone_out(&shop, &sent);
    let different: std::collections::BTreeSet<&String> = paths.iter().collect();
    assert_eq!(different.len(), 20);
    for path in &paths[..3] {
        leads_to_the_shop(&platform.visitor().send(by_a_person(path)));
    }
    assert_eq!(opened(&campaign), [3, 3, 0, 0]);
    for unknown in ["/l/00000000000000", "/l/x", "/l/https:%2F%2Fevil.kz"] {
        let answer = platform.visitor().get(unknown).is(404);
        assert_eq!(answer.header("location"), None, "{unknown}");
    }
}

/// R96: previews, scanners and bare requests are led on too, and are no visits.
#[test]
fn fetchers_are_led_on_and_are_no_visits() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 4);
    let (campaign, paths) = gone_out(&shop, &sent);
    let visitor = platform.visitor();
    leads_to_the_shop(&visitor.send(Request::new("HEAD", &paths[0]).header("user-agent", TELEPHONE)));
    assert_eq!(opened(&campaign), [0, 0, 0, 0], "a HEAD is not even counted");
    leads_to_the_shop(&visitor.send(by_a_person(&paths[0]).header("sec-purpose", "prefetch;prerender")));
    let messenger = "WhatsApp/2.24.25.78 A";
    leads_to_the_shop(&visitor.send(Request::new("GET", &paths[1]).header("user-agent", messenger)));
    leads_to_the_shop(&visitor.send(Request::new("GET", &paths[2]).header("user-agent", TELEPHONE)));
    assert_eq!(opened(&campaign), [0, 0, 2, 1]);
    leads_to_the_shop(&visitor.send(by_a_person(&paths[1])));
    assert_eq!(opened(&campaign), [1, 1, 2, 1], "the person behind the preview");
    leads_to_the_shop(&visitor.send(by_a_person(&paths[1])));
    assert_eq!(opened(&campaign), [1, 1, 2, 1], "loaded twice");
    platform.pass(chrono::Duration::minutes(1));
    leads_to_the_shop(&visitor.send(by_a_person(&paths[1])));
    assert_eq!(opened(&campaign), [2, 1, 2, 1]);
}

/// R96: an old link says so in the language of who sent it, and leads nowhere.
#[test]
fn an_expired_link_says_so() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 1);
    let (campaign, paths) = gone_out(&shop, &sent);
    platform.pass(chrono::Duration::days(367));
    let expired = platform.visitor().send(by_a_person(&paths[0])).is(410);
    assert_eq!((expired.header("location"), expired.header("cache-control")), (None, Some("no-store")));
    let shown = expired.text_body();
    assert!(shown.contains("<html lang=\"") && !shown.contains("link."), "a text is missing: {shown}");
    shop.sign_in_again();
    assert_eq!(opened(&campaign), [0, 0, 0, 0]);
}

/// R96: who opens a link is led on also while nobody can be counted, and is counted when they come again.
#[test]
fn a_busy_database_holds_nobody_up() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 1);
    let (campaign, paths) = gone_out(&shop, &sent);
    // The host makes the machine code of whoever answers when it is first asked for it.
    platform.visitor().get("/l/x").is(404);
    let Some(writer) = platform.hold_up_writers() else { return };
    let asked = Instant::now();
    leads_to_the_shop(&platform.visitor().send(by_a_person(&paths[0])));
    assert!(asked.elapsed() < Duration::from_secs(4), "as long as the database would have waited");
    drop(writer);
    assert_eq!(opened(&campaign), [0, 0, 0, 0]);
    leads_to_the_shop(&platform.visitor().send(by_a_person(&paths[0])));
    assert_eq!(opened(&campaign), [1, 1, 0, 0]);
}

/// R65: whoever is led to a shop can still refuse, and the one link is not the other.
#[test]
fn a_text_carries_its_links_and_the_one_for_refusing() {
    let (kannel, sent) = kannel();
    let platform = kannel.as_kannel();
    let shop = shop_with(&platform, 1);
    let mut both = body(&shop, "Sale: {link:shop} today", shop_link());
    both["opt_out_link"] = json!(true);
    let campaign = shop.campaign(&shop.browser.post("/v1/campaigns", &both).created().text("/id"));
    campaign.start();
    campaign.send_all();
    let text = sent.lock().expect("no test panics while it holds this").remove(0);
    let (sale, refusing) = text.split_once("\nSTOP: ").expect("both");
    let path = |link: &str| link.strip_prefix(platform.base()).expect("ours").to_owned();
    let sale =
        path(sale.strip_prefix("Sale: ").and_then(|text| text.strip_suffix(" today")).expect("a link"));
    leads_to_the_shop(&platform.visitor().send(by_a_person(&sale)));
    let as_the_other = path(refusing).replace("/o/", "/l/");
    platform.visitor().send(by_a_person(&as_the_other)).is(404);
    assert!(shop.browser.list("/v1/blacklist").is_empty());
    platform.visitor().send(Request::new("POST", &path(refusing))).is(200);
    assert_eq!(shop.browser.list("/v1/blacklist").len(), 1);
}
