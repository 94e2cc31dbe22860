use crate::ground::events::observers::add_spans;
use crate::programs::runner::Runner;

impl Runner {
    /// Whether each init and each close in the program is a span of `tracing`, from before the body until all is closed.
    /// Default: no.
    ///
    /// For what is in a span, see [`events::spans`](crate::events::spans).
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), aobject::Stopped> {
    /// aobject::Runner::new().spans(true).run(async {
    ///     // … logs of an init carry the path of what starts …
    /// })
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
    pub fn spans(mut self, on: bool) -> Self {
        self.spans = on.then_some(add_spans);
        self
    }
}
