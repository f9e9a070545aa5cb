//! Money comes in: only from the bank, only in tenge, exactly, and once.

use chrono::Duration;
use sendbox_tests::signatures::{Notice, PAYMENTS_PATH, payment, standard_signature};
use sendbox_tests::{Account, Fields, Host, Platform, Settings, instant, raw, send_notice};
use serde_json::{Value, json};

/// Where staff see payments that nobody could be credited with.
const UNAPPLIED: &str = "/internal/decisions/unapplied-payments";

fn notice(platform: &Platform, body: &Value) -> Notice {
    Notice::signed(&body.text("/data/payment_id"), platform.now(), body)
}

/// The account is as if nothing had been sent.
#[track_caller]
fn nothing_was_credited(shop: &Account<'_>) {
    assert_eq!(shop.available(), 0);
    assert!(shop.ledger().is_empty(), "{:?}", shop.ledger());
}

/// A forger can try every part of a notice; the honest one still arrives afterwards.
#[test]
fn a_forged_notice_credits_nothing() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let body = payment("forged-1", &shop.number, "1000.00");
    let honest = notice(platform, &body);

    let mut forgeries = Vec::new();
    let other_secret = "whsec_YW5vdGhlci1tYWRlLXVwLXNlY3JldC1vZi0zMi1ieXRl";
    let with = |change: &dyn Fn(&mut Notice)| {
        let mut forged = honest.clone();
        change(&mut forged);
        forged
    };
    forgeries.push(with(&|n| {
        n.signature = standard_signature(other_secret, &n.id, n.timestamp, &n.body).into_bytes();
    }));
    forgeries.push(with(&|n| n.body = payment("forged-1", &shop.number, "9000.00").to_string().into_bytes()));
    forgeries.push(with(&|n| n.body.push(b' ')));
    forgeries.push(with(&|n| n.id = "forged-2".to_owned()));
    forgeries.push(with(&|n| n.timestamp += 1));
    forgeries.push(with(&|n| n.signature.clear()));
    forgeries.push(with(&|n| n.signature = b"v1,".to_vec()));
    forgeries.push(with(&|n| n.signature = b"v1,not base64!".to_vec()));
    forgeries.push(with(&|n| n.signature = [b"v2,", &n.signature[3..]].concat()));
    forgeries.push(with(&|n| n.signature.truncate(20)));
    for forged in &forgeries {
        send_notice(platform, forged).refused(401, "webhook_signature_invalid");
    }
    nothing_was_credited(&shop);

    send_notice(platform, &honest).ok();
    assert_eq!(shop.available(), 100_000);
}

/// A signature outside ASCII is wrong, not a fault of ours: 401, never 500.
#[test]
fn a_signature_outside_ascii_is_refused() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let honest = notice(platform, &payment("ascii-1", &shop.number, "10.00"));
    for signature in ["v1,қолтаңба", "\u{20b8}", "v1,\u{7f}é"] {
        let forged = Notice { signature: signature.as_bytes().to_vec(), ..honest.clone() };
        let answer = send_notice(platform, &forged);
        // A control character is no header value at all: the host may say so itself.
        if !(signature.contains('\u{7f}') && answer.status == 400) {
            answer.refused(401, "webhook_signature_invalid");
        }
    }
    nothing_was_credited(&shop);
}

/// Bytes that are no text: Spin itself (4.1) answers 500 before any component is asked, the embedded
/// host asks. Neither credits anything.
#[test]
fn a_signature_that_is_no_text_credits_nothing() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let honest = notice(platform, &payment("bytes-1", &shop.number, "10.00"));
    let forged = Notice { signature: b"v1,\xff\xfe\xfd".to_vec(), ..honest };
    let answer = send_notice(platform, &forged);
    match platform.host() {
        Host::Embedded => drop(answer.refused(401, "webhook_signature_invalid")),
        Host::Spin | Host::SpinOverServers => {
            assert!(answer.is(500).body.is_empty(), "a component was asked");
        }
    }
    nothing_was_credited(&shop);
}

#[test]
fn a_notice_without_its_headers_is_refused() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let honest = notice(platform, &payment("headers-1", &shop.number, "10.00"));
    let timestamp = honest.timestamp.to_string();
    let all: [(&str, &[u8]); 4] = [
        ("content-type", b"application/json"),
        ("webhook-id", honest.id.as_bytes()),
        ("webhook-timestamp", timestamp.as_bytes()),
        ("webhook-signature", &honest.signature),
    ];
    for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let headers: Vec<_> = all.iter().copied().filter(|(name, _)| *name != missing).collect();
        let answer = raw::send(platform, "POST", PAYMENTS_PATH, &headers, &honest.body);
        assert_eq!(answer.status, 401, "without {missing}: {}", answer.text_body());
    }
    nothing_was_credited(&shop);
}

/// A recorded notice cannot be played back later, nor one be prepared in advance.
#[test]
fn a_notice_from_another_time_is_refused() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let body = payment("time-1", &shop.number, "10.00");
    for seconds in [-3_600, -310, 310, 86_400] {
        let at = platform.now() + Duration::seconds(seconds);
        let answer = send_notice(platform, &Notice::signed("time-1", at, &body));
        answer.refused(401, "webhook_timestamp_outside_tolerance");
    }
    nothing_was_credited(&shop);
    for (id, seconds) in [("time-2", -280), ("time-3", 280)] {
        let at = platform.now() + Duration::seconds(seconds);
        let body = payment(id, &shop.number, "10.00");
        send_notice(platform, &Notice::signed(id, at, &body)).ok();
    }
    assert_eq!(shop.available(), 2_000);
}

/// R44: amounts are exact decimal text in tenge; everything else is refused.
#[test]
fn an_amount_that_is_not_exact_tenge_is_refused() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    for (index, amount) in [
        "1000,00",
        "1e3",
        "1E3",
        "-5.00",
        "+5.00",
        "1.005",
        "1.",
        ".50",
        "",
        " 5.00",
        "5.00 ",
        "0x10",
        "1 000.00",
        "NaN",
        "Infinity",
        "٥.٠٠",
        "99999999999999999999.00",
        "5.00\n",
    ]
    .into_iter()
    .enumerate()
    {
        let body = payment(&format!("amount-{}-{index}", shop.login), &shop.number, amount);
        let answer = send_notice(platform, &notice(platform, &body));
        assert_eq!(answer.status, 422, "{amount:?}: {}", answer.text_body());
        answer.refused(422, "payment_amount_invalid");
    }
    for (index, currency) in ["USD", "RUB", "kzt", ""].into_iter().enumerate() {
        let mut body = payment(&format!("currency-{}-{index}", shop.login), &shop.number, "5.00");
        body["data"]["currency"] = json!(currency);
        let answer = send_notice(platform, &notice(platform, &body));
        answer.refused(422, "payment_currency_not_kzt");
    }
    nothing_was_credited(&shop);
}

/// R44: what is written in tenge and tiyn arrives to the tiyn.
#[test]
fn an_exact_amount_is_credited_exactly() {
    let platform = Platform::shared();
    for (amount, tiyn) in [("1000", 100_000), ("1000.5", 100_050), ("0.01", 1), ("19.99", 1_999)] {
        let shop = Account::sign_up(platform);
        let body = payment(&format!("exact-{}", shop.login), &shop.number, amount);
        send_notice(platform, &notice(platform, &body)).ok();
        assert_eq!(shop.available(), tiyn, "{amount}");
        let balance = shop.balance();
        assert_eq!(balance.ledger_sum.0.0, 0);
        assert_eq!(balance.account_number, shop.number);
    }
}

/// R51: the bank has its answer and the same one again; staff see whose the money may be, and credit it once.
#[test]
fn a_payment_for_nobody_is_kept_until_staff_say_whose_it_is() {
    let platform = Platform::fresh();
    let shop = Account::sign_up(&platform);
    let mut kept = Vec::new();
    for (index, number) in ["", "000000000", "no number", "999999999999999999999"].into_iter().enumerate() {
        let body = payment(&format!("nobody-{index}"), number, "5.00");
        let answer = send_notice(&platform, &notice(&platform, &body)).is(200);
        assert_eq!(answer.json().text("/unapplied"), "account_unknown");
        assert!(!answer.json().boolean("/credited"));
        assert_eq!(send_notice(&platform, &notice(&platform, &body)).is(200).body, answer.body);
        kept.push(number.to_owned());
    }
    let waiting = || platform.staff().get(UNAPPLIED).ok().list("/items").clone();
    let numbers: Vec<String> = waiting().iter().map(|item| item.text("/account_number")).collect();
    assert_eq!(numbers, kept);
    assert!(!waiting()[0].boolean("/late"));
    platform.scheduler().get(UNAPPLIED).refused(401, "unauthenticated");

    let decision = json!({
        "provider": "standard", "payment": "nobody-2", "account": shop.id, "by": "Accountant", "basis": "A letter",
    });
    platform.pass(Duration::hours(25));
    assert!(waiting()[0].boolean("/late"));
    platform.staff().post(UNAPPLIED, &decision).no_content();
    platform.staff().post(UNAPPLIED, &decision).refused(409, "payment_already_credited");
    shop.sign_in_again();
    assert_eq!((shop.available(), waiting().len()), (500, 3));
    let top_up = &shop.transfers("top_up")[0];
    let late = instant(&top_up.text("/credited_at")) - instant(&top_up.text("/received_at"));
    assert!(late >= Duration::hours(25), "{top_up}");
}

/// R51, R55: money for an account whose end was asked for is not refused and forgotten.
#[test]
fn a_payment_for_a_closing_account_is_kept_and_credited_when_it_stays() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let forfeits = json!({"amount": "0.00", "currency": "KZT"});
    let ask = json!({"forfeits": forfeits, "recipients_duty_acknowledged": true});
    shop.browser.post("/v1/account/deletion", &ask).created();
    let body = payment(&format!("closing-{}", shop.login), &shop.number, "5.00");
    let answer = send_notice(platform, &notice(platform, &body)).is(200);
    assert_eq!(answer.json().text("/unapplied"), "account_closing");
    assert_eq!((shop.available(), shop.balance().unapplied.0.0), (0, 500));
    shop.browser.delete("/v1/account/deletion");
    assert_eq!((shop.available(), shop.balance().unapplied.0.0), (500, 0));
    assert_eq!(send_notice(platform, &notice(platform, &body)).is(200).body, answer.body);
    assert_eq!((shop.available(), shop.balance().ledger_sum.0.0), (500, 0));
}

/// R43: what no balance holds is the sender's mistake, not a fault of ours.
#[test]
fn a_payment_that_overflows_the_balance_is_refused() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let pay = |id: &str, amount: &str| {
        let body = payment(&format!("{id}-{}", shop.login), &shop.number, amount);
        send_notice(platform, &notice(platform, &body))
    };
    pay("largest", "92233720368547758.07").is(200);
    pay("one-more", "0.01").refused(422, "amount_too_large");
    assert_eq!(shop.available(), i64::MAX);
}

#[test]
fn another_kind_of_notice_than_a_payment_is_refused() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    for kind in ["payment.failed", "payment.refunded", ""] {
        let mut body = payment(&format!("kind-{kind}"), &shop.number, "5.00");
        body["type"] = json!(kind);
        send_notice(platform, &notice(platform, &body)).refused(422, "payment_type_unknown");
    }
    nothing_was_credited(&shop);
}

#[test]
fn a_signed_notice_that_is_not_json_is_refused() {
    let platform = Platform::shared();
    for body in [&b"{"[..], b"", b"\xff", b"[]", b"null"] {
        let notice = Notice::signed_bytes("not-json", platform.now(), body.to_vec());
        let answer = send_notice(platform, &notice);
        assert!([400, 422].contains(&answer.status), "{}: {}", answer.status, answer.text_body());
    }
}

/// R43: a bank repeats until it is answered. The repeat gets the same bytes and credits nothing.
#[test]
fn a_repeated_notice_answers_the_same_bytes_and_credits_once() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let payment_id = format!("repeat-{}", shop.login);
    let body = payment(&payment_id, &shop.number, "250.00");
    let first = notice(platform, &body);
    let answer = send_notice(platform, &first).is(200);
    for _ in 0..3 {
        let again = send_notice(platform, &first).is(200);
        assert_eq!(again.body, answer.body);
    }
    let later = Notice::signed("another-delivery", platform.now() + Duration::seconds(60), &body);
    assert_eq!(send_notice(platform, &later).is(200).body, answer.body);
    assert_eq!(shop.available(), 25_000);
    assert_eq!(shop.ledger().len(), 1);
    assert_eq!(shop.ledger()[0].text("/payment"), payment_id);
}

/// R43: the same, when all repeats come at once.
#[test]
fn a_notice_that_arrives_many_times_at_once_credits_once() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let body = payment(&format!("at-once-{}", shop.login), &shop.number, "250.00");
    let notice = notice(platform, &body);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..8).map(|_| scope.spawn(|| send_notice(platform, &notice))).collect();
        senders.into_iter().map(|sender| sender.join().expect("an answer")).collect()
    });
    let accepted: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert!(!accepted.is_empty());
    assert!(accepted.iter().all(|answer| answer.body == accepted[0].body));
    assert!(answers.iter().all(|answer| [200, 503].contains(&answer.status)), "{answers:?}");
    assert_eq!(shop.available(), 25_000);
    assert_eq!(shop.ledger().len(), 1);
}

/// R43: one payment id is one payment, whatever is written beside it later.
#[test]
fn the_same_payment_with_another_amount_or_account_is_a_conflict() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let other = Account::sign_up(platform);
    let id = format!("conflict-{}", shop.login);
    send_notice(platform, &notice(platform, &payment(&id, &shop.number, "250.00"))).ok();
    for body in [payment(&id, &shop.number, "251.00"), payment(&id, &other.number, "250.00")] {
        send_notice(platform, &notice(platform, &body)).refused(409, "payment_conflict");
    }
    assert_eq!(shop.available(), 25_000);
    nothing_was_credited(&other);
}

/// While a secret is being changed, a bank signs with the old and the new one.
#[test]
fn one_right_signature_among_several_is_enough() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let mut notice = notice(platform, &payment(&format!("two-{}", shop.login), &shop.number, "5.00"));
    notice.signature = [b"v1,AAAA v1a,BBBB ", notice.signature.as_slice()].concat();
    send_notice(platform, &notice).ok();
    assert_eq!(shop.available(), 500);
}

/// Without a secret nobody can be told from the bank: fail closed.
#[test]
fn without_a_secret_the_webhook_credits_nothing() {
    let platform = Platform::with(Settings { payments_secret: None, ..Settings::default() });
    let shop = Account::sign_up(&platform);
    let body = payment("unconfigured-1", &shop.number, "5.00");
    send_notice(&platform, &notice(&platform, &body)).refused(503, "webhook_not_configured");
    let mut signed_with_nothing = notice(&platform, &body);
    let signature = standard_signature(
        "whsec_",
        "unconfigured-1",
        signed_with_nothing.timestamp,
        &signed_with_nothing.body,
    );
    signed_with_nothing.signature = signature.into_bytes();
    send_notice(&platform, &signed_with_nothing).refused(503, "webhook_not_configured");
    nothing_was_credited(&shop);
}

/// R52, R115: an account without money is suspended, and resumes by itself with the first tiyn.
#[test]
fn an_empty_balance_suspends_and_a_payment_resumes_by_itself() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    assert!(shop.balance().suspended);
    shop.top_up("0.01");
    assert!(!shop.balance().suspended);
    assert_eq!(shop.browser.get("/v1/account").ok().text("/state"), "active");
}

/// R51: the credit follows the notice at once, and the ledger tells when.
#[test]
fn a_payment_is_credited_at_once() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    shop.top_up("5.00");
    let transfer = &shop.ledger()[0];
    assert_eq!(transfer.text("/kind"), "top_up");
    let age = platform.now() - sendbox_tests::instant(&transfer.text("/at"));
    assert!(age.abs() < Duration::minutes(5), "{transfer}");
}

/// The stand-in bank signs as a real one does, and has no other way in.
#[test]
fn the_stand_in_bank_pays_through_the_same_webhook() {
    let platform = Platform::shared();
    let shop = Account::sign_up(platform);
    let top_up = json!({"account": shop.number, "amount": "1000.00", "payment_id": "bank-1"});
    let scheduler = platform.scheduler();
    let first = scheduler.post("/sandbox/bank/top-ups", &top_up).is(200);
    let again = scheduler.post("/sandbox/bank/top-ups", &top_up).is(200);
    assert_eq!(first.body, again.body);
    assert_eq!(shop.available(), 100_000);
    let wrong = json!({"account": shop.number, "amount": "1,00"});
    scheduler.post("/sandbox/bank/top-ups", &wrong).refused(422, "payment_amount_invalid");
    assert_eq!(shop.available(), 100_000);
}
