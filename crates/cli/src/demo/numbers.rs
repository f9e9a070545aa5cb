//! Looks into the demo's file the way a person would: how many lines there are, and whose numbers
//! shall go on the blacklist.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::Context;
use domain::phone::Phone;

/// How many people are put on the blacklist once they are in the base.
const LISTED: usize = 3;

/// What is known of the file before it is uploaded.
pub struct Glimpse {
    /// Bytes in the file.
    pub length: u64,
    /// Lines, the first among them: at least as many as there are recipients.
    pub lines: u64,
    /// A few mobile numbers of the file in E.164.
    pub to_blacklist: Vec<String>,
}

/// Reads the file once for its lines, and its first rows for numbers.
pub fn glimpse(path: &Path) -> anyhow::Result<Glimpse> {
    let named = || path.display().to_string();
    let mut file = File::open(path).with_context(named)?;
    let length = file.metadata().with_context(named)?.len();
    let lines = count_lines(&mut file).with_context(named)?;
    file.seek(SeekFrom::Start(0)).with_context(named)?;
    let mut reader = BufReader::new(file);
    let delimiter = delimiter(&mut reader).with_context(named)?;
    let to_blacklist = first_mobiles(reader, delimiter).with_context(named)?;
    Ok(Glimpse { length, lines, to_blacklist })
}

fn count_lines(file: &mut File) -> std::io::Result<u64> {
    let mut buffer = vec![0; 1 << 18];
    let mut lines = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(lines),
            read => lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count() as u64,
        }
    }
}

/// The one of the usual delimiters that the first line has most of.
fn delimiter(reader: &mut impl BufRead) -> std::io::Result<u8> {
    let start = reader.fill_buf()?;
    let first_line = start.split(|byte| *byte == b'\n').next().unwrap_or(start);
    let times = |delimiter: u8| first_line.iter().filter(|byte| **byte == delimiter).count();
    Ok([b',', b';', b'\t'].into_iter().max_by_key(|delimiter| times(*delimiter)).unwrap_or(b','))
}

/// The first few different numbers that a text message can reach, in whatever column they stand.
fn first_mobiles(reader: impl Read, delimiter: u8) -> anyhow::Result<Vec<String>> {
    let mut rows = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
    let mut found: Vec<String> = Vec::new();
    for row in rows.byte_records() {
        let row = row?;
        let phone = row
            .iter()
            .filter_map(|field| Phone::parse_recipient(std::str::from_utf8(field).ok()?).ok())
            .find(Phone::can_receive_text);
        match phone {
            Some(phone) if !found.iter().any(|earlier| earlier == phone.e164()) => {
                found.push(phone.e164().to_owned());
            }
            _ => {}
        }
        if found.len() == LISTED {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_any_column_and_named_once() {
        let rows = "аты;телефон\nӘсел;8 (701) 000-00-01\nҰлан;+77010000001\n\"Жоқ\";112\nІлияс;7020000002\n";
        let found = first_mobiles(rows.as_bytes(), b';').expect("good rows");
        assert_eq!(found, ["+77010000001", "+77020000002"]);
    }

    #[test]
    fn the_delimiter_is_the_commonest_of_the_first_line() {
        let mut line: &[u8] = "a;b;c,d\n1,2,3,4,5,6\n".as_bytes();
        assert_eq!(delimiter(&mut line).expect("memory can be read"), b';');
    }
}
