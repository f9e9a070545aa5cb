//! The files in which businesses keep their clients, as rows: bytes in, the cells that are kept out. It reads no
//! store and knows no host, so that a component which takes a file in and one which goes through it later read it alike.

pub mod csv;
pub mod encoding;
pub mod kind;
#[cfg(feature = "workbook")]
pub mod workbook;
