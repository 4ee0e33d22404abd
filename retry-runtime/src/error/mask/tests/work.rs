//! Work is linear: letters are counted, not time.

use proptest::prelude::*;

use super::super::masked;
use super::super::view::LOOKS;

/// How many letters are looked at for each letter of the longest text, at most.
const MOST: usize = 200;

fn looks(text: &str) -> usize {
    LOOKS.set(0);
    let _ = masked(text);
    LOOKS.get()
}

const PIECES: &[&str] = &[
    "a",
    "-",
    "_",
    ".",
    ":",
    "=",
    "@",
    "/",
    "\\",
    "(",
    "[",
    "<",
    "'",
    "\"",
    "`",
    "%",
    "%25",
    "%2525",
    "{",
    "|",
    "\u{1b}",
    "\u{1b}[",
    "\u{1b}]",
    r"\u{",
    r"\u{1b}[",
    r"\x1b[",
    "\u{200b}",
    "ä",
    "\n",
    "\r\n",
    " ",
    "\t",
    "0",
    "pwd(",
    "password=(",
    "password=",
    "password: ",
    "password : not ",
    "password: is ",
    "\"password\",",
    "\"password\",\"",
    "\"token\",\"value\":",
    "<password>",
    "<token>",
    "<token x ",
    "password=a b ",
    "\"password\" value=",
    ":token>is ",
    ":token>x ",
    "--password ",
    "--token is ",
    "password: |\n ",
    "password: [\"",
    "secret=[\"",
    "secret: Some(",
    "token: ",
    "pass::",
    "Authorization: ",
    "Authorization: Basic ",
    "authorization: x is ",
    "\"authorization\",\"",
    "cookie: ",
    "://",
    "://a:b",
    "://a:b@",
    "a:b@c.d ",
    "a:b@",
    "@tcp(",
    "@",
    "bearer ",
    "token ",
    "basic a",
    "response=\"",
    "sig=",
    "?key=",
    "?code=1/",
    "mysql ",
    "mysql -",
    "curl ",
    "curl -u ",
    "curl - ",
    "sshpass -p",
    "redis-cli ",
    "identified by ",
    "IDENTIFIED BY 'x",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY",
    "-----BEGIN PRIVATE KEY-----",
    "-----END",
    "AKIA",
    "eyJ",
    "eyJ.",
    "eyJ-",
    "eyJabcde.",
    "eyJabcde..",
    "Q~",
    "abc8Q~",
    "bot123456:",
    "SK0123456789abcdef",
    "ghp_",
    "sk-",
    "hooks.slack.com/services/",
    "[masked]",
    "password=[masked]",
    "[mas",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "xpasswordx",
    "PasswordPassword",
    "=>",
    "!=",
    ":=",
    "&",
    ";",
    "Some(",
    "Some(Some(",
    "b\"",
    "br#\"",
    "\\\"",
    "\\\\\"",
    "<![CDATA[",
    "null",
    "is ",
    "x=\"\\\"",
    "\"value\":\"",
    "value=\"",
    "\"value\":\"x\",\"name\":\"",
    "\"value\":\"x\",\"name\":\"password\"",
    "a/b@",
    "a/b@db",
    "sqlplus ",
    "CONNECT a",
    "set password for ",
    "password is ",
    "password is x1",
    "password={",
    "password={\"",
    "ldapsearch -w",
];

#[test]
fn looks_at_each_letter_a_bounded_number_of_times() {
    for piece in PIECES {
        for length in [1_000, 8_000] {
            let text: String = piece.chars().cycle().take(length).collect();
            let looks = looks(&text) / text.len();
            assert!(looks <= MOST, "{piece:?} × {length}: {looks}");
        }
    }
}

/// Another tenth of all for each piece.
fn others(index: usize) -> impl Iterator<Item = &'static &'static str> {
    PIECES.iter().skip(index % 10).step_by(10)
}

#[test]
fn looks_no_more_often_where_two_pieces_take_turns() {
    for (index, one) in PIECES.iter().enumerate() {
        for other in others(index) {
            let text = format!("{one}{other}").repeat(800 / (one.len() + other.len()));
            let longer = text.repeat(4);
            let (short, long) = (looks(&text), looks(&longer));
            assert!(long <= MOST * longer.len(), "{one:?} {other:?}: {}", long / longer.len());
            assert!(long <= short * 5, "{one:?} {other:?}: {short} {long}");
        }
    }
}

#[test]
fn nothing_changes_when_two_pieces_are_masked_again() {
    for (index, one) in PIECES.iter().enumerate() {
        for other in others(index) {
            let text = format!("{one}{other}").repeat(4);
            let once = masked(&text);
            assert_eq!(masked(&once), once, "{one:?} {other:?}");
        }
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
        1 => "[a-zA-Z0-9/+=_.-]{0,48}",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn whatever_the_text_is(text in pieces(), times in 1..8_usize) {
        let once = masked(&text).into_owned();
        prop_assert_eq!(masked(&once), &*once);
        let text = text.repeat(times);
        prop_assert!(looks(&text) <= MOST * text.len() + 1_000, "{}", looks(&text) / text.len());
    }

    #[test]
    fn what_is_shown_is_bounded_and_escaped(text in pieces(), longest in 0..200_usize) {
        let shown = super::super::shown(&text, longest);
        prop_assert!(shown.len() <= longest + 32);
        prop_assert!(!shown.chars().any(char::is_control));
    }
}
