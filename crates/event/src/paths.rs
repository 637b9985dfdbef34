//! Where the objects of a record stand that is being decoded, for those that are met again.
//!
//! `[{ user: u }, u]` as the arguments: the second `u` is at `arguments[0].user`. Paths lead through
//! the JSON of a value. Limits: a symbol that has the description of an earlier one is not told apart.

use crate::json::write_json_string;

/// A step of a path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// No step: a part of a value.
    Itself,
    /// An item of an array that is a JSON array.
    Item(u32),
    /// An item of another list.
    ItemOf(u32),
    /// A key or a value of a map, counted through.
    OfEntry(u32),
    /// What a promise was settled with.
    Value,
    /// A property; the word where its key stands.
    Key(u32),
    /// A property that stands below `properties`.
    KeyBeside(u32),
}

struct Object {
    /// The word where it stands.
    word: u32,
    /// The object around it, and where it stands in that one.
    parent: Option<u32>,
    step: Step,
}

/// See the module.
pub(crate) struct Paths {
    root: &'static str,
    objects: Vec<Object>,
    current: Option<u32>,
}

impl Paths {
    pub(crate) fn new() -> Self {
        Self {
            root: "arguments",
            objects: Vec::new(),
            current: None,
        }
    }

    /// The record holds the result of a call.
    pub(crate) fn of_result(&mut self) {
        self.root = "result";
    }

    /// An object begins at `word`. What is given is for [`Self::leave`].
    pub(crate) fn enter(&mut self, word: u32, step: Step) -> Option<u32> {
        let parent = self.current;
        self.current = u32::try_from(self.objects.len()).ok();
        self.objects.push(Object { word, parent, step });
        parent
    }

    /// It ends.
    pub(crate) fn leave(&mut self, parent: Option<u32>) {
        self.current = parent;
    }

    /// The path of the object at `word`. `key` tells the key that stands at a word.
    pub(crate) fn path(&self, word: u32, key: impl Fn(u32) -> String) -> String {
        let found = self.objects.binary_search_by_key(&word, |each| each.word);
        let mut next = found.ok().and_then(|at| u32::try_from(at).ok());
        let mut steps = Vec::new();
        while let Some(object) = next.and_then(|at| self.objects.get(at as usize)) {
            steps.push(object.step);
            next = object.parent;
        }
        if self.root == "result" {
            steps.pop();
        }
        let mut out = String::from(self.root);
        for step in steps.iter().rev() {
            match step {
                Step::Itself => {}
                Step::Item(at) => out.push_str(&format!("[{at}]")),
                Step::ItemOf(at) => out.push_str(&format!(".items[{at}]")),
                Step::OfEntry(at) => out.push_str(&format!(".entries[{}][{}]", at / 2, at % 2)),
                Step::Value => out.push_str(".value"),
                Step::Key(word) => write_key(&key(*word), &mut out),
                Step::KeyBeside(word) => {
                    out.push_str(".properties");
                    write_key(&key(*word), &mut out);
                }
            }
        }
        out
    }
}

fn write_key(key: &str, out: &mut String) {
    let is_name = |(at, c): (usize, char)| {
        c == '$' || c == '_' || c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit())
    };
    if !key.is_empty() && key.char_indices().all(is_name) {
        out.push('.');
        out.push_str(key);
    } else {
        out.push('[');
        write_json_string(key, out);
        out.push(']');
    }
}
