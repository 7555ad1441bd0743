//! The two composite shapes: the members of a struct, and the items of a repeated element.

use serde::de::value::U32Deserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess};

use super::{Element, Error, MAX_ITEMS, Reading, Source};
use crate::xml::{Name, Start};

/// The members of a struct, in the order of their declaration.
pub(super) struct Members<'s, 'r, 'a> {
    source: &'s mut Source<'r, 'a>,
    names: &'static [&'static str],
    /// The first member that may still come, where order counts.
    next: usize,
    /// The members that came, by bits, where it does not.
    came: u64,
    start: Option<Start<'a>>,
}

impl<'s, 'r, 'a> Members<'s, 'r, 'a> {
    pub(super) fn new(source: &'s mut Source<'r, 'a>, names: &'static [&'static str]) -> Self {
        Self {
            source,
            names,
            next: 0,
            came: 0,
            start: None,
        }
    }

    /// The next child that is a member, and its place.
    fn next_member(&mut self) -> Result<Option<(usize, Start<'a>)>, Error> {
        while let Some(start) = self.source.next_child()? {
            match self.source.reading {
                Reading::Strict => return Ok(Some((self.find(&start.name)?, start))),
                Reading::Lenient => {
                    if let Some(place) = self.recognize(start.name.local)? {
                        return Ok(Some((place, start)));
                    }
                    self.source.reader.skip()?;
                }
            }
        }
        Ok(None)
    }

    /// The place of a member by its name alone; nothing is known twice.
    fn recognize(&mut self, name: &str) -> Result<Option<usize>, Error> {
        let Some(place) = self.names.iter().position(|member| *member == name) else {
            return Ok(None);
        };
        let bit = 1 << place;
        if self.came & bit != 0 {
            return Err(Error::new("The element is repeated.").within(name));
        }
        self.came |= bit;
        Ok(Some(place))
    }

    /// The place of a member among those that may still come.
    fn find(&self, name: &Name) -> Result<usize, Error> {
        let is_ours = name.namespace == self.source.namespace;
        let rest = self.names[self.next..].iter();
        if let Some(ahead) = rest
            .clone()
            .position(|member| *member == name.local && is_ours)
        {
            return Ok(self.next + ahead);
        }
        let message = if !self.names.contains(&name.local) {
            "The element is not known here."
        } else if is_ours {
            "The element is repeated or out of order."
        } else {
            "The element is in a wrong namespace."
        };
        Err(Error::new(message).within(name.local))
    }
}

impl<'de> MapAccess<'de> for Members<'_, '_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((place, start)) = self.next_member()? else {
            return Ok(None);
        };
        self.next = place + 1;
        self.start = Some(start);
        // Derived structs know their members by place as well as by name.
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let key: U32Deserializer<Error> = place.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let start = self
            .start
            .take()
            .ok_or_else(|| Error::new("The element has no value."))?;
        let element = Element {
            source: self.source,
            start,
        };
        seed.deserialize(element)
            .map_err(|error| error.within(self.names[self.next - 1]))
    }
}

/// The items of a repeated element.
pub(super) struct Items<'s, 'r, 'a> {
    source: &'s mut Source<'r, 'a>,
    start: Option<Start<'a>>,
    name: &'a str,
    count: usize,
}

impl<'s, 'r, 'a> Items<'s, 'r, 'a> {
    pub(super) fn new(source: &'s mut Source<'r, 'a>, first: Start<'a>) -> Self {
        Self {
            source,
            name: first.name.local,
            start: Some(first),
            count: 0,
        }
    }

    fn next_start(&mut self) -> Result<Option<Start<'a>>, Error> {
        if let Some(first) = self.start.take() {
            return Ok(Some(first));
        }
        match self.source.next_child()? {
            Some(next) if self.is_item(&next) => Ok(Some(next)),
            other => {
                self.source.leave(other);
                Ok(None)
            }
        }
    }

    fn is_item(&self, start: &Start) -> bool {
        match self.source.reading {
            Reading::Strict => start.name.is(self.source.namespace, self.name),
            Reading::Lenient => start.name.local == self.name,
        }
    }

    /// The next item that is not empty. An empty one counts as absent, but only behind the others:
    /// answers speak of items by their index.
    fn next_present(&mut self) -> Result<Option<Start<'a>>, Error> {
        let mut empty = false;
        while let Some(start) = self.next_start()? {
            if !self.source.is_absent(&start)? {
                let gap = || Error::new("The element is empty.").at_index(self.count);
                return if empty { Err(gap()) } else { Ok(Some(start)) };
            }
            empty = self.source.reading == Reading::Strict;
        }
        Ok(None)
    }
}

impl<'de> SeqAccess<'de> for Items<'_, '_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(start) = self.next_present()? else {
            return Ok(None);
        };
        if self.count == MAX_ITEMS {
            return Err(Error::too_many(MAX_ITEMS));
        }
        self.count += 1;
        let element = Element {
            source: self.source,
            start,
        };
        seed.deserialize(element)
            .map(Some)
            .map_err(|error| error.at_index(self.count - 1))
    }
}
