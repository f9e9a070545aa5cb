//! A picture: headings, texts and rows of bars, one below the other, as wide as a phone.
//!
//! Texts are texts, so that they can be read aloud, searched and copied. There is no style sheet, no script and no link
//! in it: it may stand in a page whose policy forbids them. All lengths are whole, so the same figures make the same
//! bytes on every platform.

use std::fmt::Write as _;

use domain::language::Language;

const WIDTH: i64 = 360;
const MARGIN: i64 = 16;
const INNER: i64 = WIDTH - 2 * MARGIN;
/// Of a bar.
const THICK: i64 = 10;
/// Contrast to white 16 : 1, and 6 : 1.
const TEXT: &str = "#16211f";
const SOFT: &str = "#4d5d5c";
const DARK: &str = "#0b6b70";
const LIGHT: &str = "#9fd3d2";
const GROUND: &str = "#e9efef";

/// One row: what it is, its figure, and a bar of it.
pub struct Bar<'b> {
    /// What it is.
    pub label: &'b str,
    /// Its figure as text.
    pub value: &'b str,
    /// The dark part.
    pub dark: i64,
    /// The dark and the light part together.
    pub light: i64,
    /// What the whole width is.
    pub whole: i64,
}

/// A picture under way.
pub struct Picture {
    language: Language,
    title: String,
    description: String,
    body: String,
    y: i64,
}

impl Picture {
    /// One with its title.
    pub fn new(language: Language, title: &str) -> Self {
        let mut picture = Self {
            language,
            title: title.to_owned(),
            description: String::new(),
            body: String::new(),
            y: MARGIN,
        };
        picture.text(title, 17, 600, TEXT);
        picture
    }

    /// A line of its own.
    pub fn line(&mut self, text: &str) {
        self.describe(text);
        self.text(text, 12, 400, SOFT);
    }

    /// What the rows below it are.
    pub fn heading(&mut self, text: &str) {
        self.describe(text);
        self.y += 12;
        self.text(text, 14, 600, TEXT);
    }

    /// A row: the label, the figure at the right, and the bar below both.
    pub fn bar(&mut self, bar: &Bar<'_>) {
        self.describe(&format!("{}: {}", bar.label, bar.value));
        self.y += 16;
        let room = INNER - width(bar.value, 13) - 8;
        self.write_text(MARGIN, "start", bar.label, room, (13, 400, TEXT), "label");
        self.write_text(WIDTH - MARGIN, "end", bar.value, INNER, (13, 600, TEXT), "value");
        self.y += 5;
        let length = |part: i64| match bar.whole {
            whole if whole > 0 => part.clamp(0, whole) * INNER / whole,
            _ => 0,
        };
        for (length, colour) in [(INNER, GROUND), (length(bar.light), LIGHT), (length(bar.dark), DARK)] {
            if length > 0 {
                let y = self.y;
                self.put(format_args!(
                    r#"<rect x="{MARGIN}" y="{y}" width="{length}" height="{THICK}" rx="2" fill="{colour}"/>"#
                ));
            }
        }
        self.y += THICK + 4;
    }

    /// The whole.
    pub fn finish(self) -> String {
        let height = self.y + MARGIN;
        let language = self.language.as_str();
        let (title, description) = (escaped(&self.title), escaped(self.description.trim_end()));
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" "#,
                r#"role="group" aria-labelledby="report-title" aria-describedby="report-description" "#,
                r#"lang="{l}" xml:lang="{l}" "#,
                r#"font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif">"#,
                "\n<title id=\"report-title\">{title}</title>\n",
                "<desc id=\"report-description\">{description}</desc>\n",
                "<rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n{body}</svg>\n",
            ),
            w = WIDTH,
            h = height,
            l = language,
            title = title,
            description = description,
            body = self.body,
        )
    }

    fn describe(&mut self, text: &str) {
        self.description.push_str(text);
        self.description.push('\n');
    }

    /// A text over the whole width.
    fn text(&mut self, text: &str, size: i64, weight: i64, colour: &str) {
        self.y += size + 3;
        self.write_text(MARGIN, "start", text, INNER, (size, weight, colour), "text");
        self.y += 4;
    }

    /// What is too long for its room is cut, and stands whole in its title.
    fn write_text(
        &mut self,
        x: i64,
        anchor: &str,
        text: &str,
        room: i64,
        (size, weight, colour): (i64, i64, &str),
        class: &str,
    ) {
        let y = self.y;
        let cut = cut(text, size, room);
        let title = match cut == text {
            true => String::new(),
            false => format!("<title>{}</title>", escaped(text)),
        };
        let shown = escaped(&cut);
        self.put(format_args!(
            r#"<text class="{class}" x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}">{title}{shown}</text>"#
        ));
    }

    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a text never fails.
        let _ = writeln!(self.body, "{element}");
    }
}

/// How wide a text is at most, about: nobody measures letters here, and wide ones count as such.
fn width(text: &str, size: i64) -> i64 {
    let tenths: i64 = text.chars().map(tenths).sum();
    (tenths * size + 9) / 10
}

/// Of the height of letters.
fn tenths(letter: char) -> i64 {
    match letter {
        'i' | 'l' | 'j' | '.' | ',' | ':' | '\'' | '|' | ' ' | '\u{a0}' => 3,
        'ж' | 'м' | 'ш' | 'щ' | 'ю' | 'ы' | 'm' | 'w' => 9,
        '0'..='9' | 'a'..='z' | 'а'..='я' => 6,
        _ if letter.is_ascii() => 7,
        letter if u32::from(letter) < 0x0500 => 7,
        // Ideographs, emoji.
        _ => 12,
    }
}

fn cut(text: &str, size: i64, room: i64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 7;
    for letter in text.chars() {
        used += tenths(letter);
        if used * size > room * 10 {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

/// As XML holds it; what no XML may hold is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => escaped.push(letter),
        }
    }
    escaped
}
