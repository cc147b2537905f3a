//! The operator's terminal: entered, read, written to, and left as it was found.
//!
//! What belongs here: modes, bytes in, bytes out. What does not: what is drawn (`view`) and what a key does
//! (`update`). Nothing is ever asked of the terminal.

mod clipboard;
mod dump;
mod face;
mod keys;
mod mode;
mod notice;
mod reader;
mod screen;
mod scroll;

pub use clipboard::{LONGEST as LONGEST_COPY, clipboard};
pub use dump::Dump;
pub use keys::{Decoder, Mouse, MouseDoes, Typed};
pub use mode::Mode;
pub use notice::notice;
pub use reader::Reader;
pub use screen::Screen;
