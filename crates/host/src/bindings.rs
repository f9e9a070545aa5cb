//! Rust types and traits for Spin's own interfaces, made from the files in `wit/`.

wasmtime::component::bindgen!({
    path: "wit",
    world: "platform",
    imports: { default: async | trappable },
    with: {
        "spin:sqlite/sqlite.connection": crate::sqlite::Connection,
        "spin:key-value/key-value.store": crate::key_value::Store,
    },
});

pub(crate) use spin::key_value::key_value;
pub(crate) use spin::sqlite::sqlite;
pub(crate) use spin::variables::variables;
