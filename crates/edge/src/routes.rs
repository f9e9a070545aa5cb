//! Routing by tables: a component names its operations and their handlers; 404, 405, `Allow` and who may call follow
//! from what [`api`] says of each.

use std::pin::Pin;
use std::str::FromStr;

use api::operation::{Method, Operation, Who, is_at, varying};
use domain::account::CallerKind;

use crate::caller::Admitted;
use crate::{Answer, Call, Code, Problem, Result};

/// An answer in the making.
pub type Answering = Pin<Box<dyn Future<Output = Result<Answer>>>>;

/// One row of a component's table: what of an operation routing needs, and the handler.
pub struct Route {
    method: Method,
    path: &'static str,
    who: Who,
    /// The largest body that is waited for before the caller is judged; `None` where the handler takes it in.
    bytes_max: Option<usize>,
    /// Whether the varying parts of a path have the form that the handler asks for.
    fits: fn(&[&str]) -> bool,
    /// Begins the answer; `None` where the parts have not that form.
    answer: fn(Call, &[&str]) -> Option<Answering>,
}

/// Writes a component's table: `routes![api::campaigns::LIST => campaigns::list, …]`. Of paths that fit both, the
/// earlier row wins.
#[macro_export]
macro_rules! routes {
    ($($operation:path => $handler:path),+ $(,)?) => {
        &[$($crate::Route::of(
            &$operation,
            |path| $crate::fits($handler, path),
            |call, path| $crate::begin($handler, call, path),
        )),+]
    };
}

impl Route {
    /// A row; the macro `routes!` writes it.
    pub const fn of(
        operation: &Operation,
        fits: fn(&[&str]) -> bool,
        answer: fn(Call, &[&str]) -> Option<Answering>,
    ) -> Self {
        let bytes_max = match &operation.body {
            Some(body) if body.streamed => None,
            Some(body) => Some(body.bytes_max as usize),
            None => Some(api::operation::JSON_BYTES_MAX as usize),
        };
        Self { method: operation.method, path: operation.path, who: operation.who, bytes_max, fits, answer }
    }

    /// Whether a request with a method is for it. Whoever looks after links in messages asks for the head of their
    /// answers alone; the server leaves out the body.
    fn takes(&self, method: &str) -> bool {
        self.method.as_str() == method
            || (method == "HEAD" && self.method == Method::Get && self.who == Who::Link)
    }
}

/// Finds the row for a request and has it answered.
pub(crate) async fn answer(call: Call, routes: &'static [Route]) -> Result<Answer> {
    let path = call.path().to_owned();
    let Some(first) = routes.iter().find(|route| is_at(route.path, &path)) else {
        return Err(Problem::not_found());
    };
    let varying = varying(first.path, &path);
    let here = || routes.iter().filter(|route| route.path == first.path);
    if first.who == Who::Sandbox && !call.settings.sandbox_on().await? {
        return Err(Problem::not_found());
    }
    let Some(route) = here().find(|route| route.takes(call.method())) else {
        let allowed: Vec<&str> = here().map(|route| route.method.as_str()).collect();
        return Err(Problem::method_not_allowed(&allowed.join(", ")));
    };
    // An id that has not its form is nobody's: no database is asked.
    if !(route.fits)(&varying) {
        return Err(Problem::not_found());
    }
    call.admit(route).await?;
    (route.answer)(call, &varying).ok_or_else(Problem::not_found)?.await
}

impl Call {
    /// Asks what the operation asks of its callers, and keeps what that found for the handler.
    async fn admit(&self, route: &Route) -> Result<()> {
        match route.who {
            // The token or the signature is the handler's to check: it needs the body, or the operator's word.
            Who::Public | Who::Link | Who::Bank | Who::Operator => {}
            Who::Scheduler | Who::Sandbox => self.check_tick_token().await?,
            Who::Staff => self.keep_admitted(Admitted::Staff(self.check_staff().await?)),
            Who::Session | Who::SessionOrKey => {
                let caller = match route.bytes_max {
                    Some(bytes_max) => self.caller_with_body(bytes_max).await?,
                    None => self.caller_before_body().await?,
                };
                if route.who == Who::Session && caller.kind() != CallerKind::Person {
                    return Err(Problem::new(Code::SessionRequired));
                }
                self.keep_admitted(Admitted::Caller(Box::new(caller)));
            }
        }
        Ok(())
    }
}

/// A handler: a request, and the varying parts of its path in the types that it asks for.
pub trait Handler<P> {
    /// Whether the parts have the form of those types.
    fn fits(path: &[&str]) -> bool;

    /// Begins the answer; `None` where they have not.
    fn begin(self, call: Call, path: &[&str]) -> Option<Answering>;
}

macro_rules! handler {
    ($($part:ident $name:ident),*) => {
        impl<H, F, $($part),*> Handler<($($part,)*)> for H
        where
            H: FnOnce(Call, $($part),*) -> F,
            F: Future<Output = Result<Answer>> + 'static,
            $($part: FromStr,)*
        {
            fn fits(path: &[&str]) -> bool {
                let &[$($name),*] = path else { return false };
                true $(&& $name.parse::<$part>().is_ok())*
            }

            fn begin(self, call: Call, path: &[&str]) -> Option<Answering> {
                let &[$($name),*] = path else { return None };
                Some(Box::pin(self(call, $($name.parse::<$part>().ok()?),*)))
            }
        }
    };
}

handler!();
handler!(A a);
handler!(A a, B b);
handler!(A a, B b, C c);

/// Whether the varying parts of a path fit a handler.
pub fn fits<P, H: Handler<P>>(_: H, path: &[&str]) -> bool {
    H::fits(path)
}

/// Begins a handler's answer.
pub fn begin<P, H: Handler<P>>(handler: H, call: Call, path: &[&str]) -> Option<Answering> {
    handler.begin(call, path)
}
