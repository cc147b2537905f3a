//! The console without a terminal: keys in, screens out.

mod asked;
mod batch;
mod chinese;
mod dump;
mod filtering;
mod fixture;
mod keys;
mod large;
mod looking;
mod matrix;
mod mouse;
mod plans;
mod properties;
mod read_only;
mod removed;
mod screens;
mod sequences;
mod states;
mod trash;
mod upload_keys;
mod upload_screens;
mod watching;
mod words;
