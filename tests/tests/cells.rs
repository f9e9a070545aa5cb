//! Several cells: accounts live apart, and whoever comes without an account's name finds the right one.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::cell_name::CellName;
use domain::ids::IdKind;
use sendbox_tests::signatures::{Notice, payment};
use sendbox_tests::{
    Account, Answer, Fields, Host, PASSWORD, Platform, Settings, csv_of, events, mobiles, send_notice,
    sendbox, sign_in, tenge,
};
use serde_json::json;

/// Where staff see payments that nobody could be credited with.
const UNAPPLIED: &str = "/internal/decisions/unapplied-payments";

/// A platform of three cells; none over servers, whose one sqld has one database.
fn three_cells() -> Option<Platform> {
    let has_files = Host::chosen() != Host::SpinOverServers;
    has_files.then(|| Platform::with(Settings { cells: 3, ..Settings::default() }))
}

/// Three accounts, each in a cell of its own.
fn one_in_each(platform: &Platform) -> Vec<Account<'_>> {
    let accounts: Vec<Account<'_>> = (0..3).map(|_| Account::sign_up(platform)).collect();
    let cells: BTreeSet<CellName> =
        accounts.iter().filter_map(|account| IdKind::cell_of(&account.draft("Hello").id)).collect();
    assert_eq!(cells.len(), 3, "a new account goes to the emptiest cell");
    accounts
}

fn notify(platform: &Platform, id: &str, number: &str, amount: &str) -> Answer {
    let body = payment(id, number, amount);
    send_notice(platform, &Notice::signed(id, platform.now(), &body))
}

/// R48, R91, R94: one scheduler, one operator and one bank for all of them, and for each account its own figures and
/// its own proofs.
#[test]
fn accounts_of_all_cells_are_served_charged_reported_on_and_proven() {
    let Some(platform) = three_cells() else { return };
    let accounts = one_in_each(&platform);
    let mut campaigns = Vec::new();
    for (account, messages) in accounts.iter().zip([3, 4, 5]) {
        account.upload(csv_of(&mobiles(0, messages)));
        account.top_up(&tenge(100_000));
        let campaign = account.draft("Your order is ready.");
        campaign.start();
        campaigns.push((campaign, i64::from(messages)));
    }
    platform.dispatch();
    platform.deliver();
    for (account, (campaign, messages)) in accounts.iter().zip(&campaigns) {
        let report = campaign.report();
        assert_eq!((report.handed_over, report.awaiting_report), (*messages, 0));
        assert_eq!(account.available(), 100_000 - report.charged());
        assert_eq!(account.balance().ledger_sum.0.0, 0);
        let pages = account.evidence(&format!("campaign={}", campaign.id));
        let verified = evidence::verify(&pages, None).expect("proven");
        assert_eq!(verified.events.len() as i64, 2 * messages, "hand-overs and results");
    }
    platform.sign_log();
    let visitor = platform.visitor();
    for cell in ["default", "cell2", "cell3"] {
        let key = visitor.get(&format!("/v1/log/key?cell={cell}")).is(200).text_body();
        let note = visitor.get(&format!("/v1/log/checkpoint?cell={cell}")).is(200).text_body();
        let signed = evidence::checkpoint::verify(&note, key.trim()).expect("signed under the cell's name");
        assert!(signed.size > 0);
    }
    visitor.get("/v1/log/key?cell=cell4").refused(422, "invalid_field");
}

/// R45: a provider's id is credited once over all cells, whatever a repetition says.
#[test]
fn a_payment_is_credited_once_over_all_cells() {
    let Some(platform) = three_cells() else { return };
    let accounts = one_in_each(&platform);
    for (place, account) in accounts.iter().enumerate() {
        let id = format!("once-{place}");
        let first = notify(&platform, &id, &account.number, "10.00").is(200).text_body();
        assert_eq!(notify(&platform, &id, &account.number, "10.00").is(200).text_body(), first);
        for other in accounts.iter().filter(|other| other.id != account.id) {
            notify(&platform, &id, &other.number, "10.00").refused(409, "payment_conflict");
        }
    }
    assert!(accounts.iter().all(|account| account.available() == 1_000));
}

/// R51: money that came for nobody waits in the first cell, and is credited once to an account of another.
#[test]
fn a_payment_for_nobody_is_credited_by_staff_to_an_account_of_another_cell() {
    let Some(platform) = three_cells() else { return };
    let accounts = one_in_each(&platform);
    notify(&platform, "lost", "0000000000", "25.00").ok();
    let staff = platform.staff();
    assert_eq!(staff.get(UNAPPLIED).ok().list("/items").len(), 1);
    let to = |account: &Account<'_>| {
        let body = json!({
            "provider": "standard", "payment": "lost", "account": account.id, "by": "Dina", "basis": "a letter",
        });
        staff.post(UNAPPLIED, &body)
    };
    to(&accounts[2]).no_content();
    for account in &accounts {
        to(account).refused(409, "payment_already_credited");
    }
    assert!(staff.get(UNAPPLIED).ok().list("/items").is_empty());
    let available: Vec<i64> = accounts.iter().map(Account::available).collect();
    assert_eq!(available, [0, 0, 2_500]);
    assert_eq!(accounts[2].balance().ledger_sum.0.0, 0);
}

/// R51: a decision that is refused ties the money to nobody.
#[test]
fn a_payment_that_a_closing_account_of_another_cell_could_not_take_can_be_another_ones() {
    let Some(platform) = three_cells() else { return };
    let accounts = one_in_each(&platform);
    notify(&platform, "mistaken", "0000000000", "25.00").ok();
    let body = json!({
        "forfeits": {"amount": "0.00", "currency": "KZT"}, "recipients_duty_acknowledged": true,
    });
    accounts[1].browser.post("/v1/account/deletion", &body).created();
    let to = |account: &Account<'_>| {
        let body = json!({
            "provider": "standard", "payment": "mistaken", "account": account.id, "by": "Dina", "basis": "a letter",
        });
        platform.staff().post(UNAPPLIED, &body)
    };
    to(&accounts[1]).refused(409, "payment_account_closing");
    to(&accounts[2]).no_content();
    let available: Vec<i64> = accounts.iter().map(Account::available).collect();
    assert_eq!(available, [0, 0, 2_500]);
}

/// R127, R128: the end of an account closes it in the directory too, and touches nobody in its cell or another.
#[test]
fn an_account_of_any_cell_is_deleted_on_its_day() {
    let Some(platform) = three_cells() else { return };
    let accounts = one_in_each(&platform);
    let neighbours = one_in_each(&platform);
    for account in &accounts {
        account.upload(csv_of(&mobiles(0, 3)));
        let forfeits = json!({"amount": "0.00", "currency": "KZT"});
        let body = json!({"forfeits": forfeits, "recipients_duty_acknowledged": true});
        account.browser.post("/v1/account/deletion", &body).created();
    }
    platform.pass(Duration::days(31));
    assert_eq!(platform.finish_jobs("deletion"), 3);
    for account in &accounts {
        sign_in(&platform.visitor(), &account.login, PASSWORD).refused(401, "credentials_wrong");
    }
    for neighbour in &neighbours {
        neighbour.sign_in_again();
        assert_eq!(neighbour.browser.get("/v1/account").ok().text("/state"), "suspended");
    }
}

/// What `sendbox move` says when it has ended, and whether well.
fn move_account(platform: &Platform, account: &str, cell: &str) -> (bool, String) {
    let output = sendbox(
        &["move", account, cell, "--url", platform.base(), "--tick-token", Platform::tick_token()],
        "",
    );
    (output.success, output.stdout + &output.stderr)
}

/// R44, R87, R91, R93: in the middle of a campaign, with messages on which reports are still to come.
#[test]
fn an_account_that_moves_loses_nothing_and_repeats_nothing() {
    const MESSAGES: i64 = 3_000;
    let Some(platform) = three_cells() else { return };
    let account = Account::sign_up(&platform);
    let program = account.program();
    account.upload(csv_of(&mobiles(0, MESSAGES as u32)));
    account.top_up(&tenge(10_000_000));
    let campaign = account.draft("Your order is ready.");
    campaign.start();
    let before = platform.tick("dispatch").ok().integer("/handed_over");
    assert!(before > 0 && before < MESSAGES, "{before}");
    for cell in ["cell2", "default", "cell3"] {
        let (done, said) = move_account(&platform, &account.id, cell);
        assert!(done && said.contains(cell), "{said}");
        platform.pass(Duration::minutes(2));
        assert_eq!(platform.finish_jobs("move"), 1, "the cell before has forgotten it");
    }
    platform.dispatch();
    platform.deliver();
    let report = campaign.report();
    assert_eq!((report.handed_over, report.awaiting_report), (MESSAGES, 0));
    assert_eq!(account.balance().ledger_sum.0.0, 0);
    assert_eq!(account.available(), 10_000_000 - report.charged());
    let pages = account.evidence(&format!("campaign={}", campaign.id));
    let proven = evidence::verify(&pages, None).expect("proven").events;
    assert_eq!(proven.len() as i64, 2 * MESSAGES, "hand-overs and results");
    assert_eq!(events(&account.browser, "account_moved").len(), 3);
    assert_eq!(program.get(&campaign.path()).ok().text("/id"), campaign.id, "its keys go on working");
    account.top_up(&tenge(100));
    account.sign_in_again();
    account.blacklist(&mobiles(0, 1));
}

#[test]
fn an_account_is_moved_to_a_cell_that_there_is_only() {
    let Some(platform) = three_cells() else { return };
    let account = Account::sign_up(&platform);
    let nobody = "acc_ffffffffffffffffffffffffffffffff";
    for (account, cell, code) in [
        (account.id.as_str(), "cell4", "invalid_field"),
        (nobody, "cell2", "not_found"),
        ("aru", "cell2", "acc_"),
    ] {
        let (done, said) = move_account(&platform, account, cell);
        assert!(!done && said.contains(code), "{said}");
    }
    let body = json!({"account": account.id, "cell": "default"});
    assert!(platform.scheduler().post("/internal/moves", &body).ok().boolean("/moved"), "it lives there");
    platform.visitor().post("/internal/moves", &body).refused(401, "unauthenticated");
    account.browser.post("/internal/moves", &body).refused(401, "unauthenticated");
}

/// R182: an id of another cell is as little there as one of a neighbour.
#[test]
fn the_ids_of_an_account_of_another_cell_do_not_exist() {
    let Some(platform) = three_cells() else { return };
    let accounts = one_in_each(&platform);
    let campaign = accounts[0].draft("Hello");
    for stranger in &accounts[1..] {
        stranger.browser.get(&campaign.path()).refused(404, "not_found");
    }
}

/// What was written down under another label is not mixed with what belongs here.
#[test]
fn a_database_of_another_cell_is_refused() {
    let Some(platform) = three_cells() else { return };
    one_in_each(&platform);
    platform.crash();
    let state = platform.state_folder();
    for end in ["db", "db-wal", "db-shm"] {
        let file = |label: &str| state.join(format!("{label}.{end}"));
        if file("cell3").is_file() {
            std::fs::copy(file("cell3"), file("cell2")).expect("copied");
        } else {
            let _not_there = std::fs::remove_file(file("cell2"));
        }
    }
    let platform = platform.restart();
    let jobs = platform.tick("jobs").ok();
    assert_eq!(jobs.at("/cells_failed"), &json!(["cell2"]), "the others' work is done");
    platform.scheduler().get("/internal/jobs").refused(503, "database_of_another_cell");
}
