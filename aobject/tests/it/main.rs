//! What the library promises, seen from outside. Test names say the claim; scenario ids stand beside it.

mod close_errors;
mod ladder;
mod limits;
mod order;
mod parallel;
mod rollback;
mod world;

/// Injected panics and the reports of failed background closes would drown the output.
fn quiet() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(tracing::subscriber::NoSubscriber::new()).unwrap();
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let expected = info.payload_as_str().is_some_and(|message| {
                message.starts_with("injected") || message.starts_with("there is no reactor")
            });
            if !expected {
                told(info);
            }
        }));
    });
}
