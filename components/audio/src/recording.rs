//! What a file is by its content: WAV or MP3, whole, and how long it plays. Only the headers are read, never
//! the sound: nobody listens to it here (R71, R74).

use std::io::Cursor;

use domain::audio::{AudioFormat, DURATION_MS};
use symphonia_bundle_mp3::MpaReader;
use symphonia_core::codecs::CodecParameters;
use symphonia_core::codecs::audio::AudioCodecParameters;
use symphonia_core::codecs::audio::well_known::{
    CODEC_ID_MP3, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24LE,
    CODEC_ID_PCM_U8,
};
use symphonia_core::errors::Error;
use symphonia_core::formats::{FormatOptions, FormatReader};
use symphonia_core::io::{MediaSourceStream, ReadOnlySource};
use symphonia_format_riff::WavReader;

/// Kinds of WAV that operators play: plain samples, and the two laws of telephony.
const WAV_CODECS: [symphonia_core::codecs::audio::AudioCodecId; 5] =
    [CODEC_ID_PCM_U8, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW];
/// Samples a second, from telephony to studios.
const SAMPLE_RATES: std::ops::RangeInclusive<u32> = 8_000..=48_000;
/// One channel or two.
const CHANNELS_MAX: usize = 2;
/// The longest MPEG frame with its header, in bytes.
const FRAME_BYTES_MAX: usize = 2_881;
/// The bits of a frame's header that are the same in every frame of one recording: sync, version, layer, sample rate.
const FRAME_KIND: u32 = 0xfffe_0c00;

/// A file that is fit to be played to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recording {
    /// By its content.
    pub format: AudioFormat,
    /// How long it plays, in milliseconds.
    pub duration_ms: u32,
}

/// Why a file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Neither WAV nor MP3, or of a kind that operators do not play.
    Format,
    /// It begins as one and does not go on so, or ends too early.
    Malformed,
    /// Too short or too long (R78).
    Duration,
}

impl Unfit {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Format => "audio_format_unsupported",
            Self::Malformed => "audio_malformed",
            Self::Duration => "audio_duration_out_of_bounds",
        }
    }
}

impl From<Error> for Unfit {
    fn from(error: Error) -> Self {
        if matches!(error, Error::Unsupported(_)) { Self::Format } else { Self::Malformed }
    }
}

/// Looks at a whole file.
pub fn inspect(file: &[u8]) -> Result<Recording, Unfit> {
    let (format, frames, rate) = match file {
        [b'R', b'I', b'F', b'F', ..] => {
            let (frames, rate) = wav(file)?;
            (AudioFormat::Wav, frames, rate)
        }
        _ => {
            let (frames, rate) = mp3(file)?;
            (AudioFormat::Mp3, frames, rate)
        }
    };
    let duration_ms = frames.saturating_mul(1_000).div_ceil(u64::from(rate.max(1)));
    let duration_ms = u32::try_from(duration_ms).map_err(|_| Unfit::Duration)?;
    if !DURATION_MS.contains(&duration_ms) {
        return Err(Unfit::Duration);
    }
    Ok(Recording { format, duration_ms })
}

fn stream(bytes: &[u8]) -> MediaSourceStream<'_> {
    // One that cannot be sought in: the MP3 reader would guess the length of one that can.
    MediaSourceStream::new(Box::new(ReadOnlySource::new(Cursor::new(bytes))), Default::default())
}

/// The sound's parameters, if they are such as operators play, with the sample rate.
fn parameters(reader: &dyn FormatReader) -> Result<(&AudioCodecParameters, u32), Unfit> {
    let track = reader.tracks().first().ok_or(Unfit::Malformed)?;
    let Some(CodecParameters::Audio(parameters)) = &track.codec_params else { return Err(Unfit::Format) };
    let rate = parameters.sample_rate.filter(|rate| SAMPLE_RATES.contains(rate)).ok_or(Unfit::Format)?;
    let channels = parameters.channels.as_ref().map_or(0, |channels| channels.count());
    if !(1..=CHANNELS_MAX).contains(&channels) {
        return Err(Unfit::Format);
    }
    Ok((parameters, rate))
}

/// Frames of samples, and how many there are in a second.
fn wav(file: &[u8]) -> Result<(u64, u32), Unfit> {
    // The length that the file says of itself. Its parts are checked against it, so a file that was cut off,
    // or to which something was added that a player could play, shows here.
    let said = file.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    let said = said.map(u64::from).ok_or(Unfit::Malformed)? + 8;
    let there = file.len() as u64;
    // An odd length is filled up with one byte, which not every program counts.
    if said != there && said + said % 2 != there {
        return Err(Unfit::Malformed);
    }
    if file.get(8..12) != Some(b"WAVE") {
        return Err(Unfit::Format);
    }
    let reader = WavReader::try_new(stream(file), FormatOptions::default()).map_err(|error| match error {
        // All that it takes for another kind of file was looked at above: here something is missing.
        Error::Unsupported("wav: missing data chunk") => Unfit::Malformed,
        error => error.into(),
    })?;
    let (parameters, rate) = parameters(&reader)?;
    if !WAV_CODECS.contains(&parameters.codec) {
        return Err(Unfit::Format);
    }
    let frames = reader.tracks().first().and_then(|track| track.num_frames);
    Ok((frames.ok_or(Unfit::Malformed)?, rate))
}

/// Samples of each channel, and how many there are in a second.
///
/// The reader forgives much: it skips what is no frame and ends where a frame is cut off. So each frame that it
/// finds is looked for in the file, directly behind the one before, from the first to the last byte.
fn mp3(file: &[u8]) -> Result<(u64, u32), Unfit> {
    let sound = without_tags(file)?;
    let Some(&first) = sound.first_chunk::<4>() else { return Err(Unfit::Format) };
    let kind = u32::from_be_bytes(first) & FRAME_KIND;
    // Eleven ones, then the version, then the layer: 01 is the third.
    if kind >> 21 != 0x7ff || (kind >> 17) & 0b11 != 0b01 {
        return Err(Unfit::Format);
    }
    let mut reader =
        MpaReader::try_new(stream(sound), FormatOptions::default()).map_err(|_| Unfit::Malformed)?;
    let (parameters, rate) = parameters(&reader)?;
    if parameters.codec != CODEC_ID_MP3 {
        return Err(Unfit::Format);
    }
    let mut samples = 0;
    let mut rest = None;
    while let Some(packet) = reader.next_packet().map_err(|_| Unfit::Malformed)? {
        let frame = &packet.data;
        let behind = match rest {
            Some(rest) => rest,
            // A first frame may tell of the others and hold no sound itself; the reader keeps it to itself.
            None => (0..=FRAME_BYTES_MAX)
                .find_map(|at| sound.get(at..).filter(|sound| sound.starts_with(frame)))
                .ok_or(Unfit::Malformed)?,
        };
        let same_kind = frame.first_chunk::<4>().map(|header| u32::from_be_bytes(*header) & FRAME_KIND);
        if same_kind != Some(kind) {
            return Err(Unfit::Malformed);
        }
        rest = Some(behind.strip_prefix(&**frame).ok_or(Unfit::Malformed)?);
        // With what the file says is to be left out at both ends: players differ, and it may say anything.
        samples += packet.dur.get() + packet.trim_start.get() + packet.trim_end.get();
    }
    let track = reader.tracks().first().ok_or(Unfit::Malformed)?;
    let left_out = u64::from(track.delay.unwrap_or(0)) + u64::from(track.padding.unwrap_or(0));
    // What the first frame tells: where it tells of more, the end is missing.
    let cut_off = track.num_frames.is_some_and(|told| told + left_out > samples);
    if cut_off || rest.is_none_or(|rest| !rest.is_empty()) {
        return Err(Unfit::Malformed);
    }
    Ok((samples, rate))
}

/// The file without the tags that programs write before and behind the sound.
fn without_tags(file: &[u8]) -> Result<&[u8], Unfit> {
    let mut sound = file;
    while let [b'I', b'D', b'3', _, _, flags, size @ ..] = sound {
        // The size is written in four times seven bits.
        let size = size.first_chunk::<4>().filter(|size| size.iter().all(|byte| *byte < 0x80));
        let size = size.ok_or(Unfit::Malformed)?.iter().fold(0, |size, byte| size << 7 | usize::from(*byte));
        let footer = if flags & 0x10 == 0 { 0 } else { 10 };
        sound = sound.get(10 + size + footer..).ok_or(Unfit::Malformed)?;
    }
    if sound.len() >= 128 && sound[sound.len() - 128..].starts_with(b"TAG") {
        sound = &sound[..sound.len() - 128];
    }
    // An APE tag ends with 32 bytes of its own; its size counts them, and not the like ones at its beginning.
    if let Some((before, footer)) = sound.split_last_chunk::<32>()
        && footer.starts_with(b"APETAGEX")
    {
        let field =
            |at: usize| u32::from_le_bytes([footer[at], footer[at + 1], footer[at + 2], footer[at + 3]]);
        let header = if field(20) & 0x8000_0000 == 0 { 0 } else { 32 };
        let size = (field(12) as usize).checked_sub(32).ok_or(Unfit::Malformed)? + header;
        sound = &before[..before.len().checked_sub(size).ok_or(Unfit::Malformed)?];
    }
    Ok(sound)
}

#[cfg(test)]
mod tests;
