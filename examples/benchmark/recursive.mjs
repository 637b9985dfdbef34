/** Fibonacci numbers the slow way. */
function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

export const work = (n) => fibonacci(n);
