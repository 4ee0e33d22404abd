//! Secrets whose names or letters are broken or encoded, and letters that are escaped.

use super::check;
use crate::error::mask::escape;

#[test]
fn sees_through_ansi_codes() {
    check([
        "pass\u{1b}[31mword\u{1b}[0m=‹hunter2›",
        "\u{1b}[1mpassword\u{1b}[0m: ‹hunter2›\u{1b}[0m",
        "password\u{1b}[2m=\u{1b}[0m‹hunter2›",
        r"pass\u{1b}[31mword\u{1b}[0m=‹hunter2›",
        r"pass\x1b[31mword=‹hunter2›",
        "‹AKIA\u{1b}[1mIOSFODNN7EXAMPLE›",
    ]);
}

#[test]
fn sees_through_letters_without_width() {
    check([
        "pass\u{200b}word=‹hunter2›",
        "pa\u{ad}ss\u{2060}word=‹hunter2›",
        "pass\u{e0061}word=‹hunter2›",
        "\u{202e}password=‹hunter2›",
        r"pass\u{200b}word=‹hunter2›",
        "‹AKIA\u{200d}IOSFODNN7EXAMPLE›",
        "ｐａｓｓｗｏｒｄ＝‹hunter2›",
        "pass\0word=‹hunter2›",
        "password:\u{a0}‹hunter2›",
    ]);
}

#[test]
fn sees_through_percent_encoding() {
    check([
        "password%3D‹hunter2›",
        "password%253D‹hunter2›",
        "body=user%3Dx%26password%3D‹hunter2›%26x%3D1",
        "p%61ssword=‹hunter2›",
        "p%2561ssword=‹hunter2›",
        "password=‹a%26b›&user=x",
        "%7B%22password%22%3A%22‹hunter2›%22%7D",
        "%257B%2522password%2522%253A%2522‹hunter2›%2522%257D",
        "url=https%3A%2F%2F‹user%3Ahunter2›%40example.com",
        "next=/cb%3Fcode%3D‹AbCdEf1234›%26x%3D1",
        "Authorization%3A%20Bearer%20‹abcdef0123›",
        "100%25 of tokens%",
    ]);
}

#[test]
fn escapes_what_forges_or_hides() {
    for (text, expected) in [
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\u{1b}[31m", r"\u{1b}[31m"),
        ("\0\u{7f}\u{85}", r"\u{0}\u{7f}\u{85}"),
        ("a\u{2028}b\u{2029}", r"a\u{2028}b\u{2029}"),
        ("\u{202e}x\u{2066}\u{200b}\u{feff}", r"\u{202e}x\u{2066}\u{200b}\u{feff}"),
        ("\u{e0041}\u{e007f}\u{e0001}", r"\u{e0041}\u{e007f}\u{e0001}"),
        ("\u{ad}\u{61c}\u{180e}\u{2060}", r"\u{ad}\u{61c}\u{180e}\u{2060}"),
        ("ä ñ 漢 \u{2764}\u{fe0f} \\ \"", "ä ñ 漢 \u{2764}\u{fe0f} \\ \""),
    ] {
        assert_eq!(escaped(text), expected);
        assert_eq!(escaped(&escaped(text)), expected);
    }
}

/// Unicode 16, category Cf.
#[test]
fn escapes_all_of_the_category_cf() {
    const FORMAT: &[(u32, u32)] = &[
        (0xad, 0xad),
        (0x600, 0x605),
        (0x61c, 0x61c),
        (0x6dd, 0x6dd),
        (0x70f, 0x70f),
        (0x890, 0x891),
        (0x8e2, 0x8e2),
        (0x180e, 0x180e),
        (0x200b, 0x200f),
        (0x202a, 0x202e),
        (0x2060, 0x2064),
        (0x2066, 0x206f),
        (0xfeff, 0xfeff),
        (0xfff9, 0xfffb),
        (0x110bd, 0x110bd),
        (0x110cd, 0x110cd),
        (0x13430, 0x1343f),
        (0x1bca0, 0x1bca3),
        (0x1d173, 0x1d17a),
        (0xe0001, 0xe0001),
        (0xe0020, 0xe007f),
    ];
    for letter in FORMAT.iter().flat_map(|(first, last)| *first..=*last).filter_map(char::from_u32)
    {
        assert!(escaped(letter.encode_utf8(&mut [0; 4])).is_ascii(), "{letter:?}");
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        escape::push(&mut escaped, letter);
    }
    escaped
}
