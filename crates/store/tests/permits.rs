//! Sessions and keys that ended: nothing is written under them any more, however the request began.

use domain::account::AccountKind;
use domain::audience::Audience;
use domain::audio::AudioFormat;
use domain::campaign::MessageClass;
use domain::documents::DocumentKind;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{
    Agreement, FileForm, Joined, ListKind, MemberChange, NewAudio, NewBlacklistEntry, NewCampaign,
    NewContact, NewContent, Permit, Piece, PutContacts, Tenant, Who,
};
use sendbox_store::directory::{ApiKey, Directory, DirectoryAccount, PasswordChange, Session, SignInCheck};
use sendbox_store::{Refusal, StoreError};

use crate::support::{Bench, TestDatabase, acceptance, master, number};

const SESSION: &str = "ses_test";
const TOKEN: [u8; 32] = [1; 32];

/// An account whose owner is signed in, and the directory that says so.
fn signed_in() -> Bench {
    let bench = Bench::new();
    let account = DirectoryAccount {
        account: bench.account.clone(),
        account_number: "1".to_owned(),
        cell: "default".to_owned(),
    };
    let directory = Directory::new(&bench.db);
    directory.reserve(&account, &[2; 32], "hash 0", bench.now()).block_on().expect("reserved");
    directory.open_account(&bench.account).block_on().expect("opened");
    assert!(begin(&bench, SESSION, &TOKEN));
    bench
}

fn check(bench: &Bench) -> SignInCheck {
    Directory::new(&bench.db).sign_in_check(&[2; 32]).block_on().expect("reads").expect("known")
}

fn begin(bench: &Bench, session: &str, token: &[u8; 32]) -> bool {
    let session = Session { session: session.to_owned(), expires_at: bench.now() + 1_000 };
    let (directory, check) = (Directory::new(&bench.db), check(bench));
    directory.begin_session(&session, &check, token, bench.now()).block_on().expect("answers")
}

fn under<'b>(bench: &'b Bench, actor: &str) -> Tenant<'b, TestDatabase> {
    bench.tenant().under(Permit { directory: &bench.db, actor: actor.to_owned() })
}

type Writes = Vec<(&'static str, Result<(), StoreError>)>;

/// All that a caller can write of files of contacts, tried once.
fn uploads(bench: &Bench, tenant: &Tenant<'_, TestDatabase>, objects: &Objects) -> Writes {
    let act = bench.act();
    let piece = Piece { first_byte: 0, bytes: b"phone".to_vec() };
    let attestation = acceptance(DocumentKind::RecipientsAttestation);
    let Objects { import, receiving, workbook, awaiting, .. } = objects;
    vec![
        (
            "import",
            tenant
                .create_import(&act, "f", attestation, &Joined::default(), false, None)
                .block_on()
                .map(drop),
        ),
        ("upload", tenant.begin_file(import, 0, FileForm::Text, bench.now()).block_on().map(drop)),
        (
            "piece",
            tenant.add_piece(&receiving.0, &receiving.1, FileForm::Text, &piece, bench.now()).block_on(),
        ),
        (
            "a workbook's text begun",
            tenant.begin_text(&workbook.0, &workbook.1, &Vec::<String>::new()).block_on(),
        ),
        ("a workbook's text", tenant.add_text(&workbook.0, &workbook.1, &piece, bench.now()).block_on()),
        ("format", tenant.confirm_format(awaiting, &(), Some(("shape", &())), bench.now()).block_on()),
        ("file", tenant.finish_file(&receiving.0, &receiving.1, bench.now()).block_on()),
    ]
}

/// Everything that a caller can write, tried once.
fn everything(bench: &Bench, tenant: &Tenant<'_, TestDatabase>, objects: &Objects) -> Writes {
    let act = bench.act();
    let profile = bench.tenant().profile().block_on().expect("reads");
    let contact = NewContact { line: 2, phone: number(50), ..NewContact::default() };
    let put = PutContacts {
        name: "p".to_owned(),
        attestation: acceptance(DocumentKind::RecipientsAttestation),
        contacts: vec![contact],
        rejected: Vec::new(),
        joined: Joined::default(),
    };
    let listed = NewBlacklistEntry { phone: number(51) };
    let audio = NewAudio {
        name: "a".to_owned(),
        format: AudioFormat::Mp3,
        duration_ms: 9_000,
        sha256: domain::documents::sha256_hex(b"sound"),
    };
    let text = NewContent::Text {
        text: "Ready.".to_owned(),
        encoding: "GSM-7",
        segments: 1,
        opt_out_link: None,
        links: None,
    };
    let campaign = NewCampaign {
        name: "c".to_owned(),
        content: text,
        class: MessageClass::Informational,
        audience: None,
        attestation: acceptance(DocumentKind::ContentAttestation),
    };
    let free = Agreement { price: Tiyn::ZERO, total: Tiyn::ZERO };
    let Objects { draft, started, consent, recording, entry, .. } = objects;
    let mut writes = uploads(bench, tenant, objects);
    writes.extend([
        ("profile", tenant.update_profile(&act, &profile, "ru").block_on()),
        (
            "consent",
            tenant.give_consent(&act, &acceptance(DocumentKind::MarketingConsent)).block_on().map(drop),
        ),
        ("withdrawal", tenant.withdraw_consent(&act, consent).block_on()),
        ("contacts put", tenant.put_contacts(&act, put, None).block_on().map(drop)),
        ("blacklist", tenant.add_to_blacklist(&act, &[listed], None).block_on().map(drop)),
        ("off the blacklist", tenant.remove_from_blacklist(&act, entry).block_on()),
        ("recording", tenant.create_audio(&act, &audio, b"sound", None).block_on().map(drop)),
        ("recording's end", tenant.delete_audio(&act, recording).block_on()),
        ("campaign", tenant.create_campaign(&act, &campaign, None).block_on().map(drop)),
        ("start", tenant.start_campaign(&act, draft, free).block_on().map(drop)),
        ("draft's end", tenant.delete_campaign(draft).block_on()),
        ("pause", tenant.pause_campaign(&act, started).block_on().map(drop)),
        ("resumption", tenant.resume_campaign(&act, started).block_on().map(drop)),
        ("cancellation", tenant.cancel_campaign(&act, started).block_on().map(drop)),
        ("contacts", tenant.delete_contacts(&act, None).block_on().map(drop)),
        (
            "deletion",
            tenant
                .request_deletion(&act, bench.tenant().balance().block_on().expect("reads").available)
                .block_on()
                .map(drop),
        ),
        ("deletion's end", tenant.cancel_deletion(&act).block_on()),
    ]);
    writes
}

/// The same of lists and audiences.
fn lists_and_audiences(bench: &Bench, tenant: &Tenant<'_, TestDatabase>, objects: &Objects) -> Writes {
    let (act, list) = (bench.act(), &objects.list);
    let all = Who::Audience(Audience::default());
    vec![
        ("export", tenant.record_read(master(), &act, "exported", serde_json::json!({})).block_on()),
        ("list", tenant.create_list(&act, ListKind::List, "l").block_on().map(drop)),
        ("name of a list", tenant.rename_list(ListKind::List, list, "m").block_on().map(drop)),
        (
            "members of a list",
            tenant.change_members(&act, list, &MemberChange::Add, &all).block_on().map(drop),
        ),
        ("audience", tenant.save_audience(&act, "a", &Audience::default()).block_on().map(drop)),
        ("list's end", tenant.delete_list(&act, list).block_on()),
        ("chosen contacts", tenant.delete_chosen(&act, &all).block_on().map(drop)),
    ]
}

struct Objects {
    draft: String,
    started: String,
    import: String,
    /// An import whose file comes in, and the mark of the request that brings it.
    receiving: (String, String),
    /// The same of a workbook.
    workbook: (String, String),
    /// An import that awaits its owner's word.
    awaiting: String,
    consent: String,
    recording: String,
    entry: String,
    list: String,
}

/// Something of each kind that can be changed.
fn objects(bench: &Bench) -> Objects {
    let started = bench.queue(2);
    let act = bench.act();
    bench.blacklist(&number(70));
    let audio = NewAudio {
        name: "b".to_owned(),
        format: AudioFormat::Mp3,
        duration_ms: 9_000,
        sha256: domain::documents::sha256_hex(b"first"),
    };
    let tenant = bench.tenant();
    Objects {
        draft: bench.draft(),
        started,
        import: bench.create_import(),
        receiving: {
            let import = bench.create_import();
            let upload =
                tenant.begin_file(&import, 0, FileForm::Text, bench.now()).block_on().expect("begun");
            (import, upload)
        },
        workbook: {
            let import = bench.create_import();
            let upload = tenant.begin_file(&import, 0, FileForm::Workbook, bench.now()).block_on();
            (import, upload.expect("begun"))
        },
        awaiting: {
            let import = bench.create_confirmed_import();
            bench.send_file(&import);
            import
        },
        consent: tenant
            .give_consent(&act, &acceptance(DocumentKind::MarketingConsent))
            .block_on()
            .expect("given")
            .consent,
        recording: tenant.create_audio(&act, &audio, b"first", None).block_on().expect("kept").audio,
        entry: tenant.blacklist(None, 1).block_on().expect("reads").items.remove(0).entry,
        list: bench.list("first"),
    }
}

/// Every row of the account, as far as callers write them.
fn rows(bench: &Bench) -> Vec<sendbox_store::Row> {
    let tables = [
        "account",
        "profile_change",
        "consent",
        "event",
        "import",
        "contact",
        "list",
        "list_member",
        "saved_audience",
        "campaign_recipient",
        "blacklist",
        "audio",
        "campaign",
        "message",
        "deletion",
        "idempotency",
        "log",
    ];
    tables.iter().flat_map(|table| bench.sql(&format!("SELECT * FROM {table}"))).collect()
}

/// R12: a request that was held open while its session ended finds every door shut.
#[test]
fn an_ended_session_writes_nothing() {
    let bench = signed_in();
    let objects = objects(&bench);
    let tenant = under(&bench, SESSION);
    Directory::new(&bench.db).end_sessions(&bench.account, Some(SESSION), None).block_on().expect("ended");
    let before = rows(&bench);
    let writes = [everything(&bench, &tenant, &objects), lists_and_audiences(&bench, &tenant, &objects)];
    for (what, outcome) in writes.concat() {
        assert_eq!(outcome, Err(Refusal::Unauthenticated.into()), "{what}");
    }
    assert_eq!(rows(&bench), before);
}

/// R18: the same of a key; and while it holds, each of these acts is done, so the refusals above are the session's.
#[test]
fn a_revoked_key_writes_nothing_and_a_live_one_everything() {
    let bench = signed_in();
    let key = ApiKey {
        key: "key_1".to_owned(),
        name: vec![],
        last_four: "last".to_owned(),
        created_at: bench.now(),
    };
    let directory = Directory::new(&bench.db);
    directory.add_api_key(&bench.account, SESSION, &key, &[9; 32]).block_on().expect("added");
    let objects = objects(&bench);
    let tenant = under(&bench, "key_1");
    // One upload at a time, and a campaign once started is no draft: these two stand in another's way.
    let in_the_way = ["upload", "draft's end"];
    let writes = [everything(&bench, &tenant, &objects), lists_and_audiences(&bench, &tenant, &objects)];
    for (what, outcome) in writes.concat() {
        let refused_as_held = outcome == Err(Refusal::Unauthenticated.into());
        assert!(!refused_as_held && (outcome.is_ok() || in_the_way.contains(&what)), "{what}: {outcome:?}");
    }
    directory.revoke_api_key(&bench.account, SESSION, "key_1", bench.now()).block_on().expect("revoked");
    let before = rows(&bench);
    let writes = [everything(&bench, &tenant, &objects), lists_and_audiences(&bench, &tenant, &objects)];
    for (what, outcome) in writes.concat() {
        assert_eq!(outcome, Err(Refusal::Unauthenticated.into()), "{what}");
    }
    assert_eq!(rows(&bench), before);
}

/// R18: another account's session is no permit.
#[test]
fn a_session_of_another_account_permits_nothing() {
    let bench = signed_in();
    let stranger = bench.open_account(AccountKind::LegalEntity);
    let tenant = bench.tenant_of(&stranger).under(Permit { directory: &bench.db, actor: SESSION.to_owned() });
    let (act, number) = (bench.act(), NewBlacklistEntry { phone: number(1) });
    let refused = tenant.add_to_blacklist(&act, &[number], None).block_on();
    assert_eq!(refused, Err(Refusal::Unauthenticated.into()));
}

fn change<'c>(bench: &'c Bench, session: &'c str, credentials: i64) -> PasswordChange<'c> {
    let now = bench.now();
    PasswordChange {
        account: &bench.account,
        session,
        credentials,
        password: "hash 1",
        compromised: false,
        now,
    }
}

/// R12, R194: of two who know the old password and change it at once, one does; and it takes a live session.
#[test]
fn a_password_is_changed_only_in_place_of_the_one_that_was_checked_and_by_a_live_session() {
    let bench = signed_in();
    let directory = Directory::new(&bench.db);
    assert!(begin(&bench, "ses_thief", &[3; 32]));
    let checked = directory.password_check(&bench.account).block_on().expect("reads").expect("known").1;
    let of =
        |session, credentials| directory.change_password(&change(&bench, session, credentials)).block_on();
    assert_eq!(of("ses_nobody", checked), Ok(None));
    assert_eq!(of(SESSION, checked + 1), Ok(None));
    bench.pass(1_000);
    assert_eq!(of(SESSION, checked), Ok(None), "a session that ran out");
    bench.pass(-1_000);
    assert_eq!(of(SESSION, checked), Ok(Some(vec![vec![3; 32]])), "the thief's session ends");
    assert_eq!(of("ses_thief", checked), Ok(None));
    assert_eq!(check(&bench).password, "hash 1");
}

/// R12: a report ends every session, its own too, and every key.
#[test]
fn a_report_of_a_compromise_ends_all_sessions_and_keys() {
    let bench = signed_in();
    let directory = Directory::new(&bench.db);
    let key = ApiKey {
        key: "key_1".to_owned(),
        name: vec![],
        last_four: "last".to_owned(),
        created_at: bench.now(),
    };
    directory.add_api_key(&bench.account, SESSION, &key, &[9; 32]).block_on().expect("added");
    let checked = directory.password_check(&bench.account).block_on().expect("reads").expect("known").1;
    let report = PasswordChange { compromised: true, ..change(&bench, SESSION, checked) };
    assert_eq!(directory.change_password(&report).block_on(), Ok(Some(vec![TOKEN.to_vec()])));
    assert_eq!(directory.key_bearer(&[9; 32]).block_on(), Ok(None));
    assert_eq!(directory.session_bearer(&TOKEN, bench.now()).block_on(), Ok(None));
}

/// R18: a session that ended makes and revokes no key.
#[test]
fn keys_are_made_and_revoked_by_a_live_session_only() {
    let bench = signed_in();
    let directory = Directory::new(&bench.db);
    let key = |id: &str| ApiKey {
        key: id.to_owned(),
        name: vec![],
        last_four: "last".to_owned(),
        created_at: bench.now(),
    };
    directory.add_api_key(&bench.account, SESSION, &key("key_1"), &[9; 32]).block_on().expect("added");
    directory.end_sessions(&bench.account, None, None).block_on().expect("ended");
    let refused = Err(StoreError::from(Refusal::Unauthenticated));
    assert_eq!(directory.add_api_key(&bench.account, SESSION, &key("key_2"), &[8; 32]).block_on(), refused);
    assert_eq!(directory.revoke_api_key(&bench.account, SESSION, "key_1", bench.now()).block_on(), refused);
    assert_eq!(directory.api_keys(&bench.account).block_on().expect("reads").len(), 1);
}
