//! Lifetimes, named and elided, in arguments and in what comes back.

use std::borrow::Cow;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

#[derive(Debug, PartialEq)]
struct Word<'a>(&'a str);

/// One borrowed argument, so that the lifetime of the output can be elided.
struct Page {
    text: String,
    operation: Operation,
}

impl Page {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), operation: Operation::new() }
    }
}

#[tokio::test(start_paused = true)]
async fn an_elided_lifetime_in_the_output() {
    #[retry_on(Busy, max = 5)]
    async fn first(page: &Page) -> Result<&str, Busy> {
        page.operation.run_async().await?;
        Ok(&page.text[..1])
    }

    #[retry_on(Busy, max = 5)]
    async fn word(page: &Page) -> Result<Word<'_>, Busy> {
        page.operation.run_async().await?;
        Ok(Word(&page.text))
    }

    let pages = [Page::new("abc"), Page::new("def")];
    assert_eq!(first(&pages[0]).await, Ok("a"));
    assert_eq!(word(&pages[1]).await, Ok(Word("def")));
    assert!(pages.iter().all(|page| page.operation.attempts() == 3));
}

#[test]
fn an_elided_lifetime_in_the_output_plain() {
    #[retry_on(Busy, max = 5)]
    fn first(page: &Page) -> Result<&str, Busy> {
        page.operation.run()?;
        Ok(&page.text[..1])
    }

    #[retry_on(Busy, max = 5)]
    fn word(page: &Page) -> Result<Word<'_>, Busy> {
        page.operation.run()?;
        Ok(Word(&page.text))
    }

    let _clock = Scope::new().enter();
    let pages = [Page::new("abc"), Page::new("def")];
    assert_eq!(first(&pages[0]), Ok("a"));
    assert_eq!(word(&pages[1]), Ok(Word("def")));
    assert!(pages.iter().all(|page| page.operation.attempts() == 3));
}

#[tokio::test(start_paused = true)]
async fn named_lifetimes_in_arguments_and_output() {
    #[retry_on(Busy, max = 5)]
    async fn longer<'a, 'b: 'a>(
        one: &'a str,
        other: Word<'b>,
        operation: &Operation,
    ) -> Result<Cow<'a, str>, Busy> {
        operation.run_async().await?;
        Ok(Cow::Borrowed(if one.len() > other.0.len() { one } else { other.0 }))
    }

    let operation = Operation::new();
    let (one, other) = (String::from("ab"), String::from("abc"));
    assert_eq!(longer(&one, Word(&other), &operation).await.unwrap(), "abc");
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn named_lifetimes_in_arguments_and_output_plain() {
    #[retry_on(Busy, max = 5)]
    #[expect(clippy::needless_pass_by_value, reason = "the shape in question")]
    fn longer<'a, 'b: 'a>(
        one: &'a str,
        other: Word<'b>,
        operation: &Operation,
    ) -> Result<Cow<'a, str>, Busy> {
        operation.run()?;
        Ok(Cow::Borrowed(if one.len() > other.0.len() { one } else { other.0 }))
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let (one, other) = (String::from("ab"), String::from("abc"));
    assert_eq!(longer(&one, Word(&other), &operation).unwrap(), "abc");
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_opaque_value_that_borrows() {
    #[retry_on(Busy, max = 5)]
    async fn letters<'a>(
        text: &'a str,
        operation: &Operation,
    ) -> Result<impl Iterator<Item = char> + 'a, Busy> {
        operation.run_async().await?;
        Ok(text.chars().rev())
    }

    let operation = Operation::new();
    let letters = letters("abc", &operation).await.unwrap();
    assert_eq!(letters.collect::<String>(), "cba");
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn an_opaque_value_that_borrows_plain() {
    #[retry_on(Busy, max = 5)]
    fn letters<'a>(
        text: &'a str,
        operation: &Operation,
    ) -> Result<impl Iterator<Item = char> + use<'a>, Busy> {
        operation.run()?;
        Ok(text.chars().rev())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let letters = letters("abc", &operation).unwrap();
    assert_eq!(letters.collect::<String>(), "cba");
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_lives_forever_and_a_value_that_does_not() {
    #[retry_on(Busy, max = 5)]
    async fn pair<'a>(
        text: &'a str,
        constant: &'static str,
        operation: &'a Operation,
    ) -> Result<(&'a str, &'static str), Busy> {
        operation.run_async().await?;
        Ok((text, constant))
    }

    let operation = Operation::new();
    let constant =
        pair(&String::from("short"), "long", &operation).await.map(|(_, constant)| constant);
    assert_eq!(constant, Ok("long"));
    assert_eq!(operation.attempts(), 3);
}
