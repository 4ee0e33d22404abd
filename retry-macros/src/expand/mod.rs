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

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
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
    let runtime =
        runtime.as_ref().map_or_else(|| generated!(::retry_runtime), ToTokens::to_token_stream);
    let signature = signature.to_token_stream();
    let site = site::site(plan, &signature);
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
    let at = terms::located(plan);
    let call = Ident::new(if body.is_async { "AsyncCall" } else { "PlainCall" }, at_span(name));
    let spans = plan.has_spans.then(|| generated!(let mut __spans = __x::Spans::of(#at);));
    // Clippy judges the closure of a plain attempt as if the user had written it.
    let lints = (!body.is_async).then(|| generated!(#[allow(clippy::result_large_err)]));
    let attempt = attempt(plan, output);
    let outcome = outcome(plan, output);
    let mut succeeded = generated!(__x::Call::succeeded(&__call, #at));
    if plan.has_spans {
        succeeded = generated!(__x::Spans::succeeded(&mut __spans, || #succeeded));
    }
    let failed = failed::failed(plan, output);
    let settled = placed! {output=>
        match #outcome {
            __x::Ok(__value) => {
                #succeeded;
                return __x::Fallible::success(__value);
            }
            __x::Err(__last) => #failed
        }
    };
    let repeated = if body.is_async {
        let pause = pause(plan);
        generated!(let __result = #attempt; let __kept = #settled; #pause)
    } else {
        generated!(#lints let __result = #attempt; #settled)
    };
    let repeated = braced(body.attempt.span, repeated);
    let originals = originals(plan);
    let terms = terms::terms(plan);
    let retries = if body.is_async {
        let (ended, last) = (failed::ended(plan), failed::last(plan, output));
        placed!(name=> let (#ended, __last) = loop #repeated; #last)
    } else {
        placed!(name=> loop #repeated)
    };
    generated! {
        #(#originals)*
        #(#terms)*
        let mut __call = __x::#call::new();
        #spans
        #retries
    }
}

/// The outcome of an attempt, as a `Result` whose error may be what is not accepted.
fn outcome(plan: &Plan, output: Span) -> TokenStream {
    let outcome = if let Some(timeout) = &plan.timeout {
        // That it is a `Result` comes first, lest two messages tell of one mistake.
        let result =
            placed!(output=> __result.map(|__result| __x::Fallible::into_result(__result)));
        let settled = placed!(timeout.key=> __x::TimesOut::settled(__result, &mut __has_timed_out));
        generated!({ let __result = #result; #settled })
    } else {
        placed!(output=> __x::Fallible::into_result(__result))
    };
    match &plan.ok {
        None => outcome,
        Some(ok) => placed!(ok.span()=> __x::Last::unless_accepted(#outcome, #ok)),
    }
}

/// What every attempt gets a clone of is used up here, as far as lints are concerned.
fn originals(plan: &Plan) -> Vec<TokenStream> {
    let mutable = plan.function.mutable.iter().map(|mutable| &mutable.argument);
    let changed = mutable.clone().map(|argument| generated!(let _ = &mut #argument;));
    // In an async function another binding would be stored in the future.
    let consumed = mutable
        .chain(&plan.cloned)
        .filter(|_| !plan.function.body.is_async)
        .map(|argument| generated!(let #argument = #argument;));
    changed.chain(consumed).collect()
}

/// Waiting, in an async function: in the pause, the call can end.
fn pause(plan: &Plan) -> TokenStream {
    let at = terms::located(plan);
    let pause = match &plan.sleep {
        None => placed! {keyword_or_name(plan)=>
            __x::AsyncTimer::pause(__x::DefaultTimer, &mut __call, &__SITE).await;
        },
        Some(sleep) => {
            let slept = slept(sleep, &generated!(__x::AsyncCall::next_pause(&__call)));
            placed!(sleep.span()=> __x::AsyncCall::pause_by(&__call, #slept).await;)
        }
    };
    let ended = in_call_span(plan, generated!(__kept.ended(&mut __call, #at)));
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
    placed!(sleep.span()=> __x::Slept::slept(__x::timer(#duration, #sleep)))
}

fn keyword_or_name(plan: &Plan) -> Span {
    let signature = &plan.function.signature;
    signature.asyncness.map_or_else(|| signature.ident.span(), |keyword| keyword.span())
}

/// One run of the body, which borrows: `?` and `return` stay inside.
///
/// An `async` block has no place for its return type, so a first statement that returns a value
/// which does not exist tells it to every `?` and `return`.
fn attempt(plan: &Plan, output: Span) -> TokenStream {
    let body = &plan.function.body;
    let name = plan.function.signature.ident.span();
    let ty = body.output.clone().map(without_impl);
    // An async block has no place for its type.
    let typed = ty.as_ref().filter(|_| body.is_async).map(|ty| {
        placed! {output=>
            if let __x::Some(__never) = __x::None::<#ty> {
                return __never;
            }
        }
    });
    let mutable = plan.function.mutable.iter().map(|mutable| {
        let (keyword, argument) = (&mutable.keyword, &mutable.argument);
        let fresh = placed! {argument.span()=>
            <() as __x::ClonesForEachAttempt<_>>::copy(&#argument)
        };
        generated!(let #keyword #argument = #fresh;)
    });
    let cloned = plan.cloned.iter().map(|argument| {
        let fresh = placed!(argument.span()=> __x::fresh(&#argument));
        generated!(let #argument = #fresh;)
    });
    let fault = body.output.as_ref().and_then(|ty| fault(ty, output));
    let at = terms::located(plan);
    let before = plan
        .attempt
        .as_ref()
        .map(|_| generated!(let __attempt = __x::Attempt::__new(#at, &__call, &__identity);));
    let named = plan.attempt.as_ref().map(|attempt| generated!(let #attempt = __attempt;));
    // The user's own block, or lints would find statements of the macro before the items in it; but
    // they would find the braces of a single expression unnecessary.
    let Attempt { statements, span, is_single, .. } = &body.attempt;
    let mut statements = Group::new(Delimiter::Brace, statements.clone());
    statements.set_span(if *is_single { at_span(*span) } else { *span });
    let before_statements =
        typed.into_iter().chain(fault).chain(mutable).chain(cloned).chain(named);
    let block = braced(
        if body.is_async { name } else { *span },
        generated!(#(#before_statements)* #statements),
    );
    let attempt = if body.is_async {
        let mut body = placed!(name=> async #block);
        if plan.has_spans {
            body = placed!(name=> __x::Spans::attempt(&mut __spans, #body));
        }
        let attempt = within(plan, placed!(name=> __x::attempting(#at, #body)));
        placed!(name=> #attempt.await)
    } else {
        let declared = ty.map(|ty| generated!(-> #ty));
        let mut body = placed!(name=> || #declared #block);
        if plan.has_spans {
            body = placed!(name=> || __x::Spans::run(&mut __spans, #body));
        }
        placed!(name=> __x::attempt(#at, #body))
    };
    if before.is_some() || plan.timeout.is_some() {
        let timed = plan.timeout.as_ref().map(|_| generated!(__has_timed_out = false;));
        return generated!({ #timed #before #attempt });
    }
    attempt
}

/// The error that a test wants instead of the attempt; that of an opaque type cannot be named.
fn fault(output: &Type, place: Span) -> Option<TokenStream> {
    if contains_word(output.to_token_stream(), "impl") {
        return None;
    }
    Some(placed! {place=>
        __x::in_tests! {
            if let __x::Some(__fault) = __x::Injector::<#output>::new().__injected(&__SITE) {
                return __fault;
            }
        }
    })
}

/// The attempt, which may take only so long.
fn within(plan: &Plan, attempt: TokenStream) -> TokenStream {
    if plan.timeout.is_none() {
        return attempt;
    }
    let at = terms::located(plan);
    let timer = match &plan.sleep {
        None => {
            let timer = placed!(keyword_or_name(plan)=> __x::DefaultTimer);
            generated!(__x::default_timer(#timer, #at, &__bound))
        }
        Some(sleep) => {
            let slept = slept(sleep, &generated!(__x::Bound::limit(&__bound)));
            generated!(__x::Some(#slept))
        }
    };
    generated! {{
        let __bound = __x::Bound::new(#at, &__call, __timeout);
        let __timer = #timer;
        __x::within(__bound, __timer, #attempt)
    }}
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

/// The braces stand at the user's place, what is inside stays as it is.
fn braced(span: Span, inside: TokenStream) -> Group {
    let mut group = Group::new(Delimiter::Brace, inside);
    group.set_span(at_span(span));
    group
}

/// The user's place, with the names of the expansion.
fn at_span(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
