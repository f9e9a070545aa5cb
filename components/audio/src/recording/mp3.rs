//! MP3 as encoders and speech services write it (R71).

use std::io::Cursor;

use symphonia_bundle_mp3::MpaReader;
use symphonia_core::codecs::CodecParameters;
use symphonia_core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia_core::formats::{FormatOptions, FormatReader};
use symphonia_core::io::{MediaSourceStream, ReadOnlySource};

use super::{CHANNELS_MAX, SAMPLE_RATES, Unfit};

/// The longest MPEG frame with its header, in bytes.
const FRAME_BYTES_MAX: usize = 2_881;
/// The bits of a frame's header that are the same in every frame of one recording: sync, version, layer, sample rate.
const FRAME_KIND: u32 = 0xfffe_0c00;
/// Frames one behind the other that chance does not make.
const CHAIN: usize = 3;

/// Samples of each channel, and how many there are in a second.
///
/// The reader forgives much: it skips what is no frame and ends where a frame is cut off. So each frame that it
/// finds is looked for in the file, directly behind the one before. What stands behind the last must be tags and
/// zeros, and hold no sound of its own.
pub fn length(file: &[u8]) -> Result<(u64, u32), Unfit> {
    let sound = without_leading_tags(file)?;
    let Some(&first) = sound.first_chunk::<4>() else { return Err(Unfit::Format) };
    let kind = u32::from_be_bytes(first) & FRAME_KIND;
    // Eleven ones, then the version, then the layer: 01 is the third.
    if kind >> 21 != 0x7ff || (kind >> 17) & 0b11 != 0b01 {
        return Err(Unfit::Format);
    }
    // One that cannot be sought in: the reader would guess the length of one that can.
    let source =
        MediaSourceStream::new(Box::new(ReadOnlySource::new(Cursor::new(sound))), Default::default());
    let mut reader = MpaReader::try_new(source, FormatOptions::default()).map_err(|_| Unfit::Malformed)?;
    let rate = rate_of(&reader)?;
    let samples_of_frame = if (kind >> 19) & 0b11 == 0b11 { 1_152 } else { 576 };
    let mut samples = 0;
    let mut rest = None;
    // Where the reader fails it has left the sound; what is there is looked at below.
    while let Ok(Some(packet)) = reader.next_packet() {
        let frame = &packet.data;
        let behind = match rest {
            Some(rest) => rest,
            // A first frame may tell of the others and hold no sound itself; the reader keeps it to itself.
            None => (0..=FRAME_BYTES_MAX)
                .find_map(|at| sound.get(at..).filter(|sound| sound.starts_with(frame)))
                .ok_or(Unfit::Malformed)?,
        };
        let same_kind = frame.first_chunk::<4>().map(|header| u32::from_be_bytes(*header) & FRAME_KIND);
        match behind.strip_prefix(&**frame) {
            Some(behind) if same_kind == Some(kind) => rest = Some(behind),
            _ => break,
        }
        // Whole, whatever the file says is to be left out at both ends: players differ, and it may say anything.
        samples += samples_of_frame;
    }
    let track = reader.tracks().first().ok_or(Unfit::Malformed)?;
    let left_out = u64::from(track.delay.unwrap_or(0)) + u64::from(track.padding.unwrap_or(0));
    // What the first frame tells: where it tells of more, the end is missing.
    let cut_off = track.num_frames.is_some_and(|told| told + left_out > samples);
    if cut_off || !rest.is_some_and(|rest| is_tags(rest) && !holds_sound(rest)) {
        return Err(Unfit::Malformed);
    }
    Ok((samples, rate))
}

/// The sample rate, if the sound is such as operators play.
fn rate_of(reader: &dyn FormatReader) -> Result<u32, Unfit> {
    let track = reader.tracks().first().ok_or(Unfit::Malformed)?;
    let Some(CodecParameters::Audio(parameters)) = &track.codec_params else { return Err(Unfit::Format) };
    let channels = parameters.channels.as_ref().map_or(0, |channels| channels.count());
    if parameters.codec != CODEC_ID_MP3 || !(1..=CHANNELS_MAX).contains(&channels) {
        return Err(Unfit::Format);
    }
    parameters.sample_rate.filter(|rate| SAMPLE_RATES.contains(rate)).ok_or(Unfit::Format)
}

/// The file without the tags and zeros that programs write before the sound.
fn without_leading_tags(file: &[u8]) -> Result<&[u8], Unfit> {
    let mut sound = without_zeros(file);
    while sound.starts_with(b"ID3") {
        let behind = id3_length(sound).and_then(|length| sound.get(length..)).ok_or(Unfit::Malformed)?;
        sound = without_zeros(behind);
    }
    Ok(sound)
}

/// What is behind the zeros at the beginning.
fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// How long an ID3v2 tag is, with its header and footer.
fn id3_length(tag: &[u8]) -> Option<usize> {
    // The size is written in four times seven bits.
    let size = tag.get(6..10).filter(|size| size.iter().all(|byte| *byte < 0x80))?;
    let size = size.iter().fold(0, |size, byte| size << 7 | usize::from(*byte));
    let footer = if tag[5] & 0x10 == 0 { 0 } else { 10 };
    Some(10 + size + footer)
}

/// Whether there is nothing but zeros and tags.
fn is_tags(behind: &[u8]) -> bool {
    let mut rest = without_closing_tags(behind);
    loop {
        rest = without_zeros(rest);
        if rest.is_empty() {
            return true;
        }
        let length = match rest {
            [b'T', b'A', b'G', b'+', ..] => Some(227),
            [b'T', b'A', b'G', ..] => Some(128),
            [b'I', b'D', b'3', ..] => id3_length(rest),
            [b'3', b'D', b'I', ..] => Some(10),
            _ if rest.starts_with(b"APETAGEX") => ape_length(rest),
            _ if rest.starts_with(b"LYRICSBEGIN") => lyrics_length(rest),
            _ => None,
        };
        match length.and_then(|length| rest.get(length..)) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
}

/// Without tags that are known by their ends only: an APE tag may have no beginning of its own.
fn without_closing_tags(behind: &[u8]) -> &[u8] {
    let mut rest = behind;
    if rest.len() >= 128 && rest[rest.len() - 128..].starts_with(b"TAG") {
        rest = &rest[..rest.len() - 128];
    }
    // It ends with 32 bytes, which its size counts, and not the like ones at its beginning.
    if let Some((before, footer)) = rest.split_last_chunk::<32>()
        && footer.starts_with(b"APETAGEX")
        && let Some(items) = ape_size(footer).and_then(|size| size.checked_sub(32))
    {
        let header = if footer[23] & 0x80 == 0 { 0 } else { 32 };
        rest = before.len().checked_sub(items + header).map_or(rest, |length| &before[..length]);
    }
    rest
}

/// How long an APE tag is from here on: from its beginning, or from its end alone.
fn ape_length(tag: &[u8]) -> Option<usize> {
    match (tag.get(23)? & 0x20 != 0, ape_size(tag)?) {
        (true, size) => size.checked_add(32),
        (false, 32) => Some(32),
        (false, _) => None,
    }
}

fn ape_size(tag: &[u8]) -> Option<usize> {
    tag.get(12..16)?.try_into().ok().map(u32::from_le_bytes)?.try_into().ok()
}

fn lyrics_length(tag: &[u8]) -> Option<usize> {
    let end = tag.windows(9).position(|bytes| bytes == b"LYRICS200" || bytes == b"LYRICSEND")?;
    Some(end + 9)
}

/// Whether frames follow one another somewhere, of whatever kind: a player that does not know a tag plays what is
/// in it.
fn holds_sound(bytes: &[u8]) -> bool {
    (0..bytes.len()).any(|begin| {
        let mut at = begin;
        (0..CHAIN).all(|_| {
            let length = bytes.get(at..at + 4).and_then(|header| frame_length(header.try_into().ok()?));
            at += length.unwrap_or(0);
            length.is_some()
        })
    })
}

/// How long a frame of layer III is by its header, in bytes.
fn frame_length(header: [u8; 4]) -> Option<usize> {
    const KBITS: [[usize; 14]; 2] = [
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];
    let header = u32::from_be_bytes(header);
    let field = |shift: u32, mask: u32| (header >> shift & mask) as usize;
    if field(21, 0x7ff) != 0x7ff || field(17, 3) != 1 {
        return None;
    }
    // The versions: 2.5, none, 2, 1. The rates halve from one to the next.
    let (divisor, kbits, samples) = match field(19, 3) {
        0 => (4, &KBITS[1], 72),
        2 => (2, &KBITS[1], 72),
        3 => (1, &KBITS[0], 144),
        _ => return None,
    };
    let rate = [44_100, 48_000, 32_000].get(field(10, 3))? / divisor;
    let kbits = kbits.get(field(12, 15).checked_sub(1)?)?;
    Some(samples * kbits * 1_000 / rate + field(9, 1))
}
