//! Shows every exchange to whoever listens, as it is answered: a journal forgets, a listener need not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::journal::Entry;

/// An exchange, and the workspace it belongs to.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The workspace's name.
    pub workspace: Arc<str>,
    /// The exchange.
    pub entry: Arc<Entry>,
}

/// The listeners of a server.
#[derive(Debug, Default)]
pub struct Tap {
    /// Whether there are any: all that a request pays for when there are none.
    open: AtomicBool,
    listeners: Mutex<Vec<UnboundedSender<Seen>>>,
}

impl Tap {
    /// Every exchange from now on, of all workspaces, until the receiver is dropped.
    pub fn open(&self) -> UnboundedReceiver<Seen> {
        let (sender, receiver) = unbounded_channel();
        self.listeners.lock().push(sender);
        self.open.store(true, Ordering::Release);
        receiver
    }

    /// Shows an exchange.
    pub fn show(&self, workspace: &str, entry: &Arc<Entry>) {
        if !self.open.load(Ordering::Acquire) {
            return;
        }
        let seen = Seen {
            workspace: workspace.into(),
            entry: Arc::clone(entry),
        };
        let mut listeners = self.listeners.lock();
        listeners.retain(|listener| listener.send(seen.clone()).is_ok());
        self.open.store(!listeners.is_empty(), Ordering::Release);
    }
}
