//! Where components' standard output and standard error go: a file for each, as with Spin, and the
//! terminal when asked for.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use crate::error::HostError;
use crate::private_files;

/// The most bytes that a component may write at once.
const WRITE_BYTES_MAX: usize = 64 * 1024;

/// Both outputs of one component.
#[derive(Debug, Clone)]
pub(crate) struct GuestOutput {
    pub stdout: OutputLog,
    pub stderr: OutputLog,
}

/// A log file that all instances of a component append to.
#[derive(Debug, Clone)]
pub(crate) struct OutputLog {
    file: Arc<File>,
    also: Option<Terminal>,
}

#[derive(Debug, Clone, Copy)]
enum Terminal {
    Stdout,
    Stderr,
}

impl GuestOutput {
    /// Opens `COMPONENT_stdout.txt` and `COMPONENT_stderr.txt` in `folder`, which must exist.
    pub(crate) fn open(folder: &Path, component: &str, to_terminal: bool) -> Result<Self, HostError> {
        let open = |name: &str, terminal| -> Result<OutputLog, HostError> {
            let path = folder.join(format!("{component}_{name}.txt"));
            let file = private_files::append(&path);
            Ok(OutputLog {
                file: Arc::new(file.map_err(HostError::io(path))?),
                also: to_terminal.then_some(terminal),
            })
        };
        Ok(Self { stdout: open("stdout", Terminal::Stdout)?, stderr: open("stderr", Terminal::Stderr)? })
    }
}

impl OutputLog {
    /// Files are written to at once and in full: a component's line is on disk when its call is
    /// back, whatever happens to it next.
    pub(crate) fn write_out(&self, bytes: &[u8]) -> std::io::Result<()> {
        (&*self.file).write_all(bytes)?;
        match self.also {
            None => Ok(()),
            Some(Terminal::Stdout) => std::io::stdout().write_all(bytes),
            Some(Terminal::Stderr) => std::io::stderr().write_all(bytes),
        }
    }
}

impl IsTerminal for OutputLog {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for OutputLog {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for OutputLog {
    async fn ready(&mut self) {}
}

impl OutputStream for OutputLog {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.write_out(&bytes).map_err(|error| StreamError::LastOperationFailed(error.into()))
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BYTES_MAX)
    }
}

impl AsyncWrite for OutputLog {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Poll::Ready(self.write_out(bytes).map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
