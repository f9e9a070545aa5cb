//! Payments that no account can take: none is lost, none is credited twice, and staff can say whose they are.

use domain::account::AccountKind;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{PaymentDecision, UnappliedPayment};
use sendbox_store::{Refusal, StoreError};

use crate::support::{Bench, DAY};

pub fn waiting(bench: &Bench) -> Vec<UnappliedPayment> {
    bench.cell().unapplied_payments().block_on().expect("reads")
}

/// `(bank, suspense)`, over all accounts; the whole ledger adds up to nothing.
fn books(bench: &Bench) -> (i64, i64) {
    let sum = |which: &str| {
        let sql = format!("SELECT coalesce(sum(amount), 0) FROM entry WHERE {which}");
        bench.figure(&sql)
    };
    assert_eq!(sum("true"), 0, "the ledger balances");
    (sum("book = 'bank'"), sum("book = 'suspense'"))
}

fn decision(payment: &str, account: &str) -> PaymentDecision {
    PaymentDecision {
        provider: "standard".to_owned(),
        payment: payment.to_owned(),
        account: account.to_owned(),
        by: "Accountant".to_owned(),
        basis: "The payer's letter".to_owned(),
    }
}

fn decide(bench: &Bench, payment: &str, account: &str) -> Result<(), StoreError> {
    bench.cell().credit_unapplied(&bench.staff_act(), &decision(payment, account)).block_on()
}

/// R51: a number that nobody has. The bank has its answer, the same one again, and the money stands in a book.
#[test]
fn a_payment_for_nobody_is_kept_and_answered_the_same_again() {
    let bench = Bench::new();
    let pay = |number: &str, tiyn: i64| bench.receive(None, number, "pay_1", tiyn);
    let first = pay("ИИН 990101000000", 700).expect("kept");
    assert!(first.starts_with("account_unknown trn_"), "{first}");
    bench.pass(DAY);
    assert_eq!(pay("ИИН 990101000000", 700), Ok(first));
    for (number, tiyn) in [("ИИН 990101000000", 701), ("another", 700)] {
        assert_eq!(pay(number, tiyn), Err(Refusal::PaymentConflict.into()), "{number} {tiyn}");
    }
    assert_eq!(books(&bench), (-700, 700));
    let kept = waiting(&bench).remove(0);
    assert_eq!(
        (kept.account_number.as_str(), kept.account, kept.amount, kept.received_at, kept.reason.as_str()),
        ("ИИН 990101000000", None, Tiyn(700), bench.now() - DAY, "account_unknown")
    );
    let clear = bench.figure("SELECT instr(sealed_number, '990101') + instr(said, '990101') FROM payment");
    assert_eq!(clear, 0, "people write anything there");
}

/// R51: the directory knows the number and the cell does not (an older copy of its file): the money is kept too.
#[test]
fn a_payment_for_an_account_that_its_cell_does_not_have_is_kept() {
    let bench = Bench::new();
    let kept = bench.receive(Some("acc_elsewhere"), "1000000001", "pay_1", 700).expect("kept");
    assert!(kept.starts_with("account_unknown"), "{kept}");
    assert_eq!((waiting(&bench).remove(0).account, books(&bench)), (None, (-700, 700)));
}

/// R55: who gave up one balance gives up no more: money that comes in later waits until the request is taken
/// back, and is theirs then (R128).
#[test]
fn a_payment_for_a_closing_account_waits_until_the_request_is_taken_back() {
    for blocked in [false, true] {
        let bench = Bench::new();
        if blocked {
            bench.sql("UPDATE account SET state = 'blocked'");
        }
        let first = bench.top_up("pay_1", 1000).expect("credited");
        bench.tenant().request_deletion(&bench.act(), Tiyn(1000)).block_on().expect("requested");
        let kept = bench.top_up("pay_2", 500).expect("kept");
        assert!(kept.starts_with("account_closing"), "{kept}");
        assert_eq!(bench.top_up("pay_1", 1000), Ok(first), "a repeat is no new money");
        assert_eq!((bench.balance(), books(&bench)), ((1000, 0), (-1500, 500)));
        assert_eq!(bench.tenant().balance().block_on().expect("reads").unapplied, Tiyn(500));
        bench.pass(DAY);
        bench.tenant().cancel_deletion(&bench.act()).block_on().expect("cancelled");
        assert_eq!((bench.balance(), books(&bench)), ((1500, 0), (-1500, 0)));
        assert_eq!(bench.top_up("pay_2", 500), Ok(kept), "the bank is told the same for good");
        assert_eq!((bench.balance(), waiting(&bench).len()), ((1500, 0), 0));
    }
}

/// R45: between the two cells a host may die. What is claimed for an account of another cell is nobody else's from
/// then on, though it came for this one and its end was taken back.
#[test]
fn a_payment_that_is_claimed_for_an_account_of_another_cell_is_credited_to_no_other() {
    let bench = Bench::new();
    bench.tenant().request_deletion(&bench.act(), Tiyn(0)).block_on().expect("requested");
    bench.top_up("pay_1", 500).expect("kept");
    let claimed = bench.cell().claim_unapplied(&decision("pay_1", "acc_elsewhere")).block_on();
    let claimed = claimed.expect("claimed");
    assert_eq!(bench.tenant().balance().block_on().expect("reads").unapplied, Tiyn(0));
    bench.tenant().cancel_deletion(&bench.act()).block_on().expect("cancelled");
    assert_eq!((bench.balance(), books(&bench)), ((0, 0), (-500, 500)));
    for other in [bench.tenant().account(), "acc_third"] {
        let again = bench.cell().claim_unapplied(&decision("pay_1", other)).block_on();
        assert_eq!(again.map(|_| ()), Err(Refusal::PaymentAlreadyCredited.into()), "{other}");
    }
    let here = decide(&bench, "pay_1", bench.tenant().account());
    assert_eq!(here, Err(Refusal::PaymentAlreadyCredited.into()));
    for _ in 0..2 {
        bench.cell().settle_claimed(&bench.staff_act(), &claimed).block_on().expect("settled");
    }
    assert_eq!((waiting(&bench).len(), books(&bench)), (0, (0, 0)), "it is the other cell's");
}

/// R51: a claim for an account that was closed meanwhile can come to nothing; then the money can be somebody's again.
#[test]
fn a_claim_is_taken_back_only_from_an_account_that_is_closed_and_was_not_credited() {
    let bench = Bench::new();
    let account = bench.tenant().account().to_owned();
    let is_dead = |payment: &str| {
        bench.cell().is_claim_dead(&decision(payment, "acc_new"), &account).block_on().expect("reads")
    };
    bench.top_up("pay_credited", 500).expect("credited");
    assert!(!is_dead("pay_1"), "it may still be credited");
    bench.erase();
    assert!(is_dead("pay_1"));
    assert!(!is_dead("pay_credited"));
    bench.receive(None, "a stranger's", "pay_2", 700).expect("kept");
    let claim = decision("pay_2", "acc_closed_elsewhere");
    bench.cell().claim_unapplied(&claim).block_on().expect("claimed");
    bench.cell().drop_claim(&claim, "acc_another").block_on().expect("nothing to drop");
    assert_eq!(bench.cell().claimed_for(&claim).block_on(), Ok(Some("acc_closed_elsewhere".to_owned())));
    bench.cell().drop_claim(&claim, "acc_closed_elsewhere").block_on().expect("dropped");
    assert_eq!(bench.cell().claimed_for(&claim).block_on(), Ok(None));
}

/// R51: when it came stands beside when it was credited.
#[test]
fn the_ledger_says_when_a_payment_came_and_when_it_was_credited() {
    let bench = Bench::new();
    bench.tenant().request_deletion(&bench.act(), Tiyn(0)).block_on().expect("requested");
    bench.top_up("pay_1", 500).expect("kept");
    bench.pass(2 * DAY);
    bench.tenant().cancel_deletion(&bench.act()).block_on().expect("cancelled");
    let top_up = bench.tenant().ledger(None, 1).block_on().expect("reads").items.remove(0);
    assert_eq!((top_up.kind.as_str(), top_up.payment.as_deref()), ("top_up", Some("pay_1")));
    assert_eq!((top_up.received_at, top_up.at), (Some(bench.now() - 2 * DAY), bench.now()));
    let event = bench.events("top_up").remove(0);
    assert_eq!(event["received_at"], "2026-11-20T05:00:00.000Z");
    assert_eq!(bench.events("payment_unapplied").len(), 1);
}

/// R54: nobody is there any more to spend it; it waits for staff.
#[test]
fn a_payment_for_an_erased_account_is_kept() {
    let bench = Bench::new();
    bench.erase();
    assert!(bench.top_up("pay_1", 500).expect("kept").starts_with("account_closed"));
    assert_eq!((bench.balance(), books(&bench)), ((0, 0), (-500, 500)));
    assert_eq!(waiting(&bench).len(), 1);
    assert_eq!(decide(&bench, "pay_1", &bench.account), Err(Refusal::PaymentAccountClosing.into()));
}

/// R158: nor does a broken account lose money.
#[test]
fn a_payment_for_an_account_that_cannot_be_read_is_kept() {
    let bench = Bench::new();
    bench.sql("UPDATE account SET evidence_key = zeroblob(72)");
    assert!(bench.top_up("pay_1", 500).expect("kept").starts_with("account_unreadable"));
    assert_eq!(books(&bench), (-500, 500));
}

/// R51, R43: staff credit it, to an account that is there, once, and it is written down who decided.
#[test]
fn staff_credit_a_payment_that_waits_once() {
    let bench = Bench::new();
    let other = bench.open_account(AccountKind::LegalEntity);
    let kept = bench.receive(None, "unknown", "pay_1", 700).expect("kept");
    let nobody = "acc_ffffffffffffffffffffffffffffffff";
    assert_eq!(decide(&bench, "pay_1", nobody), Err(Refusal::PaymentAccountUnknown.into()));
    assert_eq!(decide(&bench, "pay_2", &bench.account), Err(Refusal::NotFound.into()));
    decide(&bench, "pay_1", &bench.account).expect("credited");
    assert_eq!((bench.balance(), books(&bench)), ((700, 0), (-700, 0)));
    for account in [&bench.account, &other] {
        assert_eq!(decide(&bench, "pay_1", account), Err(Refusal::PaymentAlreadyCredited.into()));
    }
    assert_eq!(bench.receive(None, "unknown", "pay_1", 700), Ok(kept));
    assert_eq!((bench.balance(), waiting(&bench).len()), ((700, 0), 0));
    let event = bench.events("payment_applied").remove(0);
    assert_eq!((&event["by"], &event["actor"]), (&"Accountant".into(), &"staff".into()));
}

/// R43: what was credited at once is not credited again by a decision.
#[test]
fn a_payment_that_was_credited_at_once_is_nobodys_to_decide_on() {
    let bench = Bench::new();
    bench.top_up("pay_1", 700).expect("credited");
    assert_eq!(decide(&bench, "pay_1", &bench.account), Err(Refusal::PaymentAlreadyCredited.into()));
    assert_eq!(bench.balance(), (700, 0));
}

/// R43: the same rules as in every book.
#[test]
fn what_stands_in_suspense_can_be_neither_changed_nor_removed() {
    let bench = Bench::new();
    bench.receive(None, "unknown", "pay_1", 700).expect("kept");
    for statement in ["UPDATE entry SET amount = 0", "DELETE FROM entry", "DELETE FROM transfer"] {
        bench.db_refuses(statement);
    }
}
