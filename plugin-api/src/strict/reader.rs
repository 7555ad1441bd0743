//! JSON to serde, by hand: a cursor over text.

use std::borrow::Cow;

use serde::de::value::{CowStrDeserializer, StrDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};

use super::seen::Seen;
use super::{Fault, MAX_DEPTH, TOO_LARGE, scan};

type Result<T> = core::result::Result<T, Fault>;

pub(super) struct Reader<'de> {
    text: &'de str,
    position: usize,
    depth: u32,
}

impl<'de> Reader<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self {
            text,
            position: 0,
            depth: 0,
        }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// The one object, and nothing behind it.
    pub(super) fn document<T: Deserialize<'de>>(&mut self) -> Result<T> {
        if self.peek() != Some(b'{') {
            return Err(Fault::new("expected an object"));
        }
        let document = T::deserialize(&mut *self)?;
        match self.peek() {
            None => Ok(document),
            Some(_) => Err(Fault::new("something follows the object")),
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.position += 1;
        }
        self.byte()
    }

    fn take(&mut self, wanted: u8) -> Result<()> {
        if self.peek() != Some(wanted) {
            return Err(Fault::new(format!("expected `{}`", char::from(wanted))));
        }
        self.position += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<()> {
        if !self.text[self.position..].starts_with(word) {
            return Err(Fault::new("unknown word"));
        }
        self.position += word.len();
        Ok(())
    }

    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::new("nested too deep"));
        }
        self.position += 1;
        Ok(())
    }

    fn leave(&mut self, bracket: u8) -> Result<()> {
        self.depth -= 1;
        self.take(bracket)
    }

    /// Steps to the next item; false: there is none.
    fn next_item(&mut self, first: bool, bracket: u8) -> Result<bool> {
        if self.peek() == Some(bracket) {
            return Ok(false);
        }
        if !first {
            self.take(b',')?;
        }
        Ok(true)
    }

    fn string(&mut self) -> Result<Cow<'de, str>> {
        self.take(b'"')?;
        let plain = self.run()?;
        if self.byte() == Some(b'"') {
            self.position += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = String::with_capacity(2 * plain.len() + 16);
        text.push_str(plain);
        while self.byte() == Some(b'\\') {
            text.push(self.escape()?);
            text.push_str(self.run()?);
        }
        self.take(b'"')?;
        Ok(Cow::Owned(text))
    }

    /// The bytes up to the next quote or backslash.
    fn run(&mut self) -> Result<&'de str> {
        let rest = &self.text[self.position..];
        let Some(length) = scan::plain(rest.as_bytes()) else {
            return Err(Fault::new("a string does not end"));
        };
        self.position += length;
        match self.byte() {
            Some(b'"' | b'\\') => Ok(&rest[..length]),
            _ => Err(Fault::new("a control character in a string")),
        }
    }

    fn escape(&mut self) -> Result<char> {
        let letter = self.text.as_bytes().get(self.position + 1);
        self.position += 2;
        Ok(match letter {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(sign @ (b'"' | b'\\' | b'/')) => char::from(*sign),
            Some(b'u') => return self.unicode(),
            _ => return Err(Fault::new("unknown escape")),
        })
    }

    fn unicode(&mut self) -> Result<char> {
        let lone = || Fault::new("a lone surrogate");
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or_else(lone);
        }
        self.word("\\u").map_err(|_| lone())?;
        let second = self.four_digits()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone());
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or_else(lone)
    }

    fn four_digits(&mut self) -> Result<u32> {
        let digits = self.text.get(self.position..self.position + 4);
        let digits = digits.filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        self.position += 4;
        digits
            .and_then(|text| u32::from_str_radix(text, 16).ok())
            .ok_or_else(|| Fault::new("expected four hex digits"))
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        let negative = self.byte() == Some(b'-');
        self.position += usize::from(negative);
        let magnitude = self.magnitude()?;
        if matches!(self.byte(), Some(b'.' | b'e' | b'E')) {
            return Err(Fault::new("a number is not whole"));
        }
        match i64::try_from(magnitude) {
            Ok(number) if negative => visitor.visit_i64(-number),
            _ => visitor.visit_u64(magnitude),
        }
    }

    fn magnitude(&mut self) -> Result<u64> {
        let start = self.position;
        let mut number = 0;
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            number = number * 10 + u64::from(digit - b'0');
            if number >= TOO_LARGE {
                return Err(Fault::new("a number is too large"));
            }
            self.position += 1;
        }
        match &self.text[start..self.position] {
            "" => Err(Fault::new("expected a value")),
            digits if digits.len() > 1 && digits.starts_with('0') => {
                Err(Fault::new("a number begins with 0"))
            }
            _ => Ok(number),
        }
    }

    fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        if self.peek() != Some(b'{') {
            return Err(Fault::new("expected an object"));
        }
        self.enter()?;
        let value = visitor.visit_map(Members {
            reader: self,
            seen: Seen::default(),
            first: true,
        })?;
        self.leave(b'}')?;
        Ok(value)
    }

    fn array<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value> {
        self.enter()?;
        let value = visitor.visit_seq(Items {
            reader: self,
            first: true,
        })?;
        self.leave(b']')?;
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.peek() {
            Some(b'{') => self.object(visitor),
            Some(b'[') => self.array(visitor),
            Some(b'"') => match self.string()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            Some(b't') => self.word("true").and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.word("false").and_then(|()| visitor.visit_bool(false)),
            Some(b'n') => self.word("null").and_then(|()| visitor.visit_unit()),
            _ => self.number(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.peek() == Some(b'n') {
            self.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.object(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.object(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let name = self.string()?;
        let name: StrDeserializer<'_, Fault> = name.as_ref().into_deserializer();
        visitor.visit_enum(name)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct identifier ignored_any
    }
}

struct Members<'a, 'de> {
    reader: &'a mut Reader<'de>,
    seen: Seen<'de>,
    first: bool,
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if !self.reader.next_item(self.first, b'}')? {
            return Ok(None);
        }
        self.first = false;
        let name = self.reader.string()?;
        self.reader.take(b':')?;
        let key = seed.deserialize(CowStrDeserializer::<Fault>::new(name.clone()))?;
        if !self.seen.insert(name) {
            return Err(Fault::custom("a member is doubled"));
        }
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        seed.deserialize(&mut *self.reader)
    }
}

struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if !self.reader.next_item(self.first, b']')? {
            return Ok(None);
        }
        self.first = false;
        seed.deserialize(&mut *self.reader).map(Some)
    }
}
