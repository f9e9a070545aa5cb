//! What an account keeps before its first payment: enough to try everything, and no more (R118).

use domain::audio::AudioFormat;
use domain::campaign::MessageClass;
use domain::documents::DocumentKind;
use domain::unpaid::Kept;
use pollster::FutureExt as _;
use sendbox_store::cell::{Joined, NewAudio, NewBlacklistEntry, Word};
use sendbox_store::{Refusal, StoreError};

use crate::support::{Bench, acceptance, number, numbers};

/// Adds one of a kind.
fn add(bench: &Bench, kept: Kept, n: usize) -> Result<(), StoreError> {
    let (act, tenant) = (bench.act(), bench.tenant());
    match kept {
        Kept::Contacts => {
            let import = bench.begin_upload();
            let added = bench.add_batch(&import, &[number(n)]);
            if added.is_ok() {
                bench.complete(&import).expect("completed");
            } else {
                bench.refuse_import(&import, "storage_limit_until_payment", None);
            }
            added
        }
        Kept::Imports => {
            let attestation = acceptance(DocumentKind::RecipientsAttestation);
            tenant
                .create_import(&act, "f.csv", attestation, &Joined::default(), false, None)
                .block_on()
                .map(drop)
        }
        Kept::Blacklisted => {
            let entry = NewBlacklistEntry { phone: number(n) };
            tenant.add_to_blacklist(&act, &[entry], None).block_on().map(drop)
        }
        Kept::Recordings => {
            let audio = NewAudio {
                name: "a".to_owned(),
                format: AudioFormat::Mp3,
                duration_ms: 9_000,
                sha256: domain::documents::sha256_hex(b"sound"),
            };
            tenant.create_audio(&act, &audio, b"sound", None).block_on().map(drop)
        }
        Kept::Drafts => bench.try_draft_of(MessageClass::Informational).map(drop),
        Kept::DecisionConsents => {
            tenant.note_stances(&act, &[number(n)], Word::Consents, "Form").block_on().map(drop)
        }
    }
}

/// An account that keeps all that it may of a kind.
fn full_of(kept: Kept) -> Bench {
    let bench = Bench::new();
    let most = kept.most_unpaid() as usize;
    match kept {
        Kept::Contacts => drop(bench.upload(&numbers(most))),
        Kept::Blacklisted => {
            let all: Vec<_> = numbers(most).into_iter().map(|phone| NewBlacklistEntry { phone }).collect();
            bench.tenant().add_to_blacklist(&bench.act(), &all, None).block_on().expect("listed");
        }
        Kept::DecisionConsents => bench.say(&numbers(most), Word::Consents),
        Kept::Imports | Kept::Recordings | Kept::Drafts => {
            (0..most).for_each(|n| add(&bench, kept, n).expect("within the limit"));
        }
    }
    bench
}

const ALL: [Kept; 6] = [
    Kept::Contacts,
    Kept::Imports,
    Kept::Blacklisted,
    Kept::Recordings,
    Kept::Drafts,
    Kept::DecisionConsents,
];

/// R118: one more than it may is refused and leaves nothing; the first payment lifts the limit.
#[test]
fn nobody_fills_the_disk_without_having_paid_anything() {
    for kept in ALL {
        let bench = full_of(kept);
        let counts = |bench: &Bench| {
            let count =
                |table: &str| bench.count(&format!("SELECT count(*) FROM {table} WHERE account = ?1"));
            ["contact", "import", "blacklist", "audio", "campaign", "decision_stance"].map(count)
        };
        let before = counts(&bench);
        assert_eq!(add(&bench, kept, 10_000), Err(Refusal::StorageLimitUntilPayment.into()), "{kept:?}");
        let mut after = counts(&bench);
        if kept == Kept::Contacts {
            // The upload itself stands as failed.
            after[1] -= 1;
        }
        assert_eq!(after, before, "{kept:?}");
        bench.top_up("pay_first", 1).expect("credited");
        assert_eq!(add(&bench, kept, 10_001), Ok(()), "{kept:?}");
    }
}
