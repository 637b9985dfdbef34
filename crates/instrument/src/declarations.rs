//! What a body declares, and what of it would clash or change its meaning inside of a `try`.
//!
//! In `function f() { var x; function x() {} }` the two `x` may stand side by side only at the
//! body's top level.

use oxc_ast::ast::*;

use crate::found::Parameter;
use crate::visitor::Visitor;

impl<'a> Visitor<'a> {
    /// The functions at the body's top level, which would stand in a block.
    pub fn find_declared(&mut self, index: usize, body: &FunctionBody<'a>) {
        let mut clashes = false;
        for statement in &body.statements {
            let mut statement = statement;
            while let Statement::LabeledStatement(labeled) = statement {
                statement = &labeled.body;
            }
            let Statement::FunctionDeclaration(function) = statement else {
                continue;
            };
            let Some(id) = &function.id else { continue };
            if function.body.is_none() {
                continue;
            }
            let name = id.name.as_str();
            let parameters = &mut self.found[index].parameters;
            let before = parameters.len();
            parameters.retain(|parameter| parameter.name != name);
            clashes |= parameters.len() < before || name == "arguments";
            let earlier = self.frame().declared.insert(name, function.span.start);
            clashes |= earlier.is_some();
        }
        self.frame().clashes |= clashes;
    }

    /// A function declaration was met: in sloppy code one in a block is a `var` as well.
    pub fn declare_function(&mut self, name: &'a str, start: u32) {
        if self.is_strict {
            return;
        }
        let frame = self.frame();
        if frame.declared.get(name).is_some_and(|&at| at != start) {
            frame.clashes = true;
        }
    }

    /// A `var` was met, which belongs to the function however deep it stands.
    pub fn declare_var(&mut self, pattern: &BindingPattern<'a>) {
        if self.frame().declared.is_empty() {
            return;
        }
        let mut names = Vec::new();
        binding_names(pattern, false, &mut names);
        let frame = self.frame();
        frame.clashes |= names
            .iter()
            .any(|parameter| frame.declared.contains_key(parameter.name));
    }

    pub fn use_arguments(&mut self) {
        for frame in self.frames.iter_mut().rev() {
            frame.uses_arguments = true;
            if !frame.is_arrow {
                break;
            }
        }
    }

    pub fn call_eval(&mut self) {
        self.frame().calls_eval = true;
        self.use_arguments();
    }
}

/// The names that a pattern binds, in order.
pub(crate) fn binding_names<'a>(
    pattern: &BindingPattern<'a>,
    is_rest: bool,
    names: &mut Vec<Parameter<'a>>,
) {
    match pattern {
        BindingPattern::BindingIdentifier(id) => names.push(Parameter {
            name: id.name.as_str(),
            start: id.span.start,
            is_rest,
        }),
        BindingPattern::ObjectPattern(object) => {
            for property in &object.properties {
                binding_names(&property.value, false, names);
            }
            if let Some(rest) = &object.rest {
                binding_names(&rest.argument, true, names);
            }
        }
        BindingPattern::ArrayPattern(array) => {
            for element in array.elements.iter().flatten() {
                binding_names(element, false, names);
            }
            if let Some(rest) = &array.rest {
                binding_names(&rest.argument, true, names);
            }
        }
        BindingPattern::AssignmentPattern(assignment) => {
            binding_names(&assignment.left, is_rest, names);
        }
    }
}

/// Whether sloppy code could see parameters through `arguments`.
pub(crate) fn is_simple(parameters: &FormalParameters) -> bool {
    parameters.rest.is_none()
        && parameters.items.iter().all(|item| {
            item.initializer.is_none()
                && matches!(item.pattern, BindingPattern::BindingIdentifier(_))
        })
}

/// Whether a name stands twice in a list of parameters, as it may in sloppy code.
pub(crate) fn has_repeated(names: &[Parameter]) -> bool {
    (1..names.len()).any(|at| {
        names[..at]
            .iter()
            .any(|earlier| earlier.name == names[at].name)
    })
}
