//! Everything that is logged, at the most talkative level, as one text.
//!
//! One subscriber serves the whole process, since `tracing` remembers for all threads whether a place in the code is
//! of interest to anybody. It listens to the threads that record; a test's runtime has one thread.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

thread_local! {
    static RECORDED: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Records what this thread logs, from its making to [`Log::text`].
pub struct Log(());

impl Log {
    pub fn start() -> Self {
        static INSTALL: Once = Once::new();
        INSTALL.call_once(|| {
            let is_recording = dynamic_filter_fn(|_, _| RECORDED.with_borrow(Option::is_some));
            let lines = tracing_subscriber::fmt::layer()
                .with_span_events(FmtSpan::FULL)
                .with_ansi(false)
                .with_writer(|| Recorder)
                .with_filter(is_recording);
            // Takes in what is said by `log` as well.
            tracing_subscriber::registry().with(lines).init();
            // Another thread may have asked for the interest of a place while this one was not yet in charge.
            tracing::callsite::rebuild_interest_cache();
        });
        RECORDED.set(Some(Vec::new()));
        Self(())
    }

    pub fn text(self) -> String {
        let Self(()) = self;
        let recorded = RECORDED.take().unwrap_or_default();
        String::from_utf8_lossy(&recorded).into_owned()
    }
}

struct Recorder;

impl Write for Recorder {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        RECORDED.with_borrow_mut(|recorded| {
            if let Some(recorded) = recorded {
                recorded.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
