//! What a file is by its content: WAV or MP3, whole, and how long it plays. Only the headers are read, never
//! the sound: nobody listens to it here (R71, R74).
//!
//! Players differ in what they make of a file that holds two sounds, or says of itself what is not so. What is sold
//! is what the longest of them plays, so a file that can be read in two ways is refused.

mod mp3;
mod wav;

use domain::audio::{AudioFormat, DURATION_MS};
use edge::Code;

/// Samples a second, from telephony to studios.
const SAMPLE_RATES: std::ops::RangeInclusive<u32> = 8_000..=48_000;
/// One channel or two.
const CHANNELS_MAX: usize = 2;

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
    pub const fn code(self) -> Code {
        match self {
            Self::Format => Code::AudioFormatUnsupported,
            Self::Malformed => Code::AudioMalformed,
            Self::Duration => Code::AudioDurationOutOfBounds,
        }
    }
}

/// Looks at a whole file.
pub fn inspect(file: &[u8]) -> Result<Recording, Unfit> {
    let (format, frames, rate) = match file {
        [b'R', b'I', b'F', b'F', ..] => {
            let (frames, rate) = wav::length(file)?;
            (AudioFormat::Wav, frames, rate)
        }
        _ => {
            let (frames, rate) = mp3::length(file)?;
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

#[cfg(test)]
mod tests;
