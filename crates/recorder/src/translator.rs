//! Words of records → arguments, results and (`raised.rs`) thrown values, redacted.
//!
//! Two small integers stay integers and cost no allocation, unless a name or the redactor's rules
//! make a secret of them; all else is decoded, redacted, and becomes JSON.
//! Limits: a function that the table does not know has no names, and its values are redacted by
//! their content alone.

mod raised;

use std::sync::Arc;

use breadcrumb_event::decode::{Decoder, Payload, integer};
use breadcrumb_event::function::{Assignment, Block};
use breadcrumb_event::layout::MAX_ARGUMENTS;
use breadcrumb_event::row::CallResult;
use breadcrumb_event::value::Value;
use breadcrumb_redact::Hits;

use crate::activity::Activity;
use crate::frame::HeldArguments;
use crate::function_table::FunctionSnapshot;
use crate::original_stacks::{AsTheyAre, OriginalStacks};
use crate::quick_json::QuickJson;
use crate::redact::Redact;
use crate::redactions::{FiredRules, Redactions};

/// Integers from here on may be numbers of cards, and go the long way.
pub(crate) const SMALL: i64 = 1_000_000_000_000;

/// A number that is secret under any name of a secret, and nowhere else.
const PROBE: f64 = 123_456_789.0;

/// Texts kept to be used again, and the longest of them.
const SPARES: usize = 256;
const SPARE_BYTES: usize = 1024;

/// What must be known of a function for each of its calls.
#[derive(Clone, Copy, Debug, Default)]
struct Traits {
    generator: bool,
    parameters: bool,
    secret_arguments: bool,
    secret_result: bool,
}

/// Where functions are looked up that came after the last snapshot.
pub(crate) type FunctionSupply = Box<dyn Fn() -> FunctionSnapshot + Send>;

/// See the module.
pub(crate) struct Translator {
    redact: Arc<dyn Redact>,
    /// Tells the original places of stacks.
    pub(crate) stacks: Arc<dyn OriginalStacks>,
    supply: FunctionSupply,
    functions: FunctionSnapshot,
    traits: Vec<Traits>,
    quick: QuickJson,
    text: String,
    /// Texts of arguments that have become rows, to be used again.
    spare: Vec<String>,
    fired: FiredRules,
    /// Of the values at hand; empty between them.
    hits: Hits,
    /// What records are made of, where somebody wants to know.
    pub(crate) activity: Option<Activity>,
}

impl Translator {
    pub(crate) fn new(redact: Arc<dyn Redact>, supply: FunctionSupply) -> Self {
        Self {
            redact,
            stacks: Arc::new(AsTheyAre),
            supply,
            functions: FunctionSnapshot::default(),
            traits: Vec::new(),
            quick: QuickJson::new(),
            text: String::new(),
            spare: Vec::new(),
            fired: FiredRules::default(),
            hits: Hits::new(),
            activity: None,
        }
    }

    /// The functions known so far.
    pub(crate) fn functions(&self) -> &FunctionSnapshot {
        &self.functions
    }

    /// Adds how often each rule fired to `sums`.
    pub(crate) fn add_redactions(&self, sums: &mut Redactions) {
        self.fired.add_to(&*self.redact, sums);
    }

    /// Learns of the functions that came since.
    pub(crate) fn refresh(&mut self) {
        self.functions = (self.supply)();
    }

    #[inline]
    fn traits(&mut self, function: u32) -> Traits {
        match self.traits.get(function as usize) {
            Some(traits) => *traits,
            None => self.learn(function),
        }
    }

    #[cold]
    fn learn(&mut self, function: u32) -> Traits {
        self.functions = (self.supply)();
        for id in self.traits.len() as u32..self.functions.len() {
            let traits = self.functions.entry(id).map(|entry| {
                let function = &entry.function;
                let mut probe = vec![Value::Number(PROBE); function.parameters.len()];
                probe.truncate(MAX_ARGUMENTS as usize);
                let arguments = probe.len();
                let hits = &mut Hits::new();
                self.redact
                    .redact_arguments(&function.parameters, &mut probe, hits);
                let mut result = Value::Number(PROBE);
                self.redact.redact_result(&function.name, &mut result, hits);
                Traits {
                    generator: function.is_generator,
                    parameters: !function.parameters.is_empty(),
                    secret_arguments: probe != vec![Value::Number(PROBE); arguments],
                    secret_result: result != Value::Number(PROBE),
                }
            });
            self.traits.push(traits.unwrap_or_default());
        }
        let known = self.traits.get(function as usize).copied();
        known.unwrap_or(Traits {
            parameters: true,
            ..Traits::default()
        })
    }

    /// The function's blocks.
    pub(crate) fn blocks(&mut self, function: u32) -> &[Block] {
        self.traits(function);
        let entry = self.functions.entry(function);
        entry.map_or(&[], |entry| &entry.function.blocks)
    }

    /// The function is a generator.
    pub(crate) fn is_generator(&mut self, function: u32) -> bool {
        self.traits(function).generator
    }

    /// The arguments in an ENTER.
    #[inline]
    pub(crate) fn arguments(
        &mut self,
        function: u32,
        payload: Payload<'_>,
        values: usize,
    ) -> HeldArguments {
        let traits = self.traits(function);
        if values == 0 {
            // A function without parameters has no arguments to capture, in any mode.
            return if traits.parameters {
                HeldArguments::None
            } else {
                HeldArguments::Integers {
                    count: 0,
                    values: [0; 2],
                }
            };
        }
        if !traits.secret_arguments && payload.words.len() == values && values <= 2 {
            let mut integers = [0; 2];
            let all = payload.words.iter().zip(&mut integers).all(|(word, slot)| {
                small_integer(*word).is_some_and(|integer| {
                    *slot = integer;
                    true
                })
            });
            if all {
                return HeldArguments::Integers {
                    count: values as u8,
                    values: integers,
                };
            }
        }
        self.arguments_json(function, payload, values)
    }

    fn arguments_json(
        &mut self,
        function: u32,
        payload: Payload<'_>,
        values: usize,
    ) -> HeldArguments {
        let mut text = self.spare.pop().unwrap_or_default();
        text.push('[');
        let secret = self.traits(function).secret_arguments;
        let (redact, hits) = (&*self.redact, &mut self.hits);
        let quick = !secret
            && self
                .quick
                .write(payload, values, redact, &mut text, hits)
                .is_some();
        if !quick {
            text.truncate(1);
            self.hits.clear();
            self.write_arguments(function, secret, payload, values, &mut text);
        }
        self.fired.take(&mut self.hits);
        text.push(']');
        HeldArguments::Json(text)
    }

    /// The long way: appends the values.
    fn write_arguments(
        &mut self,
        function: u32,
        secret: bool,
        payload: Payload<'_>,
        values: usize,
        out: &mut String,
    ) {
        let mut decoder = Decoder::within(payload);
        let mut decoded = Vec::with_capacity(values.min(payload.words.len()));
        while decoded.len() < values
            && let Some(value) = decoder.value()
        {
            decoded.push(value);
        }
        // Names are compared for those functions alone of which one is known to be secret.
        let names = match self.functions.entry(function) {
            Some(entry) if secret => &entry.function.parameters,
            _ => &[][..],
        };
        self.redact
            .redact_arguments(names, &mut decoded, &mut self.hits);
        for (index, value) in decoded.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            value.write_json(out);
        }
    }

    /// Takes back arguments that have become a row.
    #[inline]
    pub(crate) fn recycle(&mut self, arguments: HeldArguments) {
        if let HeldArguments::Json(mut text) = arguments
            && self.spare.len() < SPARES
            && text.capacity() <= SPARE_BYTES
        {
            text.clear();
            self.spare.push(text);
        }
    }

    /// The result in a RETURN.
    #[inline]
    pub(crate) fn result(
        &mut self,
        function: u32,
        payload: Payload<'_>,
        values: usize,
    ) -> CallResult<'_> {
        let [word, ..] = payload.words else {
            return CallResult::None;
        };
        if values == 0 {
            return CallResult::None;
        }
        if payload.words.len() == 1
            && let Some(integer) = small_integer(*word)
            && !self.traits(function).secret_result
        {
            return CallResult::Integer(integer);
        }
        self.text.clear();
        if !self.traits(function).secret_result {
            let (redact, hits) = (&*self.redact, &mut self.hits);
            let quick = self.quick.write(payload, 1, redact, &mut self.text, hits);
            if quick.is_some() {
                self.fired.take(&mut self.hits);
                return CallResult::Json(&self.text);
            }
            self.hits.clear();
        }
        let Some(mut value) = Decoder::within(payload).of_result().value() else {
            return CallResult::None;
        };
        if self.traits(function).secret_result
            && let Some(entry) = self.functions.entry(function)
        {
            self.redact
                .redact_result(&entry.function.name, &mut value, &mut self.hits);
        } else {
            self.redact.redact_value(&mut value, &mut self.hits);
        }
        self.fired.take(&mut self.hits);
        self.text.clear();
        value.write_json(&mut self.text);
        CallResult::Json(&self.text)
    }

    /// What an assignment of a function is to, and its value as JSON.
    pub(crate) fn assigned(
        &mut self,
        function: u32,
        number: u32,
        payload: Payload<'_>,
    ) -> Option<(&Assignment, &str)> {
        self.traits(function);
        let entry = self.functions.entry(function)?;
        let assignment = entry.function.assignments.get(number as usize)?;
        // `this.password` is a secret as `password` is one.
        let name = assignment.name.rsplit('.').next().unwrap_or_default();
        let (redact, hits) = (&*self.redact, &mut self.hits);
        self.text.clear();
        let quick = !redact.is_secret_name(name)
            && self
                .quick
                .write(payload, 1, redact, &mut self.text, hits)
                .is_some();
        if !quick {
            hits.clear();
            self.text.clear();
            let mut values = vec![Decoder::within(payload).value()?];
            redact.redact_arguments(&[name.to_owned()], &mut values, hits);
            values.first()?.write_json(&mut self.text);
        }
        self.fired.take(&mut self.hits);
        Some((assignment, &self.text))
    }
}

#[inline]
fn small_integer(word: u64) -> Option<i64> {
    integer(word).filter(|integer| integer.abs() < SMALL)
}
