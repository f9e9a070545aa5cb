//! The plain letter behind one of a styled alphabet, and the word behind a sign that says it.

/// Letters that Unicode keeps outside the alphabets of 26 in a row: the gaps of the mathematical alphabets,
/// small capitals and raised letters.
const ALONE: &[(&str, &str)] = &[
    ("ℬℰℱℋℐℒℳℛ", "befhilmr"),
    ("ℯℊℴ", "ego"),
    ("ℭℌℑℜℨ", "chirz"),
    ("ℂℍℕℙℚℝℤ", "chnpqrz"),
    ("ⅅⅆⅇⅈⅉℎ", "ddeijh"),
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz"),
    ("ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", "abcdefghijklmnoprstuvwxyz"),
    ("ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "aehijklmnoprstuvx"),
];

/// Whoever sends a picture of the sign says its word: stop, no entry, forbidden, no telephones, no bells.
const STOP_SIGNS: &[char] = &['🛑', '⛔', '🚫', '📵', '🔕'];

/// The plain letter behind one of a styled alphabet: full-width, mathematical, in circles or squares.
pub fn plain(letter: char) -> char {
    let code = u32::from(letter);
    let latin = |place: u32| char::from_u32(u32::from('a') + place).unwrap_or(letter);
    match code {
        ..0x80 | 0x400..=0x52F => letter,
        // Full-width forms stand 0xFEE0 behind ASCII.
        0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(letter),
        0x249C..=0x24B5 => latin(code - 0x249C),
        0x24B6..=0x24CF => latin(code - 0x24B6),
        0x24D0..=0x24E9 => latin(code - 0x24D0),
        // Alphabets of 26 capital and 26 small letters, one behind the other.
        0x1D400..=0x1D6A3 => latin((code - 0x1D400) % 26),
        0x1F110..=0x1F129 => latin(code - 0x1F110),
        0x1F130..=0x1F149 => latin(code - 0x1F130),
        0x1F150..=0x1F169 => latin(code - 0x1F150),
        0x1F170..=0x1F189 => latin(code - 0x1F170),
        0x1F1E6..=0x1F1FF => latin(code - 0x1F1E6),
        _ => alone(letter).unwrap_or(letter),
    }
}

fn alone(letter: char) -> Option<char> {
    let among = |(styled, plain): &(&str, &str)| {
        let place = styled.chars().position(|known| known == letter)?;
        plain.chars().nth(place)
    };
    ALONE.iter().find_map(among)
}

/// Whether a character is a picture of the word "stop".
pub fn is_stop_sign(character: char) -> bool {
    STOP_SIGNS.contains(&character)
}
