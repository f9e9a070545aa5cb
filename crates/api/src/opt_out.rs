//! The page behind the link in a message, by which a recipient refuses further ones.

use crate::operation::{Answer, Component, Operation, Parameter, Who};
use crate::schema::Schema;

/// Refusals of one network in a minute: many telephones share an address.
pub const REFUSALS_PER_MINUTE: u32 = 60;

const TOKEN: Parameter =
    Parameter::path("token", Schema::TEXT, "The message's own: fourteen letters and digits.");
const LANGUAGE: Parameter = Parameter::query(
    "language",
    Schema::TEXT,
    "The page's language: `kk`, `ru` or `en`; that of `Accept-Language` without one of these.",
);
const PAGE: &str = "text/html; charset=utf-8";

/// `GET /o/{token}`
pub const SHOW: Operation = Operation {
    id: "show_opt_out",
    path: "/o/{token}",
    component: Component::Delivery,
    who: Who::Link,
    summary: "A page with one button. It changes nothing: previews of links ask for it too.",
    rules: &[65, 66, 69],
    parameters: &[TOKEN, LANGUAGE],
    answers: &[Answer::of(200, PAGE, Schema::TEXT, "The page.")],
    ..Operation::GET
};

/// `POST /o/{token}`
pub const REFUSE: Operation = Operation {
    id: "refuse_messages",
    path: "/o/{token}",
    component: Component::Delivery,
    who: Who::Link,
    summary: "Puts the number that got the message on its sender's blacklist, which the sender cannot take off. What \
              is in the body does not matter.",
    rules: &[65, 66, 69],
    parameters: &[TOKEN, LANGUAGE],
    answers: &[
        Answer::of(200, PAGE, Schema::TEXT, "Done, also when it was done before or the contact is deleted."),
        Answer::of(404, PAGE, Schema::TEXT, "No message has the token."),
        Answer::of(429, PAGE, Schema::TEXT, "Too many refusals from one network in a minute."),
    ],
    ..Operation::POST
};

crate::listed![SHOW, REFUSE];
