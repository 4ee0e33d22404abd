//! Arguments that the body uses up: then the next attempt would have none.
//!
//! The compiler reports it too, but cannot know of `clone(..)`. So the expansion requires `Copy` of an
//! argument that is certainly moved. This works on tokens, and is content with what it understands.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::{FnArg, Pat, Signature, Type};

use super::tokens::{contains_word, is_primitive, is_sign};

/// The arguments that are passed on as a whole in the attempt, `f(argument)`, each where that happens.
pub(super) fn find(signature: &Signature, attempt: &TokenStream) -> Vec<Ident> {
    let names = signature.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) if argument.attrs.is_empty() && may_be_moved(&argument.ty) => {
            match &*argument.pat {
                Pat::Ident(name) if name.mutability.is_none() && name.by_ref.is_none() => {
                    Some(&name.ident)
                }
                _ => None,
            }
        }
        _ => None,
    });
    names.filter_map(|name| first_move(name, attempt)).collect()
}

fn may_be_moved(ty: &Type) -> bool {
    match ty {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) => false,
        Type::Path(path) => {
            !path.path.get_ident().is_some_and(|name| is_primitive(&name.to_string()))
        }
        Type::Group(group) => may_be_moved(&group.elem),
        Type::Paren(paren) => may_be_moved(&paren.elem),
        _ => true,
    }
}

/// `None` also where the name may mean something else in a part of the body.
fn first_move(name: &Ident, attempt: &TokenStream) -> Option<Ident> {
    let mut uses = Uses { name: name.to_string(), moved: None, is_clear: true };
    uses.read(attempt.clone(), &Place::Block);
    uses.moved.filter(|_| uses.is_clear)
}

struct Uses {
    name: String,
    moved: Option<Ident>,
    /// Whether each use was understood, and none binds the name again.
    is_clear: bool,
}

/// What a group of tokens is.
#[derive(PartialEq)]
enum Place {
    /// `f(..)` with a function in lower case, which cannot be a pattern.
    Arguments,
    Block,
    /// Perhaps a pattern.
    Other,
}

impl Uses {
    fn read(&mut self, tokens: TokenStream, place: &Place) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let before = |distance| at.checked_sub(distance).and_then(|at| tokens.get(at));
            match token {
                TokenTree::Group(group) => {
                    let is_of_macro = before(1).is_some_and(|token| is_sign(token, '!'))
                        && matches!(before(2), Some(TokenTree::Ident(_)));
                    let is_attribute = before(1).is_some_and(|token| is_sign(token, '#'));
                    if is_attribute || is_of_macro {
                        // A `cfg` may remove what follows, and a macro may do anything.
                        self.is_clear &= !contains_word(group.stream(), "cfg")
                            && !contains_word(group.stream(), &self.name);
                        continue;
                    }
                    let place = match (group.delimiter(), before(1)) {
                        (Delimiter::Parenthesis, Some(TokenTree::Ident(function)))
                            if is_function(function) =>
                        {
                            Place::Arguments
                        }
                        (Delimiter::Brace, _) => Place::Block,
                        _ => Place::Other,
                    };
                    self.read(group.stream(), &place);
                }
                TokenTree::Ident(word) if *word == self.name => {
                    let after = [tokens.get(at + 1), tokens.get(at + 2)];
                    self.used(word, [before(2), before(1)], after, place);
                }
                _ => {}
            }
        }
    }

    fn used(
        &mut self,
        word: &Ident,
        before: [Option<&TokenTree>; 2],
        after: [Option<&TokenTree>; 2],
        place: &Place,
    ) {
        let sign = |token: Option<&TokenTree>| match token {
            Some(TokenTree::Punct(sign)) => Some(sign.as_char()),
            _ => None,
        };
        let (previous, next) = (sign(before[1]), sign(after[0]));
        let is_path = |one, other| one == Some(':') && other == Some(':');
        let is_other_name = matches!(previous, Some('.' | '\''))
            || is_path(sign(before[0]), previous)
            || is_path(next, sign(after[1]));
        let is_element = matches!(previous, Some(',')) || before[1].is_none();
        let is_last = matches!(next, Some(',')) || after[0].is_none();
        if is_other_name || next == Some('.') {
            return;
        }
        if *place == Place::Arguments && is_element && is_last {
            self.moved.get_or_insert_with(|| word.clone());
            return;
        }
        let is_borrowed = previous == Some('&') && !matches!(sign(before[0]), Some('|' | '&'));
        let is_compared = matches!(next, Some('=' | '!')) && sign(after[1]) == Some('=');
        let is_value = matches!(place, Place::Arguments | Place::Block)
            && (is_borrowed && (is_last || matches!(next, Some(';' | '?')))
                || is_compared
                || matches!(next, Some('+' | '-' | '*' | '/' | '%')));
        self.is_clear &= is_value;
    }
}

/// Neither a keyword nor the name of a variant.
fn is_function(name: &Ident) -> bool {
    let name = name.to_string();
    name.starts_with(|letter: char| letter == '_' || letter.is_lowercase())
        && !matches!(
            name.as_str(),
            "if" | "while"
                | "match"
                | "return"
                | "in"
                | "let"
                | "for"
                | "mut"
                | "ref"
                | "move"
                | "break"
                | "else"
                | "await"
                | "as"
                | "box"
                | "unsafe"
                | "async"
                | "dyn"
                | "impl"
                | "fn"
                | "loop"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Option<String> {
        let name = Ident::new("a", proc_macro2::Span::call_site());
        first_move(&name, &body.parse().expect("tokens")).map(|word| word.to_string())
    }

    #[test]
    fn finds_what_is_passed_on_as_a_whole() {
        for body in [
            "drop(a)",
            "client.send(id, a).await?; Ok(())",
            "let b = a.len(); spawn(async move { f(&a); g(a) }); Ok(b)",
            "if a == b { f(a, a::X) }",
            "match x { Some(b) => f(a), None => Ok(()) }",
        ] {
            assert_eq!(found(body).as_deref(), Some("a"), "{body}");
        }
    }

    #[test]
    fn is_silent_where_the_name_may_be_another() {
        for body in [
            "f(&a)",
            "f(a.b)",
            "f(a + 1)",
            "f(x.a)",
            "let a = a.clone(); f(a)",
            "let (a, b) = c; f(a)",
            "if let Some(a) = b { f(a) }",
            "match b { Some(a) => f(a), None => f(c) }",
            "b.map(|a| f(a))",
            "b.map(|&a| f(a))",
            "b.map(|a: String| f(a))",
            "for a in b { f(a) }",
            "for &a in b { f(a) }",
            "match b { a => f(a) }",
            "let S { a } = b; f(a)",
            "let S { x, a, .. } = b; f(a)",
            "fn g(a: u8) { f(a) } g(1)",
            "let &a = b; f(a)",
            "bind!(a); f(a)",
            "#[cfg(test)] f(a)",
            "json!({ \"a\": f(a) })",
        ] {
            assert_eq!(found(body), None, "{body}");
        }
    }
}
