//! Lists.

use serde::{Deserialize, Serialize};

use crate::operation::Parameter;
use crate::schema::Schema;

/// The longest page.
pub const LIMIT_MAX: usize = 500;
/// The length of a page where nothing is said.
pub const LIMIT_DEFAULT: usize = 100;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Asks for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// A list that is answered whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Items<T> {
    /// All of it.
    pub items: Vec<T>,
}

/// The forms of lists, of a header and of the query, which no type of Rust says.
#[cfg(feature = "description")]
mod forms {
    use std::borrow::Cow;

    use utoipa::openapi::schema::SchemaType;
    use utoipa::openapi::{Array, ObjectBuilder, Ref, RefOr, Schema, Type};
    use utoipa::{PartialSchema, ToSchema};

    use super::{Items, LIMIT_DEFAULT, LIMIT_MAX, Page};

    type Parts = Vec<(String, RefOr<Schema>)>;

    /// A list's own name says what is in it, and each of its items is named.
    macro_rules! list {
        ($list:ident, $beginning:literal, $about:literal, $form:expr) => {
            impl<T: ToSchema> PartialSchema for $list<T> {
                fn schema() -> RefOr<Schema> {
                    let items = Array::new(Ref::from_schema_name(T::name()));
                    let list = ObjectBuilder::new().description(Some($about)).property("items", items);
                    $form(list.required("items")).into()
                }
            }

            impl<T: ToSchema> ToSchema for $list<T> {
                fn name() -> Cow<'static, str> {
                    format!("{}{}", $beginning, T::name()).into()
                }

                fn schemas(parts: &mut Parts) {
                    parts.push((T::name().into(), T::schema()));
                    T::schemas(parts);
                }
            }
        };
    }

    list!(Page, "PageOf", "One page of a list.", |page: ObjectBuilder| {
        let cursor = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("Asks for the next page; `null` at the end."));
        page.property("next_cursor", cursor).required("next_cursor")
    });
    list!(Items, "ListOf", "A list that is answered whole.", |list| list);

    /// How long a page may be, as a query says it.
    pub struct Limit;

    impl PartialSchema for Limit {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(1))
                .maximum(Some(LIMIT_MAX))
                .default(Some(LIMIT_DEFAULT.into()))
                .into()
        }
    }

    impl ToSchema for Limit {}

    /// What makes a request the same as another one.
    pub struct IdempotencyKey;

    impl PartialSchema for IdempotencyKey {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .pattern(Some("^[!-~]{1,64}$"))
                .examples(["2026-11-20-newsletter"])
                .into()
        }
    }

    impl ToSchema for IdempotencyKey {}
}
#[cfg(not(feature = "description"))]
mod forms {
    //! Without descriptions there are none.
    pub type Limit = ();
    pub type IdempotencyKey = ();
}
use forms::{IdempotencyKey, Limit};

/// Where a page begins.
pub(crate) const CURSOR: Parameter =
    Parameter::query("cursor", Schema::TEXT, "`next_cursor` of the page before; the first page without it.");
/// How long it may be.
pub(crate) const LIMIT: Parameter =
    Parameter::query("limit", Schema::of::<Limit>(), "How many items a page has at most.");
/// What every list takes.
pub(crate) const PAGE: &[Parameter] = &[CURSOR, LIMIT];

/// Makes a request the same as an earlier one: a repeat answers what the first one did.
pub(crate) const IDEMPOTENCY_KEY: Parameter = Parameter::header(
    "idempotency-key",
    Schema::of::<IdempotencyKey>(),
    "1 to 64 visible ASCII characters: a repeat answers what the first one did, the same key with another body is \
     refused.",
);
