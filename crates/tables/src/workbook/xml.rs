//! XML from strangers: pieces of a bounded size, elements of a bounded depth, and no definitions, so that nothing in it
//! can grow.

use std::borrow::Cow;
use std::io::{BufRead, ErrorKind, Read};

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use super::fault::WorkbookFault;

/// The longest tag, or text without tags. The longest cell has 32,767 characters, of four bytes at most.
const PIECE_BYTES_MAX: usize = 256 * 1024;
/// Elements within each other.
const DEPTH_MAX: usize = 64;
/// Characters of a cell, as Excel has it.
const CELL_CHARACTERS_MAX: usize = 32_767;

/// What comes next.
pub enum Piece<'x> {
    Start(Tag<'x>),
    End(EndTag<'x>),
    Text(Cow<'x, str>),
    /// Comments, and what programs are told.
    Other,
    /// The end of the part, with every element closed.
    Eof,
}

/// An element begins; an empty one ends with the next piece.
pub struct Tag<'x>(BytesStart<'x>);

impl Tag<'_> {
    /// Without what stands before a colon.
    pub fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The attribute of that name, in no namespace of its own.
    pub fn attribute(&self, name: &str) -> Result<Option<Cow<'_, str>>, WorkbookFault> {
        self.find(|key| key == name)
    }

    /// An attribute of that name in another namespace, under whatever prefix.
    pub fn foreign_attribute(&self, name: &str) -> Result<Option<Cow<'_, str>>, WorkbookFault> {
        self.find(|key| key.rsplit_once(':').is_some_and(|(_, local)| local == name))
    }

    fn find(&self, is_it: impl Fn(&str) -> bool) -> Result<Option<Cow<'_, str>>, WorkbookFault> {
        let mut attributes = self.0.attributes();
        for attribute in attributes.with_checks(false) {
            let attribute = attribute.map_err(|_| WorkbookFault::Malformed)?;
            if is_it(attribute.key.as_ref()) {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                return value.map(Some).map_err(|_| WorkbookFault::Malformed);
            }
        }
        Ok(None)
    }
}

/// An element ends.
pub struct EndTag<'x>(BytesEnd<'x>);

impl EndTag<'_> {
    /// Without what stands before a colon.
    pub fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }
}

/// Parts a stream into pieces.
pub struct Xml<R> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<R: BufRead> Xml<R> {
    pub fn new(source: R) -> Self {
        let mut reader = Reader::from_reader(Bounded { source, left: 0 });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0 }
    }

    pub fn next(&mut self) -> Result<Piece<'_>, WorkbookFault> {
        self.buffer.clear();
        self.reader.get_mut().left = PIECE_BYTES_MAX;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| match error {
            quick_xml::Error::Io(error) if error.kind() == ErrorKind::FileTooLarge => WorkbookFault::TooLarge,
            _ => WorkbookFault::Malformed,
        })?;
        Ok(match event {
            Event::Start(tag) | Event::Empty(tag) => {
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    return Err(WorkbookFault::TooLarge);
                }
                Piece::Start(Tag(tag))
            }
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                Piece::End(EndTag(end))
            }
            Event::Text(text) => Piece::Text(text.xml10_content()),
            Event::CData(text) => Piece::Text(text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => Piece::Text(character.to_string().into()),
                Ok(None) => {
                    Piece::Text(resolve_predefined_entity(&reference).ok_or(WorkbookFault::Malformed)?.into())
                }
                Err(_) => return Err(WorkbookFault::Malformed),
            },
            Event::DocType(_) => return Err(WorkbookFault::Malformed),
            Event::Eof if self.depth > 0 => return Err(WorkbookFault::Malformed),
            Event::Eof => Piece::Eof,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Piece::Other,
        })
    }

    /// The text of the element that has just begun, to its end, added to `text`. `is_rich`: only what is within `t`, and
    /// nothing of how it is pronounced.
    pub fn text(&mut self, is_rich: bool, text: &mut String) -> Result<(), WorkbookFault> {
        let begin = text.len();
        let (mut depth, mut written, mut spoken) = (1, usize::from(!is_rich), 0);
        while depth > 0 {
            match self.next()? {
                Piece::Start(tag) => {
                    depth += 1;
                    written += usize::from(tag.name() == "t");
                    spoken += usize::from(tag.name() == "rPh");
                }
                Piece::End(tag) => {
                    depth -= 1;
                    written -= usize::from(depth > 0 && tag.name() == "t");
                    spoken -= usize::from(depth > 0 && tag.name() == "rPh");
                }
                Piece::Text(piece) if written > 0 && spoken == 0 => {
                    let is_kept = |sign: &char| !sign.is_control() || matches!(sign, '\t' | '\n' | '\r');
                    text.extend(piece.chars().filter(is_kept));
                    let cell = &text[begin..];
                    if cell.len() > CELL_CHARACTERS_MAX && cell.chars().nth(CELL_CHARACTERS_MAX).is_some() {
                        return Err(WorkbookFault::TooLarge);
                    }
                }
                Piece::Text(_) | Piece::Other => {}
                Piece::Eof => return Err(WorkbookFault::Malformed),
            }
        }
        Ok(())
    }

    /// Takes the rest of the part for whatever it is. Only at its end is it known whether all of it came in whole.
    /// Nothing can be read of it behind that.
    pub fn pass_over(&mut self) -> Result<(), WorkbookFault> {
        std::io::copy(&mut self.reader.get_mut().source, &mut std::io::sink())?;
        Ok(())
    }

    /// Passes over the rest of the element that has just begun.
    pub fn skip(&mut self) -> Result<(), WorkbookFault> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Piece::Start(_) => depth += 1,
                Piece::End(_) => depth -= 1,
                Piece::Text(_) | Piece::Other => {}
                Piece::Eof => return Err(WorkbookFault::Malformed),
            }
        }
        Ok(())
    }
}

/// Gives so many bytes, and then a fault.
struct Bounded<R> {
    source: R,
    left: usize,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let bytes = self.source.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            return Err(ErrorKind::FileTooLarge.into());
        }
        Ok(&bytes[..bytes.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.source.consume(count);
    }
}
