//! Learn: `into_stream` turns an object into a stream. The object is closed after the last item.
//!
//! In Python, where nobody closes the file if the loop ends early:
//!
//! ```python
//! class Reader:
//!     def __aiter__(self):
//!         return self
//!     async def __anext__(self):
//!         line = await self.file.readline()
//!         if not line:
//!             raise StopAsyncIteration
//!         return line
//!
//! async for line in Reader(text):
//!     print(line)
//! ```

use std::io;

use aobject::{AObject, BoxError};
use futures_util::TryStreamExt;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};

#[derive(AObject)]
struct Reader {
    text: &'static [u8],
    #[aobject(init = BufReader::new(*text).lines(), close = {
        drop(lines);
        println!("closed");
    })]
    lines: Lines<BufReader<&'static [u8]>>,
}

impl Reader {
    async fn next(&mut self) -> io::Result<Option<String>> {
        self.lines.next_line().await
    }
}

#[aobject::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let reader = Reader::new(b"one\ntwo\nthree\n").await?;
    let mut lines = reader.into_stream(async |reader| reader.next().await.map_err(BoxError::from));
    while let Some(line) = lines.try_next().await? {
        println!("{line}");
    }
    Ok(())
}
