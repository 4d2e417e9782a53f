//! JSON for answers and records, written the short way: the very text `serde_json` writes, for a third of the work.
//!
//! Names of fields, identifiers and most other texts hold nothing that must be escaped, so a text is looked at eight
//! bytes at a time and copied whole. Whatever is rare (escapes, fractions, keys that are no text) is left to
//! `serde_json`. Nothing is read here.

use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt::Display;

type Result<T = ()> = serde_json::Result<T>;

/// Bytes most answers and records have room in.
const USUAL: usize = 768;

/// The text of a value.
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(USUAL);
    value.serialize(Json(&mut text))?;
    Ok(text)
}

/// Writes one value at the end of a text.
struct Json<'a>(&'a mut Vec<u8>);

/// A list or an object that was begun, and what ends it.
struct Open<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
    end: &'static [u8],
}

impl<'a> Json<'a> {
    /// The values `serde_json` writes.
    fn other<T: Serialize + ?Sized>(self, value: &T) -> Result {
        serde_json::to_writer(self.0, value)
    }

    fn open(self, begin: u8, end: &'static [u8]) -> Open<'a> {
        self.0.push(begin);
        Open { out: self.0, first: true, end }
    }

    /// `{"variant":` before what it holds.
    fn variant(self, name: &str) -> Self {
        self.0.push(b'{');
        string(self.0, name);
        self.0.push(b':');
        self
    }

    fn natural(self, mut number: u64) {
        let mut digits = [0; 20];
        let mut first = digits.len();
        loop {
            first -= 1;
            digits[first] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.0.extend_from_slice(&digits[first..]);
    }

    fn integer(self, number: i64) {
        if number < 0 {
            self.0.push(b'-');
        }
        self.natural(number.unsigned_abs());
    }
}

impl Open<'_> {
    fn next(&mut self) {
        if !std::mem::replace(&mut self.first, false) {
            self.out.push(b',');
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.next();
        value.serialize(Json(self.out))
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result {
        self.next();
        string(self.out, name);
        self.out.push(b':');
        value.serialize(Json(self.out))
    }

    fn close(self) {
        self.out.extend_from_slice(self.end);
    }
}

fn string(out: &mut Vec<u8>, text: &str) {
    if !is_plain(text.as_bytes()) {
        // Writing text to memory cannot fail.
        let _ = serde_json::to_writer(out, text);
        return;
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Whether nothing has to be escaped: no quote, no backslash, no control character. May say no without need.
fn is_plain(bytes: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    let odd = |word: u64| {
        let zero_in = |word: u64| word.wrapping_sub(ONES) & !word;
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        (control | zero_in(word ^ (ONES * 0x22)) | zero_in(word ^ (ONES * 0x5c))) & (ONES * 0x80) != 0
    };
    let (words, rest) = bytes.as_chunks::<8>();
    if words.iter().any(|word| odd(u64::from_le_bytes(*word))) {
        return false;
    }
    let mut last = [b' '; 8];
    last[..rest.len()].copy_from_slice(rest);
    !odd(u64::from_le_bytes(last))
}

macro_rules! integers {
    ($($name:ident($type:ty) as $write:ident;)*) => {$(
        fn $name(self, number: $type) -> Result {
            self.$write(number.into());
            Ok(())
        }
    )*};
}

impl<'a> Serializer for Json<'a> {
    type Ok = ();
    type Error = serde_json::Error;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Open<'a>;
    type SerializeTupleVariant = Open<'a>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Open<'a>;

    integers! {
        serialize_i8(i8) as integer;
        serialize_i16(i16) as integer;
        serialize_i32(i32) as integer;
        serialize_i64(i64) as integer;
        serialize_u8(u8) as natural;
        serialize_u16(u16) as natural;
        serialize_u32(u32) as natural;
        serialize_u64(u64) as natural;
    }

    fn serialize_i128(self, number: i128) -> Result {
        self.other(&number)
    }

    fn serialize_u128(self, number: u128) -> Result {
        self.other(&number)
    }

    fn serialize_f32(self, number: f32) -> Result {
        self.other(&number)
    }

    fn serialize_f64(self, number: f64) -> Result {
        self.other(&number)
    }

    fn serialize_bool(self, value: bool) -> Result {
        self.0.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result {
        string(self.0, text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result {
        let Self(out) = self.variant(name);
        value.serialize(Json(&mut *out))?;
        out.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a>> {
        Ok(self.open(b'[', b"]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'a>> {
        Ok(self.open(b'[', b"]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'a>> {
        Ok(self.open(b'[', b"]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Open<'a>> {
        Ok(self.variant(name).open(b'[', b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'a>> {
        Ok(self.open(b'{', b"}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'a>> {
        Ok(self.open(b'{', b"}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Open<'a>> {
        Ok(self.variant(name).open(b'{', b"}}"))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result {
        self.serialize_str(&value.to_string())
    }
}

macro_rules! lists {
    ($($trait:ident::$add:ident),*) => {$(
        impl $trait for Open<'_> {
            type Ok = ();
            type Error = serde_json::Error;

            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
                self.item(value)
            }

            fn end(self) -> Result {
                self.close();
                Ok(())
            }
        }
    )*};
}

lists!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

macro_rules! objects {
    ($($trait:ident),*) => {$(
        impl $trait for Open<'_> {
            type Ok = ();
            type Error = serde_json::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result {
                self.field(name, value)
            }

            fn end(self) -> Result {
                self.close();
                Ok(())
            }
        }
    )*};
}

objects!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Open<'_> {
    type Ok = ();
    type Error = serde_json::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result {
        self.next();
        let start = self.out.len();
        key.serialize(Json(self.out))?;
        if self.out.get(start) != Some(&b'"') {
            self.out.truncate(start);
            self.out.extend_from_slice(&odd_key(key)?);
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.out.push(b':');
        value.serialize(Json(self.out))
    }

    fn end(self) -> Result {
        self.close();
        Ok(())
    }
}

/// What `serde_json` makes of a key that is no text, such as a number.
fn odd_key<T: Serialize + ?Sized>(key: &T) -> serde_json::Result<Vec<u8>> {
    struct Entry<'a, T: ?Sized>(&'a T);

    impl<T: Serialize + ?Sized> Serialize for Entry<'_, T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
            serializer.collect_map([(self.0, ())])
        }
    }

    let text = serde_json::to_vec(&Entry(key))?;
    let key = text.strip_prefix(b"{").and_then(|text| text.strip_suffix(b":null}"));
    key.map(<[u8]>::to_vec).ok_or_else(|| serde_json::Error::custom("a key must be a text"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn agrees<T: Serialize + ?Sized>(value: &T) {
        assert_eq!(str::from_utf8(&to_vec(value).unwrap()).unwrap(), serde_json::to_string(value).unwrap());
    }

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    enum Kind {
        Unit,
        Newtype(u8),
        Tuple(i8, f64),
        Struct { a_b: Option<char>, c: () },
    }

    #[derive(Serialize)]
    struct Everything<'a> {
        kinds: [Kind; 5],
        numbers: (u64, i64, u128, f32),
        bytes: &'a [u8],
        none: Option<&'a str>,
        keyed: BTreeMap<i32, bool>,
        truths: BTreeMap<bool, Empty>,
        #[serde(flatten)]
        more: Value,
    }

    #[derive(Serialize)]
    struct Empty {}

    #[test]
    fn every_kind_of_value_is_written_as_serde_json_writes_it() {
        agrees(&Everything {
            kinds: [
                Kind::Unit,
                Kind::Newtype(255),
                Kind::Tuple(-128, f64::NAN),
                Kind::Struct { a_b: Some('"'), c: () },
                Kind::Struct { a_b: None, c: () },
            ],
            numbers: (u64::MAX, i64::MIN, u128::MAX, 0.1),
            bytes: b"\0a",
            none: None,
            keyed: BTreeMap::from([(-1, true), (0, false)]),
            truths: BTreeMap::from([(true, Empty {})]),
            more: json!({"list": [], "object": {}, "nothing": null}),
        });
    }

    #[test]
    fn every_character_is_escaped_as_serde_json_escapes_it_wherever_it_stands() {
        for character in (0..=0x180).chain([0x2028, 0xfffd, 0x1f600]).filter_map(char::from_u32) {
            for before in 0..9 {
                let text = format!("{}{character}{}", "x".repeat(before), "y".repeat(8 - before));
                agrees(&text);
                agrees(&BTreeMap::from([(text, 1)]));
            }
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,40}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::vec((".{0,12}", inner), 0..8).prop_map(|pairs| pairs.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_is_written_as_serde_json_writes_it(value in values()) {
            agrees(&value);
        }
    }
}
