//! Tenancy: what is another's is not found, whatever is asked of it.

use domain::account::AccountKind;
use domain::documents::DocumentKind;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::Refusal;
use sendbox_store::cell::{
    Agreement, FileForm, HandOver, Joined, LeaseOutcome, NewContact, PutContacts, Settlement,
};

use crate::support::{Bench, DAY, PRICE, ROUTE, acceptance, number, numbers, terms};

/// Two accounts in one cell: the first has everything, the second nothing.
fn neighbours() -> (Bench, String, String) {
    let (bench, campaign) = Bench::with_queue(2);
    let stranger = bench.open_account(AccountKind::LegalEntity);
    (bench, campaign, stranger)
}

#[test]
fn an_account_that_the_cell_has_not_is_no_tenant() {
    let bench = Bench::new();
    let tenant = bench.cell().tenant("acc_ffffffffffffffffffffffffffffffff").block_on();
    assert!(tenant.expect("reads").is_none());
}

#[test]
fn anothers_campaign_is_not_found_by_any_action() {
    let (bench, campaign, stranger) = neighbours();
    let (act, tenant) = (bench.act(), bench.tenant_of(&stranger));
    let not_found = Err(Refusal::NotFound.into());
    assert_eq!(tenant.campaign(&campaign).block_on(), Ok(None));
    let free = Agreement { price: Tiyn::ZERO, total: Tiyn::ZERO };
    assert_eq!(tenant.start_campaign(&act, &campaign, free).block_on(), not_found);
    assert_eq!(tenant.pause_campaign(&act, &campaign).block_on(), not_found);
    assert_eq!(tenant.resume_campaign(&act, &campaign).block_on(), not_found);
    assert_eq!(tenant.cancel_campaign(&act, &campaign).block_on(), not_found);
    assert_eq!(tenant.delete_campaign(&campaign).block_on(), Err(Refusal::NotFound.into()));
    assert_eq!(bench.take(&campaign, 10).1.len(), 2, "and it goes on untouched");
}

#[test]
fn anothers_contact_import_blacklist_entry_and_consent_are_not_found() {
    let (bench, _, stranger) = neighbours();
    bench.blacklist(&number(7));
    let owner = bench.tenant();
    let contact = owner.contacts(None, 1).block_on().expect("reads").items.remove(0);
    let entry = owner.blacklist(None, 1).block_on().expect("reads").items.remove(0).entry;
    let marketing = acceptance(DocumentKind::MarketingConsent);
    let consent = owner.give_consent(&bench.act(), &marketing).block_on().expect("given").consent;
    let waiting = bench.create_import();

    let (act, tenant) = (bench.act(), bench.tenant_of(&stranger));
    let not_found = || Refusal::NotFound.into();
    assert_eq!(tenant.delete_contacts(&act, Some(&contact.contact)).block_on(), Err(not_found()));
    assert_eq!(tenant.import(&contact.import).block_on(), Ok(None));
    assert_eq!(tenant.import_problems(&contact.import, 0, 10).block_on().err(), Some(not_found()));
    assert_eq!(tenant.begin_file(&waiting, 0, FileForm::Text, bench.now()).block_on(), Err(not_found()));
    assert_eq!(tenant.remove_from_blacklist(&act, &entry).block_on(), Err(not_found()));
    assert_eq!(tenant.withdraw_consent(&act, &consent).block_on(), Err(not_found()));
}

#[test]
fn every_list_of_a_new_account_is_empty_beside_a_busy_neighbour() {
    let (bench, campaign, stranger) = neighbours();
    bench.hand_over(&campaign, 1);
    bench.blacklist(&number(7));
    let tenant = bench.tenant_of(&stranger);
    assert!(tenant.contacts(None, 10).block_on().expect("reads").items.is_empty());
    assert!(tenant.blacklist(None, 10).block_on().expect("reads").items.is_empty());
    assert!(tenant.imports(None, 10).block_on().expect("reads").items.is_empty());
    assert!(tenant.campaigns(None, 10).block_on().expect("reads").items.is_empty());
    assert!(tenant.ledger(None, 10).block_on().expect("reads").items.is_empty());
    for campaign in [None, Some(campaign.as_str())] {
        assert!(tenant.history(campaign, 0, 10).block_on().expect("reads").items.is_empty());
    }
    assert!(tenant.campaign_report(&campaign).block_on().expect("reads").counts.is_empty());
    assert!(tenant.campaign_evidence(&campaign, 0, 10).block_on().expect("reads").events.is_empty());
    let events = tenant.event_evidence("", -1, 10).block_on().expect("reads").events;
    assert!(events.iter().all(|event| event.event["account"] == stranger.as_str()));
}

/// A number that one account lists is not listed for its neighbour (R66).
#[test]
fn one_accounts_blacklist_does_not_block_another_accounts_messages() {
    let (bench, campaign, stranger) = neighbours();
    let entries = [0, 1].map(|n| sendbox_store::cell::NewBlacklistEntry { phone: number(n) });
    bench.tenant_of(&stranger).add_to_blacklist(&bench.act(), &entries, None).block_on().expect("listed");
    assert_eq!(bench.take(&campaign, 10).1.len(), 2);
}

/// Deleting all contacts means all of one's own (R67).
#[test]
fn deleting_all_contacts_leaves_the_neighbours() {
    let (bench, campaign, stranger) = neighbours();
    let deleted = bench.tenant_of(&stranger).delete_contacts(&bench.act(), None).block_on().expect("deleted");
    assert_eq!(deleted.deleted, 0);
    assert_eq!(bench.tenant().audience().block_on(), Ok((2, 0)));
    assert_eq!(bench.take(&campaign, 10).1.len(), 2);
}

#[test]
fn another_accounts_messages_can_be_neither_taken_nor_settled() {
    let (bench, campaign, stranger) = neighbours();
    bench.top_up_of(&stranger, "pay_stranger", 100 * PRICE).expect("credited");
    let tenant = bench.tenant_of(&stranger);
    let lease = sendbox_store::cell::Lease {
        terms: &terms(&campaign),
        route: ROUTE,
        limit: 10,
        lasts_ms: DAY,
        clock: sendbox_store::DatabaseClock::default(),
    };
    assert_eq!(tenant.lease(&lease, bench.now()).block_on(), Ok(LeaseOutcome::Nothing));

    let (lease, messages) = bench.take(&campaign, 2);
    let verdict = domain::hours::window_at(chrono::DateTime::UNIX_EPOCH);
    let settlement = Settlement {
        lease: &lease,
        terms: &terms(&campaign),
        content: &bench.text_sent(&campaign),
        at: bench.now(),
        verdict: &verdict,
        outcomes: crate::support::all(&messages, &HandOver::Taken(None)),
    };
    let settled = tenant.settle(&settlement, bench.now()).block_on().expect("answers");
    assert_eq!(settled.handed_over, 0);
    assert_eq!(bench.balance(), (0, 2 * PRICE));
}

/// R127: the end of one account is felt by no other.
#[test]
fn erasing_an_account_leaves_its_neighbour_whole() {
    let (bench, _, neighbour) = neighbours();
    let tenant = bench.tenant_of(&neighbour);
    let entry = sendbox_store::cell::NewBlacklistEntry { phone: number(8) };
    tenant.add_to_blacklist(&bench.act(), &[entry], None).block_on().expect("listed");
    bench.top_up_of(&neighbour, "pay_neighbour", 700).expect("credited");
    let profile = tenant.profile().block_on().expect("reads");
    bench.erase();
    let tenant = bench.tenant_of(&neighbour);
    assert_eq!(tenant.profile().block_on(), Ok(profile));
    assert_eq!(tenant.blacklist(None, 10).block_on().expect("reads").items[0].phone, number(8));
    assert_eq!(tenant.balance().block_on().expect("reads").available.0, 700);
}

/// One number in two bases: neither upload sees the other's as repeated.
#[test]
fn the_same_number_in_two_accounts_is_no_repetition() {
    let (bench, _, stranger) = neighbours();
    let tenant = bench.tenant_of(&stranger);
    let attestation = acceptance(DocumentKind::RecipientsAttestation);
    let row = |(phone, line)| NewContact { line, phone, ..NewContact::default() };
    let contacts = numbers(2).into_iter().zip(1..).map(row).collect();
    let put = PutContacts {
        name: "f".to_owned(),
        attestation,
        contacts,
        rejected: Vec::new(),
        joined: Joined::default(),
    };
    assert_eq!(tenant.put_contacts(&bench.act(), put, None).block_on().expect("put").imported, 2);
}
