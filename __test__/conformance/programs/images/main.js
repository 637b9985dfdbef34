/** PNG and JPEG, coded and decoded in JavaScript. */
"use strict";
const { createHash } = require("node:crypto");
const { PNG } = require("pngjs");
const jpeg = require("jpeg-js");

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);
const image = new PNG({ width: 64, height: 48 });
for (let at = 0; at < image.data.length; at++) image.data[at] = (at * 31 + (at >> 7)) & 255;
const bytes = PNG.sync.write(image, { colorType: 6 });
console.log(bytes.length, hash(PNG.sync.read(bytes).data));
new PNG().parse(bytes, (error, read) => {
  console.log(error, read.width, hash(read.data));
  const coded = jpeg.encode({ data: read.data, width: 64, height: 48 }, 70);
  console.log(coded.data.length, hash(coded.data), hash(jpeg.decode(coded.data).data));
  for (const broken of [coded.data.subarray(0, 99), Buffer.from("no")]) {
    try {
      jpeg.decode(broken);
    } catch (problem) {
      console.log(problem.message);
    }
  }
  new PNG().parse(Buffer.from("no image"), (problem) => console.log(problem.message));
});
