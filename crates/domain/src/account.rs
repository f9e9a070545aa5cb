//! Accounts: their kinds and states, the rules for logins, passwords and profile fields, and the
//! account number that a payer writes (R1, R4, R194).

use serde::{Deserialize, Serialize};

use crate::money::Tiyn;

/// The three kinds of customer (R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// A natural person.
    NaturalPerson,
    /// A person doing business without a legal entity.
    Entrepreneur,
    /// A legal entity.
    LegalEntity,
}

impl AccountKind {
    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NaturalPerson => "natural_person",
            Self::Entrepreneur => "entrepreneur",
            Self::LegalEntity => "legal_entity",
        }
    }

    /// The kind of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::NaturalPerson, Self::Entrepreneur, Self::LegalEntity]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// Where an account stands. Suspension for want of money is not a state: it follows from the
/// balance (R52).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// May do everything.
    Active,
    /// Blocked by the service: nothing is sent, keys are dead; rights and export stay (R117).
    Blocked,
    /// Deletion is asked for and not yet due: everything goes on until the date (R125, R128).
    Closing,
    /// Deleted (R127).
    Closed,
}

impl AccountState {
    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Closing => "closing",
            Self::Closed => "closed",
        }
    }

    /// The state of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Blocked, Self::Closing, Self::Closed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    /// Whether messages may leave and paid work may start.
    pub const fn may_send(self) -> bool {
        self.lets(CallerKind::Person, Deed::Work)
    }

    /// Who may do what (R117, offer 8.2). Blocking stops work, and a key altogether: whoever has it may be why.
    /// A person keeps their rights to their data and to claims.
    pub const fn lets(self, caller: CallerKind, deed: Deed) -> bool {
        match self {
            Self::Active | Self::Closing => true,
            Self::Blocked => matches!((caller, deed), (CallerKind::Person, Deed::Right)),
            Self::Closed => false,
        }
    }
}

/// Through what somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerKind {
    /// A person with a session.
    Person,
    /// A program with a key.
    Program,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// What the law and the offer leave to everybody: reading, exporting, correcting, withdrawing, stopping and
    /// deleting what is one's own.
    Right,
    /// Anything that brings new data in or messages out.
    Work,
}

/// Why no account took a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhyUnapplied {
    /// No account has the number.
    AccountUnknown,
    /// Its deletion is asked for.
    // Its owner agreed to give up one sum and no more (R55).
    AccountClosing,
    /// It is deleted.
    AccountClosed,
    /// Something broke with it.
    AccountUnreadable,
}

impl WhyUnapplied {
    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountUnknown => "account_unknown",
            Self::AccountClosing => "account_closing",
            Self::AccountClosed => "account_closed",
            Self::AccountUnreadable => "account_unreadable",
        }
    }
}

/// Whether the want of money stops an account's paid work (R52, R115): nothing can be spent. What is held is
/// spoken for.
pub fn is_suspended(available: Tiyn) -> bool {
    available <= Tiyn::ZERO
}

/// One broken rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum FieldError {
    LoginTooShort,
    LoginTooLong,
    LoginCharacters,
    LoginForbidden,
    PasswordTooShort,
    PasswordTooLong,
    PasswordContainsLogin,
    PasswordTooCommon,
    NameInvalid,
    EmailInvalid,
}

/// Logins that would pass for the service itself (R4).
const FORBIDDEN_LOGINS: [&str; 14] = [
    "admin",
    "administrator",
    "root",
    "support",
    "sendbox",
    "send-box",
    "system",
    "moderator",
    "operator",
    "billing",
    "security",
    "staff",
    "help",
    "null",
];

/// Passwords that every guesser tries first and that the length rule lets through (R4, R194).
const COMMON_PASSWORDS: [&str; 16] = [
    "1234567890",
    "0123456789",
    "12345678910",
    "1111111111",
    "0000000000",
    "password123",
    "passw0rd123",
    "qwertyuiop",
    "qwerty12345",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "iloveyou123",
    "administrator",
    "йцукенгшщз",
    "parol12345",
    "kazakhstan",
];

/// A login in its stored spelling: lower case (R4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login(String);

impl Login {
    /// 3 to 64 characters: Latin letters, digits, and `. _ - @ +` (so that an address may be one).
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let login = text.trim().to_ascii_lowercase();
        match login.chars().count() {
            0..=2 => return Err(FieldError::LoginTooShort),
            3..=64 => {}
            _ => return Err(FieldError::LoginTooLong),
        }
        if !login.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@+".contains(&b)) {
            return Err(FieldError::LoginCharacters);
        }
        if FORBIDDEN_LOGINS.contains(&login.as_str()) {
            return Err(FieldError::LoginForbidden);
        }
        Ok(Self(login))
    }

    /// The stored spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks a new password: 10 to 128 characters of any kind, not the login, not a common one.
/// Length is what makes guessing dear; rules on kinds of characters are left out on purpose.
pub fn check_password(password: &str, login: &Login) -> Result<(), FieldError> {
    match password.chars().count() {
        0..=9 => return Err(FieldError::PasswordTooShort),
        10..=128 => {}
        _ => return Err(FieldError::PasswordTooLong),
    }
    let lower = password.to_lowercase();
    if lower.contains(login.as_str()) {
        return Err(FieldError::PasswordContainsLogin);
    }
    let one_character = lower.chars().next().is_some_and(|first| lower.chars().all(|c| c == first));
    if one_character || COMMON_PASSWORDS.contains(&lower.as_str()) {
        return Err(FieldError::PasswordTooCommon);
    }
    Ok(())
}

/// A full name as declared: 2 to 200 characters, no control characters (R7, R8).
pub fn check_name(name: &str) -> Result<String, FieldError> {
    let name = name.trim();
    let fits = (2..=200).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(FieldError::NameInvalid) }
}

/// An address that mail could reach: one `@`, a dotted domain. Whether it does, only mail shows (R8).
pub fn check_email(email: &str) -> Result<String, FieldError> {
    let email = email.trim();
    let sound = |email: &str| -> Option<()> {
        let (local, domain) = email.split_once('@')?;
        let labels = domain.split('.').collect::<Vec<_>>();
        let plain =
            !email.chars().any(|c| c.is_whitespace() || c.is_control() || "<>(),;:\"[]\\".contains(c));
        let fits = !local.is_empty() && local.len() <= 64 && email.len() <= 254 && !domain.contains('@');
        (plain && fits && labels.len() >= 2 && labels.iter().all(|label| !label.is_empty())).then_some(())
    };
    sound(email).map(|()| email.to_owned()).ok_or(FieldError::EmailInvalid)
}

/// The number that the cabinet shows and a payer writes: eight digits and a Luhn check digit, so
/// that one wrong digit never credits somebody else.
pub fn account_number(random: u32) -> String {
    let body = 10_000_000 + random % 90_000_000;
    let digits = body.to_string();
    format!("{digits}{}", luhn_digit(&digits))
}

/// Whether a payer's text can be an account number at all.
pub fn is_account_number(text: &str) -> bool {
    text.len() == 9
        && text.bytes().all(|b| b.is_ascii_digit())
        && luhn_digit(&text[..8]) == u32::from(text.as_bytes()[8] - b'0')
}

fn luhn_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            if place % 2 == 0 { (digit * 2) / 10 + (digit * 2) % 10 } else { digit }
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn login(text: &str) -> Login {
        Login::parse(text).expect("a login")
    }

    /// R117: the whole table.
    #[test]
    fn blocking_leaves_a_person_their_rights_and_a_program_nothing() {
        use CallerKind::{Person, Program};
        use Deed::{Right, Work};
        let table = [
            (AccountState::Active, [true, true, true, true]),
            (AccountState::Closing, [true, true, true, true]),
            (AccountState::Blocked, [true, false, false, false]),
            (AccountState::Closed, [false, false, false, false]),
        ];
        for (state, expected) in table {
            let asked = [(Person, Right), (Person, Work), (Program, Right), (Program, Work)];
            assert_eq!(asked.map(|(caller, deed)| state.lets(caller, deed)), expected, "{state:?}");
        }
    }

    /// R4: each rule has its own answer.
    #[test]
    fn a_login_that_breaks_a_rule_hears_which() {
        for (text, error) in [
            ("ab", FieldError::LoginTooShort),
            (&"a".repeat(65), FieldError::LoginTooLong),
            ("айгүл", FieldError::LoginCharacters),
            ("SendBox", FieldError::LoginForbidden),
        ] {
            assert_eq!(Login::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_login_is_the_same_in_any_case() {
        assert_eq!(login(" Dana@Example.KZ "), login("dana@example.kz"));
    }

    /// R194: what a guesser tries first is refused.
    #[test]
    fn a_weak_password_is_refused() {
        for (password, error) in [
            ("short", FieldError::PasswordTooShort),
            ("xx-danaya-xx", FieldError::PasswordContainsLogin),
            ("QWERTYUIOP", FieldError::PasswordTooCommon),
            ("aaaaaaaaaaaa", FieldError::PasswordTooCommon),
        ] {
            assert_eq!(check_password(password, &login("danaya")), Err(error), "{password}");
        }
        assert_eq!(check_password("қауіпсіз сөйлем", &login("danaya")), Ok(()));
    }

    #[test]
    fn an_address_needs_a_dotted_domain() {
        for bad in ["", "a", "a@b", "@b.kz", "a@b..kz", "a b@c.kz", "a@b@c.kz", "a@.kz"] {
            assert_eq!(check_email(bad), Err(FieldError::EmailInvalid), "{bad}");
        }
        assert_eq!(check_email(" box@send-box.com "), Ok("box@send-box.com".to_owned()));
    }

    proptest! {
        /// A single mistyped digit never names another account.
        #[test]
        fn one_wrong_digit_is_noticed(random: u32, place in 0usize..9, by in 1u8..10) {
            let number = account_number(random);
            prop_assert!(is_account_number(&number));
            let mut wrong = number.into_bytes();
            wrong[place] = b'0' + (wrong[place] - b'0' + by) % 10;
            prop_assert!(!is_account_number(std::str::from_utf8(&wrong).expect("digits")));
        }
    }
}
