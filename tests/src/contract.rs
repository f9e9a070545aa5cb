//! Every answer that a test gets is held against the contract: its status and its code are among those that the
//! operation describes.

use api::operation::is_at;
use api::{Code, Operation};

use crate::answer::Answer;

/// Fails the test whose answer the contract does not know.
#[track_caller]
pub fn hold(answer: &Answer) {
    let Some((method, path)) = answer.request.split_once(' ') else { return };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let at_path: Vec<&Operation> =
        api::operations().filter(|operation| is_at(operation.path, path)).collect();
    let operation = at_path.iter().find(|operation| operation.method.as_str() == method);
    let Some(code) = code(answer) else {
        // The host itself refuses what is no sound request, Spin some of it by a 500 without a body, which no component
        // answers; and the pages are files, which are described nowhere.
        let described = |operation: &&&Operation| {
            operation.answers.iter().any(|described| described.status == answer.status)
        };
        let by_the_host =
            matches!(answer.status, 400 | 408 | 431) || answer.status == 500 && answer.body.is_empty();
        let is_known = by_the_host || operation.is_none_or(|operation| described(&operation));
        assert!(is_known, "{}: {} is not described", answer.request, answer.status);
        return;
    };
    assert_eq!(answer.status, code.status(), "{}: the status of {code}", answer.request);
    let is_known = match operation {
        Some(operation) => operation.problems().contains(&code),
        None if at_path.is_empty() => code == Code::NotFound,
        None => matches!(code, Code::MethodNotAllowed | Code::NotFound | Code::DataRegionNotDeclared),
    };
    assert!(is_known, "{}: {code} is not described", answer.request);
}

/// The code of a problem; every problem has one that is in use.
#[track_caller]
fn code(answer: &Answer) -> Option<Code> {
    let kind = answer.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/problem+json") {
        return None;
    }
    let problem: api::Problem = serde_json::from_slice(&answer.body)
        .unwrap_or_else(|error| panic!("{}: no problem ({error}): {}", answer.request, answer.text_body()));
    Some(problem.code)
}
