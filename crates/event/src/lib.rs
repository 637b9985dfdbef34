//! The vocabulary that every other part shares: the layout of the ring's memory and of its
//! records, captured values, functions, and the tables of the store.
//!
//! Input: nothing. Output: constants, plain types, and the text of the TypeScript files that
//! are generated from them (`cargo run -p breadcrumb-event --bin gen`).
//! Limits: std only; no I/O but in the generator's binary.
#![forbid(unsafe_code)]

pub mod decode;
#[cfg(test)]
mod decode_tests;
pub mod function;
pub mod generate;
pub mod json;
pub mod layout;
mod paths;
pub mod row;
pub mod schema;
pub mod value;
