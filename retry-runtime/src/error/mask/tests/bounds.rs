//! How long a text may be that leaves.

use core::fmt::{self, Display, Formatter};

use super::super::{LONGEST, shown};

/// A text that is never built.
struct Repeated(&'static str, usize);

impl Display for Repeated {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        (0..self.1).try_for_each(|_| f.write_str(self.0))
    }
}

#[test]
fn a_short_text_is_whole() {
    assert_eq!(shown(&"busy", LONGEST), "busy");
    assert_eq!(shown(&"password=hunter2\n", LONGEST), r"password=[masked]\n");
}

#[test]
fn a_long_one_tells_its_length() {
    let text = shown(&Repeated("\u{1b}", 10 * 1024 * 1024), LONGEST);
    assert!(text.ends_with("… (10485760 bytes)"), "{text}");
    assert!(text.len() < LONGEST + 32, "{}", text.len());
    let text = shown(&Repeated("ä", 5_000), 4_095);
    assert_eq!(text, "ä".repeat(2_047) + "… (10000 bytes)");
}

#[test]
fn at_its_limit_a_text_is_whole() {
    for length in 4_090..4_100 {
        let text = "x".repeat(length);
        let cut = format!("{}… ({length} bytes)", "x".repeat(LONGEST));
        let expected = if length <= LONGEST { &text } else { &cut };
        assert_eq!(shown(&text, LONGEST), *expected);
    }
}

/// Wherever the end falls, no part of a secret is shown, and the mark is whole or absent.
#[test]
fn shows_no_half_of_a_secret() {
    let secrets = ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AKIAIOSFODNN7EXAMPLE"];
    for secret in secrets {
        for before in 0..120 {
            let text = format!("{} {secret} {}", "x".repeat(before), "y ".repeat(2_000));
            let text = shown(&text, 100);
            let half = &secret[..4];
            assert!(!text.contains(half), "{text}");
            assert_eq!(text.contains("[mas"), text.contains("[masked]"), "{text}");
        }
    }
}

/// A long secret at the start moves the end of what is read near.
#[test]
fn shows_no_half_of_a_secret_after_a_long_one() {
    for between in (0..1_200).step_by(7) {
        let text = format!(
            "password={} {} wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY {}",
            "p".repeat(4_000),
            "x".repeat(between),
            "y ".repeat(2_000),
        );
        let text = shown(&text, LONGEST);
        assert!(text.starts_with("password=[masked] ") && !text.contains("wJal"), "{text}");
    }
}

#[test]
fn a_key_that_does_not_end_is_masked_to_the_end() {
    let text = format!("x -----BEGIN PRIVATE KEY-----\n{}", "MIIB\n".repeat(10_000));
    let shown = shown(&text, LONGEST);
    assert_eq!(shown, format!("x -----BEGIN PRIVATE KEY-----[masked]… ({} bytes)", text.len()));
}

#[test]
fn a_text_that_fails_is_shown_as_far_as_it_came() {
    struct Failing;
    impl Display for Failing {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            f.write_str("so far")?;
            Err(fmt::Error)
        }
    }
    assert_eq!(shown(&Failing, LONGEST), "so far");
}
