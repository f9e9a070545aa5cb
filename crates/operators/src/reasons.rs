//! Why operators refuse messages: the stable codes that history and reports show (R89, R94).

/// The number is none that can be reached so.
pub const NUMBER_INVALID: &str = "number_invalid";
/// The operator will not send to this number.
pub const NUMBER_REFUSED: &str = "number_refused";
/// The number exists, but nothing reaches it.
pub const NUMBER_UNREACHABLE: &str = "number_unreachable";
/// The person has told the operator to be left in peace: to be blacklisted here as well.
pub const OPTED_OUT: &str = "opted_out";
/// The operator has no way to this number; another operator may have one.
pub const NO_ROUTE: &str = "no_route";
/// The operator forbids this text or this sender.
pub const TEXT_REFUSED: &str = "text_refused";
/// The operator cannot carry this text: empty, too long, unreadable.
pub const TEXT_INVALID: &str = "text_invalid";
/// The operator refused the request without a reason that we know.
pub const REQUEST_REFUSED: &str = "operator_refused";
/// The operator's own prepayment ran out after it took the message.
pub const OPERATOR_FUNDS: &str = "operator_funds";
/// The operator's ids are used up: it takes no more than 2,147,483,647 of them.
pub const IDS_EXHAUSTED: &str = "operator_ids_exhausted";
