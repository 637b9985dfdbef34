/** Fibonacci numbers the fast way. */
function step([a, b]) {
  return [b, a + b];
}

export function work(n) {
  let pair = [0, 1];
  for (let at = 0; at < n; at++) pair = step(pair);
  return pair[0];
}
