//! The deployment as one request sees it: the instant, the master key, the directory, and the cells.

use std::cell::OnceCell;

use domain::cell_name::CellName;
use store::cell::Cell;
use store::directory::Directory;
use store::{DbError, MasterKey, SpinDatabase};

use crate::databases::Connection;
use crate::settings::Settings;
use crate::{Problem, Result, clock};

/// Opened once a request. A cell's connection is opened when it is first asked for; that of the directory is also
/// the first cell's, which lies in the same database.
pub struct Deployment {
    now: i64,
    keys: MasterKey,
    directory: Connection,
    cells: Vec<CellSlot>,
}

/// A cell that is not the first.
struct CellSlot {
    name: CellName,
    connection: OnceCell<Connection>,
}

impl Deployment {
    /// As it is now.
    pub(crate) async fn open(settings: Settings) -> Result<Self> {
        let keys = settings.master_key().await?;
        let names = settings.cells().await?.into_iter().filter(|name| *name != CellName::FIRST);
        let cells = names.map(|name| CellSlot { name, connection: OnceCell::new() }).collect();
        let directory = Connection::directory().await?;
        // Read last: what was opened before may have taken its time.
        Ok(Self { now: clock::now(settings).await?, keys, directory, cells })
    }

    /// When it was opened, in Unix milliseconds by the product's clock.
    pub const fn now(&self) -> i64 {
        self.now
    }

    /// The master key.
    pub const fn keys(&self) -> &MasterKey {
        &self.keys
    }

    /// The directory, which all cells share.
    pub fn directory(&self) -> Directory<'_, SpinDatabase> {
        Directory::new(self.directory_db())
    }

    /// The connection to the directory.
    pub(crate) fn directory_db(&self) -> &SpinDatabase {
        &self.directory
    }

    /// The cells, the first one first.
    pub fn cells(&self) -> impl Iterator<Item = CellName> {
        [CellName::FIRST].into_iter().chain(self.cells.iter().map(|slot| slot.name))
    }

    /// A cell of this deployment.
    pub async fn cell(&self, name: CellName) -> Result<Cell<'_, SpinDatabase>> {
        if name == CellName::FIRST {
            return Ok(Cell::new(self.directory_db(), &self.keys, name));
        }
        let slot = self.cells.iter().find(|slot| slot.name == name);
        let slot = slot.ok_or_else(|| Problem::internal("a cell of another deployment", &name.number()))?;
        let connection = match slot.connection.get() {
            Some(connection) => connection,
            None => {
                let opened = Connection::open(&name.label()).await?;
                // Of two that were opened at once the second goes back to those that nobody uses.
                slot.connection.get_or_init(|| opened)
            }
        };
        Ok(Cell::new(connection, &self.keys, name))
    }

    /// The cell with a label that the directory wrote down.
    pub async fn cell_labelled(&self, label: &str) -> Result<Cell<'_, SpinDatabase>> {
        let name = CellName::parse(label);
        self.cell(name.ok_or_else(|| Problem::internal("a label of no cell", &label))?).await
    }

    /// The cell that an account lives in, if there is such an account.
    pub async fn cell_of_account(&self, account: &str) -> Result<Option<Cell<'_, SpinDatabase>>> {
        match self.directory().cell_label(account).await? {
            Some(label) => self.cell_labelled(&label).await.map(Some),
            None => Ok(None),
        }
    }

    /// Does something in every cell, and answers the labels of those with which something is wrong as a whole: that must
    /// not keep the others waiting. Where it is all of them, their problem is the answer.
    pub async fn in_each_cell(
        &self,
        what: &str,
        mut work: impl AsyncFnMut(Cell<'_, SpinDatabase>) -> Result<()>,
    ) -> Result<Vec<String>> {
        let mut failed = Vec::new();
        let mut last = None;
        for name in self.cells() {
            let done = match self.cell(name).await {
                Ok(cell) => work(cell).await,
                Err(problem) => Err(problem),
            };
            if let Err(problem) = done {
                eprintln!("{what}: {} failed: {}", name.label(), problem.code());
                failed.push(name.label());
                last = Some(problem);
            }
        }
        match last {
            Some(problem) if failed.len() == self.cells().count() => Err(problem),
            _ => Ok(failed),
        }
    }

    /// The cells, that first in which something was born, as its id or its row says. It may have moved since.
    pub fn cells_from(&self, born: Option<CellName>) -> impl Iterator<Item = CellName> {
        let first = born.filter(|born| self.cells().any(|name| name == *born));
        first.into_iter().chain(self.cells().filter(move |name| Some(*name) != first))
    }

    /// The same, and then all of them once more: what moved between the two looks is found by the second.
    pub fn cells_twice_from(&self, born: Option<CellName>) -> impl Iterator<Item = CellName> {
        let again = self.cells.iter().take(1).flat_map(move |_| self.cells_from(born));
        self.cells_from(born).chain(again)
    }

    /// The cell that has something without an account's name on it, such as a campaign that staff decide on, with
    /// what `look` found there. Where it was born is looked first.
    pub async fn find<T>(
        &self,
        born: Option<CellName>,
        look: impl AsyncFn(&Cell<'_, SpinDatabase>) -> Result<Option<T>, DbError>,
    ) -> Result<Option<(Cell<'_, SpinDatabase>, T)>> {
        for name in self.cells_from(born) {
            let cell = self.cell(name).await?;
            if let Some(found) = look(&cell).await? {
                return Ok(Some((cell, found)));
            }
        }
        Ok(None)
    }
}
