//! Annotated functions of all shapes, which are never called.
#![forbid(unsafe_code)]

use core::fmt::Display;

use retry_runtime::retry_on;

/// What they return.
pub type Answer = Result<u32, String>;

/// # Errors
///
/// Never.
#[retry_on(_)]
pub fn plain() -> Answer {
    Ok(1)
}

/// # Errors
///
/// Never.
#[retry_on(_, max = 5)]
pub async fn asynchronous() -> Answer {
    Ok(1)
}

/// # Errors
///
/// Never.
#[retry_on(_, name = "named by hand")]
pub fn named() -> Answer {
    Ok(1)
}

/// # Errors
///
/// Never.
#[retry_on(_)]
pub fn generic<T, const N: usize>(value: &T) -> Result<u32, T>
where
    T: Clone + Display,
{
    if value.to_string().len() > N { Err(value.clone()) } else { Ok(1) }
}

/// Has methods.
#[derive(Debug)]
pub struct Client<T> {
    /// Something.
    pub value: T,
}

impl<T: Display> Client<T> {
    /// # Errors
    ///
    /// Never.
    #[retry_on(_)]
    pub async fn method(&self, retries: u32) -> Answer {
        Ok(retries)
    }

    /// # Errors
    ///
    /// Never.
    #[retry_on(_)]
    pub fn associated() -> Answer {
        Ok(1)
    }
}

/// Has methods.
#[async_trait::async_trait]
pub trait Shop {
    /// # Errors
    ///
    /// Never.
    #[retry_on(_)]
    fn provided(&self) -> Answer {
        Ok(1)
    }

    /// # Errors
    ///
    /// Never.
    fn required(&self) -> Answer;

    /// # Errors
    ///
    /// Never.
    async fn boxed(&self) -> Answer;
}

#[async_trait::async_trait]
impl<T: Display + Sync> Shop for Client<T> {
    #[retry_on(_)]
    fn required(&self) -> Answer {
        Ok(1)
    }

    #[retry_on(_)]
    async fn boxed(&self) -> Answer {
        Ok(1)
    }
}

/// # Errors
///
/// Never.
pub fn around() -> Answer {
    let closure = || {
        #[retry_on(_)]
        fn in_a_closure() -> Answer {
            Ok(1)
        }
        in_a_closure()
    };
    {
        #[retry_on(_)]
        fn in_a_block() -> Answer {
            plain()
        }
        closure().and_then(|_| in_a_block())
    }
}

macro_rules! made {
    ($name:ident) => {
        /// # Errors
        ///
        /// Never.
        #[retry_on(_)]
        pub fn $name() -> Answer {
            Ok(1)
        }
    };
}
made!(by_a_macro);
