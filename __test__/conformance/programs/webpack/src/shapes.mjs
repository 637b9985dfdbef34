export class Circle {
  constructor(radius) {
    this.radius = radius;
  }
  get area() {
    return Math.PI * this.radius ** 2;
  }
}
export const area = (shape) => shape?.area ?? 0;
export const unused = () => "shaken off";
