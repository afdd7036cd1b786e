//! Waiting for futures on a plain thread: databases answer from threads of their own and need no runtime.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread.
pub fn wait<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        thread::park();
    }
}

/// A future that has begun.
pub type Started<T> = Pin<Box<dyn Future<Output = T>>>;

/// Begins a future, so that its work stands in the queue; what it gives is still to be waited for.
///
/// # Panics
/// When it is done at once.
pub fn start<F: Future + 'static>(future: F) -> Started<F::Output> {
    let mut future: Started<F::Output> = Box::pin(future);
    assert!(
        !is_done(&mut future),
        "a work was answered before it could run"
    );
    future
}

/// Whether a begun future is done; one that is must not be waited for again.
pub(super) fn is_done<T>(future: &mut Started<T>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    future.as_mut().poll(&mut context).is_ready()
}

/// Begins all, then waits for each; gives what they give in the same order.
pub fn together<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut open: Vec<_> = futures
        .into_iter()
        .map(|future| (Box::pin(future), None))
        .collect();
    wait(std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, output) in &mut open {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(ready) => *output = Some(ready),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }));
    open.into_iter().filter_map(|(_, output)| output).collect()
}
