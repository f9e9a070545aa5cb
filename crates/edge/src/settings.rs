//! The deployment's variables: read when they are first needed, and kept for as long as the instance lives, which is
//! some seconds.

use std::cell::RefCell;
use std::collections::HashMap;

use api::contacts::{FILE_BYTES_MAX, ROWS_MAX};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::cell_name::CellName;
use operators::Variables;
use spin_sdk::variables;
use store::MasterKey;
use store::cell::FileRoom;

use crate::{Code, Problem, Result};

thread_local! {
    // No tenant's data: what the deployment itself is set up with.
    static READ: RefCell<HashMap<String, String>> = RefCell::default();
    static MASTER_KEY: RefCell<Option<MasterKey>> = const { RefCell::new(None) };
}

/// The variables that this component's manifest entry gives it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings;

impl Settings {
    /// A variable, or an error: the manifest must give it to this component.
    pub async fn get(self, name: &str) -> Result<String> {
        if let Some(value) = READ.with_borrow(|read| read.get(name).cloned()) {
            return Ok(value);
        }
        let value = variables::get(name).await;
        let value = value.map_err(|error| Problem::internal(&format!("variable {name}"), &error))?;
        READ.with_borrow_mut(|read| read.insert(name.to_owned(), value.clone()));
        Ok(value)
    }

    /// The cells of the deployment.
    pub async fn cells(self) -> Result<Vec<CellName>> {
        let named = CellName::parse_list(&self.get("cells").await?);
        named.ok_or_else(|| Problem::new(Code::CellsMalformed))
    }

    /// The most rows of a file of contacts.
    pub async fn import_rows_max(self) -> Result<i64> {
        let given = self.get("import_rows_max").await?;
        let rows: i64 =
            given.parse().map_err(|_| Problem::internal("import_rows_max", &"it is no number"))?;
        Ok(rows.min(ROWS_MAX))
    }

    /// The most bytes of a file of contacts.
    pub async fn import_bytes_max(self) -> Result<u64> {
        let given = self.get("import_bytes_max").await?;
        let bytes: u64 =
            given.parse().map_err(|_| Problem::internal("import_bytes_max", &"it is no number"))?;
        Ok(bytes.min(FILE_BYTES_MAX))
    }

    /// How much of an account's files may wait to be read.
    pub async fn file_room(self) -> Result<FileRoom> {
        let number = async |name: &'static str| {
            let given = self.get(name).await?;
            given.parse::<i64>().map_err(|_| Problem::internal(name, &"it is no number"))
        };
        let (files, bytes) =
            (number("import_files_waiting_max").await?, number("import_bytes_waiting_max").await?);
        Ok(FileRoom { files, bytes })
    }

    /// Whether the stand-in operator and bank are on.
    pub async fn sandbox_on(self) -> Result<bool> {
        Ok(self.get("sandbox").await? == "on")
    }

    /// The key that wraps all others.
    pub async fn master_key(self) -> Result<MasterKey> {
        if let Some(known) = MASTER_KEY.with_borrow(Clone::clone) {
            return Ok(known);
        }
        let text = self.get("master_key").await?;
        let bytes: Option<[u8; 32]> =
            STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        let master = MasterKey::new(bytes.ok_or_else(|| Problem::new(Code::MasterKeyMalformed))?)?;
        MASTER_KEY.set(Some(master.clone()));
        Ok(master)
    }

    /// [`Settings::master_key`]; `None` in a component whose manifest entry does not name it.
    pub async fn master_key_if_given(self) -> Result<Option<MasterKey>> {
        match variables::get("master_key").await {
            Ok(_) => self.master_key().await.map(Some),
            Err(_) => Ok(None),
        }
    }

    /// The key of the tokens in the addresses at which operators report: made from the master key, so
    /// there is one secret less to keep.
    pub async fn report_key(self) -> Result<Vec<u8>> {
        Ok(self.master_key().await?.service_key("operators' reports")?.to_vec())
    }

    /// Variables that an operator's adapter is made of.
    pub async fn operator_variables(self, names: impl IntoIterator<Item = &str>) -> Result<Variables> {
        let mut given = Variables { report_key: self.report_key().await?, ..Variables::default() };
        for name in names {
            given.values.insert(name.to_owned(), self.get(name).await?);
        }
        Ok(given)
    }

    /// The key of the links by which operators fetch recordings.
    pub async fn audio_link_key(self) -> Result<Vec<u8>> {
        Ok(self.master_key().await?.service_key("links to recordings")?.to_vec())
    }

    /// Personal data are kept in Kazakhstan; a deployment that does not say so serves nothing (R189).
    pub async fn check_data_region(self) -> Result<()> {
        if self.sandbox_on().await? || self.get("data_region").await? == "KZ" {
            return Ok(());
        }
        Err(Problem::new(Code::DataRegionNotDeclared))
    }
}
