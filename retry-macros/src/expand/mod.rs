//! Prints the function again, its body in a loop.
//!
//! Names that the expansion introduces begin with two underscores and cannot be seen by the body.
//! Spans decide how an error reads: what can fail to type-check carries, in every token, the span
//! of the word that the user wrote for it, and the frame of the loop that of the function's name.

mod failed;
mod judgement;
mod retries_section;
mod site;
mod terms;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, GenericArgument, Path, PathArguments, Type, TypeParamBound};

use crate::check::contains_word;
use crate::parse::{Attempt, Function};
use crate::plan::Plan;

/// Tokens of the expansion, whose local names the body cannot see.
macro_rules! generated {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}
use generated;

/// The same at a place of the user's, delimiters included; what is interpolated stays where it is.
macro_rules! placed {
    ($place:expr=> $($tokens:tt)*) => {
        ::quote::quote_spanned!($crate::expand::at_span($place)=> $($tokens)*)
    };
}
use placed;

/// ```text
/// // Input:
/// #[retry_on(Busy, max = 3)]
/// async fn fetch(key: &str) -> Result<Item, ApiError> { BODY }
///
/// // Output:
/// async fn fetch(key: &str) -> Result<Item, ApiError> {
///     use ::retry_runtime::__private as __x;
///     static __SITE: __x::Site = __x::site!(..);
///     let mut __call = __x::AsyncCall::new();
///     let (_, __last) = loop {
///         let __result = __x::attempting(&__SITE, async { BODY }).await;
///         let __kept = match __x::Fallible::into_result(__result) {
///             __x::Ok(__value) => {
///                 __x::Call::succeeded(&__call, &__SITE);
///                 return __x::Fallible::success(__value);
///             }
///             __x::Err(__last) => {
///                 match __x::Call::ended(&mut __call, &__SITE, &__last, |__error| <judgement>) {
///                     __x::Some(__ended) => break (__ended, __last),
///                     __x::None => __x::Keep::new(__last).__keep(&__call),
///                 }
///             }
///         };
///         __x::AsyncTimer::pause(__x::DefaultTimer, &mut __call, &__SITE).await;
///         if let __x::Some(__end) = __kept.ended(&mut __call, &__SITE) {
///             break __end;
///         }
///     };
///     __x::Fallible::failure(__last)
/// }
/// ```
pub(crate) fn retried(plan: &Plan) -> TokenStream {
    let Plan { function, runtime, .. } = plan;
    let Function { attributes, visibility, signature, body, .. } = function;
    let inner_attributes = &body.inner_attributes;
    let runtime = match runtime {
        Some(path) => path.to_token_stream(),
        None => generated!(::retry_runtime),
    };
    let site = site::site(plan);
    let retries = body.with(retries(plan));
    let mut block = Group::new(
        Delimiter::Brace,
        generated! {
            #(#inner_attributes)*
            use #runtime::__private as __x;
            static __SITE: __x::Site = #site;
            __x::registered!(__SITE);
            #retries
        },
    );
    // Entirely the user's, or lints would take the function for one of the macro's own.
    block.set_span(body.span);
    let documentation = retries_section::documentation(plan);
    generated!(#(#attributes)* #documentation #visibility #signature #block)
}

/// The loop, which ends with the outcome of the last attempt.
fn retries(plan: &Plan) -> TokenStream {
    let function = &plan.function;
    let body = &function.body;
    let name = function.signature.ident.span();
    let output = body.output.as_ref().map_or(name, Spanned::span);
    let call = if body.is_async { generated!(AsyncCall) } else { generated!(PlainCall) };
    let spans = plan.has_spans.then(|| {
        let at = terms::located(plan);
        generated!(let mut __spans = __x::Spans::of(#at);)
    });
    // Clippy judges the closure of a plain attempt as if the user had written it.
    let lints = (!body.is_async).then(|| generated!(#[allow(clippy::result_large_err)]));
    let success = placed!(output=> __x::Fallible::success(__value));
    let attempt = attempt(plan);
    let outcome = outcome(plan, output);
    let located = terms::located(plan);
    let succeeded = generated!(__x::Call::succeeded(&__call, #located));
    let succeeded = if plan.has_spans {
        generated!(__x::Spans::succeeded(&mut __spans, || #succeeded))
    } else {
        succeeded
    };
    let failed = failed::failed(plan, output);
    let kept = body.is_async.then(|| generated!(let __kept =));
    let (end, pause) = body.is_async.then(|| (generated!(;), pause(plan))).unzip();
    let repeated = braced(
        body.attempt.span,
        generated! {
            #lints
            let __result = #attempt;
            #kept match #outcome {
                __x::Ok(__value) => {
                    #succeeded;
                    return #success;
                }
                __x::Err(__last) => #failed
            } #end
            #pause
        },
    );
    let repeat = placed!(name=> loop);
    let originals = originals(plan);
    let terms = terms::terms(plan);
    let retries = if body.is_async {
        let (ended, last) = (failed::ended(plan), failed::last(plan, output));
        generated!(let (#ended, __last) = #repeat #repeated; #last)
    } else {
        generated!(#repeat #repeated)
    };
    generated! {
        #originals
        #terms
        let mut __call = __x::#call::new();
        #spans
        #retries
    }
}

/// The outcome of an attempt, as a `Result` whose error may be what is not accepted.
fn outcome(plan: &Plan, output: Span) -> TokenStream {
    let outcome = if let Some(timeout) = &plan.timeout {
        // That it is a `Result` comes first, lest two messages tell of one mistake.
        let result = placed!(output=> __result.map(__x::Fallible::into_result));
        let settled = placed!(timeout.key=> __x::TimesOut::settled(__result, &mut __has_timed_out));
        generated!({ let __result = #result; #settled })
    } else {
        placed!(output=> __x::Fallible::into_result(__result))
    };
    match &plan.ok {
        None => outcome,
        Some(ok) => {
            called(ok.span(), generated!(__x::Last::unless_accepted), generated!(#outcome, #ok))
        }
    }
}

/// What every attempt gets a clone of is used up here, as far as lints are concerned.
fn originals(plan: &Plan) -> TokenStream {
    let mutable = plan.function.mutable.iter().map(|mutable| &mutable.argument);
    let changed = mutable.clone().map(|argument| generated!(let _ = &mut #argument;));
    // In an async function another binding would be stored in the future.
    let consumed = mutable
        .chain(&plan.cloned)
        .filter(|_| !plan.function.body.is_async)
        .map(|argument| generated!(let #argument = #argument;));
    generated!(#(#changed)* #(#consumed)*)
}

/// Waiting, in an async function: in the pause, the call can end.
fn pause(plan: &Plan) -> TokenStream {
    let located = terms::located(plan);
    let pause = match &plan.sleep {
        None => {
            let timer = placed!(keyword_or_name(plan)=> __x::DefaultTimer);
            let pause = placed!(keyword_or_name(plan)=> __x::AsyncTimer::pause);
            generated!(#pause(#timer, &mut __call, &__SITE).await;)
        }
        Some(sleep) => {
            let slept = slept(sleep, &generated!(__x::AsyncCall::next_pause(&__call)));
            let pause = called(
                sleep.span(),
                generated!(__x::AsyncCall::pause_by),
                generated!(&__call, #slept),
            );
            let wait = placed!(sleep.span()=> .await);
            generated!(#pause #wait;)
        }
    };
    let ended = in_call_span(plan, generated!(__kept.ended(&mut __call, #located)));
    let failed = plan.has_spans.then(|| generated!(__x::Spans::failed(&__spans, &__end.0);));
    generated! {
        #pause
        if let __x::Some(__end) = #ended {
            #failed
            break __end;
        }
    }
}

/// What happens in the span of the call and in none of its attempts.
fn in_call_span(plan: &Plan, done: TokenStream) -> TokenStream {
    if plan.has_spans { generated!(__x::Spans::within(&__spans, || #done)) } else { done }
}

/// A timer that the user named, as a future.
fn slept(sleep: &Expr, duration: &TokenStream) -> TokenStream {
    let timer = called(sleep.span(), generated!(__x::timer), generated!(#duration, #sleep));
    called(sleep.span(), generated!(__x::Slept::slept), timer)
}

fn keyword_or_name(plan: &Plan) -> Span {
    let signature = &plan.function.signature;
    signature.asyncness.map_or_else(|| signature.ident.span(), |keyword| keyword.span())
}

/// One run of the body, which borrows: `?` and `return` stay inside.
///
/// An `async` block has no place for its return type, so a first statement that returns a value
/// which does not exist tells it to every `?` and `return`.
fn attempt(plan: &Plan) -> TokenStream {
    let body = &plan.function.body;
    let name = plan.function.signature.ident.span();
    let mutable = plan.function.mutable.iter().map(|mutable| {
        let (keyword, argument) = (&mutable.keyword, &mutable.argument);
        let fresh = fresh(argument, generated!(<() as __x::ClonesForEachAttempt<_>>::copy));
        generated!(let #keyword #argument = #fresh;)
    });
    let cloned = plan.cloned.iter().map(|argument| {
        let fresh = fresh(argument, generated!(__x::fresh));
        generated!(let #argument = #fresh;)
    });
    let output = body.output.clone().map(without_impl);
    let fault = body.output.as_ref().and_then(fault);
    let located = terms::located(plan);
    let before = plan
        .attempt
        .as_ref()
        .map(|_| generated!(let __attempt = __x::Attempt::__new(#located, &__call, &__identity);));
    let named = plan.attempt.as_ref().map(|attempt| generated!(let #attempt = __attempt;));
    // The user's own block, or lints would find statements of the macro before the items in it; but
    // they would find the braces of a single expression unnecessary.
    let Attempt { statements, span, is_single, .. } = &body.attempt;
    let mut statements = Group::new(Delimiter::Brace, statements.clone());
    statements.set_span(if *is_single { at_span(*span) } else { *span });
    let statements = generated!(#fault #(#mutable)* #(#cloned)* #named #statements);
    let attempt = if body.is_async {
        let typed = output.map(|output| {
            let never = placed!(output.span()=> return __never);
            generated! {
                if let __x::Some(__never) = __x::None::<#output> {
                    #never;
                }
            }
        });
        let block = braced(name, generated!(#typed #statements));
        let keyword = placed!(name=> async);
        let mut body = generated!(#keyword #block);
        if plan.has_spans {
            let in_span = generated!(__x::Spans::attempt);
            body = called(name, in_span, generated!(&mut __spans, #body));
        }
        let attempt = called(name, generated!(__x::attempting), generated!(#located, #body));
        let attempt = within(plan, attempt);
        let wait = placed!(name=> .await);
        generated!(#attempt #wait)
    } else {
        let declared = output.map(|output| generated!(-> #output));
        let block = braced(body.attempt.span, statements);
        let bars = placed!(name=> ||);
        let mut body = generated!(#bars #declared #block);
        if plan.has_spans {
            let in_span =
                called(name, generated!(__x::Spans::run), generated!(&mut __spans, #body));
            body = generated!(#bars #in_span);
        }
        called(name, generated!(__x::attempt), generated!(#located, #body))
    };
    if before.is_some() || plan.timeout.is_some() {
        let timed = plan.timeout.as_ref().map(|_| generated!(__has_timed_out = false;));
        return generated!({ #timed #before #attempt });
    }
    attempt
}

/// The error that a test wants instead of the attempt; that of an opaque type cannot be named.
fn fault(output: &Type) -> Option<TokenStream> {
    if contains_word(output.to_token_stream(), "impl") {
        return None;
    }
    let place = output.span();
    let injected = placed!(place=> __x::Fallible::injector(&__none).__injected(&__SITE));
    let failure = placed!(place=> __x::Fallible::failure(__fault));
    Some(generated! {
        __x::in_tests! {
            if let __x::Some(__fault) = { let __none = __x::None::<#output>; #injected } {
                return #failure;
            }
        }
    })
}

/// The attempt, which may take only so long.
fn within(plan: &Plan, attempt: TokenStream) -> TokenStream {
    if plan.timeout.is_none() {
        return attempt;
    }
    let located = terms::located(plan);
    let timer = match &plan.sleep {
        None => {
            let timer = placed!(keyword_or_name(plan)=> __x::DefaultTimer);
            generated!(__x::default_timer(#timer, #located, &__bound))
        }
        Some(sleep) => {
            let slept = slept(sleep, &generated!(__x::Bound::limit(&__bound)));
            generated!(__x::Some(#slept))
        }
    };
    generated! {{
        let __bound = __x::Bound::new(#located, &__call, __timeout);
        let __timer = #timer;
        __x::within(__bound, __timer, #attempt)
    }}
}

/// An argument as it was before the first attempt.
fn fresh(argument: &Ident, function: TokenStream) -> TokenStream {
    let original = quote_spanned!(argument.span()=> #argument);
    called(argument.span(), function, {
        let reference = placed!(argument.span()=> &);
        generated!(#reference #original)
    })
}

/// `Result<impl Display, E>` is, for an attempt, `Result<_, E>`.
fn without_impl(mut ty: Type) -> Type {
    let inner = match &mut ty {
        Type::ImplTrait(opaque) => {
            return Type::Verbatim(quote_spanned!(opaque.impl_token.span=> _));
        }
        Type::Path(path) => {
            arguments_without_impl(&mut path.path);
            return ty;
        }
        Type::TraitObject(object) => {
            for bound in &mut object.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    arguments_without_impl(&mut bound.path);
                }
            }
            return ty;
        }
        Type::Tuple(tuple) => {
            for ty in &mut tuple.elems {
                *ty = without_impl(ty.clone());
            }
            return ty;
        }
        Type::Group(group) => &mut group.elem,
        Type::Paren(paren) => &mut paren.elem,
        Type::Reference(reference) => &mut reference.elem,
        Type::Slice(slice) => &mut slice.elem,
        Type::Array(array) => &mut array.elem,
        _ => return ty,
    };
    **inner = without_impl((**inner).clone());
    ty
}

fn arguments_without_impl(path: &mut Path) {
    for segment in &mut path.segments {
        if let PathArguments::AngleBracketed(generics) = &mut segment.arguments {
            for argument in &mut generics.args {
                match argument {
                    GenericArgument::Type(ty) => *ty = without_impl(ty.clone()),
                    GenericArgument::AssocType(assigned) => {
                        assigned.ty = without_impl(assigned.ty.clone());
                    }
                    _ => {}
                }
            }
        }
    }
}

/// A call whose parentheses, too, stand where the user wrote something.
fn called(span: Span, function: TokenStream, arguments: TokenStream) -> TokenStream {
    let function = at(span, function);
    let arguments = grouped(span, Delimiter::Parenthesis, arguments);
    generated!(#function #arguments)
}

fn braced(span: Span, inside: TokenStream) -> TokenStream {
    grouped(span, Delimiter::Brace, inside)
}

/// The delimiters stand at the user's place, what is inside stays as it is.
fn grouped(span: Span, delimiter: Delimiter, inside: TokenStream) -> TokenStream {
    let mut group = Group::new(delimiter, inside);
    group.set_span(at_span(span));
    group.into_token_stream()
}

/// Moves every token, delimiters included, to where the user wrote something.
fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let span = at_span(span);
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut moved = Group::new(group.delimiter(), at(span, group.stream()));
                moved.set_span(span);
                moved.into()
            }
            mut other => {
                other.set_span(span);
                other
            }
        })
        .collect()
}

/// The user's place, with the names of the expansion.
fn at_span(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
