//! Durable jobs: written with their cause, done in steps under a lease, and apart when they fail.

use domain::money::Tiyn;
use evidence::checkpoint;
use pollster::FutureExt as _;
use sendbox_store::cell::{FileForm, Job, JobKind, Next, Piece};
use sendbox_store::{DatabaseClock, DbError, StoreError};

use crate::support::{Bench, DAY, MINUTE, numbers};

const CLOCK: DatabaseClock = DatabaseClock { shift_ms: 0 };

fn request_deletion(bench: &Bench) -> String {
    bench.tenant().request_deletion(&bench.act(), Tiyn::ZERO).block_on().expect("requested").deletion
}

/// A bench whose account's day has come, with the job taken.
fn due() -> (Bench, Job) {
    let bench = Bench::new();
    request_deletion(&bench);
    bench.pass(30 * DAY);
    let job = bench.take_other_job().expect("due");
    (bench, job)
}

/// Goes on with a job without an effect.
fn go_on(bench: &Bench, job: &Job, next: &Next) -> Option<Next> {
    let step = bench.cell().commit_step::<DbError>(job, CLOCK, async |_| Ok(next.clone())).block_on();
    step.expect("committed")
}

/// R128: where the cause is not written, neither is the job.
#[test]
fn a_job_is_written_with_its_cause_or_not_at_all() {
    let bench = Bench::new();
    bench.tenant().request_deletion(&bench.act(), Tiyn(1)).block_on().expect_err("another balance");
    bench.pass(30 * DAY);
    assert_eq!(bench.take_other_job(), None);
}

#[test]
fn a_job_is_not_due_before_its_time_and_taken_by_one_host_alone() {
    let (bench, job) = due();
    assert_eq!((job.kind, job.account.as_str()), (JobKind::Deletion, bench.account.as_str()));
    assert_eq!(bench.take_other_job(), None);
}

/// A host that is killed in the middle of a step leaves a lease behind that runs out.
#[test]
fn the_job_of_a_host_that_died_is_taken_again_from_its_cursor() {
    let (bench, job) = due();
    go_on(&bench, &job, &Next::Again("half".to_owned()));
    let taken = bench.take_other_job().expect("due at once");
    assert_eq!(taken.cursor, "half");
    bench.pass(2 * MINUTE - 1);
    assert_eq!(bench.take_other_job(), None, "the lease lasts");
    bench.pass(1);
    let again = bench.take_other_job().expect("taken again");
    assert_eq!((again.id, again.cursor.as_str()), (job.id, "half"));
}

/// Whoever slept through its lease finds that another has the job, and changes nothing.
#[test]
fn a_step_whose_lease_ran_out_and_was_taken_over_does_nothing() {
    let (bench, slow) = due();
    bench.pass(2 * MINUTE);
    let quick = bench.take_other_job().expect("taken over");
    let effect = bench.cell().commit_step::<DbError>(&slow, CLOCK, async |_| panic!("no effect")).block_on();
    assert_eq!(effect, Ok(None));
    assert_eq!(go_on(&bench, &quick, &Next::Done), Some(Next::Done));
}

/// A step that fails has changed neither the rows nor the cursor.
#[test]
fn the_effect_of_a_step_and_its_cursor_are_one_transaction() {
    let (bench, job) = due();
    let cell = bench.cell();
    let failing = cell.commit_step(&job, CLOCK, async |db| {
        use sendbox_store::Database as _;
        db.query("UPDATE account SET state = 'closed'", vec![]).await?;
        Err(DbError::Other("broken".to_owned()))
    });
    failing.block_on().expect_err("broken");
    assert_eq!(bench.tenant().state().as_str(), "closing");
    bench.pass(2 * MINUTE);
    assert_eq!(bench.take_other_job().expect("due again").cursor, "");
}

/// What is wrong with one is seen, comes back more and more rarely, and keeps nobody else waiting.
#[test]
fn a_job_that_fails_is_seen_and_waits_longer_each_time() {
    let (bench, first) = due();
    let mut job = first.clone();
    for minutes in [1, 2, 4] {
        bench.cell().put_job_off(&job, "broken", CLOCK).block_on().expect("put off");
        let shown = bench.cell().jobs_at_hand().block_on().expect("reads").remove(0);
        assert_eq!((shown.kind, shown.error.as_deref()), (JobKind::Deletion, Some("broken")));
        assert_eq!(shown.due_at, bench.now() + minutes * MINUTE);
        bench.pass(minutes * MINUTE);
        job = bench.take_other_job().expect("due again");
    }
    go_on(&bench, &job, &Next::At(bench.now()));
    let shown = bench.cell().jobs_at_hand().block_on().expect("reads");
    let shown = shown.into_iter().find(|job| job.kind == JobKind::Deletion).expect("not done");
    assert_eq!((shown.error, shown.tries), (None, 0));
}

/// A busy database is no fault of the job.
#[test]
fn a_job_that_is_given_back_comes_at_once_and_counts_no_try() {
    let (bench, job) = due();
    bench.cell().give_job_back(&job, CLOCK).block_on().expect("given back");
    bench.pass(1_000);
    assert_eq!(bench.take_other_job().map(|again| again.id), Some(job.id));
    bench.cell().put_job_off(&job, "nobody's", CLOCK).block_on().expect("nothing to put off");
    assert!(bench.cell().jobs_at_hand().block_on().expect("reads").iter().all(|job| job.error.is_none()));
}

/// R91: whatever is written to the log is signed, and nothing is signed twice.
#[test]
fn a_log_that_grew_is_signed_once() {
    let bench = Bench::new();
    let job = bench.take_job().expect("the log began");
    assert_eq!(job.kind, JobKind::Checkpoint);
    let signed = bench.cell().sign_log(&job, CLOCK, bench.now()).block_on();
    assert_eq!(signed, Ok(Some(Next::Done)));
    let key = bench.cell().signing_key().expect("derived").verifier_key();
    let note = bench.cell().log().kept_checkpoint().block_on().expect("reads").expect("kept");
    let size = bench.cell().log().size().block_on().expect("reads");
    assert_eq!(checkpoint::verify(&note, &key).expect("signed").size, size);
    assert_eq!(bench.take_job(), None);
    bench.top_up("pay_1", 1).expect("credited");
    assert_eq!(bench.take_job().map(|job| job.kind), Some(JobKind::Checkpoint));
}

/// R61: an upload that stopped moving is cleared away, whether or not another one comes.
#[test]
fn a_stalled_upload_is_cleared_away_by_its_job() {
    let bench = Bench::new();
    let import = bench.create_import();
    let upload =
        bench.tenant().begin_file(&import, 0, FileForm::Text, bench.now()).block_on().expect("begun");
    bench.pass(DAY / 2);
    let piece = Piece { first_byte: 0, bytes: b"phone".to_vec() };
    bench.tenant().add_piece(&import, &upload, FileForm::Text, &piece, bench.now()).block_on().expect("kept");
    let step = |job: &Job| {
        let (tenant, now) = (bench.tenant(), bench.now());
        let look = async |db: &_| tenant.look_after_import(db, &job.subject, &job.cursor, now).await;
        bench.cell().commit_step::<DbError>(job, CLOCK, look).block_on().expect("a step")
    };
    bench.pass(DAY / 2);
    let job = bench.take_other_job().expect("due");
    assert_eq!((job.kind, job.subject.as_str()), (JobKind::StalledImport, import.as_str()));
    assert_eq!(step(&job), Some(Next::At(bench.now() + DAY / 2 + 1)), "it moved meanwhile");
    bench.pass(DAY / 2 + 1);
    assert_eq!(step(&bench.take_other_job().expect("due again")), Some(Next::Done));
    let import = bench.tenant().import(&import).block_on().expect("reads").expect("there");
    assert_eq!(
        (import.state.as_str(), import.problem_code.as_deref()),
        ("failed", Some("upload_interrupted"))
    );
    assert_eq!(bench.count("SELECT count(*) FROM import_piece WHERE account = ?1"), 0);
}

/// What came to its end needs no looking after.
#[test]
fn a_completed_upload_leaves_no_job() {
    let bench = Bench::new();
    bench.upload(&numbers(1));
    bench.pass(DAY);
    assert_eq!(bench.take_other_job(), None);
}

/// R158: after an erasure the write-ahead log is cut, however often that has to be tried.
#[test]
fn an_erasure_leaves_the_job_to_cut_the_write_ahead_log() {
    let bench = Bench::new();
    bench.erase();
    let kinds: Vec<JobKind> = std::iter::from_fn(|| bench.take_other_job()).map(|job| job.kind).collect();
    assert!(kinds.contains(&JobKind::LogFile), "{kinds:?}");
}

/// The error of a caller's rule passes through a step as it is.
#[test]
fn a_refusal_inside_a_step_stays_a_refusal() {
    let (bench, job) = due();
    let cell = bench.cell();
    let refused =
        cell.commit_step::<StoreError>(&job, CLOCK, async |_| Err(sendbox_store::Refusal::NotFound.into()));
    assert_eq!(refused.block_on(), Err(sendbox_store::Refusal::NotFound.into()));
}
