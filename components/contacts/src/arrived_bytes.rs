//! How many bytes of an upload have arrived: shown while it runs, kept where it may be lost.

use edge::{Problem, Result};
use spin_sdk::key_value::Store;

/// The bytes of uploads that are under way.
pub struct ArrivedBytes(Store);

impl ArrivedBytes {
    /// Opens the store.
    pub async fn open() -> Result<Self> {
        let store = Store::open_default().await;
        store.map(Self).map_err(|error| Problem::internal("key-value store", &error))
    }

    /// The bytes so far.
    pub async fn read(&self, import: &str) -> Result<Option<u64>> {
        let bytes = self.0.get(format!("upload:{import}")).await;
        let bytes = bytes.map_err(|error| Problem::internal("upload progress", &error))?;
        Ok(bytes.and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?))))
    }

    /// Notes how many they are by now.
    pub async fn write(&self, import: &str, received: u64) -> Result<()> {
        let written = self.0.set(format!("upload:{import}"), received.to_be_bytes()).await;
        written.map_err(|error| Problem::internal("upload progress", &error))
    }

    /// The upload is over.
    pub async fn forget(&self, import: &str) -> Result<()> {
        let gone = self.0.delete(format!("upload:{import}")).await;
        gone.map_err(|error| Problem::internal("upload progress", &error))
    }
}
