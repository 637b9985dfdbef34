import { late } from "../main.mjs";
export default (side) => side ** 2;
export class ShapeError extends TypeError {
  name = "ShapeError";
}
export class Circle {
  static #made = 0;
  static { Circle.#made = 10; }
  #radius;
  constructor(radius) { this.#radius = radius; Circle.#made += 1; }
  get area() { return Math.PI * this.#radius ** 2; }
  static made() { return Circle.#made; }
  *[Symbol.iterator]() { yield this.#radius; }
}
export async function describe(shape) {
  try {
    return `${[...shape]} of ${Circle.made()} ${late}`;
  } catch (error) {
    return `${error.name} ${[...shape]}`;
  }
}
