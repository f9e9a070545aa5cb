//! Lists, tags, searches and audiences as their owner uses them, and a campaign that goes to one (R50, R61, R66, R67).

use sendbox_tests::{Account, Fields, Platform, Request, csv_of, mobile, mobiles};
use serde_json::{Value, json};

fn put(shop: &Account<'_>, contacts: &Value, lists: &[&str], tags: &[&str]) {
    let attestation = shop.attestation("recipients_attestation");
    let body = json!({
        "name": "by hand", "attestation": attestation, "contacts": contacts, "lists": lists, "tags": tags,
    });
    shop.browser.post("/v1/contacts", &body).is(200);
}

fn list(shop: &Account<'_>, name: &str) -> String {
    shop.browser.post("/v1/lists", &json!({"name": name})).created().text("/id")
}

fn draft_to<'b, 'a>(shop: &'b Account<'a>, audience: &Value) -> sendbox_tests::Campaign<'b, 'a> {
    let mut body = shop.draft_body("Hello");
    body["audience"] = audience.clone();
    let draft = shop.browser.post("/v1/campaigns", &body).created();
    assert_eq!(draft.at("/audience"), audience);
    shop.campaign(&draft.text("/id"))
}

fn phones(messages: &[Value]) -> Vec<String> {
    let mut phones: Vec<String> = messages.iter().map(|message| message.text("/phone")).collect();
    phones.sort();
    phones
}

/// R50, R66: the estimate says whom the campaign reaches, and it reaches them and nobody else.
#[test]
fn a_campaign_goes_to_a_list_without_those_who_are_left_out() {
    let shop = Account::with_contacts(Platform::shared(), 6, 1_000_000);
    let regulars = list(&shop, "Regulars");
    let change = json!({"change": "add", "phones": mobiles(0, 4)});
    let changed = shop.browser.post(&format!("/v1/lists/{regulars}/contacts"), &change).ok();
    assert_eq!((changed.integer("/contacts"), changed.integer("/changed")), (4, 4));
    shop.blacklist(&[mobile(3)]);
    let audience = json!({"include": {"lists": [&regulars]}, "exclude": [{"phones": [mobile(0)]}]});
    let campaign = draft_to(&shop, &audience);
    let estimate = campaign.estimate();
    let counts = ["/contacts", "/blacklisted", "/messages"].map(|count| estimate.integer(count));
    assert_eq!(counts, [3, 1, 2]);
    campaign.start();
    let change = json!({"change": "add", "phones": [mobile(5)]});
    shop.browser.post(&format!("/v1/lists/{regulars}/contacts"), &change).ok();
    let report = campaign.send_all();
    assert_eq!((report.handed_over, report.blocked), (2, 1));
    assert_eq!(phones(&campaign.messages()), [mobile(1), mobile(2), mobile(3)]);
}

/// R61: of a large base an estimate comes with the two counts between which the truth lies; it is asked for by name, and what
/// is known is never estimated.
#[test]
fn a_large_base_is_estimated_where_an_estimate_will_do() {
    let shop = Account::sign_up(Platform::shared());
    shop.top_up("1.00");
    shop.upload(csv_of(&mobiles(0, 20_400)));
    let some = list(&shop, "Some");
    let change = json!({"change": "add", "phones": mobiles(0, 6_000)});
    shop.browser.post(&format!("/v1/lists/{some}/contacts"), &change).ok();
    let count = |audience: &Value, estimate: bool| {
        let body = json!({"audience": audience, "estimate": estimate});
        shop.browser.post("/v1/audiences/count", &body).ok()
    };
    let all_but_some = json!({"include": {}, "exclude": [{"lists": [&some]}]});
    let counted = count(&all_but_some, false);
    assert_eq!((counted.integer("/contacts"), counted.pointer("/between")), (14_400, None));
    let estimated = count(&all_but_some, true);
    let [contacts, least, most] =
        ["/contacts", "/between/at_least", "/between/at_most"].map(|at| estimated.integer(at));
    assert!(least <= contacts && contacts <= most && most - least < 1_500, "{estimated:?}");
    // Seven times what one estimate differs from another by.
    assert!((contacts - 14_400).abs() < 1_000, "{estimated:?}");
    let known = count(&json!({"include": {"lists": [&some]}}), true);
    assert_eq!((known.integer("/contacts"), known.pointer("/between")), (6_000, None));
}

/// R50: what the audience named is gone, so nobody knows any more whom it would have left out.
#[test]
fn a_campaign_whose_list_was_deleted_says_so_and_does_not_start() {
    let shop = Account::with_contacts(Platform::shared(), 2, 1_000_000);
    let out = list(&shop, "Not these");
    let campaign = draft_to(&shop, &json!({"include": {}, "exclude": [{"lists": [&out]}]}));
    let total = campaign.estimate().at("/total").clone();
    shop.browser.delete(&format!("/v1/lists/{out}")).is(204);
    campaign.try_start_at(&total).refused(422, "list_unknown");
    assert_eq!((campaign.state().as_str(), shop.contacts().len()), ("draft", 2));
}

#[test]
fn an_audience_that_nobody_can_mean_is_refused_with_its_part() {
    let shop = Account::with_contacts(Platform::shared(), 1, 100);
    let campaigns = |audience: Value| {
        let mut body = shop.draft_body("Hello");
        body["audience"] = audience;
        shop.browser.post("/v1/campaigns", &body)
    };
    campaigns(json!({"exclude": [{}]})).refused_field(422, "invalid_field", "audience.exclude");
    campaigns(json!({"include": {"tags": ["a,b"]}})).refused_field(
        422,
        "invalid_field",
        "audience.include.tags",
    );
    campaigns(json!({"include": {"phones": ["12"]}})).refused_field(422, "phone_invalid", "audience.phones");
    campaigns(json!({"include": {"tags": ["nobody"]}})).refused(422, "tag_unknown");
    let rule = json!({"rule": "field_is", "name": "town", "values": ["Semey"]});
    campaigns(json!({"include": {"rules": [rule]}})).refused(422, "field_unknown");
    let nobody = "cmp_ffffffffffffffffffffffffffffffff";
    let rule = json!({"rule": "campaign", "campaign": nobody, "outcome": "got"});
    campaigns(json!({"include": {"rules": [rule]}})).refused(422, "campaign_unknown");
}

/// R61, R69: people are found by what is known of them.
#[test]
fn contacts_are_found_by_name_number_list_and_tag() {
    let shop = Account::sign_up(Platform::shared());
    let regulars = list(&shop, "Regulars");
    let people = json!([
        {"phone": mobile(1), "name": "Айгүл Серікова", "fields": {"city": "Семей"}},
        {"phone": mobile(2), "name": "Пётр Айтбаев"},
    ]);
    put(&shop, &people, &[&regulars], &["VIP"]);
    let find = |query: &str| phones(&shop.browser.list(&format!("/v1/contacts?{query}")));
    assert_eq!(find("name=%D0%90%D0%99"), [mobile(1), mobile(2)]);
    assert_eq!(find("name=%D0%BF%D0%B5%D1%82%D1%80"), [mobile(2)]);
    assert_eq!(
        find(&format!("list={regulars}&tag=vip&phone={}", mobile(1).replace('+', "%2B"))),
        [mobile(1)]
    );
    let fields = shop.browser.get("/v1/contacts/fields").ok();
    assert_eq!(fields.at("/items"), &json!([{"name": "city"}]));
    let rule = json!({"rule": "field_is", "name": "city", "values": ["Семей"]});
    let count =
        shop.browser.post("/v1/audiences/count", &json!({"audience": {"include": {"rules": [rule]}}})).ok();
    assert_eq!((count.integer("/contacts"), count.integer("/blacklisted")), (1, 0));
    for query in ["name=a", "list=x", "tag=a%2Cb"] {
        shop.browser.get(&format!("/v1/contacts?{query}")).refused(422, "invalid_field");
    }
    let tags = shop.browser.list("/v1/tags");
    assert_eq!((tags[0].text("/tag").as_str(), tags[0].integer("/contacts")), ("VIP", 2));
}

/// R67: an audience that says nothing would take everybody, which must be said in so many words.
#[test]
fn whom_an_audience_takes_is_deleted_with_a_receipt() {
    let shop = Account::with_contacts(Platform::shared(), 4, 100);
    let delete =
        |audience: Value| shop.browser.post("/v1/contacts/deletions", &json!({"audience": audience}));
    delete(json!({})).refused_field(422, "invalid_field", "audience");
    let receipt = delete(json!({"include": {"phones": mobiles(0, 3)}})).ok();
    assert_eq!(receipt.integer("/deleted"), 3);
    assert_eq!(shop.contacts().len(), 1);
}

/// R182: lists, tags and audiences of another account are not there.
#[test]
fn what_another_account_keeps_is_not_found() {
    let (shop, other) = (Account::sign_up(Platform::shared()), Account::sign_up(Platform::shared()));
    let mine = list(&shop, "Mine");
    let body = json!({"name": "Mine", "audience": {"include": {"lists": [&mine]}}});
    let kept = shop.browser.post("/v1/audiences", &body).created().text("/id");
    other.browser.post("/v1/audiences", &body).refused(422, "list_unknown");
    for path in
        [format!("/v1/lists/{mine}"), format!("/v1/lists/{mine}/contacts"), format!("/v1/audiences/{kept}")]
    {
        other.browser.get(&path).refused(404, "not_found");
    }
    other.browser.delete(&format!("/v1/lists/{mine}")).refused(404, "not_found");
    let renamed = Request::new("PATCH", &format!("/v1/lists/{mine}")).json(&json!({"name": "Theirs"}));
    other.browser.send(renamed).refused(404, "not_found");
}
