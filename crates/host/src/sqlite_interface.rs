//! `spin:sqlite`, as components call it: which labels may be opened, and how many at once.

use wasmtime::Result;
use wasmtime::component::{Accessor, FutureReader, Resource, StreamReader};

use crate::bindings::sqlite::{
    Error, Host, HostConnection, HostConnectionWithStore, QueryResult, RowResult, Value,
};
use crate::instance::{InstanceState, SpinInterfaces};
use crate::row_stream::RowStream;
use crate::sqlite::{Connection, Execution};

/// How many connections one instance may have open.
const CONNECTIONS_MAX: usize = 256;

/// The columns, the rows as they come, and the result when they have come.
type Started = (Vec<String>, StreamReader<RowResult>, FutureReader<Result<(), Error>>);

impl InstanceState {
    fn open_database(&mut self, label: &str) -> Result<Result<Resource<Connection>, Error>> {
        if !self.component().sqlite_databases.contains(label) {
            return Ok(Err(Error::AccessDenied));
        }
        if self.connections_open >= CONNECTIONS_MAX {
            return Ok(Err(Error::Io("too many connections opened".to_owned())));
        }
        let connection = self.connect(label);
        let handle = self.table.push(connection)?;
        self.connections_open += 1;
        Ok(Ok(handle))
    }

    fn connection(&self, handle: &Resource<Connection>) -> Result<Connection> {
        Ok(self.table.get(handle)?.clone())
    }
}

impl Host for InstanceState {}

impl HostConnection for InstanceState {
    async fn open(&mut self, database: String) -> Result<Result<Resource<Connection>, Error>> {
        self.open_database(&database)
    }

    async fn execute(
        &mut self,
        handle: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<Result<QueryResult, Error>> {
        let connection = self.connection(&handle)?;
        Ok(connection.gather(statement, parameters).await?)
    }

    async fn last_insert_rowid(&mut self, handle: Resource<Connection>) -> Result<i64> {
        Ok(self.connection(&handle)?.last_insert_rowid().await?)
    }

    async fn changes(&mut self, handle: Resource<Connection>) -> Result<u64> {
        Ok(self.connection(&handle)?.changes().await?)
    }

    async fn drop(&mut self, handle: Resource<Connection>) -> Result<()> {
        self.table.delete(handle)?;
        self.connections_open = self.connections_open.saturating_sub(1);
        Ok(())
    }
}

impl<T> HostConnectionWithStore<T> for SpinInterfaces {
    async fn open_async(
        accessor: &Accessor<T, Self>,
        database: String,
    ) -> Result<Result<Resource<Connection>, Error>> {
        accessor.with(|mut access| access.get().open_database(&database))
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<Result<Started, Error>> {
        let connection = accessor.with(|mut access| access.get().connection(&handle))?;
        let execution = match connection.start(statement, parameters).await? {
            Ok(execution) => execution,
            Err(error) => return Ok(Err(error)),
        };
        let Execution { columns, rows, result } = execution;
        accessor.with(|mut access| {
            let rows = StreamReader::new(&mut access, RowStream::new(rows))?;
            // A closed channel means that the instance is being killed: it traps.
            let result = FutureReader::new(&mut access, result)?;
            Ok(Ok((columns, rows, result)))
        })
    }

    async fn last_insert_rowid_async(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
    ) -> Result<i64> {
        let connection = accessor.with(|mut access| access.get().connection(&handle))?;
        Ok(connection.last_insert_rowid().await?)
    }

    async fn changes_async(accessor: &Accessor<T, Self>, handle: Resource<Connection>) -> Result<u64> {
        let connection = accessor.with(|mut access| access.get().connection(&handle))?;
        Ok(connection.changes().await?)
    }
}
