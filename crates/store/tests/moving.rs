//! An account moves to another cell: with everything that it has, once, and nothing of it stays behind.

use domain::cell_name::CellName;
use domain::message::MessageState;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{FileForm, NewBlacklistEntry, Next};
use sendbox_store::{DbError, Refusal, Row, StoreError};

use crate::support::moving::{Moving, advertised_token, bound_for, busy, second};
use crate::support::{Bench, DAY, MINUTE, PRICE, TestDatabase, number, verified_whole_in};

fn third() -> CellName {
    CellName::numbered(3).expect("a cell")
}

/// All rows of the account, table by table, but for what is the cell's own: places in its log, its turns, its jobs.
fn rows(bench: &Bench) -> Vec<(String, Vec<String>)> {
    let tables = bench.sql(
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'account'
         WHERE m.type = 'table' ORDER BY m.name",
    );
    let of_the_cell = [
        "arrival",
        "arriving_leaf",
        "job",
        "shown_log",
        "turn",
        "waiting_refusal",
        "waiting_act",
        // The workings of a file that is being read, which is waited for.
        "import_piece",
        "import_run",
        "contact_change",
        "session",
        "api_key",
        "directory_account",
    ];
    let mut found = Vec::new();
    for table in tables.iter().map(|row| row.text("name").expect("a name")) {
        if of_the_cell.contains(&table.as_str()) {
            continue;
        }
        let columns = bench.sql(&format!(
            "SELECT name FROM pragma_table_info('{table}') WHERE name NOT IN
               ('log_index', 'hand_over_index', 'result_index', 'sealed', 'personal_key', 'presence', 'elsewhere')
               AND NOT ('{table}' IN ('profile_change', 'scored_contact', 'looked_up_number') AND name = 'id')"
        ));
        let quoted: Vec<String> =
            columns.iter().map(|row| format!("quote({})", row.text("name").expect("a name"))).collect();
        // A move is an act of its own.
        let only = match table.as_str() {
            "event" => "AND kind <> 'account_moved'",
            "series" => "AND series <> 'acts'",
            _ => "",
        };
        let sql = format!(
            "SELECT concat_ws('|', {}) AS fields FROM {table} WHERE account = '{}' {only} ORDER BY fields",
            quoted.join(", "),
            bench.account
        );
        let text = |row: &Row| row.text("fields").expect("a text");
        found.push((table.clone(), bench.sql(&sql).iter().map(text).collect()));
    }
    found
}

fn assert_same(found: &[(String, Vec<String>)], wanted: &[(String, Vec<String>)]) {
    for ((table, found), (_, wanted)) in found.iter().zip(wanted) {
        assert!(found == wanted, "{table}: {} rows of {}", found.len(), wanted.len());
    }
}

fn holds_something(rows: &[(String, Vec<String>)]) {
    for (table, rows) in rows {
        assert!(
            !rows.is_empty(),
            "the account has nothing in {table}: the test would prove nothing about it"
        );
    }
}

/// R44, R91, R92: every row of every table is there, and the balance with them.
#[test]
fn an_account_that_moved_has_everything_that_it_had() {
    let (bench, campaign) = busy();
    let (before, balance) = (rows(&bench), bench.balance());
    holds_something(&before);
    let moving = Moving::of(bench).begin();
    moving.arrive();
    let after = rows(&moving.to);
    assert_same(&after, &before);
    assert_eq!(moving.to.balance(), balance);
    assert_eq!(moving.to.hand_over(&campaign, 10).len(), 2, "it goes on where it was");
}

/// R91, R93: the new log proves what the old one proved, in the same order, and names the old one.
#[test]
fn what_happened_before_a_move_is_proven_by_the_new_cells_log() {
    let (bench, campaign) = busy();
    let moving = Moving::of(bench).begin();
    moving.freeze();
    let (size, root) = {
        let log = moving.from.cell();
        let size = log.log().size().block_on().expect("reads");
        (size, log.log().root(size).block_on().expect("reads"))
    };
    moving.arrive();
    let tenant = moving.to.tenant();
    for (page, series) in [
        (tenant.campaign_evidence(&campaign, 0, 1000).block_on(), campaign.as_str()),
        (tenant.event_evidence("", -1, 1000).block_on(), "acts"),
        (tenant.event_evidence("consent", -1, 1000).block_on(), "consents"),
    ] {
        let page = page.expect("reads");
        let proven = verified_whole_in(&moving.to.db, second(), &page, moving.to.series(series));
        assert!(proven.is_ok_and(|proven| !proven.events.is_empty()), "{series}");
    }
    let moved = moving.to.events("account_moved").remove(0);
    assert_eq!((&moved["from"], &moved["to"]), (&CellName::FIRST.log().into(), &second().log().into()));
    assert_eq!(moved["from_size"], size);
    let hexadecimal: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(moved["from_root"], hexadecimal);
}

/// What is with an operator is settled where its money is held; nothing new is taken meanwhile.
#[test]
fn what_is_on_its_way_to_an_operator_is_waited_for() {
    let (bench, campaign) = Bench::with_queue(3);
    let (lease, messages) = bench.take(&campaign, 1);
    let moving = Moving::of(bench).begin();
    assert!(matches!(moving.step(), Next::At(_)));
    let at_work = moving.from.cell().campaigns_at_work(10, moving.from.now()).block_on().expect("reads");
    assert_eq!(at_work.running, [], "its campaign has no turn");
    let taken = sendbox_store::cell::HandOver::Taken(None);
    moving.from.settle(&campaign, &lease, vec![(messages[0].clone(), taken)]);
    moving.from.pass(1_000);
    moving.arrive();
    assert_eq!(moving.to.fate(&number(0)).0, MessageState::HandedOver);
    assert_eq!(moving.to.balance(), (2 * PRICE, 0));
    let at_work = moving.to.cell().campaigns_at_work(10, moving.to.now()).block_on().expect("reads");
    assert_eq!(at_work.running.len(), 1, "it has its turn in the new cell");
}

/// Whatever is written while the rows are copied would be missing in the new cell.
#[test]
fn while_an_account_leaves_it_can_be_read_and_nothing_of_it_changes() {
    let (bench, campaign) = busy();
    let draft = bench.draft();
    let import = bench.create_import();
    let moving = Moving::of(bench).begin();
    moving.freeze();
    let (from, before) = (&moving.from, rows(&moving.from));
    let (tenant, act, now) = (from.tenant(), from.act(), from.now());
    let moving_now = || Err::<(), StoreError>(DbError::AccountMoving.into());
    let entry = NewBlacklistEntry { phone: number(1) };
    let free = sendbox_store::cell::Agreement { price: Tiyn::ZERO, total: Tiyn::ZERO };
    let (available, held) = from.balance();
    for (what, refused) in [
        ("a contact is listed", tenant.add_to_blacklist(&act, &[entry], None).block_on().map(|_| ())),
        ("a draft is made", from.try_draft_of(domain::campaign::MessageClass::Informational).map(|_| ())),
        ("a campaign starts", tenant.start_campaign(&act, &draft, free).block_on().map(|_| ())),
        ("a draft is deleted", tenant.delete_campaign(&draft).block_on().map(|_| ())),
        ("a campaign is paused", tenant.pause_campaign(&act, &campaign).block_on().map(|_| ())),
        ("an upload begins", tenant.begin_file(&import, 0, FileForm::Text, now).block_on().map(|_| ())),
        ("contacts are deleted", tenant.delete_contacts(&act, None).block_on().map(|_| ())),
        ("money comes", from.top_up("pay_late", 100).map(|_| ())),
        (
            "its end is asked for",
            tenant.request_deletion(&act, Tiyn(available + held)).block_on().map(|_| ()),
        ),
    ] {
        assert_eq!(refused, moving_now(), "{what}");
    }
    let at_work = from.cell().campaigns_at_work(10, now + DAY).block_on().expect("reads");
    assert_eq!(at_work.running, [], "none of its campaigns has a turn");
    assert_same(&rows(from), &before);
    assert_eq!(tenant.profile().block_on().expect("reads").name, "Ару Басқа");
}

/// Asked for at once after the last one: the directory must not send anybody to a cell that the account is not in.
#[test]
fn a_move_waits_until_the_account_has_begun_where_it_came_to() {
    let moving = Moving::of(Bench::new()).begin();
    let rests = "SELECT count(*) FROM account WHERE account = ?1 AND presence = 'resting'";
    while moving.to.count(rests) == 0 {
        moving.step();
    }
    let at = moving.from.now();
    let onward = Moving { from: moving.to.at(at), to: Bench::in_cell(TestDatabase::empty(), third()) };
    let cell = onward.from.cell();
    cell.begin_move(&onward.from.account, bound_for(third(), 1), at).block_on().expect("begun");
    assert!(matches!(onward.step(), Next::At(_)), "it rests");
    let moving = Moving { from: moving.from, to: onward.from };
    while let Next::Again(_) = moving.step() {}
    assert_eq!(moving.to.count(rests), 0);
    moving.to.pass(1_000);
    let onward = Moving { from: moving.to, to: onward.to };
    assert!(matches!(onward.step(), Next::Again(_)), "now it goes");
}

/// Until it has arrived an account can be told to stay, and is as if nothing had been.
#[test]
fn an_account_that_is_told_to_stay_stays_whole_and_can_move_later() {
    let (bench, campaign) = busy();
    let before = rows(&bench);
    let moving = Moving::of(bench).begin();
    for _ in 0..12 {
        moving.step();
    }
    let stays = || moving.from.cell().undo_move(&moving.from.account, moving.from.now()).block_on();
    assert_eq!(stays(), Ok(false), "what was copied is deleted first");
    while moving.step() != Next::Done {}
    assert_eq!(stays(), Ok(true));
    assert_same(&rows(&moving.from), &before);
    let left: Vec<_> = rows(&moving.to).into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
    assert!(left.iter().all(|(table, _)| table == "account" || table == "payment"), "{}", left.len());
    assert_eq!(moving.from.hand_over(&campaign, 1).len(), 1);
    let before = rows(&moving.from);
    let moving = moving.begin();
    moving.arrive();
    assert_same(&rows(&moving.to), &before);
    let late = moving.from.cell().undo_move(&moving.from.account, moving.from.now()).block_on();
    assert_eq!(late, Err(DbError::AccountMoving.into()));
}

/// A host that dies leaves its step done in the new cell and not noted in the old one.
#[test]
fn a_move_that_is_broken_off_after_any_step_copies_nothing_twice() {
    let (bench, _) = busy();
    let before = rows(&bench);
    let moving = Moving::of(bench).begin();
    loop {
        let dead = moving.job().expect("due");
        moving.from.pass(10 * 60 * MINUTE);
        let job = moving.job().expect("taken over");
        let next = moving.step_of(&dead);
        assert_eq!(next, None, "its lease ran out");
        if !matches!(moving.step_of(&job), Some(Next::Again(_))) {
            break;
        }
    }
    assert_same(&rows(&moving.to), &before);
    let leaves = moving.to.figure("SELECT count(*) FROM log_leaf");
    let events = "SELECT (SELECT count(*) FROM event WHERE account = ?1) + count(hand_over_index) + count(result_index) FROM message WHERE account = ?1";
    let of_the_other = moving.to.figure("SELECT count(*) FROM event")
        - moving.to.count("SELECT count(*) FROM event WHERE account = ?1");
    assert_eq!(leaves, moving.to.count(events) + of_the_other);
}

/// R127, R158: what is left behind opens nothing and names nobody.
#[test]
fn nothing_personal_stays_in_the_old_cell() {
    let (bench, _) = busy();
    let moving = Moving::of(bench).begin();
    moving.arrive();
    moving.forget();
    let left: Vec<_> = rows(&moving.from).into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
    let tables: Vec<&str> = left.iter().map(|(table, _)| table.as_str()).collect();
    assert_eq!(tables, ["account", "payment"], "by which stragglers and banks are answered");
    assert_eq!(
        moving.from.figure("SELECT count(*) FROM account WHERE profile IS NOT NULL AND presence = 'left'"),
        0
    );
    let keys = "SELECT count(*) FROM account WHERE presence = 'left' AND evidence_key <> zeroblob(length(evidence_key))";
    assert_eq!(moving.from.figure(keys), 0);
    assert_eq!(
        moving.from.figure("SELECT count(*) FROM personal_key WHERE wrapped <> zeroblob(length(wrapped))"),
        0
    );
    assert!(moving.from.cell().tenant(&moving.from.account).block_on().expect("reads").is_none());
}

/// R69, R87: links go on working, and no number of a message is given twice, whichever way an account went.
#[test]
fn an_account_can_come_back_and_its_messages_keep_their_rows() {
    let (bench, _) = busy();
    let token = advertised_token(&bench);
    let before = bench.figure("SELECT max(id) FROM message");
    let moving = Moving::of(bench).begin();
    moving.arrive();
    let opened =
        |bench: &Bench| bench.cell().take_opt_out_link(&token, bench.now()).block_on().expect("taken");
    assert!(!opened(&moving.from) && opened(&moving.to));
    moving.forget();
    let moving = Moving { to: moving.to.at(moving.from.now()), from: moving.from };
    let campaign = moving.to.running_campaign();
    let born = moving.to.sql(&format!("SELECT min(id) AS born FROM message WHERE campaign = '{campaign}'"));
    assert_eq!(CellName::of_row(born[0].int("born").expect("a row")), Some(second()));
    let there = rows(&moving.to);
    let moving = moving.back();
    moving.arrive();
    assert_same(&rows(&moving.to), &there);
    let campaign = moving.to.running_campaign();
    let born = moving.to.sql(&format!("SELECT min(id) AS born FROM message WHERE campaign = '{campaign}'"));
    let born = born[0].int("born").expect("a row");
    assert!(born > before && CellName::of_row(born) == Some(CellName::FIRST), "{born}");
}

#[test]
fn an_account_that_is_being_closed_or_moved_elsewhere_is_not_moved() {
    let bench = Bench::new();
    let begin = |bench: &Bench, to: CellName| {
        bench.cell().begin_move(&bench.account, bound_for(to, 0), bench.now()).block_on()
    };
    begin(&bench, second()).expect("begun");
    begin(&bench, second()).expect("the same again");
    assert_eq!(begin(&bench, third()), Err(DbError::AccountMoving.into()));
    let closing = Bench::new();
    closing.tenant().request_deletion(&closing.act(), Tiyn::ZERO).block_on().expect("requested");
    assert_eq!(begin(&closing, second()), Err(Refusal::DeletionAlreadyRequested.into()));
    let stranger = "acc_ffffffffffffffffffffffffffffffff";
    let unknown = bench.cell().begin_move(stranger, bound_for(second(), 0), bench.now()).block_on();
    assert_eq!(unknown, Err(Refusal::NotFound.into()));
}
