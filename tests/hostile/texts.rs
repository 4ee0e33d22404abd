//! What the text of an error can do to the program that fails with it, and what leaves with it.
//!
//! The rules have their tests beside them, in `retry-runtime/src/error/mask/tests`. Here a whole call
//! fails, and all that comes out of it is looked at.

use std::sync::Mutex;

use retry_runtime::testing::Scope;
use retry_runtime::{OnGiveUp, retry_on};

type Told = Mutex<String>;

#[retry_on(
    _,
    max = 3,
    attempt = attempt,
    on_give_up = |gave_up: &OnGiveUp<'_, String>| *told.lock().unwrap() = gave_up.support_case().to_string(),
)]
fn fails(told: &Told, text: &dyn Fn(u32) -> String) -> Result<(), String> {
    Err(text(attempt.number()))
}

/// The support case of a call whose attempts fail with these texts.
fn case(text: impl Fn(u32) -> String) -> String {
    let told = Told::default();
    let _scope = Scope::new().enter();
    fails(&told, &text).unwrap_err();
    told.into_inner().unwrap()
}

#[test]
fn no_kind_of_secret_leaves() {
    for (text, secret) in [
        (r#"[("authorization", "hunter2 x"), ("accept", "*/*")]"#, "hunter2"),
        (r#"("cookie", "id=hunter2")"#, "hunter2"),
        (r#"{"name":"password","value":"hunter2"}"#, "hunter2"),
        ("Digest response=\"6629fae49393a05397450978507c4ef1\"", "6629fae4"),
        ("password: correct horse battery staple", "staple"),
        ("<password>correct horse</password>", "horse"),
        ("password: |\n  correct\n  horse\nuser: x", "horse"),
        ("key AKIAIOSFODNN7EXAMPLE", "AKIA"),
        ("key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJal"),
        ("password%253Dhunter2", "hunter2"),
        ("GET /?code=hunter2two", "hunter2"),
        ("root:hunter2@tcp(db:3306)/app", "hunter2"),
        ("https://root:hunter2@example.com/", "hunter2"),
        ("mysql -u root -phunter2 app", "hunter2"),
        ("curl -u root:hunter2 https://example.com/", "hunter2"),
        ("CREATE USER x IDENTIFIED BY 'hunter2'", "hunter2"),
        ("pass\u{1b}[1mword=hunter2", "hunter2"),
        ("pass\u{200b}word=hunter2", "hunter2"),
        (r#"{"value":"hunter2","name":"password"}"#, "hunter2"),
        ("the password is hunter2", "hunter2"),
        ("sqlplus scott/tiger@db", "tiger"),
        ("otp=123456", "123456"),
        (r#"credentials=("a","hunter2")"#, "hunter2"),
        ("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----", "hunter2"),
    ] {
        let case = case(|_| text.to_owned());
        assert!(case.contains("masked") && !case.contains(secret), "{case}");
    }
}

#[test]
fn what_tells_of_secrets_is_told() {
    for text in [
        "ExpiredToken: The provided token has expired.",
        "the request needs max tokens: 4096",
        "invalid password: must be at least 8 characters",
    ] {
        let case = case(|_| text.to_owned());
        assert!(case.contains(text), "{case}");
    }
}

/// It took seconds once, and grew with the square of the length; the work itself is counted beside the
/// rules.
#[test]
fn a_hostile_text_leaves_as_a_short_one() {
    for piece in ["pwd(", "password=(", "[", "\u{1b}", "%2525", "://", "\"password\",", "a:b@"] {
        let case = case(|attempt| format!("{attempt} {}", piece.repeat(64_000 / piece.len())));
        assert!(case.len() < 40_000, "{piece:?}: {}", case.len());
        assert!(case.contains("| 3 |"), "{piece:?}");
    }
}

#[test]
fn texts_of_all_attempts_are_masked() {
    let case = case(|attempt| format!("password=hunter{attempt}"));
    assert!(!case.contains("hunter"), "{case}");
}
