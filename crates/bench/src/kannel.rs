//! Kannel beside the product: the same messages given to its smsbox one a request, and counted at its SMS
//! centre. Its spool store keeps them meanwhile; it never waits for the disk.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sendbox_tests::kannel::{CENTRE, Kannel, PASSWORD, USERNAME};

use crate::campaign::{TEXT, number};
use crate::client::drive;
use crate::process::{peak_memory, process_cpu};

/// Requests under way at once: beyond some dozens Kannel gets no faster.
const CONNECTIONS: usize = 64;

/// What Kannel did.
pub struct KannelRun {
    /// From the first request to the last message at the SMS centre.
    pub wall: Duration,
    /// Of bearerbox and smsbox together.
    pub cpu: Duration,
    /// Bytes, of both together.
    pub peak_memory: u64,
}

/// Gives it so many messages without reports, which is the least work for it, and waits until the SMS
/// centre has them.
pub fn measure(messages: u64) -> anyhow::Result<KannelRun> {
    let kannel = Kannel::counting();
    let address: SocketAddr = kannel.url.trim_start_matches("http://").parse().context("its address")?;
    let text = TEXT.replace(' ', "+");
    let boxes = kannel.box_pids();
    let cpu = || -> anyhow::Result<Duration> { boxes.iter().map(|pid| process_cpu(*pid)).sum() };
    let before = cpu()?;
    let started = Instant::now();
    drive(address, CONNECTIONS, messages, |n, request| {
        let to = number(n).replace('+', "%2B");
        let head = format!(
            "GET /cgi-bin/sendsms?username={USERNAME}&password={PASSWORD}&from=SENDBOX&to={to}&coding=0\
             &smsc={CENTRE}&text={text} HTTP/1.1\r\nhost: kannel\r\n\r\n"
        );
        request.extend_from_slice(head.as_bytes());
    })?;
    kannel.wait_for(messages);
    let wall = started.elapsed();
    let cpu = cpu()? - before;
    let peak_memory = boxes.iter().map(|pid| peak_memory(*pid)).sum::<anyhow::Result<u64>>()?;
    let arrived = kannel.hang_up();
    ensure!(arrived == messages, "the SMS centre got {arrived} of {messages}");
    Ok(KannelRun { wall, cpu, peak_memory })
}
