/**
 * Where in a JSON text a place is.
 *
 *     jsonPathAt('[{"id":7},"x"]', 7)   // [0, "id"]
 *
 * Limits: for texts that are whole; of others it says what it made of them.
 */

interface Level {
  readonly isArray: boolean;
  step: string | number | null;
}

/** Names and numbers that lead to what stands at `offset`: a value, or a property's name. */
export function jsonPathAt(json: string, offset: number): (string | number)[] {
  const levels: Level[] = [];
  for (let i = 0; i < offset || (i === offset && json[i] === '"'); i++) {
    const level = levels.at(-1);
    switch (json[i]) {
      case '"': {
        const end = endOfString(json, i);
        if (level && !level.isArray && level.step === null) level.step = readName(json, i, end);
        i = end;
        break;
      }
      case "[":
        levels.push({ isArray: true, step: 0 });
        break;
      case "{":
        levels.push({ isArray: false, step: null });
        break;
      case "]":
      case "}":
        levels.pop();
        break;
      case ",":
        if (level) level.step = typeof level.step === "number" ? level.step + 1 : null;
        break;
      default:
    }
  }
  return levels.flatMap(({ step }) => step ?? []);
}

function endOfString(json: string, start: number): number {
  for (let i = start + 1; i < json.length; i++) {
    if (json[i] === "\\") i++;
    else if (json[i] === '"') return i;
  }
  return json.length;
}

function readName(json: string, start: number, end: number): string {
  try {
    return JSON.parse(json.slice(start, end + 1)) as string;
  } catch {
    return json.slice(start + 1, end);
  }
}
