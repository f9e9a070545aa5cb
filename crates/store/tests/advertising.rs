//! Advertising is sent with the service's consent only: to one campaign, for one text, until it is taken
//! back (R79, X5).

use domain::account::AccountKind;
use domain::campaign::MessageClass::{Advertising, Informational};
use pollster::FutureExt as _;
use sendbox_store::cell::{AdvertisingDecision, LeaseOutcome, NewAdvertisingDecision};
use sendbox_store::{Refusal, StoreError};
use serde_json::json;

use crate::support::{Bench, MINUTE, PRICE, numbers};

fn decide(bench: &Bench, campaign: &str, approved: bool) -> Result<AdvertisingDecision, StoreError> {
    decide_on(bench, campaign, &bench.content_sha256(campaign), approved)
}

fn decide_on(
    bench: &Bench,
    campaign: &str,
    content_sha256: &str,
    approved: bool,
) -> Result<AdvertisingDecision, StoreError> {
    let new = NewAdvertisingDecision {
        campaign: campaign.to_owned(),
        content_sha256: content_sha256.to_owned(),
        approved,
        by: "Duty lawyer".to_owned(),
        basis: "Letter 12".to_owned(),
    };
    bench.tenant().decide_advertising(&bench.staff_act(), &new).block_on()
}

/// Two contacts, money for both, and an advertising draft.
fn advertiser() -> (Bench, String) {
    let bench = Bench::new();
    bench.upload(&numbers(2));
    bench.top_up("pay_1", 2 * PRICE).expect("credited");
    let campaign = bench.draft_of(Advertising);
    (bench, campaign)
}

#[test]
fn advertising_without_consent_or_after_a_refusal_does_not_start() {
    let (bench, campaign) = advertiser();
    let refused = || Err(Refusal::AdvertisingNotApproved.into());
    assert_eq!(bench.start_agreed(&campaign, 2), refused());
    decide(&bench, &campaign, true).expect("decided");
    bench.pass(MINUTE);
    decide(&bench, &campaign, false).expect("decided");
    assert_eq!(bench.start_agreed(&campaign, 2), refused());
    assert!(bench.events("campaign_started").is_empty());
}

/// Consent to one campaign is no consent to the next.
#[test]
fn consent_lets_its_own_campaign_start_and_no_other() {
    let (bench, campaign) = advertiser();
    let other = bench.draft_of(Advertising);
    decide(&bench, &campaign, true).expect("decided");
    assert_eq!(bench.start_agreed(&other, 2), Err(Refusal::AdvertisingNotApproved.into()));
    bench.start_agreed(&campaign, 2).expect("started");
}

/// Consent is to a text, not to a campaign's name.
#[test]
fn consent_to_another_text_is_refused() {
    let (bench, campaign) = advertiser();
    let other = "00".repeat(32);
    assert_eq!(decide_on(&bench, &campaign, &other, true), Err(Refusal::TextMismatch.into()));
    assert_eq!(bench.tenant().advertising_decisions(&campaign).block_on(), Ok(vec![]));
    assert_eq!(bench.start_agreed(&campaign, 2), Err(Refusal::AdvertisingNotApproved.into()));
}

#[test]
fn a_decision_is_about_advertising_that_is_still_to_be_sent() {
    let (bench, campaign) = advertiser();
    let notice = bench.draft_of(Informational);
    assert_eq!(decide(&bench, &notice, true), Err(Refusal::CampaignNotAdvertising.into()));
    decide(&bench, &campaign, true).expect("decided");
    bench.start_agreed(&campaign, 2).expect("started");
    bench.tenant().cancel_campaign(&bench.act(), &campaign).block_on().expect("cancelled");
    assert_eq!(decide(&bench, &campaign, false), Err(Refusal::CampaignStateConflict.into()));
    let nobody = format!("cmp_{}", "f".repeat(32));
    assert_eq!(decide(&bench, &nobody, true), Err(Refusal::NotFound.into()));
}

/// R86: the gate stands where messages are taken, so a refusal stops what runs.
#[test]
fn a_refusal_stops_a_running_campaign_and_consent_lets_it_go_on() {
    let (bench, campaign) = advertiser();
    decide(&bench, &campaign, true).expect("decided");
    bench.start_agreed(&campaign, 2).expect("started");
    bench.prepare_all(&campaign);
    bench.hand_over(&campaign, 1);
    decide(&bench, &campaign, false).expect("decided");
    assert_eq!(bench.lease(&campaign, 10), LeaseOutcome::Nothing);
    bench.pass(MINUTE);
    decide(&bench, &campaign, true).expect("decided");
    assert_eq!(bench.hand_over(&campaign, 10).len(), 1);
}

/// R79: who, on what, about which text; each decision for good.
#[test]
fn decisions_are_kept_in_their_order_with_their_evidence() {
    let (bench, campaign) = advertiser();
    let refused = decide(&bench, &campaign, false).expect("decided");
    bench.pass(MINUTE);
    let approved = decide(&bench, &campaign, true).expect("decided");
    let kept = bench.tenant().advertising_decisions(&campaign).block_on();
    assert_eq!(kept, Ok(vec![approved, refused]));
    let event = bench.events("decision_advertising_approved").remove(0);
    assert_eq!(
        (&event["campaign"], &event["content_sha256"]),
        (&json!(campaign), &json!(bench.content_sha256(&campaign)))
    );
    assert_eq!((&event["by"], &event["basis"]), (&json!("Duty lawyer"), &json!("Letter 12")));
    assert_eq!(bench.events("decision_advertising_refused").len(), 1);
    bench.db_refuses("DELETE FROM advertising_decision");
    bench.db_refuses("UPDATE advertising_decision SET approved = 1");
    let plain = "SELECT count(*) FROM advertising_decision WHERE account = ?1
         AND (instr(decided_by, 'lawyer') > 0 OR instr(basis, 'Letter') > 0)";
    assert_eq!(bench.count(plain), 0, "who decided and why is sealed");
}

/// Another account's campaign is not there, whoever asks in which account's name.
#[test]
fn a_decision_reaches_only_the_accounts_own_campaign() {
    let (mut bench, campaign) = advertiser();
    let owner = bench.account.clone();
    bench.account = bench.open_account(AccountKind::LegalEntity);
    assert_eq!(decide(&bench, &campaign, true), Err(Refusal::NotFound.into()));
    assert_eq!(bench.cell().account_of_campaign(&campaign).block_on(), Ok(Some(owner)));
}
