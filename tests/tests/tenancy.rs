//! Another tenant's ids are nobody's ids: 404, and nothing changes.

use sendbox_tests::{Account, Fields, Platform, Request, csv_of, mobiles, wav};
use serde_json::json;

/// R182: whoever guesses or learns an id of another account gets the same answer as for an id
/// that never was, on every route and with every method.
#[test]
fn the_ids_of_another_account_do_not_exist() {
    let platform = Platform::shared();
    let owner = Account::sign_up(platform);
    let stranger = Account::sign_up(platform);

    let import = owner.upload(csv_of(&mobiles(0, 3))).text("/id");
    let waiting = owner.announce_upload();
    let contact = owner.contacts()[0].text("/id");
    owner.blacklist(&mobiles(9, 1));
    let listed = owner.browser.list("/v1/blacklist")[0].text("/id");
    let key = owner.new_api_key().text("/id");
    let campaign = owner.draft("Hello");
    let consent = owner.browser.list("/v1/consents")[0].text("/id");
    let campaign_path = campaign.path();
    let recording = format!("/v1/audio/{}", owner.recording(wav(2_000)));

    let agreed = json!({"agreed_total": {"amount": "45.00", "currency": "KZT"}});
    let nothing = json!({});
    for (method, path, body) in [
        ("GET", format!("/v1/contacts/imports/{import}"), None),
        ("GET", format!("/v1/contacts/imports/{import}/problems"), None),
        ("DELETE", format!("/v1/contacts/{contact}"), None),
        ("DELETE", format!("/v1/blacklist/{listed}"), None),
        ("DELETE", format!("/v1/api-keys/{key}"), None),
        ("DELETE", format!("/v1/consents/{consent}"), None),
        ("GET", recording.clone(), None),
        ("GET", format!("{recording}/file"), None),
        ("DELETE", recording.clone(), None),
        ("GET", campaign_path.clone(), None),
        ("DELETE", campaign_path.clone(), None),
        ("GET", format!("{campaign_path}/report"), None),
        ("POST", format!("{campaign_path}/estimate"), Some(&nothing)),
        ("POST", format!("{campaign_path}/start"), Some(&agreed)),
        ("POST", format!("{campaign_path}/pause"), Some(&nothing)),
        ("POST", format!("{campaign_path}/resume"), Some(&nothing)),
        ("POST", format!("{campaign_path}/cancel"), Some(&nothing)),
        ("GET", format!("/v1/messages?campaign={}", campaign.id), None),
        ("GET", format!("/v1/evidence?campaign={}", campaign.id), None),
    ] {
        let request = Request::new(method, &path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        stranger.browser.send(request).refused(404, "not_found");
    }
    stranger.send_file(&waiting, csv_of(&mobiles(20, 1))).refused(404, "not_found");

    assert_eq!(owner.contacts().len(), 3);
    assert_eq!(owner.browser.list("/v1/blacklist").len(), 1);
    assert_eq!(owner.browser.list("/v1/api-keys").len(), 1);
    assert_eq!(campaign.state(), "draft");
    owner.browser.get(&recording).ok();
    let import = owner.browser.get(&format!("/v1/contacts/imports/{waiting}")).ok();
    assert_eq!(import.text("/state"), "awaiting_file");
}

/// R182: lists show one's own and nobody else's.
#[test]
fn lists_hold_only_what_is_ones_own() {
    let platform = Platform::shared();
    let owner = Account::sign_up(platform);
    owner.top_up("100.00");
    owner.upload(csv_of(&mobiles(30, 2)));
    owner.blacklist(&mobiles(39, 1));
    owner.draft("Hello");
    owner.recording(wav(1_000));
    let stranger = Account::sign_up(platform);
    for path in [
        "/v1/contacts",
        "/v1/contacts/imports",
        "/v1/blacklist",
        "/v1/campaigns",
        "/v1/audio",
        "/v1/ledger",
        "/v1/api-keys",
    ] {
        assert!(stranger.browser.list(path).is_empty(), "{path}");
    }
    assert_eq!(stranger.available(), 0);
}

/// R65, R66: one account's blacklist is its own; the same person may be another's client.
#[test]
fn a_blacklist_binds_the_account_that_keeps_it() {
    let platform = Platform::shared();
    let one = Account::sign_up(platform);
    let other = Account::sign_up(platform);
    let phones = mobiles(40, 1);
    one.blacklist(&phones);
    assert_eq!(one.upload(csv_of(&phones)).integer("/blacklisted"), 1);
    assert_eq!(other.upload(csv_of(&phones)).integer("/blacklisted"), 0);
}
