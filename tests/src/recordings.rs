//! Recordings as people have them on their computers, made up sample by sample.

/// A WAV file that hums for so many milliseconds: 8 kHz, 16 bits, one channel, as telephones sound.
pub fn wav(milliseconds: u32) -> Vec<u8> {
    let samples = 8 * milliseconds;
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + 2 * samples).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16u32.to_le_bytes());
    // Plain samples, one channel.
    file.extend_from_slice(&[1, 0, 1, 0]);
    file.extend_from_slice(&8_000u32.to_le_bytes());
    file.extend_from_slice(&16_000u32.to_le_bytes());
    // Two bytes a sample, of 16 bits.
    file.extend_from_slice(&[2, 0, 16, 0]);
    file.extend_from_slice(b"data");
    file.extend_from_slice(&(2 * samples).to_le_bytes());
    for sample in 0..samples {
        // A triangle of 200 Hz, and in it the sample's number, so that no two places are alike.
        let height = (sample % 40).abs_diff(20) * 900 + sample % 883;
        file.extend_from_slice(&(height as i16).to_le_bytes());
    }
    file
}

/// An MP3 file of silence: frames of 26 milliseconds, layer III, 44.1 kHz, 128 kbit/s.
pub fn mp3(frames: usize) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
    frame.resize(417, 0);
    frame.repeat(frames)
}
