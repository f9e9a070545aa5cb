//! One row of an answer, read by its columns' names.

use std::rc::Rc;

use serde::de::DeserializeOwned;

use crate::db_error::DbError;
use crate::value::Value;

/// One row of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The names of the statement's columns: all rows of an answer share them.
    names: Rc<[String]>,
    values: Vec<Value>,
}

impl Row {
    /// A row of an answer: the names of the statement's columns, and the values in their order.
    pub const fn new(names: Rc<[String]>, values: Vec<Value>) -> Self {
        Self { names, values }
    }

    fn value(&self, column: &str) -> Result<&Value, DbError> {
        let mut places = self.names.iter().enumerate().filter(|(_, name)| *name == column);
        match (places.next(), places.next()) {
            (Some((place, _)), None) => self.values.get(place).ok_or_else(|| fault(column)),
            _ => Err(DbError::ColumnName(column.to_owned())),
        }
    }

    /// The integer in a column.
    pub fn int(&self, column: &str) -> Result<i64, DbError> {
        self.opt_int(column)?.ok_or_else(|| fault(column))
    }

    /// The integer in a column, or `None` for NULL.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, DbError> {
        match self.value(column)? {
            Value::Integer(value) => Ok(Some(*value)),
            Value::Null => Ok(None),
            _ => Err(fault(column)),
        }
    }

    /// The integer in a row's only column. For what is computed in RETURNING: libSQL's client writes statements anew
    /// before it sends them, and leaves the names out that stand there behind AS.
    pub fn only_int(&self) -> Result<i64, DbError> {
        match self.values.as_slice() {
            [Value::Integer(value)] => Ok(*value),
            _ => Err(fault("the only one")),
        }
    }

    /// The integer in a column as a smaller or unsigned one.
    pub fn number<T: TryFrom<i64>>(&self, column: &str) -> Result<T, DbError> {
        T::try_from(self.int(column)?).map_err(|_| fault(column))
    }

    /// [`Self::number`], or `None` for NULL.
    pub fn opt_number<T: TryFrom<i64>>(&self, column: &str) -> Result<Option<T>, DbError> {
        self.opt_int(column)?.map(T::try_from).transpose().map_err(|_| fault(column))
    }

    /// Whether the integer in a column is another than zero: SQLite has no other truth.
    pub fn flag(&self, column: &str) -> Result<bool, DbError> {
        Ok(self.int(column)? != 0)
    }

    /// The text in a column.
    pub fn text(&self, column: &str) -> Result<String, DbError> {
        self.opt_text(column)?.ok_or_else(|| fault(column))
    }

    /// The text in a column, or `None` for NULL.
    pub fn opt_text(&self, column: &str) -> Result<Option<String>, DbError> {
        Ok(self.opt_str(column)?.map(str::to_owned))
    }

    fn opt_str(&self, column: &str) -> Result<Option<&str>, DbError> {
        match self.value(column)? {
            Value::Text(value) => Ok(Some(value)),
            Value::Null => Ok(None),
            _ => Err(fault(column)),
        }
    }

    /// What the text in a column stands for, as `parse` knows it.
    pub fn read<T>(&self, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, DbError> {
        self.opt_read(column, parse)?.ok_or_else(|| fault(column))
    }

    /// [`Self::read`], or `None` for NULL.
    pub fn opt_read<T>(&self, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, DbError> {
        let text = self.opt_str(column)?;
        text.map(|text| parse(text).ok_or_else(|| fault(column))).transpose()
    }

    /// What the JSON text in a column holds.
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, DbError> {
        self.read(column, |text| serde_json::from_str(text).ok())
    }

    /// The bytes in a column.
    pub fn blob(&self, column: &str) -> Result<Vec<u8>, DbError> {
        self.opt_blob(column)?.ok_or_else(|| fault(column))
    }

    /// The bytes in a column, or `None` for NULL.
    pub fn opt_blob(&self, column: &str) -> Result<Option<Vec<u8>>, DbError> {
        match self.value(column)? {
            Value::Blob(value) => Ok(Some(value.clone())),
            Value::Null => Ok(None),
            _ => Err(fault(column)),
        }
    }

    /// The bytes in a column that are always `N`, as a hash is.
    pub fn bytes<const N: usize>(&self, column: &str) -> Result<[u8; N], DbError> {
        self.blob(column)?.try_into().map_err(|_| fault(column))
    }
}

/// What is said of a column that has not the expected form.
fn fault(column: &str) -> DbError {
    DbError::Column(column.to_owned())
}

#[cfg(test)]
mod tests {
    use pollster::FutureExt as _;

    use super::*;
    use crate::{Database, NativeDatabase};

    fn row(sql: &str) -> Row {
        let db = NativeDatabase::in_memory().block_on().expect("opens");
        db.query(sql, vec![]).block_on().expect("answers").remove(0)
    }

    #[test]
    fn a_column_is_found_wherever_the_statement_names_it() {
        for sql in ["SELECT 7 AS price, 'Aru' AS name", "SELECT 'Aru' AS name, 7 AS price"] {
            let row = row(sql);
            assert_eq!((row.int("price"), row.text("name")), (Ok(7), Ok("Aru".to_owned())), "{sql}");
        }
    }

    #[test]
    fn a_name_that_no_column_or_two_have_is_an_error_with_that_name() {
        let row = row("SELECT 1 AS twice, 2 AS twice");
        for name in ["twice", "never"] {
            assert_eq!(row.int(name), Err(DbError::ColumnName(name.to_owned())));
        }
    }

    #[test]
    fn a_value_of_another_form_is_an_error_with_the_columns_name() {
        let row = row("SELECT NULL AS empty, 'seven' AS number, 300 AS large");
        let fault = |name: &str| DbError::Column(name.to_owned());
        assert_eq!(row.opt_int("empty"), Ok(None));
        assert_eq!(row.int("empty"), Err(fault("empty")));
        assert_eq!(row.int("number"), Err(fault("number")));
        assert_eq!(row.number::<u8>("large"), Err(fault("large")));
        assert_eq!(row.read("number", |text| text.parse::<u8>().ok()), Err(fault("number")));
    }
}
