/**
 * Where in a program a piece of it stands: what a generated node needs to know to be valid there.
 *
 * The fuzzer's arbitraries make nodes, functions from a context to text. So one node serves in any
 * place, and shrinks without regard to it: `await x` is `x` where there is no `await`.
 * Limits: some programs are still no JavaScript (a name declared twice); both runs must then say so
 * alike.
 */

/** Where a node stands. */
export interface Context {
  /** Whether it is in strict code. */
  readonly strict: boolean;
  readonly isModule: boolean;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** Inside a function that `return` can leave. */
  readonly canReturn: boolean;
  /** Inside a loop or a `switch`. */
  readonly canBreak: boolean;
  readonly canContinue: boolean;
  /** Inside anything that has its own `arguments` and `new.target`. */
  readonly hasArguments: boolean;
  /** In a parameter list, where `await` and `yield` may not stand. */
  readonly inParameters: boolean;
  /** Inside a derived constructor, before or behind `super()`. */
  readonly canSuperCall: boolean;
  /** Inside a method. */
  readonly canSuper: boolean;
  /** Inside a class with `#p`, `#m` and `static #s`. */
  readonly hasPrivates: boolean;
  /** Labels of loops around. */
  readonly loopLabels: readonly string[];
  /** Labels of all statements around. */
  readonly labels: readonly string[];
  /** Functions that may be called: those that were declared before, so that nothing recurses. */
  readonly callable: readonly string[];
  /** Whether the engine has `using`. */
  readonly hasUsing: boolean;
  /** The next free name. */
  readonly fresh: (prefix: string) => string;
}

/** A piece of a program. */
export type Node = (context: Context) => string;

/** The top level of a program. */
export function topLevel(options: {
  readonly isModule: boolean;
  readonly strict: boolean;
  readonly hasUsing: boolean;
}): Context {
  let names = 0;
  return {
    strict: options.strict || options.isModule,
    isModule: options.isModule,
    isAsync: options.isModule,
    isGenerator: false,
    canReturn: false,
    canBreak: false,
    canContinue: false,
    hasArguments: false,
    inParameters: false,
    canSuperCall: false,
    canSuper: false,
    hasPrivates: false,
    loopLabels: [],
    labels: [],
    callable: [],
    hasUsing: options.hasUsing,
    fresh: (prefix) => `${prefix}${(names += 1)}`,
  };
}

/** The context inside a function's body. */
export function inFunction(
  context: Context,
  kind: { readonly isAsync?: boolean; readonly isGenerator?: boolean; readonly isArrow?: boolean },
): Context {
  return {
    ...context,
    isAsync: kind.isAsync ?? false,
    isGenerator: kind.isGenerator ?? false,
    hasArguments: kind.isArrow === true ? context.hasArguments : true,
    canSuper: kind.isArrow === true && context.canSuper,
    canSuperCall: kind.isArrow === true && context.canSuperCall,
    canReturn: true,
    canBreak: false,
    canContinue: false,
    inParameters: false,
    loopLabels: [],
    labels: [],
  };
}

/** The context inside a loop's body. */
export function inLoop(context: Context, label?: string): Context {
  return {
    ...context,
    canBreak: true,
    canContinue: true,
    ...(label !== undefined && {
      labels: [...context.labels, label],
      loopLabels: [...context.loopLabels, label],
    }),
  };
}
