//! `spin:key-value` and `spin:variables`, as components call them.

use wasmtime::Result;
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

use crate::bindings::key_value::{Error, Host, HostStore, HostStoreWithStore};
use crate::bindings::variables;
use crate::instance::{InstanceState, SpinInterfaces};
use crate::key_value::{Keys, Store};
use crate::row_stream::RowStream;
use crate::variables::VariableError;

/// How many stores one instance may have open.
const STORES_MAX: usize = 256;

impl InstanceState {
    fn open_store(&mut self, label: String) -> Result<Result<Resource<Store>, Error>> {
        if !self.component().key_value_stores.contains(&label) {
            return Ok(Err(Error::AccessDenied));
        }
        if self.stores_open >= STORES_MAX {
            return Ok(Err(Error::StoreTableFull));
        }
        let store = self.key_value_store(label);
        let handle = self.table.push(store)?;
        self.stores_open += 1;
        Ok(Ok(handle))
    }
}

fn store<T>(accessor: &Accessor<T, SpinInterfaces>, handle: &Resource<Store>) -> Result<Store> {
    accessor.with(|mut access| Ok(access.get().table.get(handle)?.clone()))
}

impl Host for InstanceState {}

impl HostStore for InstanceState {
    async fn drop(&mut self, handle: Resource<Store>) -> Result<()> {
        self.table.delete(handle)?;
        self.stores_open = self.stores_open.saturating_sub(1);
        Ok(())
    }
}

impl<T> HostStoreWithStore<T> for SpinInterfaces {
    async fn open(accessor: &Accessor<T, Self>, label: String) -> Result<Result<Resource<Store>, Error>> {
        accessor.with(|mut access| access.get().open_store(label))
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        handle: Resource<Store>,
        key: String,
    ) -> Result<Result<Option<Vec<u8>>, Error>> {
        Ok(store(accessor, &handle)?.get(key).await)
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        handle: Resource<Store>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Result<(), Error>> {
        Ok(store(accessor, &handle)?.set(key, value).await)
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        handle: Resource<Store>,
        key: String,
    ) -> Result<Result<(), Error>> {
        Ok(store(accessor, &handle)?.delete(key).await)
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        handle: Resource<Store>,
        key: String,
    ) -> Result<Result<bool, Error>> {
        Ok(store(accessor, &handle)?.exists(key).await)
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        handle: Resource<Store>,
    ) -> Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let Keys { keys, result } = store(accessor, &handle)?.keys();
        accessor.with(|mut access| {
            let keys = StreamReader::new(&mut access, RowStream::new(keys))?;
            let result = FutureReader::new(&mut access, result)?;
            Ok((keys, result))
        })
    }
}

impl variables::Host for InstanceState {}

impl<T> variables::HostWithStore<T> for SpinInterfaces {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> Result<Result<String, variables::Error>> {
        let value = accessor.with(|mut access| access.get().variable(&name));
        Ok(value.map_err(|error| match error {
            VariableError::InvalidName(name) => variables::Error::InvalidName(name),
            VariableError::Undefined { .. } => variables::Error::Undefined(error.to_string()),
            error => variables::Error::Other(error.to_string()),
        }))
    }
}
