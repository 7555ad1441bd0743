//! The pull reader: well-formedness that quick-xml leaves to its caller, limits, namespaces, and
//! the few moves (next child, text, skip) that all decoding consists of.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event as Raw};

use super::attributes::{self, Attribute};
use super::scope::{Name, Scope};
use super::{Result, XmlError, references};

/// The namespace of `nil` and `type`.
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What comes next in the document. Comments are dropped, references and CDATA are text.
#[derive(Debug)]
pub enum Event<'a> {
    /// A start tag; its attributes can be asked for until the next event.
    Start(Start<'a>),
    /// The end of the innermost element.
    End,
    /// A piece of text; neighbours may follow.
    Text(Cow<'a, str>),
    /// The end of a whole document.
    Eof,
}

/// A start tag.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// The element's name.
    pub name: Name<'a>,
    /// Whether it says `xsi:nil="true"`.
    pub nil: bool,
}

/// Reads one document from a text that [`super::decode`] has seen.
pub struct Reader<'a> {
    source: &'a str,
    events: quick_xml::Reader<&'a [u8]>,
    scope: Scope<'a>,
    attributes: Vec<Attribute<'a>>,
    /// `<a/>` was read, its end is due.
    end_is_due: bool,
    root_seen: bool,
    put_back: Option<Event<'a>>,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a document.
    pub fn new(source: &'a str) -> Self {
        let mut events = quick_xml::Reader::from_str(source);
        events.config_mut().check_comments = true;
        Self {
            source,
            events,
            scope: Scope::default(),
            attributes: Vec::new(),
            end_is_due: false,
            root_seen: false,
            put_back: None,
        }
    }

    /// The next event.
    pub fn next_event(&mut self) -> Result<Event<'a>> {
        if let Some(event) = self.put_back.take() {
            return Ok(event);
        }
        if self.end_is_due {
            self.end_is_due = false;
            return Ok(self.end());
        }
        loop {
            if let Some(event) = self.read()? {
                return Ok(event);
            }
        }
    }

    /// Takes an event back, to be the next one again.
    pub fn put_back(&mut self, event: Event<'a>) {
        self.put_back = Some(event);
    }

    /// The next child of the innermost element; `None` at its end. Text is refused.
    pub fn next_child(&mut self) -> Result<Option<Start<'a>>> {
        loop {
            match self.next_event()? {
                Event::Start(start) => return Ok(Some(start)),
                Event::End => return Ok(None),
                Event::Text(text) if is_blank(&text) => {}
                Event::Text(_) => {
                    return Err(XmlError::new(
                        "There is text where only elements are allowed.",
                    ));
                }
                Event::Eof => return Err(XmlError::new("The message ends too early.")),
            }
        }
    }

    /// The text of the innermost element, to its end. Children are refused.
    pub fn text(&mut self) -> Result<Cow<'a, str>> {
        let mut content = Cow::Borrowed("");
        loop {
            match self.next_event()? {
                Event::Text(piece) if content.is_empty() => content = piece,
                Event::Text(piece) => content.to_mut().push_str(&piece),
                Event::End => return Ok(content),
                Event::Start(_) => {
                    return Err(XmlError::new(
                        "There is an element where only text is allowed.",
                    ));
                }
                Event::Eof => return Err(XmlError::new("The message ends too early.")),
            }
        }
    }

    /// Passes over the innermost element, to its end.
    pub fn skip(&mut self) -> Result<()> {
        let outside = self.scope.depth() - 1;
        while self.scope.depth() > outside {
            self.next_event()?;
        }
        Ok(())
    }

    /// Whether the innermost element has nothing in it; if so, its end is passed.
    pub fn ends_here(&mut self) -> Result<bool> {
        match self.next_event()? {
            Event::End => Ok(true),
            event => {
                self.put_back(event);
                Ok(false)
            }
        }
    }

    /// An attribute of the start tag that was read last.
    pub fn attribute(&self, namespace: &str, local: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name.is(namespace, local))
            .map(|attribute| &*attribute.value)
    }

    /// One event of quick-xml; `None` for what is dropped.
    fn read(&mut self) -> Result<Option<Event<'a>>> {
        let before = position(&self.events);
        let raw = self
            .events
            .read_event()
            .map_err(|_| XmlError::new("The message is not well-formed XML."))?;
        match raw {
            Raw::Start(tag) => self.start(before, &tag).map(Some),
            Raw::Empty(tag) => {
                self.end_is_due = true;
                self.start(before, &tag).map(Some)
            }
            Raw::End(_) => Ok(Some(self.end())),
            Raw::Text(text) => self.piece(text.into_inner(), references::text),
            Raw::CData(text) => self.piece(text.into_inner(), |raw| Ok(references::line_ends(raw))),
            Raw::GeneralRef(reference) => self.reference(&reference).map(Some),
            Raw::Comment(_) => Ok(None),
            Raw::Decl(declaration) if before == 0 => match declaration.version() {
                Ok(version) if version == "1.0" => Ok(None),
                _ => Err(XmlError::new("Only version 1.0 of XML is taken.")),
            },
            Raw::Decl(_) | Raw::PI(_) => {
                Err(XmlError::new("Processing instructions are not allowed."))
            }
            Raw::DocType(_) => Err(XmlError::new("Document types are not allowed.")),
            Raw::Eof if self.scope.depth() == 0 && self.root_seen => Ok(Some(Event::Eof)),
            Raw::Eof => Err(XmlError::new("The message ends too early.")),
        }
    }

    fn start(&mut self, before: usize, tag: &BytesStart) -> Result<Event<'a>> {
        if self.scope.depth() == 0 && std::mem::replace(&mut self.root_seen, true) {
            return Err(XmlError::new(
                "The message has more than one document in it.",
            ));
        }
        self.scope.open()?;
        // The same text as in `tag`, but borrowed from the source.
        let text = self
            .source
            .get(before + 1..before + 1 + tag.len())
            .unwrap_or_default();
        let (name, rest) = text.split_at(tag.name().as_ref().len());
        self.attributes.clear();
        if !rest.is_empty() {
            attributes::read(rest, &mut self.scope, &mut self.attributes)?;
        }
        let name = self.scope.element(name)?;
        let nil = matches!(
            self.attribute(XSI, "nil").map(str::trim),
            Some("true" | "1")
        );
        Ok(Event::Start(Start { name, nil }))
    }

    fn end(&mut self) -> Event<'a> {
        self.scope.close();
        Event::End
    }

    fn piece(
        &self,
        raw: Cow<'a, str>,
        read: impl Fn(&str) -> Result<Cow<'_, str>>,
    ) -> Result<Option<Event<'a>>> {
        if self.scope.depth() == 0 {
            return if is_blank(&raw) {
                Ok(None)
            } else {
                Err(XmlError::new("There is text outside of the document."))
            };
        }
        let changed = match read(&raw)? {
            Cow::Borrowed(_) => None,
            Cow::Owned(changed) => Some(changed),
        };
        Ok(Some(Event::Text(changed.map_or(raw, Cow::Owned))))
    }

    fn reference(&self, reference: &str) -> Result<Event<'a>> {
        if self.scope.depth() == 0 {
            return Err(XmlError::new("There is text outside of the document."));
        }
        let sign = references::resolve(reference)?;
        Ok(Event::Text(Cow::Owned(sign.into())))
    }
}

fn position(events: &quick_xml::Reader<&[u8]>) -> usize {
    usize::try_from(events.buffer_position()).unwrap_or(usize::MAX)
}

fn is_blank(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}
