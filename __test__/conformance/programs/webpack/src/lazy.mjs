export function describe(number) {
  return `about ${number.toFixed(2)}`;
}
