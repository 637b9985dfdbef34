//! Words of records are the values that they were made of.

use crate::decode::{Decoder, Payload};
use crate::layout::{
    BOX, STORED_SHIFT, TAG_ARRAY, TAG_CIRCULAR, TAG_NULL, TAG_OBJECT, TAG_STRING_AT, TAG_STRING8,
    TAG_SYMBOL, TAG_UNDEFINED,
};
use crate::value::{Cut, Value};

fn boxed(tag: u32, stored: u32, payload: u32) -> u64 {
    u64::from(BOX | tag | stored << STORED_SHIFT) << 32 | u64::from(payload)
}

#[test]
fn numbers_strings_and_objects() {
    let words = [
        1.5f64.to_bits(),
        boxed(TAG_STRING8, 3, 3),
        u64::from_le_bytes(*b"a\xe9c\0\0\0\0\0"),
        boxed(TAG_OBJECT, 1, 4),
        boxed(TAG_UNDEFINED, 0, 0),
        boxed(TAG_STRING8, 1, 1),
        u64::from(b'k'),
        boxed(TAG_ARRAY, 1, 2),
        boxed(TAG_NULL, 0, 0),
    ];
    let mut decoder = Decoder::new(&words);
    assert_eq!(decoder.value(), Some(Value::Number(1.5)));
    assert_eq!(decoder.value(), Some(Value::text("aéc")));
    assert_eq!(
        decoder.value().map(|v| v.to_json()),
        Some(r#"{"$length":4,"k":{"$type":"array","$length":2,"items":[null]}}"#.into())
    );
    assert_eq!(decoder.value(), None);
}

#[test]
fn a_string_may_stand_elsewhere_in_the_chunk() {
    let there = [
        0,
        boxed(TAG_STRING8, 3, 3),
        u64::from_le_bytes(*b"abc\0\0\0\0\0"),
        boxed(TAG_NULL, 0, 0),
    ];
    let values = [1, 3, 9, 2].map(|at| {
        let words = [boxed(TAG_STRING_AT, 0, at)];
        let chunk = &there;
        Decoder::within(Payload {
            words: &words,
            chunk,
        })
        .value()
    });
    let lost = Some(Value::Cut {
        kind: "string",
        why: Cut::Bytes,
    });
    assert_eq!(values[0], Some(Value::text("abc")));
    assert_eq!(values[1..], [lost.clone(), lost.clone(), lost]);
}

#[test]
fn an_object_met_again_says_where_it_stands() {
    // f({ list: [o], "a-b": o }, o) with o = {}, one record
    let words = [
        boxed(TAG_OBJECT, 2, 2), // 1
        boxed(TAG_UNDEFINED, 0, 0),
        boxed(TAG_STRING8, 4, 4),
        u64::from_le_bytes(*b"list\0\0\0\0"),
        boxed(TAG_ARRAY, 1, 3),
        boxed(TAG_OBJECT, 0, 0), // 6
        boxed(TAG_UNDEFINED, 0, 0),
        boxed(TAG_STRING8, 3, 3),
        u64::from_le_bytes(*b"a-b\0\0\0\0\0"),
        boxed(TAG_ARRAY, 2, 2), // 10
        boxed(TAG_CIRCULAR, 0, 6),
        boxed(TAG_CIRCULAR, 0, 10),
        boxed(TAG_CIRCULAR, 0, 1),
        boxed(TAG_CIRCULAR, 0, 99),
    ];
    let paths = |decoder: &mut Decoder<'_>| {
        let mut out = String::new();
        while let Some(value) = decoder.value() {
            out.push_str(&value.to_json());
        }
        let paths = out.split(r#""to":""#).skip(1);
        let end = |path: &str| {
            path.replace("\\\"", "'")
                .split('"')
                .next()
                .map(str::to_owned)
        };
        paths.filter_map(end).collect::<Vec<_>>()
    };
    assert_eq!(
        paths(&mut Decoder::new(&words)),
        [
            "arguments[0].list.items[0]",
            "arguments[0]['a-b']",
            "arguments[0]",
            "arguments"
        ]
    );
    assert_eq!(
        paths(&mut Decoder::new(&words).of_result())[..3],
        ["result.list.items[0]", "result['a-b']", "result"]
    );
}

#[test]
fn symbols_are_keys_beside_strings() {
    let symbol = |units| [boxed(TAG_SYMBOL, 0, 0), boxed(TAG_STRING8, 1, 1), units];
    let key = [
        boxed(TAG_STRING8, 1, 1),
        u64::from(b'$'),
        boxed(TAG_NULL, 0, 0),
    ];
    let head = [boxed(TAG_OBJECT, 4, 4), boxed(TAG_UNDEFINED, 0, 0)];
    let (a, b) = (u64::from(b'a'), u64::from(b'b'));
    let null = [boxed(TAG_NULL, 0, 0)];
    let words = [
        &head[..],
        &symbol(a),
        &null,
        &symbol(b),
        &null,
        &symbol(a),
        &null,
        &key,
    ]
    .concat();
    let json = Decoder::new(&words).value().map(|value| value.to_json());
    let expected = r#"{"$symbol(a)":null,"$symbol(b)":null,"$symbol(a)#2":null,"$$":null}"#;
    assert_eq!(json.as_deref(), Some(expected));
}

#[test]
fn truncated_words_never_panic() {
    for tag in 0..32 {
        for stored in [0, 1, 5000] {
            let words = [boxed(tag, stored, 9), boxed(tag, stored, 9)];
            let mut decoder = Decoder::new(&words);
            while decoder.value().is_some() {}
        }
    }
}
