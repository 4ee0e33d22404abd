//! The rules that hold across arguments, and between the arguments and the function.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{FnArg, ReturnType, Type};

use crate::mistakes::Mistakes;
use crate::parse::tokens::{add_names, contains_word, is_sign, is_word, spaceless};
use crate::parse::{
    Arguments, Function, Jitter, KeyName, Keyed, Max, Property, Test, Timeout, nearest,
};
use crate::plan::Known;

/// Each rule is one function.
pub(crate) fn all(arguments: &Arguments, function: &Function, mistakes: &mut Mistakes) {
    some_error_is_named(arguments, mistakes);
    no_selector_is_covered_by_an_earlier_one(arguments, mistakes);
    a_single_attempt_has_no_retries(arguments, mistakes);
    the_cap_is_not_below_the_first_delay(arguments, mistakes);
    decorrelated_jitter_has_no_factor(arguments, mistakes);
    the_deadline_leaves_room_for_a_retry(arguments, mistakes);
    the_attempt_has_a_name_of_its_own(arguments, function, mistakes);
    only_async_functions_have_a_timeout(arguments, function, mistakes);
    something_is_cut_where_its_error_is_made(arguments, function, mistakes);
    what_is_cloned_is_an_argument(arguments, function, mistakes);
    only_async_functions_have_a_timer(arguments, function, mistakes);
    the_attribute_is_given_once(function, mistakes);
    if is_a_copy(function, mistakes) {
        return;
    }
    the_function_can_wait(function, mistakes);
    self_is_not_changed_by_a_failed_attempt(function, mistakes);
    the_function_can_fail(function, mistakes);
    a_future_is_written_as_one(function, mistakes);
    two_attempts_do_not_hold_one_borrow(function, mistakes);
    instrument_is_below(function, mistakes);
}

/// `#[retry_on]` alone could only mean "any error", which must be written explicitly.
fn some_error_is_named(arguments: &Arguments, mistakes: &mut Mistakes) {
    // A selector that could not be parsed is already reported.
    let is_named = !arguments.selectors.is_empty() || arguments.when.get().is_some();
    // It is possible to retry only on values or timeouts.
    let is_other = arguments.until.get().is_some()
        || arguments.when_ok.get().is_some()
        || arguments
            .timeout
            .get()
            .is_some_and(|timeout| matches!(timeout.value, Timeout::Limit(_)));
    if is_named || is_other || !mistakes.is_empty() {
        return;
    }
    match arguments.unless.get() {
        Some(unless) => mistakes.at(
            unless.key,
            "`unless` excludes some of the selected errors, and no error is selected: \
             write `_` before it to select every other error",
        ),
        None => mistakes.at(
            arguments.first.unwrap_or_else(Span::call_site),
            "no error is named: write `#[retry_on(MyError)]` for a type, \
             `#[retry_on(MyError::Busy)]` for a variant, `#[retry_on(_)]` for every error",
        ),
    }
}

/// A selector has no effect after another one that matches the same errors.
fn no_selector_is_covered_by_an_earlier_one(arguments: &Arguments, mistakes: &mut Mistakes) {
    if arguments.selectors.len() + usize::from(arguments.when.get().is_some()) < 2 {
        return;
    }
    let mut any = false;
    let mut covered: Vec<String> = Vec::new();
    for selector in &arguments.selectors {
        let (sought, is_unconditional) = match &selector.test {
            Test::Any => (None, true),
            Test::Code(code) => (Some(format!("{:?}", code.value())), true),
            Test::Type(ty) => (Some(spaceless(ty)), true),
            Test::Bound { ty, .. } => (Some(spaceless(ty)), false),
            Test::Pattern { pattern, guard, .. } => (Some(spaceless(pattern)), guard.is_none()),
        };
        let written = &selector.written;
        if any {
            mistakes.at(
                selector.span,
                format!(
                    "`_` before it already matches every error: remove `{written}`, \
                     or move `_` after it"
                ),
            );
        } else if sought.as_ref().is_some_and(|sought| covered.contains(sought)) {
            mistakes.at(
                selector.span,
                format!("`{written}` is already selected: remove one of the two"),
            );
        }
        any |= sought.is_none();
        covered.extend(sought.filter(|_| is_unconditional));
    }
    if let (true, Some(when)) = (any, arguments.when.get()) {
        mistakes.at(when.key, "`_` already matches every error: remove `when`, or `_`");
    }
}

/// With `max = 1` there are no pauses, and no retries that need a budget or a hook.
fn a_single_attempt_has_no_retries(arguments: &Arguments, mistakes: &mut Mistakes) {
    let Some((Max::Attempts(1), _)) = arguments.max.literal() else {
        return;
    };
    let useless = KeyName::ALL.iter().filter(|name| name.has(Property::OfRetries));
    for name in useless {
        if let Some(span) = arguments.place_of(*name) {
            let key = name.as_str();
            mistakes.at(
                span,
                format!(
                    "with `max = 1` there are no retries, so `{key}` has no effect: \
                     remove it, or raise `max`"
                ),
            );
        }
    }
}

/// A cap below the first delay would shorten every delay.
fn the_cap_is_not_below_the_first_delay(arguments: &Arguments, mistakes: &mut Mistakes) {
    let Some((max_delay, span)) = arguments.max_delay.literal() else { return };
    match (arguments.delay.get(), arguments.delay.literal()) {
        (_, Some((delay, _))) if max_delay < delay => mistakes.at(
            span,
            format!(
                "`max_delay` ({max_delay:?}) is shorter than the first `delay` ({delay:?}): \
                 raise it, or shorten `delay`"
            ),
        ),
        (None, _) if max_delay < Known::DEFAULT.delay && arguments.policy.get().is_none() => {
            mistakes.at(
                span,
                format!(
                    "`max_delay` ({max_delay:?}) is shorter than the default of `delay` ({:?}): \
                     write `delay = ..` too",
                    Known::DEFAULT.delay
                ),
            );
        }
        _ => {}
    }
}

/// A first pause that cannot end before the deadline makes every retry impossible.
fn the_deadline_leaves_room_for_a_retry(arguments: &Arguments, mistakes: &mut Mistakes) {
    let Some((deadline, span)) = arguments.deadline.literal() else { return };
    // The policy may set jitter or delay.
    if arguments.policy.get().is_some()
        || matches!(arguments.max.literal(), Some((Max::Attempts(1), _)))
    {
        return;
    }
    let delay = match arguments.delay.get() {
        None => Known::DEFAULT.delay,
        Some(_) => match arguments.delay.literal() {
            Some((delay, _)) => delay,
            None => return,
        },
    };
    let (shortest, jitter) = match arguments.jitter.literal() {
        Some((Jitter::None, _)) => (delay, "none"),
        Some((Jitter::Decorrelated, _)) => (delay, "decorrelated"),
        Some((Jitter::Equal, _)) => (delay / 2, "equal"),
        Some((Jitter::Full, _)) | None => return,
    };
    if deadline <= shortest {
        mistakes.at(
            span,
            format!(
                "`deadline` ({deadline:?}) ends before the first retry: with `jitter = {jitter}` \
                 the first pause lasts at least {shortest:?}; raise `deadline`, or shorten `delay`"
            ),
        );
    }
}

/// Otherwise it hides an argument, or an argument hides it.
fn the_attempt_has_a_name_of_its_own(
    arguments: &Arguments,
    function: &Function,
    mistakes: &mut Mistakes,
) {
    let Some(name) = arguments.attempt.get() else { return };
    if function.argument_names().iter().any(|argument| name.value == argument) {
        mistakes.at(
            name.value.span(),
            format!(
                "`{}` is already the name of an argument: give the attempt another name",
                name.value
            ),
        );
    }
}

/// A plain function cannot be interrupted.
fn only_async_functions_have_a_timeout(
    arguments: &Arguments,
    function: &Function,
    mistakes: &mut Mistakes,
) {
    if function.body.is_async {
        return;
    }
    match arguments.timeout.get() {
        Some(Keyed { key, value: Timeout::None }) => mistakes.at(
            *key,
            "nothing cuts an attempt of a plain function, so `timeout = none` has no effect: remove it",
        ),
        Some(timeout) => mistakes.at(
            timeout.key,
            "`timeout` needs an async function, because a plain one cannot be interrupted: \
             set a timeout where it waits (a socket, a client), and limit the whole call with \
             `deadline`",
        ),
        None => {}
    }
}

/// `timed_out` makes the error of an attempt that is cut.
fn something_is_cut_where_its_error_is_made(
    arguments: &Arguments,
    function: &Function,
    mistakes: &mut Mistakes,
) {
    let Some(timed_out) = arguments.timed_out.get() else { return };
    let has_limit = arguments.deadline.get().is_some() || arguments.policy.get().is_some();
    let mistake = match arguments.timeout.get() {
        _ if !function.body.is_async => {
            "`timed_out` makes the error of an attempt that is cut, and an attempt of a plain function \
             cannot be: remove it"
        }
        Some(Keyed { value: Timeout::None, .. }) => {
            "`timed_out` makes the error of an attempt that is cut, and with `timeout = none` nothing \
             is: remove one of the two"
        }
        None if !has_limit => {
            "`timed_out` makes the error of an attempt that is cut, and there is no limit that cuts one: \
             write `timeout = ..` for each attempt, or `deadline = ..` for the whole call"
        }
        _ => return,
    };
    mistakes.at(timed_out.key, mistake);
}

/// Decorrelated jitter grows from the previous pause.
fn decorrelated_jitter_has_no_factor(arguments: &Arguments, mistakes: &mut Mistakes) {
    if let (Some((Jitter::Decorrelated, _)), Some(factor)) =
        (arguments.jitter.literal(), arguments.factor.get())
    {
        mistakes.at(
            factor.key,
            "`factor` has no effect with `jitter = decorrelated`, which grows from the previous pause: \
             remove one of the two",
        );
    }
}

/// `clone(..)` names arguments of the function.
fn what_is_cloned_is_an_argument(
    arguments: &Arguments,
    function: &Function,
    mistakes: &mut Mistakes,
) {
    let Some(cloned) = arguments.clone.get() else {
        return;
    };
    let mut known = function.argument_names();
    add_names(function.body.before(), &mut known);
    let mut seen: Vec<String> = Vec::new();
    for name in &cloned.value {
        let written = name.to_string();
        if written == "self" {
            mistakes.at(
                name.span(),
                "`self` cannot be cloned for an attempt: take `&self`, and clone in the body \
                 what it consumes",
            );
        } else if seen.contains(&written) {
            mistakes.at(name.span(), format!("`{written}` is listed twice: remove one of them"));
        } else if !known.contains(&written) {
            let instead = match nearest(&written, known.iter().map(String::as_str)) {
                Some(argument) => format!("did you mean `{argument}`?"),
                None if known.is_empty() => "the function has no arguments".to_owned(),
                None => format!("the arguments are `{}`", known.join("`, `")),
            };
            mistakes.at(name.span(), format!("`{written}` is not an argument: {instead}"));
        }
        seen.push(written);
    }
}

/// The pauses of a plain function block its thread.
fn only_async_functions_have_a_timer(
    arguments: &Arguments,
    function: &Function,
    mistakes: &mut Mistakes,
) {
    if let (Some(sleep), false) = (arguments.sleep.get(), function.body.is_async) {
        mistakes.at(
            sleep.key,
            "`sleep` names an async timer, and this function is not async: remove it \
             (the pauses of a plain function block its thread)",
        );
    }
}

/// One attribute inside the other would multiply the attempts.
fn the_attribute_is_given_once(function: &Function, mistakes: &mut Mistakes) {
    for attribute in &function.attributes {
        if attribute.path().segments.last().is_some_and(|last| last.ident == "retry_on") {
            mistakes.at(
                attribute.path().span(),
                "a second `#[retry_on]` would multiply the attempts: list all errors in one, \
                 `#[retry_on(A, B, max = 3)]`",
            );
        }
    }
    // The attribute may have been imported under another name, and already expanded.
    if function.body.is_expanded {
        mistakes.at(
            Span::call_site(),
            "a second `#[retry_on]`, under another name, would multiply the attempts: \
             list all errors in one",
        );
    }
}

/// `#[wasm_bindgen]`, `#[napi]` and others above copy the attribute to a function that they write,
/// which calls the user's. The rules below would speak of that function.
fn is_a_copy(function: &Function, mistakes: &mut Mistakes) -> bool {
    let name = function.signature.ident.to_string();
    let is_copy = name.starts_with("__") && function.signature.abi.is_some();
    if is_copy {
        mistakes.at(
            Span::call_site(),
            "an attribute above `#[retry_on]` has copied this function: \
             put `#[retry_on]` above attributes that copy the function",
        );
    }
    is_copy
}

/// A function cannot pause at compile time.
fn the_function_can_wait(function: &Function, mistakes: &mut Mistakes) {
    if let Some(keyword) = &function.signature.constness {
        mistakes.at(
            keyword.span(),
            "a `const fn` can run at compile time, where it cannot pause: \
             remove `const`, or retry in the function that calls it",
        );
    }
}

/// `self` cannot be bound again, so each attempt would see the changes of the failed ones.
fn self_is_not_changed_by_a_failed_attempt(function: &Function, mistakes: &mut Mistakes) {
    if let Some(receiver) = function.signature.receiver() {
        if let (Some(keyword), false) = (&receiver.mutability, refers_to_self(receiver)) {
            mistakes.at(
                keyword.span(),
                "with `mut self`, the next attempt would see what the failed one changed: \
                 take `self` or `&mut self`",
            );
        }
    }
}

/// `&mut self`, `mut self: Pin<&mut Self>`
fn refers_to_self(receiver: &syn::Receiver) -> bool {
    receiver.to_token_stream().to_string().contains('&')
}

/// Without a `Result` there is no error.
fn the_function_can_fail(function: &Function, mistakes: &mut Mistakes) {
    let name = &function.signature.ident;
    // What an attempt returns, if that is known; otherwise what the function returns.
    let output = match (&function.body.output, &function.signature.output) {
        (Some(output), _) => Some(output),
        (None, ReturnType::Type(_, ty)) => Some(&**ty),
        (None, ReturnType::Default) => None,
    };
    match output {
        Some(Type::Never(never)) => mistakes.at(
            never.span(),
            format!("`{name}` never returns, so it never fails: return a `Result`"),
        ),
        Some(Type::Tuple(unit)) if unit.elems.is_empty() => nothing(function, mistakes),
        None => nothing(function, mistakes),
        Some(Type::ImplTrait(opaque)) if !function.body.is_async => {
            if !opaque.to_token_stream().to_string().contains("Future") {
                mistakes.at(
                    opaque.impl_token.span,
                    "an opaque type hides whether there was an error: return a `Result`",
                );
            }
        }
        Some(_) => {}
    }
}

fn nothing(function: &Function, mistakes: &mut Mistakes) {
    let name = &function.signature.ident;
    mistakes.at(
        name.span(),
        format!(
            "`{name}` returns nothing, so there is no error to retry on: return `Result<(), E>`"
        ),
    );
}

/// A mutable borrow of an argument that one attempt returns would prevent the next attempt.
fn two_attempts_do_not_hold_one_borrow(function: &Function, mistakes: &mut Mistakes) {
    let (ReturnType::Type(_, ty), false) = (&function.signature.output, function.body.is_future())
    else {
        return;
    };
    let ty = ty.to_token_stream();
    let elided = || Some((elided_borrow(&ty)?, mutable_lender(function)?));
    if let Some((span, lender)) = named_borrow(function, &ty).or_else(elided) {
        mistakes.at(
            span,
            format!(
                "two attempts would hold this borrow of `{lender}` at once: \
                 return an owned value, or take `{lender}` by `&`"
            ),
        );
    }
}

/// The first named lifetime in the return type that can only be that of a mutable reference, and
/// the argument with this reference: `&'a mut self` and `Drain<'a, u8>`.
///
/// A lifetime of the `impl` can also be that of a field, from which a shared borrow is copied.
fn named_borrow(function: &Function, ty: &TokenStream) -> Option<(Span, String)> {
    let signature = &function.signature;
    let is_declared =
        |name: &str| signature.generics.lifetimes().any(|declared| declared.lifetime.ident == name);
    let mut found = lifetimes(ty).into_iter();
    found.find_map(|Lifetime { name, span, is_mutable }| {
        let mut lenders = signature.inputs.iter().filter(|argument| {
            lifetimes(&argument.to_token_stream()).iter().any(|other| other.name == name)
        });
        let lender = lenders.next().filter(|_| is_mutable || is_declared(&name))?;
        let (lender, borrowed) = match lender {
            FnArg::Receiver(receiver) => ("self".to_owned(), receiver.to_token_stream()),
            FnArg::Typed(argument) => (spaceless(&argument.pat), argument.ty.to_token_stream()),
        };
        let used = lifetimes(&borrowed);
        let is_only = used.len() == 1 && lenders.next().is_none();
        (is_only && used[0].is_mutable && name != "static" && name != "_").then_some((span, lender))
    })
}

struct Lifetime {
    name: String,
    span: Span,
    /// Whether it is that of a `&'a mut`.
    is_mutable: bool,
}

/// The lifetimes that are written, at any depth.
fn lifetimes(ty: &TokenStream) -> Vec<Lifetime> {
    let tokens: Vec<TokenTree> = ty.clone().into_iter().collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match (token, tokens.get(at + 1)) {
            (TokenTree::Group(group), _) => found.extend(lifetimes(&group.stream())),
            (TokenTree::Punct(sign), Some(TokenTree::Ident(name))) if sign.as_char() == '\'' => {
                let is_of_reference = at.checked_sub(1).is_some_and(|at| is_sign(&tokens[at], '&'));
                let is_mut = tokens.get(at + 2).is_some_and(|next| is_word(next, "mut"));
                found.push(Lifetime {
                    name: name.to_string(),
                    span: name.span(),
                    is_mutable: is_of_reference && is_mut,
                });
            }
            _ => {}
        }
    }
    found
}

/// The mutable reference that an elided lifetime in the return type belongs to: that of `self`, or
/// the only one.
fn mutable_lender(function: &Function) -> Option<String> {
    let references = |tokens: &str| tokens.matches('&').count() + tokens.matches("'_").count();
    let receiver = function.signature.receiver().map(ToTokens::to_token_stream);
    if let Some(receiver) = receiver.filter(|receiver| references(&receiver.to_string()) > 0) {
        return contains_word(receiver, "mut").then(|| "self".to_owned());
    }
    let arguments = function.signature.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some((&argument.pat, argument.ty.to_token_stream())),
        FnArg::Receiver(_) => None,
    });
    let mut borrowed = arguments.filter(|(_, ty)| references(&ty.to_string()) > 0);
    let (name, ty) = borrowed.next()?;
    let is_only = borrowed.next().is_none() && references(&ty.to_string()) == 1;
    (is_only && contains_word(ty, "mut")).then(|| spaceless(name))
}

/// The first reference without a name for its lifetime, or `'_`.
fn elided_borrow(ty: &TokenStream) -> Option<Span> {
    let tokens: Vec<TokenTree> = ty.clone().into_iter().collect();
    tokens.iter().enumerate().find_map(|(at, token)| match token {
        TokenTree::Group(group) => elided_borrow(&group.stream()),
        TokenTree::Punct(sign) if sign.as_char() == '&' => match tokens.get(at + 1) {
            Some(TokenTree::Punct(next)) if next.as_char() == '\'' => None,
            _ => Some(sign.span()),
        },
        TokenTree::Punct(sign) if sign.as_char() == '\'' => match tokens.get(at + 1) {
            Some(TokenTree::Ident(name)) if name == "_" => Some(name.span()),
            _ => None,
        },
        _ => None,
    })
}

/// To make a future again, the macro needs the block that it is made from.
fn a_future_is_written_as_one(function: &Function, mistakes: &mut Mistakes) {
    if function.body.is_async {
        return;
    }
    if let ReturnType::Type(_, ty) = &function.signature.output {
        if mentions_future(ty) {
            mistakes.at(
                ty.span(),
                "only a future that this function writes out can be retried: make this an `async fn`, \
                 or end the body with `async move { .. }` or `Box::pin(async move { .. })`",
            );
        }
    }
}

/// `impl Future<..>`, `Pin<Box<dyn Future<..>>>`, `BoxFuture<'_, ..>`
fn mentions_future(ty: &Type) -> bool {
    match ty {
        Type::ImplTrait(_) | Type::TraitObject(_) => contains_word(ty.to_token_stream(), "Future"),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            name.ends_with("BoxFuture")
                || (name == "Pin" && contains_word(ty.to_token_stream(), "Future"))
        }),
        Type::Group(group) => mentions_future(&group.elem),
        Type::Paren(paren) => mentions_future(&paren.elem),
        _ => false,
    }
}

/// If `#[instrument]` is above, it has already moved the arguments into its own future.
fn instrument_is_below(function: &Function, mistakes: &mut Mistakes) {
    if function.body.is_async && function.body.attempt.is_instrumented {
        mistakes.at(
            Span::call_site(),
            "`#[instrument]` is above `#[retry_on]` and has already moved the arguments: \
             put `#[retry_on]` above `#[instrument]`",
        );
    }
}
