//! What the rows of a file say of automated decisions about their people (R63, R99).

use domain::documents::DocumentKind;
use pollster::FutureExt as _;
use sendbox_store::Refusal;
use sendbox_store::cell::{
    Import, Joined, NewContact, PutContacts, RejectedRow, RowConsent, RowProblem, Stance, Word,
};

use crate::support::{Bench, acceptance, number};

const YES: Option<RowConsent> = Some(RowConsent::Given);
const NO: Option<RowConsent> = Some(RowConsent::NotGiven);
const UNCLEAR: Option<RowConsent> = Some(RowConsent::Unclear);

fn row(line: i64, n: usize, decision_consent: Option<RowConsent>) -> NewContact {
    NewContact { line, phone: number(n), decision_consent, ..NewContact::default() }
}

/// A file whose rows, one for each number from the first, say so.
fn file(bench: &Bench, said: &[Option<RowConsent>]) -> Import {
    let rows = (0..).zip(said).map(|(n, consent)| row(n as i64 + 2, n, *consent)).collect();
    file_of(bench, vec![rows])
}

/// A file that is read in these batches.
fn file_of(bench: &Bench, batches: Vec<Vec<NewContact>>) -> Import {
    let import = bench.begin_upload();
    for rows in batches {
        bench.add_rows(&import, rows, &[]).expect("stored");
    }
    bench.complete(&import).expect("completed")
}

fn stances(bench: &Bench, people: usize) -> Vec<Option<Stance>> {
    (0..people).map(|n| bench.stance(&number(n))).collect()
}

fn counts(import: &Import) -> (i64, i64, i64) {
    (import.decision_consents, import.decision_refusals, import.decision_unclear)
}

/// R99: only a plain yes is a consent; what is neither yes nor no is listed, and nobody guesses.
#[test]
fn only_whoever_says_yes_consents() {
    let bench = Bench::new();
    let import = file(&bench, &[YES, NO, UNCLEAR, None]);
    assert_eq!(stances(&bench, 4), [Some(Stance::Consented), None, None, None]);
    assert_eq!((counts(&import), import.imported), ((1, 1, 1), 4), "all of them are contacts");
    let problems = bench.tenant().import_problems(&import.import, 0, 10).block_on().expect("reads").items;
    let listed: Vec<_> = problems.iter().map(|problem| (problem.line, problem.code.as_str())).collect();
    assert_eq!(listed, [(4, "decision_consent_unclear")]);
    let noted = bench.tenant().stance_of(&number(0)).block_on().expect("reads").expect("noted");
    assert_eq!((noted.import, noted.said), (Some(import.import), None), "it is known where it comes from");
}

/// R100: what a person says by themselves goes before whatever a file says, be it earlier or later.
#[test]
fn no_file_outvotes_a_person() {
    let bench = Bench::new();
    bench.say(&[number(0)], Word::Objects);
    bench.say(&[number(1), number(2)], Word::Consents);
    bench.say(&[number(1)], Word::Withdraws);
    file(&bench, &[YES, YES, NO, YES, YES]);
    let spoken = [Some(Stance::Objected), Some(Stance::Withdrawn), Some(Stance::Consented)];
    assert_eq!(stances(&bench, 3), spoken);
    bench.say(&[number(3)], Word::Objects);
    bench.say(&[number(4)], Word::Withdraws);
    file(&bench, &[YES, YES, NO, YES, YES]);
    assert_eq!(stances(&bench, 3), spoken);
    assert_eq!(stances(&bench, 5)[3..], [Some(Stance::Objected), Some(Stance::Withdrawn)]);
}

/// R100: also where a file had said the same before, or nothing had been said.
#[test]
fn a_withdrawal_outlives_every_later_file() {
    let bench = Bench::new();
    file(&bench, &[YES, YES]);
    file(&bench, &[NO]);
    bench.say(&[number(0), number(1), number(2)], Word::Withdraws);
    file(&bench, &[YES, YES, YES]);
    assert_eq!(stances(&bench, 3), [Some(Stance::Withdrawn); 3]);
}

/// R100: what a person consents to by themselves ends by their word, and no more by a file.
#[test]
fn a_persons_consent_takes_the_place_of_a_files() {
    let bench = Bench::new();
    file(&bench, &[YES]);
    bench.say(&[number(0)], Word::Consents);
    file(&bench, &[NO]);
    assert_eq!(bench.stance(&number(0)), Some(Stance::Consented));
}

/// R100: nor while it is being read.
#[test]
fn an_objection_that_comes_while_a_file_is_read_stays() {
    let bench = Bench::new();
    let import = bench.begin_upload();
    bench.add_rows(&import, vec![row(2, 0, YES)], &[]).expect("stored");
    assert_eq!(bench.stance(&number(0)), None, "nothing counts before all of it was read");
    bench.say(&[number(0)], Word::Objects);
    bench.complete(&import).expect("completed");
    assert_eq!(bench.stance(&number(0)), Some(Stance::Objected));
}

/// R100: a "no" counts also in a row of which no contact comes, and brings nobody into the base or a list.
#[test]
fn a_no_counts_in_a_row_that_is_not_taken() {
    let bench = Bench::new();
    file(&bench, &[YES, YES, YES, YES]);
    bench.blacklist(&number(1));
    let import = bench.begin_upload();
    let problem = |line| RowProblem { line, code: "name_too_long".to_owned() };
    let rejected = |line, n, consent| {
        let ended_consent = Some((number(n), consent));
        RejectedRow { problem: problem(line), original: None, ended_consent }
    };
    let rejected = vec![
        rejected(2, 0, RowConsent::NotGiven),
        rejected(3, 2, RowConsent::Unclear),
        rejected(4, 9, RowConsent::NotGiven),
    ];
    bench.add_rejected(&import, vec![row(5, 1, NO), row(6, 2, YES), row(7, 3, YES)], rejected);
    let import = bench.complete(&import).expect("completed");
    let withdrawn = Some(Stance::Withdrawn);
    assert_eq!(stances(&bench, 4), [withdrawn, withdrawn, withdrawn, Some(Stance::Consented)]);
    assert_eq!((import.rows, import.rejected, import.blacklisted, import.unchanged), (6, 3, 1, 2));
    assert_eq!(bench.stance(&number(9)), None, "a stranger stays one");
    assert_eq!(bench.count("SELECT count(*) FROM contact_number WHERE account = ?1"), 4);
}

/// R100: nor is it lost where somebody put the number in while the file was read.
#[test]
fn a_no_counts_beside_a_contact_that_came_in_meanwhile() {
    let bench = Bench::new();
    let import = bench.begin_upload();
    bench.add_rows(&import, vec![row(2, 0, NO)], &[]).expect("stored");
    let put = PutContacts {
        name: "by hand".to_owned(),
        attestation: acceptance(DocumentKind::RecipientsAttestation),
        contacts: vec![row(1, 0, YES)],
        rejected: Vec::new(),
        joined: Joined::default(),
    };
    bench.tenant().put_contacts(&bench.act(), put, None).block_on().expect("put");
    assert_eq!(bench.stance(&number(0)), Some(Stance::Consented));
    assert_eq!(bench.complete(&import).expect("completed").duplicates, 1);
    assert_eq!(bench.stance(&number(0)), Some(Stance::Withdrawn));
}

/// R99: a file that was refused leaves no consent.
#[test]
fn a_refused_file_says_nothing() {
    let bench = Bench::new();
    let import = bench.begin_upload();
    bench.add_rows(&import, vec![row(2, 0, YES)], &[]).expect("stored");
    bench.refuse_import(&import, "csv_malformed", None);
    assert_eq!(bench.stance(&number(0)), None);
}

/// R70, R91: the same file again changes nothing, and the log tells of it once.
#[test]
fn the_same_file_twice_changes_nothing() {
    let bench = Bench::new();
    let first = file(&bench, &[YES, NO, UNCLEAR, YES]);
    let before = bench.tenant().stance_of(&number(0)).block_on().expect("reads");
    bench.pass(1_000);
    let second = file(&bench, &[YES, NO, UNCLEAR, YES]);
    assert_eq!((second.unchanged, counts(&second)), (4, counts(&first)));
    assert_eq!(bench.tenant().stance_of(&number(0)).block_on().expect("reads"), before);
    let noted = bench.events("stances_noted");
    assert_eq!(noted.len(), 1);
    assert_eq!((&noted[0]["word"], &noted[0]["people"]), (&"consents".into(), &2.into()));
    assert_eq!((&noted[0]["import"], &noted[0]["actor"]), (&first.import.into(), &bench.act().actor.into()));
}

/// R99: of two files the later counts, also for those whose row says nothing else.
#[test]
fn a_later_file_ends_what_an_earlier_one_said_and_gives_it_back() {
    let bench = Bench::new();
    file(&bench, &[YES, YES]);
    let ending = file(&bench, &[NO, None]);
    assert_eq!(ending.unchanged, 2);
    assert_eq!(stances(&bench, 2), [Some(Stance::Withdrawn), Some(Stance::Consented)]);
    assert_eq!(bench.events("stances_noted")[1]["word"], "withdraws");
    file(&bench, &[YES]);
    assert_eq!(bench.stance(&number(0)), Some(Stance::Consented));
}

/// R99: of whom a later file says neither yes nor no, nobody knows any more that they consent: what a file said ends, what
/// a person said by themselves stays. It is counted and told apart from a no.
#[test]
fn a_later_file_that_is_unclear_ends_what_an_earlier_one_said_and_no_persons_word() {
    let bench = Bench::new();
    bench.say(&[number(2)], Word::Consents);
    bench.say(&[number(3)], Word::Objects);
    file(&bench, &[YES, YES, YES, YES]);
    let unclear = file(&bench, &[UNCLEAR, None, UNCLEAR, UNCLEAR]);
    assert_eq!((unclear.unchanged, counts(&unclear)), (4, (0, 0, 3)));
    let stand = [Stance::Withdrawn, Stance::Consented, Stance::Consented, Stance::Objected].map(Some);
    assert_eq!(stances(&bench, 4), stand);
    let ended = bench.tenant().stance_of(&number(0)).block_on().expect("reads").expect("noted");
    assert_eq!(
        (ended.import.as_ref(), ended.said),
        (Some(&unclear.import), None),
        "it is known where it ended"
    );
    let noted = &bench.events("stances_noted")[3];
    assert_eq!((&noted["word"], &noted["people"]), (&"unclear".into(), &1.into()));
    assert_eq!(noted["import"], unclear.import.as_str());
    file(&bench, &[UNCLEAR, UNCLEAR]);
    file(&bench, &[YES, None]);
    assert_eq!(stances(&bench, 2), [Some(Stance::Consented), Some(Stance::Withdrawn)]);
}

/// R99: two rows of one person that contradict each other are no consent, whether one batch has them or two.
#[test]
fn a_consent_that_another_row_denies_is_none() {
    for (first, other, stands) in [
        (YES, NO, None),
        (YES, UNCLEAR, None),
        (NO, YES, None),
        (None, YES, None),
        (YES, YES, Some(Stance::Consented)),
        (YES, None, Some(Stance::Consented)),
        (UNCLEAR, YES, None),
    ] {
        for is_one_batch in [true, false] {
            let bench = Bench::new();
            let (first, other) = (row(2, 0, first), row(3, 0, other));
            let batches =
                if is_one_batch { vec![vec![first, other]] } else { vec![vec![first], vec![other]] };
            let import = file_of(&bench, batches);
            assert_eq!((import.imported, import.duplicates), (1, 1));
            assert_eq!(bench.stance(&number(0)), stands, "{is_one_batch}");
        }
    }
}

/// R66, R99: whoever is on the blacklist is not taken in, and so nothing is written down of them.
#[test]
fn a_row_that_is_not_taken_in_says_nothing() {
    let bench = Bench::new();
    bench.blacklist(&number(0));
    let import = file(&bench, &[YES]);
    assert_eq!((import.blacklisted, counts(&import)), (1, (0, 0, 0)));
    assert_eq!(bench.stance(&number(0)), None);
}

/// R99: where the rows say it themselves, nobody says of all of them that they consent.
#[test]
fn of_a_file_that_says_itself_who_consents_not_all_can_be_said_to() {
    let bench = Bench::new();
    let says = file(&bench, &[NO, None]);
    let all = |import: &str| bench.tenant().note_consent_of_import(&bench.act(), import).block_on();
    assert_eq!(all(&says.import), Err(Refusal::ImportSaysWhoConsents.into()));
    assert_eq!(stances(&bench, 2), [None, None]);
    let silent = file_of(&bench, vec![vec![row(2, 7, None)]]);
    assert_eq!(all(&silent.import).map(|noted| noted.changed), Ok(1));
}
