//! The form of a value, for the description. Components are built without the feature `description`: nothing of it
//! is in them.

/// What can be described: every type of the contract.
#[cfg(feature = "description")]
pub use utoipa::ToSchema as Described;

/// What can be described: without the feature, everything, and nothing of it.
#[cfg(not(feature = "description"))]
pub trait Described {
    /// Nothing is said of it.
    const NOTHING: Schema = Schema {};
}

#[cfg(not(feature = "description"))]
impl<T> Described for T {}

/// The form of a type's values.
#[derive(Clone, Copy)]
pub struct Schema {
    /// The type's name in the description.
    #[cfg(feature = "description")]
    pub name: fn() -> std::borrow::Cow<'static, str>,
    /// The form itself.
    #[cfg(feature = "description")]
    pub form: fn() -> utoipa::openapi::RefOr<utoipa::openapi::Schema>,
    /// Adds the forms of the types that this one is made of.
    #[cfg(feature = "description")]
    pub parts: fn(&mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>),
}

impl Schema {
    /// A text without a form of its own.
    pub(crate) const TEXT: Self = Self::of::<String>();

    /// The form of a type.
    #[cfg(feature = "description")]
    pub(crate) const fn of<T: Described>() -> Self {
        Self { name: T::name, form: T::schema, parts: T::schemas }
    }

    /// The form of a type, of which nothing is said.
    #[cfg(not(feature = "description"))]
    pub(crate) const fn of<T: Described>() -> Self {
        T::NOTHING
    }
}
