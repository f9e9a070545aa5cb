//! Characters that nobody sees on a screen: what is copied or typed on a telephone holds them, and they say nothing
//! (R19, R66).

/// Whether a character is a joiner, a mark of direction, a variation selector, or another sign without width.
pub const fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e01ef}'
    )
}
