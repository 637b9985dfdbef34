/**
 * A file that is ours as a whole, with a line that tells whether somebody changed it.
 *
 *     const text = signed("---\nname: breadcrumb\n---\n…");
 *     isOurs(text)          // true: also of another version
 *     isOurs(text + "x")    // false
 */
import { createHash } from "node:crypto";

const SIGNATURE = /\n<!-- By `breadcrumb init` \(([0-9a-f]{12})\) -->\n$/;

/** The text with the line at its end. */
export function signed(text: string): string {
  return `${text}\n<!-- By \`breadcrumb init\` (${checksum(text)}) -->\n`;
}

/** Whether it is as some version of ours wrote it. */
export function isOurs(text: string): boolean {
  // A checkout may have changed the ends of lines.
  const plain = text.replaceAll("\r\n", "\n");
  const match = SIGNATURE.exec(plain);
  return match !== null && match[1] === checksum(plain.slice(0, match.index));
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
