//! Downloads the campaign's evidence, checks offline that it is whole, and holds the log's end against its
//! beginning: it may only have grown (R91).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, bail};
use api::ids::CampaignId;
use api::jobs::{self, WorkedJobs};
use api::proof::{self, Consistency};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evidence::merkle::{Hash, verify_consistency};
use evidence::{Checkpoint, Verified, checkpoint};
use host::private_files;
use serde::Deserialize;
use serde_json::Value;

use crate::client::{Client, paged};

/// What the evidence proves.
#[derive(Default)]
pub struct Proof {
    /// Leaves in the log at the last checkpoint.
    pub size: u64,
    /// Its root, in base64.
    pub root: String,
    /// Events that were verified.
    pub events: u64,
    pub by_kind: BTreeMap<String, u64>,
    /// The messages that verified events name, by the events' kind.
    pub messages: BTreeMap<String, BTreeSet<String>>,
}

/// The log's key, and a checkpoint from before the work.
pub fn begin(client: &Client) -> anyhow::Result<(String, Checkpoint)> {
    let key = client.get_text(&proof::KEY, "")?.trim().to_owned();
    let earlier = new_checkpoint(client, &key)?;
    Ok((key, earlier))
}

/// Has the log signed as far as it has grown, and verifies the checkpoint.
fn new_checkpoint(client: &Client, key: &str) -> anyhow::Result<Checkpoint> {
    let _: WorkedJobs = client.have_done(&jobs::WORK, &[])?;
    let note = client.get_text(&proof::CHECKPOINT, "")?;
    checkpoint::verify(&note, key).context("GET /v1/log/checkpoint")
}

/// Verifies all evidence of the campaign. `keep` is a folder for its pages.
pub fn check(
    client: &Client,
    campaign: &CampaignId,
    key: &str,
    earlier: &Checkpoint,
    keep: Option<&Path>,
) -> anyhow::Result<Proof> {
    let later = new_checkpoint(client, key)?;
    only_grew(client, earlier, &later)?;
    let mut pages = Vec::new();
    let mut cursor = None;
    for number in 1_u32.. {
        let page =
            client.get_text(&proof::EVIDENCE, &paged(&format!("campaign={campaign}"), cursor.as_deref()))?;
        if let Some(folder) = keep {
            let path = folder.join(format!("{campaign}-{number:04}.json"));
            keep_page(&path, &page).with_context(|| path.display().to_string())?;
        }
        let next = next_cursor(&page)?;
        pages.push(page);
        if next.is_none() {
            break;
        }
        if next == cursor {
            bail!("GET /v1/evidence answers the same cursor twice");
        }
        cursor = next;
    }
    let verified = evidence::verify(&pages, Some(key)).context("the evidence")?;
    let mut proof = Proof { size: later.size, root: BASE64_STANDARD.encode(later.root), ..Proof::default() };
    proof.take(verified);
    Ok(proof)
}

impl Proof {
    fn take(&mut self, verified: Verified) {
        self.events = verified.events.len() as u64;
        self.by_kind = verified.by_kind;
        for event in verified.events {
            let field = |name: &str| event.event.get(name).and_then(Value::as_str).map(str::to_owned);
            if let (Some(kind), Some(message)) = (field("kind"), field("message")) {
                self.messages.entry(kind).or_default().insert(message);
            }
        }
    }
}

/// Evidence names people's numbers: it is nobody else's.
fn keep_page(path: &Path, page: &str) -> std::io::Result<()> {
    let mut file = private_files::append(path)?;
    file.set_len(0)?;
    file.write_all(page.as_bytes())
}

fn next_cursor(page: &str) -> anyhow::Result<Option<String>> {
    #[derive(Deserialize)]
    struct Page {
        next_cursor: Option<String>,
    }
    let Page { next_cursor } = serde_json::from_str(page)?;
    Ok(next_cursor)
}

/// The service proves that the later log begins with the whole earlier one.
fn only_grew(client: &Client, earlier: &Checkpoint, later: &Checkpoint) -> anyhow::Result<()> {
    let (from, to) = (earlier.size, later.size);
    let Consistency { proof, .. } = client.get(&proof::CONSISTENCY, &[], &format!("from={from}&to={to}"))?;
    let proof: Option<Vec<Hash>> =
        proof.iter().map(|hash| Hash::try_from(BASE64_STANDARD.decode(hash).ok()?).ok()).collect();
    let proof = proof.context("GET /v1/log/consistency: a hash is not 32 bytes in base64")?;
    if !verify_consistency(from, to, &earlier.root, &later.root, &proof) {
        bail!("the log was rewritten: its first {from} leaves are not those of the earlier checkpoint");
    }
    Ok(())
}
