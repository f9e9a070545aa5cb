//! Files that are not what they seem, byte by byte.

use proptest::prelude::*;

use super::*;

mod ends;

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
    let title = |text: &[u8]| {
        let mut title = [b"TAG".as_slice(), text].concat();
        title.resize(128, 0);
        title
    };
    for behind in [
        vec![1; 2],
        vec![0x80; 8_000],
        b"TAG too short".to_vec(),
        seconds(2),
        [vec![0; 100], seconds(2)].concat(),
        [title(b"Salem"), seconds(2)].concat(),
        [title(b"Salem"), title(b"Salem")].concat(),
        title(b"xxxxxdata\xff\xff\xff\xff"),
        wav_of(2_000),
    ] {
        for off in [0, 8] {
            let mut file = [wav_of(2_000), behind.clone()].concat();
            file[4..8].copy_from_slice(&u32::to_le_bytes(16_036 + off));
            assert_eq!(inspect(&file), Err(Unfit::Malformed), "{off}: {:x?}", &behind[..2]);
        }
    }
}

/// A player may go by either length, so they must agree.
#[test]
fn a_wav_whose_parts_are_longer_than_the_whole_is_malformed() {
    let mut file = wav_of(2_000);
    for size in [16_001u32, 16_002, 1 << 20, 0x7ffe_ffff] {
        file[40..44].copy_from_slice(&size.to_le_bytes());
        assert_eq!(inspect(&file), Err(Unfit::Malformed), "{size:x}");
    }
}

/// A chunk: its name, its size, its bytes, and the one that fills it up.
fn chunk(name: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    let mut chunk = [name.as_slice(), &(bytes.len() as u32).to_le_bytes(), bytes].concat();
    chunk.resize(chunk.len() + bytes.len() % 2, 0);
    chunk
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    [b"RIFF".as_slice(), &(chunks.len() as u32 + 4).to_le_bytes(), b"WAVE", &chunks].concat()
}

/// A `fmt ` of that kind at 8 kHz with one channel, as many bytes of it as are asked for.
fn format_of(kind: u16, bits: u16, bytes: usize) -> Vec<u8> {
    let mut fields = Vec::new();
    fields.extend_from_slice(&kind.to_le_bytes());
    fields.extend_from_slice(&1u16.to_le_bytes());
    fields.extend_from_slice(&8_000u32.to_le_bytes());
    fields.extend_from_slice(&(8_000 * u32::from(bits / 8)).to_le_bytes());
    fields.extend_from_slice(&(bits / 8).to_le_bytes());
    fields.extend_from_slice(&bits.to_le_bytes());
    fields.resize(bytes, 0);
    chunk(b"fmt ", &fields)
}

fn seconds(seconds: usize) -> Vec<u8> {
    chunk(b"data", &vec![0x55; 8_000 * seconds])
}

/// R71: players differ in which they take; a call of minutes was sold as 25 seconds.
#[test]
fn a_wav_with_a_second_sound_or_a_second_format_is_malformed() {
    let format = || format_of(1, 8, 16);
    let other_rate = || {
        let mut format = format();
        format[12..16].copy_from_slice(&16_000u32.to_le_bytes());
        format[16..20].copy_from_slice(&16_000u32.to_le_bytes());
        format
    };
    let list = || chunk(b"LIST", &[b"wavl".as_slice(), &seconds(50)].concat());
    for file in [
        riff(&[format(), seconds(25), seconds(50)]),
        riff(&[format(), seconds(25), chunk(b"LIST", b"INFO"), seconds(0)]),
        riff(&[format(), format(), seconds(25)]),
        riff(&[other_rate(), format(), seconds(25)]),
        riff(&[format(), seconds(25), other_rate()]),
        riff(&[format(), list(), seconds(25)]),
        riff(&[format(), list()]),
        riff(&[seconds(25), format()]),
        [riff(&[format(), seconds(25)]), riff(&[format(), seconds(50)])].concat(),
        riff(&[format(), chunk(b"data", &riff(&[format(), seconds(25)]))]),
    ] {
        assert_eq!(inspect(&file), Err(Unfit::Malformed));
    }
}

/// R71: a player that skips the byte behind an odd chunk finds two seconds, one that does not finds twenty-five.
#[test]
fn a_wav_whose_sound_depends_on_how_odd_chunks_are_filled_up_is_malformed() {
    let mut odd = chunk(b"LIST", b"INFOx");
    odd.pop();
    let short = chunk(b"data", &[0x55; 16_000]);
    // Without a filling byte the next chunk is `Xdat`, and its size is made of the `a` and the first bytes of 16,000.
    let hidden = usize::from(b'a') + 16_000 * 256 - 1 - 16_000 - 8;
    let long = seconds(25);
    let junk = [b"junk".as_slice(), &((hidden + long.len()) as u32).to_le_bytes(), &vec![0; hidden]].concat();
    let file = riff(&[format_of(1, 8, 16), odd, b"X".to_vec(), short, junk, long]);
    assert_eq!(inspect(&file), Err(Unfit::Malformed));
}

#[test]
fn a_wav_that_contradicts_itself_is_malformed() {
    let mut second = wav_of(2_000);
    second[28..32].copy_from_slice(&16_000u32.to_le_bytes());
    assert_eq!(inspect(&second), Err(Unfit::Malformed), "bytes in a second");
    let mut frame = wav_of(2_000);
    frame[32..34].copy_from_slice(&2u16.to_le_bytes());
    assert_eq!(inspect(&frame), Err(Unfit::Malformed), "bytes in a frame");
}

fn wav_of_length(duration_ms: u32) -> Result<Recording, Unfit> {
    Ok(Recording { format: AudioFormat::Wav, duration_ms })
}

/// R71: whoever writes to a pipe does not know how long the sound will be.
#[test]
fn a_streamed_wav_lasts_as_long_as_there_is_sound() {
    for (of_file, of_sound) in [
        (0, 0),
        (u32::MAX, u32::MAX),
        (0, u32::MAX),
        (u32::MAX, 0),
        (u32::MAX, 24_000),
        (24_036, u32::MAX),
        (0x7fff_f024, 0x7fff_f000),
        (u32::MAX, u32::MAX - 36),
        (36, 0),
    ] {
        let mut file = wav_of(3_000);
        file[4..8].copy_from_slice(&u32::to_le_bytes(of_file));
        file[40..44].copy_from_slice(&u32::to_le_bytes(of_sound));
        assert_eq!(inspect(&file), wav_of_length(3_000), "{of_file:x} {of_sound:x}");
        file.resize(file.len() + 8 * 60_000, 0x80);
        assert!(inspect(&file).is_err(), "{of_file:x} {of_sound:x}: a minute more");
    }
}

/// R71
#[test]
fn a_wav_of_telephony_is_read_with_the_short_format_and_the_long_one() {
    let extensible = |kind: u16, bits: u16| {
        let mut format = format_of(0xfffe, bits, 40);
        format[24..26].copy_from_slice(&22u16.to_le_bytes());
        format[32..34].copy_from_slice(&kind.to_le_bytes());
        format[34..48].copy_from_slice(b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
        format
    };
    let formats = [6, 7, 1].into_iter().flat_map(|kind| {
        [format_of(kind, 8, 14), format_of(kind, 8, 16), format_of(kind, 8, 18), extensible(kind, 8)]
    });
    for format in formats {
        let fact = chunk(b"fact", &16_000u32.to_le_bytes());
        assert_eq!(inspect(&riff(&[format.clone(), seconds(2)])), wav_of_length(2_000));
        assert_eq!(inspect(&riff(&[format, fact, seconds(2)])), wav_of_length(2_000));
    }
    assert_eq!(inspect(&riff(&[extensible(1, 16), seconds(2)])), wav_of_length(1_000));
    for unknown in [extensible(3, 8), format_of(0x55, 8, 18), format_of(0xfffe, 8, 40), format_of(6, 16, 16)]
    {
        assert_eq!(inspect(&riff(&[unknown, seconds(2)])), Err(Unfit::Format));
    }
}

/// R71: titles and marks are no part of the sound.
#[test]
fn a_wav_with_other_chunks_of_any_length_is_read() {
    let format = || format_of(1, 8, 16);
    let list = || chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0");
    let odd_sound = || chunk(b"data", &[0x80; 15_999]);
    let unfilled = |mut chunk: Vec<u8>| {
        assert_eq!(chunk.pop(), Some(0));
        chunk
    };
    for file in [
        riff(&[list(), format(), seconds(2), chunk(b"id3 ", b"ID3")]),
        riff(&[chunk(b"bext", &[0; 602]), format(), chunk(b"junk", &[1; 7]), seconds(2), list()]),
        riff(&[format(), list(), odd_sound()]),
        riff(&[format(), odd_sound(), list()]),
        riff(&[format(), unfilled(list()), seconds(2)]),
        riff(&[format(), unfilled(odd_sound()), list()]),
        riff(&[format(), unfilled(odd_sound())]),
    ] {
        assert_eq!(inspect(&file), wav_of_length(2_000));
    }
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

/// R71: what a player that does not know the tag would play too.
#[test]
fn an_mp3_with_more_sound_behind_zeros_or_inside_a_tag_is_malformed() {
    let hidden = mp3_of(300);
    let size = |length: usize| (length as u32).to_le_bytes();
    let id3 = |bytes: &[u8]| {
        let size = [14, 7, 0].map(|shift| (bytes.len() >> shift & 0x7f) as u8);
        [b"ID3\x04\0\0\0".as_slice(), &size, bytes].concat()
    };
    let ape = [
        hidden.as_slice(),
        b"APETAGEX\xd0\x07\0\0",
        &size(hidden.len() + 32),
        b"\x01\0\0\0\0\0\0\0",
        &[0; 8],
    ]
    .concat();
    for behind in [
        [vec![0; 1_000], hidden.clone()].concat(),
        ape,
        id3(&hidden),
        [id3(b"\0\0"), hidden.clone()].concat(),
        [telling_frame(300), hidden].concat(),
        [b"TAG".as_slice(), &[0; 125], &mp3_of(30)].concat(),
        b"garbage".to_vec(),
        b"TAG too short".to_vec(),
    ] {
        let file = [mp3_of(100), behind.clone()].concat();
        assert_eq!(inspect(&file), Err(Unfit::Malformed), "{:?}", &behind[..7]);
    }
}

/// R71: encoders fill up the end, and programs write titles there, in whatever order.
#[test]
fn zeros_and_tags_behind_the_sound_do_not_count() {
    let id3v1 = [b"TAG".as_slice(), &[0; 125]].concat();
    let id3v2 = b"ID3\x04\0\x10\0\0\0\x05title3DI\x04\0\x10\0\0\0\x05".to_vec();
    let item = b"\x05\0\0\0\0\0\0\0Title\0Salem";
    let ape = |flags: u8| {
        let size = (item.len() as u32 + 32).to_le_bytes();
        [b"APETAGEX\xd0\x07\0\0".as_slice(), &size, &[1, 0, 0, 0, 0, 0, 0, flags], &[0; 8]].concat()
    };
    let whole_ape = [ape(0xa0), item.to_vec(), ape(0x80)].concat();
    let old_ape = [item.to_vec(), ape(0)].concat();
    let lyrics = b"LYRICSBEGININD0000200000028LYRICS200".to_vec();
    for behind in [
        vec![0; 1],
        vec![0; 5_000],
        id3v1.clone(),
        [vec![0; 300], id3v1.clone()].concat(),
        [id3v1.clone(), vec![0; 9]].concat(),
        id3v2.clone(),
        [id3v2, vec![0; 40], whole_ape.clone(), id3v1.clone()].concat(),
        whole_ape,
        old_ape.clone(),
        [old_ape, id3v1.clone()].concat(),
        [lyrics, id3v1].concat(),
    ] {
        for begin in [vec![], telling_frame(100)] {
            let file = [begin, mp3_of(100), behind.clone()].concat();
            let expected = Ok(Recording { format: AudioFormat::Mp3, duration_ms: 2_613 });
            assert_eq!(inspect(&file), expected, "{:x?}", &behind[..behind.len().min(12)]);
        }
    }
}

/// R71: what the first frame says of the others sells nothing.
#[test]
fn a_first_frame_that_lies_about_the_others_makes_no_call_shorter() {
    let vbri = |frames: u32| {
        let mut first = frame();
        first[36..40].copy_from_slice(b"VBRI");
        first[40..42].copy_from_slice(&1u16.to_be_bytes());
        first[46..50].copy_from_slice(&41_700u32.to_be_bytes());
        first[50..54].copy_from_slice(&frames.to_be_bytes());
        first
    };
    for told in [0, 1, 50, 99] {
        for first in [telling_frame(told), vbri(told)] {
            let recording = inspect(&[first, mp3_of(100)].concat()).expect("read");
            assert!(recording.duration_ms >= 2_613, "{told}: {recording:?}");
        }
    }
    assert_eq!(inspect(&[telling_frame(101), mp3_of(100)].concat()), Err(Unfit::Malformed));
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
