//! Searches the raw bytes of every file of a platform, as a thief of the disk would.

use std::path::PathBuf;

use memchr::memmem;

/// The spellings in which a number could be recognised: with its country code and without, with
/// the national 8, and the subscriber's digits alone.
pub fn spellings(e164: &str) -> Vec<String> {
    let digits = e164.trim_start_matches('+');
    let national = &digits[1..];
    vec![e164.to_owned(), digits.to_owned(), format!("8{national}"), national.to_owned()]
}

/// The files below folders that contain the text, in UTF-8 or in UTF-16.
pub fn files_containing(folders: &[PathBuf], text: &str) -> Vec<PathBuf> {
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut files = files_holding(folders, text.as_bytes());
    files.extend(files_holding(folders, &utf_16));
    files
}

/// The files below folders that contain these bytes.
pub fn files_holding(folders: &[PathBuf], wanted: &[u8]) -> Vec<PathBuf> {
    let files = files_below(folders);
    assert!(!files.is_empty(), "{folders:?} hold no files: nothing was searched");
    // A journal may vanish between the listing and the reading.
    let holds = |path: &PathBuf| memmem::find(&std::fs::read(path).unwrap_or_default(), wanted).is_some();
    files.into_iter().filter(holds).collect()
}

fn files_below(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = folders.to_vec();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            // What a link leads to lies elsewhere: the compiled components, which hold no data.
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::{files_containing, spellings};

    #[test]
    fn a_number_in_a_file_is_found_in_either_encoding() {
        let folder = std::env::temp_dir().join(format!("state-bytes-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("below")).expect("a folder");
        std::fs::write(folder.join("below/a"), b"\0\0+77015550001\0").expect("a file");
        let wide: Vec<u8> = "77015550002".encode_utf16().flat_map(u16::to_le_bytes).collect();
        std::fs::write(folder.join("b"), wide).expect("a file");
        assert_eq!(files_containing(std::slice::from_ref(&folder), "7015550001"), [folder.join("below/a")]);
        assert_eq!(files_containing(std::slice::from_ref(&folder), "7015550002"), [folder.join("b")]);
        assert!(files_containing(std::slice::from_ref(&folder), "7015550003").is_empty());
        std::fs::remove_dir_all(&folder).expect("the folder goes again");
    }

    #[test]
    fn every_spelling_of_a_number_is_looked_for() {
        let expected = ["+77015550001", "77015550001", "87015550001", "7015550001"];
        assert_eq!(spellings("+77015550001"), expected);
    }
}
