use host::faults::*;
use host::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
#[derive(Default)]
struct F {
    mode: Mutex<String>,
    hit: AtomicBool,
}
impl FaultInjector for F {
    fn before_statement(&self, p: &StatementPoint<'_>) -> StatementFault {
        match self.mode.lock().unwrap().as_str() {
            "fail" if p.sql.starts_with("INSERT") => StatementFault::Fail("database is locked".into()),
            "kill-before" if p.sql.starts_with("SELECT count") => {
                self.hit.store(true, Ordering::Relaxed);
                StatementFault::Kill
            }
            _ => StatementFault::Proceed,
        }
    }
    fn after_statement(&self, p: &StatementPoint<'_>) -> StatementFault {
        match self.mode.lock().unwrap().as_str() {
            "kill-after" if p.sql.starts_with("INSERT INTO t(b) VALUES ('lost')") => StatementFault::Kill,
            "kill-after-auto" if p.sql.starts_with("INSERT INTO t(b) VALUES (?)") => StatementFault::Kill,
            _ => StatementFault::Proceed,
        }
    }
    fn before_outbound(&self, _: &OutboundPoint<'_>) -> OutboundFault {
        match self.mode.lock().unwrap().as_str() {
            "refuse" => OutboundFault::Refuse,
            "respond" => {
                OutboundFault::Respond(http::Response::builder().status(418).body("scripted".into()).unwrap())
            }
            "okill" => OutboundFault::Kill,
            _ => OutboundFault::Proceed,
        }
    }
    fn after_outbound(&self, _: &OutboundPoint<'_>, _: http::StatusCode) -> OutboundReply {
        match self.mode.lock().unwrap().as_str() {
            "odrop" => OutboundReply::Drop,
            "okill-after" => OutboundReply::Kill,
            _ => OutboundReply::Deliver,
        }
    }
}
#[tokio::main]
async fn main() {
    let f = Arc::new(F::default());
    let lines = LogLines::default();
    let mut o = HostOptions::new("/tmp/hosttrial/app/spin.toml", "/tmp/hosttrial/state2");
    o.listen = "127.0.0.1:0".parse().unwrap();
    o.faults = f.clone();
    o.log = LogTarget::Memory(lines.clone());
    o.compile_cache = Some("/tmp/hosttrial/cache".into());
    o.clock = Clock::stopped_at(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000));
    o.random_seed = std::env::args().nth(1).map(|s| s.parse().unwrap());
    o.schedule = Some(Schedule {
        every: std::time::Duration::from_millis(300),
        requests: vec![TickRequest { path: "/p/tick".into(), bearer: Some("s".into()) }],
    });
    let clock = o.clock.clone();
    let t = std::time::Instant::now();
    let h = Host::start(o).await.unwrap();
    println!("started {:?}", t.elapsed());
    let call = async |mode: &str, what: &str, url: &str| {
        *f.mode.lock().unwrap() = mode.to_string();
        let r = h
            .call(
                http::Request::get(format!("/p/{what}"))
                    .header("x-url", url)
                    .body(Default::default())
                    .unwrap(),
            )
            .await
            .unwrap();
        println!("{mode:12} {what:10} {} {}", r.status(), String::from_utf8_lossy(r.body()));
    };
    call("", "time", "").await;
    clock.advance(std::time::Duration::from_secs(5));
    call("", "time", "").await;
    call("", "random", "").await;
    call("", "random", "").await;
    call("", "sql", "").await;
    call("fail", "sql", "").await;
    call("", "sqlread", "").await;
    call("kill-before", "sqlread", "").await;
    call("", "sqlread", "").await;
    call("kill-after", "rollback", "").await;
    call("", "rollback", "").await;
    call("", "sqlread", "").await;
    call("kill-after-auto", "sql", "").await;
    call("", "sqlread", "").await;
    for m in ["", "refuse", "respond", "okill", "odrop", "okill-after"] {
        call(m, "get", "http://hidden.spin.internal/").await;
    }
    *f.mode.lock().unwrap() = String::new();
    let n = 2000;
    let t = std::time::Instant::now();
    for _ in 0..n {
        h.call(http::Request::get("/p/hello").body(Default::default()).unwrap()).await.unwrap();
    }
    println!("in-process hello {:?} each", t.elapsed() / n);
    println!("{:?}", h.totals());
    let (a, b) = (h.address(), tokio::net::TcpStream::connect(h.address()).await);
    println!("{a} {}", b.is_ok());
    for l in lines.lines().iter().filter(|l| l.contains("fail")) {
        println!("{l}");
    }
    println!("ticks {}", lines.lines().iter().filter(|l| l.contains("POST")).count());
    let t = std::time::Instant::now();
    h.shutdown().await.unwrap();
    println!("shutdown {:?}", t.elapsed());
}
