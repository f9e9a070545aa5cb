//! Signing up: declared data, and two separate acts, or no account at all (R2, R3, R5, R7, R22, R23).

use api::accounts::{self, SignUp};
use domain::account::{FieldError, Login, account_number, check_email, check_name, check_password};
use domain::cell_name::CellName;
use domain::documents::DocumentKind;
use domain::ids::IdKind;
use domain::phone::Phone;
use edge::{Answer, Call, Code, Problem, Result, Shown, accepted, json};
use store::cell::{NewAccount, Profile};
use store::directory::DirectoryAccount;
use store::{Act, new_id};

use crate::passwords;
use crate::views;

/// `POST /v1/accounts`
pub async fn post(mut call: Call) -> Result<Answer> {
    let form: SignUp = call.json().await?;
    let deployment = call.deployment().await?;
    call.check_rate(&deployment, "sign-up", accounts::SIGN_UPS_PER_MINUTE).await?;
    let (now, directory) = (deployment.now(), deployment.directory());
    let new = check(&form, now)?;
    let password = passwords::hash(&form.password)?;
    let cells: Vec<CellName> = deployment.cells().collect();
    let cell = deployment.cell(directory.emptiest(&cells).await?).await?;
    let entry = DirectoryAccount {
        account: new.account.clone(),
        account_number: new.account_number.clone(),
        cell: cell.name().label(),
    };
    // The login first: it is what two sign-ups can quarrel about. What follows can only fail as a
    // whole, and then gives the login back.
    directory.reserve(&entry, &deployment.keys().login_hash(&new.profile.login), &password, now).await?;
    let act = Act { now, actor: "sign_up".to_owned(), through: "cabinet" };
    let records = match cell.create_account(&act, &new).await {
        Ok(records) => records,
        Err(error) => {
            directory.release(&new.account).await?;
            return Err(error.into());
        }
    };
    directory.open_account(&new.account).await?;
    let tenant = cell.tenant(&new.account).await?.ok_or_else(Problem::not_found)?;
    let receipts = records.into_iter().map(views::receipt).collect::<Result<_>>()?;
    json(201, &accounts::SignedUp { account: views::account(&tenant).await?, receipts })
}

fn check(form: &SignUp, now: i64) -> Result<NewAccount> {
    let login = Login::parse(&form.login).map_err(|error| named(error, "login"))?;
    check_password(&form.password, &login).map_err(|error| named(error, "password"))?;
    let name = check_name(&form.name).map_err(|error| named(error, "name"))?;
    let phone = Phone::parse(&form.phone).map_err(|error| Problem::field(error, "phone"))?;
    let email = check_email(&form.email).map_err(|error| named(error, "email"))?;
    if !form.truth_declared {
        return Err(Problem::field(Code::TruthNotDeclared, "truth_declared"));
    }
    let offer = form.offer.as_ref().filter(|act| act.accepted);
    let offer = offer.ok_or_else(|| Problem::field(Code::OfferNotAccepted, "offer"))?;
    let consent = form.pd_consent.as_ref().filter(|act| act.given);
    let consent = consent.ok_or_else(|| Problem::field(Code::PdConsentNotGiven, "pd_consent"))?;
    let account = new_id(IdKind::Account, now)?;
    let language = form.language;
    let shown = |version, sha256| Shown { version, sha256, language: Some(language) };
    Ok(NewAccount {
        account_number: account_number(u32::from_be_bytes(store::random()?)),
        kind: form.kind,
        language: language.as_str().to_owned(),
        profile: Profile { login: login.as_str().to_owned(), name, phone: phone.e164().to_owned(), email },
        acts: [
            accepted(DocumentKind::Offer, shown(&offer.version, &offer.sha256), now, "offer")?,
            accepted(DocumentKind::PdConsent, shown(&consent.version, &consent.sha256), now, "pd_consent")?,
        ],
        account,
    })
}

/// A broken rule as a problem of its field.
pub fn named(error: FieldError, field: &str) -> Problem {
    Problem::field(error, field)
}
