//! Evidence files in pages: events with their proofs against one signed checkpoint (R91, R93).

use domain::cell_name::CellName;
use edge::{Answer, Call, Code, Problem, Result, json};
use evidence::file::{Since, in_base64};
use evidence::{Checkpoint, EvidenceEvent, EvidenceFile, Series};
use store::cell::Tenant;

/// Messages or events on one page.
const PAGE_MAX: usize = 1_000;

/// What is asked for.
enum Asked {
    Campaign(String),
    /// A run of acts: its name, and what their kinds begin with.
    Acts(&'static str, &'static str),
}

impl Asked {
    fn read(call: &Call) -> Result<Self> {
        match (call.query("campaign"), call.query("kind").as_deref()) {
            (Some(campaign), None) => Ok(Self::Campaign(campaign)),
            (None, None) => Ok(Self::Acts("acts", "")),
            (None, Some("consents")) => Ok(Self::Acts("consents", "consent")),
            (None, Some("payments")) => Ok(Self::Acts("payments", "top_up")),
            (None, Some("deletions")) => Ok(Self::Acts("deletions", "deletion")),
            (None, Some("decisions")) => Ok(Self::Acts("decisions", "decision")),
            _ => Err(Problem::field(Code::InvalidField, "kind")),
        }
    }

    fn series(&self) -> &str {
        match self {
            Self::Campaign(campaign) => campaign,
            Self::Acts(run, _) => run,
        }
    }
}

/// Where a page begins, and the size of the log that all pages are proven against: the log grows while
/// somebody turns the pages.
struct Cursor {
    after: i64,
    size: u64,
    /// Whose log it is: that of another cell does not go on with it.
    cell: CellName,
}

impl Cursor {
    fn read(text: &str) -> Option<Self> {
        let (after, rest) = text.split_once('.')?;
        let (size, cell) = rest.split_once('.')?;
        Some(Self { after: after.parse().ok()?, size: size.parse().ok()?, cell: CellName::parse(cell)? })
    }
}

/// `GET /v1/evidence`
pub async fn get(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let asked = Asked::read(&call)?;
    if let Asked::Campaign(campaign) = &asked {
        tenant.sent_content(campaign).await?.ok_or_else(Problem::not_found)?;
    }
    let (now, events) = tenant.counted_evidence(asked.series()).await?;
    let malformed = || Problem::field(Code::InvalidField, "cursor");
    let cursor = match call.query("cursor") {
        Some(text) => {
            let is_of_this_log = |cursor: &Cursor| cursor.size <= now && cursor.cell == tenant.cell();
            Some(Cursor::read(&text).filter(is_of_this_log).ok_or_else(malformed)?)
        }
        None => None,
    };
    // The count is of this moment, so it is signed on the first page, to which the others belong.
    let series = cursor.is_none().then(|| Series {
        account: tenant.account().to_owned(),
        name: asked.series().to_owned(),
        events,
    });
    let is_first = cursor.is_none();
    let after = cursor.as_ref().map(|cursor| cursor.after);
    let size = cursor.map_or(now, |cursor| cursor.size);
    let mut page = match &asked {
        Asked::Campaign(campaign) => tenant.campaign_evidence(campaign, after.unwrap_or(0), PAGE_MAX).await?,
        Asked::Acts(_, begin) => tenant.event_evidence(begin, after.unwrap_or(-1), PAGE_MAX).await?,
    };
    page.events.retain(|event| event.index.unsigned_abs() < size);
    page.events.sort_by_key(|event| event.index);
    let cell = caller.deployment.cell(tenant.cell()).await?;
    let reader = cell.log();
    let mut proven = Vec::with_capacity(page.events.len());
    for event in page.events {
        let index = event.index.unsigned_abs();
        let proof = reader.inclusion(index, size).await?;
        let event = EvidenceEvent::new(index, &event.salt, &event.event, &proof);
        proven.push(event.map_err(|error| Problem::internal("an event", &error))?);
    }
    let key = cell.signing_key()?;
    let checkpoint = Checkpoint { origin: reader.name().to_owned(), size, root: reader.root(size).await? };
    let note = checkpoint.sign_with(&key, series.as_ref());
    let next = page.next_cursor.map(|after| format!("{after}.{size}.{}", tenant.cell().label()));
    let mut file = EvidenceFile::new(key.verifier_key(), note, proven, next);
    for earlier in earlier_sizes(&call, &tenant, is_first, size).await? {
        let proof = in_base64(&reader.consistency(earlier, size).await?);
        file.since.push(Since { size: earlier, proof });
    }
    json(200, &file)
}

/// Since which earlier sizes of the log the file has a proof that it was only continued: since the one that the
/// asker names, or, on a first page, since those of the account's last files.
async fn earlier_sizes(
    call: &Call,
    tenant: &Tenant<'_, store::SpinDatabase>,
    is_first: bool,
    size: u64,
) -> Result<Vec<u64>> {
    match call.query("since") {
        Some(text) => {
            let earlier = text.parse::<u64>().ok().filter(|earlier| (1..=size).contains(earlier));
            Ok(vec![earlier.ok_or_else(|| Problem::field(Code::InvalidField, "since"))?])
        }
        None if is_first => Ok(tenant.note_shown_log(size).await?),
        None => Ok(Vec::new()),
    }
}
