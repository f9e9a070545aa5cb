//! Recordings that automatic calls play: which kinds, how long, how large (R71, R78).

use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// How long a recording may be, in milliseconds. A call that says nothing is a ring and a drop by another
/// name (R78): no word fits into less than a second. And a minute is what people listen to; it is also what
/// makes every answered call one begun minute at most.
pub const DURATION_MS: RangeInclusive<u32> = 1_000..=60_000;

/// The largest file, in bytes: a minute at 48 kHz in 16 bits, one channel, is 5.8 million.
pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// How many recordings an account keeps at once.
pub const RECORDINGS_MAX: u32 = 50;

/// What every operator plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AudioFormat {
    /// RIFF WAVE with plain samples or those of telephony.
    Wav,
    /// MPEG audio, layer III.
    Mp3,
}

impl AudioFormat {
    /// As stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
        }
    }

    /// The format of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Wav, Self::Mp3].into_iter().find(|format| format.as_str() == text)
    }

    /// What browsers and operators are told that it is.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Mp3 => "audio/mpeg",
        }
    }
}

/// Minutes of a length of sound, each begun one counted whole: how calls are paid by the minute (R46).
pub const fn begun_minutes(duration_ms: u32) -> u64 {
    (duration_ms as u64).div_ceil(60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R46: a recording of whatever length is allowed costs one minute.
    #[test]
    fn a_begun_minute_counts_whole_and_no_recording_begins_a_second_one() {
        assert_eq!(begun_minutes(0), 0);
        assert_eq!((begun_minutes(*DURATION_MS.start()), begun_minutes(*DURATION_MS.end())), (1, 1));
        assert_eq!(begun_minutes(60_001), 2);
    }

    #[test]
    fn a_format_is_found_by_its_name_and_by_no_other() {
        for format in [AudioFormat::Wav, AudioFormat::Mp3] {
            assert_eq!(AudioFormat::parse(format.as_str()), Some(format));
        }
        assert_eq!(AudioFormat::parse("ogg"), None);
    }
}
