//! Prints the function again, its body in a loop.
//!
//! Names that the expansion introduces begin with two underscores and cannot be seen by the body.
//! Spans decide how an error reads: what can fail to type-check carries, in every token, the span
//! of the word that the user wrote for it.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, ReturnType, Type};

use crate::parse::{Function, Selector, Test, Value};
use crate::plan::{Plan, Setting};

/// Tokens of the expansion, whose local names the body cannot see.
macro_rules! generated {
    ($($tokens:tt)*) => {
        quote_spanned!(Span::mixed_site()=> $($tokens)*)
    };
}

/// ```text
/// // Input:
/// #[retry_on(Busy, max = 3)]
/// async fn fetch(key: &str) -> Result<Item, ApiError> { BODY }
///
/// // Output:
/// async fn fetch(key: &str) -> Result<Item, ApiError> {
///     use ::retry_runtime::__private as __x;
///     static __SITE: __x::Site = __x::Site::new(..);
///     let mut __call = __x::AsyncCall::new();
///     loop {
///         let __result = async { BODY }.await;
///         match __x::Fallible::into_result(__result) {
///             Ok(__value) => { __call.succeeded(&__SITE); break Ok(__value); }
///             Err(__error) => {
///                 let __given_up = __x::cold(|| {
///                     let __selector = if <is Busy> { Some(0) } else { None };
///                     let __failure = __x::Failure::new(__selector, <text>, <code>);
///                     if __call.failed(&__SITE, &__failure) { None } else { Some(__error) }
///                 });
///                 if let Some(__error) = __given_up { drop(__call); break Err(__error); }
///             }
///         }
///         __call.pause(&__SITE, __x::DefaultTimer).await;
///     }
/// }
/// ```
pub(crate) fn retried(plan: Plan) -> TokenStream {
    let Plan {
        function, runtime, ..
    } = &plan;
    let site = site(&plan);
    let retries = function.body.with(retries(&plan));
    let Function {
        attributes,
        visibility,
        signature,
        body,
        ..
    } = function;
    let inner_attributes = &body.inner_attributes;
    let mut block = Group::new(
        proc_macro2::Delimiter::Brace,
        generated! {
            #inner_attributes
            use #runtime::__private::{self as __x, Searched as __Searched};
            static __SITE: __x::Site = #site;
            #retries
        },
    );
    block.set_span(body.attempt_span);
    generated!(#(#attributes)* #visibility #signature #block)
}

/// The description of the function, a constant.
fn site(plan: &Plan) -> TokenStream {
    let name = match &plan.name {
        Some(name) => generated!(#name),
        None => {
            let function = plan.function.signature.ident.to_string();
            let function = function.trim_start_matches("r#");
            generated!(__x::concat!(__x::module_path!(), "::", #function))
        }
    };
    let selectors = plan.selectors.iter().map(|selector| selector.name.as_str());
    let predicate = plan.when.iter().map(|_| "when");
    let names = selectors.chain(predicate);
    let policy = policy(&plan.settings);
    generated!(__x::Site::new(#name, __x::file!(), __x::line!(), &[#(#names),*], #policy))
}

/// Literals were checked by now; constants are checked by the compiler, at their own place.
fn policy(settings: &[Setting]) -> TokenStream {
    if settings.is_empty() {
        return generated!(__x::Policy::DEFAULT);
    }
    let calls = settings.iter().map(|Setting { method, value }| {
        let method = proc_macro2::Ident::new(method, Span::mixed_site());
        match value {
            Value::Literal(value, _) => generated!(.#method(#value)),
            Value::Constant(value) => generated!(.#method(#value)),
        }
    });
    let constant = settings
        .iter()
        .rev()
        .find_map(|setting| match &setting.value {
            Value::Constant(value) => Some(value.span()),
            Value::Literal(..) => None,
        });
    let build = at(
        constant.unwrap_or_else(Span::mixed_site),
        generated!(__x::policy),
    );
    generated!(#build(__x::Policy::builder() #(#calls)*))
}

/// The loop: its value is the result of the last attempt.
fn retries(plan: &Plan) -> TokenStream {
    let function = &plan.function;
    let output = function.body.output.as_ref();
    let declared = match &function.signature.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => Span::mixed_site(),
    };
    let outcome = at(
        output.map_or(declared, Spanned::span),
        generated!(__x::Fallible::into_result(__result)),
    );
    let attempt = attempt(plan);
    let selector = selected(plan);
    let (call, pause_within, pause_after) = if function.body.is_async {
        let pause = match &plan.sleep {
            Some(sleep) => {
                let pause = at(sleep.span(), generated!(__call.pause_with));
                let await_ = at(sleep.span(), generated!(.await));
                let mut argument =
                    Group::new(proc_macro2::Delimiter::Parenthesis, generated!(#sleep));
                argument.set_span(sleep.span());
                generated!(#pause #argument #await_)
            }
            None => {
                let span = function
                    .signature
                    .asyncness
                    .map_or(declared, |keyword| keyword.span());
                at(
                    span,
                    generated!(__call.pause(&__SITE, __x::DefaultTimer).await),
                )
            }
        };
        (generated!(__x::AsyncCall), generated!(), generated!(#pause;))
    } else {
        // In the same cold call, where the error is dropped first.
        let pause = generated! {
            __x::drop(__error);
            __call.pause(&__SITE);
        };
        (generated!(__x::PlainCall), pause, generated!())
    };
    generated! {
        let mut __call = #call::new();
        loop {
            let __result = #attempt;
            match #outcome {
                __x::Ok(__value) => {
                    __call.succeeded(&__SITE);
                    return __x::Ok(__value);
                }
                __x::Err(__error) => {
                    let __given_up = __x::cold(|| {
                        let __failure = __x::Failure::new(
                            #selector,
                            __x::Described::new(&__error).text(),
                            __x::Coded::new(&__error).code(),
                        );
                        if __call.failed(&__SITE, &__failure) {
                            #pause_within
                            __x::None
                        } else {
                            __x::Some(__error)
                        }
                    });
                    if let __x::Some(__error) = __given_up {
                        __x::drop(__call);
                        return __x::Err(__error);
                    }
                }
            }
            #pause_after
        }
    }
}

/// One run of the body, which borrows: `?` and `return` stay inside.
///
/// An `async` block has no place for its return type, so a first statement that returns a value
/// which does not exist tells it to every `?` and `return`.
fn attempt(plan: &Plan) -> TokenStream {
    let body = &plan.function.body;
    let mutable = plan.function.mutable.iter().map(|mutable| {
        let (keyword, argument) = (&mutable.keyword, &mutable.argument);
        let fresh = at(argument.span(), generated!(__x::fresh));
        let argument_again = quote_spanned!(argument.span()=> (&#argument));
        generated!(let #keyword #argument = #fresh #argument_again;)
    });
    let cloned = plan.cloned.iter().map(|argument| {
        let fresh = at(argument.span(), generated!(__x::fresh));
        generated!(let #argument = #fresh(&#argument);)
    });
    let own = generated!(#(#mutable)* #(#cloned)*);
    let statements = &body.attempt;
    let mut block = Group::new(proc_macro2::Delimiter::Brace, generated!(#statements));
    block.set_span(body.attempt_span);
    let output = body.output.clone().map(without_impl);
    match (body.is_async, output) {
        (true, Some(output)) => generated! {
            async {
                if let __x::Some(__never) = __x::None::<#output> {
                    return __never;
                }
                #own
                #block
            }.await
        },
        (true, None) => generated!(async { #own #block }.await),
        (false, output) => {
            let output = output.map(|output| generated!(-> #output));
            let body = if own.is_empty() {
                block.into_token_stream()
            } else {
                generated!({ #own #block })
            };
            generated!((|| #output #body)())
        }
    }
}

/// Which selector the error matches, as an `Option<usize>`.
fn selected(plan: &Plan) -> TokenStream {
    let mut tests: Vec<TokenStream> = plan.selectors.iter().map(test).collect();
    tests.extend(plan.when.iter().map(predicate));
    let chain = tests.iter().enumerate().rev().fold(
        generated!(__x::None),
        |otherwise, (index, test)| generated!(if #test { __x::Some(#index) } else { #otherwise }),
    );
    match plan.unless.as_ref().map(predicate) {
        Some(refused) => generated!(if #refused { __x::None } else { #chain }),
        None => chain,
    }
}

/// ```text
/// // Input:  Busy
/// // Output: __x::Selector::<Busy, _>::of_type()    .. is looked for in `__error` ..
/// // Input:  ApiError::Http { status: 500..=599 } if retryable(status)
/// // Output: __x::Selector::that(|__e| match __e { <pattern> if <guard> => true, _ => false })
/// ```
fn test(selector: &Selector) -> TokenStream {
    let span = selector.span;
    let sought = match &selector.test {
        Test::Any => return generated!(true),
        Test::Type(ty) => {
            let (selector, of_type) = (
                at(span, generated!(__x::Selector)),
                at(span, generated!(::of_type())),
            );
            generated!(#selector::<#ty, _>#of_type)
        }
        Test::Pattern { pattern, guard } => {
            let guard = guard.as_ref().map(|guard| generated!(if #guard));
            let that = at(span, generated!(__x::Selector::that));
            generated!(#that(|__candidate| match __candidate { #pattern #guard => true, _ => false }))
        }
        Test::Bound { binding, ty, guard } => {
            let that = at(span, generated!(__x::Selector::that));
            generated!(#that(|#binding: &#ty| #guard))
        }
    };
    let own = at(span, generated!(__selector.selects((&__error).downcast_ref())));
    let chain = at(
        span,
        generated!(__Searched::search(&__error, __selector).any()),
    );
    generated!({ let __selector = #sought; #own || #chain })
}

/// `when` and `unless`: a path or a closure.
fn predicate(predicate: &syn::Expr) -> TokenStream {
    let span = predicate.span();
    let (holds, error) = (
        at(span, generated!(__x::holds)),
        at(span, generated!(&__error)),
    );
    let mut arguments = Group::new(
        proc_macro2::Delimiter::Parenthesis,
        generated!(#error, #predicate),
    );
    arguments.set_span(at_span(span));
    generated!(#holds #arguments)
}

/// `Result<impl Display, E>` is, for an attempt, `Result<_, E>`.
fn without_impl(mut ty: Type) -> Type {
    match &mut ty {
        Type::ImplTrait(opaque) => {
            return Type::Verbatim(quote_spanned!(opaque.impl_token.span=> _));
        }
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                if let PathArguments::AngleBracketed(generics) = &mut segment.arguments {
                    for argument in &mut generics.args {
                        if let GenericArgument::Type(ty) = argument {
                            *ty = without_impl(ty.clone());
                        }
                    }
                }
            }
        }
        Type::Tuple(tuple) => {
            for ty in &mut tuple.elems {
                *ty = without_impl(ty.clone());
            }
        }
        Type::Group(group) => *group.elem = without_impl((*group.elem).clone()),
        Type::Paren(paren) => *paren.elem = without_impl((*paren.elem).clone()),
        Type::Reference(reference) => *reference.elem = without_impl((*reference.elem).clone()),
        Type::Slice(slice) => *slice.elem = without_impl((*slice.elem).clone()),
        Type::Array(array) => *array.elem = without_impl((*array.elem).clone()),
        _ => {}
    }
    ty
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
