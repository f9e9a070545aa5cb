//! Signing up: what is refused, with what code, and that a refusal leaves nothing behind.

use sendbox_tests::{Account, Fields, Platform, SignUp, sign_in};
use serde_json::{Value, json};

/// Each wrong value of one field, with the code that it must answer.
fn wrong_fields() -> Vec<(&'static str, Value, &'static str)> {
    let text = |count: usize| json!("x".repeat(count));
    vec![
        ("/login", text(2), "login_too_short"),
        ("/login", text(65), "login_too_long"),
        ("/login", json!("дүкен-1"), "login_characters"),
        ("/login", json!("two words"), "login_characters"),
        ("/login", json!("Admin"), "login_forbidden"),
        ("/password", text(9), "password_too_short"),
        ("/password", text(129), "password_too_long"),
        ("/password", json!("qwerty12345"), "password_too_common"),
        ("/phone", json!("+7701555"), "phone_invalid"),
        ("/phone", json!("no number"), "phone_unparseable"),
        ("/email", json!("no address"), "email_invalid"),
        ("/name", json!(""), "name_invalid"),
        ("/kind", json!("bank"), "kind_unknown"),
        ("/truth_declared", json!(false), "truth_not_declared"),
        ("/offer/accepted", json!(false), "offer_not_accepted"),
        ("/pd_consent/given", json!(false), "pd_consent_not_given"),
    ]
}

/// R4, R5, R7, R22, R23, R194: each wrong field has its own answer, and after all of them the same
/// login is still free: no account was left half-made.
#[test]
fn a_refused_sign_up_leaves_no_account_behind() {
    let platform = Platform::shared();
    let visitor = platform.visitor();
    let login = SignUp::new(platform).login();
    for (field, value, code) in wrong_fields() {
        let sign_up = SignUp::new(platform).with("/login", json!(login)).with(field, value);
        sign_up.send(&visitor).refused(422, code);
    }
    let nobody = sign_in(&visitor, &login, sendbox_tests::PASSWORD);
    nobody.refused(401, "credentials_wrong");
    SignUp::new(platform).with("/login", json!(login)).send(&visitor).created();
}

/// R4: the password may not be built on the login.
#[test]
fn a_password_that_contains_the_login_is_refused() {
    let platform = Platform::shared();
    let sign_up = SignUp::new(platform);
    let password = format!("my-{}-password", sign_up.login());
    let answer = sign_up.with("/password", json!(password)).send(&platform.visitor());
    answer.refused(422, "password_contains_login");
}

/// R2, R21: nobody accepts a text other than the one in force, in the language that was shown.
#[test]
fn acceptance_of_another_text_than_the_one_in_force_is_refused() {
    let platform = Platform::shared();
    let visitor = platform.visitor();
    let in_kazakh = platform.shown("offer", "kk");
    let of_the_consent = platform.shown("pd_consent", "ru");
    let stale = (409, "document_version_stale");
    let mismatch = (422, "document_text_mismatch");
    for (pointer, wrong, (status, code)) in [
        ("/offer/version", json!("2020-01-01"), stale),
        ("/offer/sha256", json!("0".repeat(64)), mismatch),
        ("/offer/sha256", in_kazakh["sha256"].clone(), mismatch),
        ("/offer/sha256", of_the_consent["sha256"].clone(), mismatch),
        ("/pd_consent/version", json!("2020-01-01"), stale),
        ("/pd_consent/sha256", json!("0".repeat(64)), mismatch),
    ] {
        SignUp::new(platform).with(pointer, wrong).send(&visitor).refused(status, code);
    }
}

/// R22: consent is not part of the offer; leaving one out is not giving it.
#[test]
fn acceptance_and_consent_are_two_acts_and_both_are_required() {
    let platform = Platform::shared();
    for (act, code) in [("offer", "offer_not_accepted"), ("pd_consent", "pd_consent_not_given")] {
        SignUp::new(platform).without(act).send(&platform.visitor()).refused(422, code);
    }
    let receipts = SignUp::new(platform).send(&platform.visitor()).created();
    let receipts = receipts.list("/receipts").clone();
    let documents: Vec<String> = receipts.iter().map(|receipt| receipt.text("/document")).collect();
    assert_eq!(documents, ["offer", "pd_consent"]);
    assert_ne!(receipts[0].integer("/log_index"), receipts[1].integer("/log_index"));
    for receipt in &receipts {
        let shown = platform.shown(&receipt.text("/document"), "ru");
        assert_eq!(receipt["version"], shown["version"]);
        assert_eq!(receipt["sha256"], shown["sha256"]);
        assert_eq!(receipt.text("/language"), "ru");
        assert_eq!(receipt.text("/state"), "given");
    }
}

/// R4: logins differ by more than their letters' case.
#[test]
fn a_login_is_taken_in_every_spelling() {
    let platform = Platform::shared();
    let visitor = platform.visitor();
    let first = SignUp::new(platform);
    first.send(&visitor).created();
    for login in [first.login(), first.login().to_uppercase()] {
        let second = SignUp::new(platform).with("/login", json!(login));
        second.send(&visitor).refused(409, "login_taken");
    }
}

/// R1: the three kinds of customer.
#[test]
fn each_kind_of_customer_can_sign_up() {
    let platform = Platform::shared();
    for kind in ["natural_person", "entrepreneur", "legal_entity"] {
        let answer = SignUp::new(platform).with("/kind", json!(kind)).send(&platform.visitor());
        assert_eq!(answer.created().text("/account/kind"), kind);
    }
}

/// R7, R8: name, phone and address are all that is kept of a person, as declared, and nothing
/// claims that they were verified.
#[test]
fn nothing_more_than_the_contract_needs_is_collected() {
    let platform = Platform::shared();
    let answer = SignUp::new(platform).send(&platform.visitor()).created();
    let mut fields: Vec<&str> =
        answer.at("/account").as_object().expect("an account").keys().map(String::as_str).collect();
    fields.sort_unstable();
    let expected = [
        "created_at",
        "email",
        "id",
        "kind",
        "language",
        "login",
        "name",
        "number",
        "phone",
        "state",
        "truth_declared_at",
    ];
    assert_eq!(fields, expected);
    let mut more = SignUp::new(platform);
    more.0["birthday"] = json!("1990-01-01");
    more.send(&platform.visitor()).refused_field(422, "unknown_field", "birthday");
}

/// R5, R6: the owner keeps the data current; login and kind are not among them.
#[test]
fn the_owner_edits_the_data_but_not_the_login() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let change = json!({"name": "Ерлан Мысалов", "phone": "8 701 555 88 88", "language": "kk"});
    shop.browser.patch("/v1/account", &change).ok();
    let account = shop.browser.get("/v1/account").ok();
    assert_eq!(account.text("/name"), "Ерлан Мысалов");
    assert_eq!(account.text("/phone"), "+77015558888");
    assert_eq!(account.text("/language"), "kk");
    for field in ["login", "kind", "number", "state"] {
        let refused = shop.browser.patch("/v1/account", &json!({field: "other"}));
        refused.refused_field(422, "unknown_field", field);
    }
    let half_wrong = json!({"name": "Third Name", "email": "no address"});
    shop.browser.patch("/v1/account", &half_wrong).refused(422, "email_invalid");
    assert_eq!(shop.browser.get("/v1/account").ok().text("/name"), "Ерлан Мысалов");
}

/// R6: what stood there before a change is shown to the owner, and to no program and no stranger.
#[test]
fn the_owner_sees_what_the_data_were_before_each_change() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let first = shop.browser.get("/v1/account").ok();
    shop.browser.patch("/v1/account", &json!({"name": "Ерлан Мысалов", "language": "kk"})).ok();
    shop.browser.patch("/v1/account", &json!({"phone": "+77015558888"})).ok();
    let changes = shop.browser.list("/v1/account/changes?limit=1");
    let names: Vec<String> = changes.iter().map(|change| change.text("/name")).collect();
    assert_eq!(names, ["Ерлан Мысалов".to_owned(), first.text("/name")]);
    assert_eq!(changes[1].text("/language"), "ru");
    assert_eq!(changes[0].text("/phone"), first.text("/phone"));
    assert!(changes[0].text("/actor").starts_with("ses_"), "{}", changes[0]);
    shop.program().get("/v1/account/changes").refused(403, "session_required");
    assert!(Account::sign_up(platform).browser.list("/v1/account/changes").is_empty());
}

/// R2: whoever has no account can read the documents first.
#[test]
fn the_documents_can_be_read_before_signing_up() {
    let platform = Platform::shared();
    for kind in ["offer", "pd_policy", "pd_consent", "cookie_policy"] {
        let path = format!("/v1/documents/{kind}?language=kk");
        let text = platform.visitor().get(&path).ok().text("/text");
        assert!(text.chars().count() > 500, "{kind} is not the text: {text}");
    }
}
