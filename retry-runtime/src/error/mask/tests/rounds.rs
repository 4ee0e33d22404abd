//! A text is looked through again, because what is masked may have hidden another secret.

use core::ops::Range;

use crate::error::mask::{joined, masked, without};

#[test]
fn what_is_found_in_the_masked_text_is_placed_in_the_text() {
    let text = "ab012cdefg34hi";
    let secrets = [2..5, 10..12];
    assert_eq!(without(text, &secrets), "ab[masked]cdefg[masked]hi");
    for (found, all) in [
        // Before, between and after the marks; next to them.
        (0..1_usize, &[0..1, 2..5, 10..12_usize] as &[Range<usize>]),
        (11..13, &[2..5, 6..8, 10..12]),
        (0..2, &[0..2, 2..5, 10..12]),
        (10..15, &[2..5, 5..10, 10..12]),
        (23..25, &[2..5, 10..12, 12..14]),
        // Over a mark, in it, and from one into the other.
        (1..11, &[1..6, 10..12]),
        (2..10, &[2..5, 10..12]),
        (3..5, &[2..5, 10..12]),
        (3..12, &[2..7, 10..12]),
        (12..24, &[2..5, 7..13]),
        (9..16, &[2..12]),
        (0..25, &[0..14]),
    ] {
        assert_eq!(joined(&secrets, &[found.clone()]), all, "{found:?}");
    }
}

#[test]
fn a_secret_behind_another_one_is_masked_too() {
    let once = masked("x-amz-security-token=password=hunter2 token=[masked]0123abcd").into_owned();
    assert!(!once.contains("hunter2") && !once.contains("0123abcd"), "{once}");
    assert_eq!(masked(&once), once);
}
