//! Reads the exchanges: plain HTTP messages, each under a line with its name. Credentials, numbers and
//! ids in them are made up.

use std::time::Duration;

use domain::tariffs::Channel;
use domain::voice::CallPlan;
use sendbox_operators::{
    Exchange, Hindrance, Operator, OperatorRequest, OutgoingCall, OutgoingMessage, Question, Validity,
    Verdict,
};

/// The id of the message in all exchanges.
pub const ID: &str = "msg_018bcfe568007fffbfff0000000000a1";
/// Its row.
pub const ROW: u64 = 4711;
/// The key of the tokens in recorded addresses.
pub const REPORT_KEY: &[u8] = b"report key of the tests";

pub const GSM_TEXT: &str = "Call us: 50% & more+";
pub const KAZAKH_TEXT: &str = "Сәлем";

/// One HTTP message.
pub struct Recorded {
    first_line: Vec<String>,
    headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// All messages of one operator.
pub struct Recordings(pub &'static str);

impl Recordings {
    /// The message of that name.
    pub fn get(&self, name: &str) -> Recorded {
        let section = self.0.split("### ").find(|section| section.lines().next() == Some(name));
        let section = section.unwrap_or_else(|| panic!("no exchange named {name:?}"));
        let (head, body) = section.split_once("\n\n").expect("a blank line ends the headers");
        let mut lines = head.lines().skip(1);
        let first_line = lines.next().expect("a first line").split(' ').map(str::to_owned).collect();
        let headers = lines.filter_map(|line| line.split_once(": "));
        Recorded {
            first_line,
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
            body: body.trim_end_matches('\n').as_bytes().to_vec(),
        }
    }

    /// An answer of that name.
    pub fn answer(&self, name: &str) -> Exchange {
        let recorded = self.get(name);
        let status = recorded.first_line[1].parse().expect("a status");
        Exchange::Answered { status, body: recorded.body }
    }
}

impl Recorded {
    /// The path of a request, in its segments.
    pub fn segments(&self) -> Vec<&str> {
        let path = self.first_line[1].split('?').next().expect("a path");
        path.trim_start_matches('/').split('/').collect()
    }

    /// The query string of a request.
    pub fn query(&self) -> &str {
        self.first_line[1].split_once('?').map(|(_, query)| query).unwrap_or_default()
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Of so many seconds before eight in the evening.
pub const fn validity(seconds: u64) -> Validity {
    // 2026-11-27T20:00:00+05:00
    Validity { ends_at: 1_795_791_600_000, left: Duration::from_secs(seconds) }
}

/// The message of all exchanges. Nine minutes and 59 seconds are left of the hours.
pub const fn message(text: &str) -> OutgoingMessage<'_> {
    message_valid_for(text, 599)
}

/// A message of which so many seconds are left.
pub const fn message_valid_for(text: &str, seconds: u64) -> OutgoingMessage<'_> {
    let validity = validity(seconds);
    OutgoingMessage { id: ID, row: ROW, to: "+77010000001", from: "SENDBOX", text, validity }
}

/// The value of a field of the hand-over of a message that is valid for so many seconds; `None` where nothing
/// leaves. Nothing of it is ambiguous: it waits here.
pub fn validity_field(operator: &dyn Operator, name: &str, seconds: u64) -> Option<String> {
    match operator.hand_over(&[message_valid_for(GSM_TEXT, seconds)]) {
        Ok(request) => {
            let query = request.uri().query().unwrap_or_default();
            let fields = [fields(query.as_bytes()), fields(request.body())].concat();
            Some(fields.into_iter().find(|(key, _)| key == name).expect("it says so").1)
        }
        Err(error) => {
            assert_eq!(error.verdict(), Verdict::NotTaken(Hindrance::Throttled));
            None
        }
    }
}

/// The call of all exchanges.
pub fn call() -> OutgoingCall<'static> {
    OutgoingCall {
        id: ID,
        row: ROW,
        to: "+77010000001",
        from: "+77010009999",
        audio_url: "https://sendbox.example/audio/a1?expires=1792300000&signature=c0ffee",
        plan: CallPlan::new(1, 20, 600).expect("within bounds"),
        validity: validity(599),
    }
}

/// The question about it.
pub const fn question(reference: Option<&str>, channel: Channel) -> Question<'_> {
    Question { id: ID, row: ROW, reference, phone: Some("+77010000001"), channel }
}

/// The fields of a form, as pairs.
pub fn fields(form: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(form).into_owned().collect()
}

/// The fields of a request's body, after checks that hold for every form that is posted.
pub fn posted(request: &OperatorRequest) -> Vec<(String, String)> {
    assert_eq!(request.method(), "POST");
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    // Without a length, head and body leave apart, and the answer waits for 44 ms.
    assert_eq!(request.headers()["content-length"], request.body().len().to_string());
    fields(request.body())
}

/// Pairs of texts to compare with.
pub fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Exchanges of which nobody can say whether the message was taken, with every operator.
pub fn ambiguous() -> Vec<Exchange> {
    let answered = |status: u16, body: &str| Exchange::Answered { status, body: body.as_bytes().to_vec() };
    let with_body = [(200, "<html>"), (502, "Bad Gateway"), (504, "Gateway Timeout")];
    let without_body = (100..300).chain([300, 302, 303, 304, 408, 409]).chain(500..600);
    let with_body = with_body.map(|(status, body)| answered(status, body));
    let without_body = without_body.map(|status| answered(status, ""));
    with_body.into_iter().chain(without_body).chain([Exchange::Lost]).collect()
}
