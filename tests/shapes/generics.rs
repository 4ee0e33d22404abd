//! Generic functions, opaque types and lifetimes.

use std::fmt::{Debug, Display};

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

#[tokio::test(start_paused = true)]
async fn types_constants_and_where_clauses_can_be_generic() {
    #[retry_on(Busy, max = 5, clone(last))]
    async fn listed<T: Display, U, const N: usize>(
        items: &[T; N],
        last: U,
        operation: &Operation,
    ) -> Result<(String, U), Busy>
    where
        U: Debug + Clone,
    {
        operation.run_async().await?;
        let items: Vec<String> = items.iter().map(T::to_string).collect();
        Ok((format!("{N}: {items:?} {last:?}"), last))
    }

    let operation = Operation::new();
    let listed = listed(&[1, 2], 'c', &operation).await;
    assert_eq!(listed.unwrap(), (r#"2: ["1", "2"] 'c'"#.to_owned(), 'c'));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn types_constants_and_where_clauses_can_be_generic_plain() {
    #[retry_on(Busy, max = 5, clone(last))]
    fn listed<T: Display, U, const N: usize>(
        items: &[T; N],
        last: U,
        operation: &Operation,
    ) -> Result<(String, U), Busy>
    where
        U: Debug + Clone,
    {
        operation.run()?;
        let items: Vec<String> = items.iter().map(T::to_string).collect();
        Ok((format!("{N}: {items:?} {last:?}"), last))
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let listed = listed(&[1, 2], 'c', &operation);
    assert_eq!(listed.unwrap(), (r#"2: ["1", "2"] 'c'"#.to_owned(), 'c'));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_called_can_be_generic() {
    #[retry_on(Busy, max = 5)]
    async fn twice<F, T, E>(mut ask: F) -> Result<(T, T), E>
    where
        F: AsyncFnMut() -> Result<T, E> + Clone,
        E: From<Busy> + std::error::Error + 'static,
    {
        Ok((ask().await?, ask().await?))
    }

    let operation = Operation::new();
    let ask = async || operation.run_async().await.map(|()| 'a');
    assert_eq!(twice::<_, _, Busy>(ask).await, Ok(('a', 'a')));
    assert_eq!(operation.attempts(), 4, "twice in the third attempt");
}

#[test]
fn what_is_called_can_be_generic_plain() {
    #[retry_on(Busy, max = 5)]
    fn twice<F, T, E>(mut ask: F) -> Result<(T, T), E>
    where
        F: FnMut() -> Result<T, E> + Clone,
        E: From<Busy> + std::error::Error + 'static,
    {
        Ok((ask()?, ask()?))
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let ask = || operation.run().map(|()| 'a');
    assert_eq!(twice::<_, _, Busy>(ask), Ok(('a', 'a')));
    assert_eq!(operation.attempts(), 4, "twice in the third attempt");
}

struct Shelf<'a, T> {
    items: &'a [T],
    operation: &'a Operation,
}

impl<'a, T: PartialEq> Shelf<'a, T> {
    #[retry_on(Busy, max = 5)]
    async fn find(&self, item: &T) -> Result<Option<&'a T>, Busy> {
        self.operation.run_async().await?;
        Ok(self.items.iter().find(|it| *it == item))
    }

    #[retry_on(Busy, max = 5)]
    fn find_plain(&self, item: &T) -> Result<Option<&'a T>, Busy> {
        self.operation.run()?;
        Ok(self.items.iter().find(|it| *it == item))
    }

    #[retry_on(Busy, max = 5)]
    async fn first(&self) -> Result<&T, Busy> {
        self.operation.run_async().await?;
        Ok(&self.items[0])
    }

    #[retry_on(Busy, max = 5)]
    fn first_plain(&self) -> Result<&T, Busy> {
        self.operation.run()?;
        Ok(&self.items[0])
    }
}

#[tokio::test(start_paused = true)]
async fn methods_of_generic_types_return_borrows() {
    let operations = [Operation::new(), Operation::new()];
    let items = ['a', 'b'];
    let shelf = |operation| Shelf { items: &items, operation };
    let found = shelf(&operations[0]).find(&'b').await;
    assert_eq!(found, Ok(Some(&'b')));
    assert_eq!(shelf(&operations[1]).first().await, Ok(&'a'));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

#[test]
fn methods_of_generic_types_return_borrows_plain() {
    let _clock = Scope::new().enter();
    let operations = [Operation::new(), Operation::new()];
    let items = ['a', 'b'];
    let shelf = |operation| Shelf { items: &items, operation };
    let found = shelf(&operations[0]).find_plain(&'b');
    assert_eq!(found, Ok(Some(&'b')));
    assert_eq!(shelf(&operations[1]).first_plain(), Ok(&'a'));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

#[tokio::test(start_paused = true)]
async fn an_argument_can_be_opaque() {
    #[retry_on(Busy, max = 5)]
    async fn greet(
        name: impl AsRef<str>,
        mut numbers: impl Iterator<Item = u32> + Clone,
        operation: &Operation,
    ) -> Result<String, Busy> {
        let next = numbers.next();
        operation.run_async().await?;
        Ok(format!("hello {} {next:?}", name.as_ref()))
    }

    let operation = Operation::new();
    let greeting = greet(String::from("Ada"), 7.., &operation).await;
    assert_eq!(greeting.unwrap(), "hello Ada Some(7)");
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn an_argument_can_be_opaque_plain() {
    #[retry_on(Busy, max = 5)]
    fn greet(
        name: impl AsRef<str>,
        mut numbers: impl Iterator<Item = u32> + Clone,
        operation: &Operation,
    ) -> Result<String, Busy> {
        let next = numbers.next();
        operation.run()?;
        Ok(format!("hello {} {next:?}", name.as_ref()))
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let greeting = greet(String::from("Ada"), 7.., &operation);
    assert_eq!(greeting.unwrap(), "hello Ada Some(7)");
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_value_in_the_result_can_be_opaque() {
    #[retry_on(Busy, max = 5)]
    async fn evens(below: u32, operation: &Operation) -> Result<impl Iterator<Item = u32>, Busy> {
        operation.run_async().await?;
        Ok((0..below).step_by(2))
    }

    let operation = Operation::new();
    let evens = evens(5, &operation).await.unwrap();
    assert_eq!(evens.collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn the_value_in_the_result_can_be_opaque_plain() {
    #[retry_on(Busy, max = 5)]
    fn evens(below: u32, operation: &Operation) -> Result<impl Iterator<Item = u32>, Busy> {
        operation.run()?;
        Ok((0..below).step_by(2))
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let evens = evens(5, &operation).unwrap();
    assert_eq!(evens.collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn parts_of_the_value_in_the_result_can_be_opaque() {
    #[retry_on(Busy, max = 5)]
    async fn parts(
        operation: &Operation,
    ) -> Result<(Option<impl Display>, Box<impl Debug>, impl Fn(u8) -> u8), Busy> {
        operation.run_async().await?;
        Ok((Some(1), Box::new('b'), |number| number + 1))
    }

    let operation = Operation::new();
    let (text, letter, next) = parts(&operation).await.unwrap();
    assert_eq!(text.unwrap().to_string(), "1");
    assert_eq!((format!("{letter:?}"), next(2)), ("'b'".to_owned(), 3));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn parts_of_the_value_in_the_result_can_be_opaque_plain() {
    #[retry_on(Busy, max = 5)]
    fn parts(
        operation: &Operation,
    ) -> Result<(Option<impl Display>, Box<impl Debug>, impl Fn(u8) -> u8), Busy> {
        operation.run()?;
        Ok((Some(1), Box::new('b'), |number| number + 1))
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let (text, letter, next) = parts(&operation).unwrap();
    assert_eq!(text.unwrap().to_string(), "1");
    assert_eq!((format!("{letter:?}"), next(2)), ("'b'".to_owned(), 3));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_item_of_a_boxed_iterator_can_be_opaque() {
    #[retry_on(Busy, max = 5)]
    async fn numbers(
        operation: &Operation,
    ) -> Result<Box<dyn Iterator<Item = impl Display>>, Busy> {
        operation.run_async().await?;
        Ok(Box::new(1..3))
    }

    let operation = Operation::new();
    let numbers = numbers(&operation).await.unwrap();
    assert_eq!(numbers.map(|it| it.to_string()).collect::<String>(), "12");
    assert_eq!(operation.attempts(), 3);
}
