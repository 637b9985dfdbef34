//! What the instrumenter knows about a function, and its one-line text form, in which the table
//! of functions survives the process that made it.

use std::fmt::Write as _;

/// The form of a function, as `kind` in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FunctionKind {
    /// `function f() {}` and function expressions.
    Function,
    /// `() => …`.
    Arrow,
    /// A method of a class or an object.
    Method,
    /// `get x() {}`.
    Getter,
    /// `set x(v) {}`.
    Setter,
    /// A class's `constructor`.
    Constructor,
    /// No function: what Node, a library or the program itself names, from its begin to its end.
    Span,
}

const KINDS: [FunctionKind; 7] = [
    FunctionKind::Function,
    FunctionKind::Arrow,
    FunctionKind::Method,
    FunctionKind::Getter,
    FunctionKind::Setter,
    FunctionKind::Constructor,
    FunctionKind::Span,
];

impl FunctionKind {
    /// The kind's name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Arrow => "arrow",
            Self::Method => "method",
            Self::Getter => "getter",
            Self::Setter => "setter",
            Self::Constructor => "constructor",
            Self::Span => "span",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.name() == name)
    }
}

/// What tells of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Backend {
    /// Probes in the text of functions.
    #[default]
    Probe,
    /// Breakpoints in functions whose file was loaded before there could be probes in it.
    Inspector,
    /// Node, a library or the program itself, of spans.
    Span,
}

const BACKENDS: [Backend; 3] = [Backend::Probe, Backend::Inspector, Backend::Span];

impl Backend {
    /// Its name in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Inspector => "inspector",
            Self::Span => "span",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        BACKENDS.into_iter().find(|backend| backend.name() == name)
    }
}

/// One instrumented function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// The name that a person would say: `Cart.add`, `get size`, `<anonymous in checkout>`.
    pub name: String,
    /// Its form.
    pub kind: FunctionKind,
    /// `async`.
    pub is_async: bool,
    /// `function*`.
    pub is_generator: bool,
    /// It calls nothing, and is only counted unless it is chosen.
    pub is_leaf: bool,
    /// What tells of its calls.
    pub backend: Backend,
    /// Line of its first character, from 1.
    pub line: u32,
    /// Column of its first character, from 1, in UTF-16 units.
    pub column: u32,
    /// UTF-16 offset of its first character in the source, from 0, as V8's coverage reports it.
    pub start: u32,
    /// UTF-16 offset behind its last character.
    pub end: u32,
    /// Names of the bindings of its parameters in order, patterns flattened: `f({ a, b: [c] }, ...d)`
    /// has `a`, `c`, `...d`. The first `MAX_ARGUMENTS` of them are captured.
    pub parameters: Vec<String>,
    /// The scopes whose variables probes can read: the function's own first. Empty where none can.
    pub scopes: Vec<LocalScope>,
    /// Its `catch` clauses that have a probe, in the order of their numbers.
    pub catches: Vec<CatchClause>,
    /// Its blocks, in the order of their numbers; none where lines are not recorded.
    pub blocks: Vec<Block>,
    /// Its assignments that have a probe, in the order of their numbers; none where variables are not recorded.
    pub assignments: Vec<Assignment>,
}

impl Function {
    /// One line of the table that outlives the process, with the file, and where a source map has moved
    /// the function from: fields separated by tabs, with backslash, tab and line breaks escaped.
    #[must_use]
    pub fn to_line(&self, id: u32, file: &str, generated: Option<&Generated>) -> String {
        let mut line = String::new();
        let _ = write!(
            line,
            "{id}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t",
            self.kind.name(),
            u8::from(self.is_async),
            u8::from(self.is_generator),
            u8::from(self.is_leaf),
            self.backend.name(),
            self.line,
            self.column,
            self.start,
            self.end
        );
        escape(&self.name, &mut line);
        line.push('\t');
        escape(file, &mut line);
        match generated {
            Some(place) => {
                let _ = write!(line, "\t{}\t{}\t", place.line, place.column);
                escape(&place.file, &mut line);
            }
            None => line.push_str("\t0\t0\t"),
        }
        for parameter in &self.parameters {
            line.push('\t');
            escape(parameter, &mut line);
        }
        for scope in &self.scopes {
            scope.write(&mut line);
        }
        for clause in &self.catches {
            clause.write(&mut line);
        }
        for block in &self.blocks {
            block.write(&mut line);
        }
        for assignment in &self.assignments {
            assignment.write(&mut line);
        }
        line.push('\n');
        line
    }
}

/// A function's own scope, or that of a block in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalScope {
    /// Line of its first character, from 1.
    pub line: u32,
    /// Column of its first character, from 1, in UTF-16 units.
    pub column: u32,
    /// In the order in which a probe reads them.
    pub variables: Vec<LocalVariable>,
}

/// A variable of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalVariable {
    /// Its name.
    pub name: String,
    /// Of a function around this one, which this one refers to.
    pub is_closure: bool,
}

/// A `catch` clause of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatchClause {
    /// Line of its `catch`, from 1.
    pub line: u32,
    /// Column of its `catch`, from 1, in UTF-16 units.
    pub column: u32,
    /// Line and column of what it binds, or else of its block: source maps have a place of that, if of
    /// nothing before it.
    pub inner: (u32, u32),
}

/// Before a `catch` clause, in a line of the table.
const CATCH: char = '\u{1c}';

impl CatchClause {
    fn write(&self, line: &mut String) {
        let (inner_line, inner_column) = self.inner;
        let _ = write!(
            line,
            "\t{CATCH}{} {} {inner_line} {inner_column}",
            self.line, self.column
        );
    }

    fn read(field: &str) -> Option<Self> {
        let mut parts = field.strip_prefix(CATCH)?.split(' ');
        let mut number = || parts.next()?.parse().ok();
        Some(Self {
            line: number()?,
            column: number()?,
            inner: (number()?, number()?),
        })
    }
}

/// Code of a function that is run as a whole, unless an exception leaves it: the function's own (number 0), a
/// branch, what a loop repeats, what follows one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Line of its first character, from 1; 0 where a source map does not know it: it has no lines then.
    pub line: u32,
    /// Column of its first character, from 1, in UTF-16 units.
    pub column: u32,
    /// Line of what is behind its last character.
    pub end_line: u32,
    /// Column of that.
    pub end_column: u32,
    /// The lines whose first statement or branch is in it, each with the column of that, in their order. Every line
    /// of a function stands in one block of it at most.
    pub lines: Vec<(u32, u32)>,
}

/// Leaves each line to the block of what starts first there.
pub fn keep_first_of_lines(blocks: &mut [Block]) {
    let mut starts: Vec<((u32, u32), usize)> = Vec::new();
    for (number, block) in blocks.iter_mut().enumerate() {
        starts.extend(block.lines.drain(..).map(|place| (place, number)));
    }
    starts.sort_unstable();
    starts.dedup_by_key(|((line, _), _)| *line);
    for (place, number) in starts {
        blocks[number].lines.push(place);
    }
}

/// Before a block, in a line of the table.
const BLOCK: char = '\u{1e}';

impl Block {
    fn write(&self, out: &mut String) {
        let Self {
            line,
            column,
            end_line,
            end_column,
            lines,
        } = self;
        let _ = write!(out, "\t{BLOCK}{line} {column} {end_line} {end_column}");
        for (line, column) in lines {
            let _ = write!(out, " {line} {column}");
        }
    }

    fn read(field: &str) -> Option<Self> {
        let mut parts = field.strip_prefix(BLOCK)?.split(' ');
        let mut number = || parts.next()?.parse().ok();
        let mut block = Self {
            line: number()?,
            column: number()?,
            end_line: number()?,
            end_column: number()?,
            lines: Vec::new(),
        };
        while let Some(line) = number() {
            block.lines.push((line, number()?));
        }
        Some(block)
    }
}

/// What a function gives a value to, at one place: a variable where it is declared or assigned to, a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The target as it is written: `sum`, `this.total`, `a.b[i]`; cut at [`MAX_TARGET_CHARS`].
    pub name: String,
    /// Line of the target's first character, from 1; 0 where a source map does not know it.
    pub line: u32,
    /// Column of the target's first character, from 1, in UTF-16 units.
    pub column: u32,
}

/// Characters of a target: what is longer is cut, and ends with `…`.
pub const MAX_TARGET_CHARS: usize = 60;

/// Before an assignment, in a line of the table.
const ASSIGNMENT: char = '\u{1f}';

impl Assignment {
    fn write(&self, out: &mut String) {
        let _ = write!(out, "\t{ASSIGNMENT}{} {} ", self.line, self.column);
        escape(&self.name, out);
    }

    fn read(field: &str) -> Option<Self> {
        let mut parts = field.strip_prefix(ASSIGNMENT)?.splitn(3, ' ');
        Some(Self {
            line: parts.next()?.parse().ok()?,
            column: parts.next()?.parse().ok()?,
            name: unescape(parts.next()?),
        })
    }
}

/// Before a scope, in a line of the table.
const SCOPE: char = '\u{1d}';
/// Before the name of a variable of a function around.
const CLOSURE: char = '^';

impl LocalScope {
    fn write(&self, line: &mut String) {
        let _ = write!(line, "\t{SCOPE}{} {}", self.line, self.column);
        for variable in &self.variables {
            line.push(' ');
            if variable.is_closure {
                line.push(CLOSURE);
            }
            escape(&variable.name, line);
        }
    }

    fn read(field: &str) -> Option<Self> {
        let mut parts = field.strip_prefix(SCOPE)?.split(' ');
        Some(Self {
            line: parts.next()?.parse().ok()?,
            column: parts.next()?.parse().ok()?,
            variables: parts
                .map(|part| LocalVariable {
                    name: unescape(part.strip_prefix(CLOSURE).unwrap_or(part)),
                    is_closure: part.starts_with(CLOSURE),
                })
                .collect(),
        })
    }
}

/// Where the text that Node compiled has a function, where that is not what its author wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Path of the file, as users see it in the store.
    pub file: std::sync::Arc<str>,
    /// Line of the function's first character, from 1.
    pub line: u32,
    /// Its column, from 1, in UTF-16 units.
    pub column: u32,
}

/// A function in its process: the file's path beside it. Index: the function id.
///
/// Where a source map is known, file, line and column are those of the original source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionEntry {
    /// Path of the file as users see it in the store: relative to the project's root where it is
    /// under it, else absolute.
    pub file: std::sync::Arc<str>,
    /// The function.
    pub function: Function,
    /// Its place in the file that Node loaded, where a source map moved it from there.
    pub generated: Option<Generated>,
}

impl FunctionEntry {
    /// One line of the table that outlives the process: see [`Function::to_line`].
    #[must_use]
    pub fn to_line(&self, id: u32) -> String {
        self.function
            .to_line(id, &self.file, self.generated.as_ref())
    }

    /// The entry and its id in such a line (without its line break); `None` if it is not one.
    #[must_use]
    pub fn from_line(line: &str) -> Option<(u32, Self)> {
        let mut fields = line.split('\t');
        let id = fields.next()?.parse().ok()?;
        let kind = FunctionKind::from_name(fields.next()?)?;
        let is_async = fields.next()? == "1";
        let is_generator = fields.next()? == "1";
        let is_leaf = fields.next()? == "1";
        let backend = Backend::from_name(fields.next()?)?;
        let mut number = || fields.next()?.parse::<u32>().ok();
        let (line, column, start, end) = (number()?, number()?, number()?, number()?);
        let name = unescape(fields.next()?);
        let file = unescape(fields.next()?).into();
        let place: (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        let generated_file = unescape(fields.next()?);
        let generated = (place.0 > 0).then(|| Generated {
            file: generated_file.into(),
            line: place.0,
            column: place.1,
        });
        let (mut parameters, mut scopes) = (Vec::new(), Vec::new());
        let (mut catches, mut blocks) = (Vec::new(), Vec::new());
        let mut assignments = Vec::new();
        for field in fields {
            if let Some(scope) = LocalScope::read(field) {
                scopes.push(scope);
            } else if let Some(block) = Block::read(field) {
                blocks.push(block);
            } else if let Some(assignment) = Assignment::read(field) {
                assignments.push(assignment);
            } else if let Some(clause) = CatchClause::read(field) {
                catches.push(clause);
            } else {
                parameters.push(unescape(field));
            }
        }
        let function = Function {
            name,
            kind,
            is_async,
            is_generator,
            is_leaf,
            backend,
            line,
            column,
            start,
            end,
            parameters,
            scopes,
            catches,
            blocks,
            assignments,
        };
        let entry = Self {
            file,
            function,
            generated,
        };
        Some((id, entry))
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some(c) => out.push(c),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_in_the_block_of_what_starts_first_there() {
        let lines = [
            vec![(4, 3), (7, 1)],
            vec![(4, 1), (5, 2)],
            vec![(5, 9), (7, 2)],
        ];
        let mut blocks = lines.map(|lines| Block {
            lines,
            ..Block::default()
        });
        keep_first_of_lines(&mut blocks);
        let kept = blocks.map(|block| block.lines);
        assert_eq!(kept, [vec![(7, 1)], vec![(4, 1), (5, 2)], vec![]]);
    }

    #[test]
    fn a_function_survives_its_line() {
        let entry = FunctionEntry {
            file: "src/a\tb.js".into(),
            function: Function {
                name: "get \"a\\n\"\n".into(),
                kind: FunctionKind::Getter,
                is_async: true,
                is_generator: false,
                is_leaf: true,
                backend: Backend::Inspector,
                line: 3,
                column: 9,
                start: 40,
                end: 99,
                parameters: vec!["a".into(), "{…}".into(), "...rest".into()],
                scopes: vec![
                    LocalScope {
                        line: 3,
                        column: 9,
                        variables: Vec::new(),
                    },
                    LocalScope {
                        line: 4,
                        column: 1,
                        variables: vec![
                            LocalVariable {
                                name: "变量".into(),
                                is_closure: false,
                            },
                            LocalVariable {
                                name: "a\\u0062".into(),
                                is_closure: true,
                            },
                        ],
                    },
                ],
                catches: vec![
                    CatchClause {
                        line: 5,
                        column: 9,
                        inner: (6, 1),
                    },
                    CatchClause {
                        line: 8,
                        column: 31,
                        inner: (8, 37),
                    },
                ],
                blocks: vec![
                    Block {
                        line: 3,
                        column: 14,
                        end_line: 9,
                        end_column: 2,
                        lines: vec![(4, 3), (5, 3)],
                    },
                    Block {
                        line: 5,
                        column: 12,
                        end_line: 5,
                        end_column: 20,
                        lines: Vec::new(),
                    },
                ],
                assignments: vec![
                    Assignment {
                        name: "a.b[ i\n]".into(),
                        line: 4,
                        column: 3,
                    },
                    Assignment {
                        name: "变量".into(),
                        line: 0,
                        column: 0,
                    },
                ],
            },
            generated: Some(Generated {
                file: "dist/a\tb.js".into(),
                line: 1,
                column: 77,
            }),
        };
        let line = entry.to_line(7);
        assert_eq!(line.matches('\n').count(), 1);
        assert_eq!(
            FunctionEntry::from_line(line.trim_end_matches('\n')),
            Some((7, entry.clone()))
        );
        let entry = FunctionEntry {
            generated: None,
            ..entry
        };
        let line = entry.to_line(7);
        assert_eq!(
            FunctionEntry::from_line(line.trim_end_matches('\n')),
            Some((7, entry))
        );
        assert_eq!(FunctionEntry::from_line("nonsense"), None);
    }
}
