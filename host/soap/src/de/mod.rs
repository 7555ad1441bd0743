//! A streaming `serde` deserializer over the XML reader: it fills the wire structs, whose members
//! are the schema's elements in the schema's order. It must not know any of them.
//!
//! A struct is an element with children, in order, each once but for lists; a list is a repeated
//! element; an empty or nil element is an absent option; what is not declared is refused with its
//! path. [`Reading::Lenient`] is for contracts that are not our own.

mod access;
mod error;
mod lexical;

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::wire::any::ANY;
use crate::xml::{Reader, Start, XSI};
use access::{Items, Members};
pub(crate) use error::Error;

/// Items of one list at most; no list of the services is longer.
pub const MAX_ITEMS: usize = 1000;
const MAX_INT: u64 = i32::MAX as u64;
const MAX_LONG: u64 = i64::MAX as u64;

/// How a message is taken that is not quite what the schema says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It is refused.
    Strict,
    /// Members come in any order and namespace, empty items count for nothing, and what is not known
    /// is passed over: for a contract of others, of which only a part is used.
    Lenient,
}

/// What was read ahead of who asks for it.
enum Left<'a> {
    Nothing,
    Child(Start<'a>),
    End,
}

/// Where elements come from.
struct Source<'r, 'a> {
    reader: &'r mut Reader<'a>,
    namespace: &'r str,
    reading: Reading,
    /// What was read to see whether a list goes on.
    left: Left<'a>,
}

impl<'a> Source<'_, 'a> {
    fn next_child(&mut self) -> Result<Option<Start<'a>>, Error> {
        match std::mem::replace(&mut self.left, Left::Nothing) {
            Left::Nothing => Ok(self.reader.next_child()?),
            Left::Child(child) => Ok(Some(child)),
            Left::End => Ok(None),
        }
    }

    /// Leaves a child, or that there is none, to who asks next.
    fn leave(&mut self, child: Option<Start<'a>>) {
        self.left = child.map_or(Left::End, Left::Child);
    }

    /// Whether an element stands for nothing; if so, its end is passed.
    fn is_absent(&mut self, start: &Start) -> Result<bool, Error> {
        if self.reader.ends_here()? {
            return Ok(true);
        }
        if start.nil {
            return Err(Error::new("The element is nil and yet has content."));
        }
        Ok(false)
    }
}

/// Reads the content of an element whose start tag was read, to its end. Its children are in
/// `namespace`.
pub(crate) fn read_content<'a, T: DeserializeOwned>(
    reader: &mut Reader<'a>,
    start: Start<'a>,
    namespace: &str,
    reading: Reading,
) -> Result<T, Error> {
    let mut source = Source {
        reader,
        namespace,
        reading,
        left: Left::Nothing,
    };
    T::deserialize(Element {
        source: &mut source,
        start,
    })
}

/// One element, its start tag read.
struct Element<'s, 'r, 'a> {
    source: &'s mut Source<'r, 'a>,
    start: Start<'a>,
}

impl<'a> Element<'_, '_, 'a> {
    fn text(self) -> Result<Cow<'a, str>, Error> {
        Ok(self.source.reader.text()?)
    }

    /// Whether the message says that these are bytes.
    fn is_bytes(&self) -> bool {
        let told = self.source.reader.attribute(XSI, "type");
        told.is_some_and(|told| told.trim().rsplit(':').next() == Some("base64Binary"))
    }

    fn unsigned(self, most: u64) -> Result<u64, Error> {
        lexical::unsigned(&self.text()?, most)
    }
}

impl<'de> Deserializer<'de> for Element<'_, '_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(lexical::boolean(&self.text()?)?)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.unsigned(u64::from(u16::MAX))?)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i32(lexical::signed(&self.text()?)?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.unsigned(MAX_INT)?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.unsigned(MAX_LONG)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.source.is_absent(&self.start)? {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == ANY && !self.is_bytes() {
            return self.deserialize_any(visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Items::new(self.source, self.start))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Members::new(self.source, members))
    }

    forward_to_deserialize_any! {
        i8 i16 i64 i128 u8 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple tuple_struct map enum identifier ignored_any
    }
}
