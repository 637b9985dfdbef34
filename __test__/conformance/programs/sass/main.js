/** A compiler that was itself compiled to JavaScript: large generated code. */
"use strict";
const sass = require("sass");

const source = `@use "sass:math"; @use "sass:map"; $sizes: (s: 1px, m: 2px, l: 4px);
@function double($x) { @return $x * 2; } %base { margin: 0; &:hover { a: b } }
@mixin m($n: 1) { @if $n > 3 { w: 1 } @else if $n == 2 { w: 2 } @else { w: $n; @content; } }
@each $name, $size in $sizes { .s-#{$name} { @extend %base; width: double($size); height: math.div($size, 3); } }
@for $i from 1 through 5 { .c#{$i} { @include m($i) { c: mix(red, blue, $i * 10%); } } }
.n { &-x { + .y { color: rgba(#abc, .5) } } @media print { d: e } }`;
console.log(sass.compileString(source, { sourceMap: true }).css);
console.log(sass.compileString(source, { style: "compressed" }).css.length);
const custom = { "own($a)": ([a]) => new sass.SassNumber(a.assertNumber().value + 1, "em") };
sass.compileStringAsync("a { b: own(2) }", { functions: custom }).then(({ css }) => console.log(css));
for (const broken of ["a { b: $missing }", "a {", "@use 'nowhere';", "a { b: own(red) }"]) {
  try {
    sass.compileString(broken, { functions: custom, alertColor: false });
  } catch (error) {
    console.log(error.message);
  }
}
