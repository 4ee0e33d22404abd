//! The arguments of the attribute, item by item.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::discouraged::{AnyDelimiter, Speculative};
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Lit, LitInt, LitStr, Path, Token};

use super::inverted;
use super::keys::{KeyName, every_key};
use super::readers;
use super::selector::{self, Selector};
use super::tokens::{is_primitive, spaceless};
use super::translated;
use super::values::{self, Budget, Jitter, Key, Max, NestedRetries, Timeout, Value};
use super::which::Which;
use super::words;
use crate::mistakes::Mistakes;

macro_rules! arguments {
    ($($name:ident $key:literal $field:ident: $type:ty = $reader:ident, $example:literal
        => $destination:ident [$($property:ident)*];)*) => {
        /// What was written, as far as it could be read.
        #[derive(Default)]
        pub(crate) struct Arguments {
            /// Where the first item is.
            pub(crate) first: Option<Span>,
            /// The first and the last key so far.
            keys: Option<(Ident, Ident)>,
            pub(crate) selectors: Vec<Selector>,
            pub(crate) clone: Key<Vec<Ident>>,
            $(pub(crate) $field: Key<$type>,)*
        }

        impl Arguments {
            /// `key = value`, from the value on.
            fn value(&mut self, name: KeyName, key: &Ident, input: ParseStream) -> syn::Result<()> {
                match name {
                    $(KeyName::$name => self.$field.set(key, readers::$reader(key, input)?),)*
                }
            }

            /// Where the key is, if it is given.
            pub(crate) fn place_of(&self, name: KeyName) -> Option<Span> {
                match name {
                    $(KeyName::$name => self.$field.get().map(|keyed| keyed.key),)*
                }
            }
        }
    };
}
every_key!(arguments);

/// Reads all it can; an item with a mistake is reported and skipped.
pub(crate) fn arguments(attribute: TokenStream, mistakes: &mut Mistakes) -> Arguments {
    let mut arguments = Arguments::default();
    let items = |input: ParseStream| {
        while !input.is_empty() {
            if let Err(mistake) = arguments.item(input) {
                mistakes.add(mistake);
                skip_item(input);
            }
            if input.is_empty() {
                break;
            }
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
            } else if input.peek(Token![;]) {
                mistakes.add(input.error("arguments are separated by commas: write `,` here"));
                input.parse::<Token![;]>()?;
            } else {
                mistakes.add(input.error(format!("a comma is missing before `{}`", next(input))));
                if !starts_item(input) {
                    skip_item(input);
                    if input.peek(Token![,]) {
                        input.parse::<Token![,]>()?;
                    }
                }
            }
        }
        Ok(())
    };
    if let Err(mistake) = items.parse2(attribute) {
        mistakes.add(mistake);
    }
    arguments
}

impl Arguments {
    fn item(&mut self, input: ParseStream) -> syn::Result<()> {
        self.first.get_or_insert(input.span());
        let is_code = input.peek(LitStr) && !input.peek2(Token![=]);
        if input.peek(Lit) && !input.peek(Token![-]) && !is_code {
            return Err(misplaced_literal(input)?);
        }
        if input.peek(Token![,]) {
            return Err(input.error("there is nothing before this comma: remove it"));
        }
        if !input.peek(Ident::peek_any) || input.peek(Token![_]) {
            return self.select(input, selector::alternatives);
        }
        let word = input.fork().call(Ident::parse_any)?;
        if let Some(instead) = of_another_library(input) {
            return Err(syn::Error::new(word.span(), instead));
        }
        if let Some((path, instead)) = builder_of_another_library(input) {
            return Err(syn::Error::new_spanned(path, instead));
        }
        let name = KeyName::new(&word.to_string());
        if is_assignment(input) {
            Ident::parse_any(input)?;
            let equals: Token![=] = input.parse()?;
            if inverted::is_about_values(&word.to_string()) {
                let predicate = input.fork().parse().ok();
                let instead = inverted::instead_of_values(&word.to_string(), predicate.as_ref());
                return Err(syn::Error::new(word.span(), instead));
            }
            self.has_key(&word);
            let name = known(&word)?;
            if input.is_empty() || input.peek(Token![,]) {
                let example = words::example(name);
                return Err(syn::Error::new(
                    equals.span,
                    format!("`{word}` has no value: write, for example, {example}"),
                ));
            }
            return self.value(name, &word, input);
        }
        let is_colon = input.peek2(Token![:]) && !input.peek2(Token![::]);
        // A variable may be named like a key, so that no new key breaks a selector.
        let is_bound = is_colon && selector::bound(&input.fork()).is_ok();
        if let (Some(name), true) = (name, is_colon && !is_bound || input.peek2(Token![==])) {
            Ident::parse_any(input)?;
            let example = words::example(name);
            return Err(input.error(format!("a key is followed by one `=`: {example}")));
        }
        if is_colon {
            return self.select(input, |input| selector::bound(input).map(|bound| vec![bound]));
        } else if is_lone_word(input) && name.is_none() && input.peek2(Token![if]) {
            return Err(selector::bound_without_type(input)?);
        } else if is_lone_word(input) {
            self.word(input)?;
        } else {
            return self.select(input, selector::alternatives);
        }
        Ok(())
    }

    /// The errors to retry on. They are named before the first key, so that the value of a key ends at
    /// its comma for every reader.
    fn select(
        &mut self,
        input: ParseStream,
        read: impl Fn(ParseStream) -> syn::Result<Vec<Selector>>,
    ) -> syn::Result<()> {
        let start = input.span();
        let mut selectors = read(input)?;
        let Some((first, key)) = &self.keys else {
            self.selectors.append(&mut selectors);
            return Ok(());
        };
        let list = match KeyName::new(&key.to_string()) {
            Some(KeyName::Unless) => self.unless.get(),
            Some(KeyName::Throttling) => self.throttling.get(),
            _ => None,
        };
        let list = list.filter(|list| !list.value.selectors().is_empty());
        let list = list.map(|list| list.value.written());
        selectors.extend(more_selectors(input));
        let written: Vec<&str> =
            selectors.iter().map(|selector| selector.written.as_str()).collect();
        Err(syn::Error::new(
            start,
            match list {
                Some(list) => {
                    let all = written.join(" | ");
                    format!("alternatives are written with `|`: write `{key} = {list} | {all}`")
                }
                None => format!(
                    "errors are named before the first key: move `{}` before `{first}`",
                    written.join(", "),
                ),
            },
        ))
    }

    fn has_key(&mut self, key: &Ident) {
        let first = self.keys.take().map_or_else(|| key.clone(), |(first, _)| first);
        self.keys = Some((first, key.clone()));
    }

    /// Calls the function with each selector, also those of keys.
    pub(crate) fn every_selector(&mut self, change: impl FnMut(&mut Selector)) {
        let keys = [&mut self.unless, &mut self.throttling].into_iter().filter_map(Key::get_mut);
        let of_keys = keys.flat_map(|keyed| keyed.value.selectors_mut());
        self.selectors.iter_mut().chain(of_keys).for_each(change);
    }

    /// `clone(a, b)`, or a key that is not followed by `=`.
    fn word(&mut self, input: ParseStream) -> syn::Result<()> {
        let word = Ident::parse_any(input)?;
        let written = word.to_string();
        if written == "clone" && input.peek(syn::token::Paren) {
            self.has_key(&word);
            return self.clone.set(&word, values::cloned(&word, input)?);
        }
        let mistake = if written == "clone" {
            "name the arguments to clone for each attempt: `clone(argument)`".to_owned()
        } else if let Some(name) = KeyName::new(&written) {
            match parenthesized(input) {
                Some(value) if !value.is_empty() => {
                    let value = spaceless(&value);
                    format!("the value is written after `=`: write `{written} = {value}`")
                }
                _ => {
                    format!(
                        "`{written}` has no value: write, for example, {}",
                        words::example(name)
                    )
                }
            }
        } else if words::introduces_errors(&written) {
            "errors are listed without a key: `#[retry_on(MyError, max = 3)]`".to_owned()
        } else if inverted::is_about_values(&written) {
            let predicate = parenthesized(input).and_then(|inside| syn::parse2(inside).ok());
            inverted::instead_of_values(&written, predicate.as_ref())
        } else {
            match words::suggestion(&written) {
                Some(key) => {
                    format!("unknown key `{written}`: did you mean {}?", words::example_of(key))
                }
                None => format!(
                    "`{written}` is neither an error type nor a key: \
                     a predicate is written `when = {written}`"
                ),
            }
        };
        Err(syn::Error::new(word.span(), mistake))
    }
}

/// The selectors of the next items, as far as these are selectors.
fn more_selectors(input: ParseStream) -> Vec<Selector> {
    let mut selectors = Vec::new();
    loop {
        let ahead = input.fork();
        let is_next = ahead.parse::<Token![,]>().is_ok() && !is_assignment(&ahead);
        match selector::alternatives(&ahead) {
            Ok(more) if is_next => selectors.extend(more),
            _ => return selectors,
        }
        input.advance_to(&ahead);
    }
}

/// The answer to `word = value` or `word(value)`, if another library has the word.
fn of_another_library(input: ParseStream) -> Option<String> {
    let ahead = input.fork();
    let word = Ident::parse_any(&ahead).ok()?.to_string();
    if word == "clone" || KeyName::new(&word).is_some() {
        return None;
    }
    if is_assignment(input) {
        ahead.parse::<Token![=]>().ok()?;
        let mut value = TokenStream::new();
        while !ahead.is_empty() && !ahead.peek(Token![,]) {
            value.extend([ahead.parse::<TokenTree>().ok()?]);
        }
        return translated::item(&word, &value);
    }
    if is_lone_word(input) { translated::item(&word, &parenthesized(&ahead)?) } else { None }
}

/// The answer to `ExponentialBuilder::default().with_max_times(3)`.
fn builder_of_another_library(input: ParseStream) -> Option<(Path, String)> {
    let ahead = input.fork();
    let path: Path = ahead.parse().ok()?;
    if !ahead.peek(syn::token::Paren) || !selector::is_function_of_a_type(&path) {
        return None;
    }
    let instead = translated::builder(&input.fork().parse().ok()?)?;
    Some((path, instead))
}

/// The name of a key that is followed by `=`.
fn known(key: &Ident) -> syn::Result<KeyName> {
    let written = key.to_string();
    if let Some(name) = KeyName::new(&written) {
        return Ok(name);
    }
    if written == "clone" {
        return Err(syn::Error::new(
            key.span(),
            "write the arguments in parentheses: `clone(argument)`",
        ));
    }
    let mistake = match words::suggestion(&written) {
        Some("max") if written.contains("retr") => format!(
            "unknown key `{written}`: write `max`, which counts all attempts, the first included \
             (2 retries: `max = 3`)"
        ),
        Some(suggestion) => {
            format!("unknown key `{written}`: did you mean {}?", words::example_of(suggestion))
        }
        None => format!("unknown key `{written}`: the keys are {}", words::all_keys()),
    };
    Err(syn::Error::new(key.span(), mistake))
}

fn misplaced_literal(input: ParseStream) -> syn::Result<syn::Error> {
    let literal: Lit = input.parse()?;
    let message = match &literal {
        Lit::Str(text) if input.peek(Token![=]) => {
            format!("write the key without quotes: `{} = ..`", text.value())
        }
        Lit::Int(number) if !input.peek(Token![..]) && !input.peek(Token![..=]) => {
            let mut numbers = number.to_string();
            while input.peek(Token![|]) && input.peek2(LitInt) {
                input.parse::<Token![|]>()?;
                numbers = format!("{numbers} | {}", input.parse::<LitInt>()?);
            }
            let is_status = number.base10_parse().is_ok_and(|status| (100..=599).contains(&status));
            if is_status || numbers.contains('|') {
                format!(
                    "a status is not an error: name the variant that holds it, such as \
                     `ApiError::Http {{ status: {numbers} }}`"
                )
            } else {
                format!(
                    "a number is not an error: the number of attempts is written `max = {number}`"
                )
            }
        }
        Lit::Int(_) => "a range is not an error: name the variant that holds the number, such as \
                        `ApiError::Http { status: 500..=599 }`"
            .to_owned(),
        _ => {
            "a literal is not an error: name the error type, one of its variants, or `_`".to_owned()
        }
    };
    Ok(syn::Error::new(literal.span(), message))
}

/// `word =`, but not `==` or `=>`
fn is_assignment(input: ParseStream) -> bool {
    input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>])
}

/// A single word that begins in lower case, with or without parentheses.
fn is_lone_word(input: ParseStream) -> bool {
    let ahead = input.fork();
    let Ok(word) = Ident::parse_any(&ahead) else {
        return false;
    };
    let word = word.to_string();
    word.starts_with(char::is_lowercase)
        && !is_primitive(&word)
        && !matches!(word.as_str(), "dyn" | "move")
        && !ahead.peek(Token![::])
        && !ahead.peek(Token![!])
}

/// Whether a new item certainly begins here, after a missing comma.
fn starts_item(input: ParseStream) -> bool {
    let Ok(word) = input.fork().call(Ident::parse_any) else { return false };
    let word = word.to_string();
    is_assignment(input)
        || word.starts_with(char::is_uppercase)
        || word == "clone" && input.peek2(syn::token::Paren)
}

fn parenthesized(input: ParseStream) -> Option<TokenStream> {
    if !input.peek(syn::token::Paren) {
        return None;
    }
    let (_, _, inside) = input.parse_any_delimiter().ok()?;
    inside.parse().ok()
}

fn next(input: ParseStream) -> String {
    input.fork().parse::<TokenTree>().map(|token| token.to_string()).unwrap_or_default()
}

/// Skips to the next comma.
fn skip_item(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            break;
        }
    }
}
