import { area, Circle } from "./shapes.mjs";
import("./lazy.mjs").then(({ describe }) => console.log(describe(area(new Circle(2)))));
