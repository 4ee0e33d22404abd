//! Records what the library logs on this thread.

use std::cell::RefCell;
use std::fmt::{self, Debug, Write};
use std::marker::PhantomData;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber};

thread_local! {
    static RECORDED: RefCell<Option<Vec<Event>>> = const { RefCell::new(None) };
}

/// While it lives, the events of its thread are written down.
pub(crate) struct Recorder {
    /// Neither `Send` nor `Sync`: it belongs to its thread.
    thread: PhantomData<*const ()>,
}

/// An event, with its fields in the order in which they were written.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) level: Level,
    pub(crate) target: &'static str,
    pub(crate) message: String,
    fields: Vec<(&'static str, String)>,
    /// The fields as `tracing-subscriber` prints them, without the message.
    line: String,
}

impl Recorder {
    pub(crate) fn start() -> Self {
        // One subscriber for all threads: tests run in parallel, and `tracing` asks a scoped
        // subscriber only once whether it wants an event, on whichever thread comes first.
        static SUBSCRIBER: Once = Once::new();
        SUBSCRIBER.call_once(|| {
            tracing::subscriber::set_global_default(ToItsThread).expect("the only subscriber");
            tracing::callsite::rebuild_interest_cache();
        });
        RECORDED.set(Some(Vec::new()));
        Self { thread: PhantomData }
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        let Self { thread: PhantomData } = self;
        RECORDED.with_borrow(|events| events.clone().unwrap_or_default())
    }

    /// The level and the fields of each event.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.events().iter().map(|event| format!("{}{}", event.level, event.line)).collect()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        RECORDED.set(None);
    }
}

impl Event {
    /// A field's text, or number.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, text)| text.as_str())
    }
}

impl Visit for Event {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.push((field.name(), value.to_owned()));
        write!(self.line, " {}={value:?}", field.name()).expect("a string takes any text");
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
            return;
        }
        self.fields.push((field.name(), format!("{value:?}")));
        write!(self.line, " {}={value:?}", field.name()).expect("a string takes any text");
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}{}", self.level, self.target, self.message, self.line)
    }
}

struct ToItsThread;

impl Subscriber for ToItsThread {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
    }

    fn event(&self, event: &tracing::Event<'_>) {
        RECORDED.with_borrow_mut(|events| {
            let Some(events) = events else { return };
            let mut recorded = Event {
                level: *event.metadata().level(),
                target: event.metadata().target(),
                message: String::new(),
                fields: Vec::new(),
                line: String::new(),
            };
            event.record(&mut recorded);
            events.push(recorded);
        });
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
