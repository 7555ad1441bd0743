//! A streaming `serde` serializer that writes the wire structs as elements, in the order of their
//! members, straight into the reply. It must not know any of them.
//!
//! Bytes become base64, an absent option nothing, a list its element repeated. Names come from
//! member names and are written as they are. A wrapper that is named as a type of XML Schema, such
//! as `xs:string`, tells that type.

use std::fmt::{self, Display};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::ser::{Impossible, Serialize, SerializeSeq, SerializeStruct, Serializer};

use crate::xml::{escape_attribute, escape_text};

/// The start of the attribute that tells a type.
const TYPED: &str = " xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
     xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"";

/// Writes `value` as the element `name`, with `namespace` as the default for what is in it.
pub(crate) fn write_element<T: Serialize + ?Sized>(
    name: &'static str,
    namespace: &'static str,
    value: &T,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    value.serialize(Element {
        name,
        namespace: Some(namespace),
        kind: None,
        out,
    })
}

/// A type that no element can be made of; the wire structs have none, which the tests of all
/// operations show.
#[derive(Debug, thiserror::Error)]
#[error("no XML form for {0}")]
pub struct Error(String);

impl serde::ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn no_form<T>(what: &str) -> Result<T, Error> {
    Err(Error(what.to_owned()))
}

struct Element<'w> {
    name: &'static str,
    /// Declared here; absent: the parent's.
    namespace: Option<&'static str>,
    /// The type of XML Schema to be told, where the schema leaves it open.
    kind: Option<&'static str>,
    out: &'w mut Vec<u8>,
}

impl<'w> Element<'w> {
    fn open(self) -> Open<'w> {
        self.out.push(b'<');
        self.out.extend_from_slice(self.name.as_bytes());
        if let Some(namespace) = self.namespace {
            self.out.extend_from_slice(b" xmlns=\"");
            escape_attribute(namespace, self.out);
            self.out.push(b'"');
        }
        if let Some(kind) = self.kind {
            for part in [TYPED, kind, "\""] {
                self.out.extend_from_slice(part.as_bytes());
            }
        }
        self.out.push(b'>');
        Open {
            name: self.name,
            out: self.out,
        }
    }

    /// Content that needs no escaping.
    fn plain(self, content: &[u8]) {
        let open = self.open();
        open.out.extend_from_slice(content);
        open.close();
    }
}

/// An element whose start tag is written; also a list, which has none of its own.
struct Open<'w> {
    name: &'static str,
    out: &'w mut Vec<u8>,
}

impl Open<'_> {
    fn close(self) {
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(self.name.as_bytes());
        self.out.push(b'>');
    }
}

struct List<'w>(Element<'w>);

impl<'w> Serializer for Element<'w> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = List<'w>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Impossible<(), Error>;
    type SerializeStruct = Open<'w>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        let open = self.open();
        escape_text(text, open.out);
        open.close();
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        self.plain(BASE64.encode(bytes).as_bytes());
        Ok(())
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.plain(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.plain(itoa::Buffer::new().format(value).as_bytes());
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.plain(itoa::Buffer::new().format(value).as_bytes());
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_none(self) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let kind = name.starts_with("xs:").then_some(name).or(self.kind);
        value.serialize(Element { kind, ..self })
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<List<'w>, Error> {
        Ok(List(self))
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Open<'w>, Error> {
        Ok(self.open())
    }

    fn serialize_unit(self) -> Result<(), Error> {
        no_form("unit")
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<(), Error> {
        no_form(name)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), Error> {
        no_form(name)
    }

    fn serialize_f32(self, _value: f32) -> Result<(), Error> {
        no_form("f32")
    }

    fn serialize_f64(self, _value: f64) -> Result<(), Error> {
        no_form("f64")
    }

    fn serialize_tuple(self, _len: usize) -> Result<Self::SerializeTuple, Error> {
        no_form("tuple")
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, Error> {
        no_form(name)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        no_form(name)
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Self::SerializeMap, Error> {
        no_form("map")
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        no_form(name)
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        let open = self.open();
        let mut escaping = Escaping(open.out);
        fmt::write(&mut escaping, format_args!("{value}")).map_err(serde::ser::Error::custom)?;
        open.close();
        Ok(())
    }
}

struct Escaping<'w>(&'w mut Vec<u8>);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape_text(text, self.0);
        Ok(())
    }
}

impl SerializeStruct for Open<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(Element {
            name,
            namespace: None,
            kind: None,
            out: self.out,
        })
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

impl SerializeSeq for List<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Element {
            name: self.0.name,
            namespace: self.0.namespace,
            kind: self.0.kind,
            out: self.0.out,
        })
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}
