//! What the host keeps belongs to the user who runs it: folders that it makes are closed to others, and so are
//! the files in them, whatever the shell's umask is.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Who else there is on a machine may neither list the folder nor enter it.
#[cfg(unix)]
const FOLDER_MODE: u32 = 0o700;
/// Nor read or write the file.
#[cfg(unix)]
const FILE_MODE: u32 = 0o600;

/// Makes the folder, and those above it that are missing, for this user alone. One that is there already keeps
/// its rights, since others may have made it for more than this; its files are private in any case.
pub fn create_folder(path: &Path) -> io::Result<()> {
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, FOLDER_MODE);
    folder.create(path)
}

/// Makes a folder of the host's own, or takes it from all others where an earlier start, or a copy, left it open.
pub fn close_folder(path: &Path) -> io::Result<()> {
    create_folder(path)?;
    #[cfg(unix)]
    narrow(path, FOLDER_MODE)?;
    Ok(())
}

/// The state folder: made for this user alone, and closed where an earlier start left it open. A folder in which
/// there is anything else is left as others made it: it may be the home folder, or `/tmp`.
pub fn close_state(path: &Path) -> io::Result<()> {
    let foreign = |name: &str| {
        let made_here = ["logs", "compiled", "assets", "secrets.env"].contains(&name);
        !made_here && ![".db", ".db-wal", ".db-shm", ".db-journal"].iter().any(|end| name.ends_with(end))
    };
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            if foreign(&entry?.file_name().to_string_lossy()) {
                return Ok(());
            }
        }
    }
    close_folder(path)
}

/// Opens a file for appending, made for this user alone.
pub fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    let file = options.open(path)?;
    #[cfg(unix)]
    narrow(path, FILE_MODE)?;
    Ok(file)
}

/// Makes a database's file before SQLite does. SQLite gives the files beside it (`-wal`, `-shm`, `-journal`)
/// the rights of the database; those that are left from before are narrowed too.
pub fn prepare_database(path: &Path) -> io::Result<()> {
    drop(append(path)?);
    #[cfg(unix)]
    for end in ["-wal", "-shm", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(end);
        match narrow(Path::new(&beside), FILE_MODE) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            done => done?,
        }
    }
    Ok(())
}

/// Takes rights away that the mode does not give; a mode that is narrower stays.
#[cfg(unix)]
fn narrow(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = std::fs::metadata(path)?.permissions();
    let (had, rest) = (permissions.mode() & 0o777, permissions.mode() & mode);
    if had == rest {
        return Ok(());
    }
    permissions.set_mode(rest);
    std::fs::set_permissions(path, permissions)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn what_an_earlier_start_left_open_is_closed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        std::fs::create_dir(&path).expect("made");
        let database = path.join("sqlite_db.db");
        for file in [&database, &path.join("sqlite_db.db-wal")] {
            std::fs::write(file, "").expect("written");
            std::fs::set_permissions(file, PermissionsExt::from_mode(0o644)).expect("opened to all");
        }
        close_state(&path).expect("closed");
        prepare_database(&database).expect("closed");
        assert_eq!(
            (mode(&path), mode(&database), mode(&path.join("sqlite_db.db-wal"))),
            (0o700, 0o600, 0o600)
        );
    }

    #[test]
    fn a_folder_that_others_use_too_keeps_its_rights() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("opened to all");
        std::fs::write(folder.path().join("letter.txt"), "").expect("written");
        close_state(folder.path()).expect("looked at");
        assert_eq!(mode(folder.path()), 0o755);
    }

    /// SQLite itself makes these files, with the rights of the database.
    #[test]
    fn the_files_beside_a_database_are_private_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.db");
        prepare_database(&path).expect("made");
        let db = rusqlite::Connection::open(&path).expect("opens");
        db.pragma_update(None, "journal_mode", "WAL").expect("set");
        db.execute_batch("CREATE TABLE a (b)").expect("made");
        for file in ["a.db", "a.db-wal", "a.db-shm"] {
            assert_eq!(mode(&folder.path().join(file)), 0o600, "{file}");
        }
    }
}
