//! Kannel as the tests run it: what it takes arrives at its SMS centre once, whole, and is reported on.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use sendbox_tests::kannel::{CENTRE, Kannel, PASSWORD, USERNAME};
use sendbox_tests::{Account, Campaign, Platform, Report, Settings, csv_of, mobiles, tenge};

/// Hands a text over by the smsbox's own interface; answers status and words.
fn send(kannel: &Kannel, to: &str, coding: &str, text: &str, reports: &str) -> (u16, String) {
    let url = format!("{}/cgi-bin/sendsms", kannel.url);
    let request = ureq::get(url)
        .query("username", USERNAME)
        .query("password", PASSWORD)
        .query("from", "SENDBOX")
        .query("to", to)
        .query("coding", coding)
        .query("smsc", CENTRE)
        .query("dlr-mask", "27")
        .query("dlr-url", reports);
    let request = request.query_raw("text", text);
    let mut answer = request.call().expect("the smsbox answers");
    (answer.status().as_u16(), answer.body_mut().read_to_string().expect("in words"))
}

/// Takes reports in, until as many as wanted are there: how often each address was called.
fn take_reports(listener: &TcpListener, wanted: usize) -> BTreeMap<String, usize> {
    let mut called = BTreeMap::new();
    while called.values().sum::<usize>() < wanted {
        let (mut stream, _) = listener.accept().expect("the smsbox connects");
        let mut lines = BufReader::new(stream.try_clone().expect("a socket")).lines();
        let first = lines.next().expect("a request line").expect("it is text");
        let address = first.split(' ').nth(1).expect("an address").to_owned();
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        *called.entry(address).or_default() += 1;
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(answer.as_bytes()).expect("the smsbox reads");
    }
    called
}

#[test]
fn what_kannel_takes_arrives_once_and_is_reported_as_accepted_and_as_delivered() {
    let kannel = Kannel::start();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("it is bound"));
    let numbers = ["+77015550001", "+77015550002"];
    for number in numbers {
        let reports = format!("{base}/{}?status=%d", number.trim_start_matches('+'));
        let (status, words) = send(&kannel, number, "0", "Hello", &reports);
        assert_eq!((status, words.as_str()), (202, "0: Accepted for delivery"));
    }
    let called = take_reports(&listener, 4);
    let expected: BTreeMap<String, usize> = ["77015550001", "77015550002"]
        .into_iter()
        .flat_map(|number| ["8", "1"].map(|status| (format!("/{number}?status={status}"), 1)))
        .collect();
    assert_eq!(called, expected);
    let mut arrived: Vec<_> =
        kannel.arrived().into_iter().map(|message| (message.to, message.body)).collect();
    arrived.sort();
    assert_eq!(arrived, numbers.map(|number| (number.to_owned(), b"Hello".to_vec())));
    kannel.wait_for(2);
    assert_eq!(kannel.hang_up(), 2);
}

#[test]
fn a_long_text_in_another_alphabet_arrives_in_segments_and_whole() {
    let kannel = Kannel::start();
    // 150 letters: three segments of at most 67.
    let text = "ә".repeat(150);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let encoded: String = utf16.iter().map(|byte| format!("%{byte:02X}")).collect();
    let (status, words) = send(&kannel, "+77015550003", "2", &encoded, "http://127.0.0.1:9/");
    assert_eq!(status, 202, "{words}");
    kannel.wait_for(1);
    kannel.hang_up();
    let arrived = kannel.arrived();
    let places: Vec<_> = arrived.iter().map(|segment| (segment.segment, segment.segments)).collect();
    assert_eq!(places, [(1, 3), (2, 3), (3, 3)]);
    let whole: Vec<u8> = arrived.into_iter().flat_map(|segment| segment.body).collect();
    assert_eq!(whole, utf16);
}

/// The smsbox calls its last addresses after the bearerbox has counted them. Ticks take in what came before
/// its hand-over was settled.
fn all_reported(platform: &Platform, campaign: &Campaign<'_, '_>) -> Report {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        platform.dispatch();
        let report = campaign.report();
        if report.awaiting_report == 0 || Instant::now() > end {
            return report;
        }
    }
}

/// R84, R85, R87: a campaign of two thousand through a real Kannel: all at its SMS centre, none twice, and
/// every delivery report in.
#[test]
fn a_campaign_of_two_thousand_arrives_once_and_every_report_comes_in() {
    const CONTACTS: u32 = 2_000;
    let kannel = Kannel::start();
    let variables = vec![
        ("operators", "kannel".to_owned()),
        ("kannel_url", kannel.url.clone()),
        ("kannel_username", USERNAME.to_owned()),
        ("kannel_password", PASSWORD.to_owned()),
        ("kannel_smsc", CENTRE.to_owned()),
    ];
    let platform = Platform::with(Settings { variables, ..Settings::default() });
    let shop = Account::sign_up(&platform);
    shop.upload(csv_of(&mobiles(0, CONTACTS)));
    shop.top_up(&tenge(i64::from(CONTACTS) * 1_500));
    let campaign = shop.draft("Сәлем! Hello");
    campaign.start();
    let report = campaign.send_all();
    assert_eq!((report.handed_over, report.unknown), (i64::from(CONTACTS), 0));
    kannel.wait_for(u64::from(CONTACTS));
    let report = all_reported(&platform, &campaign);
    assert_eq!(report.delivered, i64::from(CONTACTS), "{report:?}");
    assert_eq!(report.charged(), i64::from(CONTACTS) * 1_500);
    assert_eq!(kannel.hang_up(), u64::from(CONTACTS));
    let mut arrived: Vec<String> = kannel.arrived().into_iter().map(|message| message.to).collect();
    arrived.sort();
    let mut wanted = mobiles(0, CONTACTS);
    wanted.sort();
    assert_eq!(arrived, wanted);
    let text: Vec<u8> = "Сәлем! Hello".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(kannel.arrived().iter().all(|message| message.body == text && message.from == "SENDBOX"));
}
