let unused = 1;
export function describe(value, label) {
  let text = "";
  if (value == null) return;
  if (value.length > 3) text = label + ": " + value;
  else if (value.length > 1) text = label;
  else text = unknownName;
  return text;
  unused = 2;
}
export const names = [1, 2].map((value) => {
  const label = value;
  if (label) {
    const value = 2;
    return value;
  }
});
