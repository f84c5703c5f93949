//! The reader against hostile lengths, counts, varints and tags.

use super::*;

const BUDGET: usize = 1 << 20;

fn r(bytes: &[u8]) -> Reader<'_> {
    Reader::from_slice(bytes, BUDGET)
}

#[test]
fn varints_are_bounded() {
    let check = |bytes: &[u8], expect| assert_eq!(r(bytes).uvarint(), expect, "{bytes:?}");
    check(&[0], Ok(0));
    check(&[0xff, 0xff, 0xff, 0xff, 0x0f], Ok(u32::MAX));
    check(&[0xff, 0xff, 0xff, 0xff, 0x1f], Err(DecodeError::Varint));
    check(&[0x80, 0x80, 0x80, 0x80, 0x80, 0], Err(DecodeError::Varint));
    check(&[0x80], Err(DecodeError::Truncated { needed: 1, left: 0 }));
    let mut long = [0xff; 10];
    long[9] = 1;
    assert_eq!(r(&long).varlong(), Ok(i64::MIN));
    long[9] = 3;
    assert_eq!(r(&long).varlong(), Err(DecodeError::Varint));
    assert_eq!(r(&[1]).varint(), Ok(-1));
    assert_eq!(r(&[2]).varint(), Ok(1));
}

#[test]
fn string_lengths_below_minus_one_are_malformed() {
    assert_eq!(r(&[0xff, 0xff]).nullable_string(false), Ok(None));
    assert_eq!(r(&[0xff, 0xff]).string(false), Err(DecodeError::Null));
    assert_eq!(r(&[0xff, 0xfe]).nullable_string(false), Err(DecodeError::NegativeLength(-2)));
    assert_eq!(r(&[0]).nullable_string(true), Ok(None));
    assert_eq!(r(&[0]).string(true), Err(DecodeError::Null));
    assert_eq!(r(&[3, b'a', b'b']).string(true), Ok("ab".into()));
    assert_eq!(r(&[0, 5, b'a']).string(false), Err(DecodeError::Truncated { needed: 5, left: 1 }));
    assert_eq!(r(&[2, 0xff]).string(true), Err(DecodeError::Utf8));
}

#[test]
fn array_counts_are_bounded_by_bytes_and_memory_by_budget() {
    let bomb = [0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0];
    let elements = |r: &mut Reader<'_>| r.array(false, 0, 4, |r, _| r.int32());
    assert_eq!(elements(&mut r(&bomb)), Err(DecodeError::CountTooLarge { count: i32::MAX as u32, most: 1 }));
    let mut small = Reader::from_slice(&[0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2], 15);
    assert_eq!(elements(&mut small), Err(DecodeError::OverBudget { needed: 16, left: 15 }));
    assert_eq!(elements(&mut r(&[0, 0, 0, 1, 0, 0, 0, 9])), Ok(vec![9]));
    assert_eq!(elements(&mut r(&[0xff; 4])), Err(DecodeError::Null));
    assert_eq!(elements(&mut r(&[0xff, 0xff, 0xff, 0xfe])), Err(DecodeError::NegativeLength(-2)));
}

#[test]
fn strings_end_at_kafkas_bound_in_both_encodings() {
    let compact = |len: u32| {
        let mut bytes = Vec::new();
        crate::writer::Sink::uvarint(&mut bytes, len + 1);
        bytes.resize(bytes.len() + len as usize, b'x');
        Reader::from_slice(&bytes, usize::MAX).string(true).map(|s| s.len())
    };
    assert_eq!(compact(32_767), Ok(32_767));
    assert_eq!(compact(32_768), Err(DecodeError::StringTooLong(32_768)));
}

#[test]
fn byte_fields_share_the_frame() {
    let frame = Bytes::from_static(&[0, 0, 0, 2, 7, 8]);
    let mut reader = Reader::new(&frame, 0);
    let field = reader.bytes(false).unwrap();
    assert_eq!(field.as_ptr(), frame[4..].as_ptr());
    assert_eq!(reader.finish_strict(), Ok(()));
}

#[test]
fn tags_skip_unknown_reject_duplicates_and_note_disorder() {
    // Tag 9 (unknown, 2 bytes), then tag 1 with an int8.
    let bytes = [2, 9, 2, 0, 0, 1, 1, 5];
    let mut reader = r(&bytes);
    let mut tags = reader.tags(0b10).unwrap();
    assert_eq!(tags.next(&mut reader), Ok(Some(1)));
    assert_eq!(reader.int8(), Ok(5));
    assert_eq!(tags.next(&mut reader), Ok(None));
    assert!(reader.finish_lenient());
    assert_eq!(reader.finish_strict(), Err(DecodeError::TagOrder));

    let twice = [2, 1, 1, 5, 1, 1, 5];
    let mut reader = r(&twice);
    let mut tags = reader.tags(0b10).unwrap();
    tags.next(&mut reader).unwrap();
    reader.int8().unwrap();
    assert_eq!(tags.next(&mut reader), Err(DecodeError::DuplicateTag(1)));

    let longer = [1, 1, 2, 5, 5];
    let mut reader = r(&longer);
    let mut tags = reader.tags(0b10).unwrap();
    tags.next(&mut reader).unwrap();
    reader.int8().unwrap();
    assert_eq!(tags.next(&mut reader), Err(DecodeError::TagSize { tag: 1, left: 1 }));

    assert_eq!(r(&[200, 1, 0, 0]).skip_tags(), Err(DecodeError::CountTooLarge { count: 200, most: 1 }));
    assert_eq!(r(&[1, 70, 1, 0]).skip_tags(), Ok(()), "a tag above 63 is unknown");
}

#[test]
fn a_known_tag_cannot_read_past_its_size() {
    let bytes = [1, 0, 1, 0, 0, 0, 0];
    let mut reader = r(&bytes);
    let mut tags = reader.tags(1).unwrap();
    tags.next(&mut reader).unwrap();
    assert_eq!(reader.int32(), Err(DecodeError::Truncated { needed: 4, left: 1 }));
}
