//! What equal values differ in: which objects they are, and where those were met before.
//!
//! `{"$id":7,"pin":1}` and `{"$id":9,"pin":1}` both become `{"pin":1}`, whose hash is one. Limits: an object
//! that was met before is alike to any other such; what was cut elsewhere is not what was kept.

use std::mem;

use breadcrumb_event::value::Value;

/// Takes the numbers of objects and the paths to them out of a value.
pub(crate) fn make_alike(value: &mut Value) {
    match value {
        Value::Identified { value: inner, .. } => {
            let mut inner = mem::replace(&mut **inner, Value::Undefined);
            make_alike(&mut inner);
            *value = inner;
        }
        Value::Circular(path) => **path = Value::Undefined,
        Value::Array { items, .. } | Value::Set { items, .. } | Value::Typed { items, .. } => {
            items.iter_mut().for_each(make_alike);
        }
        Value::Map { entries, .. } => {
            for (key, value) in entries {
                make_alike(key);
                make_alike(value);
            }
        }
        Value::Extended { value, entries, .. } => {
            make_alike(value);
            entries.iter_mut().for_each(|(_, value)| make_alike(value));
        }
        Value::Object { entries, .. } | Value::Error { entries, .. } => {
            entries.iter_mut().for_each(|(_, value)| make_alike(value));
        }
        Value::Promise {
            value: Some(inner), ..
        } => make_alike(inner),
        _ => {}
    }
}
