//! Connections: opened, brought to the newest schema, held against the master key, and used again by later requests of the same
//! instance. One serves one request at a time.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Deref;
use std::rc::Rc;

use domain::cell_name::CellName;
use store::{Pace, Part, SpinDatabase, check_cell, check_master_key, migrate};

use crate::{Problem, Result, Settings};

/// Idle connections that an instance keeps.
const IDLE_MAX: usize = 8;

thread_local! {
    // No tenant's data: only which databases are migrated, and connections that nobody uses.
    static MIGRATED: RefCell<HashSet<String>> = RefCell::default();
    static IDLE: RefCell<Vec<(String, Rc<SpinDatabase>)>> = const { RefCell::new(Vec::new()) };
    static PACE: Cell<Pace> = const { Cell::new(Pace::Stands) };
}

/// From now on the other requests of this instance go on while one waits for a statement. Said first, by a component
/// whose statements are long and whose other work must not wait for them.
pub fn go_on_beside_statements() {
    PACE.set(Pace::GoesOn);
}

/// A connection that belongs to this request until it is dropped.
pub struct Connection {
    label: String,
    database: Rc<SpinDatabase>,
}

impl Connection {
    /// A connection to the directory.
    pub async fn directory() -> Result<Self> {
        Self::open(&CellName::FIRST.label()).await
    }

    /// Takes an idle connection to the database with a label or opens one.
    pub(crate) async fn open(label: &str) -> Result<Self> {
        let idle = IDLE.with_borrow_mut(|idle| {
            idle.iter().position(|(of, _)| of == label).map(|place| idle.swap_remove(place).1)
        });
        let database = match idle {
            Some(database) => database,
            None => Rc::new(SpinDatabase::open(label, PACE.get()).await?),
        };
        if !MIGRATED.with_borrow(|migrated| migrated.contains(label)) {
            let name =
                CellName::parse(label).ok_or_else(|| Problem::internal("a label of no cell", &label))?;
            let parts = [Part::Directory, Part::Log, Part::Cell];
            // The directory lies beside the first cell.
            migrate(&*database, if name == CellName::FIRST { &parts } else { &parts[1..] }).await?;
            check_cell(&*database, name).await?;
            if let Some(master) = Settings.master_key_if_given().await? {
                check_master_key(&*database, &master).await?;
            }
            MIGRATED.with_borrow_mut(|migrated| migrated.insert(label.to_owned()));
        }
        Ok(Self { label: label.to_owned(), database })
    }
}

impl Deref for Connection {
    type Target = SpinDatabase;

    fn deref(&self) -> &SpinDatabase {
        &self.database
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // A request that was cut off may leave a transaction open; such a connection is closed, which
        // rolls it back.
        if self.database.is_at_rest() {
            let (label, database) = (std::mem::take(&mut self.label), Rc::clone(&self.database));
            IDLE.with_borrow_mut(|idle| {
                if idle.len() < IDLE_MAX {
                    idle.push((label, database));
                }
            });
        }
    }
}
