//! The short links in texts, which lead recipients where the sender's account said.

use crate::operation::{Answer, Component, Operation, Parameter, Who};
use crate::schema::Schema;

const TOKEN: Parameter =
    Parameter::path("token", Schema::TEXT, "The link's own: fourteen letters and digits.");
const LANGUAGE: Parameter = Parameter::query(
    "language",
    Schema::TEXT,
    "The language of a page that is shown in place of the way on: `kk`, `ru` or `en`.",
);
const PAGE: &str = "text/html; charset=utf-8";
const LOCATION: Parameter = Parameter::header("location", Schema::TEXT, "Where it leads.");

/// `GET /l/{token}`
pub const OPEN: Operation = Operation {
    id: "open_link",
    path: "/l/{token}",
    component: Component::Delivery,
    who: Who::Link,
    summary: "Leads where the account said that sent the message, and counts who opened it: a person, a program that \
              previews links, or nobody can tell. `HEAD` leads there too and counts nothing.",
    rules: &[96],
    parameters: &[TOKEN, LANGUAGE],
    answers: &[
        Answer {
            status: 302,
            media_type: None,
            schema: Schema::TEXT,
            headers: &[LOCATION],
            says: "To the address of the link. Neither the answer is kept, nor where it was asked from told.",
        },
        Answer::of(404, PAGE, Schema::TEXT, "No message has the token, or its sender is gone."),
        Answer::of(410, PAGE, Schema::TEXT, "The link has expired; in the language of the sender's account."),
    ],
    ..Operation::GET
};

crate::listed![OPEN];
