//! Files that are not what they seem, byte by byte.

use proptest::prelude::*;

use super::*;

/// Samples of zero at 8 kHz, 8 bits, one channel.
fn wav_of(milliseconds: u32) -> Vec<u8> {
    let bytes = 8 * milliseconds;
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + bytes + bytes % 2).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16u32.to_le_bytes());
    for field in [1u16, 1] {
        file.extend_from_slice(&field.to_le_bytes());
    }
    for field in [8_000u32, 8_000] {
        file.extend_from_slice(&field.to_le_bytes());
    }
    for field in [1u16, 8] {
        file.extend_from_slice(&field.to_le_bytes());
    }
    file.extend_from_slice(b"data");
    file.extend_from_slice(&bytes.to_le_bytes());
    file.resize(file.len() + (bytes + bytes % 2) as usize, 0x80);
    file
}

/// One silent frame of layer III: 1,152 samples at 44.1 kHz, 128 kbit/s.
fn frame() -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
    frame.resize(417, 0);
    frame
}

fn mp3_of(frames: usize) -> Vec<u8> {
    frame().repeat(frames)
}

/// A first frame that tells how many frames follow.
fn telling_frame(frames: u32) -> Vec<u8> {
    let mut first = frame();
    first[36..40].copy_from_slice(b"Xing");
    first[43] = 1;
    first[44..48].copy_from_slice(&frames.to_be_bytes());
    first
}

#[test]
fn what_is_neither_is_refused_whatever_its_name() {
    let pdf = b"%PDF-1.7\n".repeat(1_000);
    let ogg = [b"OggS\0\x02".as_slice(), &[0; 4_000]].concat();
    let aac = [0xff, 0xf1, 0x50, 0x80].repeat(1_000);
    let text = "Тапсырысыңыз дайын. ".repeat(500);
    for file in [b"".as_slice(), b"R", b"\xff", &pdf, &ogg, &aac, text.as_bytes()] {
        assert_eq!(inspect(file), Err(Unfit::Format), "{:x?}", file.get(..4));
    }
}

#[test]
fn a_riff_of_another_form_is_refused() {
    let mut avi = wav_of(2_000);
    avi[8..12].copy_from_slice(b"AVI ");
    assert_eq!(inspect(&avi), Err(Unfit::Format));
}

#[test]
fn a_wav_of_a_kind_that_no_operator_plays_is_refused() {
    let mut compressed = wav_of(2_000);
    compressed[20] = 0x55;
    assert_eq!(inspect(&compressed), Err(Unfit::Format));
    let mut rare = wav_of(2_000);
    rare[24..28].copy_from_slice(&96_000u32.to_le_bytes());
    assert_eq!(inspect(&rare), Err(Unfit::Format));
}

#[test]
fn a_wav_that_was_cut_off_is_malformed() {
    let whole = wav_of(2_000);
    for length in [8, 12, 20, 36, 44, 45, whole.len() - 1] {
        assert_eq!(inspect(&whole[..length]), Err(Unfit::Malformed), "{length}");
    }
}

#[test]
fn a_wav_with_something_behind_it_is_malformed() {
    let file = [wav_of(2_000), vec![0; 2]].concat();
    assert_eq!(inspect(&file), Err(Unfit::Malformed));
}

/// A player may go by either length, so they must agree.
#[test]
fn a_wav_whose_parts_are_longer_than_the_whole_is_malformed() {
    let mut file = wav_of(2_000);
    file[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(inspect(&file), Err(Unfit::Malformed));
}

#[test]
fn an_mp3_header_with_garbage_behind_it_is_malformed() {
    let mut file = frame();
    file.extend((0..40_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8));
    assert_eq!(inspect(&file), Err(Unfit::Malformed));
}

#[test]
fn an_mp3_with_garbage_in_its_middle_is_malformed() {
    for garbage in [1, 7, 417, 3_000] {
        let file = [mp3_of(50), vec![0x41; garbage], mp3_of(50)].concat();
        assert_eq!(inspect(&file), Err(Unfit::Malformed), "{garbage}");
    }
}

#[test]
fn an_mp3_that_was_cut_off_within_a_frame_is_malformed() {
    let whole = mp3_of(100);
    for less in [1, 200, 416] {
        assert_eq!(inspect(&whole[..whole.len() - less]), Err(Unfit::Malformed), "{less}");
    }
}

#[test]
fn an_mp3_that_was_cut_off_between_two_frames_is_malformed_where_its_first_frame_tells() {
    let file = [telling_frame(100), mp3_of(80)].concat();
    assert_eq!(inspect(&file), Err(Unfit::Malformed));
}

#[test]
fn an_mp3_whose_frames_differ_in_kind_is_malformed() {
    let mut other = frame();
    other[2] = 0x94; // 48 kHz
    other.truncate(384);
    let file = [mp3_of(50), other.repeat(50)].concat();
    assert_eq!(inspect(&file), Err(Unfit::Malformed));
}

#[test]
fn tags_without_sound_or_with_false_lengths_are_refused() {
    let tag = b"ID3\x04\0\0\0\0\x01\0";
    assert_eq!(inspect(tag), Err(Unfit::Malformed), "longer than the file");
    assert_eq!(inspect(b"ID3\x04\0\0\xff\xff\xff\xff"), Err(Unfit::Malformed), "not a size");
    assert_eq!(inspect(&[tag.as_slice(), &[0; 128]].concat()), Err(Unfit::Format), "nothing behind it");
    let mut ape = mp3_of(100);
    ape.extend_from_slice(b"APETAGEX\xd0\x07\0\0\xff\xff\xff\x7f\0\0\0\0\0\0\0\0");
    ape.extend_from_slice(&[0; 8]);
    assert_eq!(inspect(&ape), Err(Unfit::Malformed), "longer than the file");
}

/// R78: what rings and says nothing is not a message; what never ends is none either.
#[test]
fn a_recording_shorter_than_a_second_or_longer_than_a_minute_is_refused() {
    for milliseconds in [0, 1, 999, 60_001, 61_000] {
        assert_eq!(inspect(&wav_of(milliseconds)), Err(Unfit::Duration), "{milliseconds}");
    }
    // A frame is 26 ms.
    for frames in [2, 38, 2_297, 10_000] {
        assert_eq!(inspect(&mp3_of(frames)), Err(Unfit::Duration), "{frames}");
    }
}

/// R78: what a file says of its own length does not make it shorter.
#[test]
fn an_mp3_that_says_it_is_shorter_than_it_is_counts_in_full() {
    let file = [telling_frame(100), mp3_of(2_400)].concat();
    assert_eq!(inspect(&file), Err(Unfit::Duration));
}

#[test]
fn a_whole_recording_is_known_by_its_content_and_its_length() {
    for milliseconds in [1_000, 30_000, 60_000] {
        let expected = Recording { format: AudioFormat::Wav, duration_ms: milliseconds };
        assert_eq!(inspect(&wav_of(milliseconds)), Ok(expected));
    }
    // 100 frames of 1,152 samples at 44.1 kHz.
    let expected = Ok(Recording { format: AudioFormat::Mp3, duration_ms: 2_613 });
    assert_eq!(inspect(&mp3_of(100)), expected);
    assert_eq!(inspect(&[telling_frame(100), mp3_of(100)].concat()), expected);
}

/// Programs write titles around the sound; they are no part of it.
#[test]
fn tags_around_the_sound_do_not_count() {
    let mut ape = b"APETAGEX\xd0\x07\0\0\x20\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    ape.extend_from_slice(&[0; 8]);
    let id3v1 = [b"TAG".as_slice(), &[b' '; 125]].concat();
    let id3v2 = [b"ID3\x04\0\0\0\0\x01\0".as_slice(), &[0xff; 128]].concat();
    let file = [id3v2, mp3_of(100), ape, id3v1].concat();
    assert_eq!(inspect(&file), Ok(Recording { format: AudioFormat::Mp3, duration_ms: 2_613 }));
}

proptest! {
    /// Whatever is sent, it gets an answer: a panic would end every request of the instance.
    #[test]
    fn no_file_breaks_the_reader(changes in proptest::collection::vec((0usize..5_000, any::<u8>()), 0..40), cut in 0usize..5_000) {
        for mut file in [wav_of(1_000), mp3_of(40), [telling_frame(40), mp3_of(40)].concat()] {
            for (at, byte) in &changes {
                let length = file.len();
                file[at % length] = *byte;
            }
            let _any_answer = inspect(&file);
            let _any_answer = inspect(&file[..cut.min(file.len())]);
        }
    }

    #[test]
    fn no_header_breaks_the_reader(header in proptest::collection::vec(any::<u8>(), 0..80)) {
        for beginning in [b"RIFF".as_slice(), b"ID3", b"\xff\xfb", b"RIFF\x48\0\0\0WAVEfmt "] {
            let _any_answer = inspect(&[beginning, &header].concat());
        }
    }
}
