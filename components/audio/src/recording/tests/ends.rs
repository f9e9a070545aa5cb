//! What common programs leave before and behind the sound, which changes nothing of it.

use super::*;

/// R71: such files are common, and every player makes the same of them.
#[test]
fn a_wav_that_counts_its_header_or_ends_in_zeros_or_a_title_is_read() {
    let title = [b"TAG".as_slice(), &[b' '; 124], &[0]].concat();
    for behind in [
        vec![],
        vec![0; 1],
        vec![0; 2],
        vec![0; 5_000],
        title.clone(),
        [vec![0; 300], title.clone()].concat(),
        [title, vec![0; 9]].concat(),
    ] {
        for off in [0, 8] {
            for milliseconds in [2_000, 1_001] {
                let mut file = wav_of(milliseconds);
                let said = file.len() as u32 - 8 + off;
                file[4..8].copy_from_slice(&said.to_le_bytes());
                let whole = [file.clone(), behind.clone()].concat();
                assert_eq!(inspect(&whole), wav_of_length(milliseconds), "{off}, {} behind", behind.len());
                // The last eight bytes of the sound are no end of the file.
                file.truncate(file.len() - 8);
                assert_eq!(inspect(&file), Err(Unfit::Malformed));
            }
        }
    }
    // Nor does the header's own length hide a second sound.
    let mut twice = riff(&[format_of(1, 8, 16), seconds(2), seconds(3)]);
    let said = twice.len() as u32;
    twice[4..8].copy_from_slice(&said.to_le_bytes());
    assert_eq!(inspect(&twice), Err(Unfit::Malformed));
}

/// R71: encoders and cutters leave zeros in front of the first frame.
#[test]
fn zeros_before_the_sound_of_an_mp3_do_not_count() {
    let tag = || b"ID3\x04\0\0\0\0\0\x02\0\0".to_vec();
    for before in [vec![0; 1], vec![0; 5_000], [tag(), vec![0; 700]].concat(), [vec![0; 9], tag()].concat()] {
        let file = [before, mp3_of(100)].concat();
        assert_eq!(inspect(&file), Ok(Recording { format: AudioFormat::Mp3, duration_ms: 2_613 }));
    }
    assert_eq!(inspect(&[0; 5_000]), Err(Unfit::Format));
    assert_eq!(inspect(&[vec![0; 9], wav_of(2_000)].concat()), Err(Unfit::Format));
}
