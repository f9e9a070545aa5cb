//! WAV as encoders and speech services write it (R71).
//!
//! Own code: `symphonia-format-riff`, which stood here, refuses what telephony writes (laws with a short `fmt `,
//! streams that do not know their length) and takes the first of two sounds without a word.

use std::ops::Range;

use super::{CHANNELS_MAX, SAMPLE_RATES, Unfit};

/// Bytes before the first chunk: `RIFF`, a size, `WAVE`.
const BEGINNING: usize = 12;
/// Name and size of a chunk.
const CHUNK_HEADER: usize = 8;
/// Sizes from here on are none, in a file of megabytes: whoever wrote them did not know how much would follow. Most
/// write the largest there is, `sox` and `espeak` one a little below two to the 31st.
const UNKNOWN_SIZE: u32 = 0x7fff_0000;
/// An ID3v1 tag.
const TITLE_BYTES: usize = 128;
/// What stands behind the kind in the long form of `fmt `, for all kinds that have a number.
const EXTENSIBLE_TAIL: &[u8; 14] = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";

const PCM: u16 = 1;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xfffe;

/// Where the parts of a file stand.
struct Parts {
    format: Range<usize>,
    data: Range<usize>,
}

/// How the parts of a file are found where one has an odd length.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Padding {
    /// A byte fills it up, as it should.
    Filled,
    /// The next follows at once, as some programs write it.
    Absent,
}

/// Samples of each channel, and how many there are in a second.
pub fn length(file: &[u8]) -> Result<(u64, u32), Unfit> {
    let end = end_of_riff(file)?;
    if file.get(8..BEGINNING) != Some(b"WAVE") {
        return Err(Unfit::Format);
    }
    let readings = [Padding::Filled, Padding::Absent].map(|padding| read(file, end, padding));
    // One of the two may find nothing; what both find must be the same sound.
    let mut sounds = readings.iter().flat_map(|reading| &reading.data);
    let first = sounds.next();
    if readings.iter().any(|reading| reading.twice) || sounds.any(|sound| Some(sound) != first) {
        return Err(Unfit::Malformed);
    }
    let parts = readings.into_iter().find_map(Reading::parts).ok_or(Unfit::Malformed)?;
    let (frame, rate) = frame_and_rate(&file[parts.format])?;
    let data = &file[parts.data];
    if data.windows(16).any(|bytes| bytes.starts_with(b"RIFF") && bytes.ends_with(b"WAVEfmt ")) {
        // A whole file behind or within another.
        return Err(Unfit::Malformed);
    }
    Ok((data.len().div_ceil(frame) as u64, rate))
}

/// Where the file ends by its own word: there it ends, but for zeros and a title.
fn end_of_riff(file: &[u8]) -> Result<usize, Unfit> {
    let said = number(file, 4).ok_or(Unfit::Malformed)?;
    if is_unknown(said) || is_unfinished(file, said) {
        return Ok(file.len());
    }
    let said = said as usize;
    let end = said + CHUNK_HEADER;
    // An odd length is filled up with one byte, which not every program counts.
    if end == file.len() || end + end % 2 == file.len() {
        return Ok(end);
    }
    // Some programs count their own header too: then the file is said to be eight bytes longer than it is.
    let ends = [end, end + end % 2, said, said + said % 2];
    ends.into_iter().find(|end| file.get(*end..).is_some_and(is_silent_end)).ok_or(Unfit::Malformed)
}

/// Whether there is nothing but zeros, and one title of the oldest kind, in which no part of a file hides.
fn is_silent_end(behind: &[u8]) -> bool {
    let without_zeros = |bytes: &[u8]| bytes.iter().take_while(|byte| **byte == 0).count();
    let rest = &behind[without_zeros(behind)..];
    let Some((title, rest)) = rest.split_at_checked(TITLE_BYTES) else { return rest.is_empty() };
    let hides = title.windows(4).any(|name| matches!(name, b"data" | b"fmt " | b"RIFF"));
    title.starts_with(b"TAG") && !hides && without_zeros(rest) == rest.len()
}

/// Whether a size says that nobody knew it.
const fn is_unknown(size: u32) -> bool {
    size == 0 || size >= UNKNOWN_SIZE
}

/// Whether the file's size is that of a file without sound, and its sound's size nothing: a program wrote the
/// header first and never came back to it.
fn is_unfinished(file: &[u8], said: u32) -> bool {
    let Some(end) = usize::try_from(said).ok().and_then(|said| said.checked_add(CHUNK_HEADER)) else {
        return false;
    };
    let header = end.checked_sub(CHUNK_HEADER).and_then(|begin| file.get(begin..end));
    end < file.len() && header == Some(b"data\0\0\0\0")
}

/// What is found in one way of going from part to part.
#[derive(Default)]
struct Reading {
    format: Option<Range<usize>>,
    data: Option<Range<usize>>,
    /// One of the two stands there a second time.
    twice: bool,
    /// A part reaches beyond the end, or what stands there is none.
    broken: bool,
}

impl Reading {
    /// The one `fmt ` and the one `data` behind it.
    fn parts(self) -> Option<Parts> {
        let (format, data) = self.format.zip(self.data)?;
        (!self.broken && format.end <= data.start).then_some(Parts { format, data })
    }
}

fn read(file: &[u8], end: usize, padding: Padding) -> Reading {
    let mut reading = Reading::default();
    let mut at = BEGINNING;
    while at < end {
        let Some((name, size)) =
            file.get(at..at + 4).zip(number(file, at + 4)).filter(|_| at + CHUNK_HEADER <= end)
        else {
            // One byte may be left of a filling that was counted.
            reading.broken = end - at > 1 || file[at] != 0;
            break;
        };
        let begin = at + CHUNK_HEADER;
        let streamed = name == b"data" && (size >= UNKNOWN_SIZE || (size == 0 && is_open(file, end, begin)));
        let behind = if streamed { end } else { begin.saturating_add(size as usize) };
        let part = match name {
            b"fmt " => Some(&mut reading.format),
            b"data" => Some(&mut reading.data),
            _ => None,
        };
        // A list of sounds and silences is a second sound, which hardly any player knows.
        reading.twice |= name == b"LIST" && file.get(begin..begin + 4) == Some(b"wavl");
        if let Some(part) = part {
            reading.twice |= part.replace(begin..behind).is_some();
        }
        reading.broken = behind > end;
        if reading.broken || reading.twice {
            break;
        }
        at = behind + usize::from(padding == Padding::Filled && size % 2 == 1 && !streamed);
    }
    reading
}

/// Whether a `data` of length nothing is one whose length nobody knew: the file's own length is unknown too.
fn is_open(file: &[u8], end: usize, begin: usize) -> bool {
    begin < end && number(file, 4).is_some_and(|said| is_unknown(said) || is_unfinished(file, said))
}

/// Bytes of one sample of all channels, and the samples in a second.
fn frame_and_rate(format: &[u8]) -> Result<(usize, u32), Unfit> {
    let kind = short(format, 0).ok_or(Unfit::Malformed)?;
    let channels = usize::from(short(format, 2).ok_or(Unfit::Malformed)?);
    let rate = number(format, 4).ok_or(Unfit::Malformed)?;
    let frame = usize::from(short(format, 12).ok_or(Unfit::Malformed)?);
    if !SAMPLE_RATES.contains(&rate) || !(1..=CHANNELS_MAX).contains(&channels) {
        return Err(Unfit::Format);
    }
    // The oldest form ends before the bits.
    let bits = match short(format, 14) {
        Some(bits) => usize::from(bits),
        None => frame / channels * 8,
    };
    let kind = match kind {
        EXTENSIBLE if format.get(26..40) == Some(EXTENSIBLE_TAIL) => {
            short(format, 24).ok_or(Unfit::Malformed)?
        }
        kind => kind,
    };
    let known = match kind {
        PCM => matches!(bits, 8 | 16 | 24),
        A_LAW | MU_LAW => bits == 8,
        _ => false,
    };
    if !known {
        return Err(Unfit::Format);
    }
    // What a second takes may be left out, but not be something else: some players go by it.
    let second = number(format, 8).ok_or(Unfit::Malformed)? as usize;
    if frame != channels * bits / 8 || (second != 0 && second != frame * rate as usize) {
        return Err(Unfit::Malformed);
    }
    Ok((frame, rate))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}
